"""Events, the plugins enabled on them, venues, rooms, the programme, and waivers of checks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.db import Json, Model
from eventhub.localized import LocalizedText


class EventState(StrEnum):
    """From the first idea to the archive; the state gates what guests can do."""

    DRAFT = "draft"
    PLANNING = "planning"
    OPEN = "open"
    CLOSED = "closed"
    RUNNING = "running"
    EVALUATION = "evaluation"
    ARCHIVED = "archived"


class ItemKind(StrEnum):
    """Kinds of programme item."""

    PLENARY = "plenary"
    INPUT = "input"
    WORKSHOP = "workshop"
    VISIT = "visit"
    MEAL = "meal"
    BREAK = "break"
    TRANSFER = "transfer"
    COMMITTEE = "committee"
    OTHER = "other"


class ItemState(StrEnum):
    IDEA = "idea"
    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    CANCELLED = "cancelled"


class ItemAudience(StrEnum):
    """Who a programme item is for."""

    EVERYONE = "everyone"
    GUESTS = "guests"
    HOSTS = "hosts"
    TEAM = "team"


class Event(Model):
    """A meeting with a beginning and an end, in one time zone, in one or more languages (the first is the source)."""

    __tablename__ = "event"
    __table_args__ = (sa.CheckConstraint("ends_on >= starts_on", name="days_in_order"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    slug: orm.Mapped[str] = orm.mapped_column(sa.String(80), unique=True)
    title: orm.Mapped[LocalizedText]
    summary: orm.Mapped[LocalizedText]
    starts_on: orm.Mapped[date]
    ends_on: orm.Mapped[date]
    time_zone: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="Europe/Paris")
    country: orm.Mapped[str] = orm.mapped_column(sa.String(2), default="FR")
    subdivision: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")
    city: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    host: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    co_organisers: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    languages: orm.Mapped[list[str]] = orm.mapped_column(Json)
    funding_sentence: orm.Mapped[LocalizedText]
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=EventState.DRAFT)
    registration_closes_at: orm.Mapped[datetime | None]
    grace_minutes: orm.Mapped[int] = orm.mapped_column(default=30)
    stage_deadlines: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json, default=dict)  # see delegations.stages
    planning_rate: orm.Mapped[int] = orm.mapped_column(default=100)
    budget_net: orm.Mapped[int] = orm.mapped_column(default=0)
    reply_to: orm.Mapped[str] = orm.mapped_column(sa.String(254), default="")
    mail_sender: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    is_fictional: orm.Mapped[bool] = orm.mapped_column(default=False)
    archived_at: orm.Mapped[datetime | None]
    created_at: orm.Mapped[datetime]
    plugins: orm.Mapped[list[EventPlugin]] = orm.relationship(cascade="all, delete-orphan")

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def days(self) -> list[date]:
        return [self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1)]


class EventPlugin(Model):
    """Whether a plugin is enabled on an event; its data stay when it is not."""

    __tablename__ = "event_plugin"
    __table_args__ = (sa.UniqueConstraint("event_id", "plugin"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    plugin: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    enabled: orm.Mapped[bool] = orm.mapped_column(default=True)


class Venue(Model):
    """A place with rooms."""

    __tablename__ = "venue"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    address: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    access: orm.Mapped[LocalizedText]
    step_free: orm.Mapped[bool] = orm.mapped_column(default=False)
    archived_at: orm.Mapped[datetime | None]
    rooms: orm.Mapped[list[Room]] = orm.relationship(back_populates="venue", order_by="Room.name")


class Room(Model):
    """A room, with what fits in it: people, and interpreters' booths."""

    __tablename__ = "room"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    venue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("venue.id", ondelete="CASCADE"), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    capacity: orm.Mapped[int] = orm.mapped_column(default=0)
    booths: orm.Mapped[int] = orm.mapped_column(default=0)
    step_free: orm.Mapped[bool] = orm.mapped_column(default=False)
    archived_at: orm.Mapped[datetime | None]
    venue: orm.Mapped[Venue] = orm.relationship(back_populates="rooms")


class ProgrammeItem(Model):
    """One thing in the programme: what, when, where, in which floor languages, for whom."""

    __tablename__ = "programme_item"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="times_in_order"),
        sa.Index("ix_programme_item_event_id_starts_at", "event_id", "starts_at"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    title: orm.Mapped[LocalizedText]
    description: orm.Mapped[LocalizedText]
    starts_at: orm.Mapped[datetime]
    ends_at: orm.Mapped[datetime]
    room_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("room.id", ondelete="SET NULL"))
    floor_languages: orm.Mapped[list[str]] = orm.mapped_column(Json)
    audience: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=ItemAudience.EVERYONE)
    capacity: orm.Mapped[int | None]
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=ItemState.CONFIRMED)
    archived_at: orm.Mapped[datetime | None]
    room: orm.Mapped[Room | None] = orm.relationship()

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class Waiver(Model):
    """An organiser's decision to live with what a check found, with the reason."""

    __tablename__ = "waiver"
    __table_args__ = (sa.UniqueConstraint("event_id", "rule", "subject"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    rule: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    subject: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    at: orm.Mapped[datetime]
    user_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
