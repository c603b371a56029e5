"""The page that tells the truth: what does not fit, and what is due, from every component, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from eventhub import activity, clock, hookspecs, kept
from eventhub.access.models import User
from eventhub.activity import Actor, Verb
from eventhub.contributions import Card, Check, Deadline, Severity
from eventhub.db import session
from eventhub.errors import NotFound, Refused
from eventhub.events.models import Event, Waiver
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp

WAIVED = Verb("events:check_waived", _l("Check waived"))
UNWAIVED = Verb("events:check_reopened", _l("Waiver taken back"))

SEVERITIES = {
    Severity.BREAKS_RULE: _lp("severity", "Breaks a rule"),
    Severity.AT_RISK: _lp("severity", "At risk"),
    Severity.TO_COMPLETE: _lp("severity", "To complete"),
}
TONES = {Severity.BREAKS_RULE: "stop", Severity.AT_RISK: "warn", Severity.TO_COMPLETE: "plain"}


class ReasonMissing(Refused):
    message = _l("Write why this may stay as it is; your colleagues will read it.")
    field = "reason"


@dataclass(frozen=True)
class Waived:
    """A check that somebody decided to live with; values only, for the truth outlives its database session."""

    check: Check
    waiver_id: int
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Truth:
    """What the components say of an event at one moment."""

    checks: tuple[Check, ...]
    waived: tuple[Waived, ...]
    deadlines: tuple[Deadline, ...]
    cards: tuple[Card, ...]
    computed_at: datetime

    def count(self, component: str) -> int:
        return sum(check.component == component for check in self.checks)

    @property
    def counts(self) -> Mapping[str, int]:
        return {name: self.count(name) for name in {check.component for check in self.checks}}


def of(event: Event, hooks: Hooks) -> Truth:
    """Return the truth about the event; kept until something in it changes, or for two minutes."""
    return kept.answer(event.id, ("truth", hooks.names), lambda: compute(event, hooks, clock.now()))


def compute(event: Event, hooks: Hooks, now: datetime) -> Truth:
    """Ask every component; checks are sorted worst first, deadlines by date with what is overdue and open first."""
    found = sorted(hooks.collect(hookspecs.readiness_checks, event=event), key=lambda check: check.severity)
    rows = session().execute(
        sa.select(Waiver.rule, Waiver.subject, Waiver.id, Waiver.reason, Waiver.at, User.name, User.email)
        .outerjoin(User, Waiver.user_id == User.id)
        .where(Waiver.event_id == event.id)
    )
    waivers = {
        (rule, subject): (key, reason, at, name or email or "") for rule, subject, key, reason, at, name, email in rows
    }
    deadlines = sorted(hooks.collect(hookspecs.deadlines, event=event), key=lambda line: (line.done, line.at))
    return Truth(
        tuple(check for check in found if (check.rule, check.subject) not in waivers),
        tuple(
            Waived(check, *waivers[check.rule, check.subject])
            for check in found
            if (check.rule, check.subject) in waivers
        ),
        tuple(deadlines),
        tuple(hooks.collect(hookspecs.dashboard_cards, event=event)),
        now,
    )


def waive(event: Event, rule: str, subject: str, reason: str, *, by: Actor) -> Waiver:
    """Accept what the check found; the reason is kept and shown."""
    if not reason.strip():
        raise ReasonMissing
    waiver = session().scalar(
        sa.select(Waiver).where(Waiver.event_id == event.id, Waiver.rule == rule, Waiver.subject == subject)
    )
    if waiver is None:
        waiver = Waiver(event_id=event.id, rule=rule, subject=subject)
        session().add(waiver)
    waiver.reason, waiver.at = reason.strip(), clock.now()
    waiver.user_id = by.id if by.kind == "user" else None
    session().flush()
    activity.record(by, WAIVED, waiver, {"rule": [None, rule], "reason": [None, waiver.reason]})
    return waiver


def take_back(event: Event, waiver_id: int, *, by: Actor) -> None:
    waiver = session().get(Waiver, waiver_id)
    if waiver is None or waiver.event_id != event.id:
        raise NotFound("waiver", waiver_id)
    activity.record(by, UNWAIVED, waiver, {"rule": [waiver.rule, None]})
    session().delete(waiver)
