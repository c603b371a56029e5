"""Which delegations and people a list holds, by the query arguments of its page.

``delegations_matching`` and ``people_matching`` are the lists themselves: the pages, their exports, saved filters, bulk
acts and segments of mail ask them with the same query arguments, so that all of them mean the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import hookspecs
from eventhub.contributions import PeopleColumn
from eventhub.delegations.models import (
    ABSENT,
    COMING,
    COMPLETE,
    Delegation,
    Direction,
    Participant,
    ParticipantState,
    Seat,
    TravelLeg,
    TravelMode,
)
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import sort_key
from eventhub.search import folded, words_of

UNKNOWN = "unknown"  # the day of an arrival that nobody has said yet

Order = tuple[Any, ...]  # columns and expressions
DELEGATION_ORDERS: Mapping[str, Order] = {
    "name": (Delegation.sort_key,),
    "city": (folded(Delegation.city), Delegation.sort_key),
    "country": (Delegation.country, Delegation.sort_key),
    "role": (Delegation.role, Delegation.sort_key),
    "named": (Delegation.seats_named, Delegation.sort_key),
    "quota": (Delegation.quota, Delegation.sort_key),
    "state": (Delegation.state, Delegation.sort_key),
    "reference": (Delegation.reference,),
}
_arrival = (
    sa.select(TravelLeg.at)
    .where(TravelLeg.participant_id == Participant.id, TravelLeg.direction == Direction.ARRIVAL)
    .scalar_subquery()
)
PEOPLE_ORDERS: Mapping[str, Order] = {
    "name": (Participant.sort_key,),
    "function": (folded(Participant.function), Participant.sort_key),
    "delegation": (Delegation.sort_key, Participant.sort_key),
    "country": (Delegation.country, Participant.sort_key),
    "arrival": (_arrival.is_(None), _arrival, Participant.sort_key),
    "state": (Participant.state, Participant.sort_key),
}


def delegations_matching(event: Event, args: Mapping[str, str]) -> sa.Select[Delegation]:
    """Return the query of the list of delegations for these query arguments.

    Arguments of other names are left aside; a value that means nothing means no row, since a mail must not go to
    everybody because of a slip.
    ``q`` words in name, city, head, e-mail, people or reference; ``state``; ``country``; ``role``; ``language`` of its
    mails; ``stage`` ("people" or "travel") in which something is missing; ``show`` "incomplete" or "archived"; ``sort``
    a key of DELEGATION_ORDERS, "-" before it for the other way round.
    """
    show = args.get("show", "")
    query = sa.select(Delegation).where(Delegation.event_id == event.id)
    query = query.where(Delegation.archived_at.is_not(None) if show == "archived" else Delegation.archived_at.is_(None))
    for word in words_of(args.get("q", "")):
        query = query.where(_delegation_has(event, word))
    if show == "incomplete":
        query = query.where(Delegation.state.not_in(COMPLETE | ABSENT))
    for name, column in (
        ("state", Delegation.state),
        ("country", Delegation.country),
        ("role", Delegation.role),
        ("language", Delegation.contact_language),
    ):
        if wanted := args.get(name):
            query = query.where(column == wanted)
    if wanted := args.get("stage"):
        gap = STAGE_GAPS.get(wanted, sa.false())
        people = sa.select(Seat.delegation_id).join(Participant, Seat.participant_id == Participant.id)
        owing = Delegation.id.in_(people.where(Seat.event_id == event.id, gap))
        unnamed = Delegation.seats_named < Delegation.quota if wanted == "people" else sa.false()
        query = query.where(Delegation.state.not_in(ABSENT), owing | unnamed)
    return query.order_by(*_order(args.get("sort", ""), DELEGATION_ORDERS), Delegation.id)


def delegations_ticked(event: Event, ids: Iterable[int]) -> sa.Select[Delegation]:
    """Return the query of these delegations of the event, archived ones too."""
    query = sa.select(Delegation).where(Delegation.event_id == event.id, Delegation.id.in_(list(ids)))
    return query.order_by(Delegation.sort_key, Delegation.id)


def people_matching(event: Event, args: Mapping[str, str], *, hooks: Hooks) -> sa.Select[Participant]:
    """Return the query of the list of people, with their delegations, for these query arguments.

    ``q`` words in name, e-mail, delegation or city; ``delegation`` its id; ``language`` that they understand;
    ``country`` and ``role`` of the delegation; ``state``, without which everybody is meant who is still coming;
    ``arrives`` on a day ("2025-03-25") or "unknown"; ``stage`` in which something of theirs is missing; ``sort`` a key
    of PEOPLE_ORDERS; and the keys of plugins' columns. Arguments of other names are left aside; a value that means
    nothing means nobody, and so does the key of a column that is not there any more: a plugin may be off.
    """
    query = people_query(event, state=args.get("state", ""))
    for word in words_of(args.get("q", "")):
        query = query.where(_person_has(event, word))
    if key := args.get("delegation"):
        known = key.isascii() and key.isdigit() and len(key) < 10
        query = query.where(Participant.delegation_id == int(key) if known else sa.false())
    if wanted := args.get("language"):
        # portable between JSON on SQLite and JSONB on PostgreSQL: codes are quoted inside the array
        query = query.where(sa.cast(Participant.languages, sa.Text).contains(f'"{wanted}"', autoescape=True))
    if wanted := args.get("country"):
        query = query.where(Delegation.country == wanted)
    if wanted := args.get("role"):
        query = query.where(Delegation.role == wanted)
    if wanted := args.get("arrives"):
        query = query.where(_arriving(event, wanted))
    if wanted := args.get("stage"):
        query = query.where(STAGE_GAPS.get(wanted, sa.false()))
    asked = {name: value for name, value in args.items() if "." in name and value}
    if asked:
        columns = {column.key: column for column in columns_of_plugins(event, hooks)}
        for name, value in asked.items():
            column = columns.get(name)
            query = query.where(_holds(column, value) if column else sa.false())
    return query.order_by(None).order_by(*_order(args.get("sort", ""), PEOPLE_ORDERS), Participant.id)


def columns_of_plugins(event: Event, hooks: Hooks) -> list[PeopleColumn]:
    """Return the columns that plugins add to the list of people."""
    return hooks.collect(hookspecs.people_columns, event=event)


def _holds(column: PeopleColumn, value: str) -> sa.ColumnElement[bool]:
    if column.having is None or value not in {code for code, _label in column.choices}:
        return sa.false()
    return Participant.id.in_(column.having(value))


def people_query(event: Event, *, search: str = "", state: str = "") -> sa.Select[Participant]:
    """Return the query of everybody who is still coming, with their delegations; or of those in this state."""
    query = (
        sa.select(Participant)
        .join(Delegation, Participant.delegation_id == Delegation.id)
        .where(Participant.event_id == event.id, Delegation.archived_at.is_(None))
        .options(orm.contains_eager(Participant.delegation))
        .order_by(Participant.sort_key, Participant.id)
    )
    if state:
        query = query.where(Participant.state == state)
    else:
        query = query.where(Participant.state.in_(COMING), Delegation.state.not_in(ABSENT))
    if search:
        query = query.where(Participant.sort_key.contains(sort_key(search), autoescape=True))
    return query


def at_the_desk(event: Event, *, day: str, search: str = "") -> sa.Select[Participant]:
    """Return whoever arrives on this day, whether here, missed or waited for; a search looks on every day."""
    query = (
        sa.select(Participant)
        .join(Delegation, Participant.delegation_id == Delegation.id)
        .where(
            Participant.event_id == event.id,
            Participant.state.in_(COMING | {ParticipantState.NO_SHOW}),
            Delegation.archived_at.is_(None),
            Delegation.state.not_in(ABSENT),
        )
        .order_by(_arrival.is_(None), _arrival, Participant.sort_key, Participant.id)
    )
    words = words_of(search)
    return query.where(*(_person_has(event, word) for word in words)) if words else query.where(_arriving(event, day))


def standing_at_the_desk(people: sa.Select[Participant], show: str, also: int) -> sa.Select[Participant]:
    """Return those of them who are "here", "missed" or still waited for; and this one too, who was just marked."""
    states = {
        "here": {ParticipantState.ARRIVED},
        "missed": {ParticipantState.NO_SHOW},
    }.get(show, COMING - {ParticipantState.ARRIVED})
    return people.where(Participant.state.in_(states) | (Participant.id == also))


def _order(wanted: str, orders: Mapping[str, Order]) -> Order:
    """Return the columns to sort by; only the first turns round, so that equal rows stay in the order of names."""
    key = wanted.removeprefix("-")
    first, *rest = orders.get(key) or orders["name"]
    return (first.desc() if wanted.startswith("-") and key in orders else first, *rest)


# --- search ---------------------------------------------------------------------------------------------------------


def _delegation_has(event: Event, word: str) -> sa.ColumnElement[bool]:
    def has(text: sa.ColumnElement[str] | orm.InstrumentedAttribute[str]) -> sa.ColumnElement[bool]:
        return text.contains(word, autoescape=True)

    people = sa.select(Participant.delegation_id).where(
        Participant.event_id == event.id,
        Participant.state.in_(COMING),
        has(Participant.sort_key) | has(sa.func.lower(Participant.email)),
    )
    return sa.or_(
        has(Delegation.sort_key),
        has(folded(Delegation.city)),
        has(folded(Delegation.contact_name)),
        has(sa.func.lower(Delegation.contact_email)),
        Delegation.reference == word.upper(),
        Delegation.id.in_(people),
    )


def _person_has(event: Event, word: str) -> sa.ColumnElement[bool]:
    delegations = sa.select(Delegation.id).where(
        Delegation.event_id == event.id,
        Delegation.sort_key.contains(word, autoescape=True)
        | folded(Delegation.city).contains(word, autoescape=True)
        | (Delegation.reference == word.upper()),
    )
    return sa.or_(
        Participant.sort_key.contains(word, autoescape=True),
        sa.func.lower(Participant.email).contains(word, autoescape=True),
        Participant.delegation_id.in_(delegations),
    )


# --- gaps and days --------------------------------------------------------------------------------------------------


def _travels(direction: Direction) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        TravelLeg.participant_id == Participant.id,
        TravelLeg.direction == direction,
        TravelLeg.at.is_not(None) | (TravelLeg.mode == TravelMode.LOCAL),
    )


_no_address = (Participant.email == "") & sa.exists().where(
    Delegation.id == Participant.delegation_id, Delegation.contact_email == ""
).correlate_except(Delegation)
# The same gaps as ``completeness`` names in words
STAGE_GAPS: Mapping[str, sa.ColumnElement[bool]] = {
    "people": sa.or_(Participant.function == "", sa.cast(Participant.languages, sa.Text) == "[]", _no_address),
    "travel": sa.not_(_travels(Direction.ARRIVAL) & _travels(Direction.DEPARTURE)),
}


def _arriving(event: Event, wanted: str) -> sa.ColumnElement[bool]:
    """Return the condition of arriving on this day of the event's zone, or of a day that is not known."""
    leg = sa.exists().where(TravelLeg.participant_id == Participant.id, TravelLeg.direction == Direction.ARRIVAL)
    if wanted == UNKNOWN:
        return sa.not_(leg.where(TravelLeg.at.is_not(None)))
    try:
        day = date.fromisoformat(wanted)
        begins = datetime.combine(day, time.min, event.zone)
        return leg.where(TravelLeg.at >= begins, TravelLeg.at < begins + timedelta(days=1))
    except (ValueError, OverflowError):  # no day, or one at the end of time
        return sa.false()
