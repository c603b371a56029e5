"""Structured logs: ids and codes, never names, addresses, tokens or answers."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask

_HIDDEN = frozenset({"email", "name", "token", "password", "phone", "recipient", "body", "subject"})


def hide_personal_data(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what should never have been passed to the log; a guard behind the rule, not instead of it."""
    return {key: "…" if key in _HIDDEN else value for key, value in line.items()}


def short_exception(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep where it broke, not the values: the message of a database error quotes the row."""
    info = line.pop("exc_info", None)
    if info:
        error = sys.exc_info()[1] if info is True else info if isinstance(info, BaseException) else info[1]
        if error is not None:
            line["error"] = type(error).__name__
            line["at"] = [
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in _frames(error)[-6:]
            ]
    return line


def _frames(error: BaseException) -> list[Any]:
    import traceback

    return list(traceback.extract_tb(error.__traceback__))


def init_app(app: Flask) -> None:
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if app.config["LOG"] == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24)
    )
    level = getattr(logging, str(app.config["LOG_LEVEL"]).upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            short_exception,
            hide_personal_data,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
