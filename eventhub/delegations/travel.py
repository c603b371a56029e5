"""How somebody arrives and leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventhub import activity, hookspecs
from eventhub.activity import Actor
from eventhub.delegations.models import Direction, Participant, TravelLeg
from eventhub.delegations.seats import PERSON_CHANGED
from eventhub.events.domain import check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks


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
