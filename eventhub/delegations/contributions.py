"""What the delegation noun tells the pages of an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from flask import url_for

from eventhub import activity, clock, outbox
from eventhub.contributions import Card, Check, Deadline, PersonalData, Severity
from eventhub.db import session
from eventhub.delegations import doubles, lists, needs, seats, stages, words
from eventhub.delegations.models import (
    ABSENT,
    COMPLETE,
    AccessNeed,
    Consent,
    Delegation,
    DelegationState,
    Participant,
    ParticipantState,
    Seat,
    SeatState,
    TravelLeg,
)
from eventhub.events.models import Event, EventState
from eventhub.i18n import format_list, ngettext
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l


def _rows(event: Event) -> list[Delegation]:
    return list(session().scalars(lists.delegations_matching(event, {})))


def cards(event: Event) -> Iterable[Card]:
    rows = [row for row in _rows(event) if row.state not in ABSENT]
    complete = sum(row.state in COMPLETE for row in rows)
    seats, named = sum(row.quota for row in rows), sum(row.seats_named for row in rows)
    url = url_for("delegations.index")
    yield Card(
        _("Delegations complete"),
        str(complete),
        _("of %(total)s", total=len(rows)),
        share=complete / len(rows) if rows else None,
        url=url,
        order=10,
    )
    held = seats - named
    yield Card(
        _("People"),
        str(named),
        _("of %(total)s seats", total=seats),
        note=ngettext("%(num)d seat held unnamed", "%(num)d seats held unnamed", held) if held else None,
        url=url_for("delegations.people"),
        order=11,
    )


def checks(event: Event) -> Iterable[Check]:
    rows = _rows(event)
    incomplete = [row for row in rows if row.state not in COMPLETE | ABSENT]
    if incomplete:
        yield Check(
            "delegations.incomplete",
            "all",
            Severity.TO_COMPLETE,
            ngettext("%(num)d delegation is not complete", "%(num)d delegations are not complete", len(incomplete)),
            format_list(row.name for row in incomplete),
            url_for("delegations.index", show="incomplete"),
            _("See who is missing what"),
            "delegations",
        )
    unreachable = [row for row in rows if row.state == DelegationState.INVITED and not row.contact_email]
    if unreachable:
        yield Check(
            "delegations.no_contact",
            "all",
            Severity.AT_RISK,
            ngettext(
                "%(num)d delegation cannot be invited: it has no e-mail address",
                "%(num)d delegations cannot be invited: they have no e-mail address",
                len(unreachable),
            ),
            format_list(row.name for row in unreachable),
            url_for("delegations.index"),
            _("Add the addresses"),
            "delegations",
        )
    yield from doubles.checks(event)


def deadlines(event: Event) -> Iterable[Deadline]:
    """Return the deadlines of steps that have one of their own; the event tells of the registration's."""
    over = event.state in {EventState.RUNNING, EventState.EVALUATION}
    for stage, title in stages.titles().items():
        if not event.stage_deadlines.get(stage, {}).get("closes_at"):
            continue
        closing = stages.of_event(event, stage)
        if closing.at is not None:
            yield Deadline(
                closing.at,
                _("Registration: the step “%(stage)s” closes", stage=title),
                ngettext("then %(num)d minute of grace", "then %(num)d minutes of grace", closing.grace_minutes),
                url_for("delegations_deadlines.edit"),
                done=over,
                component="delegations",
            )


def _of(ids: Iterable[int]) -> list[Participant]:
    return list(session().scalars(sa.select(Participant).where(Participant.id.in_(list(ids)))))


def _travel(leg: TravelLeg) -> str:
    said = (leg.mode, leg.number, leg.place, leg.at.isoformat() if leg.at else "")
    return f"{leg.direction}: {' '.join(filter(None, said))}"


def export_identity(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    return {
        person.id: {
            _("Name"): person.name,
            _("Function"): person.function,
            _("E-mail"): person.email,
            _("Phone"): person.phone,
            _("Languages understood"): ", ".join(person.languages),
            _("Delegation"): person.delegation.name,
            _("Travel"): [_travel(leg) for leg in person.legs],
            _("Who pays for the journey"): words.fare_in_words(person),
        }
        for person in _of(ids)
    }


def erase_identity(ids: Iterable[int]) -> None:
    """Blank the person; the seat stays counted as held, so that counts stay right.

    No hook may veto an erasure: what other components hold of the person, their own declarations erase.
    """
    people = _of(ids)
    for person in people:
        contact = person.delegation
        if person.email and contact.contact_email.casefold() == person.email.casefold():
            contact.contact_name = contact.contact_email = contact.contact_phone = ""
            activity.blank("delegation", [contact.id])
        outbox.forget(person.event_id, addresses=[person.email], names=[person.name])
        person.name, person.sort_key = "—", ""
        person.function = person.email = person.phone = ""
        person.languages = []
        person.legs = []
        person.fare_paid_by, person.fare_claimed, person.fare_state = "", None, ""
        person.erased_at = person.erased_at or clock.now()
        person.state = ParticipantState.CANCELLED
        seat = session().scalar(sa.select(Seat).where(Seat.participant_id == person.id))
        if seat is not None:
            seat.participant, seat.state = None, SeatState.UNNAMED
            seats.count_named(contact, -1, {})
    activity.blank("participant", [person.id for person in people])


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


def export_consents(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in session().scalars(sa.select(Consent).where(Consent.participant_id.in_(list(ids)))):
        found.setdefault(row.participant_id, {})[f"{row.purpose} ({row.text_version})"] = (
            f"{row.given_at.isoformat()} – {row.withdrawn_at.isoformat() if row.withdrawn_at else ''}"
        )
    return found


def erase_consents(ids: Iterable[int]) -> None:
    session().execute(sa.delete(Consent).where(Consent.participant_id.in_(list(ids))))


PERSONAL_DATA = (
    PersonalData(
        "delegations.identity",
        _l("Name, function, contact, languages, travel"),
        _l("To welcome the person and to plan rooms, meals and interpretation"),
        _l("Public interest mission (GDPR art. 6.1.e)"),
        365,
        export_identity,
        erase_identity,
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
    ),
    PersonalData(
        "delegations.consents",
        _l("Consents given and withdrawn"),
        _l("To prove what was agreed to"),
        _l("Legal obligation (GDPR art. 7.1)"),
        1095,
        export_consents,
        erase_consents,
    ),
)
