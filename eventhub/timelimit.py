"""A time limit for calls that only read: a plugin that hangs loses its part of the page, the page does not hang.

Python cannot stop a call from outside, but it can raise an exception in another thread (``PyThreadState_SetAsyncExc``):
at its next step of Python, so a loop ends, and a call into C (a socket, a slow query) once it returns.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
LOOK_EVERY = 0.25  # seconds


class TimeLimit(Exception):
    """Raised inside a call that takes longer than it may."""


@dataclass
class Running:
    """A call under a limit; ``told`` once its thread was told to stop."""

    thread: int
    due: float
    told: bool = False


class Watch:
    """Looks at the calls under way from a thread of its own, which starts with the first of them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: dict[int, Running] = {}
        self.watcher: threading.Thread | None = None

    def call(self, function: Callable[[], T], seconds: float) -> T:
        """Return what the function answers, or raise TimeLimit. Under another limit already, that one holds."""
        me = threading.get_ident()
        if me in self.running:
            return function()
        mine = Running(me, time.monotonic() + seconds)
        with self.lock:
            self.running[me] = mine
            if self.watcher is None or not self.watcher.is_alive():  # a fork leaves it behind
                self.watcher = threading.Thread(target=self._look, name="eventhub-time-limit", daemon=True)
                self.watcher.start()
        try:
            try:
                return function()
            finally:
                self._leave(mine)
        except TimeLimit:
            self._leave(mine)  # the exception may have arrived inside the first one
            raise

    def _leave(self, mine: Running) -> None:
        with self.lock:
            self.running.pop(mine.thread, None)
            if mine.told:  # and perhaps not raised yet: it must not hit what comes after
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(mine.thread), None)

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            with self.lock:
                for one in self.running.values():
                    if time.monotonic() > one.due:
                        one.told, one.due = True, time.monotonic() + 1  # again, when somebody caught it and goes on
                        exception = ctypes.py_object(TimeLimit)
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(one.thread), exception)


watch = Watch()
