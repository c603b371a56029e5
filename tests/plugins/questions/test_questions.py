"""What organisers may do with questions, as rules and through their pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from eventhub.db import session
from eventhub.events import domain as events
from eventhub.localized import State
from eventhub.testing import World
from plugins.questions import answers, domain
from plugins.questions.domain import (
    Answered,
    AnsweredNotDeleted,
    BeforeItsSource,
    LimitsCrossed,
    Needed,
    NeededChoice,
    NoChoices,
    NoSuchCondition,
    OneSourceOnly,
)
from plugins.questions.models import Question
from tests.browsing import Person
from tests.plugins.questions.conftest import Asking


def stored(world: World) -> list[Question]:
    session().rollback()
    session().expire_all()
    return domain.questions(world.event)


def labels(world: World) -> list[str | None]:
    return [one.label.text("en") for one in stored(world)]


def answer(world: World, question: Question, value: object) -> None:
    person = world.people(world.delegation(people=1))[0]
    known = answers.sheet(domain.questions(world.event), [person.id], [])
    answers.save(world.event, known, person, {question.id: value}, by=world.by)


def test_questions_are_asked_step_by_step_in_their_order(world: World, asking: Asking) -> None:
    with world.writing():
        asking.add(label="Third", stage="choices")
        asking.add(label="First", stage="people")
        asking.add(label="Second", stage="travel")
        asking.add(label="Fourth", stage="choices")
    assert labels(world) == ["First", "Second", "Third", "Fourth"]


def test_a_question_moves_among_those_of_its_step(world: World, asking: Asking) -> None:
    with world.writing():
        asking.add(label="A")
        asking.add(label="B", stage="travel")
        last = asking.add(label="C")
    with world.writing():
        assert domain.move(world.event, domain.for_change(world.event, last.id), True, by=world.by)
    assert labels(world) == ["B", "C", "A"]
    with world.writing():
        assert not domain.move(world.event, domain.for_change(world.event, last.id), True, by=world.by)


def test_a_question_stays_after_the_one_it_depends_on(world: World, asking: Asking) -> None:
    with world.writing():
        source = asking.add("yes_no", "Do you come early?")
        other = asking.add("date", "Which day?", condition=[f"{source.id}:yes"])
    assert (other.source_id, other.wanted) == (source.id, ["yes"])
    with pytest.raises(BeforeItsSource), world.writing():
        domain.move(world.event, domain.for_change(world.event, other.id), True, by=world.by)
    with pytest.raises(BeforeItsSource), world.writing():
        domain.change(world.event, domain.for_change(world.event, other.id), {"stage": "people"}, by=world.by)
    with pytest.raises(Needed), world.writing():
        domain.set_archived(world.event, domain.for_change(world.event, source.id), True, by=world.by)
    assert labels(world) == ["Do you come early?", "Which day?"]


def test_a_question_depends_on_answers_to_choose_from_of_the_same_people(world: World, asking: Asking) -> None:
    with world.writing():
        open_one = asking.add("text", "Your name for the wall")
        whole = asking.add("yes_no", "A stall?", scope="delegation")
        size = asking.add("choice", "Size")
        coach = asking.add("yes_no", "By coach?")
    for pairs, refusal in (
        ([f"{open_one.id}:x"], NoSuchCondition),
        ([f"{whole.id}:yes"], NoSuchCondition),
        (["999:yes"], NoSuchCondition),
        ([f"{size.id}:c1", f"{coach.id}:yes"], OneSourceOnly),
    ):
        with pytest.raises(refusal), world.writing():
            asking.add("text", "Why?", condition=pairs)


def test_choices_and_limits_are_checked(world: World, asking: Asking) -> None:
    with pytest.raises(NoChoices), world.writing():
        asking.add("choice", choices=("Only one",))
    with pytest.raises(LimitsCrossed), world.writing():
        asking.add("number", minimum=Decimal("10.5"), maximum=Decimal("10"))


def test_a_choice_that_was_made_is_kept_when_it_is_offered_no_more(world: World, asking: Asking) -> None:
    with world.writing():
        size = asking.add("choice", "Size", choices=("Small", "Large", "Huge"))
        answer(world, size, "c2")
    with world.writing():
        changed = domain.for_change(world.event, size.id)
        domain.change(
            world.event, changed, {"choice_c2": {}, "choice_c3": {}, "choice_new01": {"en": "Tiny"}}, by=world.by
        )
    assert [(one.key, one.label.text("en"), one.gone) for one in size.offered] == [
        ("c1", "Small", False),
        ("c2", "Large", True),
        ("c4", "Tiny", False),
    ]


def test_a_choice_on_which_a_question_depends_stays(world: World, asking: Asking) -> None:
    with world.writing():
        size = asking.add("choice", "Size", choices=("Small", "Large", "Other"))
        asking.add("text", "Which?", condition=[f"{size.id}:c3"])
    with pytest.raises(NeededChoice), world.writing():
        domain.change(world.event, domain.for_change(world.event, size.id), {"choice_c3": {}}, by=world.by)


def test_a_reworded_half_makes_the_other_one_stale(world: World, asking: Asking) -> None:
    with world.writing():
        size = asking.add("choice", "Size")
    with world.writing():
        changed = domain.for_change(world.event, size.id)
        domain.change(world.event, changed, {"choice_c1": {"fr": "Small (fr)", "en": "Tiny"}}, by=world.by)
    assert [size.offered[0].label.state(code) for code in ("fr", "en")] == [State.STALE, State.REVIEWED]


def test_what_is_answered_is_archived_and_not_deleted_nor_asked_of_others(world: World, asking: Asking) -> None:
    with world.writing():
        size = asking.add("choice", "Size")
        answer(world, size, "c1")
    with pytest.raises(AnsweredNotDeleted), world.writing():
        domain.delete(world.event, domain.for_change(world.event, size.id), by=world.by)
    with pytest.raises(Answered), world.writing():
        domain.change(world.event, domain.for_change(world.event, size.id), {"scope": "delegation"}, by=world.by)


def test_copying_an_event_copies_its_questions_and_no_answer(world: World, asking: Asking) -> None:
    with world.writing():
        size = asking.add("choice", "Size", choices=("Small", "Large", "Gone"))
        asking.add("text", "Why so large?", condition=[f"{size.id}:c2"])
        asking.add(label="Archived").archived_at = world.event.created_at
        answer(world, size, "c1")
    with world.writing():
        copy = events.copy(
            world.event,
            title={"en": "Copy"},
            slug="copy",
            starts_on=date(2026, 3, 24),
            by=world.owner,
            hooks=world.hooks,
        )
    first, second = domain.questions(copy, archived=None)
    assert (first.label, first.choices, second.source_id, second.wanted) == (size.label, size.choices, first.id, ["c2"])
    assert first.id != size.id
    assert domain.answered(copy) == {}


# --- through the pages ----------------------------------------------------------------------------------------------


def organiser(world: World) -> Person:
    return Person(world.client(world.owner))


def test_an_organiser_writes_a_question_orders_archives_and_takes_it_back(world: World) -> None:
    person = organiser(world)
    assert "You ask nothing of your own yet" in person.open(world.url("questions/"))
    assert "One choice of several" in person.open(world.url("questions/new"))
    person.open(world.url("questions/new?kind=choice"))
    person.address += "?kind=choice"
    typed = {"label-fr": "Taille", "label-en": "Size", "choice_new01-en": "Small", "choice_new02-en": "Large"}
    text = person.send(typed)
    assert "The question is added." in text
    assert "Lacks words in French" in text  # the choices have no French
    size = stored(world)[0]
    person.open(world.url("questions/new?kind=text"))
    person.address += "?kind=text"
    person.send({"label-fr": "Pourquoi ?", "label-en": "Why?", "condition": [f"{size.id}:c2"]})
    assert "Only if the answer to “Size” is “Large”." in person.text
    why = stored(world)[1]
    person.send(action=f"{why.id}/up", expect=422)
    person.open(world.url("questions/"))
    person.open(world.url(f"questions/{why.id}"))
    assert "Delete this question" in person.text
    person.open(world.url(f"questions/{why.id}/delete"))
    person.send(action="/delete")
    assert labels(world) == ["Size"]


def test_archiving_is_undone_with_one_press(world: World, asking: Asking) -> None:
    with world.writing():
        size = asking.add("choice", "Size")
        answer(world, size, "c1")
    person = organiser(world)
    person.open(world.url(f"questions/{size.id}"))
    page = person.send(action="/archive")
    assert "The question is archived" in page
    assert "Size" in person.open(world.url("questions/?show=archived"))
    person.send(action=f"/{size.id}/archive")
    assert labels(world) == ["Size"]


def test_two_colleagues_on_one_question_see_both_versions(world: World, asking: Asking) -> None:
    with world.writing():
        size = asking.add("choice", "Size")
    first, second = organiser(world), organiser(world)
    for person in (first, second):
        person.open(world.url(f"questions/{size.id}"))
    first.send({"choice_c1-en": "Tiny"})
    assert "Tiny" in first.open(world.url(f"questions/{size.id}")).partition('id="history"')[2]
    page = second.send({"choice_c1-en": "Little"}, expect=409)
    assert "Tiny" in page
    assert 'value="Little"' in page


def test_the_preview_shows_the_questions_in_the_language_of_the_page(world: World, asking: Asking) -> None:
    with world.writing():
        asking.add("choice", "Size", choices=("Small", "Large"))
    person = organiser(world)
    assert "Size (fr)" in person.open(world.url("questions/preview", language="fr"))
    page = person.open(world.url("questions/preview"))
    assert ("Size" in page, "Small (fr)" in page) == (True, False)


def test_a_missing_translation_is_found(world: World, asking: Asking) -> None:
    with world.writing():
        asking.add("text", "Why?", english=False)
    page = organiser(world).open(world.url(""))
    assert "1 question to guests lacks words in English" in page
