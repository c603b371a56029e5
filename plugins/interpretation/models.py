"""Settings, needs per programme item, interpreters, what they are booked for, and the documents they wait for."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import Delegation, Json, Model, ProgrammeItem, Provider

from .profiles import DEFAULT_PROFILE
from .rules import Mode

RESERVE_PERCENT = 10
FIRST_PACK_DAYS, FINAL_PACK_DAYS = 14, 5


class NeedState(StrEnum):
    """Where a need stands. ``covered`` is never stored: it follows from who is booked, and a booking may go."""

    TO_COVER = "to_cover"
    COVERED = "covered"
    WAIVED = "waived"


class AssignmentState(StrEnum):
    """From an option to a firm booking; the other two end it."""

    OPTION = "option"
    FIRM = "firm"
    DECLINED = "declined"
    CANCELLED = "cancelled"


LIVE = frozenset({AssignmentState.OPTION, AssignmentState.FIRM})


class Settings(Model):
    """How an event checks its teams; an event without a row has the defaults.

    ``reason`` says why another profile than the strictest holds. The packs are counted in days before the first day.
    """

    __tablename__ = "interpretation_settings"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    profile: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=DEFAULT_PROFILE)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    reserve_percent: orm.Mapped[int] = orm.mapped_column(default=RESERVE_PERCENT)
    first_pack_days: orm.Mapped[int] = orm.mapped_column(default=FIRST_PACK_DAYS)
    final_pack_days: orm.Mapped[int] = orm.mapped_column(default=FINAL_PACK_DAYS)
    first_pack_sent_at: orm.Mapped[datetime | None]
    final_pack_sent_at: orm.Mapped[datetime | None]


class Need(Model):
    """One direction of interpretation at a programme item: from a language into another.

    ``listeners`` is None where it is counted from who attends. ``booth`` names the booth or team: the items of one
    booth are one team's work.
    """

    __tablename__ = "interpretation_need"
    __table_args__ = (sa.UniqueConstraint("item_id", "from_language", "to_language"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    item_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("programme_item.id", ondelete="CASCADE"))
    from_language: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    to_language: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    mode: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=Mode.SIMULTANEOUS)
    listeners: orm.Mapped[int | None]
    booth: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=NeedState.TO_COVER)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    archived_at: orm.Mapped[datetime | None]
    item: orm.Mapped[ProgrammeItem] = orm.relationship()

    @property
    def waived(self) -> bool:
        return self.state == NeedState.WAIVED


class Interpreter(Model):
    """Somebody who interprets, on their own account or for an agency; the day rate is net of VAT, in cents.

    A: mother tongue; B: active; C: understood only.
    """

    __tablename__ = "interpretation_interpreter"
    __table_args__ = (sa.Index("ix_interpretation_interpreter_event_id_sort_key", "event_id", "sort_key"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    provider_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("provider.id", ondelete="CASCADE"), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    sort_key: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    a_languages: orm.Mapped[list[str]] = orm.mapped_column(Json)
    b_languages: orm.Mapped[list[str]] = orm.mapped_column(Json, default=list)
    c_languages: orm.Mapped[list[str]] = orm.mapped_column(Json, default=list)
    domicile: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    day_rate: orm.Mapped[int | None]
    archived_at: orm.Mapped[datetime | None]
    provider: orm.Mapped[Provider] = orm.relationship()


class Assignment(Model):
    """An interpreter is booked for a programme item; ``reason`` says why although it does not fit.

    ``booth`` tells the teams of one item apart, where it has several. The contract is per day: see
    ``booking.contracts``.
    """

    __tablename__ = "interpretation_assignment"
    __table_args__ = (sa.UniqueConstraint("interpreter_id", "item_id"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    interpreter_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("interpretation_interpreter.id", ondelete="CASCADE")
    )
    item_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("programme_item.id", ondelete="CASCADE"), index=True)
    booth: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=AssignmentState.OPTION)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    interpreter: orm.Mapped[Interpreter] = orm.relationship()
    item: orm.Mapped[ProgrammeItem] = orm.relationship()

    @property
    def live(self) -> bool:
        return self.state in LIVE


class ExpectedDocument(Model):
    """Slides or a text that interpreters need beforehand: who owes it, when it was asked for, whether it came.

    It is owed by a delegation, or by whoever ``owner`` names. ``asked_on`` holds ISO dates, oldest first.
    """

    __tablename__ = "interpretation_document"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    item_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("programme_item.id", ondelete="CASCADE"), index=True)
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    owner: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    delegation_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("delegation.id", ondelete="SET NULL"), index=True
    )
    asked_on: orm.Mapped[list[str]] = orm.mapped_column(Json, default=list)
    due_on: orm.Mapped[date | None]
    received_at: orm.Mapped[datetime | None]
    archived_at: orm.Mapped[datetime | None]
    item: orm.Mapped[ProgrammeItem] = orm.relationship()
    delegation: orm.Mapped[Delegation | None] = orm.relationship()

    @property
    def owner_name(self) -> str:
        return self.delegation.name if self.delegation else self.owner

    @property
    def asked(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.asked_on]
