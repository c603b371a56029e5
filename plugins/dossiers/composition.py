"""A dossier before it is said in a language, and each language's document of it; pure.

The sections were read once, so what the French and the English document say comes from one state of the data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from eventhub.api import (
    Block,
    Document,
    DossierSection,
    Heading,
    LocalizedText,
    Missing,
    _,
    format_days,
    language_name,
    speaking,
    to_json,
)

from .models import Kind

DEEPEST = 4  # levels of headings in a document


@dataclass(frozen=True)
class Composition:
    """What a dossier holds at one moment, for every language.

    ``revision`` is the newest entry of the event's journal at that moment; ``failed`` are the plugins whose sections
    are missing because they broke; ``person`` is the name of whom it is for, or empty.
    """

    kind: Kind
    event_title: LocalizedText
    city: str
    starts_on: date
    ends_on: date
    author: str
    sections: tuple[DossierSection, ...]
    revision: int
    person: str = ""
    failed: tuple[str, ...] = ()

    def document(self, language: str, edition_line: str = "") -> Document:
        """Return the dossier in a language: titles, sections, and a gap wherever the language lacks a text."""
        with speaking(language):
            blocks: list[Block] = []
            name = self.event_title.text(language)
            if name is None:
                own = language_name(language)
                blocks.append(
                    Missing(_("The title of the event is not translated into %(language)s yet.", language=own))
                )
            for section in self.sections:
                blocks += section_blocks(section, language)
            place = ", ".join(filter(None, (self.city, format_days(self.starts_on, self.ends_on))))
            return Document(
                title=_("Your dossier") if self.kind is Kind.PARTICIPANT else _("Programme dossier"),
                subtitle=self.person,
                language=language,
                blocks=tuple(blocks),
                event_line=" · ".join(filter(None, (name, place))),
                edition_line=edition_line,
                author=self.author,
                toc=self.kind is Kind.PROGRAMME,
            )


def section_blocks(section: DossierSection, language: str) -> Iterable[Block]:
    """Yield the section's heading and what stands under it, its own headings one level down."""
    title = section.title.text(language) if isinstance(section.title, LocalizedText) else str(section.title)
    yield Heading(1, title or _("Section without a title"))
    if not title:
        yield Missing(
            _("The title of this section is not translated into %(language)s yet.", language=language_name(language))
        )
    for block in section.blocks(language):
        yield replace(block, level=min(block.level + 1, DEEPEST)) if isinstance(block, Heading) else block


def fingerprint(document: Document) -> str:
    """Return the SHA-256 of what a document says, whichever edition says it."""
    return hashlib.sha256(canonical(replace(document, edition_line=""))).hexdigest()


def canonical(document: Document) -> bytes:
    return json.dumps(to_json(document), sort_keys=True, ensure_ascii=False).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def content_of(document: Document) -> dict[str, Any]:
    """Return the document as the data that an edition keeps."""
    data: dict[str, Any] = to_json(document)
    return data
