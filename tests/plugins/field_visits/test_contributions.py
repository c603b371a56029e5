"""What field visits add to the core's pages: attendances, agendas, checks, figures, dossiers, personal data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub import hookspecs, privacy
from eventhub.contributions import Attendance, Check, MailRecipient, MealAt, Severity
from eventhub.db import session, statement_count
from eventhub.delegations import lists, merging, needs
from eventhub.documents import DefinitionList, Heading, Missing, Table
from eventhub.i18n import speaking
from eventhub.localized import LocalizedText
from eventhub.testing import World
from plugins.field_visits import allocation, contributions, domain, dossier
from plugins.field_visits.models import Allocation, Run, Slot
from tests.browsing import Person


def found(world: World) -> dict[str, Check]:
    return {check.rule.removeprefix("field_visits."): check for check in contributions.checks(world.event)}


def attending(world: World, *slots: Slot) -> list[Attendance]:
    items = [slot.item for slot in slots]
    return [
        line
        for line in world.hooks.collect(hookspecs.attendances, event=world.event, items=items)
        if line.item_id in {item.id for item in items}
    ]


# --- who is where ---------------------------------------------------------------------------------------------------


def test_those_with_a_place_attend_the_visit_with_or_without_a_packed_lunch(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk", packed_lunch=True)
        first, second = [world.people(world.delegation(people=1))[0] for _n in range(2)]
        visits.wish(first, urban, forest)
        visits.wish(second, forest, urban)
        run_id = visits.propose()
    before = attending(world, urban, forest)
    with world.writing():
        allocation.publish(world.event, run_id, by=world.by)

    starts, ends = datetime(2025, 3, 26, 12, 30, tzinfo=UTC), datetime(2025, 3, 26, 16, 0, tzinfo=UTC)
    assert before == []
    assert attending(world, domain.slot(world.event, urban.id), domain.slot(world.event, forest.id)) == [
        Attendance(first.id, urban.item_id, starts, ends, MealAt.NONE, 30),
        Attendance(second.id, forest.item_id, starts, ends, MealAt.PACKED, 30),
    ]


def test_attendances_of_all_visits_take_one_statement(world: World, visits: Any) -> None:
    with world.writing():
        slots = [visits.slot(f"Visit {n}", 1, 4) for n in range(6)]
        for _n in range(5):
            world.delegation(people=4)
        visits.publish()
    items = [domain.slot(world.event, slot.id).item for slot in slots]

    counted = statement_count(world.app, lambda: list(contributions.attendances(world.event, items)))

    assert counted == 1
    assert len(list(contributions.attendances(world.event, items))) == 20


def test_a_delegation_reads_who_of_its_people_goes_where(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", site="North bank")
        party = world.delegation("Ghent", people=2)
        for person in world.people(party):
            visits.wish(person, urban)
        visits.publish()

    lines = list(contributions.agenda(world.event, party))

    assert [(line.title, line.place, line.note, line.item_id) for line in lines] == [
        (
            LocalizedText.of(
                fr="Urban project en français (Ghent Person 1, Ghent Person 2)",
                en="Urban project (Ghent Person 1, Ghent Person 2)",
            ),
            "North bank",
            LocalizedText.of(
                fr="Point de rendez-vous\u00a0: Devant la gare", en="Meeting point: In front of the station"
            ),
            urban.item_id,
        )
    ]


def test_a_guide_reads_the_visits_it_guides(world: World, visits: Any) -> None:
    with world.writing():
        guide, other = world.provider("Guides", ("guide",)), world.provider("Coaches", ("coach",))
        visits.slot("Urban project", guide_id=guide.id)
        visits.slot("Forest walk")

    assert [line.title.text("en") for line in contributions.agenda(world.event, guide)] == ["Urban project"]
    assert list(contributions.agenda(world.event, other)) == []


# --- the truth page -------------------------------------------------------------------------------------------------


def test_an_event_without_visits_has_nothing_to_say(world: World) -> None:
    with world.writing():
        world.delegation(people=2)

    assert found(world) == {}
    assert list(contributions.cards(world.event)) == []
    assert list(contributions.deadlines(world.event)) == []


def test_wishes_that_are_missing_and_a_plan_that_is_due_are_found(world: World, visits: Any) -> None:
    with world.writing():
        visits.slot("Urban project")
        world.delegation("Ghent", people=1)

    checks = found(world)

    assert {rule: (check.severity, check.title, check.why) for rule, check in checks.items()} == {
        "wishes_missing": (Severity.TO_COMPLETE, "1 person has not chosen a field visit", "Ghent Person 1"),
        "not_published": (
            Severity.AT_RISK,
            "The places on the field visits are not published yet",
            "The first visit is on Wednesday 26 March, 13:30\u202f–\u202f17:00.",
        ),
    }


def test_who_has_not_chosen_hurts_more_after_the_deadline(world: World, visits: Any) -> None:
    with world.writing():
        visits.slot("Urban project")
        world.delegation("Ghent", people=1)
        rules = domain.settings_for_change(world.event)
        yesterday = datetime(2025, 3, 12, 12, 0, tzinfo=UTC)
        domain.change_settings(world.event, rules, {"wishes_close_at": yesterday}, by=world.by)

    checks, deadline = found(world), next(iter(contributions.deadlines(world.event)))

    assert checks["wishes_missing"].severity == Severity.AT_RISK
    assert checks["not_published"].why == "Wishes are closed."
    assert (deadline.at, deadline.done) == (yesterday, False)


def test_a_published_plan_that_still_fits_has_no_check(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        for person in world.people(world.delegation(people=2)):
            visits.wish(person, urban)
        visits.publish()

    assert found(world) == {}
    assert [(card.label, card.value, card.of, card.note, card.share) for card in contributions.cards(world.event)] == [
        ("Visits placed", "2", "of 2", "2 in their first wish", 1.0)
    ]


def test_a_new_need_makes_a_place_wrong_and_is_not_named(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", walking_level=3)
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban)
        visits.publish()
        needs.declare(person, needs.Access(walking_level=1), by=world.by)

    check = found(world)["out_of_date"]

    assert (check.severity, check.title) == (
        Severity.BREAKS_RULE,
        "1 person has a place on a field visit that cannot be theirs any more",
    )
    assert (
        check.why
        == "Somebody left, or something about people or visits has changed. A new plan moves as few as possible."
    )


def test_people_named_after_the_publication_are_found(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        for person in world.people(world.delegation(people=2)):
            visits.wish(person, urban)
        visits.publish()
        world.delegation("Lisbon", people=1)

    assert {rule: check.why for rule, check in found(world).items()} == {"unplaced": "Lisbon Person 1"}


def test_a_departure_that_lost_its_people_is_below_its_minimum(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", 2, 5)
        leaves, stays = world.people(world.delegation(people=2))
        for person in (leaves, stays):
            visits.wish(person, urban)
        visits.publish()
        visits.wish(leaves, abstains=True)

    check = found(world)["below_minimum"]

    assert (check.title, check.why) == (
        "“Urban project” is below its minimum",
        "1 person has a place, and at least 2 are needed.",
    )


def test_a_visit_of_the_programme_without_an_entry_in_the_catalogue_is_found(world: World, visits: Any) -> None:
    with world.writing():
        item = world.item("Mystery tour", kind="visit")

    check = found(world)["item_without_visit"]

    assert (check.why, check.url) == ("Mystery tour", world.url(f"field-visits/new?item={item.id}"))


def test_the_truth_costs_the_same_whatever_the_number_of_people(world: World, visits: Any) -> None:
    def work() -> None:
        list(contributions.checks(world.event))
        list(contributions.cards(world.event))
        list(contributions.deadlines(world.event))

    def grow(parties: int) -> None:
        with world.writing():
            slot = visits.slot(f"Visit {parties}", 1, 60)
            for _n in range(parties):
                people = world.people(world.delegation(people=2))
                needs.declare(people[0], needs.Access(walking_level=1), by=world.by)
                visits.wish(people[0], slot)
            visits.publish()
        session().rollback()

    grow(1)
    few = statement_count(world.app, work)
    grow(8)

    assert statement_count(world.app, work) == few


# --- dossiers -------------------------------------------------------------------------------------------------------


def test_a_dossier_has_the_catalogue_and_ones_own_visit(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", packed_lunch=True)
        visits.slot("Forest walk")
        party = world.delegation(people=1)
        person = world.people(party)[0]
        visits.wish(person, urban)
        visits.publish()

    def headings(audience: Any, code: str) -> dict[str, list[str]]:
        made = list(dossier.sections(world.event, audience))
        with speaking(code):
            return {
                str(section.title): [block.text for block in section.blocks(code) if isinstance(block, Heading)]
                for section in made
            }

    both = ["Urban project", "Forest walk"]
    assert headings(world.event, "en") == {"Field visits": both}
    assert headings(person, "en") == {"Your visit": ["Urban project"], "Field visits": both}
    assert headings(party, "en") == {"Your delegation on the field visits": [], "Field visits": both}
    assert headings(person, "fr")["Votre visite"] == ["Urban project en français"]


def test_ones_own_visit_says_when_where_and_what_one_eats(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", packed_lunch=True, site="North bank", step_free=True)
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban)
        visits.publish()
    section = next(iter(dossier.sections(world.event, person)))

    with speaking("en"):
        blocks = section.blocks("en")

    assert blocks == [
        Heading(1, "Urban project"),
        DefinitionList(
            (
                ("When", "Wednesday 26 March, 13:30\u202f–\u202f17:00"),
                ("Meeting point", "In front of the station"),
                ("Way there", "On foot"),
                ("Site", "North bank"),
                ("Languages spoken or interpreted", "English"),
                ("Walking", "Short flat ways"),
                ("Step-free", "Yes"),
                ("Lunch", "A packed lunch is handed out for this visit."),
            )
        ),
    ]


def test_a_half_that_is_missing_is_said_in_the_dossier(world: World, visits: Any) -> None:
    with world.writing():
        slot = visits.slot("Urban project", meeting_point={"fr": "Devant la gare"})
        slot.visit.title = LocalizedText.of(fr="Projet urbain")
        party = world.delegation(people=1)
        visits.wish(world.people(party)[0], slot)
        visits.publish()

    with speaking("en"):
        missing = [
            block
            for audience in (world.event, party)
            for section in dossier.sections(world.event, audience)
            for block in section.blocks("en")
            if isinstance(block, Missing)
        ]
        rows = [
            block.rows
            for section in dossier.sections(world.event, party)
            for block in section.blocks("en")
            if isinstance(block, Table)
        ]

    assert len(missing) == 5  # title and meeting point in each catalogue, the title beside the name
    assert rows[0][0][1] == "Title not translated yet"


# --- the record of a person, and erasure ----------------------------------------------------------------------------


def test_an_organiser_reads_wishes_and_place_on_the_page_of_a_person(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk")
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, forest, urban)
        visits.publish()

    page = Person(world.client(world.owner)).open(world.url(f"delegations/people/{person.id}"))

    assert page.index("Place") < page.index("First choice") < page.index("Second choice")
    assert "Change the place" in page


def test_an_erasure_gives_the_place_back_and_leaves_counts_right(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        gone, stays = world.people(world.delegation(people=2))
        for person in (gone, stays):
            visits.wish(person, urban)
        visits.publish()
    hub = world.app.extensions["hub"]
    held = privacy.export(hub, gone.id)["data"]

    with world.writing():
        privacy.erase(hub, gone, by=world.by)

    assert held["Wishes for the field visits"] == {"First choice (round 1)": "Urban project"}
    assert held["Places on the field visits"]["Place (round 1)"]["Field visit"] == "Urban project"
    assert visits.places() == {stays.name: "Urban project"}
    assert session().get_one(Slot, urban.id).places_used == 1
    run = session().query(Run).one()
    assert [one["wisher"] for one in run.plan["placements"]] == [stays.id]
    left = privacy.export(hub, gone.id)["data"]
    assert (left["Wishes for the field visits"], left["Places on the field visits"]) == ({}, {})


def test_texts_of_the_catalogue_hold_back_an_edition_that_lacks_them(world: World, visits: Any) -> None:
    with world.writing():
        slot = visits.slot("Urban project", description={"fr": "Un quartier"})

    entries = {entry.key: entry.text.gaps(["en"]) for entry in contributions.texts(world.event)}

    key = f"field_visits.visit.{slot.visit_id}"
    assert entries == {f"{key}.title": (), f"{key}.description": ("en",), f"{key}.meeting_point": ()}


@pytest.mark.parametrize("days, near", [(14, True), (15, False)])
def test_a_plan_is_due_two_weeks_before_the_visits(world: World, visits: Any, days: int, near: bool) -> None:
    with world.writing():
        slot = visits.slot("Urban project")
        visits.wish(world.people(world.delegation(people=1))[0], slot)
    world.app.config["TODAY"] = slot.item.starts_at - timedelta(days=days)

    assert ("not_published" in found(world)) == near


# --- the list of people ---------------------------------------------------------------------------------------------


def test_the_list_of_people_can_show_and_filter_by_their_visits(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project", maximum=1), visits.slot("Forest walk", wave=2)
        first, second = world.people(world.delegation("Ghent", people=2))
        visits.wish(first, urban)
        visits.wish(second, urban, abstains=True)
        visits.publish()
        visits.publish(2)
    (column,) = world.hooks.collect(hookspecs.people_columns, event=world.event)
    assert column.values([first.id, second.id]) == {first.id: "Urban project · Forest walk", second.id: "Forest walk"}
    assert column.values([second.id]) == {second.id: "Forest walk"}

    def having(code: object) -> list[str]:
        query = lists.people_matching(world.event, {column.key: str(code)}, hooks=world.hooks)
        return [person.name for person in session().scalars(query)]

    assert having(urban.id) == ["Ghent Person 1"]
    assert having(forest.id) == ["Ghent Person 1", "Ghent Person 2"]
    assert having("none") == []
    assert statement_count(world.app, lambda: column.values(list(range(1, 400)))) == 1


def test_without_departures_the_list_of_people_has_no_column_of_visits(world: World) -> None:
    assert world.hooks.collect(hookspecs.people_columns, event=world.event) == []


# --- mails ----------------------------------------------------------------------------------------------------------


def test_a_mailing_names_the_visit_that_holds_in_the_readers_language(world: World, visits: Any) -> None:
    with world.writing():
        slot = visits.slot("Farm")
        bonn, porto = world.delegation("Bonn", people=2), world.delegation("Porto", people=1)
        for person in [*world.people(bonn), *world.people(porto)]:
            visits.wish(person, slot)
    head, person = MailRecipient(bonn), MailRecipient(porto, world.people(porto)[0])

    def said(*recipients: MailRecipient) -> list[str]:
        found = world.hooks.collect(hookspecs.mail_placeholders, event=world.event, recipients=recipients)
        [placeholder] = [one for one in found if one.name == "visit"]
        return [placeholder.text(recipient) for recipient in recipients]

    assert said(head, person) == ["", ""]  # a plan that is not published is nobody's news
    with world.writing():
        visits.publish()
    with speaking("fr"):
        lines, own = said(head, person)
    assert own == (
        "Farm en français, mercredi 26 mars, 13\u00a0h\u00a030\u202f–\u202f17\u00a0h\u00a000, "
        "rendez-vous\u00a0: Devant la gare"
    )
    assert lines == f"- Bonn Person 1\u00a0: {own}\n- Bonn Person 2\u00a0: {own}"
    few = statement_count(world.app, lambda: said(person))
    assert statement_count(world.app, lambda: said(head, person)) == few


def test_merging_moves_wishes_and_places_and_keeps_the_counters_right(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk", wave=2)
        first = world.people(world.delegation("Ghent", people=1))[0]
        second = world.people(world.delegation("Prague", people=1))[0]
        visits.wish(first, urban)
        visits.wish(second, urban)
        visits.publish()
        visits.publish(2)
    assert domain.slot(world.event, urban.id).places_used == 2
    with world.writing():
        placed = session().scalars(sa.select(Allocation).where(Allocation.participant_id == first.id)).all()
        for row in placed:
            if row.wave == 2:
                session().delete(row)
                domain.slot(world.event, forest.id, lock=True).places_used -= 1
    with world.writing():
        merging.merge(world.event, first.id, second.id, {}, by=world.by, hooks=world.hooks)
    session().rollback()
    session().expire_all()
    rows = session().execute(sa.select(Allocation.participant_id, Allocation.slot_id).order_by(Allocation.slot_id))
    assert [tuple(row) for row in rows] == [(first.id, urban.id), (first.id, forest.id)]
    used = session().scalars(sa.select(Slot.places_used).order_by(Slot.id)).all()
    assert used == [1, 1]
