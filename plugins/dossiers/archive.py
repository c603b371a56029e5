"""Personal dossiers as one ZIP file, written while it is sent: it is never whole in memory."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from eventhub.api import sort_key

from .domain import CopyFile

UNSAFE = re.compile(r"[^a-z0-9]+")
LONGEST = 60


class Outgoing(io.RawIOBase):
    """Where the archive is written to; what was written is taken away to be sent."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        data = bytes(content)  # type: ignore[call-overload]
        self.waiting += data
        return len(data)

    def taken(self) -> bytes:
        data = bytes(self.waiting)
        self.waiting.clear()
        return data


def zipped(files: Iterable[CopyFile]) -> Iterator[bytes]:
    """Yield the archive in pieces; the PDFs are compressed by themselves, so they are only stored."""
    outgoing = Outgoing()
    with zipfile.ZipFile(outgoing, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(name_of(file), max(file.made_at.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, file.pdf)
            yield outgoing.taken()
    yield outgoing.taken()


def name_of(file: CopyFile) -> str:
    """Return a path inside the archive that no name of a person can lead astray: ASCII letters, digits and dashes.

    The number keeps namesakes apart, and stands for names in other scripts.
    """
    folder, person = _safe(file.delegation, "delegation"), _safe(file.name, "participant")
    return f"{folder}/{person}-{file.participant_id}-{_safe(file.language, 'xx')}.pdf"


def _safe(text: str, otherwise: str) -> str:
    return UNSAFE.sub("-", sort_key(text)).strip("-")[:LONGEST].strip("-") or otherwise
