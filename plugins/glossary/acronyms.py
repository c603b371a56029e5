"""Acronyms in texts: where they stand, whether somebody says what they mean, and whether before they are used.

Each language stands on its own: whoever reads the English text does not see what the French one explains. Word shapes
cannot tell every acronym from every name, so the list of what to ignore is the caller's to extend.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

# Read as words by now, or codes and units rather than acronyms.
DEFAULT_IGNORED = frozenset(
    """
    FR EN DE ES IT NL PT UE EU UK US USA OK NB PS CV VIP RSVP AM PM TV PC GPS SMS USB HDMI WC QR ID URL
    PDF HTML CSV DOCX XLSX PPTX ODT ODS PNG JPG JPEG ICS UTC GMT CET CEST
    EUR HT TTC CO2 CO2e MW GW TW MWh GWh TWh MB GB TB
    """.split()
)

LONGEST = 8  # capitals and figures; beyond, it is a word in capitals: PROGRAMME, IMPORTANT
SHORTEST_WORD = 5  # a word in capitals that the texts also write in small letters: MERCI, but not AMI or SAGE

_WORD = re.compile(r"[^\W_]+(?:&[^\W_]+)*")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]+")
_SENTENCE_END = re.compile(r"[.!?;]\s|\n")
_SAME_PHRASE = re.compile(r"[ \u00a0\u202f'’\-\u2011]*")
_APOSTROPHES = ("'", "’")
_BEFORE_IN_BRACKETS = re.compile(r"\(\s*(?:(?:ci-après|dit|ou|or|hereafter)\s)?\s*[«“\"]?\s*$")
_AFTER_IN_BRACKETS = re.compile(r"\s*[»”\"]?\s*[),;]")
_BRACKETS_BEHIND = re.compile(r"[ \u00a0\u202f]*\(([^()]{1,300})\)")
_ROMAN = re.compile(
    r"(?=[MDCLXVI])(M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?:e|er|re|ère|ème|es|ᵉ|ᵉʳ|ᵉˢ|st|nd|rd|th)?"
)
# Passed over in an expansion; in capitals, the sign of a sentence that shouts.
_SMALL_WORDS = frozenset(
    """
    à au aux avec d dans de des du en et l la le les nos notre ou par pour sur vos votre
    an and by for in of on or our the to with your
    """.split()
)


@dataclass(frozen=True)
class Text:
    """A text of the event in one language; ``key`` says which, such as "events.item.12.title"."""

    key: str
    language: str
    text: str


@dataclass(frozen=True)
class Place:
    """Where a word stands: in which text, and from which character on (of the text in NFC)."""

    key: str
    start: int


@dataclass(frozen=True)
class Definition:
    """What a text says that an acronym means, and where."""

    expansion: str
    place: Place


class Problem(StrEnum):
    """What is wrong with an acronym."""

    UNDEFINED = "undefined"
    DEFINED_TWICE = "defined_twice"
    DEFINED_AFTER_USE = "defined_after_use"


@dataclass(frozen=True)
class Finding:
    """A problem with an acronym in the texts of one language; ``places`` are all those where it stands, in order.

    ``definitions`` are the ones that differ, or the one that comes too late; an undefined acronym has none.
    """

    problem: Problem
    acronym: str
    language: str
    places: tuple[Place, ...]
    definitions: tuple[Definition, ...] = ()


@dataclass(frozen=True)
class Use:
    """An acronym as it stands in a text, in the singular; ``expansion`` where the text says right there what it is."""

    acronym: str
    place: Place
    expansion: str | None = None


def find_problems(
    texts: Sequence[Text], known: Collection[str] = (), ignored: Collection[str] = DEFAULT_IGNORED
) -> tuple[Finding, ...]:
    """Return what is wrong with the acronyms of the texts, by language and by first place; texts in reading order.

    ``known`` are the acronyms that the lexicon defines: they may stand anywhere, yet the texts may not explain them in
    two ways. Small and capital letters make no difference to either list: SCOT is SCoT.
    """
    in_lexicon, passed_over = ({name.upper() for name in names} for names in (known, ignored))
    found: list[Finding] = []
    for language in dict.fromkeys(text.language for text in texts):
        uses: dict[str, list[Use]] = {}
        for use in uses_in([text for text in texts if text.language == language]):
            uses.setdefault(use.acronym.upper(), []).append(use)
        for name, of_name in uses.items():
            if name not in passed_over:
                found += _problems(of_name, language, is_known=name in in_lexicon)
    return tuple(found)


def _problems(uses: Sequence[Use], language: str, *, is_known: bool) -> Iterator[Finding]:
    acronym, places = uses[0].acronym, tuple(use.place for use in uses)
    by_meaning: dict[tuple[str, ...], Definition] = {}
    for use in uses:
        if use.expansion is not None:
            by_meaning.setdefault(_meaning(use.expansion), Definition(use.expansion, use.place))
    definitions = tuple(by_meaning.values())
    if not definitions and not is_known:
        yield Finding(Problem.UNDEFINED, acronym, language, places)
    if len(definitions) > 1:
        yield Finding(Problem.DEFINED_TWICE, acronym, language, places, definitions)
    if definitions and not is_known and definitions[0].place != places[0]:
        yield Finding(Problem.DEFINED_AFTER_USE, acronym, language, places, definitions[:1])


def uses_in(texts: Iterable[Text]) -> Iterator[Use]:
    """Yield each acronym of the texts, all in one language, where it stands."""
    prepared = []
    small_letters: set[str] = set()
    for text in texts:
        prose = _ADDRESS.sub(lambda found: " " * len(found[0]), unicodedata.normalize("NFC", text.text))
        words = list(_WORD.finditer(prose))
        small_letters |= {_folded(word[0]) for word in words if word[0].islower()}
        prepared.append((text.key, prose, words))
    for key, prose, words in prepared:
        shouted = _shouted(prose, words)
        for word in words:
            acronym = _acronym(word[0])
            if acronym is None:
                continue
            plain = word[0].isupper() and word[0].isalpha()  # figures and small letters tell an acronym anywhere
            if plain and (
                word.start() in shouted or (len(acronym) >= SHORTEST_WORD and _folded(acronym) in small_letters)
            ):
                continue
            yield Use(acronym, Place(key, word.start()), _expansion(acronym, prose, word.start(), word.end()))


def _acronym(word: str) -> str | None:
    """Return the acronym that the word is, without the s of its plural; None for any other word."""
    if word.endswith("s") and _is_acronym(word[:-1]):
        return word[:-1]
    return word if _is_acronym(word) else None


def _is_acronym(word: str) -> bool:
    """Return whether the word starts with a capital, has another, and consists of capitals and figures for the most."""
    capitals = sum(letter.isupper() for letter in word)
    marks = capitals + sum(letter.isdigit() for letter in word)
    return word[:1].isupper() and capitals >= 2 and len(word) < 2 * marks <= 2 * LONGEST and not _is_roman_numeral(word)


def _is_roman_numeral(word: str) -> bool:
    """Return whether the word is a Roman numeral as texts have them: below ninety, or long, such as a year.

    CDI, CCI and CM are numerals too, and far more often acronyms.
    """
    numeral = _ROMAN.fullmatch(word)
    return numeral is not None and (set(numeral[1]) <= set("IVXL") or len(numeral[1]) >= 4)


def _shouted(prose: str, words: Iterable[re.Match[str]]) -> set[int]:
    """Return where the words of sentences and titles in capitals start.

    A run of words in capitals shouts when a small word is among them, or they are three, or one is long. Figures do not
    count, nor does an article before an apostrophe: a sentence may begin with "L’EPCI".
    """
    runs: list[list[str]] = []
    starts: list[set[int]] = []
    end = -1
    for word in words:
        if word[0] != word[0].upper():
            end = -1
            continue
        if end < 0 or not _SAME_PHRASE.fullmatch(prose, end, word.start()):
            runs.append([])
            starts.append(set())
        end = word.end()
        starts[-1].add(word.start())
        if word[0].isupper() and not (len(word[0]) == 1 and prose.startswith(_APOSTROPHES, end)):
            runs[-1].append(word[0])
    return {
        start
        for run, at in zip(runs, starts, strict=True)
        if len(run) > 2 or any(map(_is_small, run)) or (len(run) == 2 and max(map(len, run)) > SHORTEST_WORD)
        for start in at
    }


def _expansion(acronym: str, prose: str, start: int, end: int) -> str | None:
    """Return the words beside the acronym that it stands for: "plan climat (PC)" or "PC (plan climat)"."""
    opening = _BEFORE_IN_BRACKETS.search(prose, max(0, start - 20), start)
    if opening and _AFTER_IN_BRACKETS.match(prose, end):
        return _ending_of(prose[max(0, opening.start() - 300) : opening.start()], acronym)
    if behind := _BRACKETS_BEHIND.match(prose, end):
        return _beginning_of(behind[1].strip(), acronym)
    return None


def _ending_of(phrase: str, acronym: str) -> str | None:
    """Return the end of the phrase, within its last sentence, that spells the acronym best; of several the shortest."""
    begin = max((found.end() for found in _SENTENCE_END.finditer(phrase)), default=0)
    words = list(_WORD.finditer(phrase, begin))[-3 * len(acronym) :]
    endings = [words[place:] for place in range(len(words) - 2, -1, -1)]
    lacking = [_lacking([word[0] for word in ending], acronym) for ending in endings]
    best = min(lacking, default=len(acronym))
    return phrase[endings[lacking.index(best)][0].start() :].strip() if best <= _spare(acronym, 1) else None


def _beginning_of(phrase: str, acronym: str) -> str | None:
    """Return the beginning of the phrase, to a comma or its end, that best spells the acronym; of several the shortest.

    In brackets behind an acronym several words are hardly anything but its meaning, if only a translation of it: more
    than half of the letters will do.
    """
    stops = [*(comma.start() for comma in re.finditer(r"[,;:]", phrase)), len(phrase)]
    lacking = []
    for stop in stops:
        words = _WORD.findall(phrase[:stop])
        while words and _is_small(words[0]):
            words = words[1:]
        lacking.append(_lacking(words, acronym) if words else len(acronym))
    best = min(lacking)
    return phrase[: stops[lacking.index(best)]].strip() if best <= _spare(acronym, (len(acronym) - 1) // 2) else None


def _spare(acronym: str, letters: int) -> int:
    """Return how many letters its expansion may lack: of three or fewer each counts."""
    return letters if len(acronym) > 3 else 0


def _lacking(words: Sequence[str], acronym: str) -> int:
    """Return how many capitals of the acronym are no initial of the words, in any order, since they may be translated.

    All of them, where the first word gives none or the words are too many for chance not to play. Small words give
    letters where they are needed (TEC, transports en commun). A figure repeats what follows it, or stands for nothing
    (C2D, conseil de développement).
    """
    initials = Counter(_folded(word)[:1] for word in words)
    length = sum(not _is_small(word) for word in words)
    least = len(acronym)
    for spelling in (re.sub(r"([2-4])([^\W\d])", lambda found: found[2] * int(found[1]), acronym), acronym):
        capitals = Counter(_folded("".join(letter for letter in spelling if letter.isupper())))
        if not _is_small(words[0]) and _folded(words[0])[:1] in capitals and length <= capitals.total() + 2:
            least = min(least, (capitals - initials).total())
    return least


def _meaning(expansion: str) -> tuple[str, ...]:
    """Return what two wordings of one definition share: no small words, accents, capitals, hyphens or endings."""
    return tuple(_folded(word).rstrip("esx") for word in _WORD.findall(expansion) if not _is_small(word))


def _is_small(word: str) -> bool:
    return word.lower() in _SMALL_WORDS


def _folded(word: str) -> str:
    """Return the word in small letters without accents."""
    if word.isascii():  # most are, and this is most of the time spent
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
