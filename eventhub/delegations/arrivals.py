"""Who is there: people arrive, leave or do not come; their delegation follows, and each step can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eventhub import activity, clock, hookspecs
from eventhub.activity import Actor, Verb
from eventhub.db import Model
from eventhub.delegations import lists
from eventhub.delegations.models import (
    ABSENT,
    COMING,
    HERE,
    Delegation,
    DelegationState,
    Participant,
    ParticipantState,
)
from eventhub.errors import Refused
from eventhub.events.domain import check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l

ARRIVED = Verb("delegations:arrived", _l("Person arrived"))
NOT_ARRIVED = Verb("delegations:not_arrived", _l("Arrival taken back"))
DEPARTED = Verb("delegations:departed", _l("Person left"))
NOT_DEPARTED = Verb("delegations:not_departed", _l("Departure taken back"))
NO_SHOW = Verb("delegations:no_show", _l("Marked as not come"))
EXPECTED_AGAIN = Verb("delegations:expected_again", _l("Expected again"))
FIRST_HERE = Verb("delegations:first_here", _l("Delegation arrived: its first person is here"))
ALL_LEFT = Verb("delegations:all_left", _l("Delegation left: its last person is gone"))
NOBODY_HERE = Verb("delegations:nobody_here", _l("Delegation not arrived after all"))


class NotExpected(Refused):
    message = _l(
        "%(name)s is not expected: taken off, or their delegation does not come. "
        "Name them on a seat or take the registration up again, then mark them as arrived."
    )


class NotHereYet(Refused):
    message = _l("%(name)s has not arrived yet. Mark the arrival first.")


class HereAlready(Refused):
    message = _l("%(name)s has arrived already. Take the arrival back first.")


def arrive(event: Event, person: Participant, *, by: Actor, hooks: Hooks) -> None:
    """Mark that the person is here; whoever left or was missed is here again. Twice is once.

    Like all of this module it locks the delegation, so it comes first in the transaction. Raises NotExpected.
    """
    found = _locked(event, person)
    if person.state == ParticipantState.ARRIVED and person.departed_at is None:
        return
    check_expected(person)
    if person.state in COMING - {ParticipantState.ARRIVED}:
        person.state_before = person.state
    moment = person.arrived_at or clock.now()
    _write(event, person, ARRIVED, by, hooks, state=ParticipantState.ARRIVED, arrived_at=moment, departed_at=None)
    _follow(event, found, by, hooks)


def take_back_arrival(event: Event, person: Participant, *, by: Actor, hooks: Hooks) -> None:
    """Undo an arrival that was marked by mistake, with the departure if there was one."""
    found = _locked(event, person)
    if person.state != ParticipantState.ARRIVED:
        return
    _write(event, person, NOT_ARRIVED, by, hooks, state=_before(person), arrived_at=None, departed_at=None)
    _follow(event, found, by, hooks)


def depart(event: Event, person: Participant, *, by: Actor, hooks: Hooks) -> None:
    """Mark that somebody who was here has left. Twice is once. Raises NotHereYet."""
    found = _locked(event, person)
    if person.state != ParticipantState.ARRIVED:
        raise NotHereYet(name=person.name)
    if person.departed_at is None:
        _write(event, person, DEPARTED, by, hooks, departed_at=clock.now())
        _follow(event, found, by, hooks)


def take_back_departure(event: Event, person: Participant, *, by: Actor, hooks: Hooks) -> None:
    """Undo a departure: the person is here still."""
    found = _locked(event, person)
    if person.state == ParticipantState.ARRIVED and person.departed_at is not None:
        _write(event, person, NOT_DEPARTED, by, hooks, departed_at=None)
        _follow(event, found, by, hooks)


def mark_no_show(event: Event, person: Participant, *, by: Actor, hooks: Hooks) -> None:
    """Mark that somebody who was expected did not come: nothing is counted for them any more, their seat stays.

    Places on visits become free. Twice is once. Raises NotExpected and HereAlready.
    """
    _locked(event, person)
    if person.state == ParticipantState.NO_SHOW:
        return
    check_expected(person)
    if person.state == ParticipantState.ARRIVED:
        raise HereAlready(name=person.name)
    person.state_before = person.state
    _write(event, person, NO_SHOW, by, hooks, state=ParticipantState.NO_SHOW)


def take_back_no_show(event: Event, person: Participant, *, by: Actor, hooks: Hooks) -> None:
    """Expect somebody again who was marked as not come; a place on a visit that was freed is not given back."""
    _locked(event, person)
    if person.state == ParticipantState.NO_SHOW:
        _write(event, person, EXPECTED_AGAIN, by, hooks, state=_before(person))


def check_expected(person: Participant) -> None:
    away = person.delegation.state in ABSENT or person.delegation.archived_at is not None
    if away or person.state not in COMING | {ParticipantState.NO_SHOW}:
        raise NotExpected(name=person.name)


def _locked(event: Event, person: Participant) -> Delegation:
    """Return the person's delegation, locked, with its people as they are now."""
    check_not_frozen(event)
    return lists.with_seats(event, person.delegation_id, lock=True)


def _before(person: Participant) -> ParticipantState:
    return ParticipantState(person.state_before or ParticipantState.REGISTERED)


def _write(event: Event, subject: Model, verb: Verb, by: Actor, hooks: Hooks, **values: Any) -> None:
    """Set the values; plugins may refuse, and hear of what changed."""
    differences: Mapping[str, Any] = {
        name: [activity.plain(getattr(subject, name)), activity.plain(value)]
        for name, value in values.items()
        if getattr(subject, name) != value
    }
    hooks.before(hookspecs.before_change, event=event, subject=subject, changes=differences)
    for name, value in values.items():
        setattr(subject, name, value)
    activity.record(by, verb, subject, differences)
    hooks.after(hookspecs.after_change, event=event, subject=subject, changes=differences)


def _follow(event: Event, found: Delegation, by: Actor, hooks: Hooks) -> None:
    """Let the delegation's state follow its people: arrived with the first, departed with the last who was here."""
    people = [seat.participant for seat in found.seats if seat.participant is not None]
    here = [person for person in people if person.state == ParticipantState.ARRIVED]
    if not here:
        if found.state in HERE:
            before = DelegationState(found.state_before or DelegationState.CONFIRMED)
            _write(event, found, NOBODY_HERE, by, hooks, state=before)
        return
    gone = all(person.departed_at is not None for person in here)
    state = DelegationState.DEPARTED if gone else DelegationState.ARRIVED
    if found.state == state:
        return
    if found.state not in HERE:
        found.state_before = found.state
    verb = ALL_LEFT if gone else FIRST_HERE
    _write(event, found, verb, by, hooks, state=state)
