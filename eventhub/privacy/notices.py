"""What people are told, purpose by purpose: an event's own wordings, each version kept, before them the component's.

A consent records the label of the wording it was given to: the number of the event's version, or the component's own
("2025-01").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app, g

from eventhub import activity, clock, hookspecs
from eventhub.activity import Actor, Verb
from eventhub.contributions import Purpose
from eventhub.db import session
from eventhub.errors import NotFound, Refused
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import LANGUAGES, format_list, language, language_name
from eventhub.i18n import lazy_gettext as _l
from eventhub.localized import LocalizedText, State
from eventhub.privacy.models import NoticeVersion

PUBLISHED = Verb("privacy:notice_published", _l("New wording of the notice on personal data published"))


class LanguageMissing(Refused):
    message = _l("The notice is missing in %(languages)s. Write it in every language of the event, then publish.")
    field = "text"


class NothingChanged(Refused):
    message = _l("This is the wording that people read already. Change it, or leave it as it is.")
    field = "text"


@dataclass(frozen=True)
class Wording:
    """One version of what people are told; ``published_at`` is None for a component's own."""

    label: str
    text: LocalizedText
    changed: LocalizedText = field(default_factory=LocalizedText)
    material: bool = False
    published_at: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """A purpose with all its wordings on an event, oldest first."""

    purpose: Purpose
    wordings: tuple[Wording, ...]

    @property
    def current(self) -> Wording:
        return self.wordings[-1]

    def wording(self, label: str) -> Wording | None:
        return next((one for one in self.wordings if one.label == label), None)

    def asks_again(self, label: str) -> bool:
        """Tell whether a wording that came after this one changed what matters; an unknown one is asked again."""
        place = next((place for place, one in enumerate(self.wordings) if one.label == label), -1)
        return place < 0 or any(one.material for one in self.wordings[place + 1 :])


def purposes(event: Event, hooks: Hooks) -> dict[str, Purpose]:
    """Return {name: purpose} of the components enabled on the event."""
    return {purpose.name: purpose for purpose in hooks.collect(hookspecs.purposes, event=event)}


def everywhere(event: Event) -> dict[str, Purpose]:
    """Return the purposes of plugins that are disabled on the event too: a consent they hold can still be withdrawn."""
    return purposes(event, current_app.extensions["hub"].everywhere)


def of(event: Event, known: Iterable[Purpose]) -> dict[str, Notice]:
    """Return {purpose: its notice}, in one statement."""
    published: dict[str, list[Wording]] = {}
    query = (
        sa.select(NoticeVersion)
        .where(NoticeVersion.event_id == event.id)
        .order_by(NoticeVersion.purpose, NoticeVersion.number)
    )
    for row in session().scalars(query):
        published.setdefault(row.purpose, []).append(
            Wording(row.label, row.text, row.changed, row.material, row.published_at)
        )
    return {
        purpose.name: Notice(
            purpose,
            (*(Wording(label, text) for label, text in purpose.wordings.items()), *published.get(purpose.name, [])),
        )
        for purpose in known
    }


def latest(event_id: int) -> Mapping[str, tuple[str, LocalizedText]]:
    """Return {purpose: (label, text)} of the event's own newest wordings, asked for once per request."""
    kept: dict[int, dict[str, tuple[str, LocalizedText]]] = g.setdefault("privacy_notices", {})
    if event_id not in kept:
        query = (
            sa.select(NoticeVersion.purpose, NoticeVersion.number, NoticeVersion.text)
            .where(NoticeVersion.event_id == event_id)
            .order_by(NoticeVersion.number)
        )
        with session().no_autoflush:
            rows = session().execute(query).all()
        kept[event_id] = {purpose: (str(number), text) for purpose, number, text in rows}
    return kept[event_id]


def label_of(event_id: int, purpose: str, wordings: Mapping[str, LocalizedText]) -> str:
    """Return what a consent given now records: the event's newest version, else the component's."""
    own = latest(event_id).get(purpose)
    return own[0] if own else list(wordings)[-1]


def words_of(event_id: int, purpose: str, wordings: Mapping[str, LocalizedText]) -> str:
    """Return the wording to agree to now, in the present language; in another, in brackets, where it is missing."""
    own = latest(event_id).get(purpose)
    text = own[1] if own else list(wordings.values())[-1]
    return text.label(language())


def versions(event: Event, purpose: str) -> list[NoticeVersion]:
    """Return the event's own wordings of the purpose, newest first."""
    query = (
        sa.select(NoticeVersion)
        .where(NoticeVersion.event_id == event.id, NoticeVersion.purpose == purpose)
        .order_by(NoticeVersion.number.desc())
    )
    return list(session().scalars(query))


def notice(event: Event, purpose: str, hooks: Hooks) -> Notice:
    """Return the notice of one purpose; NotFound for one that no enabled component has."""
    known = purposes(event, hooks)
    if purpose not in known:
        raise NotFound("purpose", purpose)
    return of(event, [known[purpose]])[purpose]


def publish(event: Event, found: Notice, values: Mapping[str, Any], *, by: Actor) -> NoticeVersion:
    """Publish a new wording beside those that were: the old ones stay, for consents were given to them."""
    text = found.current.text.rewritten(values["text"])
    check_every_language(event, text)
    check_changed(found, text)
    row = NoticeVersion(
        event_id=event.id,
        purpose=found.purpose.name,
        number=sum(one.published_at is not None for one in found.wordings) + 1,
        text=LocalizedText.of(State.REVIEWED, **{code: half.text for code, half in text}),
        changed=LocalizedText.of(State.REVIEWED, **values["changed"]),
        material=bool(values["material"]),
        published_at=clock.now(),
        published_by=by.id if by.kind == "user" else None,
    )
    session().add(row)
    activity.record(by, PUBLISHED, row, {"purpose": [None, row.purpose], "material": [None, row.material]})
    g.pop("privacy_notices", None)
    return row


def check_every_language(event: Event, text: LocalizedText) -> None:
    missing = [code for code in languages_of(event) if not text.text(code)]
    if missing:
        raise LanguageMissing(languages=format_list(language_name(code) for code in missing))


def check_changed(found: Notice, text: LocalizedText) -> None:
    old = {code: half.text for code, half in found.current.text}
    if old == {code: half.text for code, half in text}:
        raise NothingChanged


def languages_of(event: Event) -> list[str]:
    """Return the languages that a notice must speak: the event's, and those of the pages that guests read."""
    return list(dict.fromkeys([*event.languages, *LANGUAGES]))
