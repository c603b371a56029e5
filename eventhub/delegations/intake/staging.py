"""An import between its upload and its confirmation: the file's rows, sealed, and what is planned for each.

Nothing of it outlives the confirmation but the rows that were refused, and nothing at all outlives its day: what was
sent may hold more than the event needs to know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import clock
from eventhub.activity import Actor
from eventhub.db import Json, Model, session, transaction
from eventhub.delegations.intake import columns
from eventhub.delegations.intake.columns import Column
from eventhub.delegations.intake.plan import Fate
from eventhub.delegations.intake.reading import is_example
from eventhub.encryption import Vault
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.i18n import lazy_gettext as _l
from eventhub.tabular import Row

KEPT = timedelta(hours=24)
CHUNK = 2_000  # rows sealed together
HEAD = 10  # first rows, among which the headings are looked for
SAMPLES = 3


class NoRows(Refused):
    message = _l("There are no rows under the headings. Add the people or delegations, then send the file again.")
    field = "file"


class ImportState(StrEnum):
    UPLOADED = "uploaded"
    PLANNED = "planned"
    DONE = "done"


class RosterImport(Model):
    """One file that was sent, and how far it is."""

    __tablename__ = "roster_import"
    __table_args__ = (sa.Index("ix_roster_import_expires_at", "expires_at"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=ImportState.UPLOADED)
    created_at: orm.Mapped[datetime]
    expires_at: orm.Mapped[datetime]
    asked_by: orm.Mapped[int | None]
    columns: orm.Mapped[list[dict[str, Any]]] = orm.mapped_column(Json)
    samples: orm.Mapped[list[list[str]]] = orm.mapped_column(Json)
    heading_line: orm.Mapped[int]
    row_count: orm.Mapped[int] = orm.mapped_column(default=0)
    raise_quota: orm.Mapped[bool] = orm.mapped_column(default=False)
    fill_down: orm.Mapped[bool] = orm.mapped_column(default=False)
    counts: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)
    revision: orm.Mapped[int] = orm.mapped_column(default=0)  # the newest entry of the journal that the plan knows
    planned_again: orm.Mapped[bool] = orm.mapped_column(default=False)  # somebody changed something meanwhile

    @property
    def layout(self) -> list[Column]:
        return [Column(**column) for column in self.columns]

    @property
    def places(self) -> dict[str, int]:
        """Return {code of a field: index of its column}."""
        return {column["field"]: index for index, column in enumerate(self.columns) if column["field"]}

    def count(self, fate: str) -> int:
        return int(self.counts.get(fate, 0))


class RosterChunk(Model):
    """Rows of the file as they were sent, sealed with the event's key: [[line, [cells]], …]."""

    __tablename__ = "roster_chunk"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    import_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("roster_import.id", ondelete="CASCADE"), index=True)
    sealed: orm.Mapped[bytes]


class RosterRow(Model):
    """What is planned for one row, or for one delegation that rows speak of."""

    __tablename__ = "roster_row"
    __table_args__ = (sa.Index("ix_roster_row_import_id_fate", "import_id", "fate"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    import_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("roster_import.id", ondelete="CASCADE"))
    line: orm.Mapped[int]
    fate: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    delegation: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    delegation_id: orm.Mapped[int]
    person_id: orm.Mapped[int]
    remarked: orm.Mapped[bool]
    # {"changes": …, "problems": …, "notes": …, "write": …, "cells": …}, without what is empty
    told: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)


def without_health(row: Row, layout: Sequence[Column]) -> Row:
    """Blank the cells of columns about health before anything is kept of them."""
    if not any(column.health for column in layout):
        return row
    cells = ["" if index < len(layout) and layout[index].health else cell for index, cell in enumerate(row.cells)]
    return Row(row.number, cells)


@dataclass(frozen=True)
class Draft:
    """A file that was read: its columns, and its rows as JSON, some thousands at a time."""

    name: str
    layout: list[Column]
    samples: list[list[str]]
    heading_line: int
    row_count: int
    chunks: list[str]


