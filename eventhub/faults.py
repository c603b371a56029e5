"""Failpoints: places where a test may kill, stall or break a real process. Inert unless ``EVENTHUB_FAULT`` is set.

``EVENTHUB_FAULT="tx.before_commit=kill;outbox.claimed=sleep:2"``; the actions are ``kill``, ``raise``, ``sleep:N``
(seconds) and ``enospc``. Without named places, crash tests hit their window only by luck.
"""

from __future__ import annotations

import errno
import os
import signal
import time

NAMES = frozenset(
    {
        "tx.before_commit",
        "tx.after_commit",
        "resp.before",
        "outbox.claimed",
        "outbox.smtp_accepted",
        "outbox.marked",
        "migrate.step",
        "export.row",
        "alloc.before_write",
    }
)


class FaultInjected(RuntimeError):
    """Raised by a failpoint whose action is ``raise``."""


def parse(text: str) -> dict[str, str]:
    """Return {failpoint: action}; ValueError for an unknown name or action: a typing error must not pass a test."""
    plan: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, _, action = part.partition("=")
        if name not in NAMES and not name.startswith("hook:"):
            raise ValueError(f"no failpoint is called {name!r}")
        if action.partition(":")[0] not in {"kill", "raise", "sleep", "enospc"}:
            raise ValueError(f"no fault action is called {action!r}")
        plan[name] = action
    return plan


def hit(name: str) -> None:
    """Carry out the fault planned for this place, if any."""
    text = os.environ.get("EVENTHUB_FAULT")
    if not text:
        return
    action = parse(text).get(name, "")
    verb, _, argument = action.partition(":")
    if verb == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb == "raise":
        raise FaultInjected(name)
    elif verb == "sleep":
        until = time.monotonic() + float(argument)
        while time.monotonic() < until:
            time.sleep(0.02)  # in short naps: what hangs in Python can be ended, what hangs in C cannot
    elif verb == "enospc":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
