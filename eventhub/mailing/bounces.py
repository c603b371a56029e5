"""Mails that come back, read: which of ours it was, whether for good, and what the server said (RFC 3464, RFC 3463).

Anybody can send anything to a mailbox, so nothing here trusts a line: sizes and counts are limited, and what cannot be
read is no bounce.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from enum import StrEnum

MOST_BYTES = 1024 * 1024
MOST_PARTS = 40
MOST_IDS = 20
_ID = re.compile(r"<[^<>\s@]{1,120}@[^<>\s@]{1,120}>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Fate(StrEnum):
    """``gone``: the address is bad, or refuses. ``failed``: given up after a passing trouble. ``delayed``: not yet."""

    GONE = "gone"
    FAILED = "failed"
    DELAYED = "delayed"


@dataclass(frozen=True)
class Bounce:
    """What a mail server says of one of our mails; ``ids`` are the Message-IDs that it may be."""

    ids: tuple[str, ...]
    fate: Fate
    status: str
    answer: str


def read(raw: bytes) -> Bounce | None:
    """Return what the mail says, or None when it is no report of a mail that did not arrive."""
    try:
        mail = BytesParser(policy=policy.compat32).parsebytes(raw[:MOST_BYTES])
        return _read(mail)
    except Exception:  # noqa: BLE001  the parser has its bugs, and a stranger's mail must not stop the mailbox
        return None


def _read(mail: Message) -> Bounce | None:
    parts = list(_parts(mail))
    fields = next((found for part in parts if (found := _status_fields(part))), None)
    if fields is None:
        fields = _old_style(mail, parts)
    if fields is None:
        return None
    action, status, answer = fields
    fate = fate_of(action, status)
    ids = tuple(dict.fromkeys(_ids(mail, parts)))[:MOST_IDS]
    return Bounce(ids, fate, status, answer) if fate and ids else None


def fate_of(action: str, status: str) -> Fate | None:
    """Return what became of the mail: an action of RFC 3464 and a status of RFC 3463, either of which may be absent."""
    if action in {"delivered", "relayed", "expanded"}:
        return None
    if action == "delayed":
        return Fate.DELAYED
    if status.startswith("5") or action == "failed" and not status:
        return Fate.GONE
    if status.startswith("4"):
        return Fate.FAILED if action == "failed" else Fate.DELAYED
    return None


def _parts(mail: Message) -> Iterator[Message]:
    """Yield the parts, the mail's own first; no deeper and no more than a report ever is."""
    waiting: list[tuple[Message, int]] = [(mail, 0)]
    seen = 0
    while waiting and seen < MOST_PARTS:
        part, depth = waiting.pop(0)
        seen += 1
        yield part
        inside = part.get_payload()
        if isinstance(inside, list) and depth < 5:
            waiting += [(one, depth + 1) for one in inside if isinstance(one, Message)]


def _text(value: object, length: int = 300) -> str:
    """Return a header or a text as one clean line."""
    return " ".join("".join(char if char.isprintable() else " " for char in str(value)).split())[:length]


def _status_fields(part: Message) -> tuple[str, str, str] | None:
    """Return (action, status, answer) of the first recipient of a delivery report that did not get the mail."""
    if part.get_content_type() != "message/delivery-status":
        return None
    blocks = part.get_payload()
    found = None
    for block in blocks[:MOST_PARTS] if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        action = _text(block.get("Action", ""), 20).casefold()
        code = _STATUS.search(_text(block.get("Status", ""), 40))
        if not action and not code:
            continue  # the block about the mail as a whole
        answer = _text(block.get("Diagnostic-Code", "")).partition(";")[2].strip() or _text(block.get("Status", ""))
        fields = (action, code[0] if code else "", answer)
        if fate_of(fields[0], fields[1]):
            return fields
        found = found or fields
    return found


def _old_style(mail: Message, parts: list[Message]) -> tuple[str, str, str] | None:
    """Return the same of a report in plain words, as some servers write: only from a mail server's own address."""
    sender = _text(mail.get("From", "")).casefold()
    if not any(name in sender for name in ("mailer-daemon", "postmaster")):
        return None
    for part in parts:
        if part.get_content_type() != "text/plain":
            continue
        text = _decoded(part)
        if code := _STATUS.search(text):
            line = next(line for line in text.splitlines() if code[0] in line)
            return "", code[0], _text(line)
    return None


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace")[:20_000] if isinstance(payload, bytes) else ""


def _ids(mail: Message, parts: list[Message]) -> Iterator[str]:
    """Yield Message-IDs that may be of the mail that came back: of the copy enclosed first, then those referred to."""
    for part in parts:
        if part.get_content_type() in {"text/rfc822-headers", "text/plain"}:
            yield from re.findall(rf"(?im)^message-id:\s*({_ID.pattern})", _decoded(part))
        if part is not mail:
            yield from _ID.findall(_text(part.get("Message-ID", "")))
    for name in ("X-Failed-Message-ID", "In-Reply-To", "References"):
        yield from _ID.findall(_text(mail.get(name, ""), 2000))
