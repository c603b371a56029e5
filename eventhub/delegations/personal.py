"""The personal data of delegations: what is held, what people are told of it, how it is exported and erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from eventhub import activity, clock
from eventhub.activity import Actor
from eventhub.contributions import PersonalData, Purpose, WholeEvent
from eventhub.db import session
from eventhub.delegations import needs, seats, words
from eventhub.delegations.models import (
    AccessNeed,
    Consent,
    Delegation,
    Direction,
    Participant,
    ParticipantState,
    Seat,
    SeatState,
    TravelLeg,
)
from eventhub.events.models import Event
from eventhub.i18n import format_moment, language_name
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.localized import LocalizedText


def _of(ids: Iterable[int]) -> list[Participant]:
    return list(session().scalars(sa.select(Participant).where(Participant.id.in_(list(ids)))))


def _travel(leg: TravelLeg | None, zone: tzinfo) -> str:
    if leg is None:
        return ""
    mode = str(words.MODES[leg.mode]) if leg.mode else ""
    return " · ".join(filter(None, (mode, leg.number, leg.place, format_moment(leg.at, zone) if leg.at else "")))


def export_identity(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    people = _of(ids)
    zone = {
        event.id: event.zone
        for event in session().scalars(sa.select(Event).where(Event.id.in_({person.event_id for person in people})))
    }
    return {
        person.id: {
            _("Name"): person.name,
            _("Function"): person.function,
            _("E-mail"): person.email,
            _("Phone"): person.phone,
            _("Languages understood"): [language_name(code) for code in person.languages],
            _("Language of documents"): language_name(person.document_language) if person.document_language else "",
            _("Delegation"): person.delegation.name,
            _("Head of the delegation"): person.is_head,
            _("Who pays for the journey"): words.fare_in_words(person),
            _("State"): str(words.PARTICIPANT_STATES[person.state]),
            _("Arrival"): _travel(person.leg(Direction.ARRIVAL), zone[person.event_id]),
            _("Departure"): _travel(person.leg(Direction.DEPARTURE), zone[person.event_id]),
        }
        for person in people
        if person.erased_at is None
    }


def erase_identity(ids: Iterable[int]) -> None:
    """Blank the person; the seat stays counted as held, so that counts stay right.

    Once the event is over nobody can take the seat any more: the person without a name keeps it and their state, so
    that it still counts who came. No hook may veto an erasure: what other components hold of the person, their own
    declarations erase.
    """
    people = _of(ids)
    over = _over({person.event_id for person in people})
    for person in people:
        contact = person.delegation
        if person.email and contact.contact_email.casefold() == person.email.casefold():
            contact.contact_name = contact.contact_email = contact.contact_phone = ""
            activity.blank("delegation", [contact.id])
        person.name, person.sort_key = "—", ""
        person.function = person.email = person.phone = ""
        person.languages = []
        person.legs = []
        person.fare_paid_by, person.fare_claimed, person.fare_state = "", None, ""
        person.erased_at = person.erased_at or clock.now()
        if person.event_id in over:
            continue
        person.state = ParticipantState.CANCELLED
        seat = session().scalar(sa.select(Seat).where(Seat.participant_id == person.id))
        if seat is not None:
            seat.participant, seat.state = None, SeatState.UNNAMED
            seats.count_named(contact, -1, {})
    activity.blank("participant", [person.id for person in people])


def _over(event_ids: Iterable[int]) -> set[int]:
    """Return those of the events that have ended."""
    events = session().scalars(sa.select(Event).where(Event.id.in_(list(event_ids))))
    return {event.id for event in events if event.ends_on < clock.today(event.zone)}


def identities(event_id: int) -> sa.Select[Any]:
    return sa.select(Participant.id).where(Participant.event_id == event_id, Participant.erased_at.is_(None))


# --- contacts of delegations, who may be on no seat -----------------------------------------------------------------

_WITH_CONTACT = sa.or_(
    Delegation.contact_name != "", Delegation.contact_email != "", Delegation.contact_phone != "", Delegation.note != ""
)


def export_contacts(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return the contact of the delegations of which the person is the contact, by their e-mail address."""
    return {
        person.id: {
            _("Contact of"): person.delegation.name,
            _("Name"): person.delegation.contact_name,
            _("E-mail"): person.delegation.contact_email,
            _("Phone"): person.delegation.contact_phone,
        }
        for person in _of(ids)
        if person.email and person.email.casefold() == person.delegation.contact_email.casefold()
    }


def erase_contacts(ids: Iterable[int]) -> None:
    """Leave it to the identity, which knows by its e-mail who the contact is and is erased after everything else."""


