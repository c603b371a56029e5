"""What the provider noun tells the pages of an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import url_for

from eventhub import clock
from eventhub.contributions import Card, Check, Deadline, Severity
from eventhub.events.models import Event
from eventhub.i18n import format_day, format_money
from eventhub.i18n import gettext as _
from eventhub.providers import domain
from eventhub.providers.models import OrderState


def cards(event: Event) -> Iterable[Card]:
    net = domain.ordered_net(event)
    budget = event.budget_net
    yield Card(
        _("Budget ordered, net"),
        format_money(net),
        _("of %(total)s", total=format_money(budget)) if budget else None,
        share=min(1.0, net / budget) if budget else None,
        url=url_for("providers.orders"),
        order=30,
    )


def checks(event: Event) -> Iterable[Check]:
    rows = domain.orders(event)
    today = clock.today(event.zone)
    for row in rows:
        name = f"{row.provider.name} – {row.title}"
        url = url_for("providers.order", order_id=row.id)
        if domain.overdue(row, today) and row.invoice_due:
            yield Check(
                "providers.invoice_late",
                str(row.id),
                Severity.AT_RISK,
                _("The invoice of %(name)s has not come", name=name),
                _("It was expected on %(day)s.", day=format_day(row.invoice_due, "long")),
                url,
                _("Open the order"),
                "providers",
            )
        if row.needed_by and row.needed_by < today and row.state in domain.OPEN_QUOTES:
            yield Check(
                "providers.order_late",
                str(row.id),
                Severity.AT_RISK,
                _("%(name)s is not ordered yet", name=name),
                _("It was needed by %(day)s.", day=format_day(row.needed_by, "long")),
                url,
                _("Open the order"),
                "providers",
            )
    net = domain.spent(rows)
    if event.budget_net and net > event.budget_net:
        yield Check(
            "providers.over_budget",
            "all",
            Severity.AT_RISK,
            _("More is ordered than the budget allows"),
            _("%(net)s of %(budget)s, net of VAT.", net=format_money(net), budget=format_money(event.budget_net)),
            url_for("providers.orders"),
            _("See the orders"),
            "providers",
        )


def deadlines(event: Event) -> Iterable[Deadline]:
    for row in domain.orders(event):
        if row.needed_by and row.state in domain.OPEN_QUOTES | {OrderState.ORDERED}:
            yield Deadline(
                datetime.combine(row.needed_by, datetime.min.time(), event.zone),
                _("%(title)s must be ordered", title=row.title),
                row.provider.name,
                url_for("providers.order", order_id=row.id),
                component="providers",
            )
