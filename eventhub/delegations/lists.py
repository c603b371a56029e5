"""What organisers' lists and pages read of delegations, in a fixed number of statements each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity
from eventhub.activity import ActivityEntry, Actor, Verb
from eventhub.db import session
from eventhub.delegations.completeness import Counted
from eventhub.delegations.matching import STAGE_GAPS
from eventhub.delegations.matching import delegations_matching as delegations_matching
from eventhub.delegations.matching import people_matching as people_matching
from eventhub.delegations.matching import people_query as people_query
from eventhub.delegations.models import (
    ABSENT,
    Delegation,
    Direction,
    Participant,
    ParticipantState,
    Seat,
    Substitution,
    TravelLeg,
)
from eventhub.errors import NotFound
from eventhub.events.models import Event
from eventhub.i18n import lazy_gettext as _l

EXPORTED = Verb("delegations:exported", _l("List taken away as a file"))
NO_FILTER = frozenset({"q", "column", "format", "page"})


def with_seats(event: Event, delegation_id: int, *, lock: bool = False) -> Delegation:
    """Return the delegation with seats, people and travel, in two statements.

    ``lock`` locks its row first and reads the seats after it. NotFound for an id of another event.
    """
    query = (
        sa.select(Delegation)
        .where(Delegation.id == delegation_id, Delegation.event_id == event.id)
        .options(
            # at most two legs a person: a join costs less than one more statement
            orm.selectinload(Delegation.seats).joinedload(Seat.participant).joinedload(Participant.legs),
        )
        .execution_options(populate_existing=True)
    )
    found = session().scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("delegation", delegation_id)
    return found


def counted(rows: Sequence[Delegation]) -> dict[int, Counted]:
    """Return how far each of these registrations is, in one statement whatever their number."""
    query = (
        sa.select(
            Seat.delegation_id,
            sa.func.count(),
            sa.func.sum(sa.case((STAGE_GAPS["people"], 1), else_=0)),
            sa.func.sum(sa.case((STAGE_GAPS["travel"], 1), else_=0)),
        )
        .join(Participant, Seat.participant_id == Participant.id)
        .where(Seat.delegation_id.in_([row.id for row in rows]))
        .group_by(Seat.delegation_id)
    )
    found = {key: gaps for key, *gaps in session().execute(query)}
    return {row.id: Counted(row.quota, *found.get(row.id, (0,))) for row in rows}


@dataclass(frozen=True)
class InUse:
    """The delegations in use, for filters and figures: [(id, name)], codes of countries, people named, seats held."""

    names: Sequence[tuple[int, str]]
    countries: frozenset[str]
    named: int
    seats: int


def in_use(event: Event) -> InUse:
    """Return what filters offer and what the head of the list says, in one statement."""
    query = (
        sa.select(
            Delegation.id,
            Delegation.name,
            Delegation.country,
            Delegation.seats_named,
            Delegation.quota,
            Delegation.state.not_in(ABSENT),
        )
        .where(Delegation.event_id == event.id, Delegation.archived_at.is_(None))
        .order_by(Delegation.sort_key)
    )
    rows = session().execute(query).all()
    return InUse(
        [(key, name) for key, name, *_rest in rows],
        frozenset(country for _key, _name, country, *_rest in rows),
        sum(named for *_key, named, _quota, coming in rows if coming),
        sum(quota for *_key, quota, coming in rows if coming),
    )


_arrival, _departure = orm.aliased(TravelLeg), orm.aliased(TravelLeg)


def countries(event: Event) -> list[str]:
    """Return the codes of the countries that delegations come from."""
    return sorted(in_use(event).countries)


def lines_of(people: sa.Select[Participant]) -> Any:
    """Return the query of the same people as plain rows, for lists of thousands: what their columns show."""
    here = {Direction.ARRIVAL: _arrival, Direction.DEPARTURE: _departure}
    for direction, leg in here.items():
        people = people.outerjoin(leg, (leg.participant_id == Participant.id) & (leg.direction == direction))
    return people.with_only_columns(
        Participant.id,
        Participant.name,
        Participant.function,
        Participant.email,
        Participant.phone,
        Participant.languages,
        Participant.state,
        Participant.delegation_id,
        Delegation.name.label("delegation"),
        Delegation.country.label("country"),
        _arrival.at.label("arrival"),
        _arrival.mode.label("arrival_mode"),
        _arrival.place.label("arrival_place"),
        _arrival.number.label("arrival_number"),
        _departure.at.label("departure"),
        _departure.mode.label("departure_mode"),
    )


@dataclass(frozen=True)
class DeskCounts:
    """How many people are here, did not come, and are still waited for."""

    here: int
    missed: int
    waiting: int

    @property
    def all(self) -> int:
        return self.here + self.missed + self.waiting


def desk_counts(people: sa.Select[Participant]) -> DeskCounts:
    """Count the people of ``matching.at_the_desk`` in one statement."""
    query = people.order_by(None).with_only_columns(Participant.state, sa.func.count()).group_by(Participant.state)
    found: dict[str, int] = dict(session().execute(query).all())
    here, missed = found.pop(ParticipantState.ARRIVED, 0), found.pop(ParticipantState.NO_SHOW, 0)
    return DeskCounts(here, missed, sum(found.values()))


def note_export(
    event: Event, what: str, args: Mapping[str, Sequence[str]], columns: Sequence[str], rows: int, *, by: Actor
) -> None:
    """Write into the journal which list was taken away: filters, columns and length, never what was searched for."""
    filters = {name: ", ".join(values) for name, values in args.items() if name not in NO_FILTER and any(values)}
    if args.get("q"):
        filters["q"] = "…"  # a name, more often than not
    changes = {"list": what, "rows": rows, "columns": ", ".join(columns), "filters": filters}
    activity.record(by, EXPORTED, event, {name: [None, value] for name, value in changes.items() if value})


def names(event: Event) -> list[tuple[int, str]]:
    """Return [(id, name)] of the delegations in use, by name."""
    query = sa.select(Delegation.id, Delegation.name).where(
        Delegation.event_id == event.id, Delegation.archived_at.is_(None)
    )
    return list(session().execute(query.order_by(Delegation.sort_key)))


def substitutions_of(person: Participant) -> list[Substitution]:
    """Return who took whose seat, where this person left or came, with both people; the newest first."""
    query = (
        sa.select(Substitution)
        .where(sa.or_(Substitution.left_id == person.id, Substitution.came_id == person.id))
        .options(orm.joinedload(Substitution.left), orm.joinedload(Substitution.came))
        .order_by(Substitution.id.desc())
    )
    return list(session().scalars(query))


def history(found: Delegation, limit: int = 50) -> tuple[list[ActivityEntry], dict[int, str]]:
    """Return the newest entries about the delegation and its people, past ones too; and {entry id: person's name}."""
    people = sa.select(Participant.id).where(Participant.delegation_id == found.id)
    query = (
        sa.select(ActivityEntry, Participant.name)
        .outerjoin(
            Participant, (ActivityEntry.subject_kind == "participant") & (ActivityEntry.subject_id == Participant.id)
        )
        .where(
            sa.or_(
                (ActivityEntry.subject_kind == "delegation") & (ActivityEntry.subject_id == found.id),
                (ActivityEntry.subject_kind == "participant") & ActivityEntry.subject_id.in_(people),
            )
        )
        .order_by(ActivityEntry.id.desc())
        .limit(limit)
    )
    rows = session().execute(query).all()
    return [entry for entry, _name in rows], {entry.id: name for entry, name in rows if name}
