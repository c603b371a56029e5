"""The journal: who did what to which record, written in the same transaction as the change itself.

Rows hold ids of subjects and values that an erasure can blank; never a name in the verb, never health data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import clock
from eventhub.db import Json, Model, session
from eventhub.localized import LocalizedText


@dataclass(frozen=True)
class Actor:
    """Who acts: an organiser ("user"), the holder of a link ("guest"), or the site itself ("system")."""

    kind: str
    id: int | None = None


SYSTEM = Actor("system")


@dataclass(frozen=True)
class Verb:
    """What was done, as "<component>:<past participle>", with the sentence that the history shows.

    ``private``: that it was done to this person says something of them already, so no other program is told.
    """

    code: str
    title: Any
    private: bool = False

    def __post_init__(self) -> None:
        VERBS[self.code] = self


VERBS: dict[str, Verb] = {}


class ActivityEntry(Model):
    """One thing that somebody did."""

    __tablename__ = "activity_entry"
    __table_args__ = (
        sa.Index("ix_activity_entry_event_id_id", "event_id", "id"),
        sa.Index("ix_activity_entry_subject", "subject_kind", "subject_id"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    at: orm.Mapped[datetime]
    actor_kind: orm.Mapped[str] = orm.mapped_column(sa.String(10))
    actor_id: orm.Mapped[int | None]
    verb: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    subject_kind: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    subject_id: orm.Mapped[int]
    changes: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(Json)

    @property
    def sentence(self) -> str:
        """Return the verb in the present language; a removed plugin's verb shows its code."""
        return str(VERBS[self.verb].title) if self.verb in VERBS else self.verb


def plain(value: object) -> Any:
    """Return the value as JSON holds it."""
    if isinstance(value, LocalizedText):
        return {language: half.text for language, half in value}
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, dict, type(None))) else str(value)


def differences(subject: Model) -> dict[str, list[Any]]:
    """Return {column: [before, after]} of the columns changed since the row was loaded; binary ones are left out."""
    state = sa.inspect(subject)
    found: dict[str, list[Any]] = {}
    for attribute in state.mapper.column_attrs:
        if attribute.key == "version" or isinstance(attribute.columns[0].type, sa.LargeBinary):
            continue
        history = state.attrs[attribute.key].history
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            after = history.added[0] if history.added else None
            if plain(before) != plain(after):
                found[attribute.key] = [plain(before), plain(after)]
    return found


def record(
    by: Actor, verb: Verb, subject: Model, changes: Mapping[str, Any] | None = None, *, event_id: int | None = None
) -> ActivityEntry:
    """Write the entry into the present transaction; ``event_id`` only where the subject does not know its event."""
    if subject.id is None:
        session().flush()
    entry = ActivityEntry(**_row(by, verb, subject, changes, event_id))
    session().add(entry)
    return entry


def record_all(by: Actor, told: Iterable[tuple[Verb, Model, Mapping[str, Any] | None]]) -> None:
    """Write several entries in one statement; their subjects are stored already."""
    rows = [_row(by, verb, subject, changes, None) for verb, subject, changes in told]
    if rows:
        # on the table: through the class, rows with and without changes would be two statements
        session().execute(sa.insert(Model.metadata.tables[ActivityEntry.__tablename__]), rows)


def record_each(
    by: Actor,
    verb: Verb,
    model: type[Model],
    ids: Iterable[int],
    *,
    event_id: int,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry for each of these rows of one kind, in one statement; ``changes`` are the same for all."""
    same = {"event_id": event_id, "at": clock.now(), "actor_kind": by.kind, "actor_id": by.id, "verb": verb.code}
    same |= {"subject_kind": model.__tablename__, "changes": dict(changes) if changes else None}
    rows = [{**same, "subject_id": key} for key in ids]
    if rows:
        session().execute(sa.insert(Model.metadata.tables[ActivityEntry.__tablename__]), rows)


def _row(
    by: Actor, verb: Verb, subject: Model, changes: Mapping[str, Any] | None, event_id: int | None
) -> dict[str, Any]:
    event_id = event_id or getattr(subject, "event_id", None)
    if event_id is None and subject.__tablename__ == "event":
        event_id = subject.id
    return {
        "event_id": event_id,
        "at": clock.now(),
        "actor_kind": by.kind,
        "actor_id": by.id,
        "verb": verb.code,
        "subject_kind": subject.__tablename__,
        "subject_id": subject.id,
        "changes": dict(changes) if changes else None,
    }


def edited(by: Actor, verb: Verb, subject: Model) -> dict[str, list[Any]]:
    """Record what changed on the subject since it was loaded, if anything did, and return the differences."""
    changes = differences(subject)
    if changes:
        record(by, verb, subject, changes)
    return changes


def history(subject: Model, limit: int = 50) -> list[ActivityEntry]:
    """Return the newest entries about the subject, newest first."""
    query = (
        sa.select(ActivityEntry)
        .where(ActivityEntry.subject_kind == subject.__tablename__, ActivityEntry.subject_id == subject.id)
        .order_by(ActivityEntry.id.desc())
        .limit(limit)
    )
    return list(session().scalars(query))


def revision(event_id: int) -> int:
    """Return the id of the event's newest entry: it moves with every change, so that what is derived can be kept."""
    query = sa.select(sa.func.max(ActivityEntry.id)).where(ActivityEntry.event_id == event_id)
    return session().scalar(query) or 0


def blank(subject_kind: str, ids: Iterable[int]) -> None:
    """Erase the values that entries about these subjects hold; that something was done stays."""
    session().execute(
        sa.update(ActivityEntry)
        .where(ActivityEntry.subject_kind == subject_kind, ActivityEntry.subject_id.in_(list(ids)))
        .values(changes=None)
    )
