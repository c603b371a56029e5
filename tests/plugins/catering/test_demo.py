"""The reference event's meals: cut-offs, counts and plates against the tables of the product."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from eventhub.api import Deadline, Demo, MealAt, OrderState, Participant, get, transaction
from eventhub.providers import domain as providers
from plugins.catering import contributions, domain, forecast
from plugins.catering.headcount import AllergenCount, Headcount, Plate
from plugins.catering.models import Meal, Service

PARIS = ZoneInfo("Europe/Paris")
ON_WALKS = {
    "visit_c": (
        "prague-2",
        "ghent-1",
        "bordeaux-4",
        "grenoble-5",
    ),  # three vegetarian (one without gluten), one no pork
    "visit_d": ("bordeaux-5", "ariege-4"),  # no pork, without gluten
    "visit_e": ("reykjavik-3", "turin-1"),  # vegan with a severe allergy, standard
}
SERVED, PACKED = "8 working days before, Mon–Sat", "2 working days before, Mon–Fri"
WEDNESDAY = "Break, Lunch, served or packed, Break after the visits and Dinner at the Halle aux Noix"
NOT_ON_WALKS = {"visit_a": ("tampere-2",), "visit_b": ("prague-1", "lisbon-1")}


@pytest.fixture(scope="module")
def reference_event(told) -> Demo:
    """The reference event with catering's chapter, and eight people on the visits with packed lunches."""
    for meal, visits in ((MealAt.PACKED, ON_WALKS), (MealAt.NONE, NOT_ON_WALKS)):
        for visit, people in visits.items():
            told.walks.lines += [(told.demo.people[key], told.demo.items[visit], meal) for key in people]
    return told.demo


def deadlines(demo: Demo) -> list[Deadline]:
    return list(contributions.deadlines(demo.event))


def by_item(demo: Demo) -> dict[str, Meal]:
    keys = {item_id: key for key, item_id in demo.items.items()}
    return {keys[meal.items[0].id]: meal for meal in domain.meals(demo.event)}


def test_the_meals_of_three_days_are_planned(reference_event: Demo) -> None:
    meals = by_item(reference_event)
    assert {key: meal.service for key, meal in meals.items()} == {
        "tue_buffet": Service.BUFFET,
        "tue_break": Service.BREAK,
        "tue_dinner": Service.SEATED,
        "wed_break": Service.BREAK,
        "wed_lunch": Service.SEATED,
        "visit_c": Service.PACKED,
        "wed_break_2": Service.BREAK,
        "wed_dinner": Service.SEATED,
        "thu_break": Service.BREAK,
        "thu_lunch": Service.SEATED,
    }
    packed = meals["visit_c"]
    assert [item.id for item in packed.items] == [reference_event.items[f"visit_{x}"] for x in "cde"]
    assert packed.replaces_id == meals["wed_lunch"].id


def test_the_cutoffs_are_those_of_the_contract(reference_event: Demo) -> None:
    meals = by_item(reference_event)
    moments = domain.cutoffs(reference_event.event, list(meals.values()))
    found = {key: moments[meal.id].astimezone(PARIS) for key, meal in meals.items()}
    assert {key: moment.strftime("%a %d") for key, moment in found.items()} == {
        "tue_buffet": "Sat 15",
        "tue_break": "Sat 15",
        "tue_dinner": "Sat 15",
        "wed_break": "Mon 17",
        "wed_lunch": "Mon 17",
        "wed_break_2": "Mon 17",
        "wed_dinner": "Mon 17",
        "thu_break": "Tue 18",
        "thu_lunch": "Tue 18",
        "visit_c": "Mon 24",
    }
    assert found["visit_c"] == datetime(2025, 3, 24, 13, 30, tzinfo=PARIS)
    lines = [
        (row.at.astimezone(PARIS).strftime("%a %d %H:%M"), row.title, row.note) for row in deadlines(reference_event)
    ]
    assert lines == [
        ("Sat 15 12:00", "Figures are final: Welcome and buffet, Break and Welcome dinner", SERVED),
        ("Mon 17 12:00", f"Figures are final: {WEDNESDAY}", SERVED),
        ("Tue 18 12:00", "Figures are final: Break and Lunch", SERVED),
        ("Mon 24 13:30", "Figures are final: Packed lunches, Wednesday 26 March", PACKED),
    ]


