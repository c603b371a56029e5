"""Documents in every working language: one model, rendered as accessible PDF or HTML.

Start with ``model.py`` (what a document says), then ``pdf.py`` and ``html.py`` (how it looks); ``compiler.py`` and
``child.py`` keep Typst in a process of its own.
"""

from __future__ import annotations

from .compiler import Compiler, Limits
from .errors import CompileFailed, DocumentError, TimedOut, TooLarge
from .glyphs import ReplacedGlyph
from .html import render_html
from .markdown import blocks_from_markdown
from .model import (
    Alignment,
    Block,
    BulletList,
    Callout,
    DefinitionList,
    Document,
    Figure,
    Heading,
    ListItem,
    MediaType,
    Missing,
    PageBreak,
    Paragraph,
    Run,
    Table,
    Text,
    Tone,
    from_json,
    to_json,
)
from .pdf import Rendered, render_pdf, render_template
from .spacing import spaced

__all__ = [
    "Alignment",
    "Block",
    "BulletList",
    "Callout",
    "CompileFailed",
    "Compiler",
    "DefinitionList",
    "Document",
    "DocumentError",
    "Figure",
    "Heading",
    "Limits",
    "ListItem",
    "MediaType",
    "Missing",
    "PageBreak",
    "Paragraph",
    "Rendered",
    "ReplacedGlyph",
    "Run",
    "Table",
    "Text",
    "TimedOut",
    "Tone",
    "TooLarge",
    "blocks_from_markdown",
    "from_json",
    "render_html",
    "render_pdf",
    "render_template",
    "spaced",
    "to_json",
]
