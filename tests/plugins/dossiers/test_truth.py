"""What dossiers tell the truth page, and what the reference event holds."""

from __future__ import annotations

from datetime import UTC, datetime

from eventhub import hookspecs
from eventhub.api import Deadline, Severity, State, session
from eventhub.demo.fixtures import ToldWorld
from eventhub.testing import World
from plugins.dossiers import contributions, domain, own_texts
from plugins.dossiers.models import Place

from .conftest import Publish, Write


def due(world: World) -> list[tuple[datetime, bool]]:
    return [(line.at.astimezone(UTC), line.done) for line in contributions.deadlines(world.event)]


def test_a_stale_half_is_named_and_the_language_is_held_back(world: World, write: Write) -> None:
    key = write()
    with world.writing():
        section = own_texts.section_for_change(world.event, key)
        own_texts.change_section(world.event, section, {"text": {"fr": "Bonsoir", "en": "Hello"}}, by=world.by)
    found = [(check.rule, check.subject, check.severity, check.title) for check in contributions.checks(world.event)]
    assert found == [
        (
            "dossiers.incomplete",
            "en",
            Severity.TO_COMPLETE,
            "1 text keeps the programme dossier from being published in English",
        ),
        ("dossiers.stale", f"{key}-en", Severity.TO_COMPLETE, "“A word of welcome” is not up to date in English"),
    ]


def test_a_complete_dossier_leaves_nothing_to_say(world: World, write: Write) -> None:
    write()
    assert list(contributions.checks(world.event)) == []


def test_editions_are_due_21_and_7_days_before_the_event(world: World, publish: Publish) -> None:
    first, final = datetime(2025, 3, 4, 17, tzinfo=UTC), datetime(2025, 3, 18, 17, tzinfo=UTC)
    assert due(world) == [(first, False), (final, False)]
    publish()  # on 13 March, in the week before the final edition is due
    assert due(world) == [(first, True), (final, True)]


def test_an_early_edition_is_not_the_final_one(world: World, publish: Publish) -> None:
    world.app.config["TODAY"] = datetime(2025, 3, 1, 8, tzinfo=UTC)
    publish()
    assert [done for _at, done in due(world)] == [True, False]


def test_deadlines_say_how_they_are_counted(world: World) -> None:
    lines = [
        line for line in world.hooks.collect(hookspecs.deadlines, event=world.event) if line.component == "dossiers"
    ]
    assert [(type(line), line.title, line.note) for line in lines] == [
        (Deadline, "First edition of the programme dossier", "21 days before the event"),
        (Deadline, "Final edition of the programme dossier", "7 days before the event"),
    ]


def test_the_reference_event_has_three_texts_and_stale_minutes(demo: ToldWorld) -> None:
    sections = own_texts.sections(demo.event)
    assert [(row.title.text("en"), row.place, row.text.state("fr"), row.text.state("en")) for row in sections] == [
        ("Welcome to Grenoble", Place.BEFORE, State.REVIEWED, State.REVIEWED),
        ("Deciding here: who does what", Place.BEFORE, State.REVIEWED, State.REVIEWED),
        ("Minutes of Barcelona 2024", Place.AFTER, State.REVIEWED, State.STALE),
    ]
    assert domain.editions(demo.event) == []
    stale = [check.title for check in contributions.checks(demo.event) if check.rule == "dossiers.stale"]
    assert stale == ["“Minutes of Barcelona 2024” is not up to date in English"]


def test_the_reference_event_is_complete_in_french(demo: ToldWorld) -> None:
    held_back = [check.subject for check in contributions.checks(demo.event) if check.rule == "dossiers.incomplete"]
    assert held_back == ["en"]
    session().rollback()
