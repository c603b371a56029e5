"""A mail backend that keeps each mail as one .eml file: the default of a first run, and what the demo shows."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMail
from pathlib import Path
from typing import Any

from flask import current_app
from flask_mailman.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Writes each mail under a name of its own, whole or not at all."""

    def send_messages(self, messages: Iterable[Any]) -> int:
        folder: Path = current_app.config["MAIL_FOLDER"]
        folder.mkdir(parents=True, exist_ok=True)
        sent = 0
        for message in messages:
            path = folder / f"{time.time_ns()}-{secrets.token_hex(4)}.eml"
            draft = path.with_suffix(".part")
            draft.write_bytes(message.message().as_bytes())
            draft.rename(path)
            sent += 1
        return sent


@dataclass(frozen=True)
class KeptMail:
    """A mail of the folder, for the page of sent mail."""

    name: str
    recipient: str
    subject: str
    language: str
    body: str
    message_id: str
    sent_at: datetime


def kept(folder: Path, limit: int = 100) -> list[KeptMail]:
    """Return the newest mails of the folder, newest first."""
    paths = sorted(folder.glob("*.eml"), reverse=True)[:limit] if folder.is_dir() else []
    return [_read(path) for path in paths]


def one(folder: Path, name: str) -> KeptMail | None:
    """Return the mail of this name; only names that the folder lists are read."""
    return next((_read(path) for path in folder.glob("*.eml") if path.stem == name), None)


def _read(path: Path) -> KeptMail:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, ParsedMail)
    part = mail.get_body(("plain",))
    return KeptMail(
        path.stem,
        str(mail["To"]),
        str(mail["Subject"]),
        str(mail["Content-Language"] or ""),
        part.get_content() if part else "",
        str(mail["Message-ID"]),
        datetime.fromtimestamp(int(path.stem.partition("-")[0]) / 1e9).astimezone(),
    )
