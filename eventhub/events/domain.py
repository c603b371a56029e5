"""What can be done with an event: create, change, open and close, copy, archive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, clock, hookspecs
from eventhub.access.models import EventMembership, EventRole, User
from eventhub.activity import Actor, Verb
from eventhub.db import get, locked, session
from eventhub.errors import Refused
from eventhub.events.models import (
    Event,
    EventPlugin,
    EventState,
    ProgrammeItem,
    Room,
    Venue,
)
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import sort_key
from eventhub.localized import LocalizedText

CREATED = Verb("events:created", _l("Event created"))
CHANGED = Verb("events:changed", _l("Event changed"))
STATE_CHANGED = Verb("events:state_changed", _l("State of the event changed"))
COPIED = Verb("events:copied", _l("Event copied from another"))
ARCHIVED = Verb("events:archived", _l("Archived"))
RESTORED = Verb("events:restored", _l("Taken back out of the archive"))
PLUGIN_SWITCHED = Verb("events:plugin_switched", _l("Plugin switched on or off"))
VENUE_SAVED = Verb("events:venue_saved", _l("Venue or room saved"))

# Which state may follow which; an archived event comes back as a draft of what it was
NEXT_STATES: dict[str, tuple[EventState, ...]] = {
    EventState.DRAFT: (EventState.PLANNING,),
    EventState.PLANNING: (EventState.OPEN, EventState.DRAFT),
    EventState.OPEN: (EventState.CLOSED, EventState.PLANNING),
    EventState.CLOSED: (EventState.RUNNING, EventState.OPEN),
    EventState.RUNNING: (EventState.EVALUATION, EventState.CLOSED),
    EventState.EVALUATION: (EventState.ARCHIVED, EventState.RUNNING),
    EventState.ARCHIVED: (EventState.EVALUATION,),
}
PUBLIC_STATES = frozenset({EventState.OPEN, EventState.CLOSED, EventState.RUNNING, EventState.EVALUATION})
FROZEN_STATES = frozenset({EventState.ARCHIVED})


class SlugTaken(Refused):
    message = _l("Another event already has the address “%(slug)s”. Choose another one.")
    field = "slug"


class DaysOutOfOrder(Refused):
    message = _l("The last day comes before the first. Correct one of them.")
    field = "ends_on"


class StateNotPossible(Refused):
    message = _l("An event in this state cannot go to that one. Reload the page to see what is possible now.")


class NoRegistrationDeadline(Refused):
    message = _l("Set the day and time until which delegations may register, then open the registration.")


class EventFrozen(Refused):
    message = _l("This event is archived: nothing in it can be changed. Take it out of the archive first.")


class ItemsOutside(Refused):
    message = _l("%(count)s programme items would lie outside the event's days. Move them first.")
    field = "starts_on"


class EventNotOver(Refused):
    message = _l("Only an event that is over, or one that never started, can be archived.")


def events_of(user: User, *, archived: bool = False, search: str = "") -> sa.Select[Event]:
    """Return the query of the events on which the user has a role (all, for an administrator), newest first.

    ``search`` is looked for in the address, which is made of the title, and in the city.
    """
    query = sa.select(Event).order_by(Event.starts_on.desc(), Event.id.desc())
    query = query.where(Event.archived_at.is_not(None) if archived else Event.archived_at.is_(None))
    if not user.is_administrator:
        query = query.where(Event.id.in_(sa.select(EventMembership.event_id).where(EventMembership.user_id == user.id)))
    if search:
        address = re.sub(r"[^a-z0-9]+", "-", sort_key(search)).strip("-")
        found = Event.city.icontains(search, autoescape=True)
        query = query.where(sa.or_(found, Event.slug.contains(address, autoescape=True)) if address else found)
    return query


def public_events(today: date) -> list[Event]:
    """Return the events that the front page shows: public, and not over."""
    query = (
        sa.select(Event)
        .where(Event.state.in_(PUBLIC_STATES), Event.archived_at.is_(None), Event.ends_on >= today)
        .order_by(Event.starts_on, Event.id)
        .limit(30)
    )
    return list(session().scalars(query))


def owned(user: User, events: Iterable[Event]) -> frozenset[int]:
    """Return the ids of those of the events whose settings the user may change."""
    ids = [event.id for event in events]
    if user.is_administrator:
        return frozenset(ids)
    query = sa.select(EventMembership.event_id).where(
        EventMembership.user_id == user.id,
        EventMembership.role == EventRole.OWNER,
        EventMembership.event_id.in_(ids),
    )
    return frozenset(session().scalars(query))


def slug_for(title: str) -> str:
    """Return an address part made of the title."""
    return re.sub(r"[^a-z0-9]+", "-", sort_key(title)).strip("-")[:60] or "event"


def check_slug(slug: str, event: Event | None = None) -> None:
    taken = session().scalar(sa.select(Event.id).where(Event.slug == slug))
    if taken is not None and (event is None or taken != event.id):
        raise SlugTaken(slug=slug)


def check_days(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise DaysOutOfOrder


def check_not_frozen(event: Event) -> None:
    if event.state in FROZEN_STATES or event.archived_at is not None:
        raise EventFrozen


def create(
    *,
    title: Mapping[str, str],
    slug: str,
    starts_on: date,
    ends_on: date,
    languages: Iterable[str],
    by: User,
    plugins: Iterable[str],
    **facts: Any,
) -> Event:
    """Write a new event in draft, its creator as owner, with these plugins enabled."""
    slug = slug or slug_for(next(iter(title.values()), ""))
    check_days(starts_on, ends_on)
    check_slug(slug)
    event = Event(
        title=LocalizedText().rewritten(title),
        slug=slug,
        starts_on=starts_on,
        ends_on=ends_on,
        languages=list(languages),
        state=EventState.DRAFT,
        created_at=clock.now(),
        **{"summary": LocalizedText(), "funding_sentence": LocalizedText()} | facts,
    )
    event.plugins = [EventPlugin(plugin=name, enabled=True) for name in plugins]
    session().add(event)
    session().flush()
    session().add(EventMembership(event_id=event.id, user_id=by.id, role=EventRole.OWNER.value))
    activity.record(by.actor, CREATED, event)
    return event


def apply(record: Any, changes: Mapping[str, Any]) -> None:
    """Set the changed fields; a localized one keeps the states of the halves that were left alone."""
    for name, value in changes.items():
        stored = getattr(record, name)
        setattr(record, name, stored.rewritten(value) if isinstance(stored, LocalizedText) else value)


def change(event: Event, changes: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> None:
    """Change the event's facts; ``event`` was locked and read in this transaction."""
    check_not_frozen(event)
    if "slug" in changes:
        check_slug(changes["slug"], event)
    apply(event, changes)
    event.__dict__.pop("zone", None)  # the cached zone follows time_zone
    check_days(event.starts_on, event.ends_on)
    check_items_inside(event)
    differences = activity.differences(event)
    if differences:
        hooks.before(hookspecs.before_change, event=event, subject=event, changes=differences)
        activity.record(by, CHANGED, event, differences)
        hooks.after(hookspecs.after_change, event=event, subject=event, changes=differences)


