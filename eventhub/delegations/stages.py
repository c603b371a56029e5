"""The stages of a registration, and until when each may be changed: its own deadline and grace, or the event's.

A delegation's own deadline stands above them all. What the event says of its stages is kept with it as
{stage: {"closes_at": "2025-03-10T17:00:00+00:00" or None, "grace_minutes": 60 or None}}: every page reads the event
anyway, so that a deadline costs no statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eventhub import activity, hookspecs
from eventhub.activity import Actor, Verb
from eventhub.delegations.models import Delegation
from eventhub.errors import Refused
from eventhub.events.domain import check_not_frozen, shifted
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import format_moment
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l

STAGES = ("people", "travel", "needs", "choices")
DEADLINES_SET = Verb("delegations:deadlines_set", _l("Deadlines of the registration's steps changed"))


def titles() -> dict[str, str]:
    return {"people": _("People"), "travel": _("Travel"), "needs": _("Needs"), "choices": _("Choices")}


class StageClosed(Refused):
    message = _l(
        "The step “%(stage)s” could be changed until %(when)s. What you gave there is safe, and other steps are still "
        "open. Write to the organisers if something in this one must change."
    )


@dataclass(frozen=True)
class Closing:
    """Until when a stage may be changed, with the grace after it; ``at`` is None where there is no deadline."""

    stage: str
    at: datetime | None
    grace_minutes: int

    def over(self, moment: datetime) -> bool:
        """Tell whether the deadline and its grace have passed."""
        return self.at is not None and moment > self.at + timedelta(minutes=self.grace_minutes)


def of_event(event: Event, stage: str) -> Closing:
    """Return the event's deadline for the stage: its own, or that of the whole registration."""
    said = event.stage_deadlines.get(stage, {})
    own, grace = said.get("closes_at"), said.get("grace_minutes")
    at = datetime.fromisoformat(own) if own else event.registration_closes_at
    return Closing(stage, at, event.grace_minutes if grace is None else grace)


def closing(event: Event, found: Delegation, stage: str) -> Closing:
    """Return until when this delegation may change the stage."""
    usual = of_event(event, stage)
    return Closing(stage, found.closes_at or usual.at, usual.grace_minutes)


def closings(event: Event, found: Delegation) -> dict[str, Closing]:
    return {stage: closing(event, found, stage) for stage in STAGES}


def last(event: Event, found: Delegation) -> Closing:
    """Return the deadline after which nothing of the registration may be changed."""
    known = closings(event, found).values()
    ends = [(one.at + timedelta(minutes=one.grace_minutes), one) for one in known if one.at is not None]
    if len(ends) < len(known):
        return next(one for one in known if one.at is None)
    return max(ends, key=lambda pair: pair[0])[1]


def apart(event: Event, found: Delegation) -> list[tuple[str, datetime]]:
    """Return (title, deadline) of each stage, where they are not all the same; empty where one date says it all."""
    found_closings = closings(event, found).values()
    if len({one.at for one in found_closings}) < 2:
        return []
    return [(titles()[one.stage], one.at) for one in found_closings if one.at is not None]


def check_stage_open(event: Event, found: Delegation, stage: str, moment: datetime) -> None:
    """Refuse what comes after the deadline of this stage and its grace."""
    until = closing(event, found, stage)
    if until.at is not None and until.over(moment):
        raise StageClosed(stage=titles()[stage], when=format_moment(until.at, event.zone))


def set_deadlines(event: Event, wanted: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> None:
    """Give stages deadlines and grace of their own.

    ``wanted`` is {"travel_closes_at": moment or None, "travel_grace": minutes or None, …}; what is not named stays.
    ``event`` was locked in this transaction.
    """
    check_not_frozen(event)
    before = facts(event)
    after = {**before, **wanted}
    differences = {
        name: [activity.plain(before[name]), activity.plain(after[name])]
        for name in after
        if before[name] != after[name]
    }
    if not differences:
        return
    hooks.before(hookspecs.before_change, event=event, subject=event, changes=differences)
    said = {}
    for stage in STAGES:
        at, grace = after[f"{stage}_closes_at"], after[f"{stage}_grace"]
        if at is not None or grace is not None:
            said[stage] = {"closes_at": activity.plain(at), "grace_minutes": grace}
    event.stage_deadlines = said
    activity.record(by, DEADLINES_SET, event, differences)
    hooks.after(hookspecs.after_change, event=event, subject=event, changes=differences)


def facts(event: Event) -> dict[str, Any]:
    """Return what the form of the deadlines starts from."""
    found: dict[str, Any] = {}
    for stage in STAGES:
        said = event.stage_deadlines.get(stage, {})
        own = said.get("closes_at")
        found[f"{stage}_closes_at"] = datetime.fromisoformat(own) if own else None
        found[f"{stage}_grace"] = said.get("grace_minutes")
    return found


def copy(source: Event, target: Event, shift: timedelta) -> None:
    """Give the copy of an event the same deadlines, days shifted, at the same hours on the wall clock."""
    target.stage_deadlines = {
        stage: {
            **said,
            "closes_at": activity.plain(shifted(datetime.fromisoformat(said["closes_at"]), shift, source))
            if said["closes_at"]
            else None,
        }
        for stage, said in source.stage_deadlines.items()
    }
