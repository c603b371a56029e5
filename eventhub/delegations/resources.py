"""Delegations and their people, for programs; needs and travel are not among what they read."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, g, url_for

from eventhub.access.permissions import requires
from eventhub.contributions import ApiPart
from eventhub.delegations import domain, matching, permissions, seats
from eventhub.delegations.models import Delegation, DelegationRole, DelegationState, Participant, ParticipantState
from eventhub.errors import NotFound, Refused
from eventhub.i18n import LANGUAGES
from eventhub.i18n import lazy_gettext as _l
from eventhub.rest.fields import Choice, Country, Email, Flag, Language, Moment, Phone, Several, Text, Typed, Whole
from eventhub.rest.paging import Found, ListQuery, page_of, paged
from eventhub.rest.parts import Body, nothing, part

delegations = part("delegations_api", __name__)
people = part("delegations_api_people", __name__, "participants")


class DelegationFacts(Body):
    name = Text(minimum=1, required=True)
    city = Text(load_default="")
    country = Country(required=True)
    role = Choice(DelegationRole, load_default=DelegationRole.PARTICIPANT.value)
    quota = Whole(minimum=1, maximum=500, required=True)
    contact_name = Text(load_default="")
    contact_email = Email(load_default="")
    contact_phone = Phone(load_default="")
    contact_language = Choice(LANGUAGES, load_default="en")
    closes_at = Moment(allow_none=True, load_default=None)
    note = Text(maximum=4000, load_default="")


class DelegationChange(DelegationFacts):
    """What changes; the rest stays."""


class DelegationSchema(DelegationFacts):
    id = Whole(required=True)
    reference = ma.fields.String(required=True)
    seats_named = Whole(required=True)
    state = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    invited_at = Moment(required=True, allow_none=True)
    submitted_at = Moment(required=True, allow_none=True)
    archived_at = Moment(required=True, allow_none=True)


class DelegationQuery(ListQuery):
    state = Choice(DelegationState)
    country = Country()
    role = Choice(DelegationRole)
    language = Choice(LANGUAGES, metadata={"description": "of its mails"})
    stage = Choice(matching.STAGE_GAPS, metadata={"description": "in which something is missing"})
    show = Choice(("incomplete", "archived"))


class Reason(Body):
    reason = Text(minimum=1, maximum=500, required=True)


def said(asked: dict[str, Any]) -> dict[str, str]:
    """Return the filters as the address of the desk's list has them."""
    return {name: str(value) for name, value in asked.items()}


