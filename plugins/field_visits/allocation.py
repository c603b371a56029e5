"""Plans: computed and proposed, and published if nothing has changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from eventhub.api import (
    Actor,
    Event,
    NotFound,
    Participant,
    Refused,
    Verb,
    _l,
    activity,
    clock,
    events,
    faults,
    language,
    session,
)

from . import places, standing
from .models import Allocation, Run, RunState, SlotState
from .solver import (
    Binding,
    Move,
    Placement,
    Plan,
    Problem,
    ProblemError,
    Unplaced,
    compare,
    fingerprint,
    solve,
)
from .standing import Standing

COMPUTED = Verb("field_visits:computed", _l("Allocation of field visits computed"))
PUBLISHED = Verb("field_visits:published", _l("Allocation of field visits published"))


class NothingToAllocate(Refused):
    message = _l("There is no visit on offer yet. Open at least one departure first.")


class ChangedSince(Refused):
    message = _l("Something has changed since this plan was computed, so it is not published. Compute a new one.")


class NotProposed(Refused):
    message = _l("This plan was published or replaced meanwhile. Look at the present one.")


class HandMadeBelowMinimum(Refused):
    message = _l(
        "The places given by hand on “%(visit)s” cannot be kept: it does not reach its minimum. Lower the minimum, or "
        "move these people."
    )


class HandMadeConflict(Refused):
    message = _l("The places given by hand cannot all be kept. Move some of these people, or let the plan decide.")


# --- a plan ---------------------------------------------------------------------------------------------------------


def plan_of(run: Run) -> Plan:
    """Return the plan as it was computed."""
    kept: Mapping[str, Any] = run.plan
    return Plan(
        placements=tuple(Placement(**one) for one in kept["placements"]),
        unplaced=tuple(
            Unplaced(one["wisher"], tuple(Binding(**binding) for binding in one["binding"])) for one in kept["unplaced"]
        ),
        open_slots=tuple(kept["open_slots"]),
        closed_slots=tuple(kept["closed_slots"]),
        histogram=tuple(kept["histogram"]),
        moves=kept["moves"],
        proven=kept["proven"],
        fingerprint=run.fingerprint,
    )


def runs(event: Event, wave: int) -> list[Run]:
    """Return the newest proposed run and the newest published one of the wave, where there are any."""
    newest = (
        sa.select(sa.func.max(Run.id))
        .where(Run.event_id == event.id, Run.wave == wave, Run.state.in_((RunState.PROPOSED, RunState.PUBLISHED)))
        .group_by(Run.state)
    )
    return list(session().scalars(sa.select(Run).where(Run.id.in_(newest)).order_by(Run.id)))


def published_waves(event: Event) -> frozenset[int]:
    """Return the waves of which a plan was published."""
    query = sa.select(Run.wave).where(Run.event_id == event.id, Run.state == RunState.PUBLISHED).distinct()
    return frozenset(session().scalars(query))


def propose(event: Event, wave: int, plan: Plan, *, by: Actor) -> Run:
    """Keep a plan for everybody to look at; proposals before it are out of date now."""
    events.check_not_frozen(event)
    _leave_behind(event, wave)
    kept = asdict(plan)
    kept.pop("fingerprint")
    run = Run(
        event_id=event.id,
        wave=wave,
        state=RunState.PROPOSED,
        plan=kept,
        fingerprint=plan.fingerprint,
        computed_at=clock.now(),
    )
    session().add(run)
    activity.record(by, COMPUTED, run, {"placed": [None, len(plan.placements)], "unplaced": [None, len(plan.unplaced)]})
    return run


def _leave_behind(event: Event, wave: int) -> None:
    session().execute(
        sa.update(Run)
        .where(Run.event_id == event.id, Run.wave == wave, Run.state == RunState.PROPOSED)
        .values(state=RunState.STALE.value)
    )


def current(event: Event, wave: int) -> tuple[Standing, Problem]:
    """Return where the wave stands and the problem as it is now; refuses when no departure is on offer."""
    now = standing.standing(event, wave)
    if now is None or not now.slots:
        raise NothingToAllocate
    return now, standing.problem(now, standing.access_of(event))


def moves(now: Standing, plan: Plan) -> tuple[Move, ...]:
    """Return whose place the plan changes against those that people have now."""
    return compare([Placement(key, row.slot_id, row.rank or 0) for key, row in now.allocations.items()], plan)


def solved(now: Standing, problem: Problem, *, seconds: float) -> Plan:
    """Return the best plan, or the best found in so many seconds; no transaction need be open.

    Refused where places given by hand contradict the minimum of a departure.
    """
    try:
        return solve(replace(problem, time_limit=seconds))
    except ProblemError as error:
        if error.reason not in {"pins_below_minimum", "pins_conflict"}:
            raise
        slot = now.slots_by_id.get(error.slot or 0)
        visit = slot.visit.title.label(language()) if slot else ""
        raise (HandMadeBelowMinimum(visit=visit) if slot else HandMadeConflict()) from error


# --- publishing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Published:
    """What a publication did: people with a place, and those whose place is another than before."""

    placed: int
    moved: tuple[Move, ...]


def publish(event: Event, run_id: int, *, by: Actor) -> Published:
    """Write the places of a proposed plan, if everything it was computed from is still the same, and tell people.

    The departures are locked first: of two who publish at once, the second finds that something has changed.
    """
    events.check_not_frozen(event)
    run = session().get(Run, run_id)
    if run is None or run.event_id != event.id:
        raise NotFound("plan", run_id)
    places.lock_slots(event, run.wave)
    session().refresh(run)
    if run.state != RunState.PROPOSED:
        raise NotProposed
    now, problem = current(event, run.wave)
    if fingerprint(problem) != run.fingerprint:
        raise ChangedSince
    plan = plan_of(run)
    first = run.wave not in published_waves(event)
    before, moved = len(now.allocations), moves(now, plan)
    faults.hit("alloc.before_write")
    _write(event, run, now, plan)
    run.state, run.published_at = RunState.PUBLISHED.value, clock.now()
    _leave_behind(event, run.wave)
    activity.record(by, PUBLISHED, run, {"placed": [before, len(plan.placements)], "moved": [None, len(moved)]})
    concerned = {one.wisher for one in (plan.placements if first else moved)}
    _tell(event, now, {one.wisher: one.slot for one in plan.placements}, concerned, by)
    return Published(len(plan.placements), moved)


def _write(event: Event, run: Run, now: Standing, plan: Plan) -> None:
    """Replace the places of the wave by those of the plan; the counters move with them, out before in."""
    target = {one.wisher: one.slot for one in plan.placements}
    leaving = Counter(row.slot_id for key, row in now.allocations.items() if target.get(key) != row.slot_id)
    coming = Counter(
        slot for key, slot in target.items() if key not in now.allocations or now.allocations[key].slot_id != slot
    )
    gone = [row.id for key, row in now.allocations.items() if key not in target]
    session().execute(sa.delete(Allocation).where(Allocation.id.in_(gone)))
    for counted, sign in ((leaving, -1), (coming, 1)):
        for slot_id, number in sorted(counted.items()):
            places.count(slot_id, sign * number)
    people = {person.id: person for person in now.people}
    for key, slot_id in target.items():
        row = now.allocations.get(key)
        if row is None:
            row = Allocation(event_id=event.id, participant_id=key, wave=run.wave, locked=False, placed_at=clock.now())
            session().add(row)
        elif row.slot_id != slot_id:
            row.placed_at, row.locked = clock.now(), False
        row.slot_id, row.rank, row.run_id = slot_id, now.rank(people[key], slot_id), run.id
    filled = set(plan.open_slots)
    for slot in now.slots:
        slot.state = (SlotState.ALLOCATED if slot.id in filled else SlotState.CLOSED).value
    session().flush()


def _tell(event: Event, now: Standing, target: Mapping[int, int], concerned: Iterable[int], by: Actor) -> None:
    """Write to those concerned who have an address and are coming."""
    wanted = set(concerned)
    for person in now.people:
        if person.id in wanted and person.email:
            slot = now.slots_by_id.get(target[person.id]) if person.id in target else None
            places.write_to(event, person, slot, by)


def forget(people: Sequence[int]) -> None:
    """Take these people out of every plan that was kept, so that an erasure leaves no trace of where they would go."""
    gone = set(people)
    events_of = sa.select(Participant.event_id).where(Participant.id.in_(people))
    for run in session().scalars(sa.select(Run).where(Run.event_id.in_(events_of))):
        kept = {
            name: [one for one in run.plan[name] if one["wisher"] not in gone] for name in ("placements", "unplaced")
        }
        if any(len(rows) != len(run.plan[name]) for name, rows in kept.items()):
            run.plan = {**run.plan, **kept}
