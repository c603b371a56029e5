"""What somebody, or a whole delegation, attends: every component's lines, in order of time."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from eventhub import hookspecs
from eventhub.contributions import AgendaItem
from eventhub.delegations import domain
from eventhub.delegations.models import Delegation, Participant
from eventhub.events.models import Event
from eventhub.hub import Hooks


def of(event: Event, audience: Delegation | Participant, *, hooks: Hooks) -> list[AgendaItem]:
    """Return the lines by time; nobody who is not coming any more has an agenda."""
    if isinstance(audience, Participant) and not domain.is_expected(audience):
        return []
    lines = hooks.collect(hookspecs.agenda_items, event=event, audience=audience)
    return sorted(lines, key=lambda line: (line.starts_at, line.ends_at))


def by_day(event: Event, lines: list[AgendaItem]) -> list[tuple[date, list[AgendaItem]]]:
    """Return the lines day by day, in the event's time zone."""

    def day(line: AgendaItem) -> date:
        return line.starts_at.astimezone(event.zone).date()

    return [(on, list(items)) for on, items in groupby(lines, key=day)]
