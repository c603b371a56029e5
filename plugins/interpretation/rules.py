"""The kinds of staffing rules that a source can state, and how a rule is put into words.

A rule quotes its source in both languages of the interface: its words belong to it as its numbers do, and are not
interface strings. Durations are whole minutes; a ``range`` gives their bounds: "up to 4 h" ends in ``241)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import time
from enum import StrEnum
from typing import ClassVar, TypeVar

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from eventhub.api import Severity

HOUR = 60
DAY = 24 * HOUR
NO_LIMIT = 1000 * DAY

Words = Mapping[str, str]  # by language


class Mode(StrEnum):
    """How people are interpreted for; ``tour_guide`` is a portable transmitter with receivers (bidule)."""

    SIMULTANEOUS = "simultaneous"
    CONSECUTIVE = "consecutive"
    WHISPERED = "whispered"
    TOUR_GUIDE = "tour_guide"
    REMOTE = "remote"


class Scope(StrEnum):
    """Whom a team size counts: those of one booth, or all those of the meeting."""

    BOOTH = "booth"
    MEETING = "meeting"


ANY_MODE = frozenset(Mode)
IN_BOOTH = frozenset({Mode.SIMULTANEOUS, Mode.REMOTE})


@dataclass(frozen=True)
class Rule:
    """A rule as its source states it; ``wording`` per language, with the names of its parameters in braces.

    ``finding`` is a second sentence that every rule of one kind ends with: what was found here.
    """

    id: str
    source: str
    wording: Words = field(hash=False)
    _: KW_ONLY
    severity: Severity = Severity.BREAKS_RULE
    finding: ClassVar[Words] = {}

    def in_words(self, language: str, parameters: Mapping[str, int | str]) -> str:
        """Return the rule and what was found, with the parameters as CLDR writes them in the language.

        Raises LookupError for a language that the rule is not worded in.
        """
        locale = Locale.parse(language, sep="-" if "-" in language else "_")
        values = {name: _in_words(name, value, locale) for name, value in parameters.items()}
        sentences = [self.wording[locale.language]]
        if self.finding:
            sentences.append(self.finding[locale.language])
        return " ".join(sentences).format(**values)


def _in_words(name: str, value: int | str, locale: Locale) -> str:
    """Return a count, a duration (its name ends in ``minutes``) or the name of a language (given by its code)."""
    if isinstance(value, str):
        return str(locale.languages.get(value, value))
    if not name.endswith("minutes"):
        return format_decimal(value, locale=locale)
    hours, minutes = divmod(value, HOUR)
    parts = [("duration-hour", hours)] if hours else []
    if minutes or not hours:
        parts.append(("duration-minute", minutes))
    return format_list([format_unit(n, unit, "long", locale=locale) for unit, n in parts], "unit-narrow", locale)


@dataclass(frozen=True)
class TeamSize(Rule):
    """At least ``count`` interpreters, for these modes, numbers of working languages and lengths of a block.

    Where ``allowed`` is false no team is large enough. ``strained`` rules are for booths that carry a heavy load or
    work both ways. Parameters: minutes, needed, assigned, and limit_minutes
    where there is a limit.
    """

    _: KW_ONLY
    count: int
    modes: frozenset[Mode] = ANY_MODE
    languages: range = range(1, 100)
    minutes: range = range(1, NO_LIMIT)
    scope: Scope = Scope.BOOTH
    strained: bool = False
    allowed: bool = True
    finding: ClassVar[Words] = {
        "fr": "Durée\u00a0: {minutes}\u00a0; interprètes prévus\u00a0: {assigned}.",
        "en": "Duration: {minutes}; interpreters assigned: {assigned}.",
    }

    def covers(self, mode: Mode, *, languages: int, minutes: int, strained: bool) -> bool:
        """Return whether the rule speaks of such a block."""
        fits = mode in self.modes and languages in self.languages and minutes in self.minutes
        return fits and (strained or not self.strained)


@dataclass(frozen=True)
class WhisperListeners(Rule):
    """Whispering serves at most so many listeners. Parameter: listeners."""

    _: KW_ONLY
    most: int


@dataclass(frozen=True)
class RelayAvoided(Rule):
    """No language reaches the listeners through a third one as a matter of course. Parameters: source, target."""


@dataclass(frozen=True)
class RelayGivers(Rule):
    """Where relay is needed, at least so many interpreters can give it. Parameters: source, target, givers."""

    _: KW_ONLY
    count: int


@dataclass(frozen=True)
class RelayBooth(Rule):
    """A booth that works both ways and gives relay has at least so many interpreters. Parameter: assigned."""

    _: KW_ONLY
    count: int


@dataclass(frozen=True)
class DayLength(Rule):
    """A day of so many minutes of interpreting in these modes breaks the rule. Parameter: minutes."""

    _: KW_ONLY
    minutes: range
    modes: frozenset[Mode] = ANY_MODE


@dataclass(frozen=True)
class SessionLength(Rule):
    """One session lasts at most so many minutes. Parameter: minutes."""

    _: KW_ONLY
    most: int


@dataclass(frozen=True)
class SessionPause(Rule):
    """Between two sessions of a day lie at least so many minutes. Parameter: minutes."""

    _: KW_ONLY
    least: int


@dataclass(frozen=True)
class SessionCount(Rule):
    """A day has at most so many sessions. Parameter: sessions."""

    _: KW_ONLY
    most: int


@dataclass(frozen=True)
class OnSite(Rule):
    """Interpreters are on site so many minutes before they start. Parameter: minutes."""

    _: KW_ONLY
    least: int


@dataclass(frozen=True)
class Lunch(Rule):
    """Who works before and after this part of the day has so many free minutes in a row within it.

    Parameter: minutes, the longest break that there is.
    """

    _: KW_ONLY
    opens: time
    closes: time
    least: int


@dataclass(frozen=True)
class OneContract(Rule):
    """An interpreter works under one contract a day. Parameter: contracts."""


@dataclass(frozen=True)
class Cancellation(Rule):
    """Who cancels with a notice of so many minutes owes this share of the fee."""

    _: KW_ONLY
    notice: range
    percent: int


R = TypeVar("R", bound=Rule)


@dataclass(frozen=True)
class Profile:
    """A set of rules that an organiser chooses by name; ``title`` per language."""

    name: str
    title: Words = field(hash=False)
    rules: tuple[Rule, ...]

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """Return the rules of one kind."""
        return tuple(rule for rule in self.rules if isinstance(rule, kind))
