"""What organisers write in Markdown, as blocks of a document. HTML in it stays text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from .model import (
    HEADING_LEVELS,
    Alignment,
    Block,
    BulletList,
    Callout,
    Heading,
    ListItem,
    Paragraph,
    Run,
    Table,
    Text,
    plain,
    runs_of,
)

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_ALIGNMENTS: dict[str, Alignment] = {"text-align:right": "end", "text-align:center": "center"}


def blocks_from_markdown(text: str) -> tuple[Block, ...]:
    """Return CommonMark with tables as blocks: "#" is a section of the document, not its title.

    No word is lost. What the model has no block for keeps its text: code becomes a paragraph, an image its alternative
    text, a second paragraph of a list item a new line of it. Nothing is fetched.
    """
    return tuple(_blocks(SyntaxTreeNode(_PARSER.parse(text))))


def _blocks(parent: SyntaxTreeNode) -> Iterator[Block]:
    for node in parent.children:
        match node.type:
            case "heading":
                yield Heading(min(int(node.tag[1]), HEADING_LEVELS), plain(_text(node)))
            case "paragraph":
                yield Paragraph(_text(node))
            case "bullet_list" | "ordered_list":
                yield _list(node)
            case "table":
                yield _table(node)
            case "blockquote":
                yield Callout(tuple(_blocks(node)), tone="quote")
            case "fence" | "code_block":
                yield Paragraph(node.content.rstrip("\n"))
            case "hr":
                pass  # a line between two texts; the headings divide the document
            case other:
                raise NotImplementedError(f"Markdown block {other}")  # a rule enabled above without its case here


def _list(node: SyntaxTreeNode) -> BulletList:
    numbered = node.type == "ordered_list"
    items = tuple(_item(item) for item in node.children)
    return BulletList(items, numbered=numbered, start=int(node.attrs.get("start", 1)) if numbered else 1)


def _item(node: SyntaxTreeNode) -> ListItem:
    """Return a list item: its blocks as lines, its lists as one sublist."""
    text: list[Run] = []
    sublist: BulletList | None = None
    for block in _blocks(node):
        if isinstance(block, BulletList):
            sublist = replace(sublist, items=sublist.items + block.items) if sublist else block
            continue
        for line in _lines(block):
            text += [Run("\n"), *line] if text else line
    return ListItem(_simple(tuple(text)), sublist)


def _lines(block: Block) -> Iterator[tuple[Run, ...]]:
    """Yield the text of a block that stands inside a list item."""
    match block:
        case Paragraph():
            yield runs_of(block.text)
        case Heading():
            yield (Run(block.text, bold=True),)
        case Table():
            for row in (block.head, *block.rows):
                yield (Run(" · ".join(map(plain, row))),)
        case Callout():
            for inner in block.blocks:
                yield from _lines(inner)
        case BulletList():
            for item in block.items:
                yield (Run("– "), *runs_of(item.text))
                if item.sublist:
                    yield from _lines(item.sublist)


def _table(node: SyntaxTreeNode) -> Table:
    head, *bodies = node.children
    cells = head.children[0].children
    return Table(
        head=tuple(_text(cell) for cell in cells),
        rows=tuple(tuple(_text(cell) for cell in row.children) for body in bodies for row in body.children),
        alignments=tuple(_ALIGNMENTS.get(str(cell.attrs.get("style", "")), "start") for cell in cells),
    )


def _text(node: SyntaxTreeNode) -> Text:
    """Return the inline content of a block, neighbours of one style as one run."""
    runs: list[Run] = []
    for run in (run for inline in node.children for run in _runs(inline, Run("")) if run.text):
        if runs and replace(runs[-1], text="") == replace(run, text=""):
            runs[-1] = replace(run, text=runs[-1].text + run.text)
        else:
            runs.append(run)
    return _simple(tuple(runs))


def _simple(runs: tuple[Run, ...]) -> Text:
    """Return text without style as the string it is."""
    return plain(runs) if all(run == Run(run.text) for run in runs) else runs


def _runs(node: SyntaxTreeNode, style: Run) -> Iterator[Run]:
    match node.type:
        case "text" | "code_inline":
            yield replace(style, text=node.content)
        case "softbreak":
            yield replace(style, text=" ")
        case "hardbreak":
            yield replace(style, text="\n")
        case "image":
            yield from _each(node, replace(style, href=style.href or str(node.attrs.get("src", ""))))
        case "strong":
            yield from _each(node, replace(style, bold=True))
        case "em":
            yield from _each(node, replace(style, italic=True))
        case "link":
            yield from _each(node, replace(style, href=str(node.attrs.get("href", ""))))
        case _:
            yield from _each(node, style)


def _each(node: SyntaxTreeNode, style: Run) -> Iterator[Run]:
    for child in node.children:
        yield from _runs(child, style)
