"""The texts that organisers write into dossiers themselves: written, put in order, read again, archived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from eventhub.api import (
    Actor,
    Event,
    LocalizedText,
    State,
    Verb,
    _l,
    activity,
    clock,
    events,
    get,
    locked,
    session,
)

from .models import Section

SECTION_ADDED = Verb("dossiers:section_added", _l("Text added to the dossiers"))
SECTION_CHANGED = Verb("dossiers:section_changed", _l("Text of the dossiers changed"))
READ_AGAIN = Verb("dossiers:read_again", _l("Translation of a text read again and kept"))
SECTION_ARCHIVED = Verb("dossiers:section_archived", _l("Text of the dossiers archived"))
SECTION_RESTORED = Verb("dossiers:section_restored", _l("Text of the dossiers taken back out of the archive"))


def sections(event: Event, *, archived: bool = False) -> list[Section]:
    """Return the free sections in the order in which dossiers print them, in one statement."""
    query = (
        sa.select(Section)
        .where(Section.event_id == event.id)
        .where(Section.archived_at.is_not(None) if archived else Section.archived_at.is_(None))
        .order_by(Section.place.desc(), Section.position, Section.id)  # "before" sorts after "after"
    )
    return list(session().scalars(query))


def section(event: Event, section_id: int) -> Section:
    return get(Section, section_id, event_id=event.id)


def section_for_change(event: Event, section_id: int) -> Section:
    """Return the section locked; call it first in the transaction."""
    return locked(Section, section_id, event_id=event.id)


def add_section(event: Event, facts: Mapping[str, Any], *, by: Actor) -> Section:
    """Write a new text, last of those at its place."""
    events.check_not_frozen(event)
    new = Section(event_id=event.id, title=LocalizedText(), text=LocalizedText())
    events.apply(new, facts)
    new.position = _next_position(event, new.place)
    session().add(new)
    activity.record(by, SECTION_ADDED, new)
    return new


def change_section(event: Event, changed: Section, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change a text that was locked in this transaction; halves left alone become stale where another changed."""
    events.check_not_frozen(event)
    with session().no_autoflush:
        moved = changes.get("place", changed.place) != changed.place
        events.apply(changed, changes)
        if moved:
            changed.position = _next_position(event, changed.place)
    activity.edited(by, SECTION_CHANGED, changed)


def _next_position(event: Event, place: str) -> int:
    last = session().scalar(
        sa.select(sa.func.max(Section.position)).where(Section.event_id == event.id, Section.place == place)
    )
    return (last or 0) + 1


def stale_in(row: Section, languages: Iterable[str]) -> list[str]:
    """Return the languages in which the title or the text is older than what it translates."""
    return [code for code in languages if State.STALE in (row.title.state(code), row.text.state(code))]


def read_again(event: Event, changed: Section, language: str, *, by: Actor) -> None:
    """Keep a translation whose source has changed: somebody read both, and it still holds."""
    events.check_not_frozen(event)
    for name in ("title", "text"):
        text: LocalizedText = getattr(changed, name)
        if text.state(language) is State.STALE:
            setattr(changed, name, text.written(language, text.text(language) or ""))
    activity.record(by, READ_AGAIN, changed, {"language": [None, language]})


def set_archived(event: Event, changed: Section, archived: bool, *, by: Actor) -> None:
    events.check_not_frozen(event)
    changed.archived_at = clock.now() if archived else None
    activity.record(by, SECTION_ARCHIVED if archived else SECTION_RESTORED, changed)


def reorder(event: Event, ids: Sequence[int], *, by: Actor) -> None:
    """Put the texts into this order; ids that are not the event's are passed over, texts not named keep their rank."""
    events.check_not_frozen(event)
    rows = {row.id: row for row in sections(event)}
    named = [rows[key] for key in dict.fromkeys(ids) if key in rows]
    for position, row in zip(sorted(row.position for row in named), named, strict=True):
        row.position = position
        activity.edited(by, SECTION_CHANGED, row)
