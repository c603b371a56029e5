"""Where mails that come back are taken in: a mailbox, a folder of .eml files, a signed webhook. Twice is once."""

from __future__ import annotations

import hashlib
import hmac
import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
import structlog
from flask import current_app

from eventhub import clock
from eventhub.contributions import Periodic
from eventhub.db import session, transaction
from eventhub.mailing import bounces
from eventhub.mailing.bounces import Bounce, Fate
from eventhub.outbox import MailMessage, MailState

log = structlog.get_logger(__name__)
AT_ONCE = 200  # mails of one visit to the mailbox
SECONDS = 20


def note(bounce: Bounce) -> bool:
    """Mark the mail of ours that came back; False when it is none of ours.

    What was sent again since has another Message-ID, and a delay changes no state.
    """
    query = sa.select(MailMessage).where(MailMessage.message_id.in_(bounce.ids)).with_for_update()
    known = {message.message_id: message for message in session().scalars(query)}
    message = next((known[name] for name in bounce.ids if name in known), None)
    if message is None:
        return False
    message.code, message.answer = bounce.status[:12], f"{bounce.status} {bounce.answer}".strip()[:300]
    if bounce.fate == Fate.DELAYED:
        return True
    if message.state in {MailState.SENT, MailState.FAILED}:
        message.state = MailState.BOUNCED if bounce.fate == Fate.GONE else MailState.FAILED
        message.bounced_at = message.bounced_at or clock.now()
    return True


def take(raw: bytes) -> bool:
    """Read one mail and note what it says; tells whether it was about a mail of ours."""
    bounce = bounces.read(raw)
    if bounce is None:
        return False
    with transaction():
        return note(bounce)


# --- a folder -------------------------------------------------------------------------------------------------------


def from_folder(folder: Path) -> int:
    """Take in the .eml files of the folder; each moves into its ``taken`` or ``other``, so that none is read twice."""
    taken = 0
    for path in sorted(folder.glob("*.eml"))[:AT_ONCE] if folder.is_dir() else []:
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            ours = take(file.read(bounces.MOST_BYTES))
        taken += ours
        target = folder / ("taken" if ours else "other")
        target.mkdir(exist_ok=True)
        path.replace(target / path.name)
    return taken


# --- a mailbox ------------------------------------------------------------------------------------------------------


@contextmanager
def mailbox(url: str) -> Iterator[imaplib.IMAP4]:
    """Open the mailbox of an address such as imaps://user:password@host/INBOX."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    box: imaplib.IMAP4 = (
        imaplib.IMAP4_SSL(host, parts.port or 993, timeout=SECONDS)
        if parts.scheme == "imaps"
        else imaplib.IMAP4(host, parts.port or 143, timeout=SECONDS)
    )
    with box:  # leaving it logs out
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        status, _said = box.select(unquote(parts.path.strip("/")) or "INBOX")
        if status != "OK":
            raise imaplib.IMAP4.error("no such folder")
        yield box


def from_mailbox(url: str) -> int:
    """Take in the unread mails of the mailbox, no more of each than a report ever is, and mark them read."""
    taken = 0
    with mailbox(url) as box:
        _status, found = box.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split()[:AT_ONCE]:
            number = uid.decode("ascii")
            # marked first: a mail that kills this process is not read again for ever
            box.uid("STORE", number, "+FLAGS", r"(\Seen)")
            _status, parts = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{bounces.MOST_BYTES}>)")
            raw: Any = next((part[1] for part in parts if isinstance(part, tuple)), b"")
            taken += take(raw)
    return taken


def take_in() -> None:
    """Visit the folder and the mailbox that the site names; the worker does it periodically."""
    if folder := current_app.config["BOUNCE_FOLDER"]:
        from_folder(Path(folder))
    if url := current_app.config["BOUNCE_IMAP_URL"]:
        try:
            from_mailbox(url)
        except (OSError, imaplib.IMAP4.error) as error:
            log.warning("mailbox_unreachable", error=type(error).__name__)  # the next visit tries again


TAKE_IN = Periodic("mailing.bounces", take_in, minutes=5)


# --- a webhook ------------------------------------------------------------------------------------------------------


def signature(secret: str, body: bytes) -> str:
    """Return what the header ``EventHub-Signature`` must say of this body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(secret: str, body: bytes, said: str) -> bool:
    return bool(secret) and hmac.compare_digest(signature(secret, body).encode(), said.encode())
