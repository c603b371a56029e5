"""Who has a place on which departure: counted, moved by hand, given back, and told; whatever a plan says next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    ABSENT,
    Actor,
    Delegation,
    Event,
    ItemKind,
    ItemState,
    NotFound,
    Participant,
    ProgrammeItem,
    Refused,
    Verb,
    _l,
    activity,
    clock,
    delegations,
    events,
    language,
    outbox,
    session,
)

from . import standing
from .models import Abstention, Allocation, Slot, Visit, Wish
from .solver import suits
from .standing import Standing

MOVED = Verb("field_visits:moved", _l("Place on a field visit changed by hand"))


class SlotFull(Refused):
    message = _l("No place is left on “%(visit)s” (%(maximum)s in all). Raise the maximum or move somebody else.")
    field = "slot_id"


class DoesNotSuit(Refused):
    message = _l("“%(visit)s” does not suit this person as far as we know. Choose another visit.")
    field = "slot_id"


class CarriesPlaces(Refused):
    message = _l(
        "People have places on “%(visit)s” at this time (%(used)s). Call the departure off among the field visits and "
        "publish a new allocation; then the programme can follow."
    )


# --- reading --------------------------------------------------------------------------------------------------------


def of_people(event: Event, people: sa.Select[int], slot_id: int | None = None) -> list[Allocation]:
    """Return the places of these people that hold, with people and delegations, by name, in one statement.

    A place on a departure that was called off holds no more, whatever the next plan will say.
    """
    query = (
        sa.select(Allocation)
        .join(Allocation.participant)
        .join(Allocation.slot)
        .join(Slot.visit)
        .join(Slot.item)
        .where(Allocation.event_id == event.id, Allocation.participant_id.in_(people), *standing.holds())
        .options(
            orm.contains_eager(Allocation.participant).joinedload(Participant.delegation),
            orm.contains_eager(Allocation.slot).contains_eager(Slot.visit),
            orm.contains_eager(Allocation.slot).contains_eager(Slot.item),
        )
        .order_by(ProgrammeItem.starts_at, Participant.sort_key, Participant.id)
    )
    return list(session().scalars(query if slot_id is None else query.where(Allocation.slot_id == slot_id)))


@dataclass(frozen=True)
class Attending:
    """Somebody goes to a programme item, and whether with a packed lunch."""

    participant_id: int
    item_id: int
    starts_at: datetime
    ends_at: datetime
    packed_lunch: bool


def attending(event: Event, items: Sequence[int]) -> Sequence[Attending]:
    """Return who has a place that holds at these items, in one statement."""
    query = (
        sa.select(
            Allocation.participant_id, Slot.item_id, ProgrammeItem.starts_at, ProgrammeItem.ends_at, Visit.packed_lunch
        )
        .join(Allocation.slot)
        .join(Slot.visit)
        .join(Slot.item)
        .where(Slot.item_id.in_(items), Allocation.participant_id.in_(standing.coming(event)), *standing.holds())
        .order_by(Slot.item_id, Allocation.participant_id)
    )
    return [Attending(*row) for row in session().execute(query)]


# --- counting and telling -------------------------------------------------------------------------------------------


def lock_slots(event: Event, wave: int) -> list[Slot]:
    """Lock the departures, always in one order and before the places on them: nobody waits for anybody in a circle."""
    query = sa.select(Slot).where(Slot.event_id == event.id, Slot.wave == wave).order_by(Slot.id)
    return list(session().scalars(query.with_for_update().execution_options(populate_existing=True)))


def count(slot_id: int, number: int) -> None:
    """Move the counter of places; the database refuses what lies outside 0 and the maximum."""
    session().execute(
        sa.update(Slot)
        .where(Slot.id == slot_id)
        .values(places_used=Slot.places_used + number)
        .execution_options(synchronize_session="fetch")
    )


def write_to(event: Event, person: Participant, slot: Slot | None, by: Actor) -> None:
    outbox.post(
        "field_visits_allocated",
        person.email,
        person.document_language or person.delegation.contact_language,
        by=by,
        event=event,
        about=person,
        link=("participant", person.id),
        person=person,
        slot=slot,
    )


# --- one person -----------------------------------------------------------------------------------------------------


def move(event: Event, person: Participant, wave: int, slot_id: int | None, *, keep: bool, by: Actor) -> None:
    """Give the person another place by hand, or none; ``keep`` lets the next plans keep it. The person is told.

    Refused where the departure is full or does not suit; the limit per delegation is the organiser's to pass over.
    """
    events.check_not_frozen(event)
    lock_slots(event, wave)
    now = standing.standing(event, wave)
    if now is None or (slot_id is not None and slot_id not in now.slots_by_id):
        raise NotFound("departure", slot_id)
    row = now.allocations.get(person.id)
    before = row.slot_id if row else None
    if slot_id is not None:
        check_place(event, now, person, now.slots_by_id[slot_id], held=before)
    if before != slot_id:
        if before is not None:
            count(before, -1)
        if slot_id is not None:
            count(slot_id, 1)
    if row is not None and slot_id is None:
        session().delete(row)
    if slot_id is not None:
        if row is None:
            row = Allocation(event_id=event.id, participant_id=person.id, wave=wave)
            session().add(row)
        row.slot_id, row.rank, row.locked, row.placed_at = slot_id, now.rank(person, slot_id), keep, clock.now()
    session().flush()
    activity.record(by, MOVED, person, {"slot": [before, slot_id], "locked": [None, keep]})
    if before != slot_id and person.email:
        write_to(event, person, now.slots_by_id[slot_id] if slot_id is not None else None, by)


def check_place(event: Event, now: Standing, person: Participant, slot: Slot, *, held: int | None) -> None:
    """Refuse a full departure and one that does not suit; which need stands against it is never said."""
    if slot.id != held and slot.places_left < 1:
        raise SlotFull(visit=slot.visit.title.label(language()), maximum=slot.maximum)
    one = standing.wisher(now, person, standing.access_of(event, [person.id]).get(person.id))
    if not suits(one, standing.departure(slot)):
        raise DoesNotSuit(visit=slot.visit.title.label(language()))


def free(people: Sequence[int], wave: int | None = None) -> int:
    """Give back the places of these people, of one wave or of all; returns how many. The counters stay right."""
    query = sa.select(Allocation).where(Allocation.participant_id.in_(people))
    query = query if wave is None else query.where(Allocation.wave == wave)
    slot_ids = set(session().scalars(query.with_only_columns(Allocation.slot_id)))
    if not slot_ids:
        return 0
    session().scalars(sa.select(Slot).where(Slot.id.in_(slot_ids)).order_by(Slot.id).with_for_update()).all()
    rows = list(session().scalars(query))
    for slot_id, number in sorted(Counter(row.slot_id for row in rows).items()):
        count(slot_id, -number)
    session().execute(sa.delete(Allocation).where(Allocation.id.in_([row.id for row in rows])))
    return len(rows)


def follow(event: Event, subject: object, changes: Mapping[str, Any]) -> None:
    """Refuse that a departure with people on it loses its programme item; give back the places of those who leave."""
    if isinstance(subject, ProgrammeItem):
        state, kind = changes.get("state", [None, None])[1], changes.get("kind", [None, None])[1]
        called_off = state == ItemState.CANCELLED or (kind is not None and kind != ItemKind.VISIT)
        if called_off or changes.get("archived_at", [None, None])[1] is not None:
            check_item_is_free(event, subject)
    elif isinstance(subject, Participant) and "state" in changes and changes["state"][1] not in delegations.COMING:
        free([subject.id])
    elif isinstance(subject, Delegation) and (
        changes.get("archived_at", [None, None])[1] is not None or changes.get("state", [None, None])[1] in ABSENT
    ):
        people = sa.select(Participant.id).where(Participant.delegation_id == subject.id)
        free(list(session().scalars(people)))


def check_item_is_free(event: Event, item: ProgrammeItem) -> None:
    query = (
        sa.select(Slot).where(Slot.event_id == event.id, Slot.item_id == item.id).options(orm.joinedload(Slot.visit))
    )
    with session().no_autoflush:
        slot = session().scalar(query)
    if slot is not None and slot.places_used:
        raise CarriesPlaces(visit=slot.visit.title.label(language()), used=slot.places_used)


def merge(kept: Participant, dropped: Participant) -> None:
    """Give the kept person the wishes and places of the other, in the waves where they have none themselves.

    A place that is left over is given back when the dropped person is cancelled, so the counters stay right.
    """
    said = sa.select(Wish.wave).where(Wish.participant_id == kept.id)
    abstained = sa.select(Abstention.wave).where(Abstention.participant_id == kept.id)
    spoken = set(session().scalars(said)) | set(session().scalars(abstained))
    for model in (Wish, Abstention):
        session().execute(
            sa.update(model)
            .where(model.participant_id == dropped.id, model.wave.not_in(spoken))
            .values(participant_id=kept.id)
        )
    for model in (Wish, Abstention):
        session().execute(sa.delete(model).where(model.participant_id == dropped.id))
    placed = set(session().scalars(sa.select(Allocation.wave).where(Allocation.participant_id == kept.id)))
    session().execute(
        sa.update(Allocation)
        .where(Allocation.participant_id == dropped.id, Allocation.wave.not_in(placed))
        .values(participant_id=kept.id)
    )
    free([dropped.id])
