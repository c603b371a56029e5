"""French typography: what must not part at the end of a line."""

from __future__ import annotations

import time

import pytest

from eventhub.documents.spacing import spaced, spaced_runs

N, T = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    "typed, printed",
    [
        ("Venez !", f"Venez{T}!"),
        ("Qui vient ?", f"Qui vient{T}?"),
        ("le car ; le vélo", f"le car{T}; le vélo"),
        ("Salle : Arcades", f"Salle{N}: Arcades"),
        (f"Salle{T}: Arcades", f"Salle{N}: Arcades"),
        ("« Vizille »", f"«{N}Vizille{N}»"),
        ("«Vizille»", f"«{N}Vizille{N}»"),
        ("14 h 30", f"14{N}h{N}30"),
        ("à 9 h", f"à 9{N}h"),
        ("12 % de 40 €", f"12{N}% de 40{N}€"),
        ("Who decides?", "Who decides?"),
        ("https://example.org/?a=b;c:d", "https://example.org/?a=b;c:d"),
        ("14:30", "14:30"),
        ("", ""),
    ],
)
def test_french_keeps_its_signs_with_their_words(typed: str, printed: str) -> None:
    assert spaced(typed, "fr") == printed
    assert spaced(printed, "fr") == printed
    assert spaced(typed, "fr-CH") == printed


def test_other_languages_are_left_alone() -> None:
    assert spaced("Venez ! « Vizille » 14 h 30", "en") == "Venez ! « Vizille » 14 h 30"
    assert spaced("Venez !", "frr") == "Venez !"


def test_the_rule_sees_across_a_change_of_style() -> None:
    assert spaced_runs(["Horaire ", ": «", "Vizille", "»"], "fr") == [f"Horaire{N}", ": «", f"{N}Vizille{N}", "»"]


def test_a_run_of_spaces_costs_no_more_than_its_length() -> None:
    started = time.perf_counter()
    spaced(" " * 300_000 + "«" * 300_000, "fr")
    assert time.perf_counter() - started < 3
