"""Work outside requests: a job is a row written in the same transaction as the fact that needs it.

Only its id travels through the queue (Huey). A worker claims the row with a lease; a sweep hands out again what a
dead worker, or a lost queue, left behind. So work is done at least once, and handlers are written for that.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask, current_app
from sqlalchemy import orm

from eventhub import clock, faults
from eventhub.activity import Actor
from eventhub.contributions import JobKind
from eventhub.db import Json, Model, afterwards, insert_all, session, transaction
from eventhub.errors import Refused

log = structlog.get_logger(__name__)


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Model):
    """One piece of work, its progress and its result."""

    __tablename__ = "job"
    __table_args__ = (sa.Index("ix_job_state_not_before", "state", "not_before"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    payload: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=JobState.QUEUED)
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    lease_until: orm.Mapped[datetime | None]
    not_before: orm.Mapped[datetime]
    created_at: orm.Mapped[datetime]
    finished_at: orm.Mapped[datetime | None]
    asked_by: orm.Mapped[int | None]
    done: orm.Mapped[int] = orm.mapped_column(default=0)
    total: orm.Mapped[int] = orm.mapped_column(default=0)
    result: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(Json)
    error: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")


class Cancelled(Exception):
    """Somebody cancelled the job while it ran; what it had not finished is left undone."""


@dataclass
class JobRun:
    """What a handler gets: the payload, and a way to say how far it is."""

    job_id: int
    event_id: int | None
    payload: Mapping[str, Any]
    attempt: int
    asked_by: Actor
    result: dict[str, Any] | None = None

    def progress(self, done: int, total: int) -> None:
        """Store how far the work is and renew the lease; raises Cancelled when somebody asked to stop."""
        with transaction():
            kept = session().execute(
                sa.update(Job)
                .where(Job.id == self.job_id, Job.state == JobState.RUNNING)
                .values(done=done, total=total, lease_until=clock.system_now() + timedelta(minutes=2))
            )
            if kept.rowcount != 1:  # type: ignore[attr-defined]
                raise Cancelled


def _queued(kind: str, payload: Mapping[str, Any], event_id: int | None, by: Actor | None) -> Job:
    moment = clock.system_now()
    return Job(
        kind=kind,
        payload=dict(payload),
        event_id=event_id,
        state=JobState.QUEUED,
        attempts=0,
        not_before=moment,
        created_at=moment,
        asked_by=by.id if by and by.kind == "user" else None,
        done=0,
        total=0,
        error="",
    )


def enqueue(kind: str, payload: Mapping[str, Any], *, event_id: int | None = None, by: Actor | None = None) -> Job:
    """Write the job into the present transaction; a worker hears of it after the commit."""
    job = _queued(kind, payload, event_id, by)
    session().add(job)
    session().flush()
    job_id = job.id
    afterwards(lambda: wake(job_id))
    return job


def enqueue_all(
    kind: str, payloads: Sequence[Mapping[str, Any]], *, event_id: int | None = None, by: Actor | None = None
) -> list[int]:
    """Write a job for each payload, in three statements whatever their number; returns their ids in this order.

    No payload may be that of another job: each names a new row. It is how an id is found again, for on SQLite rows
    that are inserted together do not tell theirs.
    """
    newest = session().scalar(sa.select(sa.func.max(Job.id))) or 0
    insert_all([_queued(kind, payload, event_id, by) for payload in payloads])
    query = sa.select(Job.id, Job.payload).where(Job.kind == kind, Job.id > newest)
    found = {json.dumps(row.payload, sort_keys=True): row.id for row in session().execute(query)}
    ids = [found[json.dumps(dict(payload), sort_keys=True)] for payload in payloads]

    def wake_all() -> None:
        for job_id in ids:
            wake(job_id)

    afterwards(wake_all)
    return ids


def cancel(job: Job) -> None:
    """Ask the job to stop: a queued one never starts, a running one stops at its next report of progress."""
    if job.state in {JobState.QUEUED, JobState.RUNNING}:
        job.state, job.finished_at, job.lease_until = JobState.CANCELLED, clock.system_now(), None


def wake(job_id: int) -> None:
    """Tell the queue; when it cannot be reached, the sweep finds the row."""
    queue = queue_of(current_app._get_current_object())  # type: ignore[attr-defined]
    if queue is None:
        return
    try:
        queue.enqueue(queue.eventhub_run.s(job_id))
    except Exception:
        log.exception("queue_unreachable", job=job_id)


def claim(job_id: int, kind: JobKind) -> JobRun | None:
    """Take the job for the length of its lease, or return None when it is done, taken or not due."""
    moment = clock.system_now()
    with transaction():
        taken = session().execute(
            sa.update(Job)
            .where(
                Job.id == job_id,
                Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
                Job.not_before <= moment,
                sa.or_(Job.lease_until.is_(None), Job.lease_until < moment),
            )
            .values(
                state=JobState.RUNNING, attempts=Job.attempts + 1, lease_until=moment + timedelta(seconds=kind.lease)
            )
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return None
        job = session().get_one(Job, job_id, populate_existing=True)
        by = Actor("user", job.asked_by) if job.asked_by else Actor("system")
        return JobRun(job.id, job.event_id, job.payload, job.attempts, by)


def run(job_id: int) -> None:
    """Claim and do the job inside an app context; its failure is stored, and tried again later if its kind allows."""
    row = session().get(Job, job_id)
    kind = current_app.extensions["hub"].job_kinds.get(row.kind) if row else None
    if row is None or kind is None:
        log.warning("job_of_unknown_kind", job=job_id, kind=row.kind if row else None)
        return
    work = claim(job_id, kind)
    if work is None:
        return
    faults.hit("outbox.claimed")
    try:
        kind.run(work)
    except Cancelled:
        session().rollback()
        log.info("job_cancelled", job=job_id, kind=kind.name)
    except Exception as error:
        session().rollback()
        log.exception("job_failed", job=job_id, kind=kind.name, attempt=work.attempt)
        _failed(work, kind, error)
    else:
        with transaction():
            session().execute(
                sa.update(Job)
                .where(Job.id == job_id, Job.state == JobState.RUNNING)
                .values(state=JobState.DONE, finished_at=clock.system_now(), lease_until=None, result=work.result)
            )


def _failed(work: JobRun, kind: JobKind, error: Exception) -> None:
    again = work.attempt < kind.attempts and not isinstance(error, Refused)
    # only our own sentences are kept: a foreign exception may quote somebody's data
    text = str(error)[:300] if isinstance(error, Refused) else type(error).__name__
    values: dict[str, Any] = {"error": text, "lease_until": None}
    if again:
        wait = timedelta(seconds=kind.back_off(work.attempt))
        values |= {"state": JobState.QUEUED, "not_before": clock.system_now() + wait}
    else:
        values |= {"state": JobState.FAILED, "finished_at": clock.system_now()}
    with transaction():
        session().execute(sa.update(Job).where(Job.id == work.job_id).values(**values))


def due() -> list[int]:
    """Return the ids of jobs that nobody holds and whose time has come, oldest first."""
    moment = clock.system_now()
    query = (
        sa.select(Job.id)
        .where(
            Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
            Job.not_before <= moment,
            sa.or_(Job.lease_until.is_(None), Job.lease_until < moment),
        )
        .order_by(Job.id)
        .limit(500)
    )
    return list(session().scalars(query))


def run_due() -> int:
    """Do everything that is due, here and now; returns how many jobs were tried."""
    tried = 0
    while ids := due():
        for job_id in ids:
            run(job_id)
        tried += len(ids)
    return tried


def sweep() -> None:
    """Do what is due and what the components do periodically; the worker calls it every minute."""
    for periodic in current_app.extensions["hub"].periodic.values():
        try:
            periodic.run()
        except Exception:
            session().rollback()
            log.exception("periodic_failed", name=periodic.name)
    run_due()


# --- the queue ------------------------------------------------------------------------------------------------------


def queue_of(app: Flask) -> Any:
    """Return the app's Huey with its task, made on first use; None when the queue is "memory" (no consumer)."""
    if app.config["QUEUE_URL"] == "memory":
        return None
    if "huey" not in app.extensions:
        app.extensions["huey"] = _make_queue(app)
    return app.extensions["huey"]


