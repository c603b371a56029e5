"""What the site keeps beside the components' own data: mails, the journal, jobs, personal links, browser sessions.

One person's traces are found by their id and by what identifies them: name, e-mail, phone. A mail to them is emptied,
one that is waiting is deleted; in what was written to others, and in the journal, their words give way to a mark, and
the journal keeps the hash of a mail that was changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from eventhub import activity, clock, outbox
from eventhub.access import sessions
from eventhub.access.models import GuestLink
from eventhub.activity import SYSTEM, ActivityEntry, Verb
from eventhub.contributions import PersonalData, WholeEvent
from eventhub.db import session
from eventhub.delegations.models import Participant
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import sort_key
from eventhub.jobs import Job
from eventhub.outbox import MailMessage
from eventhub.privacy.models import PersonRequest

MARK = "\u27e6…\u27e7"  # ⟦…⟧: here stood what identified somebody who is erased
REDACTED = Verb("privacy:redacted", _l("Text of a mail erased; the hash of the original is kept"))


@dataclass(frozen=True)
class Words:
    """What a person is known by: ``names`` identify them, ``facts`` are erased too where a name stands beside."""

    event_id: int
    names: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Match any of it as whole words, the longest first."""
        longest_first = sorted({*self.names, *self.facts}, key=len, reverse=True)
        return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in longest_first), re.IGNORECASE)

    def within(self, text: str) -> bool:
        folded = text.casefold()
        return any(name.casefold() in folded for name in self.names)

    def like(self, column: Any) -> sa.ColumnElement[bool]:
        """Return the condition that the column may hold a name; JSON may be stored with its letters escaped."""
        forms = {
            form
            for name in self.names
            for form in (name, json.dumps(name)[1:-1], json.dumps(name, ensure_ascii=False)[1:-1])
        }
        text = sa.cast(column, sa.Text)
        return sa.or_(*(text.icontains(form, autoescape=True) for form in sorted(forms)))


def words_of(ids: Iterable[int]) -> dict[int, Words]:
    """Return {participant id: what they are known by} of those who are not erased yet."""
    found = {}
    for person in session().scalars(sa.select(Participant).where(Participant.id.in_(list(ids)))):
        names = (person.name, sort_key(person.name), person.email, person.phone)
        facts = (person.function, *(part for leg in person.legs for part in (leg.number, leg.place)))
        if person.erased_at is None:
            found[person.id] = Words(
                person.event_id,
                tuple(dict.fromkeys(word for word in names if len(word) > 1)),
                tuple(dict.fromkeys(word for word in facts if len(word) > 1)),
            )
    return found


def redacted(value: Any, pattern: re.Pattern[str]) -> Any:
    """Return the JSON value or text with what the pattern finds replaced by the mark."""
    if isinstance(value, str):
        return pattern.sub(MARK, value)
    if isinstance(value, list):
        return [redacted(item, pattern) for item in value]
    if isinstance(value, dict):
        return {key: redacted(item, pattern) for key, item in value.items()}
    return value


# --- mails ----------------------------------------------------------------------------------------------------------


def _mails_to(participant_id: int, words: Words | None) -> sa.ColumnElement[bool]:
    """Return the condition of mails that are the person's own."""
    own = [
        sa.and_(MailMessage.subject_kind == "participant", MailMessage.subject_id == participant_id),
        sa.and_(MailMessage.link_purpose == "participant", MailMessage.link_subject_id == participant_id),
    ]
    addresses = [name for name in words.names if "@" in name] if words else []
    if words and addresses:
        own.append(
            sa.and_(
                MailMessage.event_id == words.event_id,
                sa.func.lower(MailMessage.recipient).in_([address.lower() for address in addresses]),
            )
        )
    return sa.or_(*own)