def check_items_inside(event: Event) -> None:
    """Refuse days that leave programme items outside, a day of travel before and after allowed."""
    first = datetime.combine(event.starts_on - timedelta(days=1), datetime.min.time(), event.zone)
    last = datetime.combine(event.ends_on + timedelta(days=2), datetime.min.time(), event.zone)
    with session().no_autoflush:
        outside = session().scalar(
            sa.select(sa.func.count())
            .select_from(ProgrammeItem)
            .where(
                ProgrammeItem.event_id == event.id,
                ProgrammeItem.archived_at.is_(None),
                sa.or_(ProgrammeItem.starts_at < first, ProgrammeItem.ends_at > last),
            )
        )
    if outside:
        raise ItemsOutside(count=outside)


def change_state(event: Event, state: EventState, *, by: Actor, hooks: Hooks) -> None:
    """Move the event to the next state; opening needs a deadline for registration."""
    if state not in NEXT_STATES[event.state] or event.archived_at is not None:
        raise StateNotPossible
    if state is EventState.OPEN and event.registration_closes_at is None:
        raise NoRegistrationDeadline
    differences = {"state": [event.state, state.value]}
    hooks.before(hookspecs.before_change, event=event, subject=event, changes=differences)
    event.state = state
    activity.record(by, STATE_CHANGED, event, differences)
    hooks.after(hookspecs.after_change, event=event, subject=event, changes=differences)