@delegations.on("GET", "", query=DelegationQuery, gives=page_of(DelegationSchema))
@requires(permissions.READ)
def index(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the delegations, with the filters of the desk."""
    return paged(matching.delegations_matching(g.event, said(asked)), Delegation, asked)


@delegations.on("GET", "/<int:delegation_id>", gives=DelegationSchema)
@requires(permissions.READ)
def show(delegation_id: int) -> Delegation:
    """Read a delegation."""
    return domain.delegation(g.event, delegation_id)


@delegations.on("POST", "", body=DelegationFacts, gives=DelegationSchema)
@requires(permissions.EDIT)
def add(facts: dict[str, Any]) -> tuple[Delegation, dict[str, str]]:
    """Write a delegation with its seats held and unnamed; nothing is sent yet."""
    new = domain.add(g.event, facts, by=g.actor)
    return new, {"Location": url_for(".show", delegation_id=new.id)}


@delegations.on("PATCH", "/<int:delegation_id>", body=DelegationChange(partial=True), gives=DelegationSchema)
@requires(permissions.EDIT)
def change(changes: dict[str, Any], delegation_id: int) -> Delegation:
    """Change a delegation; a new quota adds or frees unnamed seats."""
    stored = domain.locked_delegation(g.event, delegation_id)
    delegations.unchanged(stored, DelegationSchema)
    domain.change(g.event, stored, changes, by=g.actor, hooks=g.hooks)
    return stored


@delegations.on("POST", "/<int:delegation_id>/invite", gives=DelegationSchema, status=200)
@requires(permissions.EDIT)
def invite(delegation_id: int) -> Delegation:
    """Send the head of the delegation the link to register."""
    stored = domain.locked_delegation(g.event, delegation_id)
    domain.invite(g.event, stored, by=g.actor)
    return stored


@delegations.on("POST", "/<int:delegation_id>/confirm", gives=DelegationSchema, status=200)
@requires(permissions.EDIT)
def confirm(delegation_id: int) -> Delegation:
    """Confirm a delegation that has handed in its registration, and tell its head."""
    stored = domain.locked_delegation(g.event, delegation_id)
    domain.confirm(g.event, stored, by=g.actor, hooks=g.hooks)
    return stored


@delegations.on("POST", "/<int:delegation_id>/withdraw", body=Reason, gives=DelegationSchema, status=200)
@requires(permissions.EDIT)
def withdraw(why: dict[str, Any], delegation_id: int) -> Delegation:
    """Take the whole delegation out."""
    stored = domain.locked_delegation(g.event, delegation_id)
    domain.withdraw(g.event, stored, why["reason"], by=g.actor, hooks=g.hooks)
    return stored


# --- participants ---------------------------------------------------------------------------------------------------


class PersonFacts(Body):
    name = Text(minimum=1, required=True)
    function = Text(load_default="")
    email = Email(load_default="")
    phone = Phone(load_default="")
    languages = Several(Language(), load_default=list)
    document_language = Choice(("", *LANGUAGES), load_default="")
    is_head = Flag(load_default=False)


class PersonChange(PersonFacts):
    """What is corrected; the rest stays."""


class NewPerson(PersonFacts):
    delegation_id = Whole(minimum=1, required=True)


class ParticipantSchema(PersonFacts):
    id = Whole(required=True)
    delegation_id = Whole(required=True)
    state = ma.fields.String(required=True)


class ParticipantQuery(ListQuery):
    delegation = Typed(minimum=1, metadata={"description": "id of a delegation"})
    state = Choice(ParticipantState, metadata={"description": "without it, everybody who is still coming"})
    country = Country()
    role = Choice(DelegationRole)
    language = Language()
    stage = Choice(matching.STAGE_GAPS, metadata={"description": "in which something is missing"})


@people.on("GET", "", query=ParticipantQuery, gives=page_of(ParticipantSchema))
@requires(permissions.READ)
def participants(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List everybody who is coming."""
    return paged(matching.people_matching(g.event, said(asked), hooks=g.hooks), Participant, asked)


@people.on("GET", "/<int:participant_id>", gives=ParticipantSchema)
@requires(permissions.READ)
def participant(participant_id: int) -> Participant:
    """Read a participant."""
    return domain.participant(g.event, participant_id)


@people.on("POST", "", body=NewPerson, gives=ParticipantSchema)
@requires(permissions.EDIT)
def name(facts: dict[str, Any]) -> tuple[Participant, dict[str, str]]:
    """Name somebody on a free seat of a delegation; whoever was taken off it before comes back with their data."""
    delegation_id = facts.pop("delegation_id")
    try:
        found = domain.locked_delegation(g.event, delegation_id)
    except NotFound as error:
        raise UnknownDelegation from error
    domain.check_coming(found)
    before = {seat.participant_id for seat in found.seats}
    person = seats.Person(0, languages=tuple(facts.pop("languages")), newcomer=True, **facts)
    domain.save_people(g.event, found, [person], by=g.actor, hooks=g.hooks)
    new = next(seat.participant for seat in found.seats if seat.participant and seat.participant.id not in before)
    return new, {"Location": url_for(".participant", participant_id=new.id)}


@people.on("PATCH", "/<int:participant_id>", body=PersonChange(partial=True), gives=ParticipantSchema)
@requires(permissions.EDIT)
def correct(changes: dict[str, Any], participant_id: int) -> Participant:
    """Correct a participant's data; to let another person come, take this one off and name the other."""
    found, person = _seated(participant_id)
    people.unchanged(person, ParticipantSchema)
    domain.check_coming(found)
    seats.correct_own(g.event, person, changes, by=g.actor, hooks=g.hooks)
    for seat in found.seats:
        if seat.participant_id == person.id:
            seats.settle(seat)
    return person


@people.on("DELETE", "/<int:participant_id>")
@requires(permissions.EDIT)
def take_off(participant_id: int) -> Response:
    """Take a participant off; the seat stays held without a name."""
    found, person = _seated(participant_id)
    people.unchanged(person, ParticipantSchema)
    seat = next(seat for seat in found.seats if seat.participant_id == person.id)
    domain.save_people(g.event, found, [seats.Person(seat.id, "")], by=g.actor, hooks=g.hooks)
    return nothing()


class UnknownDelegation(Refused):
    message = _l("There is no such delegation on this event.")
    field = "delegation_id"


def _seated(participant_id: int) -> tuple[Delegation, Participant]:
    """Return the person with their delegation, locked; NotFound for somebody who was taken off."""
    known = domain.participant(g.event, participant_id)
    found = domain.locked_delegation(g.event, known.delegation_id)
    person = next((seat.participant for seat in found.seats if seat.participant_id == participant_id), None)
    if person is None:
        raise NotFound("participant", participant_id)
    return found, person


PARTS = (ApiPart(delegations, _l("Delegations"), 20), ApiPart(people, _l("Participants"), 21))
