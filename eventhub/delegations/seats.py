"""Who sits on a delegation's seats: named, corrected, substituted, taken off; and how they travel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, clock, hookspecs
from eventhub.activity import Actor, Verb
from eventhub.db import session
from eventhub.delegations.completeness import person_missing
from eventhub.delegations.models import (
    Delegation,
    DelegationState,
    Direction,
    Participant,
    ParticipantState,
    Seat,
    SeatState,
    Substitution,
    TravelLeg,
)
from eventhub.errors import Refused
from eventhub.events.domain import check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import sort_key

STARTED = Verb("delegations:started", _l("Registration begun"))
INCOMPLETE = Verb("delegations:incomplete", _l("Registration incomplete again: somebody was taken off"))
NAMED = Verb("delegations:named", _l("Person named to a seat"))
PERSON_CHANGED = Verb("delegations:person_changed", _l("Person's data changed"))
PERSON_REMOVED = Verb("delegations:person_removed", _l("Person taken off the delegation"))
PERSON_BACK = Verb("delegations:person_back", _l("Person named again, with what they had given before"))
SUBSTITUTED = Verb("delegations:substituted", _l("Person substituted"))

# Two spellings of one name are at least this close ("Ana Novak", "Anna Novák": 0.95); "Anna Novak" and "Jana Novak"
# give 0.9, strangers 0.7 at most
ONE_NAME = 0.92


class QuotaExceeded(Refused):
    message = _l(
        "All %(quota)s seats of this delegation are taken. Ask the organisers for one more, or free a seat first."
    )


class QuotaBelowNamed(Refused):
    message = _l("%(named)s people are already named: the quota cannot go below that. Take somebody off first.")
    field = "quota"


class EmailTwice(Refused):
    message = _l(
        "%(email)s stands for two people of this delegation. Each person needs an address of their own, or none."
    )


class TwoHeads(Refused):
    message = _l("%(first)s and %(second)s are both marked as head of the delegation. Leave one of them.")


@dataclass(frozen=True)
class Person:
    """What a form says of one seat; an empty name holds the seat without one.

    A ``newcomer`` was typed where the form showed a free seat: any free seat will do.
    """

    seat_id: int
    name: str
    function: str = ""
    email: str = ""
    phone: str = ""
    languages: tuple[str, ...] = ()
    document_language: str = ""
    is_head: bool = False
    newcomer: bool = False


@dataclass(frozen=True)
class Saved:
    """What naming people led to that its author may not expect: who took whose seat, who was given another one."""

    substituted: tuple[tuple[str, str], ...] = ()
    moved: tuple[tuple[str, int], ...] = ()


def fit_seats(found: Delegation) -> None:
    """Add unnamed seats up to the quota, or free unnamed ones above it."""
    if found.quota < found.seats_named:
        raise QuotaBelowNamed(named=found.seats_named)
    unnamed = [seat for seat in found.seats if seat.participant_id is None]
    for seat in unnamed[::-1][: max(0, len(found.seats) - found.quota)]:
        found.seats.remove(seat)
    last = max((seat.position for seat in found.seats), default=0)
    for number in range(last + 1, last + 1 + found.quota - len(found.seats)):
        found.seats.append(Seat(event_id=found.event_id, position=number))


def save_people(event: Event, found: Delegation, people: Sequence[Person], *, by: Actor, hooks: Hooks) -> Saved:
    """Name, correct, substitute or take off the people of several seats at once.

    ``found`` was locked in this transaction, with its seats and people. Raises QuotaExceeded when the counter says
    that no seat is left, whatever the rows say; EmailTwice and TwoHeads about the delegation as it would be.
    """
    check_not_frozen(event)
    seats = {seat.id: seat for seat in found.seats}
    newcomers: list[Person] = []
    substituted: list[tuple[str, str]] = []
    removed = 0
    gone: list[Participant] | None = None
    for person in people:
        seat = seats.get(person.seat_id)
        known = seat.participant if seat else None
        if person.name and (seat is None or known is None or person.newcomer):
            newcomers.append(person)
        elif seat is None or known is None:
            continue
        elif not person.name:
            remove_person(event, seat, by=by, hooks=hooks)
            removed += 1
        elif same_person(known, person):
            _write(known, person)
            _settle(seat)
            _tell_of_edit(event, known, by=by, hooks=hooks)
        else:
            gone = people_gone(found) if gone is None else gone
            substituted.append((known.name, person.name))
            substitute(event, found, seat, person, gone=gone, by=by, hooks=hooks)
    moved = _place(event, found, newcomers, removed, gone, by=by, hooks=hooks)
    check_roster(found)
    session().flush()
    return Saved(tuple(substituted), tuple(moved))


def check_roster(found: Delegation) -> None:
    """Refuse one address for two people, and two heads."""
    seen: set[str] = set()
    head = ""
    for seat in found.seats:
        person = seat.participant
        if person is None:
            continue
        address = person.email.casefold()
        if address and address in seen:
            raise EmailTwice(email=person.email)
        seen.add(address)
        if person.is_head and head:
            raise TwoHeads(first=head, second=person.name)
        head = person.name if person.is_head else head


def same_person(known: Participant, person: Person) -> bool:
    """Tell whether what was typed corrects the person on the seat, or names somebody else.

    A visit, a train or an allergy must not pass to somebody else because a name was typed over another; a correction
    must not lose them. One name or one address is one person, and so is a title, a second first name or another order
    ("Novak Anna"); a spelling that is very close, unless the address is another too.
    """
    before, after = sort_key(known.name), sort_key(person.name)
    own, given = known.email.casefold(), person.email.casefold()
    if before == after or (own and own == given):
        return True
    words, others = set(before.replace(".", " ").split()), set(after.replace(".", " ").split())
    another_address = bool(own and given)
    if words <= others or others <= words:
        return len(words & others) > 1 if another_address else True
    return not another_address and SequenceMatcher(None, before, after).ratio() >= ONE_NAME


def correct_own(event: Event, person: Participant, given: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> None:
    """Let somebody correct their own data; another name of one's own is no substitution.

    The delegation was locked in this transaction, with its seats and people.
    """
    check_not_frozen(event)
    for name, value in given.items():
        setattr(person, name, value)
    person.sort_key = sort_key(person.name)
    check_roster(person.delegation)
    _tell_of_edit(event, person, by=by, hooks=hooks)


def _tell_of_edit(event: Event, person: Participant, *, by: Actor, hooks: Hooks) -> None:
    differences = activity.differences(person)
    differences.pop("sort_key", None)
    if differences:
        hooks.before(hookspecs.before_change, event=event, subject=person, changes=differences)
        activity.record(by, PERSON_CHANGED, person, differences)
        hooks.after(hookspecs.after_change, event=event, subject=person, changes=differences)


def _write(participant: Participant, person: Person) -> None:
    participant.name, participant.sort_key = person.name, sort_key(person.name)
    participant.function, participant.email, participant.phone = person.function, person.email, person.phone
    participant.languages = list(person.languages)
    participant.document_language = person.document_language
    participant.is_head = person.is_head


def _settle(seat: Seat) -> None:
    """Say whether what the core asks of the person is there; a substituted seat keeps saying that it was."""
    if seat.participant is not None and seat.state != SeatState.SUBSTITUTED:
        seat.state = SeatState.NAMED if person_missing(seat.participant) else SeatState.COMPLETE


def _place(
    event: Event,
    found: Delegation,
    newcomers: Sequence[Person],
    removed: int,
    gone: list[Participant] | None,
    *,
    by: Actor,
    hooks: Hooks,
) -> list[tuple[str, int]]:
    """Give each newcomer the seat they were typed on, or any free one when it was given away meanwhile."""
    numbers = {seat.id: number for number, seat in enumerate(found.seats, start=1)}
    free = {seat.id: seat for seat in found.seats if seat.participant is None}
    if len(newcomers) > len(free):
        raise QuotaExceeded(quota=found.quota)
    before = found.state
    take_seats(found, len(newcomers) - removed)
    if found.state != before:
        begun = found.state == DelegationState.REGISTERING
        activity.record(by, STARTED if begun else INCOMPLETE, found, {"state": [before, found.state]})
    if newcomers and gone is None and before != DelegationState.INVITED:  # nobody was here before the first save
        gone = people_gone(found)
    own = [free.pop(person.seat_id, None) for person in newcomers]
    placed: list[tuple[Participant, bool]] = []
    moved: list[tuple[str, int]] = []
    for person, seat in zip(newcomers, own, strict=True):
        if seat is None:
            seat = free.pop(next(iter(free)))
            moved.append((person.name, numbers[seat.id]))
        participant, back = _participant(event, found, person, gone or [], hooks=hooks)
        seat.participant, seat.state = participant, SeatState.NAMED
        _settle(seat)
        placed.append((participant, back))
    session().flush()  # all people in one statement, before the journal asks for their ids
    for participant, back in placed:
        activity.record(by, PERSON_BACK if back else NAMED, participant)
    return moved


def take_seats(found: Delegation, number: int) -> None:
    """Count so many more named seats, or fewer, or refuse with QuotaExceeded.

    The same write says when the registration was last saved, that it has begun, or that it is incomplete again.
    """
    values: dict[str, Any] = {"saved_at": clock.now()}
    if found.state == DelegationState.INVITED and number > 0:
        values["state"] = DelegationState.REGISTERING.value
    if found.state == DelegationState.SUBMITTED and number < 0:
        values["state"] = DelegationState.ROSTER_INCOMPLETE.value
    if not count_named(found, number, values):
        raise QuotaExceeded(quota=found.quota)


def count_named(found: Delegation, number: int, values: Mapping[str, Any]) -> bool:
    """Move the counter of named seats, if it stays within the quota, and set the values; tells whether it could.

    A conditional write under the caller's lock, and a CHECK in the database behind it: a bug elsewhere becomes an
    error, never an oversell.
    """
    taken = session().execute(
        sa.update(Delegation)
        .where(Delegation.id == found.id, (Delegation.seats_named + number).between(0, Delegation.quota))
        .values(seats_named=Delegation.seats_named + number, **values)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    for name, value in {"seats_named": found.seats_named + number, **values}.items():
        orm.attributes.set_committed_value(found, name, value)
    return True


def people_gone(found: Delegation) -> list[Participant]:
    """Return who was on the delegation once and is not any more, the latest first; not whom an erasure blanked."""
    query = (
        sa.select(Participant)
        .where(
            Participant.delegation_id == found.id,
            Participant.state == ParticipantState.CANCELLED,
            Participant.erased_at.is_(None),
        )
        .options(orm.selectinload(Participant.legs))
        .order_by(Participant.id.desc())
    )
    return list(session().scalars(query))


def _participant(
    event: Event, found: Delegation, person: Person, gone: list[Participant], *, hooks: Hooks
) -> tuple[Participant, bool]:
    """Return a new person, or one who was here before under this name: a name emptied by mistake must lose no need."""
    for known in gone:
        same_address = not known.email or not person.email or known.email.casefold() == person.email.casefold()
        if known.sort_key == sort_key(person.name) and same_address:
            gone.remove(known)
            _write(known, person)
            _set_state(event, known, ParticipantState.REGISTERED, hooks)
            return known, True
    new = Participant(
        event_id=found.event_id, delegation_id=found.id, state=ParticipantState.REGISTERED, delegation=found, legs=[]
    )
    _write(new, person)
    session().add(new)
    return new, False


def _set_state(event: Event, person: Participant, state: ParticipantState, hooks: Hooks) -> dict[str, list[Any]]:
    """Change the state of a person; whoever gave them a place hears of it through before_change and after_change."""
    differences: dict[str, list[Any]] = {"state": [person.state, state.value]}
    hooks.before(hookspecs.before_change, event=event, subject=person, changes=differences)
    person.state = state
    hooks.after(hookspecs.after_change, event=event, subject=person, changes=differences)
    return differences


def remove_person(event: Event, seat: Seat, *, by: Actor, hooks: Hooks) -> None:
    """Take the person off; the seat stays held. Their data stay until retention removes them.

    The counter of named seats is the caller's to lower, once for all.
    """
    person = seat.participant
    if person is None:
        return
    differences = _set_state(event, person, ParticipantState.CANCELLED, hooks)
    seat.participant, seat.state = None, SeatState.UNNAMED
    activity.record(by, PERSON_REMOVED, person, differences)


def substitute(
    event: Event,
    found: Delegation,
    seat: Seat,
    person: Person,
    *,
    gone: list[Participant] | None = None,
    by: Actor,
    hooks: Hooks,
) -> Participant:
    """Give the seat to somebody else and keep the trace; the counter does not move.

    Whoever comes starts with their own travel, needs and choices: those of the person who left stay theirs.
    """
    left = seat.participant
    assert left is not None
    came, _back = _participant(event, found, person, gone if gone is not None else people_gone(found), hooks=hooks)
    differences = _set_state(event, left, ParticipantState.CANCELLED, hooks)
    session().flush()
    seat.participant, seat.state = came, SeatState.SUBSTITUTED
    session().add(
        Substitution(event_id=found.event_id, seat_id=seat.id, left_id=left.id, came_id=came.id, at=clock.now())
    )
    activity.record(by, PERSON_REMOVED, left, differences)
    activity.record(by, SUBSTITUTED, came, {"instead_of": [left.id, came.id]})
    return came


def change_states(
    event: Event, found: Delegation, before: ParticipantState, after: ParticipantState, *, hooks: Hooks
) -> None:
    """Take everybody on the delegation's seats from one state to another; the seats keep them."""
    for seat in found.seats:
        if seat.participant is not None and seat.participant.state == before:
            _set_state(event, seat.participant, after, hooks)


