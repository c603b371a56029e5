"""What can be done with a mailing: draft it, change it, confirm it, hold back what has not left, throw a draft away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from eventhub import activity, clock, jobs, outbox
from eventhub.activity import Actor, Verb
from eventhub.db import get, locked, session
from eventhub.errors import Refused
from eventhub.events.domain import apply, check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import format_list, language_name
from eventhub.i18n import lazy_gettext as _l
from eventhub.localized import LocalizedText
from eventhub.mailing import placeholders, selection, writing
from eventhub.mailing.models import Mailing, MailingKind, MailingState, To
from eventhub.mailing.selection import Key, Selection
from eventhub.mailing.writing import UnknownPlaceholder

DRAFTED = Verb("mailing:drafted", _l("Mailing drafted"))
CHANGED = Verb("mailing:changed", _l("Draft of a mailing changed"))
CONFIRMED = Verb("mailing:confirmed", _l("Mailing sent"))
CANCELLED = Verb("mailing:cancelled", _l("Mails that had not left held back"))
DELETED = Verb("mailing:deleted", _l("Draft of a mailing thrown away"))
SENT_AGAIN = Verb("mailing:sent_again", _l("Mail sent again"))
HELD_BACK = Verb("mailing:held_back", _l("Mail held back"))

WRITE_JOB = "mailing.write"


class LinkInSubject(Refused):
    message = _l("A personal link does not belong in the subject, which other people see. Write it in the text.")
    field = "subject"


class NotADraft(Refused):
    message = _l("This mailing has been sent already. Open it to see what became of it, or write another one.")


class NothingToCancel(Refused):
    message = _l("Nothing of this mailing waits any more: all its mails have left.")


class NobodyChosen(Refused):
    message = _l("Nobody gets this mailing as things stand. Change whom it is for, then send it.")


class HalfMissing(Refused):
    message = _l(
        "The text is missing in %(languages)s, in which some of the readers are written to. Write it, or choose below "
        "to send them the other language."
    )


class SelectionChanged(Refused):
    """Somebody came or left between the page and its confirmation; ``came`` and ``left`` are names."""

    message = _l("Whom this mailing is for has changed since this page was shown. Read it again, then confirm.")

    def __init__(self, came: Sequence[str], left: Sequence[str]) -> None:
        super().__init__()
        self.came, self.left = tuple(came), tuple(left)


# --- reading --------------------------------------------------------------------------------------------------------


def mailing(event: Event, mailing_id: int) -> Mailing:
    return get(Mailing, mailing_id, event_id=event.id)


def locked_mailing(event: Event, mailing_id: int) -> Mailing:
    return locked(Mailing, mailing_id, event_id=event.id)


def mailings(event: Event, state: str = "") -> sa.Select[Mailing]:
    """Return the query of the event's mailings: those in a state, or all; the newest first."""
    query = sa.select(Mailing).where(Mailing.event_id == event.id).order_by(Mailing.id.desc())
    return query.where(Mailing.state == state) if state else query


# --- drafting -------------------------------------------------------------------------------------------------------


def check_placeholders(
    event: Event, mailing: Mailing | None, texts: Mapping[str, Mapping[str, str]], *, hooks: Hooks
) -> None:
    """Refuse what stands in braces and means nothing; ``texts`` is {field: {language: text}}."""
    ready = writing.known(event, mailing, hooks=hooks)
    for field, halves in texts.items():
        if unknown := placeholders.used(halves.values()) - ready.keys():
            raise UnknownPlaceholder.of(unknown, ready, field)
    if writing.LINK in placeholders.used(texts.get("subject", {}).values()):
        raise LinkInSubject


def check_draft(found: Mailing) -> None:
    if found.state != MailingState.DRAFT:
        raise NotADraft


