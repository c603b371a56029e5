"""How somebody arrives and leaves, who pays for it, and what is asked back from the host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, hookspecs
from eventhub.activity import Actor
from eventhub.db import session
from eventhub.delegations.models import Direction, FareState, Participant, Payer, TravelLeg
from eventhub.delegations.seats import PERSON_CHANGED
from eventhub.errors import Refused
from eventhub.events.domain import check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Travel:
    """One leg as a form says it."""

    direction: Direction
    mode: str = ""
    number: str = ""
    place: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Fare:
    """Who pays for a journey, and what is asked back from the host, in cents."""

    paid_by: str = ""
    claimed: int | None = None


class HostPays(Refused):
    message = _l("The host pays for this journey, so there is nothing to ask back. Empty the amount or say who paid.")


class FareSettled(Refused):
    message = _l(
        "What %(name)s asked back is granted or paid already, and cannot be changed any more. Write to the organisers."
    )


class FareStateNotPossible(Refused):
    message = _l("This is not possible with the reimbursement as it is now. Reload the page to see what is.")


SETTLED = frozenset({FareState.GRANTED, FareState.PAID})
NEXT_FARE_STATES: dict[str, tuple[FareState, ...]] = {
    FareState.CLAIMED: (FareState.GRANTED, FareState.REFUSED),
    FareState.GRANTED: (FareState.PAID, FareState.CLAIMED),
    FareState.REFUSED: (FareState.CLAIMED,),
    FareState.PAID: (FareState.GRANTED,),
}


@dataclass(frozen=True)
class Journey:
    """What a form says of one person's travel; without a fare, that stays as it is."""

    person: Participant
    legs: Sequence[Travel]
    fare: Fare | None = None


def save_journeys(event: Event, journeys: Sequence[Journey], *, by: Actor, hooks: Hooks) -> None:
    """Write the travel of several people: the new legs in one statement, the journal in another.

    Whoever plans around somebody's hours hears of each change, and may refuse it.
    """
    check_not_frozen(event)
    told: list[tuple[Participant, dict[str, list[Any]]]] = []
    new: list[dict[str, Any]] = []
    for journey in journeys:
        differences = _write_legs(journey, new)
        if journey.fare is not None:
            differences |= _write_fare(journey.person, _fare_values(journey.person, journey.fare, by))
        if differences:
            told.append((journey.person, differences))
    _store(new, {journey.person.id: journey.person for journey in journeys})
    for person, differences in told:
        hooks.before(hookspecs.before_change, event=event, subject=person, changes=differences)
    activity.record_all(by, [(PERSON_CHANGED, person, differences) for person, differences in told])
    for person, differences in told:
        hooks.after(hookspecs.after_change, event=event, subject=person, changes=differences)


def _write_legs(journey: Journey, new: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Write what the person's legs say now, add the rows of those that are not there yet; returns the differences."""
    differences: dict[str, list[Any]] = {}
    for given in journey.legs:
        leg = journey.person.leg(given.direction)
        said: Mapping[str, Any] = {"mode": given.mode, "number": given.number, "place": given.place, "at": given.at}
        for name, value in said.items():
            before = getattr(leg, name) if leg else None if name == "at" else ""
            if before != value:
                differences[f"{given.direction}_{name}"] = [activity.plain(before), activity.plain(value)]
                if leg is not None:
                    setattr(leg, name, value)
        if leg is None and any(said.values()):
            whose = {"event_id": journey.person.event_id, "participant_id": journey.person.id}
            new.append({**whose, "direction": str(given.direction), **said})
    return differences


def _store(rows: list[dict[str, Any]], people: Mapping[int, Participant]) -> None:
    """Insert these legs in one statement and give each to its person; SQLite would get them one by one from the ORM."""
    if not rows:
        return
    for leg in session().scalars(sa.insert(TravelLeg).returning(TravelLeg), rows).all():
        person = people[leg.participant_id]
        orm.attributes.set_committed_value(person, "legs", [*person.legs, leg])


def _fare_values(person: Participant, fare: Fare, by: Actor) -> dict[str, Any]:
    """Return what the fare changes, or refuse; what was granted or paid stays, whatever a guest types."""
    if (fare.paid_by, fare.claimed) == (person.fare_paid_by, person.fare_claimed):
        return {}
    if person.fare_state in SETTLED and by.kind == "guest":
        raise FareSettled(name=person.name)
    if fare.claimed and fare.paid_by == Payer.HOST:
        raise HostPays
    state = person.fare_state
    if fare.claimed != person.fare_claimed:
        state = FareState.CLAIMED.value if fare.claimed else ""
    return {"fare_paid_by": fare.paid_by, "fare_claimed": fare.claimed, "fare_state": state}


def _write_fare(person: Participant, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    differences: dict[str, list[Any]] = {
        name: [getattr(person, name), value] for name, value in values.items() if getattr(person, name) != value
    }
    for name, value in values.items():
        setattr(person, name, value)
    return differences


def decide_fare(event: Event, person: Participant, state: FareState, *, by: Actor, hooks: Hooks) -> None:
    """Grant, refuse or pay what somebody asked back, or take that step back."""
    check_not_frozen(event)
    if state not in NEXT_FARE_STATES.get(person.fare_state, ()):
        raise FareStateNotPossible
    differences = _write_fare(person, {"fare_state": state.value})
    hooks.before(hookspecs.before_change, event=event, subject=person, changes=differences)
    activity.record(by, PERSON_CHANGED, person, differences)
    hooks.after(hookspecs.after_change, event=event, subject=person, changes=differences)


def save_travel(event: Event, person: Participant, travel: Iterable[Travel], *, by: Actor, hooks: Hooks) -> None:
    """Write how and when one person arrives and leaves."""
    save_journeys(event, [Journey(person, tuple(travel))], by=by, hooks=hooks)
