"""Filters saved under a name: one's own, shared with colleagues, renamed, deleted and taken back."""

from __future__ import annotations

import re

import pytest

from eventhub.access.models import EventRole
from eventhub.testing import World
from tests.browsing import Person


@pytest.fixture
def organiser(world: World) -> Person:
    return Person(world.client(world.owner))


def filters(page: str) -> list[str]:
    found = re.search(r'<nav aria-label="Saved filters">.*?</nav>', page, re.S)
    return re.findall(r'<a href="[^"]*delegations/\?[^"]*"[^>]*>([^<]+)</a>', found[0]) if found else []


def test_filters_are_saved_shared_renamed_deleted_and_taken_back(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation("Ghent", country="BE")
        world.delegation("Prague", country="CZ")
        user = world.organiser(EventRole.WELCOME)
    colleague = Person(world.client(user))
    place = world.url("delegations/")
    organiser.open(f"{place}?country=BE&column=city&sort=-name&page=1")
    page = organiser.send({"name": "Belgians <b>"}, action="filters/save")
    assert "The filters are saved as" in page
    assert filters(page) == ["Belgians &lt;b&gt;"]
    saved = re.findall(r'href="([^"]*delegations/\?country=BE[^"]*)"', page)[0].replace("&amp;", "&")
    assert "page=" not in saved
    page = organiser.open(saved)
    assert re.findall(r"<bdi>([^<]+)</bdi></a></th>", page) == ["Ghent"]
    assert 'aria-current="page">Belgians' in page
    assert filters(colleague.open(place)) == []

    organiser.open(world.url("delegations/filters/"))
    organiser.send({"name": "Belgium", "shared": "y"})
    assert filters(colleague.open(place)) == ["Belgium"]
    assert "Shared by a colleague" in colleague.open(world.url("delegations/filters/"))
    organiser.open(world.url("delegations/filters/"))
    assert "“Belgium” is deleted." in organiser.send(action="/delete")
    assert filters(colleague.open(place)) == []
    organiser.open(world.url("delegations/filters/"))


def test_a_deleted_filter_is_taken_back_and_a_colleagues_is_out_of_reach(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation("Ghent", country="BE")
        user = world.organiser(EventRole.WELCOME)
    colleague = Person(world.client(user))
    place = world.url("delegations/")
    organiser.open(f"{place}?country=BE")
    organiser.send({"name": "Belgium", "shared": "y"}, action="filters/save")
    colleague.open(f"{place}?country=BE")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', colleague.text)[0]
    for act in ("", "/delete", "/restore"):
        address = world.url(f"delegations/filters/1{act}")
        assert colleague.client.post(address, data={"csrf_token": token, "name": "Mine"}).status_code == 404
    organiser.open(world.url("delegations/filters/"))
    organiser.send(action="/delete")
    assert filters(organiser.open(place)) == []
    organiser.open(world.url("delegations/filters/"))
    organiser.client.post(world.url("delegations/filters/1/restore"), data={"csrf_token": token_of(organiser)})
    assert filters(organiser.open(place)) == ["Belgium"]


def token_of(person: Person) -> str:
    return re.findall(r'name="csrf_token" value="([^"]+)"', person.text)[0]


def test_the_same_name_again_means_these_filters_from_now_on(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation("Ghent", country="BE")
    place = world.url("delegations/")
    for query in ("country=BE", "state=invited"):
        organiser.open(f"{place}?{query}")
        page = organiser.send({"name": "Mine"}, action="filters/save")
    assert filters(page) == ["Mine"]
    assert "?state=invited" in page
    organiser.open(f"{place}?country=BE")
    assert "Give these filters a name" in organiser.send({"name": " "}, action="filters/save", expect=422)
