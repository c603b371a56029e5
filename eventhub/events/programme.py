"""The programme: its items, who attends them, what does not fit, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, hookspecs
from eventhub.activity import Actor, Verb
from eventhub.db import locked, session
from eventhub.errors import NotFound, Refused
from eventhub.events import words
from eventhub.events.domain import apply, check_not_frozen
from eventhub.events.models import Event, ItemState, ProgrammeItem, Room
from eventhub.hub import Hooks
from eventhub.i18n import capital, format_day, format_list, format_times, language
from eventhub.i18n import lazy_gettext as _l
from eventhub.localized import LocalizedText

ITEM_ADDED = Verb("events:item_added", _l("Programme item added"))
ITEM_CHANGED = Verb("events:item_changed", _l("Programme item changed"))


class TimesOutOfOrder(Refused):
    message = _l("The end comes before the beginning. Correct one of them.")
    field = "ends_at"


class OutsideEvent(Refused):
    message = _l("This lies outside the days of the event (%(days)s). Correct the date, or change the event's days.")
    field = "starts_at"


class UnknownRoom(Refused):
    message = _l("This room is not one of the event's rooms. Choose another.")
    field = "room_id"


def items_query(event: Event, *, archived: bool = False) -> sa.Select[ProgrammeItem]:
    """Return the query of the items in order of time, those that were put away apart."""
    return (
        sa.select(ProgrammeItem)
        .where(ProgrammeItem.event_id == event.id)
        .where(ProgrammeItem.archived_at.is_not(None) if archived else ProgrammeItem.archived_at.is_(None))
        .order_by(ProgrammeItem.starts_at, ProgrammeItem.ends_at, ProgrammeItem.id)
    )


def items(
    event: Event, *, kinds: Iterable[str] | None = None, public: bool = False, archived: bool = False
) -> list[ProgrammeItem]:
    """Return the items in order of time, with their rooms and venues, in one statement.

    ``public`` leaves out ideas, cancelled items and what is for organisers only.
    """
    query = items_query(event, archived=archived).options(orm.joinedload(ProgrammeItem.room).joinedload(Room.venue))
    if kinds is not None:
        query = query.where(ProgrammeItem.kind.in_(list(kinds)))
    if public:
        query = query.where(
            ProgrammeItem.state.in_((ItemState.CONFIRMED, ItemState.RELEASED)), ProgrammeItem.audience != "team"
        )
    return list(session().scalars(query))


def active_items(event: Event) -> list[ProgrammeItem]:
    """Return the items that will take place as things stand: not archived, not cancelled, no mere ideas."""
    return [item for item in items(event) if item.state not in {ItemState.CANCELLED, ItemState.IDEA}]


def item(event: Event, item_id: int) -> ProgrammeItem:
    """Return the item with its room and venue, in one statement; NotFound when it is not the event's."""
    query = (
        sa.select(ProgrammeItem)
        .where(ProgrammeItem.event_id == event.id, ProgrammeItem.id == item_id)
        .options(orm.joinedload(ProgrammeItem.room).joinedload(Room.venue))
    )
    found = session().scalar(query)
    if found is None:
        raise NotFound("ProgrammeItem", item_id)
    return found


def item_for_change(event: Event, item_id: int) -> ProgrammeItem:
    """Return the item locked; call it first in the transaction."""
    return locked(ProgrammeItem, item_id, event_id=event.id)


