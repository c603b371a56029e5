"""Placeholders in braces: found, checked and filled in one pass, never evaluated.

What fills a place is never looked at again: a person called "{link}" stays a person called "{link}".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from eventhub.outbox import LINK_PLACE

PLACE = re.compile(r"\{([^{}\n]{0,60})\}")
_MARK, _END = LINK_PLACE[0], LINK_PLACE[-1]


def named(inside: str) -> str:
    """Return the placeholder's name as it is known; people write { Name } as well."""
    return inside.strip().casefold()


def used(texts: Iterable[str]) -> set[str]:
    """Return the names between braces in these texts."""
    return {named(inside) for text in texts for inside in PLACE.findall(text)}


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its places filled; a place without a value stays as it was written."""
    return PLACE.sub(lambda place: values.get(named(place[1]), place[0]), text)


def harmless(value: str) -> str:
    """Return a value in which nothing looks like the place of a personal link."""
    return value.replace(_MARK, "[").replace(_END, "]")
