"""All the texts of an event, checked against its lexicon: acronyms nobody explains, words it forbids; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from eventhub.api import LocalizedEntry, sort_key

from .acronyms import DEFAULT_IGNORED, Finding, Place, Problem, Text, find_problems, uses_in
from .models import Term, TermState

AROUND = 45  # characters of a text shown on either side of an acronym


@dataclass(frozen=True)
class Excerpt:
    """Where an acronym stands: the text's name and address, and a few words around it."""

    label: str
    url: str | None
    before: str
    word: str
    after: str


@dataclass(frozen=True)
class Reported:
    """A finding as the page shows it."""

    finding: Finding
    excerpts: tuple[Excerpt, ...]


def explained(terms: Iterable[Term], language: str) -> set[str]:
    """Return the acronyms that the lexicon explains to readers of the language.

    An acronym needs a definition in that language; a term that spells its acronym out ("plan climat (PC)") explains
    it by itself.
    """
    found: set[str] = set()
    for term in terms:
        if term.state == TermState.FORBIDDEN:
            continue
        own = term.term.text(language)
        if term.is_acronym and term.definition.text(language):
            found |= {half.text for _code, half in term.term} if term.stays else {own} if own else set()
        if own:
            found |= {use.acronym for use in uses_in([Text("", language, own)]) if use.expansion is not None}
    return found


def report(
    entries: Sequence[LocalizedEntry], terms: Sequence[Term], ignored: Collection[str], languages: Iterable[str]
) -> list[Reported]:
    """Return what is wrong with the acronyms of the texts, each language on its own; entries in reading order."""
    reported = []
    by_key = {entry.key: entry for entry in entries}
    for language in languages:
        texts = [Text(entry.key, language, entry.text.text(language) or "") for entry in entries]
        found = find_problems(
            [text for text in texts if text.text], explained(terms, language), DEFAULT_IGNORED | set(ignored)
        )
        for finding in found:
            excerpts = [_excerpt(by_key[place.key], language, place, finding.acronym) for place in finding.places]
            reported.append(Reported(finding, tuple(excerpts)))
    return reported


def undefined(reported: Iterable[Reported]) -> list[str]:
    """Return the acronyms that nobody explains in at least one language, each once."""
    return list(dict.fromkeys(one.finding.acronym for one in reported if one.finding.problem is Problem.UNDEFINED))


@dataclass(frozen=True)
class ForbiddenUse:
    """A text that uses a word which the lexicon forbids, in one language."""

    word: str
    language: str
    entry: LocalizedEntry


def forbidden_uses(
    entries: Sequence[LocalizedEntry], terms: Iterable[Term], languages: Iterable[str]
) -> list[ForbiddenUse]:
    """Return the texts in which a forbidden term stands as a whole word, whatever its capitals and accents.

    The lexicon's own texts may name it, to say that it is to be avoided.
    """
    forbidden = [term for term in terms if term.state == TermState.FORBIDDEN]
    if not forbidden:
        return []
    found = []
    for language in languages:
        words = [(word, _whole(word)) for term in forbidden if (word := term.term.text(language))]
        for entry in entries:
            text = _flat(entry.text.text(language) or "")
            if text and not entry.key.startswith("glossary."):
                found += [ForbiddenUse(word, language, entry) for word, pattern in words if pattern.search(text)]
    return found


def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(_flat(word))}(?!\w)")


def _flat(text: str) -> str:
    """Return the text without accents, capitals, and with one kind of space."""
    return " ".join(sort_key(text).split())


def _excerpt(entry: LocalizedEntry, language: str, place: Place, acronym: str) -> Excerpt:
    text = unicodedata.normalize("NFC", entry.text.text(language) or "")
    start, end = place.start, place.start + len(acronym)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Excerpt(
        entry.label,
        entry.url,
        ("…" if start > AROUND else "") + " ".join(before.split()) + (" " if before[-1:].isspace() else ""),
        text[start:end],
        (" " if after[:1].isspace() else "") + " ".join(after.split()) + ("…" if end + AROUND < len(text) else ""),
    )
