"""A person's own data, for their page and their archive: grouped by component, in words and for machines."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from eventhub import activity, clock
from eventhub.activity import Actor, Verb
from eventhub.contributions import OwnFile, PersonalData
from eventhub.db import session
from eventhub.delegations import needs
from eventhub.delegations.models import Consent, Participant
from eventhub.errors import NotFound
from eventhub.events.models import Event
from eventhub.hub import Hub
from eventhub.i18n import lazy_gettext as _l
from eventhub.privacy import notices, words
from eventhub.privacy.notices import Notice, Wording
from eventhub.privacy.person import files, holdings

EXPORTED = Verb("privacy:exported", _l("Own data downloaded by the person"))
CONSENTED = Verb("privacy:consented", _l("Consent given by the person"))
WITHDRAWN = Verb("privacy:consent_withdrawn", _l("Consent withdrawn by the person"))


@dataclass(frozen=True)
class Held:
    """What one component's declaration holds of somebody: as it is, and as (label, words)."""

    holding: PersonalData
    values: Mapping[str, Any]
    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    """The declarations of one component that hold something."""

    title: str
    held: Sequence[Held]


def held(event: Event, hub: Hub, participant_id: int) -> list[Held]:
    """Return what is held about the person, declaration by declaration; those that hold nothing are left out."""
    found = []
    for holding in holdings(hub):
        values = holding.export([participant_id]).get(participant_id, {})
        told = words.pairs(values, event.zone)
        if told:
            found.append(Held(holding, values, told))
    return found


def grouped(hub: Hub, found: Iterable[Held]) -> list[Group]:
    """Return the same by component."""
    groups: dict[str, list[Held]] = {}
    for one in found:
        groups.setdefault(one.holding.name.partition(".")[0], []).append(one)
    return [Group(str(hub.components[name].title), lines) for name, lines in groups.items()]


# --- consents -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Agreed:
    """A person's consent to one purpose: the wording it was given to, the one of today, and whether it holds."""

    notice: Notice
    consent: Consent | None
    wording: Wording | None

    @property
    def holds(self) -> bool:
        return self.consent is not None and self.consent.withdrawn_at is None

    @property
    def waits(self) -> bool:
        """Tell whether the person has to say yes or no: somebody else answered, or what matters has changed."""
        return (
            self.consent is not None
            and self.consent.withdrawn_at is None
            and (not self.consent.confirmed or self.notice.asks_again(self.consent.text_version))
        )


def consents(event: Event, participant_id: int) -> list[Agreed]:
    """Return what the person was asked to consent to, with their newest answer, in two statements."""
    asked = [purpose for purpose in notices.everywhere(event).values() if purpose.asks]
    query = sa.select(Consent).where(Consent.participant_id == participant_id).order_by(Consent.id)
    answers = {row.purpose: row for row in session().scalars(query)}
    found = []
    for notice in notices.of(event, asked).values():
        consent = answers.get(notice.purpose.name)
        found.append(Agreed(notice, consent, notice.wording(consent.text_version) if consent else None))
    return found


def waiting(event: Event, participant_id: int) -> list[Agreed]:
    """Return the consents that wait for the person's yes or no."""
    return [one for one in consents(event, participant_id) if one.waits]


def _consent_to(event: Event, person: Participant, purpose: str) -> Agreed:
    found = next((one for one in consents(event, person.id) if one.notice.purpose.name == purpose), None)
    if found is None or not found.holds:
        raise NotFound("consent", purpose)
    return found


def give(event: Event, person: Participant, purpose: str, *, by: Actor) -> None:
    """Take the person's yes to the wording of today, whoever answered before and whatever that wording was."""
    found = _consent_to(event, person, purpose)
    needs.give_consent(person, purpose, found.notice.current.label, confirmed=True)
    if found.notice.purpose.confirmed is not None:
        found.notice.purpose.confirmed(person, by)
    activity.record(by, CONSENTED, person)


def withdraw(event: Event, person: Participant, purpose: str, *, by: Actor) -> None:
    """Take the person's no: what the consent allowed is removed at once."""
    found = _consent_to(event, person, purpose)
    if found.notice.purpose.withdrawn is not None:
        found.notice.purpose.withdrawn(person, by)
    needs.withdraw_consent(person, purpose)
    activity.record(by, WITHDRAWN, person)


# --- the archive ----------------------------------------------------------------------------------------------------


def for_machines(event: Event, found: Iterable[Held]) -> str:
    """Return what is held as JSON: declarations by their stable names, values as they are stored."""
    content = {
        "event": event.slug,
        "exported_at": clock.now().isoformat(),
        "holdings": [
            {
                "name": one.holding.name,
                "title": str(one.holding.title),
                "purpose": str(one.holding.purpose),
                "legal_basis": str(one.holding.legal_basis),
                "kept_days_after_the_event": one.holding.retention_days,
                "data": one.values,
            }
            for one in found
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=_for_json)


def _for_json(value: object) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def archive(data: str, page: str, others: Iterable[OwnFile]) -> bytes:
    """Return the ZIP of the JSON, the page to read and the files; equal names get a number."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("data.json", data)
        zipped.writestr("data.html", page)
        for number, file in enumerate(others, 1):
            # a name that somebody chose must not lead out of the folder it is unpacked in
            name = re.sub(r"[^\w.-]+", "-", file.name.rpartition("/")[2]).strip(".-")[-80:] or "file"
            zipped.writestr(f"files/{number:02d}-{name}", file.content)
    return stream.getvalue()


def download(
    event: Event, hub: Hub, found: Participant, page: str, held_now: Sequence[Held], calendar: bytes, *, by: Actor
) -> bytes:
    """Return the person's archive and record that it was made."""
    activity.record(by, EXPORTED, found)
    others = [OwnFile("calendar.ics", calendar), *files(hub, found.id)]
    return archive(for_machines(event, held_now), page, others)
