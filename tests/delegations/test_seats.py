"""The rules of seats: who is whom, what a substitution keeps, how many may be named, how far a registration is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub.db import session
from eventhub.delegations import completeness, domain, lists, needs, seats
from eventhub.delegations.completeness import Completeness, Missing
from eventhub.delegations.models import (
    Delegation,
    DelegationState,
    Direction,
    Participant,
    ParticipantState,
    SeatState,
    Substitution,
    TravelLeg,
)
from eventhub.errors import Refused
from eventhub.testing import NOW, World


@dataclass
class Heard:
    """Stands for the hub: notes what plugins would hear before and after a change."""

    before_commit: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    after_commit: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def before(self, spec: Any, **given: Any) -> None:
        self.before_commit.append(self.line(spec, given))

    def after(self, spec: Any, **given: Any) -> None:
        self.after_commit.append(self.line(spec, given))

    def line(self, spec: Any, given: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        subject = given.get("subject", given.get("delegation"))
        return (spec.__name__, subject.name, dict(given.get("changes", {})))


def named(found: Delegation) -> list[str | None]:
    return [seat.participant.name if seat.participant else None for seat in found.seats]


def on_seat(found: Delegation, number: int, name: str, **facts: Any) -> seats.Person:
    return seats.Person(found.seats[number - 1].id, name, **facts)


def save(world: World, found: Delegation, *people: seats.Person, hooks: Any = None) -> seats.Saved:
    return domain.save_people(world.event, found, people, by=world.by, hooks=hooks or world.hooks)


# --- the quota ------------------------------------------------------------------------------------------------------


def test_nobody_is_named_beyond_the_quota(world: World) -> None:
    with world.writing():
        found = world.delegation(people=2, quota=2)
    with pytest.raises(seats.QuotaExceeded) as refusal, world.writing():
        save(world, found, seats.Person(0, "One Too-Many"))
    assert str(refusal.value) == (
        "All 2 seats of this delegation are taken. Ask the organisers for one more, or free a seat first."
    )
    assert session().scalar(sa.select(sa.func.count()).select_from(Participant)) == 2


def test_the_counter_refuses_even_where_a_row_says_that_a_seat_is_free(world: World) -> None:
    with world.writing():
        found = world.delegation(people=1, quota=2)
        session().execute(sa.update(Delegation).values(seats_named=2))
    with pytest.raises(seats.QuotaExceeded), world.writing():
        found = domain.locked_delegation(world.event, found.id)
        save(world, found, on_seat(found, 2, "Second Person"))


def test_the_database_refuses_what_a_bug_might_write(world: World) -> None:
    with world.writing():
        world.delegation(people=2, quota=2)
    with pytest.raises(sa.exc.IntegrityError, match="named_within_quota"), world.writing():
        session().execute(sa.update(Delegation).values(seats_named=3))


def test_taking_somebody_off_makes_room_in_the_same_save(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2, quota=2)
        save(world, found, on_seat(found, 1, ""), seats.Person(found.seats[1].id, "Ann Peeters", newcomer=True))
    assert (named(found), found.seats_named) == (["Ann Peeters", "Ghent Person 2"], 2)


def test_a_newcomer_is_given_another_free_seat_when_the_first_is_taken(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1, quota=3)
        saved = save(world, found, on_seat(found, 1, "Ann Peeters", newcomer=True))
    assert saved == seats.Saved(moved=(("Ann Peeters", 2),))
    assert named(found) == ["Ghent Person 1", "Ann Peeters", None]


@pytest.mark.parametrize(
    "people, quota, wanted, positions",
    [(2, 4, 6, [1, 2, 3, 4, 5, 6]), (2, 4, 2, [1, 2]), (0, 4, 1, [1]), (4, 4, 4, [1, 2, 3, 4])],
)
def test_a_new_quota_adds_or_frees_unnamed_seats(
    world: World, people: int, quota: int, wanted: int, positions: list[int]
) -> None:
    with world.writing():
        found = world.delegation(people=people, quota=quota)
        domain.change(world.event, found, {"quota": wanted}, by=world.by, hooks=world.hooks)
    assert [seat.position for seat in domain.with_seats(world.event, found.id).seats] == positions


def test_a_quota_below_those_named_is_refused(world: World) -> None:
    with world.writing():
        found = world.delegation(people=3)
    with pytest.raises(seats.QuotaBelowNamed) as refusal, world.writing():
        domain.change(world.event, found, {"quota": 2}, by=world.by, hooks=world.hooks)
    assert (str(refusal.value), refusal.value.field) == (
        "3 people are already named: the quota cannot go below that. Take somebody off first.",
        "quota",
    )


# --- who is whom ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before, after, same",
    [
        (("Anna Novak", "anna@prague.eu"), ("Anna Novak", "a.novak@prague.eu"), True),  # another address
        (("Anna Novak", "anna@prague.eu"), ("Anna Kowalska", "ANNA@prague.eu"), True),  # another family name
        (("Иван Петров", "ivan@sofia.eu"), ("Ivan Petrov", "ivan@sofia.eu"), True),  # another script
        (("Anna Novak", ""), ("ANNA NOVÁK", ""), True),  # capitals and accents
        (("Novak Anna", ""), ("Anna Novak", ""), True),  # another order
        (("Anna Novak", ""), ("Dr. Anna Novak", ""), True),  # a title
        (("Jean Dupont", ""), ("Jean Pierre Dupont", "jp@lyon.fr"), True),  # a second first name
        (("Ana Novak", "anna@prague.eu"), ("Anna Novak", ""), True),  # a slip of the pen
        (("Novak", ""), ("Anna Novak", ""), True),  # the rest of the name
        (("Anna Novak", ""), ("Petr Dvořák", ""), False),
        (("Anna Novak", "anna@prague.eu"), ("Petr Dvořák", "petr@prague.eu"), False),
        (("Anna Novak", "anna@prague.eu"), ("Petr Dvořák", ""), False),
        (("Anna Novak", ""), ("Anna Kowalska", ""), False),  # one first name is not one person
        (("Anna Novak", ""), ("Jana Novak", ""), False),  # nor one family
        (("Jan Novak", "jan@prague.eu"), ("Jana Novak", "jana@prague.eu"), False),
        (("Anna", "anna@prague.eu"), ("Anna Kowalska", "kowalska@prague.eu"), False),
    ],
)
def test_a_correction_is_told_from_another_person(before: tuple[str, str], after: tuple[str, str], same: bool) -> None:
    known = Participant(name=before[0], sort_key="", email=before[1])
    assert seats.same_person(known, seats.Person(0, after[0], email=after[1])) is same


def test_a_substitution_keeps_its_trace_and_passes_nothing_on(world: World) -> None:
    arrival = domain.Travel(Direction.ARRIVAL, "train", "EC 371", "Grenoble", NOW + timedelta(days=12))
    with world.writing():
        found = world.delegation("Ghent", people=1)
        left = world.people(found)[0]
        domain.save_travel(world.event, left, [arrival], by=world.by, hooks=world.hooks)
        needs.declare(left, needs.Access(step_free=True), by=world.by)
        saved = save(world, found, on_seat(found, 1, "Ann Peeters", email="ann@ghent.eu"))
    came = world.people(found)[0]
    trace = session().scalars(sa.select(Substitution)).one()
    assert saved == seats.Saved(substituted=(("Ghent Person 1", "Ann Peeters"),))
    assert (trace.seat_id, trace.left_id, trace.came_id, trace.at) == (found.seats[0].id, left.id, came.id, NOW)
    assert (left.state, came.state) == (ParticipantState.CANCELLED, ParticipantState.REGISTERED)
    assert (found.seats[0].state, found.seats_named) == (SeatState.SUBSTITUTED, 1)
    assert (came.legs, needs.access_of(world.event.id)) == ([], {left.id: needs.Access(step_free=True)})
    assert lists.substitutions_of(came) == lists.substitutions_of(left) == [trace]


def test_who_is_named_again_finds_what_they_had_given(world: World) -> None:
    arrival = domain.Travel(Direction.ARRIVAL, "train", "EC 371", "Grenoble", NOW + timedelta(days=12))
    with world.writing():
        found = world.delegation("Ghent", people=1)
        person = world.people(found)[0]
        domain.save_travel(world.event, person, [arrival], by=world.by, hooks=world.hooks)
        save(world, found, on_seat(found, 1, ""))
    assert (named(found), found.seats_named, person.state) == ([None] * 4, 0, ParticipantState.CANCELLED)
    with world.writing():
        found = domain.locked_delegation(world.event, found.id)
        save(world, found, on_seat(found, 2, "Ghent Person 1"))
    assert (world.people(found), found.seats_named, person.state) == ([person], 1, ParticipantState.REGISTERED)
    assert [leg.number for leg in session().scalars(sa.select(TravelLeg))] == ["EC 371"]


def test_one_address_for_two_people_is_refused(world: World) -> None:
    with world.writing():
        found = world.delegation()
    with pytest.raises(seats.EmailTwice) as refusal, world.writing():
        found = domain.locked_delegation(world.event, found.id)
        save(
            world,
            found,
            on_seat(found, 1, "Ann A", email="office@x.eu"),
            on_seat(found, 2, "Bea B", email="Office@x.eu"),
        )
    assert str(refusal.value) == (
        "Office@x.eu stands for two people of this delegation. Each person needs an address of their own, or none."
    )


def test_two_heads_are_refused(world: World) -> None:
    with world.writing():
        found = world.delegation()
    with pytest.raises(seats.TwoHeads) as refusal, world.writing():
        found = domain.locked_delegation(world.event, found.id)
        save(world, found, on_seat(found, 1, "Ann A", is_head=True), on_seat(found, 2, "Bea B", is_head=True))
    assert str(refusal.value) == "Ann A and Bea B are both marked as head of the delegation. Leave one of them."


# --- what plugins hear ----------------------------------------------------------------------------------------------


def test_plugins_hear_who_is_taken_off_before_the_commit_and_after_it(world: World) -> None:
    heard = Heard()
    with world.writing():
        found = world.delegation("Ghent", people=2)
        save(world, found, on_seat(found, 1, ""), on_seat(found, 2, "Ann Peeters"), hooks=heard)
    cancelled = {"state": ["registered", "cancelled"]}
    people = [("Ghent Person 1", cancelled), ("Ghent Person 2", cancelled)]
    assert heard.before_commit == [("before_change", name, changes) for name, changes in people]
    assert heard.after_commit == [("after_change", name, changes) for name, changes in people]


def test_plugins_hear_of_a_later_train_and_of_nothing_else(world: World) -> None:
    heard = Heard()
    early, late = NOW + timedelta(days=12), NOW + timedelta(days=13)
    with world.writing():
        person = world.people(world.delegation("Ghent", people=1))[0]
        for at in (early, early, late):
            travel = [domain.Travel(Direction.ARRIVAL, "train", "", "", at), domain.Travel(Direction.DEPARTURE)]
            domain.save_travel(world.event, person, travel, by=world.by, hooks=heard)
    assert heard.after_commit == [
        ("after_change", person.name, {"arrival_mode": ["", "train"], "arrival_at": [None, early.isoformat()]}),
        ("after_change", person.name, {"arrival_at": [early.isoformat(), late.isoformat()]}),
    ]
    assert [leg.direction for leg in person.legs] == ["arrival"]


def test_plugins_hear_of_everybody_when_a_delegation_leaves_and_comes_back(world: World) -> None:
    heard = Heard()
    with world.writing():
        found = world.delegation("Ghent", people=1)
        person = world.people(found)[0]
        domain.withdraw(world.event, found, "Elections", by=world.by, hooks=heard)
        assert (found.reason, found.seats_named, domain.people(world.event)) == ("Elections", 1, [])
        domain.reopen(world.event, found, by=world.by, hooks=heard)
    assert [line[1:] for line in heard.after_commit] == [
        ("Ghent", {"state": ["registering", "withdrawn"]}),
        ("Ghent Person 1", {"state": ["registered", "cancelled"]}),
        ("Ghent", {"state": ["withdrawn", "registering"]}),
        ("Ghent Person 1", {"state": ["cancelled", "registered"]}),
    ]
    assert domain.people(world.event) == [person]


def test_a_plugin_may_veto_and_nothing_is_written(world: World) -> None:
    class Vetoes(Heard):
        def before(self, spec: Any, **given: Any) -> None:
            raise Refused("The coach is booked in this name. Free it first.")

    with world.writing():
        found = world.delegation("Ghent", people=1)
    with pytest.raises(Refused) as refusal, world.writing():
        found = domain.locked_delegation(world.event, found.id)
        save(world, found, on_seat(found, 1, ""), hooks=Vetoes())
    found = domain.with_seats(world.event, found.id)
    assert str(refusal.value) == "The coach is booked in this name. Free it first."
    assert (named(found)[0], found.seats_named, world.people(found)[0].state) == ("Ghent Person 1", 1, "registered")


# --- how far --------------------------------------------------------------------------------------------------------


def test_completeness_counts_names_facts_and_travel_and_names_the_gaps(world: World) -> None:
    at = NOW + timedelta(days=12)
    there = [domain.Travel(Direction.ARRIVAL, "train", at=at), domain.Travel(Direction.DEPARTURE, "train", at=at)]
    with world.writing():
        found = world.delegation("Ghent", people=1, quota=3)
        save(world, found, on_seat(found, 2, "שרה כהן", email="sara@ghent.eu"))
        domain.save_travel(world.event, world.people(found)[0], there, by=world.by, hooks=world.hooks)
    assert completeness.of(found) == Completeness(
        4,
        9,
        (
            Missing("\u2068שרה כהן\u2069: languages understood and function", "people"),
            Missing("\u2068שרה כהן\u2069: arrival and departure", "travel"),
            Missing("Seat 3 has no name yet", "people"),
        ),
    )


@pytest.mark.parametrize("given, asked, percent", [(0, 0, 100), (0, 3, 0), (2, 3, 67), (299, 300, 99), (3, 3, 100)])
def test_a_hundred_percent_means_that_nothing_is_missing(given: int, asked: int, percent: int) -> None:
    assert Completeness(given, asked).percent == percent


def test_who_lives_nearby_owes_no_hour(world: World) -> None:
    with world.writing():
        person = world.people(world.delegation(people=1))[0]
        both = [domain.Travel(direction, "local") for direction in Direction]
        domain.save_travel(world.event, person, both, by=world.by, hooks=world.hooks)
    assert completeness.travel_missing(person) == []


def test_a_seat_says_whether_its_person_is_complete(world: World) -> None:
    with world.writing():
        found = world.delegation(quota=2)
        full = on_seat(found, 1, "Ann A", function="Planner", email="ann@x.eu", languages=("en",))
        save(world, found, full, on_seat(found, 2, "Bea B"))
    assert [seat.state for seat in found.seats] == [SeatState.COMPLETE, SeatState.NAMED]


# --- handing in -----------------------------------------------------------------------------------------------------


def submit(world: World, found: Delegation, hooks: Any = None) -> None:
    domain.submit(world.event, found, completeness.of(found), by=world.by, hooks=hooks or world.hooks)


def test_a_registration_is_handed_in_once_and_again_after_a_change(world: World) -> None:
    heard = Heard()
    with world.writing():
        found = world.delegation(people=1)
        for _again in range(2):
            submit(world, found, heard)
        assert (found.state, domain.is_submitted(found)) == (DelegationState.ROSTER_INCOMPLETE, True)
        save(world, found, on_seat(found, 2, "Bea Brown"))
        assert domain.is_submitted(found) is False
        submit(world, found, heard)
    assert [line[0] for line in heard.after_commit] == ["after_change", "after_registration"] * 2


def test_a_submitted_delegation_that_loses_somebody_is_incomplete_again(world: World) -> None:
    with world.writing():
        found = world.delegation(people=2)
        domain.submit(world.event, found, Completeness(1, 1), by=world.by, hooks=world.hooks)
        assert found.state == DelegationState.SUBMITTED
        save(world, found, on_seat(found, 1, ""))
    assert found.state == DelegationState.ROSTER_INCOMPLETE


def test_changes_after_the_confirmation_do_not_take_it_back(world: World) -> None:
    with world.writing():
        found = world.delegation(people=1)
        submit(world, found)
        domain.confirm(world.event, found, by=world.by, hooks=world.hooks)
        save(world, found, on_seat(found, 2, "Bea Brown"))
        submit(world, found)
    assert found.state == DelegationState.CONFIRMED
    assert [person.state for person in world.people(found)] == ["confirmed", "registered"]


def test_a_nameless_registration_is_not_handed_in(world: World) -> None:
    with world.writing():
        found = world.delegation()
    with pytest.raises(domain.NothingToSubmit), world.writing():
        submit(world, domain.locked_delegation(world.event, found.id))


@pytest.mark.parametrize("minutes, refused", [(-1, None), (0, None), (30, None), (31, domain.RegistrationClosed)])
def test_registration_closes_half_an_hour_after_its_deadline(
    world: World, minutes: int, refused: type[Refused] | None
) -> None:
    with world.writing():
        found = world.delegation(closes_at=NOW)
    moment: datetime = NOW + timedelta(minutes=minutes)
    if refused is None:
        domain.check_open(world.event, found, moment)
    else:
        with pytest.raises(refused) as refusal:
            domain.check_open(world.event, found, moment)
        assert str(refusal.value) == (
            "Registration closed on Thursday, 13 March 2025, 09:00. Write to the organisers; your data so far are safe."
        )


def test_two_who_change_seats_keep_what_is_theirs(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=3)
        first, second, third = world.people(found)
        swapped = [
            seats.Person(found.seats[0].id, second.name, email=second.email),
            seats.Person(found.seats[1].id, first.name, email=first.email),
            seats.Person(found.seats[2].id, ""),
            seats.Person(found.seats[3].id, third.name, email=third.email),
        ]
        saved = save(world, found, *swapped)
    assert saved == seats.Saved()
    found = domain.with_seats(world.event, found.id)
    assert [seat.participant for seat in found.seats] == [second, first, None, third]
    assert [person.state for person in (first, second, third)] == ["registered"] * 3
    assert (found.seats_named, session().scalar(sa.select(sa.func.count()).select_from(Substitution))) == (3, 0)


def test_who_was_replaced_by_mistake_comes_back_with_what_they_had(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
        person = world.people(found)[0]
        save(world, found, on_seat(found, 1, "Ann Peeters", email="ann@ghent.eu"))
        came = world.people(found)[0]
        save(world, found, on_seat(found, 1, person.name, email=person.email))
    assert world.people(found) == [person]
    assert (person.state, came.state) == (ParticipantState.REGISTERED, ParticipantState.CANCELLED)
    assert session().scalar(sa.select(sa.func.count()).select_from(Participant)) == 2
