"""The arrivals of a day at the welcome desk: found, marked with one press, taken back, at the same place."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa

from eventhub.access.models import EventRole
from eventhub.db import session, statement_count
from eventhub.delegations import domain
from eventhub.delegations.models import Direction, Participant, ParticipantState
from eventhub.testing import World
from tests.browsing import Person


def desk(world: World, query: str = "") -> str:
    return world.url(f"delegations/arrivals/{query}")


@pytest.fixture
def welcome(world: World) -> Person:
    with world.writing():
        user = world.organiser(EventRole.WELCOME)
    return Person(world.client(user))


def arriving(world: World, name: str, hour: int, place: str = "Gare") -> Participant:
    person = world.people(world.delegation(name, people=1))[0]
    leg = domain.Travel(Direction.ARRIVAL, "train", "ICE 9570", place, datetime(2025, 3, 25, hour, 20, tzinfo=UTC))
    domain.save_travel(world.event, person, [leg], by=world.by, hooks=world.hooks)
    return person


def shown(page: str) -> list[str]:
    return re.findall(r"<strong><bdi>([^<]+)</bdi>", page)


def state_of(person: Participant) -> str:
    session().rollback()
    return session().scalars(sa.select(Participant.state).where(Participant.id == person.id)).one()


def test_a_day_is_shown_by_hour_and_place(world: World, welcome: Person) -> None:
    with world.writing():
        arriving(world, "Prague", 15)
        arriving(world, "Ghent", 9, "Aéroport")
        world.delegation("Turin", people=1)
    page = welcome.open(desk(world))  # the event is ahead: its first day is shown
    assert shown(page) == ["Ghent Person 1", "Prague Person 1"]
    assert re.findall(r'<h2 id="hour-\d+">([^<]+)</h2>', page) == ["10:00 · Aéroport", "16:00 · Gare"]
    assert "0 of 2 people are here." in page
    assert shown(welcome.open(desk(world, "?day=2025-03-26"))) == []
    assert shown(welcome.open(desk(world, "?day=unknown"))) == ["Turin Person 1"]
    assert shown(welcome.open(desk(world, "?day=tomorrow&q=TURIN"))) == ["Turin Person 1"]
    assert "Nobody is found" in welcome.open(desk(world, "?q=Rome"))


def test_one_press_marks_somebody_and_comes_back_to_the_same_place(world: World, welcome: Person) -> None:
    with world.writing():
        person = arriving(world, "Ghent", 9)
        arriving(world, "Prague", 9)
    page = welcome.open(desk(world, "?day=2025-03-25"))
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    address = world.url(f"delegations/arrivals/{person.id}/arrived?day=2025-03-25")
    answer = welcome.client.post(address, data={"csrf_token": token})
    place = f"?day=2025-03-25&marked={person.id}"
    assert answer.headers["Location"].endswith(f"/delegations/arrivals/{place}#person-{person.id}")
    assert state_of(person) == ParticipantState.ARRIVED
    page = welcome.open(desk(world, place))
    assert shown(page) == ["Ghent Person 1", "Prague Person 1"]  # whoever was just marked stays, with the undo
    assert "1 of 2 people are here." in page
    assert shown(welcome.open(desk(world))) == ["Prague Person 1"]
    welcome.open(desk(world, "?show=here"))
    welcome.send(action="not-arrived")
    assert state_of(person) == ParticipantState.REGISTERED


def test_who_did_not_come_is_marked_expected_again_or_arrives_late(world: World, welcome: Person) -> None:
    with world.writing():
        person = arriving(world, "Ghent", 9)
    welcome.open(desk(world))
    assert "1 person did not come." in welcome.send(action="no-show")
    assert state_of(person) == ParticipantState.NO_SHOW
    welcome.open(desk(world, "?show=missed"))
    welcome.send(action="expected")
    assert state_of(person) == ParticipantState.REGISTERED
    welcome.send(action="no-show")
    welcome.open(desk(world, "?show=missed"))
    welcome.send(action="/arrived")
    assert state_of(person) == ParticipantState.ARRIVED


def test_a_reader_sees_arrivals_and_marks_nobody(world: World) -> None:
    with world.writing():
        person = arriving(world, "Ghent", 9)
        user = world.organiser(EventRole.READER)
    reader = Person(world.client(user))
    assert "Arrived" not in reader.open(desk(world))
    data = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', reader.text)[0]}
    assert reader.client.post(world.url(f"delegations/arrivals/{person.id}/arrived"), data=data).status_code == 404
    assert state_of(person) == ParticipantState.REGISTERED


def test_the_arrivals_cost_the_same_for_forty_people_as_for_one(world: World, welcome: Person) -> None:
    counts = []
    for number in (1, 40):
        with world.writing():
            for n in range(number):
                arriving(world, f"Town {number} {n}", 9)
        assert welcome.client.get(desk(world)).status_code == 200
        counts.append(statement_count(world.app, partial(welcome.client.get, desk(world))))
    assert counts[0] == counts[1] <= 8