def export_mails(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return the mails about each person, or to them."""
    known = words_of(ids)
    found: dict[int, Mapping[str, Any]] = {}
    for participant_id in ids:
        query = sa.select(MailMessage).where(_mails_to(participant_id, known.get(participant_id)))
        mails = list(session().scalars(query.where(MailMessage.body != "").order_by(MailMessage.id)))
        if mails:
            found[participant_id] = {
                f"{number}. {mail.subject}": {
                    _("Written"): mail.created_at,
                    _("Sent"): mail.sent_at or "",
                    _("To"): mail.recipient,
                    _("Text"): mail.body,
                }
                for number, mail in enumerate(mails, 1)
            }
    return found


def erase_mails(ids: Iterable[int]) -> None:
    """Empty the mails to these people, and take their words out of what was written to others."""
    known = words_of(ids)
    for participant_id in ids:
        words = known.get(participant_id)
        own = list(session().scalars(sa.select(MailMessage).where(_mails_to(participant_id, words))))
        for mail in own:
            if mail.body:
                _note_hash(mail)
        outbox.forget_all(MailMessage.id.in_([mail.id for mail in own]))
        if words is None or not words.names:
            continue
        mentioned = sa.or_(
            *(words.like(column) for column in (MailMessage.subject, MailMessage.body, MailMessage.answer))
        )
        pattern = words.pattern
        for mail in session().scalars(sa.select(MailMessage).where(MailMessage.event_id == words.event_id, mentioned)):
            _note_hash(mail)
            mail.subject, mail.body = redacted(mail.subject, pattern)[:300], redacted(mail.body, pattern)
            mail.answer = redacted(mail.answer, pattern)[:300]


def _note_hash(mail: MailMessage) -> None:
    original = hashlib.sha256(f"{mail.subject}\n\n{mail.body}".encode()).hexdigest()
    activity.record(SYSTEM, REDACTED, mail, {"sha256": [original, None]})


def mails_held(event_id: int) -> sa.Select[Any]:
    return (
        sa.select(sa.func.count())
        .select_from(MailMessage)
        .where(MailMessage.event_id == event_id, MailMessage.body != "")
    )


def empty_mails(event_id: int) -> int:
    """Empty every mail of the event, whoever it went to; when and of what kind they were stays."""
    return outbox.forget_all(sa.and_(MailMessage.event_id == event_id, MailMessage.body != ""))


# --- the journal ----------------------------------------------------------------------------------------------------

# what was erased, published or redacted is proof, and holds no person
_PROOF = ActivityEntry.verb.startswith("privacy:")


def _about(participant_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(ActivityEntry.subject_kind == "participant", ActivityEntry.subject_id == participant_id)


def export_journal(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return what was done with the record of each, and when; what changed is in the components' own parts."""
    found: dict[int, Mapping[str, Any]] = {}
    for participant_id in ids:
        rows = session().scalars(sa.select(ActivityEntry).where(_about(participant_id)).order_by(ActivityEntry.id))
        lines = {f"{number}. {row.sentence}": row.at for number, row in enumerate(rows, 1)}
        if lines:
            found[participant_id] = lines
    return found


def erase_journal(ids: Iterable[int]) -> None:
    """Blank what the journal tells of these people, and their words in entries about others."""
    for words in words_of(ids).values():
        if words.names:
            _redact_rows(words, ActivityEntry, ("changes",))
    activity.blank("participant", list(ids))


def _redact_rows(words: Words, model: type[Any], columns: tuple[str, ...]) -> None:
    query = sa.select(model.id, *(getattr(model, name) for name in columns)).where(
        model.event_id == words.event_id, sa.or_(*(words.like(getattr(model, name)) for name in columns))
    )
    pattern = words.pattern
    for row in session().execute(query).all():
        values = {name: redacted(getattr(row, name), pattern) for name in columns}
        session().execute(sa.update(model).where(model.id == row.id).values(**values))


def _journal_held(event_id: int) -> sa.Select[Any]:
    return (
        sa.select(sa.func.count())
        .select_from(ActivityEntry)
        .where(ActivityEntry.event_id == event_id, ActivityEntry.changes.is_not(None), ~_PROOF)
    )


def _blank_journal(event_id: int) -> int:
    done = session().execute(
        sa.update(ActivityEntry)
        .where(ActivityEntry.event_id == event_id, ActivityEntry.changes.is_not(None), ~_PROOF)
        .values(changes=sa.null())
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


# --- jobs -----------------------------------------------------------------------------------------------------------


def export_nothing(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    """Jobs name people by their ids alone; what a failure said of one by name is erased with them."""
    return {}


def erase_jobs(ids: Iterable[int]) -> None:
    for words in words_of(ids).values():
        if words.names:
            _redact_rows(words, Job, ("payload", "result", "error"))


def _jobs_held(event_id: int) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(Job).where(Job.event_id == event_id, Job.finished_at.is_not(None))


def _delete_jobs(event_id: int) -> int:
    done = session().execute(sa.delete(Job).where(Job.event_id == event_id, Job.finished_at.is_not(None)))
    return int(done.rowcount)  # type: ignore[attr-defined]


# --- personal links and the browsers that opened them -----------------------------------------------------------------


def _links_of(ids: Iterable[int]) -> sa.Select[GuestLink]:
    return sa.select(GuestLink).where(GuestLink.purpose == "participant", GuestLink.subject_id.in_(list(ids)))


def export_links(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in session().scalars(_links_of(ids).order_by(GuestLink.id)):
        told = found.setdefault(row.subject_id, {})
        told[_("Link %(number)s", number=len(told) + 1)] = {
            _("Made on"): row.created_at,
            _("Last used"): row.last_used_at or "",
            _("Works until"): row.revoked_at or row.expires_at,
        }
    return found


def erase_links(ids: Iterable[int]) -> None:
    """Revoke the personal links, forget when they were used, and end the browser sessions that they opened."""
    chosen = list(ids)
    rows = list(session().scalars(_links_of(chosen)))
    for row in rows:
        row.last_used_at, row.revoked_at = None, row.revoked_at or clock.now()
    names = [name for words in words_of(chosen).values() for name in words.names]
    sessions.forget({row.id for row in rows}, names)


def _link_holders(event_id: int) -> sa.Select[Any]:
    return (
        sa.select(GuestLink.subject_id)
        .where(GuestLink.event_id == event_id, GuestLink.purpose == "participant")
        .where(sa.or_(GuestLink.revoked_at.is_(None), GuestLink.last_used_at.is_not(None)))
        .distinct()
    )


# --- requests -------------------------------------------------------------------------------------------------------


def export_requests(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    from eventhub.privacy.words import REQUEST_KINDS, REQUEST_STATES  # they are made of lazy strings of the pages

    found: dict[int, dict[str, Any]] = {}
    rows = session().scalars(sa.select(PersonRequest).where(PersonRequest.participant_id.in_(list(ids))))
    for row in rows:
        told = found.setdefault(row.participant_id, {})
        told[f"{len(told) + 1}. {REQUEST_KINDS[row.kind]}"] = {
            _("Received"): row.received_on,
            _("State"): str(REQUEST_STATES[row.state]),
            _("Note"): row.note,
            _("Answer"): row.answer,
        }
    return found


def erase_requests(ids: Iterable[int]) -> None:
    """Blank what was written of a request; that it was made and answered in time is the proof that stays."""
    session().execute(
        sa.update(PersonRequest).where(PersonRequest.participant_id.in_(list(ids))).values(note="", answer="")
    )


def _request_holders(event_id: int) -> sa.Select[Any]:
    return (
        sa.select(PersonRequest.participant_id)
        .where(PersonRequest.event_id == event_id, sa.or_(PersonRequest.note != "", PersonRequest.answer != ""))
        .distinct()
    )


MISSION = _l("Public interest mission (GDPR art. 6.1.e)")
OBLIGATION = _l("Legal obligation (GDPR art. 6.1.c)")

PERSONAL_DATA = (
    PersonalData(
        "privacy.jobs",
        _l("Results of long jobs"),
        _l("To tell organisers what a job did, and why it failed"),
        MISSION,
        30,
        export_nothing,
        erase_jobs,
        whole_event=WholeEvent(_jobs_held, _delete_jobs),
        people=_l("Participants and organisers"),
    ),
    PersonalData(
        "privacy.journal",
        _l("Journal: who changed what"),
        _l("To explain a record and to undo a mistake"),
        MISSION,
        365,
        export_journal,
        erase_journal,
        whole_event=WholeEvent(_journal_held, _blank_journal),
        people=_l("Participants, heads of delegation, providers and organisers"),
    ),
    PersonalData(
        "privacy.links",
        _l("Personal links: when they were made and last used"),
        _l("To open a person's own pages without an account"),
        MISSION,
        365,
        export_links,
        erase_links,
        holders=_link_holders,
    ),
    PersonalData(
        "privacy.requests",
        _l("Requests about one's own data"),
        _l("To answer in time and to prove it"),
        OBLIGATION,
        1095,
        export_requests,
        erase_requests,
        holders=_request_holders,
    ),
)
