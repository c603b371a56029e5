"""Counting, as a pure rule: presence × people × needs, against tables made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.api import Attendance, MealAt
from plugins.catering.dietary import ALLERGENS, DIETS, WITHHELD, Declared, Need
from plugins.catering.headcount import (
    AllergenCount,
    Headcount,
    Plate,
    Presence,
    Roster,
    Sitting,
    Status,
    count,
    planned,
    statuses,
)

NOON, ONE = datetime(2025, 3, 26, 11, tzinfo=UTC), datetime(2025, 3, 26, 12, tzinfo=UTC)
LUNCH, VISIT, OTHER_VISIT = 1, 2, 3


def there(meal: MealAt, item: int, *people: int) -> list[Attendance]:
    return [Attendance(person, item, NOON, ONE, meal) for person in people]


def declared(diet: str = "", mild: tuple[str, ...] = (), severe: tuple[str, ...] = (), note: str = "") -> Declared:
    return Declared(Need(diet, mild, severe, note), confirmed=True)


def test_a_served_lunch_counts_who_is_there_and_not_who_carries_a_packed_one() -> None:
    presence = Presence.of(
        [
            *there(MealAt.SERVED, LUNCH, 1, 2, 3, 4),
            *there(MealAt.PACKED, VISIT, 3, 4),
            *there(MealAt.NONE, OTHER_VISIT, 1),
        ]
    )
    roster = Roster(guests=frozenset({1, 2, 3, 4, 5}), unnamed_guests=2)
    lunch = Sitting(frozenset({LUNCH}), carried_at=frozenset({VISIT}))
    assert statuses(lunch, presence, roster) == {
        1: Status.PRESENT,
        2: Status.PRESENT,
        3: Status.PACKED,
        4: Status.PACKED,
        5: Status.AWAY,
    }
    assert count(lunch, presence, roster) == Headcount(2, 2, 1, 2, 2, diets=(("", 4),))
    packed = Sitting(frozenset({VISIT}), packed=True)
    assert count(packed, presence, roster) == Headcount(present=2, diets=(("", 2),))


def test_whoever_carries_a_lunch_without_having_been_at_the_table_is_counted_once() -> None:
    presence = Presence.of([*there(MealAt.SERVED, LUNCH, 1), *there(MealAt.PACKED, VISIT, 2)])
    lunch = Sitting(frozenset({LUNCH}), carried_at=frozenset({VISIT}))
    assert count(lunch, presence, Roster(guests=frozenset({1, 2}))) == Headcount(1, 1, 0, diets=(("", 1),))


def test_plates_allergens_and_diets_follow_the_table() -> None:
    needs = {
        1: declared("vegetarian", mild=("gluten",)),
        2: declared("vegetarian"),
        3: declared("vegan", severe=("tree_nuts",)),
        4: declared(mild=("tree_nuts", "sesame"), note="no garlic"),
        5: declared(WITHHELD),
        6: Declared(Need("no_pork"), confirmed=False),
        9: declared("vegan"),  # not at this meal
    }
    presence = Presence.of(there(MealAt.SERVED, LUNCH, 1, 2, 3, 4, 5, 6, 7))
    roster = Roster(guests=frozenset(range(1, 10)), unnamed_guests=1, needs=needs)
    assert count(Sitting(frozenset({LUNCH})), presence, roster) == Headcount(
        present=7,
        packed=0,
        away=2,
        unnamed_seats=1,
        unnamed=1,
        diets=(("", 4), ("vegetarian", 2), ("vegan", 1), ("no_pork", 1)),
        allergens=(AllergenCount("gluten", 1, 0), AllergenCount("tree_nuts", 2, 1), AllergenCount("sesame", 1, 0)),
        plates=(
            Plate("", (("tree_nuts", False), ("sesame", False)), 1),
            Plate("vegetarian", (), 1),
            Plate("vegetarian", (("gluten", False),), 1),
            Plate("vegan", (("tree_nuts", True),), 1),
            Plate("no_pork", (), 1),
        ),
        unconfirmed=1,
        withheld=1,
        notes=1,
    )


@pytest.mark.parametrize(
    "audience, expected",
    [("everyone", (3, 3)), ("guests", (2, 1)), ("hosts", (1, 2)), ("team", (0, 0))],
)
def test_a_meal_is_for_those_whom_the_programme_says(audience: str, expected: tuple[int, int]) -> None:
    roster = Roster(frozenset({1, 2}), frozenset({3}), unnamed_guests=1, unnamed_hosts=2)
    found = count(Sitting(frozenset({LUNCH}), audiences=frozenset({audience})), Presence(), roster)
    assert (found.away, found.unnamed) == expected


@pytest.mark.parametrize("seats, rate, covers", [(2, 100, 2), (2, 80, 2), (3, 50, 2), (1, 1, 1), (7, 0, 0)])
def test_seats_without_a_name_are_planned_at_the_rate_and_rounded_up(seats: int, rate: int, covers: int) -> None:
    assert planned(seats, rate) == covers


def test_a_meal_that_does_not_take_place_feeds_nobody() -> None:
    roster = Roster(frozenset({1, 2}), unnamed_guests=3)
    assert count(Sitting(frozenset()), Presence(), roster) == Headcount()


NEEDS = st.builds(
    Need,
    st.sampled_from(["", WITHHELD, *DIETS]),
    st.lists(st.sampled_from(ALLERGENS), max_size=3).map(tuple),
    st.lists(st.sampled_from(ALLERGENS), max_size=2).map(tuple),
    st.sampled_from(["", "x"]),
)


@given(
    st.frozensets(st.integers(1, 30)),
    st.frozensets(st.integers(1, 30)),
    st.frozensets(st.integers(1, 30)),
    st.dictionaries(st.integers(1, 30), st.builds(Declared, NEEDS, st.booleans())),
    st.integers(0, 9),
    st.integers(0, 100),
)
def test_figures_always_add_up(
    coming: frozenset[int],
    served: frozenset[int],
    carrying: frozenset[int],
    needs: dict[int, Declared],
    seats: int,
    rate: int,
) -> None:
    """Everybody whom the meal is for is in one place; the diets make the covers; no plate is counted twice."""
    presence = Presence({LUNCH: served}, {VISIT: carrying})
    roster = Roster(coming, unnamed_guests=seats, rate=rate, needs=needs)
    found = count(Sitting(frozenset({LUNCH}), carried_at=frozenset({VISIT})), presence, roster)
    assert found.present + found.packed + found.away == len(coming | served)
    assert sum(people for _diet, people in found.diets) == found.covers
    assert sum(plate.people for plate in found.plates) <= found.present
    assert all(line.severe <= line.people <= found.present for line in found.allergens)
    assert Headcount.from_json(found.to_json()) == found


def test_a_need_is_one_thing_however_it_was_ticked() -> None:
    assert Need(mild=("sesame", "gluten"), severe=("gluten",)) == Need(mild=("sesame",), severe=("gluten",))
    assert Need(mild=("sesame",), severe=("gluten",)).allergens == (("gluten", True), ("sesame", False))
    assert Need(WITHHELD).answered
    assert not Need(WITHHELD).any
    assert not Need().answered
