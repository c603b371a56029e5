"""When a question is asked, as a table and as properties."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.questions.conditions import Asked, Said, applies

EVE, DAY, HOTEL, SIZE = 1, 2, 3, 4
ASKED = {
    one.id: one
    for one in (
        Asked(EVE),
        Asked(DAY, EVE, frozenset({"yes"})),
        Asked(HOTEL, DAY, frozenset({"c1", "c2"})),
        Asked(SIZE, 9, frozenset({"yes"})),
    )
}


@pytest.mark.parametrize(
    "question, said, asked",
    [
        (EVE, {}, True),
        (DAY, {}, False),
        (DAY, {EVE: None}, False),
        (DAY, {EVE: ""}, False),
        (DAY, {EVE: []}, False),
        (DAY, {EVE: "no"}, False),
        (DAY, {EVE: "yes"}, True),
        (DAY, {EVE: ["no", "yes"]}, True),
        (DAY, {EVE: "yes please"}, False),
        (HOTEL, {EVE: "yes", DAY: "c2"}, True),
        (HOTEL, {EVE: "yes", DAY: "c3"}, False),
        (HOTEL, {EVE: "no", DAY: "c2"}, False),  # what is stored for a question that is not asked any more
        (SIZE, {9: "yes"}, False),  # depends on a question that is not there
        (99, {}, False),
    ],
)
def test_a_question_is_asked_where_its_condition_and_those_above_hold(
    question: int, said: dict[int, Said], asked: bool
) -> None:
    assert applies(question, ASKED, said) is asked


def test_questions_in_a_circle_are_not_asked() -> None:
    circle = {1: Asked(1, 2, frozenset({"yes"})), 2: Asked(2, 1, frozenset({"yes"}))}
    assert not applies(1, circle, {1: "yes", 2: "yes"})


SETS = [frozenset(letters) for letters in ("", "a", "b", "ab")]
answers = st.dictionaries(st.integers(1, 4), st.sampled_from([None, "a", "b", ["a", "b"]]), max_size=4)
conditions = st.dictionaries(
    st.integers(1, 4), st.tuples(st.sampled_from([None, 1, 2, 3, 4]), st.sampled_from(SETS)), max_size=4
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no reason to fail
@given(conditions, answers)
def test_whatever_is_asked_and_answered_it_ends_and_follows_its_source(
    made: dict[int, tuple[int | None, frozenset[str]]], said: dict[int, Said]
) -> None:
    asked = {key: Asked(key, source, wanted) for key, (source, wanted) in made.items()}
    for key, one in asked.items():
        if applies(key, asked, said) and one.source is not None:
            assert applies(one.source, asked, said)
            assert one.wanted & set(said[one.source] or ())
