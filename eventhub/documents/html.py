"""A document as an HTML fragment for a page of the site. Every text goes through markupsafe, none is markup."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, groupby
from typing import assert_never

from markupsafe import Markup, escape

from .glyphs import without_controls
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
    runs_of,
    without_outline,
)
from .spacing import spaced, spaced_runs
from .words import Words, words_in

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "ur", "yi"})
CLASSES = {"start": Markup(), "center": Markup(' class="center"'), "end": Markup(' class="num"')}
EVENT = Markup('<p class="document-event">{}</p>')
SUBTITLE = Markup('<p class="document-subtitle">{}</p>')
EDITION = Markup('<p class="document-edition">{}</p>')
CAPTION = Markup("<figcaption>{}</figcaption>")
CALLOUT_TITLE = Markup("<p><strong>{}</strong></p>")
ROW_HEADER = Markup('<th scope="row"{}>{}</th>')
CELL = Markup("<td{}>{}</td>")


def render_html(document: Document, *, level: int = 1, anchor: str = "section") -> Markup:
    """Return the document as an ``<article>``: title at heading ``level``, sections below it.

    ``anchor`` begins the ids of headings; two documents on one page need two of them.
    """
    return _Writer(document.language, level, anchor).article(document)


def language_attributes(language: str) -> Markup:
    """Return ``lang`` and, for a script that runs from right to left, ``dir``."""
    direction = Markup(' dir="rtl"') if language.partition("-")[0] in RIGHT_TO_LEFT else ""
    return Markup(' lang="{}"{}').format(language, direction)


@dataclass(frozen=True, slots=True)
class _Writer:
    language: str
    level: int
    anchor: str

    def article(self, document: Document) -> Markup:
        blocks = tuple(outlined(document.blocks))
        headings, captions = count(1), count(1)
        parts = [self.header(document)]
        if document.toc:
            parts.append(self.contents(blocks))
        for block in blocks:
            if isinstance(block, Heading):
                parts.append(self.heading(block.level, self.line(block.text), f"{self.anchor}-{next(headings)}"))
            elif isinstance(block, Table) and block.caption:
                parts.append(self.table(block, f"{self.anchor}-table-{next(captions)}"))
            else:
                parts.append(self.block(block))
        parts.append(self.optional(EDITION, document.edition_line))
        body = Markup("\n").join(part for part in parts if part)
        return Markup('<article class="document"{}>\n{}\n</article>').format(language_attributes(self.language), body)

    def header(self, document: Document) -> Markup:
        return Markup("<header>{}{}{}</header>").format(
            self.optional(EVENT, document.event_line),
            self.heading(0, self.line(document.title)),
            self.optional(SUBTITLE, document.subtitle),
        )

    def optional(self, template: Markup, text: str) -> Markup:
        return template.format(self.line(text)) if text else Markup()

    def heading(self, level: int, text: Markup, name: str = "", language: Markup | str = "") -> Markup:
        tag = f"h{min(self.level + level, 6)}"
        named = Markup(' id="{}"').format(name) if name else ""
        return Markup("<{0}{1}{2}>{3}</{0}>").format(tag, named, language, text)

    def contents(self, blocks: Iterable[Block]) -> Markup:
        """Return the table of contents, two levels deep, as nested lists of links."""
        sections: list[tuple[Markup, list[Markup]]] = []
        for number, heading in enumerate((block for block in blocks if isinstance(block, Heading)), 1):
            link = Markup('<a href="#{}-{}">{}</a>').format(self.anchor, number, self.line(heading.text))
            if heading.level == 1:  # the first one is: outlined() sees to it
                sections.append((link, []))
            elif heading.level == 2:
                sections[-1][1].append(link)
        if not sections:
            return Markup()
        name, words = f"{self.anchor}-contents", words_in(self.language)
        items = [link + _list("ol", below) for link, below in sections]
        return Markup('<nav class="document-contents" aria-labelledby="{}">{}{}</nav>').format(
            name,
            self.heading(1, escape(words.contents), name, self.language_of(words)),
            _list("ol", items),
        )

    def language_of(self, words: Words) -> Markup | str:
        """Return the language of the engine's words where the document's has none."""
        return "" if words.language == self.language.partition("-")[0] else language_attributes(words.language)

    def line(self, text: str) -> Markup:
        return _with_breaks(spaced(without_controls(text), self.language))

    def runs(self, text: Text) -> Markup:
        return Markup().join(self._runs(runs_of(text)))

    def _runs(self, runs: Iterable[Run]) -> Iterator[Markup]:
        for language, group in groupby(runs, key=lambda run: run.language or self.language):
            alike = list(group)
            texts = spaced_runs([without_controls(run.text) for run in alike], language)
            for run, text in zip(alike, texts, strict=True):
                if text:
                    yield self.run(run, _with_breaks(text))

    def run(self, run: Run, text: Markup) -> Markup:
        if run.italic:
            text = Markup("<em>{}</em>").format(text)
        if run.bold:
            text = Markup("<strong>{}</strong>").format(text)
        if href := safe_href(run.href):
            text = Markup('<a href="{}">{}</a>').format(href, text)
        if run.language and run.language != self.language:
            text = Markup("<span{}>{}</span>").format(language_attributes(run.language), text)
        return text

    def block(self, block: Block) -> Markup:
        match block:
            case Heading():
                return self.heading(block.level, self.line(block.text))
            case Paragraph():
                return Markup("<p>{}</p>").format(body) if (body := self.runs(block.text)) else Markup()
            case BulletList():
                return self.bullets(block)
            case Table():
                return self.table(block)
            case DefinitionList():
                entries = Markup().join(
                    Markup("<dt>{}</dt><dd>{}</dd>").format(self.runs(term), self.runs(meaning))
                    for term, meaning in block.entries
                )
                return Markup("<dl>{}</dl>").format(entries) if entries else Markup()
            case Callout():
                return self.callout(block)
            case Figure():
                return self.figure(block)
            case PageBreak():
                return Markup()
            case Missing():
                return self.missing(block)
            case _:
                assert_never(block)

    def bullets(self, block: BulletList) -> Markup:
        items = [self.runs(item.text) + (self.bullets(item.sublist) if item.sublist else "") for item in block.items]
        start = Markup(' start="{}"').format(block.start) if block.numbered and block.start != 1 else ""
        return _list("ol" if block.numbered else "ul", items, start)

    def table(self, block: Table, name: str = "") -> Markup:
        """Return the table in a box that scrolls by keyboard where the screen is narrow."""
        head = Markup().join(
            Markup('<th scope="col"{}>{}</th>').format(CLASSES[block.alignment(column)], self.runs(cell))
            for column, cell in enumerate(block.head)
        )
        rows = Markup("\n").join(self.row(block, row) for row in block.rows)
        named = Markup(' id="{}"').format(name) if name else ""
        caption = Markup("<caption{}>{}</caption>").format(named, self.line(block.caption)) if block.caption else ""
        # a <section> with a name is a region; without one it would be a landmark that says nothing
        tag, region = ("section", Markup(' aria-labelledby="{}"').format(name)) if name else ("div", "")
        return Markup(
            '<{0} class="scroll" tabindex="0"{1}><table>{2}<thead><tr>{3}</tr></thead>\n'
            "<tbody>{4}</tbody></table></{0}>"
        ).format(tag, region, caption, head, rows)

    def row(self, block: Table, row: tuple[Text, ...]) -> Markup:
        cells = (
            (ROW_HEADER if block.row_headers and column == 0 else CELL).format(
                CLASSES[block.alignment(column)], self.runs(cell)
            )
            for column, cell in enumerate(row)
        )
        return Markup("<tr>{}</tr>").format(Markup().join(cells))

    def callout(self, block: Callout) -> Markup:
        inside = Markup().join(self.block(without_outline(one)) for one in block.blocks)
        if not inside and not block.title:
            return Markup()
        if block.tone == "quote":
            return Markup("<blockquote>{}</blockquote>").format(inside)
        title = self.optional(CALLOUT_TITLE, block.title)
        return Markup('<div class="callout {}" role="note">{}{}</div>').format(block.tone, title, inside)

    def figure(self, block: Figure) -> Markup:
        source = f"data:{block.media_type};base64,{base64.b64encode(block.image).decode('ascii')}"
        caption = self.optional(CAPTION, block.caption)
        alt = spaced(without_controls(block.alt), self.language)
        return Markup('<figure><img src="{}" alt="{}">{}</figure>').format(source, alt, caption)

    def missing(self, block: Missing) -> Markup:
        words = words_in(self.language)
        return Markup('<p class="missing"><strong{}>{}</strong> {}</p>').format(
            self.language_of(words), words.missing, self.line(block.text)
        )


def _list(tag: str, items: Iterable[Markup], attributes: Markup | str = "") -> Markup:
    inside = Markup().join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup("<{0}{1}>{2}</{0}>").format(tag, attributes, inside) if inside else Markup()


def _with_breaks(text: str) -> Markup:
    return Markup("<br>").join(text.split("\n"))
