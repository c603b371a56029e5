"""People rank visits: a head for the delegation, a person for themselves, an organiser on the phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from eventhub.activity import Actor
from eventhub.clock import now as present
from eventhub.db import session, statement_count
from eventhub.delegations import domain as delegations
from eventhub.testing import World
from plugins.field_visits import domain, sections, wishes
from tests.browsing import Person

GUEST = Actor("guest")


def choices(world: World, delegation: Any) -> str:
    return world.url(f"registration/{delegation.id}/choices", area="e")


def ranked(person: Any, *slots: Any) -> dict[str, int]:
    return {f"field_visits-{person.id}-rank_{number}": slot.id for number, slot in enumerate(slots, start=1)}


def test_a_head_ranks_visits_for_each_person(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk", walking_level=3)
        party = world.delegation(people=2)
        first, second = world.people(party)
    head = Person(world.guest(party))

    page = head.open(choices(world, party))
    head.send(ranked(first, forest, urban) | ranked(second, urban))

    assert "Forest walk – hilly ways, English" in page
    assert page.count("Read about the visits") == 1
    session().rollback()
    assert visits.now().wishes == {first.id: (forest.id, urban.id), second.id: (urban.id,)}


def test_the_same_visit_in_two_ranks_is_said_beside_the_second(world: World, visits: Any) -> None:
    with world.writing():
        urban, _forest = visits.slot("Urban project"), visits.slot("Forest walk")
        party = world.delegation(people=1)
        person = world.people(party)[0]
    head = Person(world.guest(party))

    head.open(choices(world, party))
    page = head.send(ranked(person, urban, urban), expect=422)

    assert "This visit stands in an earlier place already." in page
    session().rollback()
    assert visits.now().wishes == {}


def test_a_rank_left_open_between_two_is_closed_up(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest, _third = visits.slot("Urban project"), visits.slot("Forest walk"), visits.slot("Greenway")
        party = world.delegation(people=1)
        person = world.people(party)[0]
    head, key = Person(world.guest(party)), f"field_visits-{person.id}-rank_"

    head.open(choices(world, party))
    head.send({f"{key}1": urban.id, f"{key}3": forest.id})

    session().rollback()
    assert visits.now().wishes == {person.id: (urban.id, forest.id)}


def test_a_person_ranks_on_their_own_page(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        person = world.people(world.delegation(people=1))[0]

    guest = Person(world.guest(person))

    guest.open(world.url(f"me/{person.id}/needs", area="e"))
    guest.send(ranked(person, urban))

    session().rollback()
    assert visits.now().wishes == {person.id: (urban.id,)}


def test_a_registration_says_whose_wishes_are_missing(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        party = world.delegation("Ghent", people=2)
        chose, _silent = world.people(party)
        visits.wish(chose, urban)
    overview = world.url(f"registration/{party.id}/", area="e")

    page = Person(world.guest(party)).open(overview)

    assert "Ghent Person 2: wishes for the field visits" in page
    assert "Ghent Person 1: wishes for the field visits" not in page


def test_who_arrives_after_the_visits_is_not_asked(world: World, visits: Any) -> None:
    with world.writing():
        visits.slot("Urban project")
        party = world.delegation(people=2)
        there, late = world.people(party)
        arrival = datetime(2025, 3, 26, 16, 0, tzinfo=world.event.zone)
        travel = [delegations.Travel(direction, "train", at=arrival) for direction in ["arrival"]]
        delegations.save_travel(world.event, late, travel, by=world.by, hooks=world.hooks)

    page = Person(world.guest(party)).open(choices(world, party))

    assert f"field_visits-{there.id}-rank_1" in page
    assert f"field_visits-{late.id}-rank_1" not in page
    assert [person.id for person in visits.now().silent] == [there.id]


def test_the_host_team_may_choose_and_need_not(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        hosts = world.delegation("Host", people=2, role="host")
        companion, stays = world.people(hosts)
        visits.wish(companion, urban)

    now = visits.now()

    assert now.silent == []
    assert [person.id for person in now.to_place] == [companion.id]
    assert stays.id not in now.wishes


def test_guests_cannot_change_wishes_after_the_deadline_and_organisers_can(world: World, visits: Any) -> None:
    with world.writing():
        urban, forest = visits.slot("Urban project"), visits.slot("Forest walk")
        party = world.delegation(people=1)
        person = world.people(party)[0]
        visits.wish(person, urban)
        rules = domain.settings_for_change(world.event)
        domain.change_settings(world.event, rules, {"wishes_close_at": present()}, by=world.by)
    head = Person(world.guest(party))
    head.open(choices(world, party))
    world.app.config["TODAY"] = datetime(2025, 3, 14, 9, 0, tzinfo=world.event.zone)
    organiser = Person(world.client(world.owner))

    late = head.send(ranked(person, forest), expect=422)
    organiser.open(world.url(f"field-visits/people/{person.id}/wishes"))
    organiser.send(ranked(person, forest))

    assert "Wishes could be given until Thursday, 13 March 2025, 09:00." in late
    session().rollback()
    assert visits.now().wishes == {person.id: (forest.id,)}


def test_after_the_deadline_a_guest_reads_the_wishes_and_is_not_asked_for_more(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        party = world.delegation("Ghent", people=2)
        chose, silent = world.people(party)
        visits.wish(chose, urban)
        rules = domain.settings_for_change(world.event)
        domain.change_settings(world.event, rules, {"wishes_close_at": present()}, by=world.by)
    world.app.config["TODAY"] = datetime(2025, 3, 14, 9, 0, tzinfo=world.event.zone)
    head = Person(world.guest(party))

    page = head.open(choices(world, party))
    overview = head.open(world.url(f"registration/{party.id}/", area="e"))

    assert "<li>Urban project – short flat ways, English</li>" in page
    assert "No wishes yet." in page
    assert "<select" not in page
    assert f"{silent.name}: wishes for the field visits" not in overview


def test_asking_a_delegation_costs_the_same_whoever_else_comes(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project", 1, 50)
        party = world.delegation(people=2)
    asked = world.people(party)

    def work() -> None:
        session().rollback()
        assert len(list(sections.sections(world.event, "choices", asked, False))) == 2

    few = statement_count(world.app, work)
    with world.writing():
        for _n in range(6):
            for person in world.people(world.delegation(people=4)):
                visits.wish(person, urban)

    assert statement_count(world.app, work) == few


def test_saving_other_choices_after_the_deadline_is_no_late_wish(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        person = world.people(world.delegation(people=1))[0]
        visits.wish(person, urban)
        rules = domain.settings_for_change(world.event)
        domain.change_settings(world.event, rules, {"wishes_close_at": present()}, by=world.by)
    world.app.config["TODAY"] = datetime(2025, 3, 14, 9, 0, tzinfo=world.event.zone)

    with world.writing():
        wishes.choose(world.event, visits.now(), person, [urban.id], abstains=False, by=GUEST)

    assert visits.now().wishes == {person.id: (urban.id,)}


def test_who_takes_part_in_no_visit_gives_back_the_place(world: World, visits: Any) -> None:
    with world.writing():
        urban = visits.slot("Urban project")
        party = world.delegation(people=2)
        leaves, stays = world.people(party)
        visits.wish(leaves, urban)
        visits.wish(stays, urban)
        visits.publish()

    head = Person(world.guest(party))
    head.open(choices(world, party))
    head.send({f"field_visits-{leaves.id}-abstains": "y"})

    assert visits.places() == {stays.name: "Urban project"}
    assert domain.slot(world.event, urban.id).places_used == 1
    assert visits.now().silent == []


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_a_departure_that_is_not_offered_cannot_be_wished(world: World, visits: Any, state: str) -> None:
    with world.writing():
        urban, hidden = visits.slot("Urban project"), visits.slot("Hidden")
        hidden.state = state
        person = world.people(world.delegation(people=1))[0]

    with pytest.raises(wishes.NotOffered), world.writing():
        wishes.choose(world.event, visits.now(), person, [urban.id, hidden.id], abstains=False, by=GUEST)
