"""Who is expected where, as far as the core knows: ordinary items, between somebody's arrival and departure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from eventhub.contributions import Attendance, MealAt
from eventhub.delegations import domain
from eventhub.delegations.models import Direction, Participant
from eventhub.events.models import Event, ItemAudience, ItemKind, ProgrammeItem

# Somebody whose train arrives in the last minutes of an item does not attend it
SHORTEST_MINUTES = 10


def window(person: Participant) -> tuple[datetime | None, datetime | None]:
    """Return when the person is there from and until; None where nothing is known."""
    arrival, departure = person.leg(Direction.ARRIVAL), person.leg(Direction.DEPARTURE)
    return (arrival.at if arrival else None, departure.at if departure else None)


def attendances(event: Event, items: Sequence[ProgrammeItem]) -> Iterable[Attendance]:
    """Answer for every kind but visits, which somebody who allocates them answers for."""
    ordinary = [item for item in items if item.kind != ItemKind.VISIT and item.audience != ItemAudience.TEAM]
    if not ordinary:
        return
    for person in domain.people(event):
        host = domain.hosts(person)
        since, until = window(person)
        for item in ordinary:
            if item.audience == ItemAudience.HOSTS and not host or item.audience == ItemAudience.GUESTS and host:
                continue
            starts = max(item.starts_at, since) if since else item.starts_at
            ends = min(item.ends_at, until) if until else item.ends_at
            if (ends - starts).total_seconds() < SHORTEST_MINUTES * 60:
                continue
            meal = MealAt.SERVED if item.kind in {ItemKind.MEAL, ItemKind.BREAK} else MealAt.NONE
            yield Attendance(person.id, item.id, starts, ends, meal)
