"""How long each kind of data is kept after an event, what is due, and what was erased.

The job in ``jobs.py`` opens the transactions; here is what it does in each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from eventhub import activity, clock
from eventhub.activity import Actor, Verb
from eventhub.contributions import PersonalData
from eventhub.db import session
from eventhub.errors import NotFound, Refused
from eventhub.events.models import Event
from eventhub.hub import Hub
from eventhub.i18n import lazy_gettext as _l
from eventhub.privacy.models import Erasure, RetentionRule
from eventhub.privacy.person import holdings, in_order_of_erasure

CHANGED = Verb("privacy:retention_changed", _l("Days of retention changed"))
ENFORCED = Verb("privacy:retention_enforced", _l("Data erased by retention"))
BATCH = 100
LONGEST = 1825


class TooLong(Refused):
    message = _l("Keep this at most %(days)s days: that is what people are told, or what the law allows.")
    field = "days"


@dataclass(frozen=True)
class Kept:
    """One kind of data on one event: how long it is kept, how much there is, how much retention erased so far."""

    holding: PersonalData
    days: int
    due_on: date
    held: int
    erased: int

    def is_due(self, today: date) -> bool:
        return self.held > 0 and self.due_on <= today


def longest(holding: PersonalData) -> int:
    """Return the most days that an organiser may choose; consent was given to the declared time and no longer."""
    return holding.retention_days if holding.sensitive else max(LONGEST, holding.retention_days)


def rules(event_id: int) -> dict[str, int]:
    """Return {kind: days} that organisers chose for the event."""
    query = sa.select(RetentionRule.kind, RetentionRule.days).where(RetentionRule.event_id == event_id)
    return {row.kind: row.days for row in session().execute(query)}


def due_on(event: Event, holding: PersonalData, chosen: Mapping[str, int]) -> date:
    return event.ends_on + timedelta(days=chosen.get(holding.name, holding.retention_days))


def moment(event: Event, day: date) -> datetime:
    """Return when that day begins where the event is: what is due on it is erased from then on."""
    return datetime.combine(day, time(), event.zone)


def held(event_id: int, found: Iterable[PersonalData]) -> dict[str, int]:
    """Return {kind: records held now}, in one statement for all kinds that say where to count."""
    chosen = list(found)
    counts = {}
    for one in chosen:
        if one.whole_event is not None:
            counts[one.name] = one.whole_event.held(event_id).scalar_subquery()
        elif one.holders is not None:
            people = one.holders(event_id).order_by(None).distinct().subquery()
            counts[one.name] = sa.select(sa.func.count()).select_from(people).scalar_subquery()
    row = session().execute(sa.select(*(count.label(name) for name, count in counts.items()))).one() if counts else ()
    numbers = dict(zip(counts, row, strict=True))
    for one in chosen:
        if one.name not in numbers:
            numbers[one.name] = len(holders(event_id, one))
    return numbers


def holders(event_id: int, holding: PersonalData, *, after: int = 0, limit: int | None = None) -> list[int]:
    """Return the ids of the people of whom something is held, in order, after this one."""
    if holding.holders is not None:
        people = holding.holders(event_id).order_by(None).subquery()
        key = people.c[0]
        query = sa.select(key).where(key > after).distinct().order_by(key).limit(limit)
        return list(session().scalars(query))
    from eventhub.delegations.models import Participant  # their module asks for notices, and they for this package

    everybody = list(
        session().scalars(
            sa.select(Participant.id)
            .where(Participant.event_id == event_id, Participant.id > after)
            .order_by(Participant.id)
        )
    )
    told = holding.export(everybody)
    return [key for key in everybody if told.get(key)][:limit]


def erased(event_id: int) -> dict[str, int]:
    """Return {kind: records that retention erased on the event so far}."""
    query = (
        sa.select(Erasure.kind, sa.func.sum(Erasure.erased)).where(Erasure.event_id == event_id).group_by(Erasure.kind)
    )
    return {kind: int(number) for kind, number in session().execute(query)}


def kept(event: Event, hub: Hub) -> list[Kept]:
    """Return what every component holds of the event, what is due first first; in three statements."""
    found = holdings(hub)
    chosen, numbers, gone = rules(event.id), held(event.id, found), erased(event.id)
    lines = [
        Kept(
            one,
            chosen.get(one.name, one.retention_days),
            due_on(event, one, chosen),
            numbers[one.name],
            gone.get(one.name, 0),
        )
        for one in found
    ]
    return sorted(lines, key=lambda line: (line.due_on, line.holding.name))


def holding(hub: Hub, kind: str) -> PersonalData:
    if kind not in hub.personal_data:
        raise NotFound("kind of data", kind)
    return hub.personal_data[kind]


def change(event: Event, found: PersonalData, days: int, *, by: Actor) -> None:
    """Keep this kind of data so many days after the event, within what people were told."""
    if days > longest(found):
        raise TooLong(days=longest(found))
    row = session().scalar(
        sa.select(RetentionRule).where(RetentionRule.event_id == event.id, RetentionRule.kind == found.name)
    )
    before = row.days if row else found.retention_days
    if days == before:
        return
    if row is None:
        row = RetentionRule(event_id=event.id, kind=found.name, days=days)
        session().add(row)
    row.days = days
    activity.record(by, CHANGED, row, {"kind": [None, found.name], "days": [before, days]})


# --- the run --------------------------------------------------------------------------------------------------------


def due(event: Event, hub: Hub) -> list[PersonalData]:
    """Return the kinds whose time has come, in the order in which they are erased; what they hold is not asked."""
    chosen, today = rules(event.id), clock.today(event.zone)
    return [one for one in in_order_of_erasure(holdings(hub)) if due_on(event, one, chosen) <= today]


def erase_some(event: Event, found: PersonalData, after: int, *, by: Actor) -> int | None:
    """Erase one batch inside the caller's transaction, under the lock of the event; return where to go on, or None.

    A second run at the same time waits for the lock and then finds nothing left of this batch.
    """
    chosen = rules(event.id)
    if found.whole_event is not None:
        number, last = found.whole_event.erase(event.id), None
    else:
        ids = holders(event.id, found, after=after, limit=BATCH)
        number, last = len(ids), ids[-1] if len(ids) == BATCH else None
        if ids:
            found.erase(ids)
    if number:
        session().add(
            Erasure(
                event_id=event.id,
                kind=found.name,
                erased=number,
                days=chosen.get(found.name, found.retention_days),
                due_on=due_on(event, found, chosen),
                at=clock.now(),
            )
        )
        activity.record(by, ENFORCED, event, {"kind": [None, found.name], "erased": [None, number]})
    return last


def sensitive_is_gone(event: Event, hub: Hub) -> bool:
    """Tell whether everything that is sealed with the event's key has had its time and is erased."""
    chosen, today = rules(event.id), clock.today(event.zone)
    found = [one for one in holdings(hub) if one.sensitive or one.sealed]
    if any(due_on(event, one, chosen) > today for one in found):
        return False
    return not any(held(event.id, found).values())


def events_over() -> list[Event]:
    """Return the events that have ended, for retention counts from then; a demonstration's people do not exist."""
    query = sa.select(Event).where(Event.ends_on < clock.now().date(), Event.is_fictional.is_(False))
    return list(session().scalars(query.order_by(Event.id)))
