"""Delegations, seats, participants, travel, access needs and consents."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.db import Json, Model


class DelegationState(StrEnum):
    INVITED = "invited"
    REGISTERING = "registering"
    ROSTER_INCOMPLETE = "roster_incomplete"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    DEPARTED = "departed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


# States in which nobody of the delegation is expected
ABSENT = frozenset({DelegationState.DECLINED, DelegationState.WITHDRAWN})
# States in which it owes nothing any more
COMPLETE = frozenset(
    {DelegationState.SUBMITTED, DelegationState.CONFIRMED, DelegationState.ARRIVED, DelegationState.DEPARTED}
)


# States in which somebody of it has come
HERE = frozenset({DelegationState.ARRIVED, DelegationState.DEPARTED})


class DelegationRole(StrEnum):
    CHALLENGE_OWNER = "challenge_owner"
    PARTICIPANT = "participant"
    OBSERVER = "observer"
    HOST = "host"


class SeatState(StrEnum):
    UNNAMED = "unnamed"
    NAMED = "named"
    COMPLETE = "complete"
    SUBSTITUTED = "substituted"
    RELEASED = "released"


class ParticipantState(StrEnum):
    INVITED = "invited"
    REGISTERED = "registered"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    NO_SHOW = "no_show"


# States in which somebody is counted for rooms and meals
COMING = frozenset(
    {ParticipantState.INVITED, ParticipantState.REGISTERED, ParticipantState.CONFIRMED, ParticipantState.ARRIVED}
)


class TravelMode(StrEnum):
    TRAIN = "train"
    PLANE = "plane"
    COACH = "coach"
    CAR = "car"
    BICYCLE = "bicycle"
    LOCAL = "local"
    OTHER = "other"


class Payer(StrEnum):
    """Who pays for somebody's journey."""

    PARTICIPANT = "participant"
    ORGANISATION = "organisation"
    HOST = "host"


class FareState(StrEnum):
    """What became of the fare that somebody asks back from the host."""

    CLAIMED = "claimed"
    GRANTED = "granted"
    REFUSED = "refused"
    PAID = "paid"


class Direction(StrEnum):
    ARRIVAL = "arrival"
    DEPARTURE = "departure"


class Delegation(Model):
    """An organisation that comes with so many seats; ``seats_named`` is the counter that backs the quota."""

    __tablename__ = "delegation"
    __table_args__ = (
        sa.CheckConstraint("seats_named <= quota", name="named_within_quota"),
        sa.CheckConstraint("seats_named >= 0", name="named_not_negative"),
        sa.UniqueConstraint("event_id", "reference"),
        sa.Index("ix_delegation_event_id_sort_key", "event_id", "sort_key"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    reference: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    sort_key: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    city: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    country: orm.Mapped[str] = orm.mapped_column(sa.String(2))
    role: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=DelegationRole.PARTICIPANT)
    quota: orm.Mapped[int]
    seats_named: orm.Mapped[int] = orm.mapped_column(default=0)
    contact_name: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    contact_email: orm.Mapped[str] = orm.mapped_column(sa.String(254), default="")
    contact_phone: orm.Mapped[str] = orm.mapped_column(sa.String(40), default="")
    contact_language: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="en")
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=DelegationState.INVITED)
    state_before: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")  # before it arrived, for the way back
    closes_at: orm.Mapped[datetime | None]
    note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    invited_at: orm.Mapped[datetime | None]
    submitted_at: orm.Mapped[datetime | None]
    saved_at: orm.Mapped[datetime | None]  # the last save of its form that was not handed in yet
    archived_at: orm.Mapped[datetime | None]
    merged_into_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("delegation.id", ondelete="SET NULL"))
    # those that were given back stay as a trace and count for nothing
    seats: orm.Mapped[list[Seat]] = orm.relationship(
        back_populates="delegation",
        order_by="Seat.position",
        primaryjoin="and_(Delegation.id == Seat.delegation_id, Seat.state != 'released')",
        cascade="all, delete-orphan",
    )


