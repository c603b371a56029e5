"""Who is there: people arrive, leave or do not come, their delegation follows them, and each step can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eventhub import activity
from eventhub.db import statement_count
from eventhub.delegations import arrivals, domain, seats
from eventhub.delegations.models import Delegation, DelegationState, Participant, ParticipantState
from eventhub.errors import Refused
from eventhub.events.domain import EventFrozen
from eventhub.events.models import EventState
from eventhub.testing import NOW, World


@pytest.fixture
def found(world: World) -> Delegation:
    with world.writing():
        made = world.delegation("Ghent", people=2, quota=3)
        domain.submit(world.event, made, domain.Completeness(1, 1), by=world.by, hooks=world.hooks)
        domain.confirm(world.event, made, by=world.by, hooks=world.hooks)
    return made


def states(found: Delegation) -> tuple[str, ...]:
    return (found.state, *(seat.participant.state for seat in found.seats if seat.participant))


def act(world: World, name: str, person: Participant) -> None:
    with world.writing():
        getattr(domain, name)(world.event, person, by=world.by, hooks=world.hooks)


def test_a_delegation_arrives_with_its_first_person_and_leaves_with_its_last(world: World, found: Delegation) -> None:
    first, second = world.people(found)
    act(world, "arrive", first)
    assert states(found) == ("arrived", "arrived", "confirmed")
    world.app.config["TODAY"] = NOW + timedelta(hours=1)
    act(world, "arrive", second)
    assert (first.arrived_at, second.arrived_at) == (NOW, NOW + timedelta(hours=1))
    act(world, "depart", first)
    assert (found.state, first.departed_at) == ("arrived", NOW + timedelta(hours=1))
    act(world, "depart", second)
    assert states(found) == ("departed", "arrived", "arrived")
    verbs = [entry.verb for entry in activity.history(found)]
    assert verbs[:2] == ["delegations:all_left", "delegations:first_here"]


def test_every_step_is_taken_back_to_where_it_was(world: World, found: Delegation) -> None:
    first, _second = world.people(found)
    act(world, "arrive", first)
    act(world, "depart", first)
    act(world, "take_back_departure", first)
    assert (states(found), first.departed_at) == (("arrived", "arrived", "confirmed"), None)
    act(world, "take_back_arrival", first)
    assert (states(found), first.arrived_at) == (("confirmed", "confirmed", "confirmed"), None)
    act(world, "mark_no_show", first)
    assert states(found) == ("confirmed", "no_show", "confirmed")
    assert [person.id for person in domain.people(world.event)] == [_second.id]
    act(world, "take_back_no_show", first)
    assert states(found) == ("confirmed", "confirmed", "confirmed")


def test_twice_is_once(world: World, found: Delegation) -> None:
    first, _second = world.people(found)
    for name in ("arrive", "arrive", "depart", "depart"):
        act(world, name, first)
    entries = [entry.verb for entry in activity.history(first)]
    assert [verb for verb in entries if verb in {"delegations:arrived", "delegations:departed"}] == [
        "delegations:departed",
        "delegations:arrived",
    ]


def test_who_was_missed_comes_late_and_goes_back_to_what_they_were(world: World, found: Delegation) -> None:
    first, _second = world.people(found)
    act(world, "mark_no_show", first)
    act(world, "arrive", first)
    assert states(found) == ("arrived", "arrived", "confirmed")
    act(world, "take_back_arrival", first)
    assert states(found) == ("confirmed", "confirmed", "confirmed")


def test_who_left_comes_back_and_the_first_hour_is_kept(world: World, found: Delegation) -> None:
    first, _second = world.people(found)
    act(world, "arrive", first)
    act(world, "depart", first)
    world.app.config["TODAY"] = NOW + timedelta(hours=2)
    act(world, "arrive", first)
    assert (found.state, first.arrived_at, first.departed_at) == ("arrived", NOW, None)


def test_a_delegation_that_was_never_confirmed_goes_back_to_what_it_was(world: World) -> None:
    with world.writing():
        found = world.delegation("Turin", people=1)
    (person,) = world.people(found)
    act(world, "arrive", person)
    assert states(found) == ("arrived", "arrived")
    act(world, "take_back_arrival", person)
    assert states(found) == (DelegationState.REGISTERING, ParticipantState.REGISTERED)


def test_who_is_not_expected_cannot_arrive_and_the_sentence_says_what_to_do(world: World, found: Delegation) -> None:
    first, second = world.people(found)
    act(world, "arrive", second)
    with pytest.raises(arrivals.NotHereYet, match="has not arrived yet"):
        act(world, "depart", first)
    with pytest.raises(arrivals.HereAlready, match="Take the arrival back first"):
        act(world, "mark_no_show", second)
    act(world, "take_back_arrival", second)
    with world.writing():
        domain.withdraw(world.event, found, "Strike", by=world.by, hooks=world.hooks)
    for name in ("arrive", "mark_no_show"):
        with pytest.raises(arrivals.NotExpected, match="take the registration up again"):
            act(world, name, first)


def test_who_is_here_is_not_taken_off_and_their_delegation_does_not_withdraw(world: World, found: Delegation) -> None:
    first, _second = world.people(found)
    act(world, "arrive", first)
    nobody = seats.Person(found.seats[0].id, "")
    with pytest.raises(seats.ArrivedAlready), world.writing():
        locked = domain.locked_delegation(world.event, found.id)
        domain.save_people(world.event, locked, [nobody], by=world.by, hooks=world.hooks)
    for refused in (
        lambda: domain.withdraw(world.event, found, "Strike", by=world.by, hooks=world.hooks),
        lambda: domain.reopen(world.event, found, by=world.by, hooks=world.hooks),
    ):
        with pytest.raises(domain.StateNotPossible), world.writing():
            refused()


def test_nobody_arrives_at_an_event_that_is_in_the_archive(world: World, found: Delegation) -> None:
    with world.writing():
        world.event.state = EventState.ARCHIVED
    with pytest.raises(EventFrozen):
        act(world, "arrive", world.people(found)[0])


def test_a_plugin_may_refuse_an_arrival_and_nothing_is_written(world: World, found: Delegation) -> None:
    first, _second = world.people(found)

    class NoBadge(Refused):
        message = "No badge is printed yet."

    class Strict:
        def before(self, spec: object, **arguments: object) -> None:
            raise NoBadge

        def after(self, spec: object, **arguments: object) -> None:
            raise AssertionError("nothing happened")

    with pytest.raises(NoBadge), world.writing():
        arrivals.arrive(world.event, first, by=world.by, hooks=Strict())  # type: ignore[arg-type]
    assert states(found) == ("confirmed", "confirmed", "confirmed")


def test_an_arrival_costs_the_same_in_a_large_delegation(world: World) -> None:
    counts = []
    for people in (2, 12):
        with world.writing():
            found = world.delegation(people=people)
        first = world.people(found)[0]
        counts.append(statement_count(world.app, lambda person=first: act(world, "arrive", person)))  # type: ignore[misc]
    assert counts[0] == counts[1] <= 11  # account, event and its plugins are read again in this test
