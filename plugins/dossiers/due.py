"""When the editions of a dossier are due, in days before the event's first day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from eventhub.api import (
    Actor,
    Event,
    Refused,
    Verb,
    _l,
    activity,
    events,
    session,
)

from .models import Plan

PLAN_CHANGED = Verb("dossiers:plan_changed", _l("Due dates of editions changed"))

FIRST_DAYS, FINAL_DAYS = 21, 7
FINAL_SINCE = timedelta(days=7)  # an edition of the week before the final one's date counts as final
DUE_AT = time(18)  # the end of a working day, in the event's zone


class WrongOrder(Refused):
    message = _l("The final edition comes after the first: give it fewer days.")
    field = "final_days"


@dataclass(frozen=True)
class Due:
    """Days before the event's first day."""

    first_days: int = FIRST_DAYS
    final_days: int = FINAL_DAYS


def of(event: Event) -> Due:
    row = session().scalar(sa.select(Plan).where(Plan.event_id == event.id))
    return Due(row.first_days, row.final_days) if row else Due()


def change(event: Event, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Set when editions are due; the event was locked in this transaction."""
    events.check_not_frozen(event)
    row = session().scalar(sa.select(Plan).where(Plan.event_id == event.id))
    if row is None:
        row = Plan(event_id=event.id, first_days=FIRST_DAYS, final_days=FINAL_DAYS)
        session().add(row)
        session().flush()
    events.apply(row, changes)
    if row.final_days >= row.first_days:
        raise WrongOrder
    activity.edited(by, PLAN_CHANGED, row)


def moment(event: Event, days: int) -> datetime:
    return datetime.combine(event.starts_on - timedelta(days=days), DUE_AT, event.zone)
