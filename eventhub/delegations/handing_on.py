"""A personal link for every seat: the head hands it on, and each person completes their own part.

The link of a seat shows nothing of whoever sits there. On a free seat it lets somebody name themselves; once a person
is there, it sends them the link of their own page, to their own address and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, clock, outbox
from eventhub.access import links
from eventhub.activity import Actor, Verb
from eventhub.db import get, session
from eventhub.delegations import lists, roster, seats
from eventhub.delegations.models import Delegation, Participant, Seat, SeatState
from eventhub.errors import NotFound, Refused
from eventhub.events.domain import check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l

MADE = Verb("delegations:seat_link_made", _l("Link of a seat made and shown"))
SENT = Verb("delegations:seat_link_sent", _l("Link of a seat sent by mail"))
ONCE_IN = timedelta(minutes=5)


class SeatTaken(Refused):
    message = _l(
        "Somebody else has taken this seat meanwhile. What you typed is still here: "
        "ask the head of your delegation for the link of another seat."
    )


class NoAddress(Refused):
    message = _l("Write the e-mail address to which the link goes, or show the link and hand it on yourself.")


class JustSent(Refused):
    message = _l("This mail left a few minutes ago. Look among the unwanted mails before you send it again.")


def seat_of(event: Event, seat_id: int) -> Seat:
    """Return the seat with its delegation and person, in one statement; NotFound for an id of another event."""
    query = (
        sa.select(Seat)
        .where(Seat.id == seat_id, Seat.event_id == event.id)
        .options(orm.joinedload(Seat.delegation), orm.joinedload(Seat.participant))
    )
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound("seat", seat_id)
    return found


def url(event: Event, seat: Seat, *, by: Actor) -> str:
    """Return the address of a new link to the seat, to be shown once."""
    check_not_frozen(event)
    activity.record(by, MADE, seat.delegation, {"seat": [None, seat.position]})
    return links.mint_url("seat", seat.id, event.id, seat.delegation.contact_language)


def send(event: Event, seat: Seat, address: str, *, by: Actor) -> outbox.MailMessage:
    """Mail the link: to the person's own address once they have one, else the link of the seat to ``address``."""
    check_not_frozen(event)
    person = seat.participant
    if person is not None and person.email:
        return send_own(event, person, by=by)
    if not address:
        raise NoAddress
    check_not_just_sent(address, "seat", seat.id)
    activity.record(by, SENT, seat.delegation, {"seat": [None, seat.position]})
    spoken = seat.delegation.contact_language
    return _post(event, seat.delegation, address, spoken, ("seat", seat.id), "", by)


def send_own(event: Event, person: Participant, *, by: Actor) -> outbox.MailMessage:
    """Mail somebody the link to their own page."""
    if not person.email:
        raise NoAddress
    check_not_just_sent(person.email, "participant", person.id)
    activity.record(by, SENT, person)
    spoken = person.document_language or person.delegation.contact_language
    return _post(event, person.delegation, person.email, spoken, ("participant", person.id), person.name, by)


def check_not_just_sent(address: str, purpose: str, subject_id: int) -> None:
    """Refuse to fill somebody's mailbox by pressing a button again and again."""
    recent = sa.select(outbox.MailMessage.id).where(
        outbox.MailMessage.recipient == address,
        outbox.MailMessage.link_purpose == purpose,
        outbox.MailMessage.link_subject_id == subject_id,
        outbox.MailMessage.created_at > clock.now() - ONCE_IN,
    )
    if session().scalar(recent.limit(1)) is not None:
        raise JustSent


def _post(
    event: Event, found: Delegation, address: str, language: str, link: tuple[str, int], name: str, by: Actor
) -> outbox.MailMessage:
    return outbox.post(
        "own_link", address, language, by=by, event=event, about=found, link=link, delegation=found, name=name
    )


def tell_of_substitutions(
    event: Event, found: Delegation, substituted: Sequence[tuple[str, str]], *, by: Actor
) -> None:
    """Tell the head whom the organisers put in whose place, and those who come, who get the link to their own page.

    ``substituted`` is (name of who left, name of who came), as saving the people returned it.
    """
    if not substituted:
        return
    if found.contact_email:
        outbox.post(
            "substituted",
            found.contact_email,
            found.contact_language,
            by=by,
            event=event,
            about=found,
            link=("delegation", found.id),
            delegation=found,
            substituted=substituted,
        )
    came = {name for _left, name in substituted}
    for seat in found.seats:
        person = seat.participant
        if seat.state == SeatState.SUBSTITUTED and person is not None and person.name in came and person.email:
            send_own(event, person, by=by)


def take(event: Event, seat_id: int, person: seats.Person, *, by: Actor, hooks: Hooks) -> Participant:
    """Name somebody who holds the link of a free seat on it, and mail them the link to their own page.

    Call it first in the transaction. Raises SeatTaken; a name that was on the delegation before is a new person here,
    since a link that was passed on must not open what another gave.
    """
    found = lists.with_seats(event, get(Seat, seat_id, event_id=event.id).delegation_id, lock=True)
    seat = next((seat for seat in found.seats if seat.id == seat_id), None)
    if seat is None or seat.participant is not None:
        raise SeatTaken
    roster.save_people(event, found, [person], by=by, hooks=hooks)
    named = seat.participant
    if named is None:
        raise SeatTaken
    named.own_saved_at = clock.now()
    send_own(event, named, by=by)
    return named


def give_address(event: Event, seat_id: int, address: str, *, by: Actor, hooks: Hooks) -> Participant:
    """Take the address of somebody whom the delegation named without one, and mail them their link.

    Raises SeatTaken where there is nobody, or somebody who has an address: theirs is not changed by a link.
    """
    found = lists.with_seats(event, get(Seat, seat_id, event_id=event.id).delegation_id, lock=True)
    person = next((seat.participant for seat in found.seats if seat.id == seat_id), None)
    if person is None or person.email:
        raise SeatTaken
    seats.correct_own(event, person, {"email": address}, by=by, hooks=hooks)
    send_own(event, person, by=by)
    return person
