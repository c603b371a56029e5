"""What an event asks of interpretation: the profile that checks its teams, and the needs at each programme item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    Actor,
    Event,
    ItemKind,
    ProgrammeItem,
    Refused,
    Verb,
    _l,
    activity,
    clock,
    events,
    get,
    locked,
    session,
)

from .models import (
    FINAL_PACK_DAYS,
    FIRST_PACK_DAYS,
    RESERVE_PERCENT,
    Assignment,
    Need,
    NeedState,
    Settings,
)
from .profiles import DEFAULT_PROFILE, PROFILES
from .rules import IN_BOOTH, Mode

SETTINGS_CHANGED = Verb("interpretation:settings_changed", _l("Settings of interpretation changed"))
PACK_SENT = Verb("interpretation:pack_sent", _l("Interpreters’ pack marked as sent, or not"))
NEED_ADDED = Verb("interpretation:need_added", _l("Need for interpretation added"))
NEED_CHANGED = Verb("interpretation:need_changed", _l("Need for interpretation changed"))
NEED_ARCHIVED = Verb("interpretation:need_archived", _l("Need for interpretation archived"))
NEED_RESTORED = Verb("interpretation:need_restored", _l("Need for interpretation taken back"))

SETTINGS_FACTS = ("profile", "reason", "reserve_percent", "first_pack_days", "final_pack_days")
NEED_FACTS = ("from_language", "to_language", "mode", "listeners", "booth", "state", "reason")
PACK_HOUR = time(18)  # by the end of a working day


class Pack(StrEnum):
    """What interpreters get to prepare: a first pack, then the final one."""

    FIRST = "first"
    FINAL = "final"


class UnknownProfile(Refused):
    message = _l("This is not one of the staffing profiles. Choose one of the list.")
    field = "profile"


class ProfileWithoutReason(Refused):
    message = _l("Write why this profile holds here: it asks less than the strictest one.")
    field = "reason"


class PacksOutOfOrder(Refused):
    message = _l("The first pack leaves before the final one: it has more days before the event.")
    field = "first_pack_days"


class SameLanguage(Refused):
    message = _l("Interpretation goes from one language into another. Choose two different ones.")
    field = "to_language"


class NeedThere(Refused):
    message = _l("This item already has a need from that language into this one. Edit that one.")
    field = "to_language"


class WaiverWithoutReason(Refused):
    message = _l("Write why nobody interprets here; your colleagues will read it.")
    field = "reason"


# --- settings -------------------------------------------------------------------------------------------------------


def settings(event: Event) -> Settings:
    """Return the event's settings, or the defaults in a row that is not stored."""
    found = session().scalar(sa.select(Settings).where(Settings.event_id == event.id))
    return found or default_settings(event)


def default_settings(event: Event) -> Settings:
    return Settings(
        event_id=event.id,
        profile=DEFAULT_PROFILE,
        reason="",
        reserve_percent=RESERVE_PERCENT,
        first_pack_days=FIRST_PACK_DAYS,
        final_pack_days=FINAL_PACK_DAYS,
    )


def settings_for_change(event: Event) -> Settings:
    """Return the settings as a stored row; the event is locked, so that two first changes make one row."""
    locked(Event, event.id)
    found = settings(event)
    if found.id is None:
        session().add(found)
        session().flush()
    return found


