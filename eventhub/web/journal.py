"""The journal of a record as its page shows it: who, when, and each change in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import g
from wtforms.fields.core import UnboundField

from eventhub.access.models import User
from eventhub.activity import ActivityEntry
from eventhub.db import session
from eventhub.i18n import format_moment
from eventhub.i18n import gettext as _


@dataclass(frozen=True)
class JournalLine:
    """One entry, for the ``history`` macro; ``changes`` are (label, before, after)."""

    when: str
    iso: str
    who: str
    what: str
    changes: tuple[tuple[str, str, str], ...]


def lines(
    entries: Iterable[ActivityEntry],
    about: Mapping[int, str] | None = None,
    labels: Mapping[str, Any] | None = None,
    words: Mapping[str, Callable[[Any], str]] | None = None,
) -> list[JournalLine]:
    """Return the entries in words, with the names of the organisers in one statement.

    ``about`` names the subject of an entry (by the entry's id) where a page tells of several. ``labels`` names a
    column, ``words`` says its values; columns without a label are not shown.
    """
    shown = list(entries)
    names = organisers({entry.actor_id for entry in shown if entry.actor_kind == "user" and entry.actor_id})
    return [
        JournalLine(
            format_moment(entry.at, g.event.zone),
            entry.at.isoformat(),
            _who(entry, names),
            _("%(sentence)s: %(name)s", sentence=entry.sentence, name=about[entry.id])
            if about and entry.id in about
            else entry.sentence,
            tuple(_changes(entry, labels or {}, words or {})),
        )
        for entry in shown
    ]


def organisers(ids: Iterable[int]) -> dict[int, str]:
    """Return {account id: name, or address where there is none}."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = sa.select(User.id, User.name, User.email).where(User.id.in_(wanted))
    return {user_id: name or email for user_id, name, email in session().execute(query).tuples()}


def labels_of(form: type[Any]) -> dict[str, Any]:
    """Return {field: label} of a form class."""
    fields = {name: getattr(form, name) for name in dir(form) if not name.startswith("_")}
    return {name: field.args[0] for name, field in fields.items() if isinstance(field, UnboundField) and field.args}


def _who(entry: ActivityEntry, names: Mapping[int, str]) -> str:
    if entry.actor_kind == "user":
        return names.get(entry.actor_id or 0, _("A former organiser"))
    return _("By personal link") if entry.actor_kind == "guest" else "EventHub"


def _changes(
    entry: ActivityEntry, labels: Mapping[str, Any], words: Mapping[str, Callable[[Any], str]]
) -> Iterable[tuple[str, str, str]]:
    for name, pair in (entry.changes or {}).items():
        if name in labels and isinstance(pair, list) and len(pair) == 2:
            say = words.get(name, _said)
            before, after = (say(value) if value not in (None, "") else "" for value in pair)
            yield str(labels[name]), before, after


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 160 else f"{text[:157]}…"


def moment(value: str) -> str:
    """Say a moment that the journal holds as ISO 8601."""
    return format_moment(datetime.fromisoformat(value), g.event.zone)
