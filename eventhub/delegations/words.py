"""States, roles and modes of travel as the interface says them, with the tone of their badge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eventhub.delegations.models import (
    DelegationRole,
    DelegationState,
    Direction,
    ParticipantState,
    SeatState,
    TravelMode,
)
from eventhub.i18n import country_name, format_list, language_name
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.web.journal import moment

STATES: dict[str, Any] = {
    DelegationState.INVITED: _lp("delegation", "Invited"),
    DelegationState.REGISTERING: _lp("delegation", "Registering"),
    DelegationState.ROSTER_INCOMPLETE: _lp("delegation", "Incomplete"),
    DelegationState.SUBMITTED: _lp("delegation", "Submitted"),
    DelegationState.CONFIRMED: _lp("delegation", "Confirmed"),
    DelegationState.ARRIVED: _lp("delegation", "Arrived"),
    DelegationState.DEPARTED: _lp("delegation", "Departed"),
    DelegationState.DECLINED: _lp("delegation", "Declined"),
    DelegationState.WITHDRAWN: _lp("delegation", "Withdrawn"),
}
TONES = {
    DelegationState.ROSTER_INCOMPLETE: "warn",
    DelegationState.SUBMITTED: "on",
    DelegationState.CONFIRMED: "good",
    DelegationState.ARRIVED: "good",
    DelegationState.DECLINED: "stop",
    DelegationState.WITHDRAWN: "stop",
}
ROLES: dict[str, Any] = {
    DelegationRole.CHALLENGE_OWNER: _lp("delegation", "Challenge owner"),
    DelegationRole.PARTICIPANT: _lp("delegation", "Participant"),
    DelegationRole.OBSERVER: _lp("delegation", "Observer"),
    DelegationRole.HOST: _lp("delegation", "Host team"),
}
SEAT_STATES: dict[str, Any] = {
    SeatState.UNNAMED: _lp("seat", "Held, not named yet"),
    SeatState.NAMED: _lp("seat", "Named"),
    SeatState.COMPLETE: _lp("seat", "Complete"),
    SeatState.SUBSTITUTED: _lp("seat", "Substituted"),
    SeatState.RELEASED: _lp("seat", "Released"),
}
SEAT_TONES = {SeatState.COMPLETE: "good", SeatState.UNNAMED: "warn", SeatState.SUBSTITUTED: "on"}
PARTICIPANT_STATES: dict[str, Any] = {
    ParticipantState.INVITED: _lp("participant", "Invited"),
    ParticipantState.REGISTERED: _lp("participant", "Registered"),
    ParticipantState.CONFIRMED: _lp("participant", "Confirmed"),
    ParticipantState.CANCELLED: _lp("participant", "Cancelled"),
    ParticipantState.ARRIVED: _lp("participant", "Arrived"),
    ParticipantState.NO_SHOW: _lp("participant", "Did not come"),
}
MODES: dict[str, Any] = {
    TravelMode.TRAIN: _lp("travel", "Train"),
    TravelMode.PLANE: _lp("travel", "Plane"),
    TravelMode.COACH: _lp("travel", "Coach"),
    TravelMode.CAR: _lp("travel", "Car"),
    TravelMode.BICYCLE: _lp("travel", "Bicycle"),
    TravelMode.LOCAL: _lp("travel", "Lives nearby"),
    TravelMode.OTHER: _lp("travel", "Other"),
}
DIRECTIONS: dict[str, Any] = {
    Direction.ARRIVAL: _lp("travel", "Arrival"),
    Direction.DEPARTURE: _lp("travel", "Departure"),
}


def _one_of(*names: dict[str, Any]) -> Callable[[Any], str]:
    return lambda value: next((str(found[value]) for found in names if value in found), str(value))


# How the journal's values are said, by column
SAID: dict[str, Callable[[Any], str]] = {
    "state": _one_of(STATES, PARTICIPANT_STATES),
    "role": _one_of(ROLES),
    "country": country_name,
    "contact_language": language_name,
    "document_language": language_name,
    "languages": lambda codes: format_list(language_name(code) for code in codes),
    "closes_at": moment,
    "arrival_mode": _one_of(MODES),
    "departure_mode": _one_of(MODES),
    "arrival_at": moment,
    "departure_at": moment,
}
PARTICIPANT_TONES = {
    ParticipantState.CONFIRMED: "good",
    ParticipantState.ARRIVED: "good",
    ParticipantState.CANCELLED: "stop",
    ParticipantState.NO_SHOW: "stop",
}
