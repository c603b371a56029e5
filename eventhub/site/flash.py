"""One-line notices after an act, with its undo where there is one."""

from __future__ import annotations

from flask import flash


def done(text: str, *, undo: str | None = None) -> None:
    """Tell on the next page that something was done; ``undo`` is an address that takes it back by POST."""
    flash({"text": text, "undo": undo}, "done")  # type: ignore[arg-type]  # the session holds any JSON value
