"""Texts that organisers write into dossiers, published editions, personal copies, and when editions are due."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import Json, LocalizedText, Model


class Kind(StrEnum):
    """Kinds of dossier: the event's, which is public, and a participant's own."""

    PROGRAMME = "programme"
    PARTICIPANT = "participant"


class Place(StrEnum):
    """Where a free section stands: before the agenda or after it."""

    BEFORE = "before"
    AFTER = "after"


class EditionState(StrEnum):
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class FrozenEdition(RuntimeError):
    """Code tried to change a published edition."""


class Section(Model):
    """A text of our own in a dossier, in Markdown; ``kinds`` are the dossiers it stands in."""

    __tablename__ = "dossiers_section"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    title: orm.Mapped[LocalizedText]
    text: orm.Mapped[LocalizedText]
    kinds: orm.Mapped[list[str]] = orm.mapped_column(Json)
    place: orm.Mapped[str] = orm.mapped_column(sa.String(10), default=Place.BEFORE)
    position: orm.Mapped[int] = orm.mapped_column(default=0)
    archived_at: orm.Mapped[datetime | None]


class Edition(Model):
    """A dossier as it was published in one language: its content as data, the web page and the PDF made of it.

    Languages published together share the number and the ``revision``, the newest entry of the event's journal when
    it was composed: they say the same state of the data. ``gaps`` are the keys of texts that were missing or stale and
    ``waiver`` says why it went out with them. ``replaced`` names characters that no font could print.
    """

    __tablename__ = "dossiers_edition"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "kind", "number", "language"),
        sa.UniqueConstraint("job_id", "language"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    number: orm.Mapped[int]
    language: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=EditionState.PUBLISHED)
    published_at: orm.Mapped[datetime]
    published_by: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    revision: orm.Mapped[int]
    job_id: orm.Mapped[int | None]
    gaps: orm.Mapped[list[str]] = orm.mapped_column(Json)
    waiver: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    replaced: orm.Mapped[list[str]] = orm.mapped_column(Json)
    content_sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    html_sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    pdf_sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    # what weighs: lists of editions leave it in the database
    content: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, deferred=True)
    html: orm.Mapped[bytes] = orm.mapped_column(deferred=True)
    pdf: orm.Mapped[bytes] = orm.mapped_column(deferred=True)


class PersonalCopy(Model):
    """A participant's own dossier as it was made for them; deleted when their data are erased."""

    __tablename__ = "dossiers_personal_copy"
    __table_args__ = (sa.UniqueConstraint("event_id", "participant_id"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    participant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    language: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    made_at: orm.Mapped[datetime]
    pdf_sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    pdf: orm.Mapped[bytes] = orm.mapped_column(deferred=True)


class Plan(Model):
    """How many days before the event's first day its first and its final edition are due."""

    __tablename__ = "dossiers_plan"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("event.id", ondelete="CASCADE"), index=True, unique=True
    )
    first_days: orm.Mapped[int]
    final_days: orm.Mapped[int]


@sa.event.listens_for(Edition, "before_update")
def keep_frozen(mapper: Any, connection: Any, edition: Edition) -> None:
    """Refuse every change of an edition but that it is superseded."""
    state: Any = sa.inspect(edition)
    changed = {attribute.key for attribute in state.attrs if attribute.history.has_changes()}
    if not changed <= {"state"}:
        raise FrozenEdition(f"edition {edition.id}: {', '.join(sorted(changed))}")
