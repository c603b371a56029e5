"""The lexicon at work: unexplained acronyms of all texts, gaps, the gate of dossiers, the lexicon of a dossier."""

from __future__ import annotations

from typing import Any

import pytest

from eventhub import hookspecs
from eventhub.api import LocalizedText, Missing, Run, Severity, Table, session, speaking
from eventhub.demo.fixtures import ToldWorld
from eventhub.testing import World, csrf_of
from plugins.glossary import contributions, detector, domain
from plugins.glossary.acronyms import Problem
from plugins.glossary.contributions import Line, lexicon
from plugins.glossary.demo_terms import TERMS
from plugins.glossary.models import Term, TermState


def add(world: World, fr: str, en: str = "", meaning: str = "", **facts: Any) -> Term:
    values = {
        "term": {"fr": fr, "en": en},
        "definition": {"fr": f"Ce que veut dire {fr.lower()}", "en": meaning},
        "state": "validated",
        "is_acronym": False,
    }
    return domain.add(world.event, values | facts, by=world.by)


def found(world: World) -> list[tuple[str, str, str]]:
    session().rollback()
    return [
        (one.finding.acronym, one.finding.language, one.finding.problem.value)
        for one in contributions.reported(world.event)
    ]


# --- acronyms -------------------------------------------------------------------------------------------------------


def test_acronyms_are_found_in_the_texts_of_other_components_each_language_on_its_own(world: World) -> None:
    with world.writing():
        world.item(title="Débat").title = LocalizedText.of(fr="Débat sur le PLUi", en="Debate on the local plan")
    assert found(world) == [("PLUi", "fr", "undefined")]


def test_an_acronym_that_the_lexicon_explains_in_the_language_may_stand(world: World) -> None:
    with world.writing():
        world.item(title="PLUi")
        term = add(world, "PLUi", state="do_not_translate", is_acronym=True)
    assert found(world) == [("PLUi", "en", "undefined")]
    with world.writing():
        stored = domain.term_for_change(world.event, term.id)
        domain.change(world.event, stored, {"definition": {"fr": "Un plan", "en": "A plan"}}, by=world.by)
    assert found(world) == []


def test_a_term_that_spells_its_acronym_out_explains_it(world: World) -> None:
    with world.writing():
        world.item(title="Le PCAEM").title = LocalizedText.of(fr="Le PCAEM")
        add(world, "Plan climat-air-énergie métropolitain (PCAEM)")
    assert found(world) == []


def test_a_forbidden_term_explains_nothing(world: World) -> None:
    with world.writing():
        world.item(title="PLUi").title = LocalizedText.of(fr="PLUi")
        add(world, "PLUi", state="forbidden", is_acronym=True)
    assert ("PLUi", "fr", "undefined") in found(world)


def test_an_acronym_may_be_let_pass_and_watched_again(world: World) -> None:
    with world.writing():
        world.item(title="ACME")
    client = world.client(world.owner)
    page = client.get(world.url("glossary/acronyms"))
    assert page.text.count("Never explained") == 2
    token = {"csrf_token": csrf_of(page.text)}
    client.post(world.url("glossary/acronyms/ignore"), data=token | {"acronym": "acme"})
    client.post(world.url("glossary/acronyms/ignore"), data=token | {"acronym": "ACME"})
    assert found(world) == []
    [row] = domain.ignored(world.event)
    assert "Watch acme again" in client.get(world.url("glossary/acronyms")).text
    client.post(world.url(f"glossary/acronyms/{row.id}/heed"), data=token)
    assert len(found(world)) == 2


def test_the_page_refuses_to_ignore_nothing(world: World) -> None:
    client = world.client(world.owner)
    token = csrf_of(client.get(world.url("glossary/acronyms")).text)
    answer = client.post(world.url("glossary/acronyms/ignore"), data={"csrf_token": token, "acronym": "x" * 41})
    assert answer.status_code == 422
    assert domain.ignored(world.event) == []


def test_a_finding_shows_where_the_acronym_stands(world: World) -> None:
    with world.writing():
        item = world.item(title="Atelier")
        item.description = LocalizedText.of(fr="Avant. " * 20 + "On lit le PLUi, puis on en parle." + " Après." * 20)
    [one] = contributions.reported(world.event)
    [excerpt] = one.excerpts
    assert (excerpt.before, excerpt.word, excerpt.after) == (
        "…Avant. Avant. Avant. Avant. Avant. On lit le ",
        "PLUi",
        ", puis on en parle. Après. Après. Après. Aprè…",
    )
    assert excerpt.label == "Atelier: description"
    assert excerpt.url is not None
    assert excerpt.url.endswith(f"/programme/{item.id}/edit")


def test_undefined_acronyms_are_counted_once(world: World) -> None:
    with world.writing():
        world.item(title="PLUi et EPCI")
        world.item(title="EPCI", start="16:00", end="17:00")
    assert detector.undefined(contributions.reported(world.event)) == ["PLUi", "EPCI"]


# --- the truth page -------------------------------------------------------------------------------------------------


def test_terms_without_a_language_and_unexplained_acronyms_are_checks(world: World) -> None:
    with world.writing():
        add(world, "commune", "municipality", "x")
        add(world, "canton")
        world.item(title="PLUi")
    checks = [
        (check.rule, check.subject, check.severity, check.title, check.why)
        for check in contributions.checks(world.event)
    ]
    assert checks == [
        (
            "glossary.untranslated",
            "en",
            Severity.TO_COMPLETE,
            "1 term of the lexicon lacks its half in English",
            "[canton]",
        ),
        (
            "glossary.acronyms",
            "all",
            Severity.TO_COMPLETE,
            "1 acronym is used and never explained",
            "PLUi",
        ),
    ]


