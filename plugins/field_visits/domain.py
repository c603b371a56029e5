"""The catalogue of visits and their departures, and how an event gives its places.

Wishes are in ``wishes``, who is to be placed in ``standing``, plans and places in ``allocation``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    Actor,
    Event,
    ItemKind,
    LocalizedText,
    NotFound,
    ProgrammeItem,
    Provider,
    Refused,
    Verb,
    _l,
    activity,
    clock,
    events,
    locked,
    session,
)

from .models import OFFERED, Settings, Slot, SlotState, Visit

ADDED = Verb("field_visits:added", _l("Visit added"))
CHANGED = Verb("field_visits:changed", _l("Visit changed"))
ARCHIVED = Verb("field_visits:archived", _l("Visit archived"))
RESTORED = Verb("field_visits:restored", _l("Visit taken back out of the archive"))
SLOT_ADDED = Verb("field_visits:slot_added", _l("Departure added"))
SLOT_CHANGED = Verb("field_visits:slot_changed", _l("Departure changed"))
SETTINGS_CHANGED = Verb("field_visits:settings_changed", _l("Rules for giving places changed"))

DEFAULT_PER_DELEGATION, DEFAULT_WISHES = 2, 3


class ItemNotSuitable(Refused):
    message = _l("Choose a programme item of kind “Field visit” that no other departure uses.")
    field = "item_id"


class MinimumAboveMaximum(Refused):
    message = _l("The minimum is above the maximum. Correct one of them.")
    field = "minimum"


class MaximumBelowPlaces(Refused):
    message = _l("The maximum cannot go below the places that are taken (%(used)s). Move somebody first.")
    field = "maximum"


class HasPlaces(Refused):
    message = _l("People have places on this visit (%(used)s). Call it off and publish a new allocation first.")


class WaveFixed(Refused):
    message = _l("People have places on this departure, so its round stays as it is. Move them first.")
    field = "wave"


# --- reading --------------------------------------------------------------------------------------------------------


def catalogue(event: Event, *, archived: bool = False) -> list[Visit]:
    """Return the visits with their guides, departures and programme items, in order of time, in two statements."""
    query = (
        sa.select(Visit)
        .where(Visit.event_id == event.id)
        .where(Visit.archived_at.is_not(None) if archived else Visit.archived_at.is_(None))
        .options(orm.joinedload(Visit.guide), orm.selectinload(Visit.slots).joinedload(Slot.item))
        .order_by(Visit.id)
    )
    return sorted(session().scalars(query), key=_first_start)


def _first_start(visit: Visit) -> tuple[bool, object, int]:
    starts = [slot.item.starts_at for slot in visit.slots]
    return (not starts, min(starts) if starts else None, visit.id)


def visit(event: Event, visit_id: int, *, lock: bool = False) -> Visit:
    """Return the visit with its departures; ``lock`` locks its row. NotFound for an id of another event."""
    query = (
        sa.select(Visit)
        .where(Visit.id == visit_id, Visit.event_id == event.id)
        .options(orm.joinedload(Visit.guide), orm.selectinload(Visit.slots).joinedload(Slot.item))
        .execution_options(populate_existing=True)
    )
    found = session().scalars(query.with_for_update(of=Visit) if lock else query).one_or_none()
    if found is None:
        raise NotFound("visit", visit_id)
    return found


def slots(event: Event) -> list[Slot]:
    """Return the departures of visits in use, with visit and programme item, in order of time, in one statement."""
    query = (
        sa.select(Slot)
        .join(Slot.visit)
        .join(Slot.item)
        .where(Slot.event_id == event.id, Visit.archived_at.is_(None))
        .options(orm.contains_eager(Slot.visit), orm.contains_eager(Slot.item))
        .order_by(Slot.wave, ProgrammeItem.starts_at, Slot.id)
    )
    return list(session().scalars(query))


def slot(event: Event, slot_id: int, *, lock: bool = False) -> Slot:
    """Return the departure with visit and programme item; ``lock`` locks its row."""
    query = (
        sa.select(Slot)
        .where(Slot.id == slot_id, Slot.event_id == event.id)
        .options(orm.joinedload(Slot.visit, innerjoin=True), orm.joinedload(Slot.item, innerjoin=True))
        .execution_options(populate_existing=True)
    )
    found = session().scalars(query.with_for_update(of=Slot) if lock else query).one_or_none()
    if found is None:
        raise NotFound("departure", slot_id)
    return found


def free_items(event: Event, own: int | None = None) -> list[ProgrammeItem]:
    """Return the programme items of kind visit that no departure uses, ``own`` included, in order of time."""
    used = sa.select(Slot.item_id).where(Slot.event_id == event.id)
    query = (
        sa.select(ProgrammeItem)
        .where(ProgrammeItem.event_id == event.id, ProgrammeItem.kind == ItemKind.VISIT)
        .where(
            sa.or_(ProgrammeItem.id == own, sa.and_(ProgrammeItem.id.not_in(used), ProgrammeItem.archived_at.is_(None)))
        )
        .order_by(ProgrammeItem.starts_at, ProgrammeItem.id)
    )
    return list(session().scalars(query))


def guides(event: Event) -> list[tuple[int, str]]:
    """Return [(provider id, name)] of who could guide: the providers in use, guides first."""
    query = (
        sa.select(Provider.id, Provider.name, Provider.kinds)
        .where(Provider.event_id == event.id, Provider.archived_at.is_(None))
        .order_by(Provider.sort_key, Provider.id)
    )
    found = list(session().execute(query))
    return [(key, name) for key, name, _kinds in sorted(found, key=lambda row: "guide" not in row[2])]


def settings(event: Event) -> Settings:
    """Return how the event gives its places; the defaults, not stored, where nobody has changed them."""
    found = session().scalar(sa.select(Settings).where(Settings.event_id == event.id))
    return found or Settings(
        event_id=event.id,
        per_delegation=DEFAULT_PER_DELEGATION,
        wishes_asked=DEFAULT_WISHES,
        wishes_close_at=None,
    )


# --- writing --------------------------------------------------------------------------------------------------------


def check_item(event: Event, item_id: int | None, own: int | None = None) -> None:
    if item_id not in {item.id for item in free_items(event, own)}:
        raise ItemNotSuitable


def check_sizes(slot: Slot) -> None:
    if slot.minimum > slot.maximum:
        raise MinimumAboveMaximum
    if slot.maximum < slot.places_used:
        raise MaximumBelowPlaces(used=slot.places_used)


def check_guide(event: Event, guide_id: int | None) -> None:
    if guide_id is not None and guide_id not in dict(guides(event)):
        raise NotFound("provider", guide_id)


def add(event: Event, facts: Mapping[str, Any], departure: Mapping[str, Any], *, by: Actor) -> Visit:
    """Write a visit into the catalogue with its first departure."""
    events.check_not_frozen(event)
    check_guide(event, facts.get("guide_id"))
    new = Visit(
        event_id=event.id,
        title=LocalizedText(),
        description=LocalizedText(),
        meeting_point=LocalizedText(),
        languages=[],
    )
    events.apply(new, facts)
    session().add(new)
    activity.record(by, ADDED, new)
    add_slot(event, new, departure, by=by)
    return new


def change(event: Event, changed: Visit, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change a visit that was read under the lock; halves of texts left alone become stale where the other changed."""
    events.check_not_frozen(event)
    check_guide(event, changes.get("guide_id"))
    events.apply(changed, changes)
    activity.edited(by, CHANGED, changed)


