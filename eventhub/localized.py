"""LocalizedText: a text that a guest reads, once per language, each half with its state.

A missing half is shown as missing, never silently replaced by another language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where one half stands: nothing written, being written, its source changed since, read by a second person."""

    MISSING = "missing"
    DRAFT = "draft"
    STALE = "stale"
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class Half:
    """The text in one language."""

    text: str
    state: State = State.DRAFT


@dataclass(frozen=True)
class LocalizedText:
    """An immutable text in several languages; to change it, make another one with ``written``."""

    halves: Mapping[str, Half] = field(default_factory=dict)

    @classmethod
    def of(cls, state: State = State.REVIEWED, **texts: str) -> LocalizedText:
        """Return a text from ``fr=…, en=…``; empty strings stay missing."""
        return cls({language: Half(text, state) for language, text in texts.items() if text})

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> LocalizedText:
        return cls({language: Half(half["text"], State(half["state"])) for language, half in value.items()})

    def to_json(self) -> dict[str, dict[str, str]]:
        return {language: {"text": half.text, "state": half.state.value} for language, half in self.halves.items()}

    def __bool__(self) -> bool:
        return bool(self.halves)

    def __iter__(self) -> Iterator[tuple[str, Half]]:
        return iter(self.halves.items())

    def text(self, language: str) -> str | None:
        """Return the text in the language, or None where it is missing."""
        half = self.halves.get(language)
        return half.text if half else None

    def state(self, language: str) -> State:
        half = self.halves.get(language)
        return half.state if half else State.MISSING

    def label(self, language: str) -> str:
        """Return a name to point at the thing with: the half if there is one, else another half in brackets.

        For titles of records in lists and logs of organisers; what guests read goes through ``text``.
        """
        if language in self.halves:
            return self.halves[language].text
        return next((f"[{half.text}]" for half in self.halves.values()), "")

    def gaps(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Return the languages in which the text is missing or stale."""
        return tuple(lang for lang in languages if self.state(lang) in {State.MISSING, State.STALE})

    def written(self, language: str, text: str, *, state: State = State.REVIEWED) -> LocalizedText:
        """Return the text with this half rewritten; the other halves become stale where the wording changed."""
        if not text:
            return LocalizedText({lang: half for lang, half in self if lang != language})
        changed = self.text(language) is not None and self.text(language) != text
        halves = {
            lang: Half(half.text, State.STALE) if changed and half.state is State.REVIEWED else half
            for lang, half in self
        }
        return LocalizedText({**halves, language: Half(text, state)})

    def rewritten(self, texts: Mapping[str, str]) -> LocalizedText:
        """Return the text after a form with all its halves: a half left alone while another changed becomes stale."""
        changed = {lang for lang, text in texts.items() if (self.text(lang) or "") != text}
        if not changed:
            return self
        halves: dict[str, Half] = {lang: half for lang, half in self if lang not in texts}
        for lang, text in texts.items():
            if not text:
                continue
            if lang in changed:
                halves[lang] = Half(text, State.REVIEWED)
            else:
                # only a rewritten half makes the others stale: filling in a missing one translates, it changes nothing
                rewrote = any(self.text(other) and texts.get(other) for other in changed)
                old = self.halves[lang]
                halves[lang] = Half(text, State.STALE if rewrote else old.state)
        return LocalizedText(halves)