def drafted(name: str, rows: Iterable[Row]) -> Draft:
    """Read the whole file, before anybody waits for a lock, and tell what its columns seem to hold."""
    coming = iter(rows)
    head = list(islice(coming, HEAD))
    place = columns.heading_row([row.cells for row in head])
    headings, first = head[place].cells, head[place + 1 :]
    layout = columns.columns_of(headings, len(headings))
    shown = [without_health(row, layout).cells for row in first if not is_example(row.cells)][:SAMPLES]
    samples = [[cell[:60] for cell in (cells + [""] * len(layout))[: len(layout)]] for cells in shown]
    kept, count = [], 0
    rest = chain(first, coming)
    while chunk := [without_health(row, layout) for row in islice(rest, CHUNK)]:
        people = [row for row in chunk if not is_example(row.cells)]
        count += len(people)
        kept.append(json.dumps(people, ensure_ascii=False))
    if not count:
        raise NoRows
    return Draft(name, layout, samples, head[place].number, count, kept)


def stage(event: Event, draft: Draft, *, by: Actor) -> RosterImport:
    """Keep what was sent for a day, sealed; nothing of it is written to the event yet."""
    moment = clock.system_now()
    new = RosterImport(
        event_id=event.id,
        name=draft.name[:200],
        state=ImportState.UPLOADED,
        created_at=moment,
        expires_at=moment + KEPT,
        asked_by=by.id,
        columns=[asdict(column) for column in draft.layout],
        samples=draft.samples,
        heading_line=draft.heading_line,
        row_count=draft.row_count,
    )
    session().add(new)
    session().flush()
    vault = Vault(event.id)
    for chunk in draft.chunks:
        session().execute(sa.insert(RosterChunk).values(import_id=new.id, sealed=vault.seal(chunk)))
    return new


def chunks(staged: RosterImport) -> Iterator[list[tuple[int, list[str]]]]:
    """Yield the rows as they were sent, some at a time; raises KeyDestroyed when the event's key is gone."""
    vault = Vault(staged.event_id)
    keys = sa.select(RosterChunk.id).where(RosterChunk.import_id == staged.id).order_by(RosterChunk.id)
    for key in list(session().scalars(keys)):
        sealed = session().scalar(sa.select(RosterChunk.sealed).where(RosterChunk.id == key))
        if sealed is None:
            return  # discarded meanwhile
        yield [(number, cells) for number, cells in json.loads(vault.open(sealed))]


def rows_query(staged: RosterImport, fate: str = "", *, remarked: bool = False) -> sa.Select[RosterRow]:
    """Return the query of what is planned, delegations first, then rows in the order of the file."""
    query = sa.select(RosterRow).where(RosterRow.import_id == staged.id).order_by(RosterRow.id)
    if fate:
        query = query.where(RosterRow.fate == fate)
    return query.where(RosterRow.remarked) if remarked else query


def open_imports(event: Event) -> list[RosterImport]:
    """Return what waits to be confirmed, or was confirmed today, the newest first."""
    query = sa.select(RosterImport).where(RosterImport.event_id == event.id).order_by(RosterImport.id.desc())
    return list(session().scalars(query.limit(20)))


def forget_sent(staged: RosterImport) -> None:
    """Delete what was sent and planned, but for the refused rows, which somebody may still have to mend."""
    session().execute(sa.delete(RosterChunk).where(RosterChunk.import_id == staged.id))
    session().execute(sa.delete(RosterRow).where(RosterRow.import_id == staged.id, RosterRow.fate != Fate.REFUSED))


def discard(staged: RosterImport) -> None:
    session().execute(sa.delete(RosterImport).where(RosterImport.id == staged.id))


def forget_old() -> None:
    """Delete the imports whose day is over, refused rows and all."""
    moment = clock.system_now()
    due = session().scalars(sa.select(RosterImport.id).where(RosterImport.expires_at < moment)).all()
    for key in due:
        with transaction():
            session().execute(sa.delete(RosterImport).where(RosterImport.id == key))


def as_json(value: Any) -> Any:
    """Return a planned value as it is stored; moments in ISO form."""
    return value.isoformat() if isinstance(value, datetime) else list(value) if isinstance(value, tuple) else value
