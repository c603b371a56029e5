"""What the worker does for catering: freeze each meal's figures at its cut-off."""

from __future__ import annotations

import sqlalchemy as sa
import structlog
from flask import current_app, g

from eventhub.api import SYSTEM, Event, Hooks, Periodic, Refused, clock, session, transaction
from plugins.catering import domain, forecast, freezing
from plugins.catering.models import Meal, Snapshot

log = structlog.get_logger(__name__)


def freeze_due() -> None:
    """Freeze what is due on every event, each meal in a transaction of its own; what was frozen meanwhile stays."""
    for event in events_with_open_meals():
        hooks: Hooks = current_app.extensions["hub"].for_event(event)
        if not hooks.enabled("catering"):
            continue
        meals = domain.meals(event)
        for meal_id in [meal.id for meal in freezing.due(event, meals, clock.now())]:
            try:
                freeze_one(event.id, meal_id)
            except Refused as refusal:
                log.warning("headcount_not_frozen", meal=meal_id, reason=type(refusal).__name__)


def events_with_open_meals() -> list[Event]:
    """Return the events that are not over and have a meal without figures; usually few, in one statement."""
    open_meals = (
        sa.select(Meal.event_id)
        .outerjoin(Snapshot, Snapshot.meal_id == Meal.id)
        .where(Meal.archived_at.is_(None), Snapshot.id.is_(None))
    )
    query = sa.select(Event).where(
        Event.id.in_(open_meals), Event.archived_at.is_(None), Event.ends_on >= clock.now().date()
    )
    return list(session().scalars(query))


def freeze_one(event_id: int, meal_id: int) -> None:
    with transaction():
        event = session().get_one(Event, event_id)
        meal = domain.meal_for_change(event, meal_id)
        if meal.snapshots:
            return
        g.pop("hook_failures", None)
        hooks: Hooks = current_app.extensions["hub"].for_event(event)
        headcount = forecast.of(event, [meal], hooks).headcount(meal.id)
        missing = g.get("hook_failures", {})
        freezing.freeze(event, meal, headcount, missing=missing, by=SYSTEM, key=current_app.config["SECRET_KEY"])


JOBS = (Periodic("catering.freeze", freeze_due, minutes=5),)