def create(event: Event, facts: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> Mailing:
    """Write a draft; nothing is sent."""
    new = Mailing(
        event_id=event.id,
        subject=LocalizedText(),
        body=LocalizedText(),
        state=MailingState.DRAFT,
        created_at=clock.now(),
        quiet_hours=24,
        other_language=False,
    )
    apply(new, facts)
    check_placeholders(event, new, {"subject": facts["subject"], "body": facts["body"]}, hooks=hooks)
    session().add(new)
    activity.record(by, DRAFTED, new)
    return new


def change(event: Event, found: Mailing, changes: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> None:
    """Change a draft that was locked in this transaction."""
    check_draft(found)
    texts = {name: changes[name] for name in ("subject", "body") if name in changes}
    check_placeholders(event, found, texts, hooks=hooks)
    apply(found, changes)
    activity.edited(by, CHANGED, found)


def delete(found: Mailing, *, by: Actor) -> None:
    """Throw a draft away; what was sent stays."""
    check_draft(found)
    activity.record(by, DELETED, found)
    session().delete(found)


# --- sending --------------------------------------------------------------------------------------------------------


def missing_halves(found: Mailing, chosen: Selection) -> dict[str, int]:
    """Return {language: mails} of the languages in which the subject or the text is missing."""
    return {
        code: number
        for code, number in chosen.languages.items()
        if not (found.subject.text(code) and found.body.text(code))
    }


def check_halves(found: Mailing, chosen: Selection) -> None:
    if not found.other_language and (missing := missing_halves(found, chosen)):
        raise HalfMissing(languages=format_list(language_name(code) for code in missing))
    if not any(found.body.text(code) for code, _half in found.subject):
        raise HalfMissing(languages=format_list(language_name(code) for code in chosen.languages))


def confirm(
    event: Event, found: Mailing, seen: frozenset[Key], *, other_language: bool, by: Actor, hooks: Hooks
) -> None:
    """Write the mails to exactly those whom the organiser saw, or refuse and say who came and who left.

    Up to a hundred are written here; more by a job, a hundred at a time.
    """
    check_not_frozen(event)
    check_draft(found)
    found.other_language = other_language
    chosen = selection.choose(event, found, hooks=hooks)
    if chosen.keys != seen:
        came = selection.names_of(event, chosen.keys - seen)
        raise SelectionChanged(came, selection.names_of(event, seen - chosen.keys))
    if not chosen.letters:
        raise NobodyChosen
    check_halves(found, chosen)
    found.state, found.confirmed_at, found.confirmed_by = MailingState.SENDING, clock.now(), by.id
    found.confirmed_ids = sorted(selection.written_keys(chosen.keys).split())
    activity.record(by, CONFIRMED, found, {"mails": [0, len(chosen.letters)]})
    if len(chosen.letters) <= outbox.AT_ONCE:
        letters = selection.for_text(event, found, chosen.letters, missing=writing.needs_missing(found))
        writing.write(event, found, letters, hooks=hooks, by=by)
        found.state = MailingState.SENT
    else:
        found.job_id = jobs.enqueue(WRITE_JOB, {"mailing": found.id}, event_id=event.id, by=by).id


def confirmed_letters(event: Event, found: Mailing, *, hooks: Hooks) -> list[selection.Letter]:
    """Return the letters of those who were confirmed and still belong to the selection."""
    confirmed = selection.read_keys(" ".join(found.confirmed_ids or ()))
    chosen = selection.choose(event, found, hooks=hooks)
    return [letter for letter in chosen.letters if confirmed.issuperset(letter.keys)]


def cancel(event: Event, found: Mailing, *, by: Actor) -> int:
    """Hold back every mail of the mailing that has not left; returns how many those were."""
    held = outbox.hold_back_mailing(found.id)
    if found.state == MailingState.SENDING:
        if found.job_id is not None:
            jobs.cancel(get(jobs.Job, found.job_id))
    elif not held:
        raise NothingToCancel
    found.state = MailingState.CANCELLED
    activity.record(by, CANCELLED, found, {"mails": [held, 0]})
    return held


def send_again(event: Event, message: outbox.MailMessage, *, by: Actor) -> None:
    """Queue one mail once more, for somebody who did not get it."""
    outbox.send_again(message, by=by)
    activity.record(by, SENT_AGAIN, message)


def hold_back(event: Event, message: outbox.MailMessage, *, by: Actor) -> None:
    outbox.hold_back(message)
    activity.record(by, HELD_BACK, message)


def default_to(kind: str) -> To:
    """Return whom a new mailing of this kind is for until the organiser says otherwise."""
    return To.PEOPLE if kind == MailingKind.URGENT else To.HEADS