def _contacts_held(event_id: int) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(Delegation).where(Delegation.event_id == event_id, _WITH_CONTACT)


def _erase_all_contacts(event_id: int) -> int:
    """Blank every contact of the event, and what colleagues noted beside."""
    done = session().execute(
        sa.update(Delegation)
        .where(Delegation.event_id == event_id, _WITH_CONTACT)
        .values(contact_name="", contact_email="", contact_phone="", note="")
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def export_access(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    wanted = list(ids)
    found: dict[int, Mapping[str, Any]] = {}
    for person in _of(wanted):
        access = needs.access_of(person.event_id, [person.id]).get(person.id)
        if access:
            found[person.id] = {
                _("Step-free"): access.step_free,
                _("Walking level"): access.walking_level,
                _("Hearing"): access.hearing,
                _("Sight"): access.sight,
                _("Other"): access.other,
            }
    return found


def erase_access(ids: Iterable[int]) -> None:
    session().execute(sa.delete(AccessNeed).where(AccessNeed.participant_id.in_(list(ids))))


def access_holders(event_id: int) -> sa.Select[Any]:
    return sa.select(AccessNeed.participant_id).where(AccessNeed.event_id == event_id)


def withdraw_access(person: Participant, by: Actor) -> None:
    """Erase what the consent to access needs allowed to keep."""
    needs.declare(person, needs.Access(), by=by)


def export_consents(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in session().scalars(sa.select(Consent).where(Consent.participant_id.in_(list(ids)))):
        told = found.setdefault(row.participant_id, {})
        told[f"{len(told) + 1}. {row.purpose} ({row.text_version})"] = {
            _("Given"): row.given_at,
            _("Given by the person"): row.confirmed,
            _("Withdrawn"): row.withdrawn_at,
        }
    return found


def erase_consents(ids: Iterable[int]) -> None:
    session().execute(sa.delete(Consent).where(Consent.participant_id.in_(list(ids))))


def consent_holders(event_id: int) -> sa.Select[Any]:
    return sa.select(Consent.participant_id).where(Consent.event_id == event_id).distinct()


PURPOSES = (
    Purpose(
        "delegations.identity",
        _l("Welcoming you: name, contact, languages, travel"),
        {
            "2025-01": LocalizedText.of(
                fr=(
                    "Les organisateurs conservent votre nom, votre fonction, vos coordonnées, vos langues et votre "
                    "voyage pour vous accueillir et préparer salles, repas, visites et interprétation. Votre chef de "
                    "délégation et vous seuls les leur donnez ; ils ne sont ni vendus ni transmis à d’autres fins."
                ),
                en=(
                    "The organisers keep your name, function, contact, languages and travel, to welcome you and to "
                    "prepare rooms, meals, visits and interpretation. They come from your head of delegation or from "
                    "you alone; they are neither sold nor passed on for anything else."
                ),
            )
        },
        order=10,
    ),
    Purpose(
        needs.ACCESS,
        _l("Access needs"),
        needs.ACCESS_WORDINGS,
        asks=True,
        withdrawn=withdraw_access,
        order=20,
    ),
)

PERSONAL_DATA = (
    PersonalData(
        "delegations.identity",
        _l("Name, function, contact, languages, travel"),
        _l("To welcome the person and to plan rooms, meals and interpretation"),
        _l("Public interest mission (GDPR art. 6.1.e)"),
        365,
        export_identity,
        erase_identity,
        holders=identities,
        recipients=_l("The organisers of the event; guides and drivers as numbers"),
    ),
    PersonalData(
        "delegations.contacts",
        _l("Contacts of delegations, and notes about them"),
        _l("To invite a delegation and to agree with it"),
        _l("Public interest mission (GDPR art. 6.1.e)"),
        365,
        export_contacts,
        erase_contacts,
        whole_event=WholeEvent(_contacts_held, _erase_all_contacts),
        people=_l("Heads of delegation"),
    ),
    PersonalData(
        "delegations.access",
        _l("Access needs"),
        _l("To prepare access to rooms and visits"),
        _l("Explicit consent (GDPR art. 9.2.a)"),
        30,
        export_access,
        erase_access,
        sensitive=True,
        holders=access_holders,
        recipients=_l("The organisers of the event, as what is to be prepared, never why"),
    ),
    PersonalData(
        "delegations.consents",
        _l("Consents given and withdrawn"),
        _l("To prove what was agreed to"),
        _l("Legal obligation (GDPR art. 7.1)"),
        1095,
        export_consents,
        erase_consents,
        holders=consent_holders,
    ),
)