def test_everybody_eats_on_thursday(reference_event: Demo) -> None:
    """64 named people and 2 seats without a name; the diets and allergens of the product, one line each."""
    lunch = by_item(reference_event)["thu_lunch"]
    assert forecast.of(reference_event.event, [lunch], reference_event.hooks).headcount(lunch.id) == Headcount(
        present=64,
        packed=0,
        away=0,
        unnamed_seats=2,
        unnamed=2,
        diets=(("", 40), ("vegetarian", 14), ("vegan", 6), ("no_pork", 5), ("lactose_free", 1)),
        allergens=(AllergenCount("gluten", 3, 0), AllergenCount("tree_nuts", 2, 1), AllergenCount("sesame", 1, 0)),
        plates=(
            Plate("", (("gluten", False),), 1),
            Plate("", (("tree_nuts", False),), 1),
            Plate("", (("sesame", False),), 1),
            Plate("vegetarian", (), 12),
            Plate("vegetarian", (("gluten", False),), 2),
            Plate("vegan", (), 5),
            Plate("vegan", (("tree_nuts", True),), 1),
            Plate("no_pork", (), 5),
            Plate("lactose_free", (), 1),
        ),
        unconfirmed=0,
        withheld=0,
        notes=0,
    )


def test_on_tuesday_one_of_reykjavik_has_not_arrived(reference_event: Demo) -> None:
    meals = by_item(reference_event)
    counted = forecast.of(reference_event.event, list(meals.values()), reference_event.hooks)
    found = {key: counted.headcount(meal.id) for key, meal in meals.items()}
    assert {key: (line.present, line.away, line.packed, line.covers) for key, line in found.items()} == {
        "tue_buffet": (63, 1, 0, 65),
        "tue_break": (63, 1, 0, 65),
        "tue_dinner": (63, 1, 0, 65),
        "wed_break": (63, 1, 0, 65),
        "wed_lunch": (55, 1, 8, 57),
        "visit_c": (8, 0, 0, 8),
        "wed_break_2": (64, 0, 0, 66),
        "wed_dinner": (64, 0, 0, 66),
        "thu_break": (64, 0, 0, 66),
        "thu_lunch": (64, 0, 0, 66),
    }


def test_packed_lunches_carry_their_needs_away_from_the_table(reference_event: Demo) -> None:
    """By hand: eight packed lunches, of which 3 vegetarian, 1 vegan, 2 no pork; 14, 6 and 5 without them at lunch."""
    meals = by_item(reference_event)
    counted = forecast.of(reference_event.event, [meals["wed_lunch"], meals["visit_c"]], reference_event.hooks)
    lunch, packed = counted.headcount(meals["wed_lunch"].id), counted.headcount(meals["visit_c"].id)
    assert packed.diets == (("", 2), ("vegetarian", 3), ("vegan", 1), ("no_pork", 2))
    assert packed.allergens == (AllergenCount("gluten", 2, 0), AllergenCount("tree_nuts", 1, 1))
    assert lunch.diets == (("", 37), ("vegetarian", 11), ("vegan", 5), ("no_pork", 3), ("lactose_free", 1))
    assert lunch.allergens == (
        AllergenCount("gluten", 1, 0),
        AllergenCount("tree_nuts", 1, 0),
        AllergenCount("sesame", 1, 0),
    )


def test_both_caterers_have_an_order_and_a_declined_quote(reference_event: Demo) -> None:
    rows = [row for row in providers.orders(reference_event.event) if row.kind == "caterer"]
    assert sorted((row.state, row.net) for row in rows) == [
        (OrderState.CONFIRMED, 52_200),
        (OrderState.CONFIRMED, 9_360_00),
        (OrderState.DECLINED, 64_800),
        (OrderState.DECLINED, 12_474_00),
    ]


def test_catering_finds_nothing_wrong_with_the_reference_event(reference_event: Demo) -> None:
    assert [check.title for check in contributions.checks(reference_event.event)] == []


def test_all_needs_are_confirmed_by_the_people_themselves(reference_event: Demo) -> None:
    roster = forecast.roster(reference_event.event)
    assert len(roster.needs) == 29
    assert all(line.confirmed for line in roster.needs.values())
    with transaction():
        assert {get(Participant, person).event_id for person in roster.needs} == {reference_event.event.id}
