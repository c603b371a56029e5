"""The field visits of the reference event: the numbers that its seed must give, computed once and held here."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa

from eventhub.contributions import MealAt
from eventhub.db import session
from eventhub.demo.fixtures import ToldWorld
from eventhub.outbox import MailMessage
from plugins.field_visits import allocation, contributions, standing
from plugins.field_visits.solver import Plan
from tests.browsing import Person

# visit: (first wishes, places taken, minimum, maximum)
TABLE = {
    "visit_a": (8, 10, 8, 16),
    "visit_b": (20, 12, 6, 12),
    "visit_c": (7, 10, 6, 14),
    "visit_d": (6, 15, 8, 15),
    "visit_e": (18, 12, 6, 12),
}
# first, second and third wishes, and places that nobody wished
HISTOGRAM = (45, 13, 1, 0)


def now(demo: ToldWorld) -> standing.Standing:
    found = standing.standing(demo.event, 1)
    assert found is not None
    return found


def plan(demo: ToldWorld) -> Plan:
    return allocation.plan_of(allocation.runs(demo.event, 1)[-1])


def test_fifty_nine_rank_and_each_has_a_place(demo: ToldWorld) -> None:
    found = now(demo)

    assert (len(found.wishes), len(found.to_place), len(found.placed), len(found.silent)) == (59, 59, 59, 0)
    assert demo.ids.people["reykjavik-4"] not in found.wishes


def test_the_load_of_each_visit_is_that_of_the_table(demo: ToldWorld) -> None:
    found = now(demo)
    first = Counter(ranked[0] for ranked in found.wishes.values())
    keys = {item_id: key for key, item_id in demo.ids.items.items()}

    table = {keys[slot.item_id]: (first[slot.id], slot.places_used, slot.minimum, slot.maximum) for slot in found.slots}

    assert table == TABLE


def test_the_plan_is_proven_and_its_ranks_are_those_of_the_table(demo: ToldWorld) -> None:
    published = plan(demo)

    assert (published.histogram, published.proven, published.unplaced) == (HISTOGRAM, True, ())


def test_computing_again_moves_nobody(demo: ToldWorld) -> None:
    found, problem = allocation.current(demo.event, 1)
    again = allocation.solved(found, problem, seconds=30)

    assert again.moves == 0
    assert {one.wisher: one.slot for one in again.placements} == {one.wisher: one.slot for one in plan(demo).placements}


def test_the_wheelchair_user_goes_to_the_only_visit_that_is_possible(demo: ToldWorld) -> None:
    person = demo.person("tampere-2")

    assert [line.title.text("en") for line in contributions.agenda(demo.event, person)] == [
        "Visit A: GrandAlpe, an urban project"
    ]


def test_no_delegation_has_more_than_two_on_a_visit_but_the_hosts_who_do_not_count(demo: ToldWorld) -> None:
    found = now(demo)
    together = Counter(
        (person.delegation_id, found.allocations[person.id].slot_id)
        for person in found.placed
        if person.delegation_id != demo.ids.delegations["grenoble"]
    )

    assert max(together.values()) == 2


def test_packed_lunches_are_those_of_visits_c_d_and_e(demo: ToldWorld) -> None:
    items = [demo.entry(key) for key in TABLE]
    keys = {item.id: key for key, item in zip(TABLE, items, strict=True)}

    lunches = Counter(
        keys[line.item_id] for line in contributions.attendances(demo.event, items) if line.meal is MealAt.PACKED
    )

    assert lunches == {"visit_c": 10, "visit_d": 15, "visit_e": 12}


def test_everybody_with_a_place_was_written_to_in_their_language(demo: ToldWorld) -> None:
    query = sa.select(MailMessage.recipient, MailMessage.language).where(MailMessage.kind == "field_visits_allocated")
    written: dict[Any, Any] = dict(session().execute(query).all())

    assert written == {person.email: person.document_language for person in now(demo).placed}


def test_the_dashboard_says_so_and_nothing_of_the_visits_does_not_fit(demo: ToldWorld) -> None:
    page = Person(demo.client(demo.owner)).open(demo.url(""))

    assert "45 in their first wish" in page
    assert list(contributions.checks(demo.event)) == []


def test_the_page_of_the_allocation_shows_the_charts(demo: ToldWorld) -> None:
    page = Person(demo.client(demo.owner)).open(demo.url("field-visits/allocation/"))

    assert "Proven: no plan is better by these rules." in page
    assert '<th scope="row">First choice</th><td class="num">45</td>' in page
    assert '<th scope="row">Not among the wishes</th><td class="num">0</td>' in page
    assert '<td class="num">15 of 15</td><td class="num">8</td><td class="num">15</td>' in page
