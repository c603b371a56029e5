"""Providers with their cut-off policy, and their orders: from a quote asked for to an invoice."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.db import Json, Model


class ProviderState(StrEnum):
    PROSPECT = "prospect"
    ACTIVE = "active"
    BLOCKED = "blocked"


class OrderState(StrEnum):
    """The chain from quote to invoice; ``declined`` and ``cancelled`` end it."""

    REQUESTED = "requested"
    RECEIVED = "received"
    DECLINED = "declined"
    SELECTED = "selected"
    ORDERED = "ordered"
    CONFIRMED = "confirmed"
    SERVICE_DONE = "service_done"
    INVOICED = "invoiced"
    CANCELLED = "cancelled"


class Provider(Model):
    """Somebody who supplies the event. Amounts are net of VAT, in cents."""

    __tablename__ = "provider"
    __table_args__ = (sa.Index("ix_provider_event_id_sort_key", "event_id", "sort_key"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    sort_key: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    kinds: orm.Mapped[list[str]] = orm.mapped_column(Json)
    contact_name: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    email: orm.Mapped[str] = orm.mapped_column(sa.String(254), default="")
    phone: orm.Mapped[str] = orm.mapped_column(sa.String(40), default="")
    language: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="fr")
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=ProviderState.ACTIVE)
    terms: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    cutoff_n: orm.Mapped[int | None]
    cutoff_unit: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")
    cutoff_hour: orm.Mapped[time | None]
    max_decrease: orm.Mapped[int | None]
    max_increase: orm.Mapped[int | None]
    in_percent: orm.Mapped[bool] = orm.mapped_column(default=False)
    minimum_invoiced: orm.Mapped[int | None]
    archived_at: orm.Mapped[datetime | None]
    orders: orm.Mapped[list[Order]] = orm.relationship(back_populates="provider", order_by="Order.id")


class Order(Model):
    """A quote that may become an order; the lines carry the amounts."""

    __tablename__ = "provider_order"
    __table_args__ = (sa.UniqueConstraint("event_id", "number"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    provider_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("provider.id", ondelete="CASCADE"), index=True)
    number: orm.Mapped[int]
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=OrderState.REQUESTED)
    engagement_number: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    needed_by: orm.Mapped[date | None]
    choice_note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    reserve: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    invoice_reference: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    invoice_due: orm.Mapped[date | None]
    archived_at: orm.Mapped[datetime | None]
    provider: orm.Mapped[Provider] = orm.relationship(back_populates="orders")
    lines: orm.Mapped[list[OrderLine]] = orm.relationship(cascade="all, delete-orphan", order_by="OrderLine.id")

    @property
    def net(self) -> int:
        """Return the sum of the lines before VAT, in cents."""
        return sum(line.net for line in self.lines)

    @property
    def vat(self) -> int:
        return sum(line.vat for line in self.lines)

    @property
    def gross(self) -> int:
        return self.net + self.vat


class OrderLine(Model):
    """One line: so many at a net unit price in cents, at a VAT rate in hundredths of a percent (1000 is 10 %)."""

    __tablename__ = "order_line"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    order_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("provider_order.id", ondelete="CASCADE"), index=True)
    label: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    quantity: orm.Mapped[int]
    unit_net: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)  # a billion euros in cents passes 32 bits
    vat_rate: orm.Mapped[int] = orm.mapped_column(default=2000)

    @property
    def net(self) -> int:
        return self.quantity * self.unit_net

    @property
    def vat(self) -> int:
        """Return the VAT in cents, halves rounded away from zero per line as invoices and their credit notes do."""
        amount = (abs(self.net) * self.vat_rate + 5000) // 10_000
        return amount if self.net >= 0 else -amount