@dataclass(frozen=True)
class Travel:
    """One leg as a form says it."""

    direction: Direction
    mode: str = ""
    number: str = ""
    place: str = ""
    at: datetime | None = None


def save_travel(event: Event, person: Participant, travel: Iterable[Travel], *, by: Actor, hooks: Hooks) -> None:
    """Write how and when the person arrives and leaves; whoever plans around it hears of the change."""
    check_not_frozen(event)
    differences: dict[str, list[Any]] = {}
    for given in travel:
        leg = person.leg(given.direction)
        said: Mapping[str, Any] = {"mode": given.mode, "number": given.number, "place": given.place, "at": given.at}
        if leg is None and not any(said.values()):
            continue
        if leg is None:
            leg = TravelLeg(event_id=person.event_id, direction=given.direction, mode="", number="", place="")
            person.legs.append(leg)
        for name, value in said.items():
            before = getattr(leg, name)
            if before != value:
                differences[f"{given.direction}_{name}"] = [activity.plain(before), activity.plain(value)]
                setattr(leg, name, value)
    if differences:
        hooks.before(hookspecs.before_change, event=event, subject=person, changes=differences)
        activity.record(by, PERSON_CHANGED, person, differences)
        hooks.after(hookspecs.after_change, event=event, subject=person, changes=differences)
