"""Who can follow what: counted by hand, and against what must hold for any crowd."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.interpretation.coverage import Following, crowds, following
from plugins.interpretation.sessions import Pair

FR_EN, EN_FR = Pair("fr", "en"), Pair("en", "fr")
# Ten people: six understand both, two only French, one only English and German, one has not said
CROWD = {
    frozenset({"fr", "en"}): 6,
    frozenset({"fr"}): 2,
    frozenset({"en", "de"}): 1,
    frozenset[str](): 1,
}


def test_people_are_counted_once_per_item_by_what_they_understand() -> None:
    attending = [(7, 1), (7, 2), (7, 3), (7, 3), (8, 1)]  # the third is expected twice, in two halves of the item

    assert crowds(attending, {1: ["fr", "en"], 2: ["en", "fr"], 3: []}) == {
        7: {frozenset({"fr", "en"}): 2, frozenset(): 1},
        8: {frozenset({"fr", "en"}): 1},
    }


def test_a_plenary_in_two_languages_is_followed_by_those_who_understand_both() -> None:
    assert following(CROWD, ["fr", "en"], [FR_EN, EN_FR]) == Following(
        attending=10,
        silent=1,
        lacking={"fr": 1, "en": 2},
        unable=3,
        left=0,
        listeners={FR_EN: 1, EN_FR: 2},
        served=3,
    )


@pytest.mark.parametrize(
    "pairs, settled, left",
    [
        ([], [], 2),
        ([EN_FR], [], 0),
        ([Pair("en", "de")], [], 2),  # nobody whom it leaves out understands German
        ([], [EN_FR], 0),  # decided against: nobody is left out unnoticed
    ],
)
def test_who_is_left_out_of_an_english_talk(pairs: list[Pair], settled: list[Pair], left: int) -> None:
    found = following(CROWD, ["en"], pairs, settled=settled)

    assert (found.unable, found.left) == (2, left)


def test_questions_in_a_language_off_the_floor_have_listeners_too() -> None:
    found = following(CROWD, ["en"], [EN_FR, FR_EN])

    assert (found.listeners, found.served) == ({EN_FR: 2, FR_EN: 1}, 3)


def test_on_a_visit_everything_is_said_in_each_language() -> None:
    crowd = {frozenset({"fr"}): 3, frozenset({"en"}): 4, frozenset({"pl"}): 1}

    assert following(crowd, ["fr", "en"], [], repeated=True) == Following(
        attending=8, lacking={"fr": 5, "en": 4}, unable=1, left=1
    )
    assert following(crowd, ["fr", "en"], [Pair("en", "pl")], repeated=True).left == 0


def test_somebody_who_understands_two_targets_takes_one_headset() -> None:
    crowd = {frozenset({"fr", "de"}): 1}

    found = following(crowd, ["en"], [EN_FR, Pair("en", "de")])

    assert (found.listeners, found.served) == ({EN_FR: 1, Pair("en", "de"): 1}, 1)


def test_nobody_is_left_out_where_nothing_is_said() -> None:
    assert following(CROWD, [], []) == Following(attending=10, silent=1)


LANGUAGES = st.sampled_from(["fr", "en", "de", "pl"])
PAIRS = st.builds(Pair, LANGUAGES, LANGUAGES).filter(lambda pair: pair.source != pair.target)


@given(
    st.dictionaries(st.frozensets(LANGUAGES), st.integers(1, 50)),
    st.lists(LANGUAGES, unique=True),
    st.lists(PAIRS, unique=True),
    st.booleans(),
)
def test_interpretation_leaves_out_no_more_than_none_does(
    crowd: dict[frozenset[str], int], floor: list[str], pairs: list[Pair], repeated: bool
) -> None:
    found = following(crowd, floor, pairs, repeated=repeated)
    without = following(crowd, floor, [], repeated=repeated)

    assert 0 <= found.left <= without.left == found.unable <= found.attending - found.silent
    assert max(found.listeners.values(), default=0) <= found.served <= sum(found.listeners.values())
