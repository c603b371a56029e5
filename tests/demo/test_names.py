"""Names of fictional people."""

from __future__ import annotations

import pytest

from eventhub.demo import names


def test_names_are_written_as_their_country_writes_them() -> None:
    assert [names.name(pool, 1) for pool in ("CZ", "IS", "PL", "NL", "EU")] == [
        "Řehoř Dvořáček",
        "Örn Sæmundarson",
        "Łukasz Gałązka",
        "IJsbrand IJzerman",
        "Милен Ковачев",
    ]


def test_a_woman_and_a_man_have_their_own_form_of_a_family_name() -> None:
    assert (names.name("IS", 0), names.name("IS", 13)) == ("Þóra Hjaltadóttir", "Örn Hjaltason")


@pytest.mark.parametrize("pool", names.ONE_COUNTRY)
def test_a_pool_gives_everybody_another_name_for_a_long_while(pool: str) -> None:
    lists = names.POOLS[pool]
    pairs = len(lists.given) * len(lists.family)
    assert len({names.name(pool, n) for n in range(pairs)}) == pairs


@pytest.mark.parametrize("pool", names.POOLS)
def test_women_and_men_take_turns_in_every_pool(pool: str) -> None:
    """An odd number of given names would let a man's name meet a woman's form of the family name."""
    assert len(names.POOLS[pool].given) % 2 == 0


@pytest.mark.parametrize(
    "name, address",
    [
        ("Łukasz Gałązka", "lukasz.galazka@example.org"),
        ("Þóra Hjaltadóttir", "thora.hjaltadottir@example.org"),
        ("Anaïs L’Hostis", "anais.lhostis@example.org"),
        ("Marcel·lí Rovirosa", "marcelli.rovirosa@example.org"),
        ("Naïma Vanderlinden-Diallo", "naima.vanderlinden.diallo@example.org"),
        ("Ελένη Δημητριάδου", "eurocities.1@example.org"),
    ],
)
def test_an_address_is_made_of_the_name_where_its_letters_allow(name: str, address: str) -> None:
    assert names.address(name, "eurocities.1") == address
