"""Who sits on a delegation's seats: named, corrected, substituted, taken off; and how they travel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, clock, hookspecs
from eventhub.access import links
from eventhub.activity import Actor, Verb
from eventhub.db import session
from eventhub.delegations import offers, places
from eventhub.delegations.completeness import person_missing
from eventhub.delegations.models import (
    Delegation,
    DelegationState,
    Participant,
    ParticipantState,
    Seat,
    SeatState,
)
from eventhub.errors import NotFound, Refused
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
RELEASED = Verb("delegations:released", _l("Seat given back"))
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


class SeatNamed(Refused):
    message = _l("Somebody is named on this seat. Take them off first, then give the seat back.")


class LastSeat(Refused):
    message = _l("This is the last seat. If nobody comes, tell the organisers that your delegation does not come.")


class ArrivedAlready(Refused):
    message = _l("%(name)s is here already, and cannot be taken off or replaced. Take the arrival back first.")


@dataclass(frozen=True)
class Person:
    """What a form says of one seat; an empty name holds the seat without one.

    A ``newcomer`` was typed where the form showed a free seat: any free seat will do. Somebody ``fresh`` is a new
    person even when the delegation had one of that name: it is not known to be them.
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
    fresh: bool = False


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
    if spare := unnamed[::-1][: max(0, len(found.seats) - found.quota)]:
        _release(found, spare)
    elif len(found.seats) < found.quota:
        last = session().scalar(sa.select(sa.func.max(Seat.position)).where(Seat.delegation_id == found.id)) or 0
        for number in range(last + 1, last + 1 + found.quota - len(found.seats)):
            found.seats.append(Seat(event_id=found.event_id, position=number))


def release(event: Event, found: Delegation, seat_id: int, reason: str, *, by: Actor, hooks: Hooks) -> None:
    """Give a seat without a name back to the organisers, who may give it to others: the quota shrinks with it.

    ``found`` was locked in this transaction. Raises SeatNamed, and LastSeat when nothing would be left.
    """
    check_not_frozen(event)
    seat = next((seat for seat in found.seats if seat.id == seat_id), None)
    if seat is None:
        raise NotFound("seat", seat_id)
    if seat.participant_id is not None:
        raise SeatNamed
    if found.quota == 1:
        raise LastSeat
    differences = {"quota": [found.quota, found.quota - 1]}
    hooks.before(hookspecs.before_change, event=event, subject=found, changes=differences)
    held = places.held(found)
    found.quota -= 1
    _release(found, [seat])
    offers.follow(event, held, found)
    activity.record(by, RELEASED, found, {**differences, **({"reason": [None, reason[:500]]} if reason else {})})
    hooks.after(hookspecs.after_change, event=event, subject=found, changes=differences)


def _release(found: Delegation, spare: Sequence[Seat]) -> None:
    """Take the seats off the delegation; their rows stay as a trace, and their links end."""
    for seat in spare:
        seat.state = SeatState.RELEASED
    session().flush()
    links.revoke("seat", *(seat.id for seat in spare))
    session().expire(found, ["seats"])


def is_named_again(known: Participant, person: Person) -> bool:
    """Tell whether a person who was here before is named again: a name emptied by mistake must lose no need."""
    same_address = not known.email or not person.email or known.email.casefold() == person.email.casefold()
    return known.sort_key == sort_key(person.name) and same_address


FACTS = ("name", "sort_key", "function", "email", "phone", "languages", "document_language", "is_head")


def facts_of(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "sort_key": sort_key(person.name),
        "function": person.function,
        "email": person.email,
        "phone": person.phone,
        "languages": list(person.languages),
        "document_language": person.document_language,
        "is_head": person.is_head,
    }


def write(participant: Participant, person: Person) -> None:
    for name, value in facts_of(person).items():
        setattr(participant, name, value)


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
    differences = tell_of_edit(event, person, hooks)
    if differences:
        activity.record(by, PERSON_CHANGED, person, differences)


def tell_of_edit(event: Event, person: Participant, hooks: Hooks) -> dict[str, list[Any]]:
    """Let plugins refuse, and hear of, what was changed of the person; returns the differences."""
    differences = activity.differences(person)
    differences.pop("sort_key", None)
    if differences:
        hooks.before(hookspecs.before_change, event=event, subject=person, changes=differences)
        hooks.after(hookspecs.after_change, event=event, subject=person, changes=differences)
    return differences


def settle(seat: Seat) -> None:
    """Say whether what the core asks of the person is there; a substituted seat keeps saying that it was."""
    if seat.participant is not None and seat.state != SeatState.SUBSTITUTED:
        seat.state = SeatState.NAMED if person_missing(seat.participant) else SeatState.COMPLETE


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


def set_state(event: Event, person: Participant, state: ParticipantState, hooks: Hooks) -> dict[str, list[Any]]:
    """Change the state of a person; whoever gave them a place hears of it through before_change and after_change."""
    differences: dict[str, list[Any]] = {"state": [person.state, state.value]}
    hooks.before(hookspecs.before_change, event=event, subject=person, changes=differences)
    person.state = state
    hooks.after(hookspecs.after_change, event=event, subject=person, changes=differences)
    return differences


def change_states(
    event: Event, found: Delegation, before: ParticipantState, after: ParticipantState, *, hooks: Hooks
) -> None:
    """Take everybody on the delegation's seats from one state to another; the seats keep them."""
    for seat in found.seats:
        if seat.participant is not None and seat.participant.state == before:
            set_state(event, seat.participant, after, hooks)
