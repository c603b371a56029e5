"""The personal data that field visits hold: wishes and places; erasing gives the place back, counters stay right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import PersonalData, _, _l, session

from . import allocation, places, wishes, words
from .models import Abstention, Allocation, Slot, Wish


def _slots(ids: Iterable[int]) -> dict[int, str]:
    query = sa.select(Slot).where(Slot.id.in_(list(ids))).options(orm.joinedload(Slot.visit))
    return {slot.id: words.name(slot) for slot in session().scalars(query)}


def export_wishes(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    people = list(ids)
    rows = list(
        session().scalars(sa.select(Wish).where(Wish.participant_id.in_(people)).order_by(Wish.wave, Wish.rank))
    )
    names = _slots(row.slot_id for row in rows)
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        label = _("%(rank)s (round %(round)s)", rank=words.rank(row.rank), round=row.wave)
        found.setdefault(row.participant_id, {})[label] = names[row.slot_id]
    for absent in session().scalars(sa.select(Abstention).where(Abstention.participant_id.in_(people))):
        label = _("Takes part in no visit (round %(round)s)", round=absent.wave)
        found.setdefault(absent.participant_id, {})[label] = words.yes_or_no(True)
    return found


def erase_wishes(ids: Iterable[int]) -> None:
    wishes.forget(list(ids))


def export_places(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    rows = list(session().scalars(sa.select(Allocation).where(Allocation.participant_id.in_(list(ids)))))
    names = _slots(row.slot_id for row in rows)
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        label = _("Place (round %(round)s)", round=row.wave)
        found.setdefault(row.participant_id, {})[label] = {
            _("Field visit"): names[row.slot_id],
            _("Wish"): words.rank(row.rank),
            _("Given by hand"): words.yes_or_no(row.locked),
            _("Since"): row.placed_at,
        }
    return found


def erase_places(ids: Iterable[int]) -> None:
    people = list(ids)
    places.free(people)
    allocation.forget(people)


def wish_holders(event_id: int) -> sa.Select[Any]:
    return (
        sa.union(
            sa.select(Wish.participant_id).where(Wish.event_id == event_id),
            sa.select(Abstention.participant_id).where(Abstention.event_id == event_id),
        )
        .subquery()
        .select()
    )


def place_holders(event_id: int) -> sa.Select[Any]:
    return sa.select(Allocation.participant_id).where(Allocation.event_id == event_id).distinct()


PERSONAL_DATA = (
    PersonalData(
        "field_visits.wishes",
        _l("Wishes for the field visits"),
        _l("To give places so that as many people as possible get what they wish"),
        _l("Public interest mission (GDPR art. 6.1.e)"),
        30,
        export_wishes,
        erase_wishes,
        holders=wish_holders,
    ),
    PersonalData(
        "field_visits.places",
        _l("Places on the field visits"),
        _l("To know who goes where, and to tell guides and drivers how many come"),
        _l("Public interest mission (GDPR art. 6.1.e)"),
        365,
        export_places,
        erase_places,
        holders=place_holders,
        recipients=_l("The organisers; the head of delegation; guides and drivers"),
    ),
)
