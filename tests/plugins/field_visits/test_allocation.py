"""A plan is computed, looked at and published; two organisers at once; one person by hand; nobody's need is named."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub.access.models import EventRole
from eventhub.db import session, statement_count
from eventhub.delegations import domain as delegations
from eventhub.delegations import needs
from eventhub.delegations.models import Direction
from eventhub.events import programme
from eventhub.faults import FaultInjected
from eventhub.outbox import MailMessage
from eventhub.testing import World, csrf_of
from plugins.field_visits import allocation, domain, places
from plugins.field_visits.models import Allocation, Run, RunState, Slot
from tests.browsing import Person

ALLOCATION = "field-visits/allocation/"


def mails() -> list[tuple[str, str]]:
    """Return (recipient, subject) of the mails about places, in order."""
    query = sa.select(MailMessage).where(MailMessage.kind == "field_visits_allocated").order_by(MailMessage.id)
    return [(mail.recipient, mail.subject) for mail in session().scalars(query)]


def test_an_organiser_computes_a_plan_looks_at_it_and_publishes_it(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project", 1, 1), visits.slot("Forest walk", 1, 5)
        party = world.delegation(people=2)
        lucky, other = world.people(party)
        visits.wish(lucky, urban, forest)
        visits.wish(other, forest, urban)
    organiser = Person(world.client(world.owner))

    before = organiser.open(world.url(ALLOCATION))
    preview = organiser.send(action="compute")
    places_before = visits.places()
    after = organiser.send(action="publish")

    assert "2 people to place. Everybody has chosen." in " ".join(before.split())
    assert "Proposed plan" in preview
    assert "Proven: no plan is better by these rules." in preview
    assert "Everybody has a place" in preview
    assert places_before == {}
    assert "Published: 2 people have a place, 2 changed." in after
    assert visits.places() == {lucky.name: "Urban project", other.name: "Forest walk"}
    assert [recipient for recipient, _subject in mails()] == [lucky.email, other.email]


def test_each_person_reads_their_visit_in_the_agenda_and_in_the_mail(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", packed_lunch=True)
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban)
        visits.publish()

    page = Person(world.guest(person)).open(world.url(f"me/{person.id}/", area="e"))
    body = session().scalars(sa.select(MailMessage.body).where(MailMessage.recipient == person.email)).one()

    assert "Urban project" in page
    assert "Meeting point: In front of the station" in page
    assert "Wednesday, 26 March 2025, 13:30\u202f–\u202f17:00 (Europe/Paris)" in body
    assert "Meeting point: In front of the station" in body
    assert "A packed lunch is handed out for this visit." in body


def test_a_new_plan_moves_as_few_as_it_can_and_writes_to_them_only(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project", 1, 2), visits.slot("Forest walk", 1, 2)
        people = [world.people(world.delegation(people=1))[0] for _n in range(3)]
        for person in people:
            visits.wish(person, urban, forest)
        first = visits.publish()
    told = len(mails())
    on_urban = [name for name, visit in visits.places().items() if visit == "Urban project"]
    with world.writing():
        urban = domain.slot(world.event, urban.id, lock=True)
        forest = domain.slot(world.event, forest.id, lock=True)
        leaving = next(person for person in people if person.name == on_urban[0])
        delegations.withdraw(
            world.event,
            delegations.locked_delegation(world.event, leaving.delegation_id),
            "Ill",
            by=world.by,
            hooks=world.hooks,
        )
        second = visits.publish()

    assert (first.placed, len(first.moved)) == (3, 3)
    assert (second.placed, len(second.moved)) == (2, 1)
    assert len(mails()) == told + 1
    assert sorted(visits.places().values()) == ["Urban project", "Urban project"]


def test_of_two_organisers_who_publish_the_second_hears_that_something_changed(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk")
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban, forest)
        colleague = world.organiser(EventRole.PROGRAMME)
    first, second = Person(world.client(world.owner)), Person(world.client(colleague))
    first.open(world.url(ALLOCATION))
    first.send(action="compute")
    second.open(world.url(ALLOCATION))

    first.send(action="publish")
    refusal = second.send(action="publish", expect=422)

    assert "This plan was published or replaced meanwhile." in refusal
    assert visits.places() == {person.name: "Urban project"}
    assert len(mails()) == 1


def test_a_plan_is_not_published_after_a_wish_has_changed(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk")
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban, forest)
        run_id = visits.propose()
    organiser = Person(world.client(world.owner))
    organiser.open(world.url(ALLOCATION))
    with world.writing():
        visits.wish(person, forest, urban)

    refusal = organiser.send(action="publish", expect=422)
    page = organiser.open(world.url(ALLOCATION))

    assert "Something has changed since this plan was computed, so it is not published." in refusal
    assert "This plan cannot be published any more; compute a new one." in page
    assert "Publish this plan" not in page
    assert visits.places() == {}
    assert session().get_one(Run, run_id).state == RunState.PROPOSED


def test_a_publication_that_breaks_off_leaves_nothing_behind(
    world: World, visits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        visits.wish(world.people(world.delegation(people=1))[0], urban)
        run_id = visits.propose()
    monkeypatch.setitem(os.environ, "EVENTHUB_FAULT", "alloc.before_write=raise")

    with pytest.raises(FaultInjected), world.writing():
        allocation.publish(world.event, run_id, by=world.by)

    assert visits.places() == {}
    assert session().get_one(Slot, urban.id).places_used == 0
    assert mails() == []


def test_the_database_refuses_a_place_too_many(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", 1, 1)
        visits.wish(world.people(world.delegation(people=1))[0], urban)
        visits.publish()

    with pytest.raises(sa.exc.IntegrityError, match="places_within_maximum"), world.writing():
        session().execute(sa.update(Slot).where(Slot.id == urban.id).values(places_used=Slot.places_used + 1))


def test_counters_agree_with_the_places_after_many_publications(world: World, visits: Any) -> None:
    with world.writing():
        slots = [visits.slot(f"Visit {n}", 1, 3) for n in range(3)]
        people = [person for _n in range(4) for person in world.people(world.delegation(people=2))]
    for turn in range(4):
        with world.writing():
            for number, person in enumerate(people):
                ranked = [slots[(number + turn + step) % 3] for step in range(3)]
                visits.wish(person, *ranked)
            visits.publish()

        counted = dict(session().execute(sa.select(Slot.id, Slot.places_used)).all())
        query = sa.select(Allocation.slot_id, sa.func.count()).group_by(Allocation.slot_id)
        assert counted == {slot.id: 0 for slot in slots} | dict(session().execute(query).all())
        assert sum(counted.values()) == 8


def test_a_departure_below_its_minimum_stays_closed(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project", 1, 5), visits.slot("Forest walk", 4, 8)
        for _n in range(2):
            visits.wish(world.people(world.delegation(people=1))[0], forest, urban)
        visits.publish()

    assert set(visits.places().values()) == {"Urban project"}
    assert {slot.visit.title.text("en"): slot.state for slot in visits.now().slots} == {
        "Urban project": "allocated",
        "Forest walk": "closed",
    }


def test_at_most_two_of_a_delegation_go_together_and_the_host_team_does_not_count(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk")
        guests = world.people(world.delegation("Prague", people=3))
        hosts = world.people(world.delegation("Host", people=3, role="host"))
        for person in [*guests, *hosts]:
            visits.wish(person, urban, forest)
        visits.publish()

    places = visits.places()

    assert sorted(places[person.name] for person in guests) == ["Forest walk", "Urban project", "Urban project"]
    assert {places[person.name] for person in hosts} == {"Urban project"}


def test_who_understands_no_language_of_a_visit_is_not_sent_there(world: World, visits: Any) -> None:
    with world.writing():
        english, french = visits.slot("English walk"), visits.slot("French walk", languages=["fr"])
        person = world.people(world.delegation(people=1))[0]
        person.languages = ["fr"]
        visits.wish(person, english, french)
        visits.publish()

    assert visits.places() == {person.name: "French walk"}


# --- the explanation ------------------------------------------------------------------------------------------------

NEEDS = ("step-free", "wheelchair", "walk", "access", "hilly", "steep", "need", "disab", "mobility")


def main_of(page: str) -> str:
    """Return the plan that a page shows, without the frame around it."""
    return page[page.index('id="proposed"') : page.index("</main>")].lower()


def test_an_explanation_never_names_a_need(world: World, visits: Any) -> None:
    with world.writing():
        steep = visits.slot("Summit", 1, 5, walking_level=3)
        party = world.delegation(people=2)
        rolls, other = world.people(party)
        needs.declare(rolls, needs.Access(step_free=True, walking_level=1, other="Uses a wheelchair"), by=world.by)
        visits.wish(rolls, steep)
        visits.wish(other, steep)
        run_id = visits.propose()
    organiser = Person(world.client(world.owner))

    shown = main_of(organiser.open(world.url(ALLOCATION)))
    stored = session().get_one(Run, run_id).plan

    assert (
        f"<td>{party.name}</td><td>none of the visits on offer suits this person. ask what would.</td>".lower() in shown
    )
    # "needs" stands once, in the list of what a fingerprint covers
    assert [word for word in NEEDS if word in shown.replace("wishes, people, needs", "")] == []
    assert stored["unplaced"] == [
        {
            "wisher": rolls.id,
            "binding": [{"kind": "no_suitable_slot", "slot": None, "delegation": None, "suggested": None}],
        }
    ]


def test_who_is_left_out_reads_what_would_give_a_place(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", 1, 2)
        for person in world.people(world.delegation("Prague", people=3)):
            visits.wish(person, urban)
        visits.propose()

    page = Person(world.client(world.owner)).open(world.url(ALLOCATION))

    assert "More than one limit stands in the way." in page


@pytest.mark.parametrize(
    "maximum, quota, said",
    [
        (2, None, "A maximum of 3 on “Urban project” would be enough."),
        (9, 2, "3 people of Prague on “Urban project” would be enough."),
    ],
)
def test_the_one_limit_that_binds_is_named(
    world: World, visits: Any, maximum: int, quota: int | None, said: str
) -> None:
    with world.writing():
        urban = visits.slot("Urban project", 1, maximum)
        rules = domain.settings_for_change(world.event)
        domain.change_settings(world.event, rules, {"per_delegation": quota}, by=world.by)
        for person in world.people(world.delegation("Prague", people=3)):
            visits.wish(person, urban)
        visits.propose()

    assert said in Person(world.client(world.owner)).open(world.url(ALLOCATION))


# --- one person by hand ---------------------------------------------------------------------------------------------


def test_an_organiser_moves_one_person_and_the_next_plan_keeps_it(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk")
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban, forest)
        visits.publish()
    organiser = Person(world.client(world.owner))

    page = organiser.open(world.url(f"field-visits/people/{person.id}/move"))
    organiser.send({"slot_id": forest.id})
    moved = visits.places()
    with world.writing():
        again = visits.publish()

    assert "“Urban project” would be left with 0 people, below its minimum of 1." in page
    assert moved == {person.name: "Forest walk"}
    assert again.moved == ()
    assert visits.places() == {person.name: "Forest walk"}
    assert [subject for _recipient, subject in mails()] == [
        "Your field visit: Urban project",
        "Your field visit: Forest walk",
    ]


def test_a_full_visit_takes_nobody_by_hand(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project", 1, 1), visits.slot("Forest walk")
        lucky, other = [world.people(world.delegation(people=1))[0] for _n in range(2)]
        visits.wish(lucky, urban, forest)
        visits.wish(other, forest, urban)
        visits.publish()
    organiser = Person(world.client(world.owner))
    organiser.open(world.url(f"field-visits/people/{other.id}/move"))

    refusal = organiser.send({"slot_id": urban.id}, expect=422)

    assert "No place is left on “Urban project” (1 in all)." in refusal
    assert visits.places() == {lucky.name: "Urban project", other.name: "Forest walk"}


def test_a_move_by_hand_says_that_it_does_not_suit_and_not_why(world: World, visits: Any) -> None:
    with world.writing():
        flat, steep = visits.slot("Riverside", step_free=True), visits.slot("Summit")
        person = world.people(world.delegation(people=1))[0]
        needs.declare(person, needs.Access(step_free=True), by=world.by)
        visits.wish(person, flat)
        visits.publish()
    organiser = Person(world.client(world.owner))

    page = organiser.open(world.url(f"field-visits/people/{person.id}/move")).lower()
    refusal = organiser.send({"slot_id": steep.id}, expect=422)

    assert "does not suit this person, as far as we know." in page
    choices = page[page.index("which visit?") : page.index("</fieldset>")].replace(" disabled", "")
    assert [word for word in NEEDS if word in choices] == []
    assert "“Summit” does not suit this person as far as we know." in refusal
    assert visits.places() == {person.name: "Riverside"}


def test_the_limit_per_delegation_may_be_passed_over_by_hand_and_holds_for_others(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk")
        people = world.people(world.delegation("Prague", people=4))
        for person in people:
            visits.wish(person, urban, forest)
        visits.publish()
        for person in people[:3]:
            places.move(world.event, person, 1, urban.id, keep=True, by=world.by)
        places.move(world.event, people[3], 1, forest.id, keep=False, by=world.by)
        visits.publish()

    assert visits.places() == {
        people[0].name: "Urban project",
        people[1].name: "Urban project",
        people[2].name: "Urban project",
        people[3].name: "Forest walk",
    }


def test_places_by_hand_that_contradict_a_minimum_are_said(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", 1, 5)
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban)
        places.move(world.event, person, 1, urban.id, keep=True, by=world.by)
        domain.change_slot(world.event, domain.slot(world.event, urban.id, lock=True), {"minimum": 3}, by=world.by)
    organiser = Person(world.client(world.owner))
    organiser.open(world.url(ALLOCATION))

    refusal = organiser.send(action="compute", expect=422)

    assert "The places given by hand on “Urban project” cannot be kept: it does not reach its minimum." in " ".join(
        refusal.split()
    )


# --- what changes around it -----------------------------------------------------------------------------------------


def test_a_programme_item_with_people_on_it_cannot_be_cancelled(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        visits.wish(world.people(world.delegation(people=1))[0], urban)
        visits.publish()

    for act in (
        lambda item: programme.change_item(world.event, item, {"state": "cancelled"}, by=world.by, hooks=world.hooks),
        lambda item: programme.change_item(world.event, item, {"kind": "workshop"}, by=world.by, hooks=world.hooks),
        lambda item: programme.archive_item(world.event, item, True, by=world.by, hooks=world.hooks),
    ):
        with pytest.raises(places.CarriesPlaces), world.writing():
            act(programme.item_for_change(world.event, urban.item_id))

    assert len(visits.places()) == 1


def test_a_departure_called_off_leaves_the_agendas_and_the_next_plan_finds_other_places(
    world: World, visits: Any
) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk")
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban, forest)
        visits.publish()
        domain.change_slot(
            world.event, domain.slot(world.event, urban.id, lock=True), {"state": "cancelled"}, by=world.by
        )
    agenda = Person(world.guest(person)).open(world.url(f"me/{person.id}/", area="e"))
    with world.writing():
        visits.publish()
        item = programme.item_for_change(world.event, urban.item_id)
        programme.change_item(world.event, item, {"state": "cancelled"}, by=world.by, hooks=world.hooks)

    assert "Urban project" not in agenda
    assert visits.places() == {person.name: "Forest walk"}
    assert session().get_one(Slot, urban.id).places_used == 0


def test_who_is_taken_off_a_delegation_frees_the_place(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        party = world.delegation(people=2)
        leaves, stays = world.people(party)
        for person in (leaves, stays):
            visits.wish(person, urban)
        visits.publish()
        found = delegations.locked_delegation(world.event, party.id)
        seat = next(seat for seat in found.seats if seat.participant_id == leaves.id)
        delegations.save_people(world.event, found, [delegations.Person(seat.id, "")], by=world.by, hooks=world.hooks)

    assert visits.places() == {stays.name: "Urban project"}
    assert session().get_one(Slot, urban.id).places_used == 1


def test_two_rounds_give_two_places(world: World, visits: Any) -> None:
    with world.writing():
        morning, evening = visits.slot("Morning", day=0, wave=1), visits.slot("Evening", day=2, wave=2)
        person = world.people(world.delegation(people=1))[0]
        visits.publish(1)
        visits.publish(2)

    page = Person(world.client(world.owner)).open(world.url(ALLOCATION + "?round=2"))

    assert [visits.now(wave).allocations[person.id].slot_id for wave in (1, 2)] == [morning.id, evening.id]
    assert "Round 1" in page
    assert "Round 2" in page
    assert "Evening" in page[page.index('id="published"') :]


# --- who may, and what it costs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role, allocates", [("programme", True), ("welcome", False), ("reader", False)])
def test_only_the_programme_desk_allocates(world: World, visits: Any, role: str, allocates: bool) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        visits.wish(world.people(world.delegation(people=1))[0], urban)
        user = world.organiser(EventRole(role))
    client = world.client(user)

    page = client.get(world.url(ALLOCATION)).get_data(as_text=True)
    answer = client.post(world.url(ALLOCATION + "compute"), data={"csrf_token": csrf_of(page)})

    assert ("Compute the plan" in page) == allocates
    assert answer.status_code == (302 if allocates else 404)


def test_a_head_of_delegation_sees_nothing_of_the_organisers_pages(world: World, visits: Any) -> None:
    with world.writing():
        visits.slot("Urban project")
        head = world.delegation(people=1)

    answer = world.guest(head).get(world.url(ALLOCATION))

    assert answer.status_code in {302, 404}


@pytest.mark.parametrize("path", [ALLOCATION, "field-visits/", "field-visits/people/"])
def test_pages_cost_the_same_whatever_the_number_of_people(world: World, visits: Any, path: str) -> None:
    client = world.client(world.owner)
    client.get(world.url(path))  # the first page of a browser writes its session

    def grow(parties: int) -> None:
        with world.writing():
            slot = visits.slot(f"Visit {parties}", 1, 50)
            for _n in range(parties):
                for person in world.people(world.delegation(people=2)):
                    visits.wish(person, slot)
            visits.publish()

    grow(1)
    few = statement_count(world.app, lambda: client.get(world.url(path)))
    grow(9)
    many = statement_count(world.app, lambda: client.get(world.url(path)))

    assert many == few


def test_a_large_event_is_computed_by_the_worker(world: World, visits: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from eventhub import jobs

    monkeypatch.setattr("plugins.field_visits.views_allocation.PEOPLE_WITHOUT_WAITING", 1)
    with world.writing():
        urban = visits.slot("Urban project")
        for person in world.people(world.delegation(people=2)):
            visits.wish(person, urban)
    organiser = Person(world.client(world.owner))
    organiser.open(world.url(ALLOCATION))

    progress = organiser.send(action="compute")
    with world.app.app_context():
        jobs.run_due()
    page = organiser.open(world.url(ALLOCATION))

    assert "Compute the allocation of field visits" in progress
    assert "2 people have a place in it." in page


def test_a_late_arrival_that_becomes_known_makes_the_place_wrong(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban)
        visits.publish()
        arrival = datetime(2025, 3, 26, 16, 0, tzinfo=world.event.zone)
        leg = delegations.Travel(Direction.ARRIVAL, "train", at=arrival)
        delegations.save_travel(world.event, person, [leg], by=world.by, hooks=world.hooks)

    page = Person(world.client(world.owner)).open(world.url(""))

    assert "1 person has a place on a field visit that cannot be theirs any more" in page
