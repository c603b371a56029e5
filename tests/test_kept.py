"""Public pages are kept for strangers until the event changes; whoever is known has theirs made."""

from __future__ import annotations

import subprocess
import sys

from eventhub import db, kept
from eventhub.activity import SYSTEM
from eventhub.db import transaction
from eventhub.events import domain
from eventhub.events.models import Event
from eventhub.testing import World


def rename(world: World, title: str) -> None:
    with transaction():
        event = db.locked(Event, world.event.id)
        domain.change(event, {"title": {"fr": title, "en": title}}, by=SYSTEM, hooks=world.hooks)


def test_a_stranger_sees_a_change_at_once(world: World) -> None:
    stranger = world.client()
    address = world.url("", area="e")
    assert "Test event" in stranger.get(address).text
    rename(world, "Renamed")
    assert "Renamed" in stranger.get(address).text


def test_the_second_stranger_costs_no_more_than_finding_the_event_and_its_revision(world: World) -> None:
    for path in ("", "programme"):
        address = world.url(path, area="e")
        world.client().get(address)
        # BEGIN, the event, its revision
        assert db.statement_count(world.app, lambda address=address: world.client().get(address)) == 3


def test_each_language_keeps_its_own_page(world: World) -> None:
    stranger = world.client()
    english, french = (stranger.get(world.url("programme", code, "e")).text for code in ("en", "fr"))
    assert 'lang="en"' in english
    assert 'lang="fr"' in french
    assert stranger.get(world.url("programme", "en", "e")).text == english


def test_an_organiser_has_a_page_of_their_own_and_leaves_none_behind(world: World) -> None:
    organiser = world.client(world.owner)
    assert "Organisers’ pages" in organiser.get(world.url("programme", area="e")).text
    assert "Organisers’ pages" not in world.client().get(world.url("programme", area="e")).text
    assert "Organisers’ pages" in organiser.get(world.url("programme", area="e")).text


def test_what_lacks_a_plugins_part_is_not_kept(world: World) -> None:
    from flask import g

    asked = []

    def ask() -> str:
        asked.append(1)
        g.hook_failures = {"visits": "public_links"}
        return "half"

    assert [kept.answer(world.event.id, "page", ask) for _n in range(2)] == ["half", "half"]
    assert len(asked) == 2


def test_a_worker_starts_without_the_companions_that_libraries_like_to_have() -> None:
    said = "import sys, eventhub; print(sorted({'rich', 'webauthn', 'authlib', 'holidays'} & sys.modules.keys()))"
    answer = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
    control = "import structlog; " + said  # what the guard must see: rich is installed, and structlog finds it
    answer = subprocess.run([sys.executable, "-c", control], capture_output=True, text=True, check=True)
    assert "rich" in answer.stdout
