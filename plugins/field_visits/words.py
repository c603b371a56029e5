"""Visits, departures, ranks and what stands in the way of a place, as the interface says them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventhub.api import (
    Delegation,
    Event,
    Half,
    LocalizedText,
    ProgrammeItem,
    _,
    _l,
    _lp,
    format_day,
    format_list,
    format_times,
    language,
    language_name,
    pgettext,
    speaking,
)

from .models import Slot, SlotState, Visit, WayThere
from .solver import Binding

SLOT_STATES: dict[str, Any] = {
    SlotState.DRAFT: _lp("departure", "Draft"),
    SlotState.OPEN: _lp("departure", "Open for wishes"),
    SlotState.ALLOCATED: _lp("departure", "Allocated"),
    SlotState.CLOSED: _lp("departure", "Closed"),
    SlotState.CANCELLED: _lp("departure", "Called off"),
}
SLOT_TONES = {SlotState.OPEN: "on", SlotState.ALLOCATED: "good", SlotState.CLOSED: "warn", SlotState.CANCELLED: "stop"}
WAYS: dict[str, Any] = {
    WayThere.COACH: _lp("way there", "By coach"),
    WayThere.FOOT: _lp("way there", "On foot"),
    WayThere.TRAM: _lp("way there", "By tram"),
    WayThere.BICYCLE: _lp("way there", "By bicycle"),
}
LEVELS: dict[int, Any] = {1: _l("Short flat ways"), 2: _l("Up to an hour on good paths"), 3: _l("Hilly ways")}
RANKS: tuple[Any, ...] = (
    _l("First choice"),
    _l("Second choice"),
    _l("Third choice"),
    _l("Fourth choice"),
    _l("Fifth choice"),
    _l("Sixth choice"),
    _l("Seventh choice"),
    _l("Eighth choice"),
    _l("Ninth choice"),
    _l("Tenth choice"),
)
FIELDS: dict[str, Any] = {
    "title": _l("Title"),
    "description": _l("Description"),
    "site": _l("Site"),
    "host": _l("Received by"),
    "guide_id": _l("Guide"),
    "meeting_point": _l("Meeting point"),
    "way_there": _l("Way there"),
    "languages": _l("Languages spoken or interpreted"),
    "walking_level": _l("Walking"),
    "step_free": _l("Step-free"),
    "packed_lunch": _l("Packed lunch"),
    "minimum": _l("Minimum"),
    "maximum": _l("Maximum"),
    "state": _l("State"),
    "wave": _l("Round"),
    "item_id": _l("Programme item"),
    "archived_at": _l("Archived"),
}


def rank(number: int | None) -> str:
    """Return "First choice", or what a place is that was not wished."""
    return str(RANKS[number - 1]) if number else _("Not among the wishes")


def when(event: Event, slot: Slot) -> str:
    return times(slot.item.starts_at, slot.item.ends_at, event.zone)


def times(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Return "mercredi 26 mars, 13 h 30 – 17 h 00"."""
    return f"{format_day(starts_at.astimezone(zone).date(), 'EEEE d MMMM')}, {format_times(starts_at, ends_at, zone)}"


def item_name(event: Event, item: ProgrammeItem) -> str:
    return f"{item.title.label(language())} ({times(item.starts_at, item.ends_at, event.zone)})"


def languages_of(visit: Visit) -> str:
    return format_list(language_name(code) for code in visit.languages)


def name(slot: Slot, event: Event | None = None) -> str:
    """Return the visit's title; with the event, followed by the time, where a visit departs more than once."""
    title = slot.visit.title.label(language())
    return f"{title} ({when(event, slot)})" if event is not None else title


def names(event: Event, slots: Iterable[Slot]) -> dict[int, str]:
    """Return {departure: name}; those of one visit are told apart by their times."""
    found = list(slots)
    visits = [slot.visit_id for slot in found]
    return {slot.id: name(slot, event if visits.count(slot.visit_id) > 1 else None) for slot in found}


def in_each(event: Event, text: LocalizedText, before: Any) -> LocalizedText:
    """Return the text in each language that has it, after these words: "Meeting point: north exit"."""
    halves = {}
    for code, half in text:
        with speaking(code):
            halves[code] = Half(_("%(what)s: %(text)s", what=before, text=half.text), half.state)
    return LocalizedText(halves)


# --- what stands in the way of a place ------------------------------------------------------------------------------


def binding(found: Binding, slots: Mapping[int, str], delegations: Mapping[int, Delegation]) -> str:
    """Say the one change that would give a place; a need is never named, nor told apart from another."""
    visit = slots.get(found.slot or 0, "–")
    if found.kind == "maximum":
        return _("A maximum of %(number)s on “%(visit)s” would be enough.", number=found.suggested, visit=visit)
    if found.kind == "delegation_limit":
        party = delegations.get(found.delegation or 0)
        return _(
            "%(number)s people of %(delegation)s on “%(visit)s” would be enough.",
            number=found.suggested,
            delegation=party.name if party else "–",
            visit=visit,
        )
    if found.kind == "minimum":
        return _(
            "“%(visit)s” stays closed; a minimum of %(number)s would open it.", number=found.suggested, visit=visit
        )
    if found.kind == "keep_together":
        return _("A place would be there without the people to stay together with.")
    if found.kind == "no_suitable_slot":
        return _("None of the visits on offer suits this person. Ask what would.")
    if found.kind == "time_limit":
        return _("The time to look for an explanation ran out.")
    return _("More than one limit stands in the way.")


def yes_or_no(value: bool) -> str:
    return pgettext("answer", "Yes") if value else pgettext("answer", "No")
