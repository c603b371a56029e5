"""What keeps a worker small: libraries that others import because they find them, and memory that threads hoard."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

M_ARENA_MAX = -8  # malloc.h


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Import what stands inside as if these packages were not installed; those loaded already stay.

    structlog and flask-limiter load rich for consoles that nobody looks at, Flask-Security webauthn and Authlib before
    anybody has a passkey or signs in elsewhere: 20 MB a worker, and a quarter of the time to start.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is Python's own mark of an absent module
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


def share_memory_among_threads() -> None:
    """Let glibc's allocator keep one arena for the process; by default each thread hoards its own, 20 MB here."""
    with suppress(OSError, AttributeError):  # another C library has no such setting, and no such habit
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
