"""The organisers' tables of answers: filters, counts, exports of what is shown, and what they cost."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from eventhub import hookspecs
from eventhub.access.models import EventRole
from eventhub.db import session, statement_count
from eventhub.delegations import domain as delegations
from eventhub.delegations import merging
from eventhub.delegations.models import Delegation, Participant
from eventhub.testing import World
from plugins.questions import answers, domain
from plugins.questions.models import Question
from tests.browsing import Person
from tests.plugins.questions.conftest import Asking


def said(world: World, subject: Participant | Delegation, given: dict[Question, Any]) -> None:
    known = answers.sheet(domain.questions(world.event), [], [])
    by_id = {question.id: value for question, value in given.items()}
    answers.save(world.event, known, subject, by_id, by=world.by)


@pytest.fixture
def asked(world: World, asking: Asking) -> dict[str, Question]:
    """Three people of two cities, and what they answered."""
    with world.writing():
        ghent, turin = world.delegation("Ghent", people=2), world.delegation("Turin", people=1)
        size = asking.add("choice", "Size", choices=("Small", "Large"))
        topics = asking.add("several", "Topics", choices=("Water", "Air", "Soil"))
        metres, motto = asking.add("number", "Metres"), asking.add("text", "Motto")
        stall = asking.add("yes_no", "A stall?", scope="delegation")
        first, second = world.people(ghent)
        said(world, first, {size: "c1", topics: ["c1", "c3"], metres: "2.5", motto: "=SUM(A1)"})
        said(world, second, {size: "c2", topics: ["c1"], motto: "Élan"})
        said(world, turin, {stall: "yes"})
    return {"size": size, "topics": topics, "metres": metres, "motto": motto, "stall": stall}


def turin(world: World) -> Delegation:
    names = {name: key for key, name in answers.delegation_names(world.event)}
    return delegations.with_seats(world.event, names["Turin"])


def rows(page: str) -> list[str]:
    return re.findall(r"<bdi>([^<]+)</bdi>", page.partition("<tbody>")[2])


def open_answers(world: World, query: str = "") -> str:
    return Person(world.client(world.owner)).open(world.url(f"questions/answers/{query}"))


def test_the_table_shows_people_by_questions(world: World, asked: dict[str, Question]) -> None:
    page = open_answers(world)
    assert rows(page) == ["Ghent Person 1", "Ghent Person 2", "Turin Person 1"]
    for cell in ("Small", "Water and Soil", "2.5", "=SUM(A1)"):
        assert f'<span class="typed">{cell}</span>' in page


def test_people_are_filtered_by_answer_delegation_and_words(world: World, asked: dict[str, Question]) -> None:
    size, topics, motto = (asked[name].id for name in ("size", "topics", "motto"))
    expected = {
        f"?answer={size}:c1": ["Ghent Person 1"],
        f"?answer={topics}:c1": ["Ghent Person 1", "Ghent Person 2"],
        f"?answer={size}:-": ["Turin Person 1"],
        f"?answer={motto}:%2B": ["Ghent Person 1", "Ghent Person 2"],
        "?q=elan": ["Ghent Person 2"],
        f"?q=ghent&answer={size}:c2": ["Ghent Person 2"],
    }
    assert {query: rows(open_answers(world, query)) for query in expected} == expected
    assert "No answer matches these filters" in open_answers(world, "?q=nobody")


@pytest.mark.parametrize("query", ["?answer=x:y", "?answer=999:c1", "?delegation=x", "?column=x", "?page=0", "?q=%00"])
def test_a_query_that_means_nothing_is_left_aside(world: World, asked: dict[str, Question], query: str) -> None:
    open_answers(world, query)


def test_an_export_holds_the_rows_and_columns_shown_and_no_formula(world: World, asked: dict[str, Question]) -> None:
    client = world.client(world.owner)
    columns = "&".join(f"column={asked[name].id}" for name in ("size", "metres", "motto"))
    address = world.url(f"questions/answers/?answer={asked['topics'].id}:c1&{columns}")
    text = client.get(f"{address}&format=csv").get_data().decode("utf-8-sig")
    assert text.splitlines() == [
        "Name;Delegation;Size;Metres;Motto",
        "Ghent Person 1;Ghent;Small;2.5;'=SUM(A1)",
        "Ghent Person 2;Ghent;Large;;Élan",
    ]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{address}&format=xlsx").data))
    assert book.get_sheet_by_index(0).to_python()[1] == ["Ghent Person 1", "Ghent", "Small", 2.5, "=SUM(A1)"]


def test_delegations_have_a_table_of_their_own(world: World, asked: dict[str, Question]) -> None:
    page = open_answers(world, f"delegations?answer={asked['stall'].id}:yes")
    table = page.partition("<tbody>")[2]
    assert ("Turin" in table, "Ghent" in table) == (True, False)


def test_choices_are_counted_with_a_bar_and_its_table(world: World, asked: dict[str, Question]) -> None:
    page = open_answers(world, "counts")
    for label, count in (("Small", 1), ("Large", 1), ("Water", 2), ("Air", 0), ("Soil", 1)):
        assert re.search(rf'<th scope="row">{label}</th><td class="num">{count}</td>', page), label
    assert page.count('<svg class="bar"') == 7
    page = open_answers(world, f"counts?delegation={turin(world).id}")
    assert re.search(r'<th scope="row">Water</th><td class="num">0</td>', page)


def test_an_organiser_writes_down_what_a_person_says_on_the_phone(world: World, asked: dict[str, Question]) -> None:
    person = Person(world.client(world.owner))
    (found,) = world.people(turin(world))
    page = person.open(world.url(f"delegations/people/{found.id}"))
    assert "Answers to your questions" in page
    person.open(world.url(f"questions/answers/of/{found.id}"))
    page = person.send({f"questions_choices-{found.id}-q{asked['size'].id}": "c2"})
    assert "Large" in page


def test_an_organiser_writes_down_what_a_delegation_says(world: World, asked: dict[str, Question]) -> None:
    person, found = Person(world.client(world.owner)), turin(world)
    assert "A stall?" in person.open(world.url(f"delegations/{found.id}"))
    person.open(world.url(f"questions/answers/of-delegation/{found.id}"))
    person.send({f"questions_choices-q{asked['stall'].id}": "no"})
    assert '<dt>A stall?</dt><dd><span class="typed">No</span></dd>' in person.text


def test_answers_are_columns_and_filters_of_the_list_of_people(world: World, asked: dict[str, Question]) -> None:
    columns = {str(one.label): one for one in world.hooks.collect(hookspecs.people_columns, event=world.event)}
    ids = [person.id for person in world.people(turin(world))]
    assert list(columns) == ["Size", "Topics", "Metres", "Motto"]
    size = columns["Size"]
    assert [label for _code, label in size.choices] == ["Small", "Large", "Not answered"]
    assert size.having is not None
    assert list(session().scalars(size.having("-"))) == ids
    assert columns["Topics"].values(ids) == {}


def test_readers_see_no_answers(world: World, asked: dict[str, Question]) -> None:
    with world.writing():
        reader = world.organiser(EventRole.READER)
    client = world.client(reader)
    assert client.get(world.url("questions/")).status_code == 200
    for path in ("", "delegations", "counts", "?format=csv"):
        assert client.get(world.url(f"questions/answers/{path}")).status_code == 404


@pytest.mark.parametrize("path", ["answers/", "answers/counts", "answers/delegations", "", "answers/?q=a", "preview"])
def test_a_page_costs_the_same_for_many_people_and_questions(world: World, asking: Asking, path: str) -> None:
    counts = []
    for people in (1, 30):
        with world.writing():
            found = world.delegation(people=people, quota=30)
            for _number in range(4):
                size = asking.add("choice", "Size")
                for person in world.people(found):
                    said(world, person, {size: "c1"})
        client = world.client(world.owner)
        client.get(world.url(f"questions/{path}"))  # what the event owes is derived once
        counts.append(statement_count(world.app, partial(client.get, world.url(f"questions/{path}"))))
    assert counts[0] == counts[1] <= 10


def test_merging_two_records_of_a_person_keeps_what_either_answered(
    world: World, asking: Asking, asked: dict[str, Question]
) -> None:
    with world.writing():
        first, second = world.people(world.delegation("Lyon", people=1))[0], world.people(turin(world))[0]
        said(world, first, {asked["size"]: "c1"})
        said(world, second, {asked["size"]: "c2", asked["motto"]: "Élan"})
    with world.writing():
        merging.merge(world.event, first.id, second.id, {}, by=world.by, hooks=world.hooks)
    assert asking.answers(first) == {"Size": "c1", "Motto": "Élan"}
    assert asking.answers(second) == {}
