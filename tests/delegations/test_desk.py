"""The lists as a desk: columns chosen, sorted by a head, completeness in numbers, and what an export holds."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub import spreadsheets
from eventhub.activity import ActivityEntry
from eventhub.db import session, statement_count
from eventhub.delegations import completeness, domain, lists
from eventhub.delegations.models import Direction
from eventhub.testing import World
from tests.browsing import Person


def desk(world: World, page: str = "") -> str:
    return world.url(f"delegations/{page}")


@pytest.fixture
def organiser(world: World) -> Person:
    return Person(world.client(world.owner))


def heads(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page)]


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_the_columns_chosen_are_shown_sorted_by_and_exported(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation("Aarhus", city="Zagreb", contact_phone="+45 20 30 40 50")
        world.delegation("Zürich", city="Århus")
    query = "?column=city&column=contact_phone&sort=-city&column=password"
    page = organiser.open(desk(world, query))
    assert heads(page) == ["Tick", "Delegation", "City", "Phone"]
    assert re.findall(r"<bdi>([^<]+)</bdi></a></th>", page) == ["Aarhus", "Zürich"]
    assert 'aria-sort="descending"' in page
    assert "sort=city" in page  # a press on the head turns the order round
    assert rows(organiser.client.get(desk(world, f"{query}&format=csv"))) == [
        {"Delegation": "Aarhus", "City": "Zagreb", "Phone": "+45 20 30 40 50"},
        {"Delegation": "Zürich", "City": "Århus", "Phone": ""},
    ]
    assert heads(organiser.open(desk(world, "?column=password")))[:4] == ["Tick", "Delegation", "Country", "Named"]


def test_what_a_list_counts_is_what_the_page_of_the_delegation_names(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=3, quota=5)
        first, second, third = world.people(found)
        second.function, third.languages = "", []
        legs = [domain.Travel(direction, "local") for direction in Direction]
        domain.save_travel(world.event, first, legs, by=world.by, hooks=world.hooks)
        empty = world.delegation("Prague", quota=2)
        nobody = world.delegation("Turin", quota=0)
    counted = lists.counted([found, empty, nobody])
    for one in (found, empty, nobody):
        assert counted[one.id].percent == completeness.of(domain.with_seats(world.event, one.id)).percent
    assert counted[found.id].missing == [
        "2 seats without a name",
        "2 people without details",
        "2 people without travel",
    ]
    assert (counted[empty.id].missing, counted[nobody.id].missing) == (["2 seats without a name"], [])


def test_an_export_is_written_into_the_journal_without_what_was_searched_for(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation("Ghent", people=2, country="BE")
        world.delegation("Prague", people=1, country="CZ")
    organiser.client.get(desk(world, "people?q=person&country=BE&column=email&format=xlsx"))
    session().rollback()
    entry = session().scalars(sa.select(ActivityEntry).where(ActivityEntry.verb == "delegations:exported")).one()
    assert (entry.actor_id, entry.subject_kind) == (world.owner.id, "event")
    assert entry.changes == {
        "list": [None, "people"],
        "rows": [None, 2],
        "columns": [None, "name, email"],
        "filters": [None, {"country": "BE", "q": "…"}],
    }


def test_a_long_list_is_sent_while_it_is_read() -> None:
    read: list[int] = []

    def lines() -> Iterator[list[object]]:
        for number in range(1000):
            read.append(number)
            yield [number, "+33 4 76 59 59 59", "=1+1"]

    chunks = spreadsheets.csv_chunks(["Number", "Phone", "Note"], lines())
    assert (next(chunks), read) == (b"\xef\xbb\xbfNumber;Phone;Note\r\n", [])
    second = next(chunks)
    assert len(read) == spreadsheets.CHUNK < 1000
    assert second.startswith(b"0;+33 4 76 59 59 59;'=1+1\r\n")
    assert (second + b"".join(chunks)).count(b"\r\n") == 1000


@pytest.mark.parametrize("page", ["?column=complete&column=missing", "people?column=email&sort=arrival&q=person"])
def test_a_desk_costs_the_same_for_forty_rows_as_for_one(world: World, page: str) -> None:
    client = world.client(world.owner)
    counts = []
    for number in (1, 40):
        with world.writing():
            for _n in range(number):
                world.delegation(people=number // 4 + 1)
        assert client.get(desk(world, page)).status_code == 200  # what does not fit is computed once per change
        counts.append(statement_count(world.app, partial(client.get, desk(world, page))))
    assert counts[0] == counts[1] <= 10
