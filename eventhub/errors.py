"""The three ways in which a request may fail for a reason that is not a bug."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A rule of the user's world says no; the message is translated and says what to do next.

    A subclass carries its sentence as ``message`` (a lazy string with named placeholders); ``field`` names the
    form field it belongs to, if there is one.
    """

    message: Any = ""
    field: str | None = None

    def __init__(self, message: Any = None, *, field: str | None = None, **values: object) -> None:
        self.text = message if message is not None else self.message
        self.values = values
        self.field = field or self.field
        super().__init__(str(type(self).__name__))

    def __str__(self) -> str:
        text = str(self.text)
        return text % self.values if self.values else text


class NotFound(LookupError):
    """Nothing with this key exists in the scope asked for; answered as 404.

    A subclass of its own, for a ``KeyError`` is a ``LookupError`` too and must stay a loud bug.
    """
