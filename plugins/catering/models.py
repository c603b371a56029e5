"""Meals and the programme items they belong to, sealed dietary needs, and headcounts that never change."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import ItemState, Json, Model, ProgrammeItem, Provider


class Service(StrEnum):
    """How a meal is served."""

    SEATED = "seated"
    BUFFET = "buffet"
    PACKED = "packed"
    BREAK = "break"


SERVED = frozenset({Service.SEATED, Service.BUFFET, Service.BREAK})


class Meal(Model):
    """What a caterer brings: to one meal or break of the programme, or as packed lunches to one or more visits.

    A packed lunch may replace a served one: whoever carries it is not at that table. A cut-off of its own stands
    before the provider's.
    """

    __tablename__ = "catering_meal"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    service: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=Service.SEATED)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    provider_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("provider.id", ondelete="SET NULL"), index=True
    )
    replaces_id: orm.Mapped[int | None] = orm.mapped_column(
        sa.ForeignKey("catering_meal.id", ondelete="SET NULL"), index=True
    )
    cutoff_n: orm.Mapped[int | None]
    cutoff_unit: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")
    cutoff_hour: orm.Mapped[time | None]
    max_decrease: orm.Mapped[int | None]
    max_increase: orm.Mapped[int | None]
    in_percent: orm.Mapped[bool] = orm.mapped_column(default=False)
    minimum_invoiced: orm.Mapped[int | None]
    archived_at: orm.Mapped[datetime | None]
    links: orm.Mapped[list[MealItem]] = orm.relationship(cascade="all, delete-orphan", order_by="MealItem.id")
    provider: orm.Mapped[Provider | None] = orm.relationship()
    replaces: orm.Mapped[Meal | None] = orm.relationship(remote_side="Meal.id")
    snapshots: orm.Mapped[list[Snapshot]] = orm.relationship(order_by="Snapshot.id", viewonly=True)

    @property
    def items(self) -> list[ProgrammeItem]:
        """Return the items of the programme, in order of time; those cancelled or archived too."""
        return sorted((link.item for link in self.links), key=lambda item: (item.starts_at, item.id))

    @property
    def held(self) -> list[ProgrammeItem]:
        """Return the items that take place as things stand."""
        return [
            item
            for item in self.items
            if item.archived_at is None and item.state not in {ItemState.CANCELLED, ItemState.IDEA}
        ]

    @property
    def starts_at(self) -> datetime:
        """Return when the first of its items begins: from there the cut-off is counted back."""
        return min(link.item.starts_at for link in self.links)

    @property
    def ends_at(self) -> datetime:
        return max(link.item.ends_at for link in self.links)

    @property
    def packed(self) -> bool:
        return self.service == Service.PACKED


class MealItem(Model):
    """A programme item that the meal is for."""

    __tablename__ = "catering_meal_item"
    __table_args__ = (sa.UniqueConstraint("meal_id", "item_id"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    meal_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("catering_meal.id", ondelete="CASCADE"))
    item_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("programme_item.id", ondelete="CASCADE"), index=True)
    item: orm.Mapped[ProgrammeItem] = orm.relationship()


class DietaryNeed(Model):
    """What somebody eats, sealed with the event's key; ``confirmed`` once the person said so themselves."""

    __tablename__ = "catering_need"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    participant_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("participant.id", ondelete="CASCADE"), unique=True
    )
    sealed: orm.Mapped[bytes]
    confirmed: orm.Mapped[bool] = orm.mapped_column(default=False)
    declared_at: orm.Mapped[datetime]


class Snapshot(Model):
    """A meal's figures as they were told to the caterer: signed, and never changed; an amendment is another row.

    ``first_id`` is empty on the first one and points to it on each amendment. ``counts`` holds figures only, no person.
    """

    __tablename__ = "catering_snapshot"
    __table_args__ = (
        # one first snapshot per meal, whoever freezes at the same moment
        sa.Index(
            "uq_catering_snapshot_first",
            "meal_id",
            unique=True,
            sqlite_where=sa.text("first_id IS NULL"),
            postgresql_where=sa.text("first_id IS NULL"),
        ),
        sa.Index("ix_catering_snapshot_meal_id_id", "meal_id", "id"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    meal_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("catering_meal.id", ondelete="CASCADE"))
    first_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("catering_snapshot.id", ondelete="CASCADE"))
    taken_at: orm.Mapped[datetime]
    taken_by_kind: orm.Mapped[str] = orm.mapped_column(sa.String(10))
    taken_by_id: orm.Mapped[int | None]
    cutoff_at: orm.Mapped[datetime | None]
    note: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    counts: orm.Mapped[dict[str, Any]] = orm.mapped_column(Json)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(64))


class SnapshotChanged(RuntimeError):
    """Code tried to rewrite figures that were already told to a caterer."""


@sa.event.listens_for(Snapshot, "before_update")
def refuse_update(mapper: object, connection: object, snapshot: Snapshot) -> None:
    raise SnapshotChanged(snapshot.id)
