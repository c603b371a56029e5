"""What organisers' lists and pages read of delegations, in a fixed number of statements each."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.activity import ActivityEntry
from eventhub.db import session
from eventhub.delegations.matching import delegations_matching as delegations_matching
from eventhub.delegations.matching import people_matching as people_matching
from eventhub.delegations.matching import people_query as people_query
from eventhub.delegations.models import ABSENT, Delegation, Participant, Seat, Substitution
from eventhub.errors import NotFound
from eventhub.events.models import Event


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


def countries(event: Event) -> list[str]:
    """Return the codes of the countries that delegations come from."""
    query = sa.select(Delegation.country).where(Delegation.event_id == event.id, Delegation.archived_at.is_(None))
    return list(session().scalars(query.distinct()))


def totals(event: Event) -> tuple[int, int]:
    """Return (people named, seats held) of the delegations that come."""
    query = sa.select(sa.func.sum(Delegation.seats_named), sa.func.sum(Delegation.quota)).where(
        Delegation.event_id == event.id, Delegation.archived_at.is_(None), Delegation.state.not_in(ABSENT)
    )
    named, seats_held = session().execute(query).one()
    return named or 0, seats_held or 0


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
