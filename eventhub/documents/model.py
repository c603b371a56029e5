"""What a document says, free of how it looks: components compose it, and each format renders the same value.

A document is in one language; the other edition is another Document, composed from the same state of the data.
Everything is frozen and goes to JSON and back, so an edition can be kept as data and rendered again to equal bytes.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeAlias

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|\d{3}))?")
SVG_START = re.compile(rb"\s*(<\?xml[^>]*>\s*)?((<!--((?!-->).)*-->|<!DOCTYPE[^>]*>)\s*)*<svg[\s>]", re.DOTALL)
HEADING_LEVELS = 4
LONGEST_HEADING = 400  # characters: PDF/A-2 caps a bookmark's string, and a longer one is no heading anyway

Alignment: TypeAlias = Literal["start", "center", "end"]
Tone: TypeAlias = Literal["note", "good", "warn", "stop", "quote"]
MediaType: TypeAlias = Literal["image/png", "image/jpeg", "image/svg+xml"]


def check_language(tag: str) -> None:
    """Refuse what is no language tag such as "fr", "en-GB" or "sr-Latn-RS"."""
    if not LANGUAGE_TAG.fullmatch(tag):
        raise ValueError(f"not a language tag: {tag!r}")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style; a line feed in it is a line break.

    ``language`` is set where it differs from the document's (WCAG 3.1.2). ``href`` may be http, https, mailto or tel;
    a renderer leaves any other link out and keeps the text.
    """

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        if self.language:
            check_language(self.language)


Text: TypeAlias = str | tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A title inside the document; level 1 is a section, right under the document's own title."""

    level: int
    text: str

    def __post_init__(self) -> None:
        if not 1 <= self.level <= HEADING_LEVELS:
            raise ValueError(f"a heading's level is 1 to {HEADING_LEVELS}, not {self.level}")


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Text


@dataclass(frozen=True, slots=True)
class ListItem:
    text: Text
    sublist: BulletList | None = None


@dataclass(frozen=True, slots=True)
class BulletList:
    """A list of short texts; ``numbered`` counts them from ``start``."""

    items: tuple[ListItem, ...]
    numbered: bool = False
    start: int = 1

    @classmethod
    def of(cls, *texts: Text, numbered: bool = False) -> BulletList:
        """Make a list without sublists."""
        return cls(tuple(ListItem(text) for text in texts), numbered=numbered)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; every row has as many cells as the head. The head comes back on each page.

    ``alignments``: one per column; by default all "start". Numbers go to the "end".
    ``row_headers``: the first cell names its row.
    """

    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    caption: str = ""
    alignments: tuple[Alignment, ...] = ()
    row_headers: bool = False

    def __post_init__(self) -> None:
        if not self.head:
            raise ValueError("a table has a head: without one it cannot be read aloud")
        if self.alignments and len(self.alignments) != len(self.head):
            raise ValueError(f"{len(self.alignments)} alignments for {len(self.head)} columns")
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.head):
                raise ValueError(f"row {number} has {len(row)} cells for {len(self.head)} columns")

    def alignment(self, column: int) -> Alignment:
        return self.alignments[column] if self.alignments else "start"


@dataclass(frozen=True, slots=True)
class DefinitionList:
    """Terms, each with what it means: a lexicon, or the times of a day."""

    entries: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True)
class Callout:
    """Blocks set apart from the text; the title says in words what the tone shows in colour."""

    blocks: tuple[Block, ...]
    title: str = ""
    tone: Tone = "note"


@dataclass(frozen=True, slots=True)
class Figure:
    """An image with the text that replaces it for who does not see it.

    A photograph in CMYK does not compile: PDF/A-2 would want the profile of its printing press.
    """

    image: bytes
    media_type: MediaType
    alt: str
    caption: str = ""

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError("a figure needs a text that replaces it")
        if self.media_type != media_type_of(self.image):
            raise ValueError(f"the image is not {self.media_type}")


@dataclass(frozen=True, slots=True)
class PageBreak:
    pass


@dataclass(frozen=True, slots=True)
class Missing:
    """A text that this language does not have yet, shown as a gap; never the other language in its place."""

    text: str


Block: TypeAlias = (
    Heading | Paragraph | BulletList | Table | DefinitionList | Callout | Figure | PageBreak | Missing
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """One text in one language.

    ``event_line`` ("Climate Democracy Lab · Grenoble, 25–27 March 2025") heads every page, ``edition_line`` ("Second
    edition, 18 March 2025") ends it. ``author`` is the body that publishes it. ``landscape`` is for wide tables.
    """

    title: str
    language: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    event_line: str = ""
    edition_line: str = ""
    author: str = ""
    toc: bool = False
    landscape: bool = False

    def __post_init__(self) -> None:
        check_language(self.language)
        if not self.title.strip():
            raise ValueError("a document has a title")


def runs_of(text: Text) -> tuple[Run, ...]:
    """Return the text as runs."""
    return (Run(text),) if isinstance(text, str) else text


def plain(text: Text) -> str:
    """Return the text without its styles."""
    return text if isinstance(text, str) else "".join(run.text for run in text)


def outlined(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield the blocks with headings that form an outline: none skips a level, none is empty.

    Organisers' Markdown does both, and PDF/UA-1 and RGAA 9.1 allow neither. A heading too long to be one turns into a
    bold paragraph.
    """
    above = 0
    for block in blocks:
        if not isinstance(block, Heading):
            yield block
        elif len(block.text) > LONGEST_HEADING:
            yield Paragraph((Run(block.text, bold=True),))
        elif block.text.strip():
            above = min(block.level, above + 1)
            yield replace(block, level=above)


def without_outline(block: Block) -> Block:
    """Return a heading inside a callout as bold text: it is no part of the document's outline."""
    return Paragraph((Run(block.text, bold=True),)) if isinstance(block, Heading) else block


def media_type_of(image: bytes) -> MediaType | None:
    """Return what the bytes are, whatever their name said."""
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if image.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if SVG_START.match(image[:4096]):
        return "image/svg+xml"
    return None


KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        *(Document, Run, Heading, Paragraph, ListItem, BulletList, Table),
        *(DefinitionList, Callout, Figure, PageBreak, Missing),
    )
}


def to_json(value: object) -> Any:
    """Return a document, or any part of one, as JSON data."""
    if type(value).__name__ in KINDS:
        named = {field.name: to_json(getattr(value, field.name)) for field in fields(value)}  # type: ignore[arg-type]
        return {"kind": type(value).__name__, **named}
    if isinstance(value, tuple):
        return [to_json(part) for part in value]
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    return value


def from_json(value: Any) -> Any:
    """Return what ``to_json`` was given; raises KeyError, TypeError or ValueError on anything else."""
    if isinstance(value, list):
        return tuple(from_json(part) for part in value)
    if not isinstance(value, dict):
        return value
    if value.keys() == {"base64"}:
        return base64.b64decode(value["base64"], validate=True)
    named = dict(value)
    return KINDS[named.pop("kind")](**{name: from_json(part) for name, part in named.items()})
