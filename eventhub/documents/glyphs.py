"""What the vendored fonts can print, and the guard that keeps everything else out of a PDF.

One code point without a glyph makes a PDF/UA-1 file impossible, so a name with an emoji would cost the whole dossier.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent
SOURCE_SANS = PACKAGE.parent / "web" / "static" / "vendor" / "source-sans-3-3.052"
FALLBACKS = PACKAGE / "fonts"
FONT_FOLDERS = (SOURCE_SANS, FALLBACKS)

REPLACEMENT = "\u25a1"  # □, in every style of Source Sans 3; U+FFFD is in none and PDF/A refuses it
BREAK = "\u200b"  # where a long word may be broken; the template turns it into a break that is not copied out

_LINE_ENDS = "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"
# Invisible and harmless: soft hyphen, zero-width space and joiners, left-to-right and right-to-left marks, word joiner.
# The others of their category go: embeddings and overrides would turn the rest of the line around.
_KEPT_FORMATS = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060")


@dataclass(frozen=True, slots=True)
class ReplacedGlyph:
    """A character that no font has, and how often the document had it."""

    character: str
    count: int

    @property
    def name(self) -> str:
        """Return "U+1F600 GRINNING FACE"."""
        return f"U+{ord(self.character):04X} {unicodedata.name(self.character, '')}".rstrip()


def without_controls(text: str) -> str:
    """Return the text with every line end as a line feed, tabs as spaces, and no other control character."""
    if text.isascii() and text.isprintable():
        return text
    for end in _LINE_ENDS:
        text = text.replace(end, "\n")
    return "".join(
        character
        for character in text.replace("\t", " ")
        if character == "\n" or character in _KEPT_FORMATS or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )


@dataclass(frozen=True, slots=True)
class GlyphSet:
    """The code points of each font: the first for every style, then the fallbacks in Typst's order."""

    fonts: tuple[frozenset[int], ...]

    def guard(self, text: str, replaced: Counter[str]) -> str:
        """Return the text with □ in place of what cannot be printed, counted in ``replaced``.

        A combining mark is printed by the font of its letter or not at all: fonts are chosen per cluster.
        """
        text = unicodedata.normalize("NFC", without_controls(text))
        if all(character == "\n" or ord(character) in self.fonts[0] for character in text):
            return text
        kept: list[str] = []
        bearer = self.fonts  # the fonts that have the present letter and all its marks so far
        for character in text:
            if character == "\n" or character in _KEPT_FORMATS:
                kept.append(character)
                continue
            if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
                continue  # variation selectors: they only ask for another picture of the same character
            is_mark = unicodedata.category(character).startswith("M")
            fonts = tuple(font for font in (bearer if is_mark else self.fonts) if _prints(font, character))
            if fonts:
                kept.append(character)
                bearer = fonts
            elif character.isspace():
                kept.append(" ")
                bearer = self.fonts[:1]
            else:
                replaced[character] += 1
                kept.append(REPLACEMENT)
                bearer = self.fonts[:1]
        return "".join(kept)

    def guard_all(self, value: Any, replaced: Counter[str]) -> Any:
        """Return JSON data with every string guarded, keys too."""
        if isinstance(value, str):
            return self.guard(value, replaced)
        if isinstance(value, list | tuple):
            return [self.guard_all(part, replaced) for part in value]
        if isinstance(value, dict):
            return {self.guard(str(name), replaced): self.guard_all(part, replaced) for name, part in value.items()}
        return value


def _prints(font: frozenset[int], character: str) -> bool:
    """Tell whether the font has the character, composed or as its parts (the shaper decomposes it)."""
    return ord(character) in font or all(ord(part) in font for part in unicodedata.normalize("NFD", character))


@cache
def glyph_set() -> GlyphSet:
    """Read the fonts once; a code point of the private use area counts as absent (PDF/A-2 refuses it)."""
    from fontTools.ttLib import TTFont  # slow import

    def points(path: Path) -> frozenset[int]:
        with TTFont(path, lazy=True) as font:
            return frozenset(
                point for point in font.getBestCmap() if unicodedata.category(chr(point)) not in ("Co", "Cn")
            )

    styles = [points(path) for path in sorted(SOURCE_SANS.glob("*.ttf"))]
    return GlyphSet((frozenset.intersection(*styles), *(points(path) for path in sorted(FALLBACKS.glob("*.ttf")))))
