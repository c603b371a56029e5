"""What is derived from an event and kept until the event changes: the truth about it, its public pages.

Every change writes an activity entry in its own transaction, so the newest entry's id tells whether an answer still
holds, in every process alike.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request

from eventhub import activity, clock
from eventhub.i18n import language

T = TypeVar("T")
MOST = 500  # many events, two languages, many pages: start again rather than grow
KEPT_FOR = timedelta(minutes=2)  # deadlines pass without anybody changing anything


def answer(event_id: int, question: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` answered to this question last, made again once the event has changed or minutes passed.

    One statement. The question is asked per language; an answer must outlive the database session that made it.
    """
    kept: dict[Hashable, tuple[int, datetime, Any]] = current_app.extensions.setdefault("eventhub_kept", {})
    key = (event_id, language(), question)
    revision, now = activity.revision(event_id), clock.now()
    if key in kept:
        of, at, known = kept[key]
        if of == revision and abs(now - at) < KEPT_FOR:
            return cast(T, known)
    made = make()
    if not g.get("hook_failures"):  # what lacks a plugin's part is not worth keeping
        if len(kept) > MOST:
            kept.clear()
        kept[key] = (revision, now, made)
    return made


def for_strangers(make: Callable[[], str]) -> Callable[[], str]:
    """Keep the page that is made for visitors of whom nothing is known; the others have theirs made for them.

    For the part of a view that makes the page, after what it refuses. What it answers to strangers depends on the
    address, the language and the event alone, and on the clock to the minute.
    """

    @wraps(make)
    def kept() -> str:
        if current_app.config["SESSION_COOKIE_NAME"] in request.cookies or request.args:
            return make()
        minute = clock.now().replace(second=0, microsecond=0)
        return answer(g.event.id, (request.path, g.hooks.names, minute), make)

    return kept
