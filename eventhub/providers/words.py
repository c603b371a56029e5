"""States, kinds and units of days as the interface says them."""

from __future__ import annotations

from typing import Any

from babel import numbers

from eventhub.contributions import ProviderKind
from eventhub.i18n import format_number, locale, ngettext
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.providers.cutoff import CutoffPolicy
from eventhub.providers.models import OrderState, ProviderState

STATES: dict[str, Any] = {
    ProviderState.PROSPECT: _lp("provider", "Prospect"),
    ProviderState.ACTIVE: _lp("provider", "Active"),
    ProviderState.BLOCKED: _lp("provider", "Blocked"),
}
TONES = {ProviderState.ACTIVE: "good", ProviderState.BLOCKED: "stop"}
ORDER_STATES: dict[str, Any] = {
    OrderState.REQUESTED: _lp("order", "Quote requested"),
    OrderState.RECEIVED: _lp("order", "Quote received"),
    OrderState.DECLINED: _lp("order", "Quote declined"),
    OrderState.SELECTED: _lp("order", "Quote selected"),
    OrderState.ORDERED: _lp("order", "Ordered"),
    OrderState.CONFIRMED: _lp("order", "Confirmed"),
    OrderState.SERVICE_DONE: _lp("order", "Service done"),
    OrderState.INVOICED: _lp("order", "Invoiced"),
    OrderState.CANCELLED: _lp("order", "Cancelled"),
}
ORDER_TONES = {
    OrderState.ORDERED: "on",
    OrderState.CONFIRMED: "good",
    OrderState.SERVICE_DONE: "good",
    OrderState.INVOICED: "good",
    OrderState.DECLINED: "stop",
    OrderState.CANCELLED: "stop",
}
UNITS: dict[str, Any] = {
    "calendaire": _l("calendar days (every day)"),
    "ouvrable": _l("working days, Monday to Saturday"),
    "ouvre": _l("working days, Monday to Friday"),
}
KINDS = (
    ProviderKind("venue", _lp("provider kind", "Venue"), 10),
    ProviderKind("hotel", _lp("provider kind", "Hotel"), 20),
    ProviderKind("coach", _lp("provider kind", "Coach company"), 30),
    ProviderKind("sound", _lp("provider kind", "Sound and stage"), 40),
    ProviderKind("facilitator", _lp("provider kind", "Facilitators"), 50),
    ProviderKind("printer", _lp("provider kind", "Printer"), 60),
    ProviderKind("guide", _lp("provider kind", "Guide"), 70),
    ProviderKind("other", _lp("provider kind", "Other"), 99),
)


# What each state is reached by, as buttons say it
MOVES: dict[str, Any] = {
    OrderState.REQUESTED: _lp("order", "Ask for the quote again"),
    OrderState.RECEIVED: _lp("order", "Note the quote as received"),
    OrderState.DECLINED: _lp("order", "Decline the quote"),
    OrderState.SELECTED: _lp("order", "Choose this quote"),
    OrderState.ORDERED: _lp("order", "Order"),
    OrderState.CONFIRMED: _lp("order", "Note the confirmation"),
    OrderState.SERVICE_DONE: _lp("order", "Note the service as done"),
    OrderState.INVOICED: _lp("order", "Note the invoice"),
    OrderState.CANCELLED: _lp("order", "Cancel the order"),
}
# Hundredths of a percent: the rates of metropolitan France, and none
VAT_RATES = (2000, 1000, 550, 210, 0)


def rate_in_words(rate: int) -> str:
    """Return "5,5 %" or "5.5%"."""
    return str(numbers.format_percent(rate / 10_000, locale=locale(), decimal_quantization=False))


def days_in_words(n: int, unit: str) -> str:
    """Return "8 working days, Monday to Saturday"."""
    if unit == "calendaire":
        return ngettext("%(num)d calendar day before", "%(num)d calendar days before", n)
    if unit == "ouvrable":
        return ngettext("%(num)d working day before, Mon–Sat", "%(num)d working days before, Mon–Sat", n)
    return ngettext("%(num)d working day before, Mon–Fri", "%(num)d working days before, Mon–Fri", n)


def tolerance_in_words(rule: CutoffPolicy) -> str:
    """Return by how much a frozen quantity may still move: "3 more, 2 fewer", "5 % more, none fewer"."""

    def said(figure: int, is_percent: bool) -> str:
        return rate_in_words(figure * 100) if is_percent else format_number(figure)

    return _(
        "%(more)s more, %(fewer)s fewer",
        more=said(rule.max_increase, rule.increase_is_percent),
        fewer=said(rule.max_decrease, rule.decrease_is_percent),
    )
