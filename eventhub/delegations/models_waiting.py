"""Seats of an event by kind, open registration, and the requests for seats that came through it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.db import Json, Model
from eventhub.delegations.models import Delegation, DelegationRole


class RequestState(StrEnum):
    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    REGISTERED = "registered"
    DECLINED = "declined"
    EXPIRED = "expired"
    REMOVED = "removed"
    LEFT = "left"


ON_THE_LIST = (RequestState.WAITING, RequestState.OFFERED)
OVER = (RequestState.DECLINED, RequestState.EXPIRED, RequestState.REMOVED, RequestState.LEFT)


class SeatCounter(Model):
    """How many seats of one kind an event gives (None: without limit), has given, and holds in offers.

    A kind is the role of a delegation; the row of kind "all" counts the whole event. The CHECK stands behind every
    rule: a bug becomes an error, never a seat given twice.
    """

    __tablename__ = "seat_counter"
    __table_args__ = (
        sa.CheckConstraint("used + offered <= capacity", name="within_capacity"),
        sa.CheckConstraint("used >= 0", name="used_not_negative"),
        sa.CheckConstraint("offered >= 0", name="offered_not_negative"),
        sa.UniqueConstraint("event_id", "kind"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    capacity: orm.Mapped[int | None]
    used: orm.Mapped[int] = orm.mapped_column(default=0)
    offered: orm.Mapped[int] = orm.mapped_column(default=0)


class OpenRegistration(Model):
    """Whether organisations may register by themselves on an event, when, and by which rules they wait."""

    __tablename__ = "open_registration"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    is_open: orm.Mapped[bool] = orm.mapped_column(default=False)
    kinds: orm.Mapped[list[str]] = orm.mapped_column(Json, default=lambda: [DelegationRole.PARTICIPANT.value])
    opens_at: orm.Mapped[datetime | None]
    closes_at: orm.Mapped[datetime | None]
    seats_each: orm.Mapped[int] = orm.mapped_column(default=4)
    offer_hours: orm.Mapped[int] = orm.mapped_column(default=48)
    patience_hours: orm.Mapped[int] = orm.mapped_column(default=48)


class SeatRequest(Model):
    """An organisation that asked for seats: from the form, by the waiting list, to a delegation or to nothing.

    ``place`` orders the waiting list and is given when the address is confirmed. ``passed_since`` is when seats were
    free for it for the first time, but fewer than it asked for.
    """

    __tablename__ = "seat_request"
    __table_args__ = (
        sa.CheckConstraint("(state = 'offered') = (offered_seats > 0)", name="offer_has_seats"),
        sa.Index("ix_seat_request_event_id_state_place", "event_id", "state", "place"),
        sa.Index("ix_seat_request_event_id_sort_key", "event_id", "sort_key"),
        sa.Index("ix_seat_request_event_id_contact_email", "event_id", "contact_email"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    sort_key: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    city: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    country: orm.Mapped[str] = orm.mapped_column(sa.String(2))
    contact_name: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    contact_email: orm.Mapped[str] = orm.mapped_column(sa.String(254), default="")
    contact_language: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="en")
    seats: orm.Mapped[int]
    accepts_fewer: orm.Mapped[bool] = orm.mapped_column(default=False)
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=RequestState.UNCONFIRMED)
    place: orm.Mapped[int] = orm.mapped_column(default=0)
    mails: orm.Mapped[int] = orm.mapped_column(default=1)  # how often the link to confirm was asked for
    offered_seats: orm.Mapped[int] = orm.mapped_column(default=0)
    asked_at: orm.Mapped[datetime]
    confirmed_at: orm.Mapped[datetime | None]
    passed_since: orm.Mapped[datetime | None]
    offer_expires_at: orm.Mapped[datetime | None]
    closed_at: orm.Mapped[datetime | None]
    delegation_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("delegation.id", ondelete="SET NULL"), index=True
    )
    delegation: orm.Mapped[Delegation | None] = orm.relationship()
