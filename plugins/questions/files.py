"""Files among the answers: judged by what they hold, sealed in the data folder under names that nobody can guess.

The row of the answer knows the file; a file that no row knows (its transaction was taken back, or the machine stopped
between the commit and the removal) is swept away after a day.
"""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from eventhub.api import Refused, Vault, _l, afterwards, session

from .models import Answer, Kind, Question

MOST_BYTES = 8 * 1024 * 1024
# The type is read from the first bytes; what the browser says and the name's ending are anybody's claim
BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
ACCEPTED = ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"
SWEPT_AFTER = 24 * 3600  # seconds


class NotAFileWeTake(Refused):
    message = _l("This is no PDF, PNG or JPEG file. Save it as one of these, and choose it again.")


class TooLarge(Refused):
    message = _l("This file is larger than 8 MB. Make it smaller, and choose it again.")


class Empty(Refused):
    message = _l("This file is empty. Choose another one.")


@dataclass(frozen=True)
class Upload:
    """A file that was sent and checked: its name as people see it, its type, its bytes."""

    name: str
    media_type: str
    content: bytes


def checked(name: str, content: bytes) -> Upload:
    """Return the file as it may be kept; a refusal of what it is, or of its size."""
    if not content:
        raise Empty
    if len(content) > MOST_BYTES:
        raise TooLarge
    media_type = next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), None)
    if media_type is None:
        raise NotAFileWeTake
    return Upload(safe_name(name, media_type), media_type, content)


def safe_name(name: str, media_type: str) -> str:
    """Return the name without path and control characters, with the ending of what the file is."""
    last = re.split(r"[\\/]", name)[-1]
    stem = re.sub(r"[^\w .()+-]", "", last.rpartition(".")[0] or last).strip(" .")[:80]
    return f"{stem or 'file'}.{ENDINGS[media_type]}"


def folder() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "questions"


def keep(event_id: int, upload: Upload) -> dict[str, Any]:
    """Write the file sealed with the event's key and return what its answer holds."""
    stored = secrets.token_hex(24)
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    sealed = Vault(event_id).seal(base64.b64encode(upload.content).decode())
    path = place / stored
    path.touch(mode=0o600)
    path.write_bytes(sealed)
    return {"name": upload.name, "type": upload.media_type, "size": len(upload.content), "stored": stored}


def content(event_id: int, value: dict[str, Any]) -> bytes:
    """Return the bytes of a kept file; FileNotFoundError when it is gone."""
    path = folder() / str(value["stored"])
    return base64.b64decode(Vault(event_id).open(path.read_bytes()))


def forget(values: Iterable[Any]) -> None:
    """Remove the files of these answers once the transaction that gives them up is committed."""
    paths = [folder() / str(value["stored"]) for value in values if isinstance(value, dict)]

    def remove() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    if paths:
        afterwards(remove)


def sweep(now: float | None = None) -> None:
    """Remove the files that no answer knows, a day after they were written."""
    place = folder()
    if not place.is_dir():
        return
    old = {path.name for path in place.iterdir() if path.stat().st_mtime < (now or time.time()) - SWEPT_AFTER}
    if old:
        query = sa.select(Answer.value).join(Question, Answer.question_id == Question.id)
        known = {value["stored"] for value in session().scalars(query.where(Question.kind == Kind.FILE))}
        for name in old - known:
            (place / name).unlink(missing_ok=True)
