"""What can be done with a lexicon: write terms, validate them, put them away, and let an acronym pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from eventhub.api import (
    Actor,
    Event,
    LocalizedText,
    Refused,
    State,
    Verb,
    _l,
    activity,
    clock,
    events,
    get,
    locked,
    session,
    sort_key,
)

from .models import IgnoredAcronym, Term, TermState

ADDED = Verb("glossary:added", _l("Term added"))
CHANGED = Verb("glossary:changed", _l("Term changed"))
READ_AGAIN = Verb("glossary:read_again", _l("Translation of a term read again and kept"))
ARCHIVED = Verb("glossary:archived", _l("Term archived"))
RESTORED = Verb("glossary:restored", _l("Term taken back out of the archive"))
IGNORED = Verb("glossary:ignored", _l("Acronym needs no explanation"))
HEEDED = Verb("glossary:heeded", _l("Acronym watched again"))

SEPARATOR = "\n"  # between the languages of the search key: no search crosses it


class TermTaken(Refused):
    message = _l("“%(term)s” is already in the lexicon. Edit that one, or write this one differently.")
    field = "term"


class NoAcronym(Refused):
    message = _l("Say which acronym needs no explanation: at most 40 characters.")
    field = "acronym"


class ForbiddenWord(Refused):
    message = _l("“%(text)s” uses “%(word)s”, which the lexicon forbids. Change the text, or the term's state.")


# --- reading --------------------------------------------------------------------------------------------------------


def list_query(
    event: Event, *, search: str = "", state: str = "", missing: str = "", archived: bool = False
) -> sa.Select[Term]:
    """Return the query of the list; the search ignores case and accents, ``missing`` is a language."""
    query = (
        sa.select(Term)
        .where(Term.event_id == event.id)
        .where(Term.archived_at.is_not(None) if archived else Term.archived_at.is_(None))
        .order_by(Term.sort_key, Term.id)
    )
    if search:
        query = query.where(Term.search_key.contains(sort_key(search), autoescape=True))
    if state:
        query = query.where(Term.state == state)
    if missing:
        query = query.where(Term.written_in.not_like(f"% {missing} %"), Term.state != TermState.FORBIDDEN)
    return query


def terms(event: Event) -> list[Term]:
    """Return the terms in use, in one statement."""
    return list(session().scalars(list_query(event)))


def term(event: Event, term_id: int) -> Term:
    return get(Term, term_id, event_id=event.id)


def term_for_change(event: Event, term_id: int) -> Term:
    """Return the term locked; call it first in the transaction."""
    return locked(Term, term_id, event_id=event.id)


def domains(event: Event) -> list[str]:
    """Return the domains in use, sorted."""
    query = sa.select(Term.domain).where(Term.event_id == event.id, Term.domain != "").distinct()
    return sorted(session().scalars(query), key=sort_key)


def incomplete(found: Iterable[Term], language: str) -> list[Term]:
    """Return the terms that lack something in the language; a word to avoid needs no translation."""
    return [one for one in found if one.state != TermState.FORBIDDEN and language not in one.written_in.split()]


def complete_in(term: LocalizedText, definition: LocalizedText, *, stays: bool) -> list[str]:
    """Return the languages that have both the term and its definition; a term that ``stays`` needs the latter only."""
    defined = [language for language, _half in definition]
    return [language for language in defined if stays or term.text(language)]


# --- writing --------------------------------------------------------------------------------------------------------


def add(event: Event, facts: Mapping[str, Any], *, by: Actor) -> Term:
    """Write a new term into the lexicon."""
    events.check_not_frozen(event)
    new = Term(event_id=event.id, term=LocalizedText(), definition=LocalizedText())
    events.apply(new, facts)
    _index(event, new)
    check_free(event, new)
    session().add(new)
    activity.record(by, ADDED, new)
    return new


def change(event: Event, changed: Term, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change a term that was locked in this transaction; halves left alone become stale where the other one changed."""
    events.check_not_frozen(event)
    with session().no_autoflush:
        events.apply(changed, changes)
        _index(event, changed)
        check_free(event, changed)
    activity.edited(by, CHANGED, changed)


def read_again(changed: Term, language: str, *, by: Actor) -> None:
    """Keep a translation whose source has changed: somebody read both, and it still holds."""
    for name in ("term", "definition"):
        text: LocalizedText = getattr(changed, name)
        if text.state(language) is State.STALE:
            setattr(changed, name, text.written(language, text.text(language) or ""))
    activity.record(by, READ_AGAIN, changed, {"language": [None, language]})


def set_archived(event: Event, changed: Term, archived: bool, *, by: Actor) -> None:
    """Archive the term or take it back; nothing is destroyed."""
    events.check_not_frozen(event)
    if not archived:
        check_free(event, changed)
    changed.archived_at = clock.now() if archived else None
    activity.record(by, ARCHIVED if archived else RESTORED, changed)


def check_free(event: Event, new: Term) -> None:
    taken = session().scalar(
        sa.select(Term.id).where(
            Term.event_id == event.id,
            Term.sort_key == new.sort_key,
            Term.archived_at.is_(None),
            Term.id != (new.id or 0),
        )
    )
    if taken is not None:
        raise TermTaken(term=new.term.label(event.languages[0]))


def _index(event: Event, term: Term) -> None:
    """Keep what the list sorts, searches and filters by in step with the texts."""
    term.sort_key = sort_key(term.term.label(event.languages[0]))[:250]
    term.search_key = SEPARATOR.join(sort_key(half.text) for _language, half in term.term)
    term.written_in = f" {' '.join(complete_in(term.term, term.definition, stays=term.stays))} "


# --- acronyms that may stand as they are ----------------------------------------------------------------------------


def ignored(event: Event) -> list[IgnoredAcronym]:
    query = sa.select(IgnoredAcronym).where(IgnoredAcronym.event_id == event.id).order_by(IgnoredAcronym.acronym)
    return list(session().scalars(query))


def ignore(event: Event, acronym: str, *, by: Actor) -> None:
    """Let the acronym stand unexplained in this event; doing it twice is doing it once."""
    events.check_not_frozen(event)
    name = acronym.strip()
    if not name or len(name) > 40:
        raise NoAcronym
    if name.upper() in {row.acronym.upper() for row in ignored(event)}:
        return
    row = IgnoredAcronym(event_id=event.id, acronym=name)
    session().add(row)
    activity.record(by, IGNORED, row)


def heed(event: Event, ignored_id: int, *, by: Actor) -> None:
    """Watch the acronym again."""
    row = locked(IgnoredAcronym, ignored_id, event_id=event.id)
    activity.record(by, HEEDED, row)
    session().delete(row)


def copy_to(source: Event, target: Event) -> None:
    """Copy the lexicon and what it lets pass to another event."""
    for one in terms(source):
        session().add(
            Term(
                event_id=target.id,
                term=one.term,
                definition=one.definition,
                domain=one.domain,
                state=one.state,
                is_acronym=one.is_acronym,
                sort_key=one.sort_key,
                search_key=one.search_key,
                written_in=one.written_in,
            )
        )
    session().add_all(IgnoredAcronym(event_id=target.id, acronym=row.acronym) for row in ignored(source))
