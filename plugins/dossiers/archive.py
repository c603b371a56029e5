"""Personal dossiers as one ZIP file, on disk as soon as it is large: there may be thousands."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

from eventhub.api import sort_key

from .copies import CopyFile

UNSAFE = re.compile(r"[^a-z0-9]+")
LONGEST = 60  # characters of a name
IN_MEMORY = 8 * 1024 * 1024  # bytes
PIECE = 64 * 1024  # bytes
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of what a ZIP file can date


def zipped(files: Iterable[CopyFile]) -> Iterator[bytes]:
    """Make the archive and return it in pieces; the PDFs are compressed by themselves, so they are only stored."""
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed when it has been sent
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as opened:
        for file in files:
            entry = zipfile.ZipInfo(name_of(file), max(file.made_at.timetuple()[:6], EARLIEST))
            entry.external_attr = 0o600 << 16  # names somebody: for the one who downloads it alone
            opened.writestr(entry, file.pdf)
    archive.seek(0)
    return _pieces(archive)


def _pieces(archive: IO[bytes]) -> Iterator[bytes]:
    with archive:
        while piece := archive.read(PIECE):
            yield piece


def name_of(file: CopyFile) -> str:
    """Return a path inside the archive that no name of a person can lead astray: ASCII letters, digits and dashes.

    The number keeps namesakes apart, and stands for names in other scripts.
    """
    folder, person = _safe(file.delegation, "delegation"), _safe(file.name, "participant")
    return f"{folder}/{person}-{file.participant_id}-{_safe(file.language, 'xx')}.pdf"


def _safe(text: str, otherwise: str) -> str:
    return UNSAFE.sub("-", sort_key(text)).strip("-")[:LONGEST].strip("-") or otherwise