class Seat(Model):
    """A place in a delegation, with its participant or nobody yet."""

    __tablename__ = "seat"
    __table_args__ = (sa.UniqueConstraint("delegation_id", "position"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    delegation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("delegation.id", ondelete="CASCADE"))
    position: orm.Mapped[int]
    participant_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("participant.id", ondelete="SET NULL"), unique=True
    )
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=SeatState.UNNAMED)
    delegation: orm.Mapped[Delegation] = orm.relationship(back_populates="seats")
    participant: orm.Mapped[Participant | None] = orm.relationship(foreign_keys=participant_id)


class Participant(Model):
    """A person who comes; names are kept as the person writes them."""

    __tablename__ = "participant"
    __table_args__ = (
        sa.Index("ix_participant_event_id_sort_key", "event_id", "sort_key"),
        sa.Index("ix_participant_delegation_id", "delegation_id"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    delegation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("delegation.id", ondelete="CASCADE"))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    sort_key: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    function: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    email: orm.Mapped[str] = orm.mapped_column(sa.String(254), default="")
    phone: orm.Mapped[str] = orm.mapped_column(sa.String(40), default="")
    languages: orm.Mapped[list[str]] = orm.mapped_column(Json, default=list)
    document_language: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="")
    is_head: orm.Mapped[bool] = orm.mapped_column(default=False)
    fare_paid_by: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="")
    fare_claimed: orm.Mapped[int | None]  # asked back from the host, in cents
    fare_state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="")
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=ParticipantState.REGISTERED)
    state_before: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")  # before arrived or no_show
    arrived_at: orm.Mapped[datetime | None]
    departed_at: orm.Mapped[datetime | None]
    own_saved_at: orm.Mapped[datetime | None]  # when they last completed their own part
    erased_at: orm.Mapped[datetime | None]
    merged_into_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="SET NULL"))
    delegation: orm.Mapped[Delegation] = orm.relationship()
    legs: orm.Mapped[list[TravelLeg]] = orm.relationship(cascade="all, delete-orphan")

    def leg(self, direction: Direction) -> TravelLeg | None:
        return next((leg for leg in self.legs if leg.direction == direction), None)


class Substitution(Model):
    """The trace of one person taking another's seat."""

    __tablename__ = "substitution"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    seat_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("seat.id", ondelete="CASCADE"))
    left_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"))
    came_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"))
    at: orm.Mapped[datetime]
    left: orm.Mapped[Participant] = orm.relationship(foreign_keys=left_id)
    came: orm.Mapped[Participant] = orm.relationship(foreign_keys=came_id)


class TravelLeg(Model):
    """How and when somebody arrives or leaves."""

    __tablename__ = "travel_leg"
    __table_args__ = (sa.UniqueConstraint("participant_id", "direction"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    participant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"))
    direction: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    mode: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="")
    number: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    place: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    at: orm.Mapped[datetime | None]


class SavedFilter(Model):
    """Filters, columns and order of a list ("delegations" or "people") under a name; ``query`` is its address's."""

    __tablename__ = "saved_filter"
    __table_args__ = (sa.Index("ix_saved_filter_event_id_list", "event_id", "list"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    user_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    list: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    query: orm.Mapped[str] = orm.mapped_column(sa.String(2000))
    shared: orm.Mapped[bool] = orm.mapped_column(default=False)
    deleted_at: orm.Mapped[datetime | None]


class AccessNeed(Model):
    """What somebody needs to take part, sealed with the event's key: {"step_free": …, "walking_level": …, …}."""

    __tablename__ = "access_need"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    participant_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("participant.id", ondelete="CASCADE"), unique=True
    )
    sealed: orm.Mapped[bytes]
    declared_at: orm.Mapped[datetime]


class Consent(Model):
    """A consent to one purpose in one wording, given and perhaps withdrawn; ``confirmed`` when the person gave it."""

    __tablename__ = "consent"
    __table_args__ = (sa.Index("ix_consent_participant_id_purpose", "participant_id", "purpose"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    participant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"))
    purpose: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    text_version: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    language: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    confirmed: orm.Mapped[bool] = orm.mapped_column(default=False)
    given_at: orm.Mapped[datetime]
    withdrawn_at: orm.Mapped[datetime | None]
