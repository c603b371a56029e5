"""Plans and places: a plan is proposed, published if nothing has changed since, and one person moves by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    ABSENT,
    Actor,
    Delegation,
    Event,
    ItemKind,
    ItemState,
    NotFound,
    Participant,
    ProgrammeItem,
    Refused,
    Verb,
    _l,
    activity,
    clock,
    delegations,
    events,
    faults,
    language,
    outbox,
    session,
)

from . import standing
from .models import Allocation, Run, RunState, Slot, SlotState, Visit
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
    suits,
)
from .standing import Standing

COMPUTED = Verb("field_visits:computed", _l("Allocation of field visits computed"))
PUBLISHED = Verb("field_visits:published", _l("Allocation of field visits published"))
MOVED = Verb("field_visits:moved", _l("Place on a field visit changed by hand"))


class NothingToAllocate(Refused):
    message = _l("There is no visit on offer yet. Open at least one departure first.")


class ChangedSince(Refused):
    message = _l("Something has changed since this plan was computed, so it is not published. Compute a new one.")


class NotProposed(Refused):
    message = _l("This plan was published or replaced meanwhile. Look at the present one.")


class SlotFull(Refused):
    message = _l("No place is left on “%(visit)s” (%(maximum)s in all). Raise the maximum or move somebody else.")
    field = "slot_id"


class DoesNotSuit(Refused):
    message = _l("“%(visit)s” does not suit this person as far as we know. Choose another visit.")
    field = "slot_id"


class HandMadeBelowMinimum(Refused):
    message = _l(
        "The places given by hand on “%(visit)s” cannot be kept: it does not reach its minimum. Lower the minimum, or "
        "move these people."
    )


class HandMadeConflict(Refused):
    message = _l("The places given by hand cannot all be kept. Move some of these people, or let the plan decide.")


class CarriesPlaces(Refused):
    message = _l(
        "People have places on “%(visit)s” at this time (%(used)s). Call the departure off among the field visits and "
        "publish a new allocation; then the programme can follow."
    )


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
    _lock_slots(event, run.wave)
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


def _lock_slots(event: Event, wave: int) -> list[Slot]:
    """Lock the departures, always in one order and before the places on them: nobody waits for anybody in a circle."""
    query = sa.select(Slot).where(Slot.event_id == event.id, Slot.wave == wave).order_by(Slot.id)
    return list(session().scalars(query.with_for_update().execution_options(populate_existing=True)))


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
            _count(slot_id, sign * number)
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


def _count(slot_id: int, number: int) -> None:
    """Move the counter of places; the database refuses what lies outside 0 and the maximum."""
    session().execute(
        sa.update(Slot)
        .where(Slot.id == slot_id)
        .values(places_used=Slot.places_used + number)
        .execution_options(synchronize_session="fetch")
    )


def _tell(event: Event, now: Standing, target: Mapping[int, int], concerned: Iterable[int], by: Actor) -> None:
    """Write to those concerned who have an address and are coming."""
    wanted = set(concerned)
    for person in now.people:
        if person.id in wanted and person.email:
            slot = now.slots_by_id.get(target[person.id]) if person.id in target else None
            _write_to(event, person, slot, by)


def _write_to(event: Event, person: Participant, slot: Slot | None, by: Actor) -> None:
    outbox.post(
        "field_visits_allocated",
        person.email,
        person.document_language or person.delegation.contact_language,
        by=by,
        event=event,
        about=person,
        link=("participant", person.id),
        person=person,
        slot=slot,
    )


# --- one person -----------------------------------------------------------------------------------------------------


def move(event: Event, person: Participant, wave: int, slot_id: int | None, *, keep: bool, by: Actor) -> None:
    """Give the person another place by hand, or none; ``keep`` lets the next plans keep it. The person is told.

    Refused where the departure is full or does not suit; the limit per delegation is the organiser's to pass over.
    """
    events.check_not_frozen(event)
    _lock_slots(event, wave)
    now = standing.standing(event, wave)
    if now is None or (slot_id is not None and slot_id not in now.slots_by_id):
        raise NotFound("departure", slot_id)
    row = now.allocations.get(person.id)
    before = row.slot_id if row else None
    if slot_id is not None:
        check_place(event, now, person, now.slots_by_id[slot_id], held=before)
    if before != slot_id:
        if before is not None:
            _count(before, -1)
        if slot_id is not None:
            _count(slot_id, 1)
    if row is not None and slot_id is None:
        session().delete(row)
    if slot_id is not None:
        if row is None:
            row = Allocation(event_id=event.id, participant_id=person.id, wave=wave)
            session().add(row)
        row.slot_id, row.rank, row.locked, row.placed_at = slot_id, now.rank(person, slot_id), keep, clock.now()
    session().flush()
    activity.record(by, MOVED, person, {"slot": [before, slot_id], "locked": [None, keep]})
    if before != slot_id and person.email:
        _write_to(event, person, now.slots_by_id[slot_id] if slot_id is not None else None, by)


def check_place(event: Event, now: Standing, person: Participant, slot: Slot, *, held: int | None) -> None:
    """Refuse a full departure and one that does not suit; which need stands against it is never said."""
    if slot.id != held and slot.places_left < 1:
        raise SlotFull(visit=slot.visit.title.label(language()), maximum=slot.maximum)
    one = standing.wisher(now, person, standing.access_of(event, [person.id]).get(person.id))
    if not suits(one, standing.departure(slot)):
        raise DoesNotSuit(visit=slot.visit.title.label(language()))


def free(people: Sequence[int], wave: int | None = None) -> int:
    """Give back the places of these people, of one wave or of all; returns how many. The counters stay right."""
    query = sa.select(Allocation).where(Allocation.participant_id.in_(people))
    query = query if wave is None else query.where(Allocation.wave == wave)
    slot_ids = set(session().scalars(query.with_only_columns(Allocation.slot_id)))
    if not slot_ids:
        return 0
    session().scalars(sa.select(Slot).where(Slot.id.in_(slot_ids)).order_by(Slot.id).with_for_update()).all()
    rows = list(session().scalars(query))
    for slot_id, number in sorted(Counter(row.slot_id for row in rows).items()):
        _count(slot_id, -number)
    session().execute(sa.delete(Allocation).where(Allocation.id.in_([row.id for row in rows])))
    return len(rows)


def follow(event: Event, subject: object, changes: Mapping[str, Any]) -> None:
    """Refuse that a departure with people on it loses its programme item; give back the places of those who leave."""
    if isinstance(subject, ProgrammeItem):
        state, kind = changes.get("state", [None, None])[1], changes.get("kind", [None, None])[1]
        called_off = state == ItemState.CANCELLED or (kind is not None and kind != ItemKind.VISIT)
        if called_off or changes.get("archived_at", [None, None])[1] is not None:
            check_item_is_free(event, subject)
    elif isinstance(subject, Participant) and "state" in changes and changes["state"][1] not in delegations.COMING:
        free([subject.id])
    elif isinstance(subject, Delegation) and (
        changes.get("archived_at", [None, None])[1] is not None or changes.get("state", [None, None])[1] in ABSENT
    ):
        people = sa.select(Participant.id).where(Participant.delegation_id == subject.id)
        free(list(session().scalars(people)))


def check_item_is_free(event: Event, item: ProgrammeItem) -> None:
    query = (
        sa.select(Slot).where(Slot.event_id == event.id, Slot.item_id == item.id).options(orm.joinedload(Slot.visit))
    )
    with session().no_autoflush:
        slot = session().scalar(query)
    if slot is not None and slot.places_used:
        raise CarriesPlaces(visit=slot.visit.title.label(language()), used=slot.places_used)


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


def places(event: Event, people: sa.Select[int], slot_id: int | None = None) -> list[Allocation]:
    """Return the places of these people that hold, with people and delegations, by name, in one statement.

    A place on a departure that was called off holds no more, whatever the next plan will say.
    """
    query = (
        sa.select(Allocation)
        .join(Allocation.participant)
        .join(Allocation.slot)
        .join(Slot.visit)
        .join(Slot.item)
        .where(Allocation.event_id == event.id, Allocation.participant_id.in_(people), *standing.holds())
        .options(
            orm.contains_eager(Allocation.participant).joinedload(Participant.delegation),
            orm.contains_eager(Allocation.slot).contains_eager(Slot.visit),
            orm.contains_eager(Allocation.slot).contains_eager(Slot.item),
        )
        .order_by(ProgrammeItem.starts_at, Participant.sort_key, Participant.id)
    )
    return list(session().scalars(query if slot_id is None else query.where(Allocation.slot_id == slot_id)))


@dataclass(frozen=True)
class Attending:
    """Somebody goes to a programme item, and whether with a packed lunch."""

    participant_id: int
    item_id: int
    starts_at: datetime
    ends_at: datetime
    packed_lunch: bool


def attending(event: Event, items: Sequence[int]) -> Sequence[Attending]:
    """Return who has a place that holds at these items, in one statement."""
    query = (
        sa.select(
            Allocation.participant_id, Slot.item_id, ProgrammeItem.starts_at, ProgrammeItem.ends_at, Visit.packed_lunch
        )
        .join(Allocation.slot)
        .join(Slot.visit)
        .join(Slot.item)
        .where(Slot.item_id.in_(items), Allocation.participant_id.in_(standing.coming(event)), *standing.holds())
        .order_by(Slot.item_id, Allocation.participant_id)
    )
    return [Attending(*row) for row in session().execute(query)]