def change_settings(event: Event, found: Settings, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change the settings; another profile than the strictest carries a written reason."""
    events.check_not_frozen(event)
    with session().no_autoflush:
        events.apply(found, changes)
    if found.profile not in PROFILES:
        raise UnknownProfile
    if found.profile != DEFAULT_PROFILE and not found.reason:
        raise ProfileWithoutReason
    if found.first_pack_days <= found.final_pack_days:
        raise PacksOutOfOrder
    activity.edited(by, SETTINGS_CHANGED, found)


def pack_due(event: Event, found: Settings, pack: Pack) -> datetime:
    """Return when the pack is due, on the clock of the event's zone."""
    days = found.first_pack_days if pack is Pack.FIRST else found.final_pack_days
    return datetime.combine(event.starts_on - timedelta(days=days), PACK_HOUR, event.zone)


def pack_sent_at(found: Settings, pack: Pack) -> datetime | None:
    return found.first_pack_sent_at if pack is Pack.FIRST else found.final_pack_sent_at


def mark_pack(event: Event, pack: Pack, sent: bool, *, by: Actor) -> None:
    """Note that the pack has left, or that it has not after all."""
    events.check_not_frozen(event)
    found = settings_for_change(event)
    moment = clock.now() if sent else None
    if pack is Pack.FIRST:
        found.first_pack_sent_at = moment
    else:
        found.final_pack_sent_at = moment
    activity.edited(by, PACK_SENT, found)


# --- needs ----------------------------------------------------------------------------------------------------------


def needs_query(event: Event) -> sa.Select[Need]:
    return sa.select(Need).where(Need.event_id == event.id, Need.archived_at.is_(None)).order_by(Need.id)


def needs_by_item(event: Event) -> dict[int, tuple[Need, ...]]:
    """Return the needs of each item, waived ones too, in one statement."""
    found: dict[int, list[Need]] = defaultdict(list)
    for need in session().scalars(needs_query(event)):
        found[need.item_id].append(need)
    return {item_id: tuple(needs) for item_id, needs in found.items()}


def need(event: Event, need_id: int) -> Need:
    return get(Need, need_id, event_id=event.id)


def need_for_change(event: Event, need_id: int) -> Need:
    """Return the need locked; call it first in the transaction."""
    return locked(Need, need_id, event_id=event.id)


def usual_booth(event: Event, item: ProgrammeItem) -> str:
    """Return the booth that needs in the item's room name already, else the event's languages, as booths are called."""
    query = needs_query(event).options(orm.joinedload(Need.item))
    named = [each for each in session().scalars(query) if each.booth and Mode(each.mode) in IN_BOOTH]
    beside = [each.booth for each in named if each.item.room_id == item.room_id]
    if beside:
        return beside[-1]
    name = "/".join(code.upper() for code in event.languages[:2])
    return f"{name} {len({each.booth for each in named}) + 1}" if name in {each.booth for each in named} else name


def usual_mode(item: ProgrammeItem) -> Mode:
    return Mode.TOUR_GUIDE if item.kind == ItemKind.VISIT else Mode.SIMULTANEOUS


def check_need(found: Need) -> None:
    if found.from_language == found.to_language:
        raise SameLanguage
    if found.waived and not found.reason:
        raise WaiverWithoutReason


def _same(event: Event, item_id: int, source: str, target: str) -> Need | None:
    return session().scalar(
        sa.select(Need).where(
            Need.event_id == event.id,
            Need.item_id == item_id,
            Need.from_language == source,
            Need.to_language == target,
        )
    )


def add_needs(
    event: Event, item: ProgrammeItem, facts: Mapping[str, Any], *, both_ways: bool = False, by: Actor
) -> list[Need]:
    """Write a need of the item, and the one back where it goes both ways; the item was locked in this transaction.

    A need that was archived comes back with the new facts. Going both ways, one that is there already is left as it is.
    """
    events.check_not_frozen(event)
    written = [_write_need(event, item, facts, by=by)]
    source, target = facts["from_language"], facts["to_language"]
    if both_ways:
        back = _same(event, item.id, target, source)
        if back is None or back.archived_at is not None:
            turned = {**facts, "from_language": target, "to_language": source, "listeners": None}
            written.append(_write_need(event, item, turned, by=by))
    return written


def _write_need(event: Event, item: ProgrammeItem, facts: Mapping[str, Any], *, by: Actor) -> Need:
    found = _same(event, item.id, facts["from_language"], facts["to_language"])
    if found is not None and found.archived_at is None:
        raise NeedThere
    new = found or Need(event_id=event.id, item_id=item.id, state=NeedState.TO_COVER, booth="", reason="")
    with session().no_autoflush:
        events.apply(new, facts)
        check_need(new)
    new.archived_at = None
    session().add(new)
    activity.record(by, NEED_ADDED, new)
    return new


def change_need(event: Event, found: Need, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change a need that was locked in this transaction; its team follows where its booth gets another name."""
    events.check_not_frozen(event)
    before = found.booth
    with session().no_autoflush:
        events.apply(found, changes)
        check_need(found)
        other = _same(event, found.item_id, found.from_language, found.to_language)
        if other is not None and other is not found:
            raise NeedThere
        if found.booth != before and not _others_in(found, before):
            _rename_team(found, before)
    activity.edited(by, NEED_CHANGED, found)


def _others_in(found: Need, booth: str) -> bool:
    query = sa.select(sa.func.count()).where(
        Need.item_id == found.item_id, Need.id != found.id, Need.booth == booth, Need.archived_at.is_(None)
    )
    return bool(session().scalar(query))


def _rename_team(found: Need, before: str) -> None:
    team = sa.select(Assignment).where(Assignment.item_id == found.item_id, Assignment.booth == before)
    for assignment in session().scalars(team):
        assignment.booth = found.booth


def set_need_archived(event: Event, found: Need, archived: bool, *, by: Actor) -> None:
    """Archive the need or take it back; bookings stay, for the interpreters are still expected."""
    events.check_not_frozen(event)
    found.archived_at = clock.now() if archived else None
    activity.record(by, NEED_ARCHIVED if archived else NEED_RESTORED, found)


# --- copying --------------------------------------------------------------------------------------------------------


def copy_to(source: Event, target: Event, items: Mapping[int, int]) -> None:
    """Copy the settings and the needs to another event; nobody is booked there, and no pack has left."""
    known = session().scalar(sa.select(Settings).where(Settings.event_id == source.id))
    if known is not None:
        session().add(Settings(event_id=target.id, **{name: getattr(known, name) for name in SETTINGS_FACTS}))
    session().add_all(_copies(source, target, items))


def _copies(source: Event, target: Event, items: Mapping[int, int]) -> Iterable[Need]:
    for found in session().scalars(needs_query(source)):
        if found.item_id in items:
            facts = {name: getattr(found, name) for name in NEED_FACTS}
            yield Need(event_id=target.id, item_id=items[found.item_id], **facts)
