"""Participants' own dossiers as they were made for printing: kept, handed out together, erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from eventhub.api import (
    Event,
    OwnFile,
    Participant,
    delegations,
    locked,
    session,
)

from .composition import sha256
from .models import PersonalCopy


def language_of(event: Event, person: Participant) -> str:
    """Return the language of a person's own dossier: the one they asked for, one they understand, the event's first."""
    wishes = [person.document_language, *person.languages]
    return next((code for code in wishes if code in event.languages), event.languages[0])


def keep(event: Event, participant_id: int, language: str, pdf: bytes, moment: datetime) -> bool:
    """Keep a person's dossier in place of an older one; False when they were erased or left meanwhile."""
    person = locked(Participant, participant_id, event_id=event.id)
    if person.erased_at is not None or not delegations.is_expected(person):
        return False
    copy = session().scalar(
        sa.select(PersonalCopy).where(PersonalCopy.event_id == event.id, PersonalCopy.participant_id == participant_id)
    )
    if copy is None:
        copy = PersonalCopy(event_id=event.id, participant_id=participant_id)
        session().add(copy)
    copy.language, copy.made_at, copy.pdf, copy.pdf_sha256 = language, moment, pdf, sha256(pdf)
    return True


def forget_others(event: Event, kept: Iterable[int]) -> None:
    """Delete the copies of people who are no longer among those kept."""
    session().execute(
        sa.delete(PersonalCopy).where(PersonalCopy.event_id == event.id, PersonalCopy.participant_id.not_in(list(kept)))
    )


def merge(kept: Participant, dropped: Participant) -> None:
    """Forget both personal copies: what they say of visits and travel may not hold now; new ones are made."""
    erase([kept.id, dropped.id])


def erase(participant_ids: Iterable[int]) -> None:
    session().execute(sa.delete(PersonalCopy).where(PersonalCopy.participant_id.in_(list(participant_ids))))


def holders(event_id: int) -> sa.Select[Any]:
    return sa.select(PersonalCopy.participant_id).where(PersonalCopy.event_id == event_id)


def own_files(participant_id: int) -> Iterator[OwnFile]:
    """Yield the person's printed dossier, for their archive."""
    query = sa.select(PersonalCopy.language, PersonalCopy.pdf).where(PersonalCopy.participant_id == participant_id)
    for language, pdf in session().execute(query):
        yield OwnFile(f"dossier-{language}.pdf", pdf)


def kept(event: Event) -> dict[int, PersonalCopy]:
    """Return {participant id: their copy, without its PDF}."""
    query = sa.select(PersonalCopy).where(PersonalCopy.event_id == event.id)
    return {copy.participant_id: copy for copy in session().scalars(query)}


@dataclass(frozen=True)
class CopyFile:
    """A personal copy as a file of the archive."""

    participant_id: int
    name: str
    delegation: str
    language: str
    made_at: datetime
    pdf: bytes


def files(event: Event) -> Iterator[CopyFile]:
    """Yield every personal copy of people who are coming, by delegation and name, one PDF in memory at a time."""
    made = kept(event)
    for person in sorted(delegations.people(event), key=lambda one: (one.delegation.sort_key, one.sort_key)):
        copy = made.get(person.id)
        pdf = session().scalar(sa.select(PersonalCopy.pdf).where(PersonalCopy.id == copy.id)) if copy else None
        if copy is not None and pdf is not None:  # it may have been erased meanwhile
            yield CopyFile(person.id, person.name, person.delegation.name, copy.language, copy.made_at, pdf)
