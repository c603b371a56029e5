"""A language goes out when its texts are complete, or with a reason; every component may hold it back."""

from __future__ import annotations

from typing import Any

import pytest

from eventhub.api import DossierSection, LocalizedText, Missing, Refused, State, events, from_json, jobs, session
from eventhub.testing import World
from plugins.dossiers import domain, gathering, own_texts
from plugins.dossiers.domain import NotComplete, NothingChosen, Publication
from plugins.dossiers.models import Kind

from .conftest import Probe, Publish, Write, do_jobs


def gates(world: World, kind: Kind = Kind.PROGRAMME) -> dict[str, list[tuple[str, State]]]:
    found = domain.gates(world.event, kind, gathering.texts(world.event))
    return {gate.language: [(gap.entry.key, gap.state) for gap in gate.gaps] for gate in found}


def test_a_complete_dossier_has_no_gaps(world: World, write: Write) -> None:
    write()
    assert gates(world) == {"fr": [], "en": []}


def test_a_missing_half_is_named_in_its_language_only(world: World, write: Write) -> None:
    key = write(en="")
    assert gates(world) == {"fr": [], "en": [(f"dossiers.section.{key}.text", State.MISSING)]}


def test_a_half_whose_source_has_changed_is_a_gap_until_somebody_reads_it_again(world: World, write: Write) -> None:
    key = write()
    with world.writing():
        section = own_texts.section_for_change(world.event, key)
        own_texts.change_section(world.event, section, {"text": {"fr": "Bonsoir", "en": "Hello"}}, by=world.by)
    assert gates(world)["en"] == [(f"dossiers.section.{key}.text", State.STALE)]

    with world.writing():
        section = own_texts.section_for_change(world.event, key)
        own_texts.read_again(world.event, section, "en", by=world.by)
    assert gates(world) == {"fr": [], "en": []}
    assert section.text == LocalizedText.of(fr="Bonsoir", en="Hello")


def test_a_text_of_another_dossier_holds_nothing_back(world: World, write: Write) -> None:
    key = write(en="", kinds=[Kind.PARTICIPANT])
    assert gates(world)["en"] == []
    assert gates(world, Kind.PARTICIPANT)["en"] == [(f"dossiers.section.{key}.text", State.MISSING)]


def test_texts_of_other_components_hold_it_back_too(world: World) -> None:
    with world.writing():
        item = world.item(title="Plénière")
        item.title = LocalizedText.of(fr="Plénière")
    assert gates(world)["en"] == [(f"events.item.{item.id}.title", State.MISSING)]


def test_the_way_to_a_venue_holds_it_back_too(world: World) -> None:
    with world.writing():
        venue = events.add_venue(world.event, {"name": "Halle", "access": {"fr": "Tram A"}}, by=world.by)
    assert gates(world)["en"] == [(f"events.venue.{venue.id}.access", State.MISSING)]


def test_an_incomplete_language_is_refused_without_a_reason(world: World, write: Write, publish: Publish) -> None:
    write(en="")
    with pytest.raises(NotComplete) as refusal:
        publish("fr", "en")
    assert "English (1)" in str(refusal.value)
    session().rollback()
    assert domain.editions(world.event) == []


def test_the_complete_language_goes_out_alone(world: World, write: Write, publish: Publish) -> None:
    write(en="")
    editions = publish("fr")
    assert [(edition.language, edition.waiver, edition.gaps) for edition in editions] == [("fr", "", [])]


def test_a_waived_language_goes_out_with_its_gaps_shown_and_the_reason_kept(
    world: World, write: Write, publish: Publish
) -> None:
    key = write(en="")
    english, french = publish("fr", "en", reason="The translator is ill.")
    assert (english.waiver, english.gaps) == ("The translator is ill.", [f"dossiers.section.{key}.text"])
    assert (french.waiver, french.gaps) == ("", [])
    missing = [block.text for block in from_json(english.content).blocks if isinstance(block, Missing)]
    assert missing == ["Not available in English yet: the text of this section."]
    assert b"Bonjour" not in english.html


def test_at_least_one_language_of_the_event_is_chosen(world: World) -> None:
    with world.writing():
        for languages in ([], ["de"]):
            with pytest.raises(NothingChosen):
                domain.ask_for_edition(world.event, languages, "", [], by=world.by, hooks=world.hooks, speaks="en")


def test_a_plugin_may_veto_a_language(world: World, probe: Probe, publish: Publish) -> None:
    asked: list[tuple[Any, str]] = []

    def veto(subject: Any, language: str) -> None:
        asked.append((subject, language))
        if language == "en":
            raise Refused("The visits are not allocated yet.")

    probe.veto = veto
    with pytest.raises(Refused, match="not allocated yet"):
        publish("fr", "en")
    assert asked == [(Publication(Kind.PROGRAMME, "fr"), "fr"), (Publication(Kind.PROGRAMME, "en"), "en")]
    session().rollback()
    assert domain.editions(world.event) == []


def test_what_changes_while_the_job_waits_is_checked_again(world: World, write: Write) -> None:
    with world.writing():
        found = domain.gates(world.event, Kind.PROGRAMME, gathering.texts(world.event))
        job = domain.ask_for_edition(world.event, ["en"], "", found, by=world.by, hooks=world.hooks, speaks="en")
    write(en="")
    do_jobs()
    stored = session().get_one(jobs.Job, job.id)
    assert (stored.state, "English (1)" in stored.error) == ("failed", True)
    assert domain.editions(world.event) == []


def test_a_dossier_without_the_part_of_a_broken_plugin_is_not_frozen(world: World, probe: Probe) -> None:
    def broken(audience: Any) -> list[DossierSection]:
        raise ZeroDivisionError

    probe.sections = broken
    with world.writing():
        found = domain.gates(world.event, Kind.PROGRAMME, gathering.texts(world.event))
        job = domain.ask_for_edition(world.event, ["fr"], "", found, by=world.by, hooks=world.hooks, speaks="en")
    do_jobs()
    stored = session().get_one(jobs.Job, job.id)
    assert (stored.state, "“probe”" in stored.error) == ("failed", True)
    assert domain.editions(world.event) == []
