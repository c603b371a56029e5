"""Who may be on the lists twice: found for the organisers, with both names, and no guest is stopped by it."""

from __future__ import annotations

import pytest

from eventhub.db import statement_count
from eventhub.delegations import domain, doubles
from eventhub.delegations.seats import Person as Named
from eventhub.testing import World
from tests.browsing import Person


def name(world: World, delegation: str, *people: tuple[str, str]) -> None:
    with world.writing():
        found = world.delegation(delegation, quota=len(people))
        named = [Named(seat.id, who, email=email) for seat, (who, email) in zip(found.seats, people, strict=True)]
        domain.save_people(world.event, found, named, by=world.by, hooks=world.hooks)


def pairs(world: World) -> list[tuple[str, str, str]]:
    return [(pair.first.name, pair.second.name, pair.email) for pair in doubles.found(world.event)]


def test_one_name_with_and_without_accents_in_two_delegations_is_found(world: World) -> None:
    name(world, "Prague", ("Jana Nováková", "jana@praha.eu"), ("Petr Dvořák", ""))
    name(world, "Brno", ("JANA NOVAKOVA", "jana@brno.eu"))
    assert pairs(world) == [("Jana Nováková", "JANA NOVAKOVA", "")]
    desk = Person(world.client(world.owner))
    text = desk.open(world.url(""))
    assert "Jana Nováková (Prague) and JANA NOVAKOVA (Brno) may be one person" in text
    assert "Their names differ in accents or capitals at most." in text


def test_one_address_in_two_delegations_is_found_once_and_links_to_both(world: World) -> None:
    name(world, "Prague", ("Jana Nováková", "Jana@Example.org"))
    name(world, "Brno", ("Jana Nováková", "jana@example.org"))
    assert pairs(world) == [("Jana Nováková", "Jana Nováková", "jana@example.org")]
    (check,) = list(doubles.checks(world.event))
    text = Person(world.client(world.owner)).open(check.url)
    assert ("Prague" in text, "Brno" in text) == (True, True)


@pytest.mark.parametrize("first, second", [("Jana Nováková", "Jana Novotná"), ("Anna Novak", "Jana Novak")])
def test_two_people_are_two(world: World, first: str, second: str) -> None:
    name(world, "Prague", (first, "one@example.org"))
    name(world, "Brno", (second, "two@example.org"))
    assert pairs(world) == []


def test_who_does_not_come_any_more_is_nobody_s_double(world: World) -> None:
    name(world, "Prague", ("Jana Nováková", ""))
    with world.writing():
        found = world.delegation("Brno", quota=1)
        domain.save_people(
            world.event, found, [Named(found.seats[0].id, "Jana Novakova")], by=world.by, hooks=world.hooks
        )
        domain.withdraw(world.event, found, "", by=world.by, hooks=world.hooks)
    assert pairs(world) == []


def test_an_import_gone_wrong_does_not_bury_the_other_checks(world: World) -> None:
    everybody = [(f"Guest Number{number}", "") for number in range(30)]
    for delegation in ("Prague", "Brno"):
        name(world, delegation, *everybody)
    assert len(pairs(world)) == doubles.SHOWN
    assert statement_count(world.app, lambda: doubles.found(world.event)) <= 2
