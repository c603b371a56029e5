"""Published notices, days of retention, what retention erased with its certificates, and people's requests."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.db import Json, Model
from eventhub.localized import LocalizedText


class RequestKind(StrEnum):
    """What somebody asks for about their data (GDPR art. 15 to 21)."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"


class RequestState(StrEnum):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class NoticeVersion(Model):
    """One wording of an event's notice for one purpose; never changed once published.

    ``material``: what changed matters to people, so that older consents are asked for again.
    """

    __tablename__ = "privacy_notice"
    __table_args__ = (sa.UniqueConstraint("event_id", "purpose", "number"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    purpose: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    number: orm.Mapped[int]
    text: orm.Mapped[LocalizedText]
    changed: orm.Mapped[LocalizedText]
    material: orm.Mapped[bool] = orm.mapped_column(default=False)
    published_at: orm.Mapped[datetime]
    published_by: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))

    @property
    def label(self) -> str:
        """Return what a consent to this wording records."""
        return str(self.number)


class RetentionRule(Model):
    """How many days after the event one kind of data is kept, where an organiser chose otherwise than its component."""

    __tablename__ = "privacy_retention"
    __table_args__ = (sa.UniqueConstraint("event_id", "kind"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    days: orm.Mapped[int]


class Certificate(Model):
    """What one run of retention erased: kinds, counts and rules, no person; chained to the one before and signed.

    ``lines``: [{kind, title: {language: text}, days, due_on, erased}]. ``digest`` is the SHA-256 of the content with
    the previous digest in it, ``signature`` its HMAC with the site's secret key.
    """

    __tablename__ = "privacy_certificate"
    __table_args__ = (sa.UniqueConstraint("event_id", "number"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    number: orm.Mapped[int]
    made_at: orm.Mapped[datetime]
    lines: orm.Mapped[list[dict[str, Any]]] = orm.mapped_column(Json)
    key_destroyed: orm.Mapped[bool] = orm.mapped_column(default=False)
    previous: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="")
    digest: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(64))


class Erasure(Model):
    """Records of one kind that retention erased in one transaction; a certificate takes it in, also after a crash."""

    __tablename__ = "privacy_erasure"
    __table_args__ = (sa.Index("ix_privacy_erasure_event_id_kind", "event_id", "kind"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    erased: orm.Mapped[int]
    days: orm.Mapped[int]
    due_on: orm.Mapped[date]
    at: orm.Mapped[datetime]
    certificate_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("privacy_certificate.id", ondelete="SET NULL")
    )


class PersonRequest(Model):
    """What somebody asked for about their data, and by when the law wants an answer (one month)."""

    __tablename__ = "privacy_request"
    __table_args__ = (sa.Index("ix_privacy_request_event_id_state", "event_id", "state"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    participant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=RequestState.OPEN)
    received_on: orm.Mapped[date]
    due_on: orm.Mapped[date]
    note: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    answer: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    closed_at: orm.Mapped[datetime | None]
    closed_by: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