def set_archived(event: Event, changed: Visit, archived: bool, *, by: Actor) -> None:
    """Archive the visit or take it back; refused while somebody has a place on it."""
    events.check_not_frozen(event)
    used = sum(slot.places_used for slot in changed.slots)
    if archived and used:
        raise HasPlaces(used=used)
    changed.archived_at = clock.now() if archived else None
    activity.record(by, ARCHIVED if archived else RESTORED, changed)


def add_slot(event: Event, to: Visit, facts: Mapping[str, Any], *, by: Actor) -> Slot:
    """Write another departure of the visit."""
    events.check_not_frozen(event)
    check_item(event, facts["item_id"])
    new = Slot(event_id=event.id, visit=to, places_used=0)
    events.apply(new, facts)
    with session().no_autoflush:
        check_sizes(new)
    session().add(new)
    activity.record(by, SLOT_ADDED, new)
    return new


def change_slot(event: Event, changed: Slot, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change a departure that was locked; called off, its people keep no place on the agenda until a new plan."""
    events.check_not_frozen(event)
    if "item_id" in changes:
        check_item(event, changes["item_id"], changed.item_id)
    if "wave" in changes and changed.places_used:
        raise WaveFixed
    with session().no_autoflush:
        events.apply(changed, changes)
        check_sizes(changed)
    activity.edited(by, SLOT_CHANGED, changed)


def settings_for_change(event: Event) -> Settings:
    """Return the event's own row, written now where there is none; the event's row is locked."""
    locked(Event, event.id)
    found = settings(event)
    if found.id is None:
        session().add(found)
        session().flush()
    return found


def change_settings(event: Event, changed: Settings, changes: Mapping[str, Any], *, by: Actor) -> None:
    events.check_not_frozen(event)
    events.apply(changed, changes)
    activity.edited(by, SETTINGS_CHANGED, changed)


def copy_to(source: Event, target: Event, shift: timedelta, items: Mapping[int, int]) -> None:
    """Copy the rules and the catalogue; the guides are asked anew, and people are not copied."""
    rules = settings(source)
    session().add(
        Settings(
            event_id=target.id,
            per_delegation=rules.per_delegation,
            wishes_asked=rules.wishes_asked,
            wishes_close_at=events.shifted(rules.wishes_close_at, shift, source) if rules.wishes_close_at else None,
        )
    )
    for one in catalogue(source):
        copied = Visit(
            event_id=target.id,
            title=one.title,
            description=one.description,
            site=one.site,
            host=one.host,
            meeting_point=one.meeting_point,
            way_there=one.way_there,
            languages=list(one.languages),
            walking_level=one.walking_level,
            step_free=one.step_free,
            packed_lunch=one.packed_lunch,
        )
        copied.slots = list(_copied_slots(one.slots, target, items))
        session().add(copied)


def _copied_slots(found: Iterable[Slot], target: Event, items: Mapping[int, int]) -> Iterable[Slot]:
    for one in found:
        if one.item_id in items and one.state != SlotState.CANCELLED:
            yield Slot(
                event_id=target.id,
                item_id=items[one.item_id],
                wave=one.wave,
                minimum=one.minimum,
                maximum=one.maximum,
                places_used=0,
                state=SlotState.OPEN if one.state in OFFERED else SlotState.DRAFT,
            )
