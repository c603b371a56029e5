"""The one source of "now"; ``EVENTHUB_TODAY`` pins it for demonstrations and tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context


def pinned() -> datetime | None:
    """Return the moment at which the clock of this site is pinned, or None when it runs."""
    moment = current_app.config.get("TODAY") if has_app_context() else None
    return moment if isinstance(moment, datetime) else None


def now() -> datetime:
    """Return the present moment as an aware datetime in UTC; a pinned clock does not tick."""
    return pinned() or datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """Return the present day in the zone."""
    return now().astimezone(zone).date()


def system_now() -> datetime:
    """Return the machine's time in UTC.

    For leases and expiry of browser sessions only: a pinned clock would never let a dead worker's lease run out.
    """
    return datetime.now(UTC)