def archive(event: Event, *, by: Actor) -> None:
    """Put the event away; nothing is lost, and ``restore`` takes it back."""
    if event.state in {EventState.OPEN, EventState.CLOSED, EventState.RUNNING}:
        raise EventNotOver
    event.archived_at = clock.now()
    activity.record(by, ARCHIVED, event)


def restore(event: Event, *, by: Actor) -> None:
    event.archived_at = None
    activity.record(by, RESTORED, event)


def switch_plugin(event: Event, plugin: str, enabled: bool, *, by: Actor) -> None:
    """Enable or disable a plugin on the event; its data stay either way."""
    row = next((row for row in event.plugins if row.plugin == plugin), None)
    if row is None:
        row = EventPlugin(plugin=plugin, enabled=not enabled)
        event.plugins.append(row)
    if row.enabled != enabled:
        row.enabled = enabled
        activity.record(by, PLUGIN_SWITCHED, event, {plugin: [not enabled, enabled]})


def is_public(event: Event) -> bool:
    return event.state in PUBLIC_STATES and event.archived_at is None


def takes_registrations(event: Event, moment: datetime) -> bool:
    """Tell whether delegations may still save: open, and before the deadline and its grace."""
    closes = event.registration_closes_at
    grace = timedelta(minutes=event.grace_minutes)
    return event.state == EventState.OPEN and (closes is None or moment <= closes + grace)


# --- copying --------------------------------------------------------------------------------------------------------


def copy(source: Event, *, title: Mapping[str, str], slug: str, starts_on: date, by: User, hooks: Hooks) -> Event:
    """Write a new draft with the source's settings, venues and programme, every date shifted, no personal data.

    Times keep their wall clock in the event's zone, also across a change of clocks.
    """
    shift = starts_on - source.starts_on
    target = create(
        title=title,
        slug=slug,
        starts_on=starts_on,
        ends_on=source.ends_on + shift,
        languages=source.languages,
        by=by,
        plugins=[row.plugin for row in source.plugins if row.enabled],
        summary=source.summary,
        funding_sentence=source.funding_sentence,
        time_zone=source.time_zone,
        country=source.country,
        subdivision=source.subdivision,
        city=source.city,
        host=source.host,
        co_organisers=source.co_organisers,
        grace_minutes=source.grace_minutes,
        planning_rate=source.planning_rate,
        reply_to=source.reply_to,
        mail_sender=source.mail_sender,
        is_fictional=source.is_fictional,
        registration_closes_at=shifted(source.registration_closes_at, shift, source)
        if source.registration_closes_at
        else None,
    )
    rooms = _copy_venues(source, target)
    items = _copy_items(source, target, shift, rooms)
    hooks.before(hookspecs.before_event_copied, source=source, target=target, shift=shift, items=items)
    activity.record(by.actor, COPIED, target, {"source": [None, source.id]})
    return target


def shifted(moment: datetime, shift: timedelta, event: Event) -> datetime:
    """Return the moment moved by whole days at the same wall-clock time of the event's zone."""
    local = moment.astimezone(event.zone)
    return (local.replace(tzinfo=None) + shift).replace(tzinfo=event.zone)


def _copy_venues(source: Event, target: Event) -> dict[int, int]:
    rooms: dict[int, int] = {}
    for venue in venues(source):
        copied = Venue(
            event_id=target.id, name=venue.name, address=venue.address, access=venue.access, step_free=venue.step_free
        )
        pairs = [
            (
                room.id,
                Room(
                    event_id=target.id,
                    name=room.name,
                    capacity=room.capacity,
                    booths=room.booths,
                    step_free=room.step_free,
                    venue=copied,
                ),
            )
            for room in venue.rooms
            if room.archived_at is None
        ]
        session().add(copied)
        session().flush()
        rooms |= {old: new.id for old, new in pairs}
    return rooms


