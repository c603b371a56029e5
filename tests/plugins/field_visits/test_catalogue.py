"""Visits are written, changed, put away, copied to the next event, and read by the public."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from eventhub.access.models import EventRole
from eventhub.activity import ActivityEntry
from eventhub.db import session
from eventhub.events import domain as events
from eventhub.events.models import Event, EventState
from eventhub.localized import State
from eventhub.testing import World
from plugins.field_visits import domain
from plugins.field_visits.models import Settings, Slot
from tests.browsing import Person

VISITS = "field-visits/"


def test_an_organiser_writes_a_visit_with_its_departure(world: World) -> None:
    with world.writing():
        item = world.item("Visit A", kind="visit", day=1, start="13:30", end="17:00")
        guide = world.provider("Guides of the Alps", ("guide",))
    organiser = Person(world.client(world.owner))

    organiser.open(world.url(VISITS + "new"))
    page = organiser.send(
        {
            "title-fr": "Un projet urbain",
            "title-en": "An urban project",
            "meeting_point-fr": "Arrêt de tram",
            "languages": ["fr", "en"],
            "walking_level": 1,
            "step_free": "y",
            "guide_id": guide.id,
            "way_there": "tram",
            "item_id": item.id,
            "minimum": 8,
            "maximum": 16,
        }
    )

    session().rollback()
    visit = domain.catalogue(world.event)[0]
    slot = visit.slots[0]
    assert "An urban project" in page
    assert (visit.title.text("fr"), visit.languages, visit.step_free) == ("Un projet urbain", ["fr", "en"], True)
    assert (visit.guide_id, visit.way_there, visit.packed_lunch) == (guide.id, "tram", False)
    assert (slot.item_id, slot.minimum, slot.maximum, slot.state, slot.wave) == (item.id, 8, 16, "open", 1)
    verbs = session().scalars(select(ActivityEntry.verb).where(ActivityEntry.verb.startswith("field_visits:")))
    assert list(verbs) == ["field_visits:added", "field_visits:slot_added"]


def test_a_programme_without_time_for_a_visit_says_what_to_do(world: World, visits: Any) -> None:
    with world.writing():
        visits.slot("Urban project")

    page = Person(world.client(world.owner)).open(world.url(VISITS + "new"))

    assert "No time is left in the programme for another visit" in page
    assert world.url("programme/new") in page


def test_a_programme_item_carries_one_departure(world: World, visits: Any) -> None:
    with world.writing():
        first = visits.slot("Urban project")
        meal = world.item("Lunch", kind="meal")

    for item_id in (first.item_id, meal.id):
        with pytest.raises(domain.ItemNotSuitable), world.writing():
            facts = {"item_id": item_id, "minimum": 1, "maximum": 5, "state": "open", "wave": 1}
            domain.add_slot(world.event, domain.visit(world.event, first.visit_id), facts, by=world.by)


def test_a_maximum_does_not_go_below_the_places_taken(world: World, visits: Any) -> None:
    with world.writing():
        slot = visits.slot("Urban project", 1, 5)
        for person in world.people(world.delegation(people=2)):
            visits.wish(person, slot)
        visits.publish()
    organiser = Person(world.client(world.owner))
    organiser.open(world.url(f"{VISITS}departures/{slot.id}/edit"))

    refusal = organiser.send({"maximum": 1}, expect=422)
    organiser.send({"maximum": 2})

    assert "The maximum cannot go below the places that are taken (2)." in refusal
    session().rollback()
    assert session().get_one(Slot, slot.id, populate_existing=True).maximum == 2


def test_of_two_who_edit_one_visit_the_second_sees_both_versions(world: World, visits: Any) -> None:
    with world.writing():
        visit_id = visits.slot("Urban project").visit_id
    first, second = Person(world.client(world.owner)), Person(world.client(world.owner))
    first.open(world.url(f"{VISITS}{visit_id}/edit"))
    second.open(world.url(f"{VISITS}{visit_id}/edit"))

    first.send({"site": "North bank"})
    conflict = second.send({"site": "South bank"}, expect=409)

    assert "North bank" in conflict
    assert "South bank" in conflict
    session().rollback()
    assert domain.visit(world.event, visit_id).site == "North bank"


def test_rewriting_one_half_makes_the_other_stale(world: World, visits: Any) -> None:
    with world.writing():
        visit_id = visits.slot("Urban project").visit_id
    organiser = Person(world.client(world.owner))
    organiser.open(world.url(f"{VISITS}{visit_id}/edit"))

    organiser.send({"title-fr": "Un tout autre projet"})

    session().rollback()
    title = domain.visit(world.event, visit_id).title
    assert (title.state("fr"), title.state("en")) == (State.REVIEWED, State.STALE)


def test_a_visit_is_archived_and_taken_back(world: World, visits: Any) -> None:
    with world.writing():
        visit_id = visits.slot("Urban project").visit_id
    organiser = Person(world.client(world.owner))
    organiser.open(world.url(f"{VISITS}{visit_id}"))

    archived = organiser.send(action=f"{visit_id}/archive")
    put_away = organiser.open(world.url(VISITS + "?show=archived"))
    back = organiser.send(action=f"{visit_id}/archive")

    assert "The visit is archived." in archived
    assert "The catalogue is empty" in archived
    assert "Urban project" in put_away
    assert "The visit is back in the catalogue." in back


def test_a_visit_with_people_on_it_is_not_archived(world: World, visits: Any) -> None:
    with world.writing():
        slot = visits.slot("Urban project")
        visits.wish(world.people(world.delegation(people=1))[0], slot)
        visits.publish()
    organiser = Person(world.client(world.owner))
    organiser.open(world.url(f"{VISITS}{slot.visit_id}"))

    refusal = organiser.send(action="archive", expect=422)

    assert "People have places on this visit (1)." in refusal


def test_the_list_is_filtered_and_exported_as_shown(world: World, visits: Any) -> None:
    with world.writing():
        visits.slot("Urban project")
        visits.slot("Forest walk", 2, 8)
    client = world.client(world.owner)

    columns = [
        "Visit",
        "Day",
        "Begins",
        "Ends",
        "Site",
        "Way there",
        "Languages",
        "Walking",
        "Step-free",
        "Packed lunch",
    ]
    columns += ["Minimum", "Maximum", "Places taken", "State"]

    page = client.get(world.url(VISITS + "?q=foret")).get_data(as_text=True)
    found = client.get(world.url(VISITS + "?q=forest")).get_data(as_text=True)
    table = client.get(world.url(VISITS + "?q=forest&format=csv")).get_data().decode("utf-8-sig").splitlines()

    assert "No visit matches these filters" in page
    assert "Forest walk" in found
    assert "Urban project" not in found
    assert table == [
        ";".join(columns),
        "Forest walk;2025-03-26;13:30;17:00;;On foot;en;1;No;No;2;8;0;Open for wishes",
    ]


def test_who_may_only_read_takes_no_file_away(world: World, visits: Any) -> None:
    with world.writing():
        slot = visits.slot("Urban project")
        reader = world.organiser(EventRole.READER)
    client = world.client(reader)

    pages = [VISITS, "field-visits/people/", f"field-visits/departures/{slot.id}"]

    assert [client.get(world.url(path)).status_code for path in pages] == [200, 200, 200]
    assert [client.get(world.url(f"{path}?format=csv")).status_code for path in pages] == [404, 404, 404]
    assert client.get(world.url(VISITS + "new")).status_code == 404


def test_the_attendance_sheet_lists_who_goes(world: World, visits: Any) -> None:
    with world.writing():
        slot = visits.slot("Urban project")
        people = world.people(world.delegation("Ghent", people=2))
        for person in people:
            visits.wish(person, slot)
        visits.publish()
    client = world.client(world.owner)

    sheet = client.get(world.url(f"field-visits/departures/{slot.id}/sheet")).get_data(as_text=True)
    table = client.get(world.url(f"field-visits/departures/{slot.id}?format=csv")).get_data().decode("utf-8-sig")

    assert [sheet.count(person.name) for person in people] == [1, 1]
    assert sheet.count("☐") == 4
    assert table.splitlines() == [
        "Name;Delegation;Languages understood;Phone;Wish;Given by hand",
        "Ghent Person 1;Ghent;en;;First choice;No",
        "Ghent Person 2;Ghent;en;;First choice;No",
    ]


def test_wishes_and_places_are_exported_as_shown(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk")
        chose, silent = world.people(world.delegation("Ghent", people=2))
        visits.wish(chose, forest, urban)
        visits.publish()
    client = world.client(world.owner)

    table = client.get(world.url("field-visits/people/?q=person+1&format=csv")).get_data().decode("utf-8-sig")
    page = client.get(world.url("field-visits/people/?show=silent")).get_data(as_text=True)

    assert table.splitlines() == [
        "Name;Delegation;Place;Wish;Given by hand;Takes part in no visit;First choice;Second choice",
        "Ghent Person 1;Ghent;Forest walk;First choice;No;No;Forest walk;Urban project",
    ]
    assert silent.name in page
    assert chose.name not in page


def test_the_public_reads_the_visits_on_offer_and_no_name(world: World, visits: Any) -> None:
    with world.writing():
        slot = visits.slot("Urban project", step_free=True)
        draft = visits.slot("Not ready")
        draft.state = "draft"
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, slot)
        visits.publish()
    stranger = world.client()

    front = stranger.get(world.url("", area="e")).get_data(as_text=True)
    english = stranger.get(world.url("visits/", area="e")).get_data(as_text=True)
    french = stranger.get(world.url("visits/", language="fr", area="e")).get_data(as_text=True)

    assert world.url("visits/", area="e") in front
    assert "Urban project" in english
    assert "Step-free" in english
    assert "Not ready" not in english
    assert person.name not in english
    assert "Urban project en français" in french
    assert "De plain-pied" in french


def test_the_public_page_waits_until_the_event_is_public(world: World, visits: Any) -> None:
    with world.writing():
        visits.slot("Urban project")
        session().get_one(Event, world.event.id).state = EventState.DRAFT

    assert world.client().get(world.url("visits/", area="e")).status_code == 404
    assert world.client(world.owner).get(world.url("visits/", area="e")).status_code == 200


def test_a_copied_event_has_the_catalogue_and_nobody_in_it(world: World, visits: Any) -> None:
    with world.writing():
        slot = visits.slot("Urban project", 2, 9, step_free=True)
        called_off = visits.slot("Called off")
        called_off.state = "cancelled"
        for person in world.people(world.delegation(people=2)):
            visits.wish(person, slot)
        visits.publish()
        rules = domain.settings_for_change(world.event)
        closes = slot.item.starts_at
        domain.change_settings(world.event, rules, {"per_delegation": 3, "wishes_close_at": closes}, by=world.by)
    with world.writing():
        copy = events.copy(
            session().get_one(Event, world.event.id),
            title={"en": "Next year"},
            slug="next",
            starts_on=date(2026, 3, 24),
            by=world.owner,
            hooks=world.hooks,
        )

    copied = domain.slots(copy)
    rules = session().scalars(select(Settings).where(Settings.event_id == copy.id)).one()
    assert [(s.visit.title.text("en"), s.minimum, s.maximum, s.places_used, s.state) for s in copied] == [
        ("Urban project", 2, 9, 0, "open")
    ]
    assert copied[0].item.starts_at.astimezone(copy.zone).isoformat() == "2026-03-25T13:30:00+01:00"
    assert (rules.per_delegation, rules.wishes_close_at) == (3, copied[0].item.starts_at)


@pytest.mark.parametrize("path", ["", "new", "people/", "allocation/", "rules"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_open_in_both_languages_while_there_is_nothing(world: World, path: str, language: str) -> None:
    page = world.client(world.owner).get(world.url(VISITS + path, language=language))

    assert page.status_code == 200
    assert ("Visites de terrain" in page.get_data(as_text=True)) == (language == "fr")
