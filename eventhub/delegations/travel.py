"""How somebody arrives and leaves, who pays for it, and what is asked back from the host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventhub import activity, hookspecs
from eventhub.activity import Actor
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


def save_fare(event: Event, person: Participant, fare: Fare, *, by: Actor, hooks: Hooks) -> None:
    """Write who pays and what is asked back; what was granted or paid stays, whatever a guest types."""
    check_not_frozen(event)
    if (fare.paid_by, fare.claimed) == (person.fare_paid_by, person.fare_claimed):
        return
    if person.fare_state in SETTLED and by.kind == "guest":
        raise FareSettled(name=person.name)
    if fare.claimed and fare.paid_by == Payer.HOST:
        raise HostPays
    state = person.fare_state
    if fare.claimed != person.fare_claimed:
        state = FareState.CLAIMED.value if fare.claimed else ""
    _write_fare(event, person, by, hooks, fare_paid_by=fare.paid_by, fare_claimed=fare.claimed, fare_state=state)


def decide_fare(event: Event, person: Participant, state: FareState, *, by: Actor, hooks: Hooks) -> None:
    """Grant, refuse or pay what somebody asked back, or take that step back."""
    check_not_frozen(event)
    if state not in NEXT_FARE_STATES.get(person.fare_state, ()):
        raise FareStateNotPossible
    _write_fare(event, person, by, hooks, fare_state=state.value)


def _write_fare(event: Event, person: Participant, by: Actor, hooks: Hooks, **values: Any) -> None:
    differences: dict[str, list[Any]] = {
        name: [getattr(person, name), value] for name, value in values.items() if getattr(person, name) != value
    }
    hooks.before(hookspecs.before_change, event=event, subject=person, changes=differences)
    for name, value in values.items():
        setattr(person, name, value)
    activity.record(by, PERSON_CHANGED, person, differences)
    hooks.after(hookspecs.after_change, event=event, subject=person, changes=differences)


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