def _copy_items(source: Event, target: Event, shift: timedelta, rooms: Mapping[int, int]) -> dict[int, int]:
    query = sa.select(ProgrammeItem).where(ProgrammeItem.event_id == source.id, ProgrammeItem.archived_at.is_(None))
    pairs = []
    for item in session().scalars(query):
        copied = ProgrammeItem(
            event_id=target.id,
            kind=item.kind,
            title=item.title,
            description=item.description,
            starts_at=shifted(item.starts_at, shift, source),
            ends_at=shifted(item.ends_at, shift, source),
            room_id=rooms.get(item.room_id) if item.room_id else None,
            floor_languages=item.floor_languages,
            audience=item.audience,
            capacity=item.capacity,
            state=item.state,
        )
        session().add(copied)
        pairs.append((item.id, copied))
    session().flush()
    return {old: new.id for old, new in pairs}


# --- venues ---------------------------------------------------------------------------------------------------------


def venues(event: Event) -> list[Venue]:
    """Return the event's venues with their rooms, in two statements."""
    query = (
        sa.select(Venue)
        .where(Venue.event_id == event.id, Venue.archived_at.is_(None))
        .options(orm.selectinload(Venue.rooms))
        .order_by(Venue.name)
    )
    return list(session().scalars(query))


def archived_places(event: Event) -> tuple[list[Venue], list[Room]]:
    """Return the venues that were put away, and the rooms that were put away in venues still in use."""
    venue_query = (
        sa.select(Venue).where(Venue.event_id == event.id, Venue.archived_at.is_not(None)).order_by(Venue.name)
    )
    room_query = (
        sa.select(Room)
        .join(Room.venue)
        .where(Room.event_id == event.id, Room.archived_at.is_not(None), Venue.archived_at.is_(None))
        .options(orm.contains_eager(Room.venue))
        .order_by(Venue.name, Room.name)
    )
    return list(session().scalars(venue_query)), list(session().scalars(room_query))


def room_choices(event: Event) -> list[tuple[int, str]]:
    """Return [(id, "Venue – Room")] of the rooms in use."""
    query = (
        sa.select(Room.id, Venue.name, Room.name)
        .join(Venue, Room.venue_id == Venue.id)
        .where(Room.event_id == event.id, Room.archived_at.is_(None), Venue.archived_at.is_(None))
        .order_by(Venue.name, Room.name)
    )
    return [(room_id, f"{venue} – {room}") for room_id, venue, room in session().execute(query)]


def add_venue(event: Event, facts: Mapping[str, Any], *, by: Actor) -> Venue:
    check_not_frozen(event)
    venue = Venue(event_id=event.id, access=LocalizedText())
    apply(venue, facts)
    session().add(venue)
    activity.record(by, VENUE_SAVED, venue)
    return venue


def change_venue(event: Event, venue_id: int, changes: Mapping[str, Any], *, by: Actor) -> Venue:
    check_not_frozen(event)
    venue = locked(Venue, venue_id, event_id=event.id)
    apply(venue, changes)
    activity.edited(by, VENUE_SAVED, venue)
    return venue


def add_room(event: Event, venue_id: int, facts: Mapping[str, Any], *, by: Actor) -> Room:
    check_not_frozen(event)
    venue = get(Venue, venue_id, event_id=event.id)
    room = Room(event_id=event.id, venue_id=venue.id)
    apply(room, facts)
    session().add(room)
    activity.record(by, VENUE_SAVED, room)
    return room


def change_room(event: Event, room_id: int, changes: Mapping[str, Any], *, by: Actor) -> Room:
    check_not_frozen(event)
    room = locked(Room, room_id, event_id=event.id)
    apply(room, changes)
    activity.edited(by, VENUE_SAVED, room)
    return room


def set_archived(record: Venue | Room | ProgrammeItem, archived: bool, *, by: Actor) -> None:
    """Archive the record or take it back; nothing is destroyed."""
    record.archived_at = clock.now() if archived else None
    activity.record(by, ARCHIVED if archived else RESTORED, record)
