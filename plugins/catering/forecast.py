"""The figures of an event's meals as things stand: what the counting needs, read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from eventhub.api import (
    Delegation,
    Event,
    Hooks,
    MealAt,
    Participant,
    ProgrammeItem,
    delegations,
    hookspecs,
    session,
)
from plugins.catering import dietary, domain
from plugins.catering.headcount import Headcount, Presence, Roster, Sitting, Status, count, statuses
from plugins.catering.models import Meal


@dataclass(frozen=True)
class Forecast:
    """All that counting the meals of one moment reads."""

    presence: Presence
    roster: Roster
    sittings: dict[int, Sitting]

    def headcount(self, meal_id: int) -> Headcount:
        return count(self.sittings[meal_id], self.presence, self.roster)

    def statuses(self, meal_id: int) -> dict[int, Status]:
        return statuses(self.sittings[meal_id], self.presence, self.roster)


def of(event: Event, meals: Sequence[Meal], hooks: Hooks) -> Forecast:
    """Return what the meals' figures are made of."""
    packs = domain.packs_for(meals)
    items = {
        item.id: item for meal in (*meals, *(pack for found in packs.values() for pack in found)) for item in meal.held
    }
    attendances = hooks.collect(hookspecs.attendances, event=event, items=list(items.values())) if items else []
    sittings = {meal.id: sitting(meal, packs.get(meal.id, [])) for meal in meals}
    return Forecast(Presence.of(attendances), roster(event), sittings)


def sitting(meal: Meal, packs: Iterable[Meal]) -> Sitting:
    return Sitting(
        frozenset(item.id for item in meal.held),
        meal.packed,
        frozenset(item.audience for item in meal.held),
        frozenset(item.id for pack in packs for item in pack.held),
    )


def roster(event: Event) -> Roster:
    """Return everybody who is coming, the seats without a name, and the needs."""
    everybody = session().scalars(sa.select(Delegation).where(Delegation.event_id == event.id))
    hosting = {delegation.id for delegation in everybody if delegations.hosts(delegation)}
    # columns, not people: of an assembly of thousands only the ids are needed here
    query = delegations.people_query(event).order_by(None).with_only_columns(Participant.id, Participant.delegation_id)
    coming = session().execute(query).all()
    unnamed = delegations.unnamed_seats(event)
    return Roster(
        guests=frozenset(person for person, delegation in coming if delegation not in hosting),
        hosts=frozenset(person for person, delegation in coming if delegation in hosting),
        unnamed_guests=sum(seats for delegation, seats in unnamed.items() if delegation not in hosting),
        unnamed_hosts=sum(seats for delegation, seats in unnamed.items() if delegation in hosting),
        rate=event.planning_rate,
        needs=dietary.of_event(event),
    )


def uncovered_packs(event: Event, visits: Sequence[ProgrammeItem], hooks: Hooks) -> int:
    """Return how many people carry a packed lunch on a visit that no packed meal is planned for."""
    bare = domain.items_without_meal(event, visits)
    if not bare:
        return 0
    found = hooks.collect(hookspecs.attendances, event=event, items=bare)
    return len({line.participant_id for line in found if line.meal is MealAt.PACKED})


@dataclass(frozen=True)
class Guest:
    """One line of a meal's restricted list; ``need`` None where there is none, or where it waits for the person."""

    person: Participant
    status: Status
    need: dietary.Need | None
    waits: bool


def person_by_person(event: Event, meal: Meal, hooks: Hooks) -> list[Guest]:
    """Return everybody whom the meal is for, by name; the caller records the read."""
    found = of(event, [meal], hooks)
    where = found.statuses(meal.id)
    people = session().scalars(delegations.people_query(event).where(Participant.id.in_(list(where))))
    lines = []
    for person in people:
        declared = found.roster.needs.get(person.id)
        waits = declared is not None and declared.need.any and not declared.confirmed
        lines.append(Guest(person, where[person.id], declared.need if declared and not waits else None, waits))
    return lines
