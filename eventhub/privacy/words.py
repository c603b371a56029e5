"""What people read: kinds and states of requests, and what is held about somebody, said in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventhub.contributions import PersonalData
from eventhub.i18n import format_day, format_moment, ngettext
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.privacy.models import RequestKind, RequestState

REQUEST_KINDS: dict[str, Any] = {
    RequestKind.ACCESS: _l("To see one's data"),
    RequestKind.CORRECTION: _l("To have them corrected"),
    RequestKind.ERASURE: _l("To have them erased"),
    RequestKind.OBJECTION: _l("To object to a use"),
}
REQUEST_STATES: dict[str, Any] = {
    RequestState.OPEN: _lp("state of a request", "To answer"),
    RequestState.DONE: _lp("state of a request", "Done"),
    RequestState.REFUSED: _lp("state of a request", "Refused"),
}
REQUEST_TONES: dict[str, str] = {RequestState.OPEN: "warn", RequestState.DONE: "good", RequestState.REFUSED: "plain"}


def days(number: int) -> str:
    """Return "30 days", "1 year"."""
    if number and number % 365 == 0:
        return ngettext("%(num)s year", "%(num)s years", number // 365)
    return ngettext("%(num)s day", "%(num)s days", number)


def measures(holding: PersonalData) -> str:
    """Return how this kind of data is protected."""
    if holding.sensitive:
        return _("Sealed with a key of the event's own, read by few, each reading noted, the key destroyed afterwards")
    return _("Access by role, each change noted, erased by itself when its time is over")


def said(value: Any, zone: ZoneInfo) -> str:
    """Return a value as people read it: yes or no, dates in words, lists on one line."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return format_moment(value, zone)
    if isinstance(value, date):
        return format_day(value, "long")
    if isinstance(value, (list, tuple, set, frozenset)):
        return " · ".join(said(item, zone) for item in value)
    return "" if value is None else str(value)


def pairs(values: Mapping[str, Any], zone: ZoneInfo, above: str = "") -> list[tuple[str, str]]:
    """Return (label, value in words) of what a component tells, its parts flattened; empty ones are left out."""
    found: list[tuple[str, str]] = []
    for label, value in values.items():
        name = f"{above} – {label}" if above else str(label)
        if isinstance(value, Mapping):
            found += pairs(value, zone, name)
        elif text := said(value, zone):
            found.append((name, text))
    return found
