"""Tokens of the API, answers kept for repeated requests, webhooks and what was delivered to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.activity import Actor
from eventhub.db import Model


class ApiToken(Model):
    """A program's key to one event, with some permissions; only the hash of its secret is kept."""

    __tablename__ = "api_token"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    token_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    permissions: orm.Mapped[list[str]]
    created_at: orm.Mapped[datetime]
    expires_at: orm.Mapped[datetime]
    revoked_at: orm.Mapped[datetime | None]
    last_used_at: orm.Mapped[datetime | None]

    @property
    def actor(self) -> Actor:
        return Actor("token", self.id)


class IdempotencyKey(Model):
    """What a POST was answered, sealed with the event's key, for the program that sends it again."""

    __tablename__ = "api_idempotency_key"
    __table_args__ = (sa.UniqueConstraint("token_id", "key"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    token_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("api_token.id", ondelete="CASCADE"))
    key: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    fingerprint: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    sealed: orm.Mapped[bytes] = orm.mapped_column(default=b"")
    created_at: orm.Mapped[datetime] = orm.mapped_column(index=True)


class Webhook(Model):
    """An address that is told what happens on an event.

    ``cursor`` is the entry of the journal up to which everything was looked at; ``seen`` the newest one at the last
    look. ``failures`` counts deliveries that were refused in a row.
    """

    __tablename__ = "webhook"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    url: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    verbs: orm.Mapped[list[str]]
    sealed_secret: orm.Mapped[bytes]
    cursor: orm.Mapped[int]
    seen: orm.Mapped[int]
    failures: orm.Mapped[int] = orm.mapped_column(default=0)
    created_at: orm.Mapped[datetime]
    disabled_at: orm.Mapped[datetime | None]
    archived_at: orm.Mapped[datetime | None]

    @property
    def active(self) -> bool:
        return self.disabled_at is None and self.archived_at is None


class DeliveryState(StrEnum):
    QUEUED = "queued"
    DELIVERED = "delivered"
    FAILED = "failed"


class WebhookDelivery(Model):
    """One entry of the journal on its way to one address; holds ids and a verb, never what changed."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        sa.UniqueConstraint("webhook_id", "entry_id"),
        sa.Index("ix_webhook_delivery_webhook_id_id", "webhook_id", "id"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    webhook_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("webhook.id", ondelete="CASCADE"))
    entry_id: orm.Mapped[int]
    verb: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    subject_kind: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    subject_id: orm.Mapped[int]
    at: orm.Mapped[datetime]
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=DeliveryState.QUEUED)
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    status: orm.Mapped[int | None]  # the last answer's
    problem: orm.Mapped[str] = orm.mapped_column(sa.String(40), default="")
    delivered_at: orm.Mapped[datetime | None]
    webhook: orm.Mapped[Webhook] = orm.relationship()
