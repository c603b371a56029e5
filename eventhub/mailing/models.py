"""A mailing: one text, in each language of the event, to a selection of delegations or people."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.db import Json, Model
from eventhub.localized import LocalizedText


class MailingKind(StrEnum):
    MESSAGE = "message"
    REMINDER = "reminder"
    INVITATION = "invitation"
    URGENT = "urgent"


class MailingState(StrEnum):
    """``sending``: its mails are being written into the outbox. ``sent``: all are there, or have left it."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"


class To(StrEnum):
    HEADS = "heads"
    PEOPLE = "people"


class Mailing(Model):
    """A text and whom it is for; ``filters`` are those of the lists, chosen again each time it is looked at.

    ``confirmed_ids`` are the delegations or people whom the organiser confirmed, once that was done.
    """

    __tablename__ = "mailing"
    __table_args__ = (sa.Index("ix_mailing_event_id_id", "event_id", "id"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    to: orm.Mapped[str] = orm.mapped_column(sa.String(8))
    subject: orm.Mapped[LocalizedText]
    body: orm.Mapped[LocalizedText]
    filters: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    quiet_hours: orm.Mapped[int] = orm.mapped_column(default=24)
    other_language: orm.Mapped[bool] = orm.mapped_column(default=False)
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=MailingState.DRAFT)
    created_at: orm.Mapped[datetime]
    confirmed_at: orm.Mapped[datetime | None]
    confirmed_by: orm.Mapped[int | None]
    confirmed_ids: orm.Mapped[list[str] | None] = orm.mapped_column(Json)
    job_id: orm.Mapped[int | None]
