"""How many eat at a meal, and what: who is there × what they need, plus the seats that have no name yet.

Pure: presence, people and needs come in as dataclasses, figures go out. Nothing here names anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from eventhub.api import Attendance, ItemAudience, MealAt
from plugins.catering.dietary import ALLERGENS, DIETS, STANDARD, WITHHELD, Declared, Need


class Status(StrEnum):
    """Where somebody is while the meal is served."""

    PRESENT = "present"
    PACKED = "packed"
    AWAY = "away"


@dataclass(frozen=True)
class Presence:
    """Who eats at which programme item: {item id: ids of people}, at a table or out of a bag."""

    served: Mapping[int, frozenset[int]] = field(default_factory=dict)
    packed: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, attendances: Iterable[Attendance]) -> Presence:
        found: dict[MealAt, dict[int, set[int]]] = {MealAt.SERVED: {}, MealAt.PACKED: {}, MealAt.NONE: {}}
        for line in attendances:
            found[line.meal].setdefault(line.item_id, set()).add(line.participant_id)
        served, packed = (
            {item_id: frozenset(people) for item_id, people in found[meal].items()}
            for meal in (MealAt.SERVED, MealAt.PACKED)
        )
        return cls(served, packed)


@dataclass(frozen=True)
class Roster:
    """Everybody who is coming, by side; seats without a name and the share of them to plan for (per cent); needs."""

    guests: frozenset[int] = frozenset()
    hosts: frozenset[int] = frozenset()
    unnamed_guests: int = 0
    unnamed_hosts: int = 0
    rate: int = 100
    needs: Mapping[int, Declared] = field(default_factory=dict)

    def invited(self, audience: str) -> frozenset[int]:
        """Return the people whom an item for this audience is for."""
        return {
            ItemAudience.EVERYONE.value: self.guests | self.hosts,
            ItemAudience.GUESTS.value: self.guests,
            ItemAudience.HOSTS.value: self.hosts,
        }.get(audience, frozenset())

    def unnamed(self, audience: str) -> int:
        return {
            ItemAudience.EVERYONE.value: self.unnamed_guests + self.unnamed_hosts,
            ItemAudience.GUESTS.value: self.unnamed_guests,
            ItemAudience.HOSTS.value: self.unnamed_hosts,
        }.get(audience, 0)


@dataclass(frozen=True)
class Sitting:
    """A meal as counting sees it.

    ``item_ids`` are those that take place; ``carried_at`` the visits whose packed lunches take people away from a
    served meal; ``audiences`` whom its items are for.
    """

    item_ids: frozenset[int]
    packed: bool = False
    audiences: frozenset[str] = frozenset({ItemAudience.EVERYONE.value})
    carried_at: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Plate:
    """So many people eat exactly this: a diet, and allergens with whether they are severe."""

    diet: str
    allergens: tuple[tuple[str, bool], ...]
    people: int


@dataclass(frozen=True)
class AllergenCount:
    """So many people must not eat it, so many of them not even a trace."""

    code: str
    people: int
    severe: int


@dataclass(frozen=True)
class Headcount:
    """The figures of one meal.

    ``present`` eat here, ``packed`` carry a packed lunch instead, ``away`` are not there; ``unnamed_seats`` are held
    without a name and ``unnamed`` of them are planned for. ``diets`` add up to the covers, the standard one included;
    ``plates`` are the combinations that differ from it. ``unconfirmed`` needs are counted, and wait for the person.
    """

    present: int = 0
    packed: int = 0
    away: int = 0
    unnamed_seats: int = 0
    unnamed: int = 0
    diets: tuple[tuple[str, int], ...] = ()
    allergens: tuple[AllergenCount, ...] = ()
    plates: tuple[Plate, ...] = ()
    unconfirmed: int = 0
    withheld: int = 0
    notes: int = 0

    @property
    def covers(self) -> int:
        return self.present + self.unnamed

    def diet(self, code: str) -> int:
        return dict(self.diets).get(code, 0)

    def allergen(self, code: str) -> AllergenCount:
        return next((line for line in self.allergens if line.code == code), AllergenCount(code, 0, 0))

    def to_json(self) -> dict[str, Any]:
        """Return the figures as a snapshot keeps them."""
        return {
            "covers": self.covers,
            "present": self.present,
            "packed": self.packed,
            "away": self.away,
            "unnamed_seats": self.unnamed_seats,
            "unnamed": self.unnamed,
            "diets": [[diet, people] for diet, people in self.diets],
            "allergens": [[line.code, line.people, line.severe] for line in self.allergens],
            "plates": [[plate.diet, [list(one) for one in plate.allergens], plate.people] for plate in self.plates],
            "unconfirmed": self.unconfirmed,
            "withheld": self.withheld,
            "notes": self.notes,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Headcount:
        return cls(
            value["present"],
            value["packed"],
            value["away"],
            value["unnamed_seats"],
            value["unnamed"],
            tuple((diet, people) for diet, people in value["diets"]),
            tuple(AllergenCount(*line) for line in value["allergens"]),
            tuple(
                Plate(diet, tuple((code, severe) for code, severe in allergens), people)
                for diet, allergens, people in value["plates"]
            ),
            value["unconfirmed"],
            value["withheld"],
            value["notes"],
        )


def statuses(sitting: Sitting, presence: Presence, roster: Roster) -> dict[int, Status]:
    """Return {participant id: where they are} for everybody whom the meal is for.

    A packed lunch is for those who carry it. At a served meal, whoever carries a packed lunch that replaces it is not
    at the table, and so is whoever has not arrived yet or has left.
    """
    source = presence.packed if sitting.packed else presence.served
    eating = _at(source, sitting.item_ids)
    if sitting.packed:
        return dict.fromkeys(sorted(eating), Status.PRESENT)
    invited = (
        eating.union(*(roster.invited(audience) for audience in sitting.audiences)) if sitting.item_ids else eating
    )
    carrying = _at(presence.packed, sitting.carried_at)
    return {
        person: Status.PACKED if person in carrying else Status.PRESENT if person in eating else Status.AWAY
        for person in sorted(invited)
    }


def _at(people: Mapping[int, frozenset[int]], item_ids: Iterable[int]) -> frozenset[int]:
    return frozenset().union(*(people.get(item_id, frozenset()) for item_id in item_ids))


def planned(seats: int, rate: int) -> int:
    """Return how many covers to plan for so many seats without a name, at a rate in per cent; rounded up."""
    return -(-seats * rate // 100)


def count(sitting: Sitting, presence: Presence, roster: Roster) -> Headcount:
    """Return the figures of a meal."""
    found = statuses(sitting, presence, roster)
    by_status = Counter(found.values())
    eating = [roster.needs.get(person) for person, status in found.items() if status is Status.PRESENT]
    declared = [line for line in eating if line is not None]
    seats = 0
    if sitting.item_ids and not sitting.packed:
        # nobody is allocated a visit without a name, so packed lunches have no unnamed seats
        seats = max((roster.unnamed(audience) for audience in sitting.audiences), default=0)
    unnamed = planned(seats, roster.rate)
    diets = Counter(_plate_diet(line.need) for line in declared)
    standard = by_status[Status.PRESENT] + unnamed - sum(diets[code] for code in DIETS)
    return Headcount(
        present=by_status[Status.PRESENT],
        packed=by_status[Status.PACKED],
        away=by_status[Status.AWAY],
        unnamed_seats=seats,
        unnamed=unnamed,
        diets=tuple(
            (code, people) for code, people in ((STANDARD, standard), *((c, diets[c]) for c in DIETS)) if people
        ),
        allergens=_allergens(line.need for line in declared),
        plates=_plates(line.need for line in declared),
        unconfirmed=sum(line.need.any and not line.confirmed for line in declared),
        withheld=sum(line.need.diet == WITHHELD for line in declared),
        notes=sum(bool(line.need.note) for line in declared),
    )


def _plate_diet(need: Need) -> str:
    """Return the diet on the plate: who prefers not to say gets the standard one."""
    return STANDARD if need.diet == WITHHELD else need.diet


def _allergens(needs: Iterable[Need]) -> tuple[AllergenCount, ...]:
    people: Counter[str] = Counter()
    severe: Counter[str] = Counter()
    for need in needs:
        for code, is_severe in need.allergens:
            people[code] += 1
            severe[code] += is_severe
    return tuple(AllergenCount(code, people[code], severe[code]) for code in ALLERGENS if people[code])


def _plates(needs: Iterable[Need]) -> tuple[Plate, ...]:
    """Return the combinations that a kitchen cooks apart, the standard plate without allergens left out."""
    kinds = Counter((_plate_diet(need), need.allergens) for need in needs)
    del kinds[STANDARD, ()]
    order = (STANDARD, *DIETS)

    def place(kind: tuple[str, tuple[tuple[str, bool], ...]]) -> tuple[int, int, list[tuple[int, bool]]]:
        diet, allergens = kind
        return order.index(diet), len(allergens), [(ALLERGENS.index(code), severe) for code, severe in allergens]

    return tuple(Plate(diet, allergens, kinds[diet, allergens]) for diet, allergens in sorted(kinds, key=place))