def check_times(event: Event, starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise TimesOutOfOrder
    first, last = starts_at.astimezone(event.zone).date(), ends_at.astimezone(event.zone).date()
    if first < event.starts_on or (last - event.ends_on).days > 1:
        raise OutsideEvent(days=f"{format_day(event.starts_on, 'long')} – {format_day(event.ends_on, 'long')}")


def check_room(event: Event, room_id: int | None) -> None:
    if room_id is not None:
        room = session().get(Room, room_id)
        if room is None or room.event_id != event.id:
            raise UnknownRoom


def add_item(event: Event, facts: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> ProgrammeItem:
    """Write a new item into the programme."""
    check_not_frozen(event)
    check_times(event, facts["starts_at"], facts["ends_at"])
    check_room(event, facts.get("room_id"))
    new = ProgrammeItem(event_id=event.id, title=LocalizedText(), description=LocalizedText(), floor_languages=[])
    apply(new, facts)
    session().add(new)
    session().flush()
    hooks.before(hookspecs.before_change, event=event, subject=new, changes={})
    activity.record(by, ITEM_ADDED, new)
    hooks.after(hookspecs.after_change, event=event, subject=new, changes={})
    return new


def change_item(event: Event, changed: ProgrammeItem, changes: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> None:
    """Change an item that was locked in this transaction; plugins may refuse, and hear of it afterwards."""
    check_not_frozen(event)
    apply(changed, changes)
    with session().no_autoflush:  # what is flushed no longer shows as a difference
        check_times(event, changed.starts_at, changed.ends_at)
        check_room(event, changed.room_id)
    differences = activity.differences(changed)
    if differences:
        hooks.before(hookspecs.before_change, event=event, subject=changed, changes=differences)
        activity.record(by, ITEM_CHANGED, changed, differences)
        hooks.after(hookspecs.after_change, event=event, subject=changed, changes=differences)


def archive_item(event: Event, changed: ProgrammeItem, archived: bool, *, by: Actor, hooks: Hooks) -> None:
    from eventhub.events.domain import set_archived

    check_not_frozen(event)
    differences = {"archived_at": [None, "archived"] if archived else ["archived", None]}
    hooks.before(hookspecs.before_change, event=event, subject=changed, changes=differences)
    set_archived(changed, archived, by=by)
    hooks.after(hookspecs.after_change, event=event, subject=changed, changes=differences)


def room_names(entries: Iterable[activity.ActivityEntry]) -> dict[int, str]:
    """Return the names of the rooms that these journal entries name by id."""
    ids = {key for entry in entries for key in (entry.changes or {}).get("room_id", ()) if key}
    if not ids:
        return {}
    rows = session().execute(sa.select(Room.id, Room.name).where(Room.id.in_(ids)))
    return {row.id: row.name for row in rows}


# --- how it is shown ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GridItem:
    """An item as the timetable places it: minutes since midnight of the day, in its room's column."""

    starts: int
    ends: int
    room: str
    kind: str
    title: str
    title_language: str | None
    href: str | None
    time: str
    badges: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class GridDay:
    """One day of the timetable; rooms in the order of their columns."""

    day: date
    label: str
    rooms: tuple[str, ...]
    items: tuple[GridItem, ...]


def place(shown: ProgrammeItem) -> str:
    if shown.room is None:
        return ""
    return f"{shown.room.name}, {shown.room.venue.name}"


def grid(event: Event, shown: Sequence[ProgrammeItem], href: Any = None) -> list[GridDay]:
    """Return the timetable, a day at a time; ``href(item)`` links each item to its page."""
    spoken = language()
    days: dict[date, list[GridItem]] = {}
    for entry in shown:
        starts, ends = entry.starts_at.astimezone(event.zone), entry.ends_at.astimezone(event.zone)
        own = entry.title.text(spoken)
        after_midnight = 24 * 60 if ends.date() > starts.date() else 0
        days.setdefault(starts.date(), []).append(
            GridItem(
                starts.hour * 60 + starts.minute,
                ends.hour * 60 + ends.minute + after_midnight,
                entry.room.name if entry.room else "",
                entry.kind,
                own or entry.title.label(spoken),
                None if own else next((lang for lang, _half in entry.title), None),
                href(entry) if href else None,
                format_times(entry.starts_at, entry.ends_at, event.zone),
                tuple(_badges(entry)),
            )
        )
    return [
        GridDay(
            day,
            capital(format_day(day, "EEEE d MMMM")),
            tuple(dict.fromkeys(item.room for item in placed if item.room)),
            tuple(placed),
        )
        for day, placed in sorted(days.items())
    ]


def by_day(event: Event, shown: Iterable[ProgrammeItem]) -> list[tuple[str, list[ProgrammeItem]]]:
    """Return [("Tuesday 25 March", its items)], in order."""
    days: dict[date, list[ProgrammeItem]] = {}
    for entry in shown:
        days.setdefault(entry.starts_at.astimezone(event.zone).date(), []).append(entry)
    return [(capital(format_day(day, "EEEE d MMMM")), placed) for day, placed in sorted(days.items())]


def _badges(entry: ProgrammeItem) -> Iterator[tuple[str, str]]:
    """Yield the badges of an item, (text, tone): its languages when there are several, its state unless it is firm."""
    if len(entry.floor_languages) > 1:
        yield " ".join(code.upper() for code in entry.floor_languages), "plain"
    if entry.state not in {ItemState.CONFIRMED, ItemState.RELEASED}:
        yield str(words.ITEM_STATES[entry.state]), words.ITEM_TONES.get(entry.state, "plain")  # type: ignore[call-overload]


@dataclass(frozen=True)
class Clash:
    """Two items that use one room at the same time."""

    first: ProgrammeItem
    second: ProgrammeItem


def clashes(shown: Sequence[ProgrammeItem]) -> list[Clash]:
    """Return the pairs of items that share a room and overlap; touching is fine."""
    found = []
    ordered = sorted((entry for entry in shown if entry.room_id), key=lambda entry: (entry.room_id, entry.starts_at))
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if second.room_id != first.room_id or second.starts_at >= first.ends_at:
                break
            found.append(Clash(first, second))
    return found


def when(event: Event, entry: ProgrammeItem) -> str:
    """Return "mardi 25 mars, 14 h 00 – 15 h 00"."""
    day = format_day(entry.starts_at.astimezone(event.zone).date(), "EEEE d MMMM")
    return f"{day}, {format_times(entry.starts_at, entry.ends_at, event.zone)}"


def languages_in_words(codes: Iterable[str]) -> str:
    from eventhub.i18n import language_name

    return format_list(language_name(code) for code in codes)
