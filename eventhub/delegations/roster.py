"""Naming a delegation's people: several seats in one save, each person with what is theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, clock
from eventhub.activity import Actor, Verb
from eventhub.db import Model, session
from eventhub.delegations import seats
from eventhub.delegations.models import (
    Delegation,
    DelegationState,
    Participant,
    ParticipantState,
    Seat,
    SeatState,
    Substitution,
)
from eventhub.delegations.seats import (
    FACTS,
    INCOMPLETE,
    NAMED,
    PERSON_BACK,
    PERSON_CHANGED,
    PERSON_REMOVED,
    STARTED,
    SUBSTITUTED,
    ArrivedAlready,
    Person,
    QuotaExceeded,
    Saved,
    check_roster,
    facts_of,
    is_named_again,
    same_person,
    set_state,
    settle,
    tell_of_edit,
    write,
)
from eventhub.events.domain import check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks


def save_people(event: Event, found: Delegation, people: Sequence[Person], *, by: Actor, hooks: Hooks) -> Saved:
    """Name, correct, substitute or take off the people of several seats at once.

    ``found`` was locked in this transaction, with its seats and people. Raises QuotaExceeded when the counter says
    that no seat is left, whatever the rows say; EmailTwice and TwoHeads about the delegation as it would be.
    """
    check_not_frozen(event)
    roster = _Roster(event, found, hooks)
    for person in people:
        roster.take(person)
    roster.place()
    check_roster(found)
    session().flush()
    activity.record_all(by, roster.told)
    return Saved(tuple(roster.substituted), tuple(roster.moved))


@dataclass
class _Roster:
    """One save of a delegation's people: who leaves a seat, who comes to one, and what the journal will tell of it."""

    event: Event
    found: Delegation
    hooks: Hooks
    leaving: dict[int, Participant] = field(default_factory=dict)  # by the id of the seat they are named on no more
    successors: list[tuple[Seat, Person]] = field(default_factory=list)  # who is named in their place
    newcomers: list[Person] = field(default_factory=list)  # who is named on a free seat
    told: list[tuple[Verb, Model, Mapping[str, Any] | None]] = field(default_factory=list)
    substituted: list[tuple[str, str]] = field(default_factory=list)
    moved: list[tuple[str, int]] = field(default_factory=list)

    def take(self, person: Person) -> None:
        """Sort what the form says of one seat; a correction is written at once."""
        seat = next((seat for seat in self.found.seats if seat.id == person.seat_id), None)
        known = seat.participant if seat else None
        if person.name and (seat is None or known is None or person.newcomer):
            self.newcomers.append(person)
        elif seat is None or known is None:
            return
        elif person.name and same_person(known, person):
            write(known, person)
            settle(seat)
            if differences := tell_of_edit(self.event, known, self.hooks):
                self.told.append((PERSON_CHANGED, known, differences))
        elif known.state == ParticipantState.ARRIVED:
            raise ArrivedAlready(name=known.name)
        else:
            self.leaving[seat.id] = known
            if person.name:
                self.successors.append((seat, person))

    def place(self) -> None:
        """Count, then seat everybody who comes: on their seat, or on any free one when it was given away meanwhile."""
        followed = {seat.id for seat, _person in self.successors}
        free = {
            seat.id: seat
            for seat in self.found.seats
            if seat.participant is None or (seat.id in self.leaving and seat.id not in followed)
        }
        if len(self.newcomers) > len(free):
            raise QuotaExceeded(quota=self.found.quota)
        before = self.found.state
        seats.take_seats(self.found, len(self.newcomers) - len(self.leaving.keys() - followed))
        if self.found.state != before:
            begun = self.found.state == DelegationState.REGISTERING
            self.told.append((STARTED if begun else INCOMPLETE, self.found, {"state": [before, self.found.state]}))
        came = self.people_for([*(person for _seat, person in self.successors), *self.newcomers], before)
        left = self.empty_the_seats(came)
        for seat, _person in self.successors:
            self.follow(seat, left.get(seat.id), came.pop(0))
        self.seat_newcomers(free, came)

    def people_for(self, people: Sequence[Person], before: str) -> list[tuple[Participant, str]]:
        """Return who these people are, and whence: from another "seat" in this save, "back" from before, or "new"."""
        seated = list(self.leaving.values())
        # before its first save nobody can have been on the delegation
        gone = self.gone() if people and before != DelegationState.INVITED else []
        found: list[tuple[Participant, str] | None] = []
        for person in people:
            known = next((one for one in [*seated, *gone] if not person.fresh and is_named_again(one, person)), None)
            if known is None:
                found.append(None)
                continue
            found.append((known, "seat" if known in seated else "back"))
            (seated if known in seated else gone).remove(known)
            write(known, person)
        new = self.new_people([person for person, known in zip(people, found, strict=True) if known is None])
        return [known or (new.pop(0), "new") for known in found]

    def gone(self) -> list[Participant]:
        """Return who was on the delegation once and is not any more, the latest first; not whom an erasure blanked."""
        query = (
            sa.select(Participant)
            .where(
                Participant.delegation_id == self.found.id,
                Participant.state == ParticipantState.CANCELLED,
                Participant.erased_at.is_(None),
                Participant.id.not_in(
                    sa.select(Seat.participant_id).where(
                        Seat.delegation_id == self.found.id, Seat.participant_id.is_not(None)
                    )
                ),
            )
            .options(orm.selectinload(Participant.legs))
            .order_by(Participant.id.desc())
        )
        return list(session().scalars(query))

    def empty_the_seats(self, came: Sequence[tuple[Participant, str]]) -> dict[int, Participant]:
        """Take everybody who is named nowhere any more off, and return them by seat; their data stay till retention."""
        stay = [participant for participant, whence in came if whence == "seat"]
        left = {seat_id: person for seat_id, person in self.leaving.items() if person not in stay}
        for person in left.values():
            differences = set_state(self.event, person, ParticipantState.CANCELLED, self.hooks)
            self.told.append((PERSON_REMOVED, person, differences))
        for seat in self.found.seats:
            if seat.id in self.leaving:
                seat.participant, seat.state = None, SeatState.UNNAMED
        if stay:
            session().flush()  # two who change seats are never on one seat at once, not even within a statement
        return left

    def follow(self, seat: Seat, left: Participant | None, came: tuple[Participant, str]) -> None:
        """Give a seat to somebody else and keep the trace; the counter does not move.

        Whoever comes has their own travel, needs and choices: those of the person who left stay theirs.
        """
        participant, whence = came
        seat.participant, seat.state = participant, SeatState.NAMED
        settle(seat)
        if whence == "seat" or left is None:
            return
        seat.state = SeatState.SUBSTITUTED
        if whence == "back":
            set_state(self.event, participant, ParticipantState.REGISTERED, self.hooks)
        trace = Substitution(seat_id=seat.id, left_id=left.id, came_id=participant.id, at=clock.now())
        trace.event_id = self.found.event_id
        session().add(trace)
        self.substituted.append((left.name, participant.name))
        self.told.append((SUBSTITUTED, participant, {"instead_of": [left.id, participant.id]}))

    def seat_newcomers(self, free: dict[int, Seat], came: Sequence[tuple[Participant, str]]) -> None:
        numbers = {seat.id: number for number, seat in enumerate(self.found.seats, start=1)}
        own = [free.pop(person.seat_id, None) for person in self.newcomers]
        for seat, (participant, whence) in zip(own, came, strict=True):
            if seat is None:
                seat = free.pop(next(iter(free)))
                self.moved.append((participant.name, numbers[seat.id]))
            seat.participant, seat.state = participant, SeatState.NAMED
            settle(seat)
            if whence == "back":
                set_state(self.event, participant, ParticipantState.REGISTERED, self.hooks)
            if whence != "seat":
                self.told.append((PERSON_BACK if whence == "back" else NAMED, participant, None))

    def new_people(self, people: Sequence[Person]) -> list[Participant]:
        """Store these people in one statement, and return them in their order.

        SQLite returns the rows of an insert in any order, and the ORM would rather insert them one by one; two people
        with the same facts may change places.
        """
        if not people:
            return []
        same = {"event_id": self.found.event_id, "delegation_id": self.found.id, "state": ParticipantState.REGISTERED}
        rows = [{**same, **facts_of(person)} for person in people]
        stored: dict[Any, list[Participant]] = {}
        for one in session().scalars(sa.insert(Participant).returning(Participant), rows):
            orm.attributes.set_committed_value(one, "delegation", self.found)
            orm.attributes.set_committed_value(one, "legs", [])
            stored.setdefault(_key({name: getattr(one, name) for name in FACTS}), []).append(one)
        return [stored[_key(row)].pop() for row in rows]


def _key(facts: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(tuple(facts[name]) if name == "languages" else facts[name] for name in FACTS)
