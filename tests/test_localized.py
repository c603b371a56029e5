"""A text in several languages and the states of its halves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eventhub.localized import Half, LocalizedText, State

TEXT = LocalizedText.of(fr="Visite", en="Visit")


def test_a_missing_half_is_missing_not_replaced() -> None:
    only_french = LocalizedText.of(fr="Visite")
    assert only_french.text("en") is None
    assert only_french.state("en") is State.MISSING
    assert only_french.gaps(["fr", "en"]) == ("en",)


def test_rewriting_one_half_makes_the_reviewed_others_stale() -> None:
    changed = TEXT.rewritten({"fr": "Visite guidée", "en": "Visit"})
    assert changed.halves == {"fr": Half("Visite guidée", State.REVIEWED), "en": Half("Visit", State.STALE)}


def test_filling_a_missing_half_in_makes_nothing_stale() -> None:
    filled = LocalizedText.of(fr="Visite").rewritten({"fr": "Visite", "en": "Visit"})
    assert filled == TEXT


def test_mending_the_stale_half_is_enough() -> None:
    stale = TEXT.rewritten({"fr": "Visite guidée", "en": "Visit"})
    mended = stale.rewritten({"fr": "Visite guidée", "en": "Guided visit"})
    assert mended.state("en") is State.REVIEWED
    assert mended.text("fr") == "Visite guidée"


def test_a_form_that_changes_nothing_changes_no_state() -> None:
    stale = TEXT.rewritten({"fr": "Visite guidée", "en": "Visit"})
    assert stale.rewritten({"fr": "Visite guidée", "en": "Visit"}) is stale


def test_an_emptied_half_is_missing() -> None:
    assert TEXT.rewritten({"fr": "Visite", "en": ""}).text("en") is None


def test_a_language_that_the_form_does_not_show_keeps_its_half() -> None:
    three = LocalizedText.of(fr="Visite", en="Visit", cs="Návštěva")
    assert three.rewritten({"fr": "Visite guidée", "en": "Guided visit"}).text("cs") == "Návštěva"


def test_a_record_is_pointed_at_with_another_half_in_brackets() -> None:
    assert LocalizedText.of(fr="Visite").label("en") == "[Visite]"
    assert LocalizedText().label("en") == ""


@given(
    st.dictionaries(st.sampled_from(["fr", "en", "cs"]), st.tuples(st.text(min_size=1), st.sampled_from(list(State))))
)
def test_json_and_back_is_the_same_text(halves: dict[str, tuple[str, State]]) -> None:
    text = LocalizedText({language: Half(*half) for language, half in halves.items()})
    assert LocalizedText.from_json(text.to_json()) == text
