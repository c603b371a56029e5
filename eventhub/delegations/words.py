"""States, roles and modes of travel as the interface says them, with the tone of their badge."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventhub.delegations.models import (
    DelegationRole,
    DelegationState,
    Direction,
    FareState,
    Participant,
    ParticipantState,
    Payer,
    SeatState,
    TravelMode,
)
from eventhub.i18n import format_day, format_moment, format_money, format_time
from eventhub.i18n import lazy_pgettext as _lp

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
PAYERS: dict[str, Any] = {
    Payer.PARTICIPANT: _lp("payer", "The person"),
    Payer.ORGANISATION: _lp("payer", "Their organisation"),
    Payer.HOST: _lp("payer", "The host"),
}
FARE_STATES: dict[str, Any] = {
    FareState.CLAIMED: _lp("reimbursement", "Asked for"),
    FareState.GRANTED: _lp("reimbursement", "Granted"),
    FareState.REFUSED: _lp("reimbursement", "Refused"),
    FareState.PAID: _lp("reimbursement", "Paid back"),
}
FARE_TONES = {FareState.CLAIMED: "warn", FareState.GRANTED: "on", FareState.REFUSED: "stop", FareState.PAID: "good"}
FARE_ACTS: dict[str, Any] = {
    FareState.CLAIMED: _lp("reimbursement", "Take the decision back"),
    FareState.GRANTED: _lp("reimbursement", "Grant"),
    FareState.REFUSED: _lp("reimbursement", "Refuse"),
    FareState.PAID: _lp("reimbursement", "Mark as paid back"),
}
DIRECTIONS: dict[str, Any] = {
    Direction.ARRIVAL: _lp("travel", "Arrival"),
    Direction.DEPARTURE: _lp("travel", "Departure"),
}
PARTICIPANT_TONES = {
    ParticipantState.CONFIRMED: "good",
    ParticipantState.ARRIVED: "good",
    ParticipantState.CANCELLED: "stop",
    ParticipantState.NO_SHOW: "stop",
}


def hour_of(person: Participant, direction: str, zone: ZoneInfo) -> str:
    """Return "Tue 25 Mar, 16:00", or a dash where it is not known."""
    leg = person.leg(Direction(direction))
    return hour(leg.at, leg.mode, zone) if leg else "–"


def hour(at: datetime | None, mode: str | None, zone: ZoneInfo) -> str:
    """Return "Tue 25 Mar, 16:00", "Lives nearby", or a dash where it is not known."""
    if at is None:
        return str(MODES[mode]) if mode == TravelMode.LOCAL else "–"
    return f"{format_day(at.astimezone(zone).date(), 'EEE d MMM')}, {format_time(at, zone)}"


def fare_in_words(person: Participant) -> str:
    """Return "Their organisation · €120.00 asked for", as far as it is known."""
    said = [str(PAYERS[person.fare_paid_by])] if person.fare_paid_by else []
    if person.fare_claimed:
        said.append(f"{format_money(person.fare_claimed)} ({FARE_STATES[person.fare_state]})")
    return " · ".join(said)


def leg_in_words(person: Participant, direction: str, zone: ZoneInfo) -> str:
    """Return "Train ICE 9570 · Grenoble · Tuesday, 25 March 2025, 16:00", as far as it is known."""
    leg = person.leg(Direction(direction))
    if leg is None:
        return ""
    way = f"{MODES[leg.mode] if leg.mode else ''} {leg.number}".strip()
    return " · ".join(filter(None, (way, leg.place, format_moment(leg.at, zone) if leg.at else "")))
