"""The spaces that French typography keeps together.

Source: Lexique des règles typographiques en usage à l'Imprimerie nationale (narrow space before ; ! ?, full no-break
space before : and inside guillemets). Only a space that is there is made unbreakable, and guillemets get theirs; none
is added before ; : ! ?, for an English title or an address inside a French sentence must stay as it is.
"""

from __future__ import annotations

import re

NO_BREAK = "\u00a0"
NARROW = "\u202f"
JOIN = "\0"  # between runs of one text while a rule looks across them; never inside a text

_ANY_SPACE = rf"[ {NO_BREAK}{NARROW}]"
_RULES = (
    (re.compile(rf"{_ANY_SPACE}({JOIN}?[;!?])"), rf"{NARROW}\1"),
    (re.compile(rf"{_ANY_SPACE}({JOIN}?:)"), rf"{NO_BREAK}\1"),
    (re.compile(rf"«({JOIN}?){_ANY_SPACE}?"), rf"«\1{NO_BREAK}"),
    (re.compile(rf"{_ANY_SPACE}?({JOIN}?)»"), rf"{NO_BREAK}\1»"),
    (re.compile(rf"(?<=\d){_ANY_SPACE}({JOIN}?(?:[%€°]|h\b|min\b|km\b|kg\b|m\b))"), rf"{NO_BREAK}\1"),
    (re.compile(rf"(?<=\d{NO_BREAK}h){_ANY_SPACE}(?=\d\d\b)"), NO_BREAK),
)


def spaced(text: str, language: str) -> str:
    """Return the text with the no-break spaces of its language; only French has rules here."""
    if language.partition("-")[0] != "fr":
        return text
    for rule, replacement in _RULES:
        text = rule.sub(replacement, text)
    return text


def spaced_runs(texts: list[str], language: str) -> list[str]:
    """Return the texts of neighbouring runs, spaced as the one sentence that they are."""
    return spaced(JOIN.join(text.replace(JOIN, "") for text in texts), language).split(JOIN)
