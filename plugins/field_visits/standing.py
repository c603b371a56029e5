"""Where a wave stands: who is to be placed, who has chosen, who has a place, and the problem that a plan solves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import sqlalchemy as sa

from eventhub.api import Direction, Event, ItemState, Participant, ProgrammeItem, delegations, needs, session

from . import domain
from .models import OFFERED, Abstention, Allocation, Settings, Slot, Visit, Wish
from .solver import Problem, Wisher, suits
from .solver import Slot as Departure


def is_there(person: Participant, slot: Slot) -> bool:
    """Tell whether the person arrives before the departure and leaves after the return; unknown travel is no bar."""
    arrival = person.leg(Direction.ARRIVAL)
    leaving = person.leg(Direction.DEPARTURE)
    too_late = arrival is not None and arrival.at is not None and arrival.at > slot.item.starts_at
    too_early = leaving is not None and leaving.at is not None and leaving.at < slot.item.ends_at
    return not too_late and not too_early


@dataclass(frozen=True)
class Standing:
    """One wave as it is now: ``slots`` are its departures on offer, ``people`` everybody who is coming.

    ``allocations`` holds every place of the wave, also of those who are not coming any more.
    """

    wave: int
    settings: Settings
    slots: Sequence[Slot]
    people: Sequence[Participant]
    wishes: Mapping[int, tuple[int, ...]]
    abstaining: frozenset[int]
    allocations: Mapping[int, Allocation]

    def possible(self, person: Participant) -> list[Slot]:
        """Return the departures at whose time the person is there."""
        return [slot for slot in self.slots if is_there(person, slot)]

    def asked(self, person: Participant) -> int:
        """Return how many wishes the person is asked for; none when not there at any departure."""
        return min(self.settings.wishes_asked, len(self.possible(person)))

    def ranked(self, person: Participant) -> tuple[int, ...]:
        """Return the departures on offer that the person wishes for, in order."""
        offered = {slot.id for slot in self.slots}
        return tuple(slot_id for slot_id in self.wishes.get(person.id, ()) if slot_id in offered)

    def has_chosen(self, person: Participant) -> bool:
        return person.id in self.abstaining or len(self.ranked(person)) >= self.asked(person)

    @cached_property
    def slots_by_id(self) -> Mapping[int, Slot]:
        return {slot.id: slot for slot in self.slots}

    @cached_property
    def to_place(self) -> list[Participant]:
        """Return who gets a place: guests who are there, wishes or not, and those of the host team who wish to come."""
        return [
            person
            for person in self.people
            if person.id not in self.abstaining
            and self.asked(person)
            and (not delegations.hosts(person) or self.ranked(person) or person.id in self.allocations)
        ]

    @cached_property
    def silent(self) -> list[Participant]:
        """Return the guests who have not chosen yet."""
        return [
            person
            for person in self.people
            if self.asked(person) and not delegations.hosts(person) and not self.has_chosen(person)
        ]

    @property
    def placed(self) -> list[Participant]:
        return [person for person in self.to_place if self.slot_of(person) is not None]

    def slot_of(self, person: Participant) -> Slot | None:
        """Return the departure on which the person has a place, None when it is not on offer any more."""
        allocation = self.allocations.get(person.id)
        return self.slots_by_id.get(allocation.slot_id) if allocation else None

    def rank(self, person: Participant, slot_id: int) -> int | None:
        """Return the rank of the departure among the person's wishes, None when it was not wished."""
        ranks = self.ranked(person)
        return ranks.index(slot_id) + 1 if slot_id in ranks else None

    @cached_property
    def coming_with(self) -> Counter[int]:
        """Return {departure: people who have a place and are still coming}."""
        coming = {person.id for person in self.people}
        return Counter(row.slot_id for key, row in self.allocations.items() if key in coming)


def coming(event: Event) -> sa.Select[int]:
    """Return the query of the ids of everybody who is still coming."""
    return delegations.people_query(event).with_only_columns(Participant.id).order_by(None)


