"""Visits and their departures, ranked wishes, proposed and published plans, and who has a place."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import ItemState, Json, LocalizedText, Model, Participant, ProgrammeItem, Provider

WALKING_LEVELS = (1, 2, 3)


class WayThere(StrEnum):
    """How a group gets to the site and back."""

    COACH = "coach"
    FOOT = "foot"
    TRAM = "tram"
    BICYCLE = "bicycle"


class SlotState(StrEnum):
    """Where a departure stands: written, offered to guests, filled, left closed by a plan, called off."""

    DRAFT = "draft"
    OPEN = "open"
    ALLOCATED = "allocated"
    CLOSED = "closed"
    CANCELLED = "cancelled"


# Departures that guests can wish for and that a plan may fill: one that a plan left closed may open in the next
OFFERED = frozenset({SlotState.OPEN, SlotState.ALLOCATED, SlotState.CLOSED})


class RunState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    STALE = "stale"


class Visit(Model):
    """A visit of the catalogue.

    ``languages`` are those spoken or interpreted there; ``walking_level`` goes from 1 (easy) to 3 (hilly).
    """

    __tablename__ = "field_visits_visit"
    __table_args__ = (sa.CheckConstraint("walking_level BETWEEN 1 AND 3", name="walking_level"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    title: orm.Mapped[LocalizedText]
    description: orm.Mapped[LocalizedText]
    site: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    host: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    guide_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("provider.id", ondelete="SET NULL"), index=True)
    meeting_point: orm.Mapped[LocalizedText]
    way_there: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=WayThere.FOOT)
    languages: orm.Mapped[list[str]] = orm.mapped_column(Json)
    walking_level: orm.Mapped[int] = orm.mapped_column(default=1)
    step_free: orm.Mapped[bool] = orm.mapped_column(default=False)
    packed_lunch: orm.Mapped[bool] = orm.mapped_column(default=False)
    archived_at: orm.Mapped[datetime | None]
    guide: orm.Mapped[Provider | None] = orm.relationship()
    slots: orm.Mapped[list[Slot]] = orm.relationship(back_populates="visit", order_by="Slot.id")


class Slot(Model):
    """A departure of a visit, at the time of its programme item.

    Everybody gets at most one place per ``wave``. ``places_used`` is the counter that backs the maximum: it moves in
    the transaction of the places themselves.
    """

    __tablename__ = "field_visits_slot"
    __table_args__ = (
        sa.CheckConstraint("places_used <= maximum", name="places_within_maximum"),
        sa.CheckConstraint("places_used >= 0", name="places_not_negative"),
        sa.CheckConstraint("minimum >= 0 AND minimum <= maximum", name="minimum_within_maximum"),
        sa.CheckConstraint("wave >= 1", name="wave_from_one"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    visit_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("field_visits_visit.id", ondelete="CASCADE"), index=True
    )
    item_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("programme_item.id", ondelete="CASCADE"), unique=True)
    wave: orm.Mapped[int] = orm.mapped_column(default=1)
    minimum: orm.Mapped[int] = orm.mapped_column(default=1)
    maximum: orm.Mapped[int]
    places_used: orm.Mapped[int] = orm.mapped_column(default=0)
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=SlotState.DRAFT)
    visit: orm.Mapped[Visit] = orm.relationship(back_populates="slots")
    item: orm.Mapped[ProgrammeItem] = orm.relationship()

    @property
    def places_left(self) -> int:
        return self.maximum - self.places_used

    @property
    def offered(self) -> bool:
        """Tell whether guests can wish for it: its own state, its visit and its programme item all allow it."""
        away = self.visit.archived_at or self.item.archived_at or self.item.state == ItemState.CANCELLED
        return self.state in OFFERED and not away


class Wish(Model):
    """A departure that somebody would like, ``rank`` 1 most."""

    __tablename__ = "field_visits_wish"
    __table_args__ = (
        sa.UniqueConstraint("participant_id", "wave", "rank"),
        sa.UniqueConstraint("slot_id", "participant_id"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    participant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"))
    wave: orm.Mapped[int]
    rank: orm.Mapped[int]
    slot_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("field_visits_slot.id", ondelete="CASCADE"))


class Abstention(Model):
    """Somebody who takes part in no visit of a wave."""

    __tablename__ = "field_visits_abstention"
    __table_args__ = (sa.UniqueConstraint("participant_id", "wave"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    participant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"))
    wave: orm.Mapped[int]


class Run(Model):
    """One computation of a plan: what came out, and the fingerprint of everything that went in."""

    __tablename__ = "field_visits_run"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    wave: orm.Mapped[int] = orm.mapped_column(default=1)
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=RunState.PROPOSED)
    plan: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)
    fingerprint: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    computed_at: orm.Mapped[datetime]
    published_at: orm.Mapped[datetime | None]


class Allocation(Model):
    """A place that somebody has; ``locked`` when an organiser gave it by hand and the next plan must keep it.

    ``rank`` is that of the wish at the time, None for a departure that was not wished.
    """

    __tablename__ = "field_visits_allocation"
    __table_args__ = (sa.UniqueConstraint("participant_id", "wave"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    participant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"))
    slot_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("field_visits_slot.id", ondelete="CASCADE"), index=True)
    wave: orm.Mapped[int] = orm.mapped_column(default=1)
    rank: orm.Mapped[int | None]
    locked: orm.Mapped[bool] = orm.mapped_column(default=False)
    run_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("field_visits_run.id", ondelete="SET NULL"))
    placed_at: orm.Mapped[datetime]
    participant: orm.Mapped[Participant] = orm.relationship()
    slot: orm.Mapped[Slot] = orm.relationship()


class Settings(Model):
    """How an event gives its places; an event without a row has the defaults."""

    __tablename__ = "field_visits_settings"
    __table_args__ = (
        sa.CheckConstraint("per_delegation >= 1", name="per_delegation_from_one"),
        sa.CheckConstraint("wishes_asked BETWEEN 1 AND 10", name="wishes_asked"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    per_delegation: orm.Mapped[int | None] = orm.mapped_column(default=2)
    wishes_asked: orm.Mapped[int] = orm.mapped_column(default=3)
    wishes_close_at: orm.Mapped[datetime | None]
