"""What people ask for about their data, recorded when it comes and answered within a month (GDPR art. 12.3)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from eventhub import activity, clock, outbox
from eventhub.activity import Actor, Verb
from eventhub.db import get, locked, session
from eventhub.delegations.models import Participant
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.i18n import lazy_gettext as _l
from eventhub.privacy.models import PersonRequest, RequestKind, RequestState

RECEIVED = Verb("privacy:request_received", _l("Request about one's own data received"))
ANSWERED = Verb("privacy:request_answered", _l("Request about one's own data answered"))
LINK_SENT = Verb("privacy:link_sent", _l("Personal link sent, to see one's own data"))


class InTheFuture(Refused):
    message = _l("A request cannot be received after today. Correct the day.")
    field = "received_on"


class AlreadyAnswered(Refused):
    message = _l("This request is answered already. Reload the page to see how.")


class AnswerMissing(Refused):
    message = _l("Write why the request is refused: the law wants the person to be told.")
    field = "answer"


class NoAddress(Refused):
    message = _l("No e-mail address is known of this person. Make a personal link on their page and hand it to them.")


def due_on(received: date) -> date:
    """Return the last day for an answer: the same day of the next month, or its last (31 January: 28 February)."""
    year, month = (received.year + 1, 1) if received.month == 12 else (received.year, received.month + 1)
    return date(year, month, min(received.day, monthrange(year, month)[1]))


def receive(event: Event, values: Mapping[str, Any], *, by: Actor) -> PersonRequest:
    """Record what somebody asked for."""
    person = get(Participant, values["participant_id"], event_id=event.id)
    if values["received_on"] > clock.today(event.zone):
        raise InTheFuture
    row = PersonRequest(
        event_id=event.id,
        participant_id=person.id,
        kind=values["kind"],
        state=RequestState.OPEN,
        received_on=values["received_on"],
        due_on=due_on(values["received_on"]),
        note=values["note"],
        answer="",
    )
    session().add(row)
    activity.record(by, RECEIVED, row, {"kind": [None, row.kind]})
    return row


def request_for_change(event: Event, request_id: int) -> PersonRequest:
    row = locked(PersonRequest, request_id, event_id=event.id)
    if row.state != RequestState.OPEN:
        raise AlreadyAnswered
    return row


def close(row: PersonRequest, state: RequestState, answer: str, *, by: Actor) -> None:
    """Note that the request is done, or refused and why."""
    if state is RequestState.REFUSED and not answer.strip():
        raise AnswerMissing
    row.state, row.answer = state, answer.strip()
    row.closed_at, row.closed_by = clock.now(), by.id if by.kind == "user" else None
    activity.record(by, ANSWERED, row, {"state": [RequestState.OPEN.value, state.value]})


def send_link(event: Event, row: PersonRequest, person: Participant, *, by: Actor) -> None:
    """Send the person a personal link to their own data: nobody else reads them on the way."""
    if not person.email:
        raise NoAddress
    spoken = person.document_language or person.delegation.contact_language
    outbox.post(
        "privacy_own_data",
        person.email,
        spoken,
        by=by,
        event=event,
        about=person,
        link=("participant", person.id),
        person=person,
    )
    activity.record(by, LINK_SENT, person)
    if row.kind in {RequestKind.ACCESS, RequestKind.CORRECTION}:
        close(row, RequestState.DONE, "", by=by)


def requests_of(event: Event, *, state: str = "") -> sa.Select[PersonRequest]:
    """Return the query of the event's requests, what is due first first."""
    query = sa.select(PersonRequest).where(PersonRequest.event_id == event.id)
    if state:
        query = query.where(PersonRequest.state == state)
    return query.order_by(PersonRequest.state != RequestState.OPEN, PersonRequest.due_on, PersonRequest.id)


def names_of(rows: list[PersonRequest]) -> dict[int, str]:
    """Return {participant id: name} of the people who asked; "—" for those who are erased."""
    query = sa.select(Participant.id, Participant.name).where(Participant.id.in_([row.participant_id for row in rows]))
    return {row.id: row.name for row in session().execute(query)}


def open_requests(event: Event) -> list[PersonRequest]:
    return list(session().scalars(requests_of(event, state=RequestState.OPEN)))
