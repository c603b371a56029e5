"""Two records of one person become one: field by field, with everything that components hold for either of them.

The record that is dropped stays as a pointer to the one kept: old addresses and the journal lead on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from eventhub import activity, hookspecs
from eventhub.access import links
from eventhub.activity import Actor, Verb
from eventhub.db import locked, session
from eventhub.delegations import domain, duplicates, lists, matching, seats
from eventhub.delegations.models import (
    AccessNeed,
    Consent,
    Direction,
    Participant,
    ParticipantState,
    Seat,
    SeatState,
    Substitution,
    TravelLeg,
)
from eventhub.errors import Refused
from eventhub.events.domain import check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l

MERGED = Verb("delegations:merged", _l("Two records of one person merged"))
MERGED_AWAY = Verb("delegations:merged_away", _l("Merged into another record of the same person"))

FIELDS = ("name", "function", "email", "phone", "languages", "document_language")
CHOICES = (*FIELDS, *(direction.value for direction in Direction))


class SamePerson(Refused):
    message = _l("Choose two different people.")


class SeatedTogether(Refused):
    message = _l(
        "Both have a seat in “%(delegation)s”. Take one of them off their seat first, then merge the two records."
    )


class KeptIsAway(Refused):
    message = _l("%(name)s is not expected any more. Keep the other record, which is.")


class MergedAlready(Refused):
    message = _l("One of these two was merged or erased meanwhile. Reload the list of duplicates.")


class BothThere(Refused):
    message = _l("Both are marked as arrived. Take one of the two arrivals back first.")


def candidates(event: Event) -> list[tuple[duplicates.Pair, Participant, Participant]]:
    """Return who looks like the same person twice, across delegations, in two statements."""
    query = matching.people_query(event).with_only_columns(
        Participant.id, Participant.name, Participant.email, Participant.phone
    )
    found = duplicates.pairs(duplicates.Known(*row) for row in session().execute(query.order_by(None)))[:200]
    ids = {key for pair in found for key in (pair.first, pair.second)}
    people = {
        person.id: person for person in session().scalars(matching.people_query(event).where(Participant.id.in_(ids)))
    }
    return [(pair, people[pair.first], people[pair.second]) for pair in found]


def check_mergeable(kept: Participant, dropped: Participant) -> None:
    """Refuse what would break: one seat held twice in a delegation, two arrivals, a record that is gone."""
    if kept.id == dropped.id:
        raise SamePerson
    if any(one.merged_into_id or one.erased_at for one in (kept, dropped)):
        raise MergedAlready
    if not domain.is_expected(kept):
        raise KeptIsAway(name=kept.name)
    if kept.delegation_id == dropped.delegation_id and len(seats_of([kept.id, dropped.id])) > 1:
        raise SeatedTogether(delegation=kept.delegation.name)
    if kept.state == dropped.state == ParticipantState.ARRIVED:
        raise BothThere


def seats_of(people: Iterable[int]) -> list[Seat]:
    return list(session().scalars(sa.select(Seat).where(Seat.participant_id.in_(list(people)))))


def merge(
    event: Event,
    kept_id: int,
    dropped_id: int,
    taken: Mapping[str, int],
    *,
    by: Actor,
    hooks: Hooks,
) -> Participant:
    """Merge the dropped record into the kept one; ``taken`` says for each of CHOICES whose value stays, by id.

    The dropped person's seat becomes free again and its delegation's counter follows. Plugins move what they hold in
    ``before_people_merged``, or refuse.
    """
    check_not_frozen(event)
    for delegation_id in sorted(_delegations_of(event, kept_id, dropped_id)):
        lists.with_seats(event, delegation_id, lock=True)
    kept = locked(Participant, kept_id, event_id=event.id)
    dropped = locked(Participant, dropped_id, event_id=event.id)
    check_mergeable(kept, dropped)
    hooks.before(hookspecs.before_people_merged, event=event, kept=kept, dropped=dropped)
    session().flush()
    _move_travel(kept, dropped, taken)
    _free_seat(event, dropped)
    for name in FIELDS:
        if taken.get(name) == dropped.id:
            setattr(kept, name, getattr(dropped, name))
    kept.sort_key = seats.facts_of(_as_typed(kept))["sort_key"]
    if dropped.state == ParticipantState.ARRIVED:
        kept.state_before, kept.state, kept.arrived_at = kept.state, dropped.state, dropped.arrived_at
    differences = seats.tell_of_edit(event, kept, hooks)
    if dropped.state != ParticipantState.CANCELLED:
        seats.set_state(event, dropped, ParticipantState.CANCELLED, hooks)
    links.revoke("participant", dropped.id)
    dropped.merged_into_id, dropped.is_head = kept.id, False
    dropped.email = dropped.phone = ""
    dropped.legs.clear()
    session().flush()
    activity.record(by, MERGED, kept, {"merged": [dropped.id, kept.id], **differences})
    activity.record(by, MERGED_AWAY, dropped, {"merged": [dropped.id, kept.id]})
    return kept


def _delegations_of(event: Event, *people: int) -> set[int]:
    query = sa.select(Participant.delegation_id).where(Participant.id.in_(people), Participant.event_id == event.id)
    return set(session().scalars(query))


def _as_typed(person: Participant) -> seats.Person:
    return seats.Person(0, person.name)


def _move_travel(kept: Participant, dropped: Participant, taken: Mapping[str, int]) -> None:
    for direction in Direction:
        own, other = kept.leg(direction), dropped.leg(direction)
        if other is None or (own is not None and taken.get(direction.value) != dropped.id):
            continue
        if own is None:
            own = TravelLeg(event_id=kept.event_id, direction=direction.value, mode="", number="", place="")
            kept.legs.append(own)
        for name in ("mode", "number", "place", "at"):
            setattr(own, name, getattr(other, name))


def _free_seat(event: Event, dropped: Participant) -> None:
    """Hold the dropped person's seat without a name, counted so."""
    for seat in seats_of([dropped.id]):
        seat.participant_id, seat.state = None, SeatState.UNNAMED.value
        session().flush()
        found = lists.with_seats(event, seat.delegation_id)
        seats.take_seats(found, -1)


def move_core_rows(kept: Participant, dropped: Participant) -> None:
    """Move what the core holds for the dropped person: access needs, consents, the trace of substitutions."""
    own = session().scalar(sa.select(AccessNeed.id).where(AccessNeed.participant_id == kept.id))
    if own is None:
        session().execute(
            sa.update(AccessNeed).where(AccessNeed.participant_id == dropped.id).values(participant_id=kept.id)
        )
    held = set(
        session().scalars(
            sa.select(Consent.purpose).where(Consent.participant_id == kept.id, Consent.withdrawn_at.is_(None))
        )
    )
    session().execute(
        sa.update(Consent)
        .where(Consent.participant_id == dropped.id, Consent.purpose.not_in(held))
        .values(participant_id=kept.id)
    )
    for column in (Substitution.left_id, Substitution.came_id):
        session().execute(sa.update(Substitution).where(column == dropped.id).values({column.key: kept.id}))
