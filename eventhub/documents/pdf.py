"""A document as an accessible PDF (PDF/UA-1 and PDF/A-2a): its words made printable, then compiled by Typst."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, assert_never

from .compiler import Compiler, file_name
from .glyphs import BREAK, ReplacedGlyph, glyph_set
from .links import safe_href
from .model import (
    Block,
    BulletList,
    Callout,
    DefinitionList,
    Document,
    Figure,
    Heading,
    Missing,
    PageBreak,
    Paragraph,
    Run,
    Table,
    Text,
    outlined,
    plain,
    runs_of,
    without_outline,
)
from .spacing import spaced, spaced_runs
from .words import words_in

LONGEST_STRING = 1000  # characters of a title or an alternative text: PDF/A-2 stops at 32,767 bytes
RUNNING_HEAD = 90  # characters of the event line and of the title above the second page and on
NARROW_COLUMN = 22  # characters: up to here a column is as wide as its text

_LONG_WORD = re.compile(r"\S{25,}")
_PIECE = re.compile(r".{7,}?[/@.,;:&=?#+_-](?=\w)|.+")  # no shorter: each break costs the compiler time
_ENDLESS = 60
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}

_compiler = Compiler()  # starts at its first document


@dataclass(frozen=True, slots=True)
class Rendered:
    """A PDF, and the characters that it shows as □, by code point."""

    pdf: bytes
    replaced_glyphs: tuple[ReplacedGlyph, ...]


def render_pdf(document: Document, *, timestamp: datetime, compiler: Compiler | None = None) -> Rendered:
    """Return the document as PDF/UA-1 and PDF/A-2a; equal documents at an equal time give equal bytes.

    ``timestamp``: the date of the edition, with its time zone. Takes a few hundredths of a second, the first document
    of a process some tenths. Raises TimedOut, TooLarge or CompileFailed.
    """
    typesetter = _Typesetter(document.language)
    data = typesetter.document(document)
    pdf = (compiler or _compiler).compile("document.typ", data, timestamp=timestamp, files=typesetter.files)
    return Rendered(pdf, typesetter.replaced_glyphs())


def render_template(
    source: str,
    data: Mapping[str, Any],
    *,
    timestamp: datetime,
    files: Mapping[str, bytes] | None = None,
    compiler: Compiler | None = None,
) -> Rendered:
    """Compile a component's own Typst template: labels, posters, sheets.

    ``source`` is the component's code, never text of a user; it may ``#import "/base.typ": *`` for the look, and reads
    its data by ``json(bytes(sys.inputs.data))``. PDF/UA-1 asks it to set a document title, a language, and alternative
    texts. ``files``: images by name ("map.svg"). Raises TimedOut, TooLarge or CompileFailed.
    """
    replaced: Counter[str] = Counter()
    guarded = glyph_set().guard_all(data, replaced)
    pdf = (compiler or _compiler).compile("", guarded, timestamp=timestamp, files=files, source=source)
    return Rendered(pdf, _sorted(replaced))


def breakable(text: str) -> str:
    """Return the text with places to break words that would leave their line: addresses, keys, a cat on a keyboard.

    A long word of letters alone is left to hyphenation.
    """

    def broken(match: re.Match[str]) -> str:
        pieces = _PIECE.findall(match[0])
        return BREAK.join(
            part for piece in pieces for part in ([piece] if len(piece) <= _ENDLESS else re.findall(".{1,12}", piece))
        )

    return _LONG_WORD.sub(broken, text)


def column_widths(table: Table) -> list[int]:
    """Return for each column 0, as wide as its text, or its share of what is left.

    Without the shares Typst gives a column of long texts little more than a column of numbers. A head may take two
    lines, so that of it only the longest word counts.
    """
    columns = range(len(table.head))
    lengths = [[len(plain(row[column])) for row in table.rows] for column in columns]
    widest = [max([*lengths[column], *map(len, plain(table.head[column]).split())], default=0) for column in columns]
    shares = [
        0 if widest[column] <= NARROW_COLUMN else min(60, max(12, sum(lengths[column]) // max(1, len(table.rows))))
        for column in columns
    ]
    starting = [column for column in columns if table.alignment(column) == "start"]
    if not any(shares) and starting:
        shares[starting[-1]] = 1  # so that every table is as wide as the text
    return shares


@dataclass(slots=True)
class _Typesetter:
    """Turns a document into the template's data, and notes what it had to replace."""

    language: str
    replaced: Counter[str] = field(default_factory=Counter)
    files: dict[str, bytes] = field(default_factory=dict)

    def document(self, document: Document) -> dict[str, Any]:
        words = words_in(document.language)
        region = re.search("-([A-Z]{2})$", document.language)
        return {
            "title": self.line(document.title),
            "name": self.string(document.title),
            "running": [self.string(line, RUNNING_HEAD) for line in (document.event_line, document.title)],
            "subtitle": self.line(document.subtitle),
            "event": self.line(document.event_line),
            "edition": self.line(document.edition_line),
            "author": self.string(document.author),
            "lang": document.language.partition("-")[0],
            "region": region[1] if region else "",
            "toc": document.toc and any(isinstance(block, Heading) for block in document.blocks),
            "landscape": document.landscape,
            "words": {"contents": words.contents, "missing": words.missing, "lang": words.language},
            "blocks": self.blocks(outlined(document.blocks)),
        }

    def replaced_glyphs(self) -> tuple[ReplacedGlyph, ...]:
        return _sorted(self.replaced)

    def line(self, text: str) -> str:
        """Return text of the document's language, ready to print."""
        return breakable(spaced(glyph_set().guard(text, self.replaced), self.language))

    def string(self, text: str, longest: int = LONGEST_STRING) -> str:
        """Return text of one line, shortened, that stands beside the document: its boxes are not counted again."""
        line = spaced(glyph_set().guard(text, Counter()), self.language).replace("\n", " ")
        return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"

    def runs(self, text: Text) -> list[dict[str, Any]]:
        """Return runs of text; the spaces of the language hold across them."""
        setting: list[dict[str, Any]] = []
        for language, group in groupby(runs_of(text), key=lambda run: run.language or self.language):
            alike = list(group)
            texts = spaced_runs([glyph_set().guard(run.text, self.replaced) for run in alike], language)
            setting.extend(self.run(run, printable) for run, printable in zip(alike, texts, strict=True) if printable)
        return setting

    def run(self, run: Run, printable: str) -> dict[str, Any]:
        foreign = run.language if run.language != self.language else ""
        marks = {"bold": run.bold, "italic": run.italic, "href": safe_href(run.href), "lang": foreign.partition("-")[0]}
        return {"text": breakable(printable)} | {name: mark for name, mark in marks.items() if mark}

    def blocks(self, blocks: Iterable[Block]) -> list[dict[str, Any]]:
        return [data for block in blocks if (data := self.block(block))]

    def block(self, block: Block) -> dict[str, Any] | None:
        match block:
            case Heading():
                return {"kind": "heading", "level": block.level, "text": self.line(block.text)}
            case Paragraph():
                return {"kind": "paragraph", "runs": runs} if (runs := self.runs(block.text)) else None
            case BulletList():
                return self.bullets(block)
            case Table():
                return self.table(block)
            case DefinitionList():
                entries = [{"term": self.runs(term), "meaning": self.runs(meaning)} for term, meaning in block.entries]
                return {"kind": "definitions", "entries": entries} if entries else None
            case Callout():
                inside = self.blocks(map(without_outline, block.blocks))
                callout = {"kind": "callout", "tone": block.tone, "title": self.line(block.title), "blocks": inside}
                return callout if inside or block.title else None
            case Figure():
                return self.figure(block)
            case PageBreak():
                return {"kind": "pagebreak"}
            case Missing():
                return {"kind": "missing", "text": self.line(block.text)}
            case _:
                assert_never(block)

    def bullets(self, block: BulletList) -> dict[str, Any] | None:
        items = [
            {"runs": self.runs(item.text)} | ({"sublist": self.bullets(item.sublist)} if item.sublist else {})
            for item in block.items
        ]
        kind = {"kind": "list", "numbered": block.numbered, "start": block.start}
        return kind | {"items": items} if items else None

    def table(self, block: Table) -> dict[str, Any]:
        return {
            "kind": "table",
            "caption": self.line(block.caption),
            "head": [self.runs(cell) for cell in block.head],
            "rows": [[self.runs(cell) for cell in row] for row in block.rows],
            "alignments": [block.alignment(column) for column in range(len(block.head))],
            "widths": column_widths(block),
            "rowheaders": block.row_headers,
        }

    def figure(self, block: Figure) -> dict[str, Any]:
        name = file_name(block.image, _SUFFIXES[block.media_type])
        self.files[name] = block.image
        return {"kind": "figure", "file": name, "alt": self.string(block.alt), "caption": self.line(block.caption)}


def _sorted(replaced: Counter[str]) -> tuple[ReplacedGlyph, ...]:
    return tuple(ReplacedGlyph(character, count) for character, count in sorted(replaced.items()))
