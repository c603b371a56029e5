"""Who is expected where, as far as the core knows: ordinary items, between somebody's arrival and departure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import orm

from eventhub.contributions import Attendance, MealAt
from eventhub.db import session
from eventhub.delegations import domain
from eventhub.delegations.models import Delegation, DelegationRole, Direction, Participant, TravelLeg
from eventhub.events.models import Event, ItemAudience, ItemKind, ProgrammeItem

# Somebody whose train arrives in the last minutes of an item does not attend it
SHORTEST_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who is coming, and when they are there from and until; None where nothing is known."""

    participant_id: int
    host: bool
    since: datetime | None
    until: datetime | None


def expected(event: Event) -> list[Expected]:
    """Return everybody who is coming, in one statement; plain rows, for thousands are asked for at every change."""
    arrival, departure = orm.aliased(TravelLeg), orm.aliased(TravelLeg)
    query = (
        domain.people_query(event)
        .outerjoin(arrival, (arrival.participant_id == Participant.id) & (arrival.direction == Direction.ARRIVAL))
        .outerjoin(
            departure, (departure.participant_id == Participant.id) & (departure.direction == Direction.DEPARTURE)
        )
        .with_only_columns(Participant.id, Delegation.role == DelegationRole.HOST, arrival.at, departure.at)
    )
    return [Expected(*row) for row in session().execute(query)]


def attendances(event: Event, items: Sequence[ProgrammeItem]) -> Iterable[Attendance]:
    """Answer for every kind but visits, which somebody who allocates them answers for."""
    ordinary = [item for item in items if item.kind != ItemKind.VISIT and item.audience != ItemAudience.TEAM]
    if not ordinary:
        return
    for person in expected(event):
        host, since, until = person.host, person.since, person.until
        for item in ordinary:
            if item.audience == ItemAudience.HOSTS and not host or item.audience == ItemAudience.GUESTS and host:
                continue
            starts = max(item.starts_at, since) if since else item.starts_at
            ends = min(item.ends_at, until) if until else item.ends_at
            if (ends - starts).total_seconds() < SHORTEST_MINUTES * 60:
                continue
            meal = MealAt.SERVED if item.kind in {ItemKind.MEAL, ItemKind.BREAK} else MealAt.NONE
            yield Attendance(person.participant_id, item.id, starts, ends, meal)
