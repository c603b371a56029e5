"""Questions in the guests' forms, through HTTP: what is asked, what is kept, and what nobody may break."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from markupsafe import escape

from eventhub import clock
from eventhub.activity import ActivityEntry
from eventhub.db import session, statement_count
from eventhub.delegations import domain as delegations
from eventhub.delegations.models import Delegation
from eventhub.testing import World
from plugins.questions import privacy
from plugins.questions.models import Question
from tests.browsing import Person, forms_of
from tests.plugins.questions.conftest import Asking

KINDS = ("text", "long_text", "choice", "several", "number", "date", "yes_no")


def page(found: Delegation, stage: str = "") -> str:
    return f"/en/e/test/registration/{found.id}/{stage}"


def named(question: Question, subject: int, stage: str = "choices") -> str:
    return f"questions_{stage}-{subject}-q{question.id}"


def test_a_head_answers_every_kind_of_question_for_two_people(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
        asked = {kind: asking.add(kind, kind) for kind in KINDS}
    first, second = world.people(found)
    head = Person(world.guest(found))
    head.open(page(found, "choices"))
    said: Mapping[str, Any] = {
        "text": "Rue de l’Exemple",
        "long_text": "One\nTwo",
        "choice": "c2",
        "several": ["c1", "c2"],
        "number": "1 234,50",
        "date": "25/03/2025",
        "yes_no": "no",
    }
    head.send({named(asked[kind], first.id): value for kind, value in said.items()})
    assert asking.answers(first) == {**said, "number": "1234.5", "date": "2025-03-25"}
    assert asking.answers(second) == {}
    again = head.open(page(found, "choices"))
    for shown in ('value="Rue de l’Exemple"', 'value="1234.5"', 'value="2025-03-25"', ">\nOne\nTwo</textarea>"):
        assert shown in again
    head.send({named(asked["text"], first.id): "", named(asked["several"], first.id): None})
    assert asking.answers(first).keys() == {"long_text", "choice", "number", "date", "yes_no"}


@pytest.mark.parametrize("stage", ["people", "travel", "needs", "choices"])
def test_a_question_is_asked_in_its_step_and_missing_answers_are_named(
    world: World, asking: Asking, stage: str
) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
        size = asking.add("choice", "Size", stage=stage, required=True)
    (person,) = world.people(found)
    head = Person(world.guest(found))
    assert "Ghent Person 1: Size" in head.open(page(found))
    head.open(page(found, stage))
    head.send({named(size, person.id, stage): "c1"})
    assert "Ghent Person 1: Size" not in head.open(page(found))
    assert asking.answers(person) == {"Size": "c1"}


def test_a_delegation_answers_once_above_its_people(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
        stall = asking.add("text", "What do you bring?", scope="delegation", required=True)
        asking.add("text", "Your motto")
    head = Person(world.guest(found))
    assert "What do you bring?" in head.open(page(found))
    text = head.open(page(found, "choices"))
    assert text.count("What do you bring?") < text.count("Your motto")
    assert text.index("What do you bring?") < text.index("Your motto")
    head.send({f"questions_choices-q{stall.id}": "A model of a street"})
    assert asking.answers(found) == {"What do you bring?": "A model of a street"}
    assert "Motto" not in asking.answers(world.people(found)[0])


def test_a_participant_answers_on_their_own_page(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
        size, route = asking.add("choice", "Size"), asking.add("text", "Route", stage="travel")
    (person,) = world.people(found)
    me = Person(world.guest(person))
    me.open(f"/en/e/test/me/{person.id}/needs")
    me.send({named(size, person.id): "c2", named(route, person.id, "travel"): "By the river"})
    assert asking.answers(person) == {"Size": "c2", "Route": "By the river"}
    assert privacy.export([person.id]) == {person.id: {"Size": "Large", "Route": "By the river"}}


# --- conditions -----------------------------------------------------------------------------------------------------


def test_without_javascript_a_condition_stands_in_words_and_is_checked_here(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
        early = asking.add("yes_no", "Do you come early?")
        day = asking.add("date", "Which day?", condition=[f"{early.id}:yes"], required=True)
    (person,) = world.people(found)
    head = Person(world.guest(found))
    text = head.open(page(found, "choices"))
    assert "Only if the answer to “Do you come early?” is “Yes”." in text
    assert f'data-asked-if="{named(early, person.id)}" data-asked-values="yes"' in text
    assert "Which day?" not in head.open(page(found))  # not owed as long as it is not asked
    head.open(page(found, "choices"))
    refused = head.send({named(day, person.id): "2025-03-24"}, expect=422)
    assert "Change that answer, or empty this one." in refused
    assert 'value="2025-03-24"' in refused
    head.send({named(early, person.id): "yes", named(day, person.id): ""})
    assert "Ghent Person 1: Which day?" in head.open(page(found))
    head.open(page(found, "choices"))
    head.send({named(day, person.id): "2025-03-24"})
    assert asking.answers(person) == {"Do you come early?": "yes", "Which day?": "2025-03-24"}
    head.open(page(found, "choices"))
    head.send({named(early, person.id): "no"})
    assert asking.answers(person) == {"Do you come early?": "no"}


def test_a_question_whose_condition_lies_in_an_earlier_step_shows_only_where_it_holds(
    world: World, asking: Asking
) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
        early = asking.add("yes_no", "Do you come early?", stage="travel")
        hotel = asking.add("text", "Which hotel?", condition=[f"{early.id}:yes"])
    first, second = world.people(found)
    head = Person(world.guest(found))
    head.open(page(found, "travel"))
    head.send({named(early, first.id, "travel"): "yes", named(early, second.id, "travel"): "no"})
    text = head.open(page(found, "choices"))
    assert (named(hotel, first.id) in text, named(hotel, second.id) in text) == (True, False)
    head.send({named(hotel, first.id): "Hotel Exemple"})
    head.open(page(found, "travel"))
    head.send({named(early, first.id, "travel"): "no"})
    assert asking.answers(first) == {"Do you come early?": "no"}


def test_a_choice_offered_no_more_is_refused_to_others_and_kept_by_who_made_it(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
        size = asking.add("choice", "Size", choices=("Small", "Large", "Huge"))
    first, second = world.people(found)
    head = Person(world.guest(found))
    head.open(page(found, "choices"))
    head.send({named(size, first.id): "c3"})
    organiser = Person(world.client(world.owner))
    organiser.open(world.url(f"questions/{size.id}"))
    organiser.send({"choice_c3-fr": "", "choice_c3-en": ""})
    text = head.open(page(found, "choices"))
    assert text.count('value="c3"') == 1
    refused = head.send({named(size, second.id): "c3"}, expect=422)
    assert "Choose one of the list." in refused
    assert asking.answers(first) == {"Size": "c3"}


# --- typed badly, by two at once, too late --------------------------------------------------------------------------


def test_numbers_within_limits_are_read_as_french_and_english_write_them(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation(people=1)
        number = asking.add("number", "Metres", minimum=None, maximum=None)
        number.minimum, number.maximum = "0.5", "1000"
    (person,) = world.people(found)
    head = Person(world.guest(found))
    for typed, stored in (
        ("0,5", "0.5"),
        ("1 000", "1000"),
        ("1\u202f000,00", "1000"),
        ("12.250", "12.25"),
        ("7", "7"),
    ):
        head.open(page(found, "choices"))
        head.send({named(number, person.id): typed})
        assert asking.answers(person) == {"Metres": stored}
    for typed in ("0,49", "1000,01", "-7", "twelve", "1e3", "NaN", "٣", "1,2,3", "9" * 40):
        head.open(page(found, "choices"))
        text = head.send({named(number, person.id): typed}, expect=422)
        assert f'value="{typed}"' in text
    assert asking.answers(person) == {"Metres": "7"}
    assert "Write a number from 0.5 to 1,000." in text or "Write a number, such as 12 or 12.5." in text


HOSTILE = (
    "",
    " ",
    "'; DROP TABLE questions_answer; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "${7*7}",
    "=cmd|'/C calc'!A0",
    "\x00\x01",
    "\u202egnp.exe",
    "|c1|",
    "c1|c2",
    "1e309",
    "-0",
    "∞",
    "0001-01-01",
    "9999-99-99",
    "x" * 100_000,
    "👩‍👩‍👧‍👦" * 50,
    "%s%n%(x)s",
    "../../etc/passwd",
    "null",
    "[]",
    '{"a": 1}',
)


@pytest.mark.parametrize("kind", [*KINDS, "file"])
def test_hostile_answers_are_kept_escaped_or_given_back(world: World, asking: Asking, kind: str) -> None:
    with world.writing():
        found = world.delegation(people=1)
        asked = asking.add(kind, "Asked")
    (person,) = world.people(found)
    client, organiser = world.guest(found), world.client(world.owner)
    for value in HOSTILE:
        text = client.get(page(found, "choices")).get_data(as_text=True)
        form = next(form for form in forms_of(text) if form.method == "post")
        for name in (named(asked, person.id), f"{named(asked, person.id)}_remove"):
            form.values.setlist(name, [value, value[::-1]])
        answer = client.post(page(found, "choices"), data=form.values)
        assert answer.status_code in {302, 422}, value
        if answer.status_code == 422 and kind in {"text", "long_text", "number", "date"} and value.isprintable():
            assert escape(value) in answer.get_data(as_text=True), value
        for address in (page(found, "choices"), page(found)):
            assert "<script>alert" not in client.get(address).get_data(as_text=True)
        table = organiser.get(world.url("questions/answers/"))
        assert (table.status_code, "<script>alert" in table.get_data(as_text=True)) == (200, False), value


def test_two_tabs_on_one_answer_show_both_versions(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation(people=1)
        motto = asking.add("text", "Motto")
        asking.add("text", "Other")
    (person,) = world.people(found)
    first, second = Person(world.guest(found)), Person(world.guest(found))
    for one in (first, second):
        one.open(page(found, "choices"))
    first.send({named(motto, person.id): "Up"})
    text = second.send({named(motto, person.id): "Down"}, expect=409)
    assert ("Up" in text, 'value="Down"' in text) == (True, True)
    assert asking.answers(person) == {"Motto": "Up"}


def test_a_question_archived_meanwhile_loses_nothing_else(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation(people=1)
        motto, other = asking.add("text", "Motto"), asking.add("text", "Other")
    (person,) = world.people(found)
    head = Person(world.guest(found))
    head.open(page(found, "choices"))
    with world.writing():
        other = session().get_one(Question, other.id)
        other.archived_at = clock.now()
    head.send({named(motto, person.id): "Up", named(other, person.id): "Gone"})
    assert asking.answers(person) == {"Motto": "Up"}


def test_the_history_says_that_somebody_answered_and_never_what(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation(people=1)
        motto = asking.add("text", "Motto")
    (person,) = world.people(found)
    head = Person(world.guest(found))
    head.open(page(found, "choices"))
    head.send({named(motto, person.id): "Secret"})
    session().rollback()
    (entry,) = session().scalars(sa.select(ActivityEntry).where(ActivityEntry.verb == "questions:answered"))
    assert (entry.subject_kind, entry.subject_id, entry.changes) == ("participant", person.id, None)


# --- what it costs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["", "people", "travel", "needs", "choices"])
def test_a_step_costs_the_same_for_ten_people_and_twenty_questions(world: World, asking: Asking, stage: str) -> None:
    counts = []
    for people, questions in ((1, 1), (10, 20)):
        with world.writing():
            found = world.delegation(people=people, quota=10)
            for number in range(questions):
                asking.add("text", f"Question {number}", stage=stage or "choices")
            asking.add("text", "Of all", scope="delegation", stage=stage or "choices")
        counts.append(statement_count(world.app, partial(world.guest(found).get, page(found, stage))))
    assert counts[0] == counts[1] <= (11 if stage == "needs" else 10)  # of which one is the questions with answers


def test_four_people_are_saved_at_once_in_few_statements(world: World, asking: Asking) -> None:
    with world.writing():
        found = world.delegation(people=4)
        asked = [asking.add("text", f"Question {number}") for number in range(5)]
    head = Person(world.guest(found))
    for round_number in range(2):  # written first, then changed
        head.open(page(found, "choices"))
        form = next(form for form in forms_of(head.text) if form.method == "post")
        for person in world.people(delegations.with_seats(world.event, found.id)):
            for question in asked:
                form.values.setlist(named(question, person.id), [f"Answer {round_number}"])
        sent = statement_count(world.app, partial(head.client.post, page(found, "choices"), data=form.values))
        assert sent <= 13  # of which two are the savepoint around the plugin's hook
    assert asking.answers(world.people(found)[3]) == {f"Question {number}": "Answer 1" for number in range(5)}
