"""What may go wrong when a document is made; messages carry no text of the document, for they reach the logs."""

from __future__ import annotations

from typing import Literal


class DocumentError(Exception):
    """A document was not made."""


class TimedOut(DocumentError):
    """The compiler was stopped after ``seconds``; the next document gets a new one."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the document took more than {seconds:g} s")


class TooLarge(DocumentError):
    """The document is beyond ``limit`` bytes of ``what``: its input, the compiler's memory, or the PDF."""

    def __init__(self, what: Literal["input", "memory", "output"], limit: int) -> None:
        self.what = what
        self.limit = limit
        super().__init__(f"the document needs more than {limit} bytes of {what}")


class CompileFailed(DocumentError):
    """The compiler refused the document, or died of it.

    ``message``, ``hints`` and ``trace`` are Typst's own words: they may quote the document, so show them to its
    author and keep them out of logs.
    """

    def __init__(self, message: str, hints: tuple[str, ...] = (), trace: tuple[str, ...] = ()) -> None:
        self.message = message
        self.hints = hints
        self.trace = trace
        super().__init__("the document does not compile")
