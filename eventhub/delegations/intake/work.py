"""Trying an import and writing it: by the page where it is small, by a job where it is not; the same code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from flask import current_app

from eventhub import activity
from eventhub.activity import Actor
from eventhub.contributions import JobKind, Periodic
from eventhub.db import get, locked, session, transaction
from eventhub.delegations.intake import columns, staging, writing
from eventhub.delegations.intake.plan import Fate, KnownDelegation, KnownPerson, Planner, RowPlan
from eventhub.delegations.intake.reading import Reader
from eventhub.delegations.intake.staging import ImportState, RosterImport, RosterRow
from eventhub.delegations.models import Delegation, Direction, Participant, ParticipantState, TravelLeg
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import speaking
from eventhub.jobs import JobRun

# Rows that are tried and written while somebody waits for the page: a second or two
WITHOUT_WAITING = 1_000
Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """A page shows none: it is there when all is done."""


# --- trying ---------------------------------------------------------------------------------------------------------


def known_delegations(event: Event) -> Iterator[KnownDelegation]:
    """Yield the delegations as they are stored."""
    one = Delegation
    query = sa.select(
        *(one.id, one.reference, one.name, one.city, one.country, one.role, one.quota, one.seats_named),
        *(one.contact_name, one.contact_email, one.contact_phone, one.state, one.archived_at.is_not(None)),
    )
    for row in session().execute(query.where(one.event_id == event.id).order_by(one.id)):
        facts: tuple[Any, ...] = tuple(row)
        yield KnownDelegation(*facts)


def known_people(event: Event) -> Iterator[KnownPerson]:
    """Yield everybody who is or was on a delegation, with their travel; not whom an erasure blanked.

    What many share (functions, languages, hours) is kept once: 100,000 people fit in 100 MB.
    """
    shared: dict[Any, Any] = {}
    moments: dict[str, dict[int, Any]] = {Direction.ARRIVAL: {}, Direction.DEPARTURE: {}}
    legs = sa.select(TravelLeg.participant_id, TravelLeg.direction, TravelLeg.at)
    legs = legs.where(TravelLeg.event_id == event.id, TravelLeg.direction.in_(moments), TravelLeg.at.is_not(None))
    for person_id, direction, at in session().execute(legs.execution_options(yield_per=5_000)):
        moments[direction][person_id] = shared.setdefault(at, at)
    one = Participant
    query = sa.select(
        *(one.id, one.delegation_id, one.name, one.function, one.email, one.phone, one.document_language),
        *(one.is_head, one.languages, one.state != ParticipantState.CANCELLED),
    )
    query = query.where(one.event_id == event.id, one.erased_at.is_(None)).order_by(one.id)
    for row in session().execute(query.execution_options(yield_per=5_000)):
        facts: list[Any] = list(row)
        facts[8] = tuple(facts[8])
        for place in (3, 6, 8):
            facts[place] = shared.setdefault(facts[place], facts[place])
        facts += [moments[direction].pop(row.id, None) for direction in (Direction.ARRIVAL, Direction.DEPARTURE)]
        yield KnownPerson(*facts)


def plan(event: Event, import_id: int, progress: Progress = no_progress) -> None:
    """Decide the fate of every row and keep it for the page; nothing of it is written to the event.

    Reads outside a lock: when somebody changes something meanwhile, the confirmation will notice.
    """
    event_id = event.id
    with transaction():
        staged = locked(RosterImport, import_id, event_id=event_id)
        session().execute(sa.delete(RosterRow).where(RosterRow.import_id == import_id))
        staged.state, staged.counts = ImportState.UPLOADED, {}
    event, staged = get(Event, event_id), get(RosterImport, import_id, event_id=event_id)
    revision, total = activity.revision(event_id), staged.row_count
    planner = Planner(
        known_delegations(event),
        known_people(event),
        places=staged.places,
        people_rows=columns.names_people(staged.places),
        raise_quota=staged.raise_quota,
    )
    reader = Reader(
        staged.layout,
        zone=event.zone,
        languages=list(event.languages),
        country=event.country,
        country_of=planner.country_of,
        fill_down=staged.fill_down,
    )
    counts: Counter[str] = Counter()
    done = 0
    for chunk in staging.chunks(staged):
        plans = []
        for number, cells in chunk:
            row = planner.take(reader.read(number, cells))
            if row is not None:
                plans.append(as_row(import_id, row, cells if row.fate == Fate.REFUSED else None))
        keep(plans, counts)
        done += len(chunk)
        progress(done, total)
    keep([as_row(import_id, row) for row in planner.delegations()], counts)
    with transaction():
        staged = locked(RosterImport, import_id, event_id=event_id)
        staged.counts, staged.revision, staged.state = dict(counts), revision, ImportState.PLANNED


def as_row(import_id: int, row: RowPlan, cells: list[str] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "changes": {name: [staging.as_json(value) for value in pair] for name, pair in row.changes.items()},
        "problems": [problem.to_json() for problem in row.problems],
        "notes": [note.to_json() for note in row.notes],
        "write": {name: staging.as_json(value) for name, value in row.write.items()},
        "cells": cells,
    }
    return {
        "import_id": import_id,
        "line": row.line,
        "fate": row.fate.value,
        "delegation": row.delegation[:200],
        "name": row.name[:200],
        "delegation_id": row.delegation_id,
        "person_id": row.person_id,
        "remarked": bool(row.notes),
        "told": {name: value for name, value in told.items() if value},
    }


def keep(rows: list[dict[str, Any]], counts: Counter[str]) -> None:
    if not rows:
        return
    with transaction():
        session().execute(sa.insert(RosterRow.__table__), rows)  # type: ignore[arg-type]  # a Table, by its declaration
    for row in rows:
        counts[row["fate"]] += 1
        counts["remarked"] += row["remarked"]


# --- writing --------------------------------------------------------------------------------------------------------


def confirm(event: Event, import_id: int, *, by: Actor, hooks: Hooks, progress: Progress = no_progress) -> bool:
    """Write what is planned in one transaction; False when somebody was faster: the rows then have new fates."""
    event_id = event.id
    try:
        with transaction():
            staged = locked(RosterImport, import_id, event_id=event_id)
            if staged.state == ImportState.DONE:  # a job that was interrupted after it had written
                return True
            event = session().get_one(Event, event_id)
            writing.write(event, staged, by=by, hooks=hooks)
    except writing.ChangedMeanwhile:
        plan(get(Event, event_id), import_id, progress)
        with transaction():
            locked(RosterImport, import_id, event_id=event_id).planned_again = True
        return False
    return True


# --- jobs -----------------------------------------------------------------------------------------------------------


def run_plan(run: JobRun) -> None:
    import_id: int = run.payload["import"]
    run.progress(0, 0)
    plan(get(Event, run.event_id or 0), import_id, run.progress)
    run.result = told(run, _l("Every row has its fate. Look at them, then confirm or discard."))


def run_confirm(run: JobRun) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    run.progress(0, 0)
    # as in a request: what hears of changes may build addresses
    with app.test_request_context(base_url=app.config["BASE_URL"]), speaking(run.payload["language"]):
        event = get(Event, run.event_id or 0)
        hooks = app.extensions["hub"].for_event(event)
        written = confirm(event, run.payload["import"], by=run.asked_by, hooks=hooks, progress=run.progress)
    run.result = told(
        run,
        _l("The roster is written.")
        if written
        else _l("Somebody changed delegations or people meanwhile, so nothing was written. The rows have new fates."),
    )


def told(run: JobRun, text: Any) -> dict[str, str]:
    with speaking(run.payload["language"]):
        return {"url": run.payload["url"], "text": str(text)}


PLAN = JobKind("delegations.plan_roster", _l("Try a roster"), run_plan, lease=300.0)
CONFIRM = JobKind("delegations.write_roster", _l("Write a roster"), run_confirm, lease=300.0)
FORGET = Periodic("delegations.forget_rosters", staging.forget_old, minutes=30)
