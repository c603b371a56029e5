"""What extensions ask in the registration form, in every step: shown, checked, saved and counted as the core's."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from eventhub.contributions import FormSection, PluginInfo
from eventhub.db import statement_count
from eventhub.delegations import registration
from eventhub.delegations.models import Delegation, Participant
from eventhub.hookspecs import hookimpl
from eventhub.testing import World, make_app
from eventhub.web.fields import TextField
from eventhub.web.forms import Section
from tests.browsing import Person

ANSWERS: dict[tuple[str, int], str] = {}
ASKED_OF_ALL: list[str] = []  # the stages in which the delegation as a whole is asked


class Question(Section):
    answer = TextField("Your answer")


@hookimpl
def participant_form_sections(
    event: Any, stage: str, participants: Sequence[Participant], own: bool
) -> Iterable[FormSection]:
    def section(person: Participant) -> FormSection:
        def save(form: Question) -> None:
            ANSWERS[stage, person.id] = form.answer.data or ""

        said = ANSWERS.get((stage, person.id), "")
        missing = () if said else (f"{person.name}: answer in {stage}",)
        values = {"answer": said}
        title = f"Question in {stage} for {person.name}"
        name = f"asker_{stage}"
        return FormSection(name, title, Question, save, stage, person.id, values, complete=not missing, missing=missing)

    return [section(person) for person in participants]


@hookimpl
def delegation_form_sections(event: Any, delegation: Delegation) -> Iterable[FormSection]:
    def section(stage: str) -> FormSection:
        def save(form: Question) -> None:
            ANSWERS[stage, -delegation.id] = form.answer.data or ""

        said = ANSWERS.get((stage, -delegation.id), "")
        missing = () if said else (f"{delegation.name}: answer of all in {stage}",)
        title, name = f"Question in {stage} to all", f"asker_of_all_{stage}"
        values = {"answer": said}
        return FormSection(name, title, Question, save, stage, None, values, complete=not missing, missing=missing)

    return [section(stage) for stage in ASKED_OF_ALL]


@pytest.fixture
def app(tmp_path: Path, engine_url: str) -> Iterator[Flask]:
    package, hooks = ModuleType("plugins.asker"), ModuleType("plugins.asker.hooks")
    package.PLUGIN = PluginInfo("asker", "Asker", "A plugin of a test.", "1.0")  # type: ignore[attr-defined]
    hooks.participant_form_sections = participant_form_sections  # type: ignore[attr-defined]
    hooks.delegation_form_sections = delegation_form_sections  # type: ignore[attr-defined]
    sys.modules.update({package.__name__: package, hooks.__name__: hooks})
    ANSWERS.clear()
    ASKED_OF_ALL.clear()
    made = make_app(engine_url, tmp_path, plugins=[package])
    yield made
    for module in (package, hooks):
        sys.modules.pop(module.__name__)


def page(found: Delegation, stage: str = "") -> str:
    return f"/en/e/test/registration/{found.id}/{stage}"


@pytest.mark.parametrize("stage", registration.STAGES)
def test_a_plugin_asks_each_person_in_any_step(world: World, stage: str) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
    first, second = (person.id for person in world.people(found))
    head = Person(world.guest(found))
    text = head.open(page(found, stage))
    places = [text.index(f"Question in {stage} for Ghent Person {number}") for number in (1, 2)]
    assert places == sorted(places)
    assert f"Ghent Person 2: answer in {stage}" in head.open(page(found))
    head.open(page(found, stage))
    refused = head.send({f"asker_{stage}-{first}-answer": "Blue"}, expect=422)
    assert ('value="Blue"' in refused, ANSWERS) == (True, {})
    head.send({f"asker_{stage}-{second}-answer": "Green"})
    assert {(stage, first): "Blue", (stage, second): "Green"} == ANSWERS
    assert f"Ghent Person 2: answer in {stage}" not in head.open(page(found))


def test_what_was_asked_of_a_seat_stands_under_it_and_not_under_the_next(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2, quota=3)
    text = Person(world.guest(found)).open(page(found, "people"))
    titles = ["Seat 1: ", "people for Ghent Person 1", "Seat 2: ", "people for Ghent Person 2", ">Seat 3"]
    assert sorted(titles, key=text.index) == titles


def test_what_was_typed_of_somebody_does_not_pass_to_who_takes_their_seat(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2, quota=2)
    first, second = (person.id for person in world.people(found))
    head = Person(world.guest(found))
    head.open(page(found, "people"))
    seat = found.seats[0].id
    typed = {f"asker_people-{first}-answer": "Blue", f"asker_people-{second}-answer": "Green"}
    head.send({f"person-{seat}-name": "Ann Peeters", f"person-{seat}-email": "ann@ghent.eu"} | typed)
    assert {("people", second): "Green"} == ANSWERS


def test_a_question_left_open_does_not_hold_somebody_on_their_seat(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1, quota=1)
    head = Person(world.guest(found))
    head.open(page(found, "people"))
    head.send({f"person-{found.seats[0].id}-take_off": "y"})
    assert "Nobody is named yet" in head.text


def test_a_person_answers_every_step_on_their_own_page(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
    (person,) = world.people(found)
    me = Person(world.guest(person))
    text = me.open(f"/en/e/test/me/{person.id}/needs")
    assert [f"Question in {stage} for" in text for stage in registration.STAGES] == [True] * 4


@pytest.mark.parametrize("stage", ["", *registration.STAGES])
def test_sections_of_a_plugin_in_every_step_cost_no_statement(world: World, stage: str) -> None:
    with world.writing():
        found = world.delegation(people=4)
    client = world.guest(found)
    assert statement_count(world.app, lambda: client.get(page(found, stage))) <= 10


@pytest.mark.parametrize("stage", registration.STAGES)
def test_a_plugin_asks_the_delegation_once_above_its_people_in_any_step(world: World, stage: str) -> None:
    ASKED_OF_ALL.append(stage)
    with world.writing():
        found = world.delegation("Ghent", people=2)
    head = Person(world.guest(found))
    owed = f"Ghent: answer of all in {stage}"
    assert owed in head.open(page(found))
    text = head.open(page(found, stage))
    assert text.count(f"Question in {stage} to all") == 1
    assert text.index(f"Question in {stage} to all") < text.index(f"Question in {stage} for Ghent Person 1")
    others = [other for other in registration.STAGES if other != stage]
    assert all(f"Question in {stage} to all" not in head.open(page(found, other)) for other in others)
    head.open(page(found, stage))
    said = {f"asker_{stage}-{person.id}-answer": "Green" for person in world.people(found)}
    head.send(said | {f"asker_of_all_{stage}-answer": "Blue"})
    assert ANSWERS[stage, -found.id] == "Blue"
    assert owed not in head.open(page(found))


def test_a_delegation_is_asked_before_anybody_is_named(world: World) -> None:
    ASKED_OF_ALL.append("choices")
    with world.writing():
        found = world.delegation("Ghent")
    head = Person(world.guest(found))
    head.open(page(found, "choices"))
    head.send({"asker_of_all_choices-answer": "Blue"})
    assert ANSWERS["choices", -found.id] == "Blue"
