"""Documents for the tests, and ways to read a PDF back."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest

from eventhub.documents import (
    Block,
    BulletList,
    Callout,
    DefinitionList,
    Document,
    Figure,
    Heading,
    ListItem,
    Missing,
    PageBreak,
    Paragraph,
    Run,
    Table,
)

EDITION = datetime(2025, 3, 18, 9, tzinfo=UTC)
BARS = b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40"><rect width="200" height="40"/></svg>'
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")


def make_document(*blocks: Block, title: str = "Dossier", language: str = "fr", toc: bool = False) -> Document:
    return Document(title=title, language=language, blocks=blocks, toc=toc)


def make_dossier() -> Document:
    """Return a participant's dossier with every kind of block."""
    return Document(
        title="Dossier des participantes et des participants",
        language="fr",
        subtitle="Votre programme, vos visites, vos repas",
        event_line="Climate Democracy Lab · Grenoble, 25–27 mars 2025",
        edition_line="Deuxième édition, 18 mars 2025",
        author="Grenoble-Alpes Métropole",
        toc=True,
        blocks=(
            Heading(1, "Bienvenue à Grenoble !"),
            Paragraph(
                (
                    Run("Écrivez à "),
                    Run("accueil@example.org", href="mailto:accueil@example.org"),
                    Run(" avec "),
                    Run("vos questions", bold=True),
                    Run(" sur les "),
                    Run("field visits", italic=True, language="en"),
                )
            ),
            Heading(2, "Mardi 25 mars"),
            DefinitionList((("12 h 00", "Buffet d’accueil"), ("14 h 00", "Plénière d’ouverture"))),
            Table(
                ("Visite", "Langue", "Places"),
                (("Vizille", "FR", "15"), ("Chronovélo", "FR, EN", "12")),
                caption="Les visites du mercredi",
                alignments=("start", "start", "end"),
                row_headers=True,
            ),
            PageBreak(),
            Heading(1, "Visites"),
            Figure(BARS, "image/svg+xml", "Vizille : 12 inscrits pour 15 places", "Remplissage"),
            BulletList((ListItem("Vizille", BulletList.of("en car")), ListItem("Chronovélo"))),
            BulletList.of("Premier vœu", "Deuxième vœu", numbered=True),
            Callout((Paragraph("Prenez votre panier-repas."),), title="À savoir", tone="warn"),
            Missing("Le portrait de la délégation de Reykjavík."),
        ),
    )


def make_png(width: int, height: int) -> bytes:
    """Return a PNG of one half-transparent colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x0b\x5f\x5a\x80" * width) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def text_of(pdf: bytes) -> str:
    """Return what a reader copies out of the pages, its spaces and soft hyphens made plain."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\u00ad\n", "").split())


def pages_of(pdf: bytes) -> list[list[str]]:
    """Return the words of each page."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return [page.split() for page in done.stdout.decode().split("\f")[:-1]]


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def tags_of(file: pikepdf.Pdf) -> list[str]:
    """Return the structure of the file in reading order, every element of it."""
    return [str(element.S).lstrip("/") for element in _elements(file.Root.StructTreeRoot.K)]


def elements_of(file: pikepdf.Pdf, tag: str) -> list[Any]:
    return [element for element in _elements(file.Root.StructTreeRoot.K) if str(element.S) == f"/{tag}"]


def _elements(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _elements(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from _elements(node.K)