def holds() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions under which a place on a departure holds; the query joins slot, visit and item."""
    return (
        Slot.state.in_(OFFERED),
        Visit.archived_at.is_(None),
        ProgrammeItem.archived_at.is_(None),
        ProgrammeItem.state != ItemState.CANCELLED,
    )


def standings(event: Event, people: Sequence[Participant] | None = None) -> list[Standing]:
    """Return every wave of the event, in seven statements whatever their number and that of the people.

    With ``people``, what is known of these alone: enough to ask them, not to place them.
    """
    rules, found = domain.settings(event), domain.slots(event)
    if not found:
        return []
    whole = people is None
    people = delegations.people(event) if people is None else people
    ids = [person.id for person in people]

    def said(model: type[Wish] | type[Abstention] | type[Allocation]) -> sa.ColumnElement[bool]:
        return sa.and_(model.event_id == event.id, sa.true() if whole else model.participant_id.in_(ids))

    wishes: dict[int, dict[int, list[int]]] = {}
    columns = (Wish.wave, Wish.participant_id, Wish.slot_id)
    for wave, person, slot in session().execute(sa.select(*columns).where(said(Wish)).order_by(Wish.rank)):
        wishes.setdefault(wave, {}).setdefault(person, []).append(slot)
    absent = sa.select(Abstention.wave, Abstention.participant_id).where(said(Abstention))
    abstaining = set(session().execute(absent))
    places = list(session().scalars(sa.select(Allocation).where(said(Allocation))))
    return [
        Standing(
            wave,
            rules,
            tuple(slot for slot in found if slot.wave == wave and slot.offered),
            people,
            {person: tuple(ranks) for person, ranks in wishes.get(wave, {}).items()},
            frozenset(person for of, person in abstaining if of == wave),
            {row.participant_id: row for row in places if row.wave == wave},
        )
        for wave in sorted({slot.wave for slot in found})
    ]


def standing(event: Event, wave: int) -> Standing | None:
    """Return the wave, or None when it has no departure."""
    return next((one for one in standings(event) if one.wave == wave), None)


# --- the problem ----------------------------------------------------------------------------------------------------


def departure(slot: Slot) -> Departure:
    return Departure(
        slot.id,
        slot.minimum,
        slot.maximum,
        frozenset(slot.visit.languages),
        slot.visit.walking_level,
        slot.visit.step_free,
    )


def wisher(now: Standing, person: Participant, access: needs.Access | None) -> Wisher:
    """Return what a plan knows of the person: wishes, and hard needs as plain facts."""
    every = frozenset(code for slot in now.slots for code in slot.visit.languages)
    there = {slot.id for slot in now.possible(person)}
    return Wisher(
        person.id,
        person.delegation_id,
        now.ranked(person),
        needs_step_free=bool(access and access.step_free),
        walking_level=access.walking_level if access else None,
        # nothing said of languages is a gap of the registration, which its own check reports: no reason for no place
        languages=frozenset(person.languages) or every,
        unavailable=frozenset(slot.id for slot in now.slots if slot.id not in there),
        exempt=delegations.hosts(person),
    )


def problem(now: Standing, access: Mapping[int, needs.Access]) -> Problem:
    """Return everything that a plan of the wave depends on.

    A place given by hand is kept where it still suits. Where an organiser put more of one delegation on a departure
    than the limit allows, the surplus is not counted, so that the limit holds for everybody else.
    """
    departures = {slot.id: departure(slot) for slot in now.slots}
    limit = now.settings.per_delegation
    pinned: Counter[tuple[int, int]] = Counter()
    wishers = []
    for person in sorted(now.to_place, key=lambda person: person.id):
        one = wisher(now, person, access.get(person.id))
        place = now.allocations.get(person.id)
        if place and place.locked and place.slot_id in departures and suits(one, departures[place.slot_id]):
            pinned[one.delegation, place.slot_id] += not one.exempt
            surplus = limit is not None and pinned[one.delegation, place.slot_id] > limit
            one = replace(one, pinned=place.slot_id, exempt=one.exempt or surplus)
        wishers.append(one)
    return Problem(
        tuple(wishers),
        tuple(departures.values()),
        limit,
        published=tuple(sorted((person, row.slot_id) for person, row in now.allocations.items())),
    )


def misplaced(now: Standing, access: Mapping[int, needs.Access]) -> list[int]:
    """Return who has a place that cannot be theirs any more: called off, not suitable, or the person is not coming."""
    departures = {slot.id: departure(slot) for slot in now.slots}
    people = {person.id: person for person in now.people}
    return [
        key
        for key, row in sorted(now.allocations.items())
        if key not in people
        or row.slot_id not in departures
        or not suits(wisher(now, people[key], access.get(key)), departures[row.slot_id])
    ]


def access_of(event: Event, people: Iterable[int] | None = None) -> Mapping[int, needs.Access]:
    """Return the declared needs; for plans and checks only, never for a page."""
    return needs.access_of(event.id, people)