def _make_queue(app: Flask) -> Any:
    import huey  # slow import, and not needed by a site whose pages queue nothing
    from huey.registry import Message
    from huey.serializer import Serializer

    class JsonSerializer(Serializer):  # type: ignore[misc]
        """A queue that somebody can write to must not be a way to run code, so no pickle."""

        def _serialize(self, data: Any) -> bytes:
            def tagged(value: Any) -> Any:
                return {"$dt": value.isoformat()} if isinstance(value, datetime) else str(value)

            return json.dumps(list(data), default=tagged).encode()

        def _deserialize(self, data: bytes) -> Any:
            def untagged(value: dict[str, Any]) -> Any:
                return datetime.fromisoformat(value["$dt"]) if value.keys() == {"$dt"} else value

            value = json.loads(data, object_hook=untagged)
            return Message(*value) if isinstance(value, list) and len(value) == len(Message._fields) else value

    url: str = app.config["QUEUE_URL"]
    options = {"name": "eventhub", "results": False, "utc": True, "serializer": JsonSerializer()}
    if url.startswith("sqlite:"):
        # journal_mode=delete: huey uses Python's own sqlite3, whose WAL may be of the kind that loses writes
        queue = huey.SqliteHuey(filename=url.partition(":")[2], fsync=True, journal_mode="delete", **options)
    elif url.startswith("postgres"):
        queue = huey.PostgresHuey(dsn=url, **options)
    else:
        queue = huey.PriorityRedisHuey(url=url, **options)

    @queue.task(name="eventhub_run")  # type: ignore[untyped-decorator]
    def eventhub_run(job_id: int) -> None:
        with app.app_context():
            run(job_id)

    @queue.periodic_task(huey.crontab(minute="*"), name="eventhub_sweep")  # type: ignore[untyped-decorator]
    def eventhub_sweep() -> None:
        with app.app_context():
            sweep()

    queue.eventhub_run = eventhub_run
    return queue


def consumer(app: Flask, *, workers: int = 2, embedded: bool) -> Any:
    """Return a consumer of the queue; an embedded one leaves signals to the server around it."""
    from huey.consumer import Consumer  # slow import

    class Embedded(Consumer):  # type: ignore[misc]
        def _set_signal_handlers(self) -> None:
            """The server that this consumer lives in handles signals."""

    kind = Embedded if embedded else Consumer
    return kind(queue_of(app), workers=workers, worker_type="thread", periodic=True, initial_delay=0.05, max_delay=0.5)


def start_embedded(app: Flask) -> Callable[[], None]:
    """Run the consumer in threads of this process; returns what stops it."""
    worker = consumer(app, embedded=True)
    thread = threading.Thread(target=worker.run, name="eventhub-worker", daemon=True)
    thread.start()

    def stop() -> None:
        with suppress(Exception):  # the process is ending: there is nobody left to tell
            worker.stop(graceful=True)
        thread.join(timeout=5)

    return stop