def test_a_text_with_a_forbidden_word_is_a_check_and_holds_back_its_language(world: World) -> None:
    with world.writing():
        add(world, "territoire intelligent", "smart territory", "A word to avoid.", state="forbidden")
        item = world.item(title="Atelier")
        item.title = LocalizedText.of(fr="Vers un Térritoire\u00a0intelligent", en="Territory")
    [check] = [one for one in contributions.checks(world.event) if one.rule == "glossary.forbidden"]
    assert (check.severity, check.title, check.why) == (
        Severity.AT_RISK,
        "1 text uses a word that the lexicon forbids",
        "“territoire intelligent” in “Territory”",
    )
    world.hooks.before(hookspecs.before_publication, event=world.event, subject=None, language="en")
    with pytest.raises(domain.ForbiddenWord, match="“Territory” uses “territoire intelligent”"):
        world.hooks.before(hookspecs.before_publication, event=world.event, subject=None, language="fr")


def test_a_forbidden_word_inside_another_word_is_not_that_word(world: World) -> None:
    with world.writing():
        add(world, "art", "art", "x", state="forbidden")
        world.item(title="Smart partners start")
    assert contributions.forbidden(world.event, ["fr", "en"]) == []


def test_a_term_that_is_not_translated_is_one_gap_of_the_gate_not_two(world: World) -> None:
    with world.writing():
        term = add(world, "canton")
    required = {entry.key for entry in contributions.texts(world.event) if entry.required and entry.text.gaps(["en"])}
    assert required == {f"glossary.term.{term.id}.term"}


def test_a_definition_behind_its_term_holds_the_gate(world: World) -> None:
    with world.writing():
        half = add(world, "canton", "canton")
        stays = add(world, "C2D", state="do_not_translate", is_acronym=True)
    required = {entry.key for entry in contributions.texts(world.event) if entry.required and entry.text.gaps(["en"])}
    assert required == {f"glossary.term.{half.id}.definition", f"glossary.term.{stays.id}.definition"}


def test_proposed_and_forbidden_terms_hold_nothing_back(world: World) -> None:
    with world.writing():
        add(world, "canton", state="proposed")
        add(world, "smart", state="forbidden")
    assert not any(entry.required and entry.text.gaps(["en"]) for entry in contributions.texts(world.event))


# --- the lexicon of a dossier ---------------------------------------------------------------------------------------

LINES = (
    Line(LocalizedText.of(fr="élu", en="member"), LocalizedText.of(fr="Personne élue.", en="Somebody elected."), False),
    Line(LocalizedText.of(fr="C2D"), LocalizedText.of(fr="Un conseil.", en="A council."), True),
    Line(LocalizedText.of(fr="canton"), LocalizedText.of(fr="Un morceau."), False),
)


def test_a_dossier_prints_the_readers_language_beside_the_other(world: World) -> None:
    with speaking("en"):
        _words, table, gap = lexicon(LINES, ("fr", "en"), "en")
    assert isinstance(table, Table)
    assert table.head == ("English", "French")
    assert table.rows == (
        ((Run("C2D", bold=True, language="fr"), Run("\nA council.")), (Run("C2D", language="fr"),)),
        ((Run("member", bold=True), Run("\nSomebody elected.")), (Run("élu", language="fr"),)),
        ((Run("Not translated yet", italic=True),), (Run("canton", language="fr"),)),
    )
    assert gap == Missing("1 term or its definition is not translated into English yet.")


def test_a_complete_language_has_no_gap_and_its_own_alphabet(world: World) -> None:
    with speaking("fr"):
        blocks = lexicon(LINES, ("fr", "en"), "fr")
    assert len(blocks) == 2
    table = blocks[1]
    assert isinstance(table, Table)
    assert [row[0][0].text for row in table.rows if isinstance(row[0], tuple)] == ["C2D", "canton", "élu"]
    assert table.head == ("Français", "Anglais")


def test_without_printed_terms_there_is_no_section(world: World) -> None:
    with world.writing():
        add(world, "smart", state="forbidden")
        add(world, "canton", state="proposed")
    assert list(contributions.sections(world.event)) == []


# --- the reference event --------------------------------------------------------------------------------------------


def test_the_seed_has_sixty_terms_six_without_english() -> None:
    assert len(TERMS) == 60
    assert [seed.fr for seed in TERMS if not seed.meaning] == [
        "droit d’interpellation",
        "aller-vers",
        "votation citoyenne",
        "passoire thermique",
        "contrat de ville",
        "maîtrise d’ouvrage",
    ]
    assert len({seed.fr for seed in TERMS}) == 60
    assert {"PCAEM", "PETR", "C2D", "SCoT"} == {seed.fr for seed in TERMS if seed.is_acronym}


def test_the_reference_event_lacks_six_terms_and_three_acronyms(demo: ToldWorld) -> None:
    terms = domain.terms(demo.event)
    assert (len(terms), len(domain.incomplete(terms, "en")), len(domain.incomplete(terms, "fr"))) == (60, 6, 0)
    reported = contributions.reported(demo.event)
    assert detector.undefined(reported) == ["GEMAPI", "CRTE", "OPAH"]
    assert {one.finding.language for one in reported} == {"fr"}
    assert {one.finding.problem for one in reported} == {Problem.UNDEFINED}
    checks = demo.hooks.collect(hookspecs.readiness_checks, event=demo.event)
    titles = [check.title for check in checks if check.component == "glossary"]
    assert titles == ["6 terms of the lexicon lack their half in English", "3 acronyms are used and never explained"]


def test_the_seed_uses_every_state() -> None:
    assert {seed.state for seed in TERMS} == set(TermState)
