"""The lexicon over HTTP: terms in every language, found, filtered, exported, archived."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from eventhub.access.models import EventRole
from eventhub.api import LocalizedText, Refused, State, session
from eventhub.db import statement_count
from eventhub.events import domain as events
from eventhub.testing import World, csrf_of
from plugins.glossary import domain
from plugins.glossary.models import Term, TermState


def add(world: World, fr: str, en: str = "", meaning: str = "", **facts: Any) -> Term:
    """Write a term with its French definition, and an English half where one is given."""
    values = {
        "term": {"fr": fr, "en": en},
        "definition": {"fr": f"Définition de {fr}", "en": meaning},
        "domain": "",
        "state": "validated",
        "is_acronym": False,
    }
    return domain.add(world.event, values | facts, by=world.by)


def send(client: FlaskClient, page: str, action: str = "", **data: Any) -> Any:
    token = csrf_of(client.get(page).text)
    return client.post(action or page, data={"csrf_token": token, **data})


def terms(world: World) -> list[str]:
    session().rollback()
    return [term.term.label("fr") for term in domain.terms(world.event)]


FIELDS = {
    "term-fr": "tirage au sort",
    "term-en": "civic lottery",
    "definition-fr": "Choix au hasard.",
    "definition-en": "Choosing at random.",
    "domain": "participation",
    "state": "validated",
}


def test_a_term_is_written_in_both_languages(world: World) -> None:
    client = world.client(world.owner)
    assert send(client, world.url("glossary/new"), **FIELDS).status_code == 302
    session().rollback()
    [term] = domain.terms(world.event)
    assert term.term == LocalizedText.of(fr="tirage au sort", en="civic lottery")
    assert term.definition == LocalizedText.of(fr="Choix au hasard.", en="Choosing at random.")
    assert (term.domain, term.state, term.is_acronym, term.written_in) == (
        "participation",
        "validated",
        False,
        " fr en ",
    )
    assert "civic lottery" in client.get(world.url("glossary/")).text


def test_the_same_term_twice_is_refused_whatever_its_accents(world: World) -> None:
    with world.writing():
        add(world, "Concertation")
    answer = send(world.client(world.owner), world.url("glossary/new"), **FIELDS | {"term-fr": "concertátion"})
    assert answer.status_code == 422
    assert "“concertátion” is already in the lexicon." in answer.text
    assert terms(world) == ["Concertation"]


def test_changing_one_half_makes_the_other_stale_until_it_is_read_again(world: World) -> None:
    with world.writing():
        term = add(world, "mandat", "remit", "The question put.")
    client = world.client(world.owner)
    page = world.url(f"glossary/{term.id}")
    shown = client.get(page).text
    fields = FIELDS | {
        "base": shown.split('name="base" value="')[1].split('"')[0].replace("&#34;", '"'),
        "term-fr": "mandat",
        "term-en": "remit",
        "definition-fr": "Autre chose.",
        "definition-en": "The question put.",
    }
    assert client.post(page, data={"csrf_token": csrf_of(shown), **fields}).status_code == 302
    session().rollback()
    [changed] = domain.terms(world.event)
    assert (changed.definition.state("en"), changed.term.state("en")) == (State.STALE, State.REVIEWED)
    assert "The translation into English still holds" in client.get(page).text
    assert send(client, page, f"{page}/read-again/en").status_code == 302
    session().rollback()
    [kept] = domain.terms(world.event)
    assert kept.definition.state("en") is State.REVIEWED


def test_the_list_is_searched_without_accents_in_every_language(world: World) -> None:
    with world.writing():
        add(world, "délibération", "deliberation", "x")
        add(world, "îlot de chaleur", "urban heat island", "x")
    client = world.client(world.owner)
    for query, expected in (("DELIBERATION", "délibération"), ("heat isl", "îlot de chaleur"), ("ilot", "îlot")):
        assert expected in client.get(world.url(f"glossary/?q={query}")).text
    assert "No term matches these filters" in client.get(world.url("glossary/?q=100%25")).text


def test_the_list_is_filtered_by_state_and_by_what_a_language_lacks(world: World) -> None:
    with world.writing():
        add(world, "complet", "complete", "x")
        add(world, "sans anglais")
        add(world, "sans définition", "no definition")
        add(world, "SCOT", meaning="A plan.", state="do_not_translate")
        add(world, "à éviter", state="forbidden")

    def shown(**filters: str) -> list[str]:
        query = domain.list_query(world.event, **filters)
        return [term.term.label("fr") for term in session().scalars(query)]

    assert shown(missing="en") == ["sans anglais", "sans définition"]
    assert shown(missing="fr") == []
    assert shown(state="forbidden") == ["à éviter"]
    assert shown() == ["à éviter", "complet", "sans anglais", "sans définition", "SCOT"]


def test_the_export_holds_exactly_what_the_list_shows(world: World) -> None:
    with world.writing():
        add(world, "budget", "budget", "Money.", domain="participation")
        add(world, "=SOMME(A1)", state="proposed")
    client = world.client(world.owner)
    answer = client.get(world.url("glossary/?format=csv&missing=en"))
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        [
            "Term (French)",
            "Definition (French)",
            "Term (English)",
            "Definition (English)",
            "Domain",
            "State",
            "Acronym",
        ],
        ["'=SOMME(A1)", "Définition de =SOMME(A1)", "", "", "", "Proposed", "no"],
    ]
    assert client.get(world.url("glossary/?format=xlsx")).data[:2] == b"PK"


def test_an_archived_term_leaves_the_lexicon_and_can_come_back(world: World) -> None:
    with world.writing():
        term = add(world, "commune")
    client = world.client(world.owner)
    page = world.url(f"glossary/{term.id}")
    send(client, page, f"{page}/archive")
    assert terms(world) == []
    assert "commune" in client.get(world.url("glossary/?show=archived")).text
    send(client, world.url("glossary/?show=archived"), f"{page}/archive")
    assert terms(world) == ["commune"]


def test_a_term_does_not_come_back_beside_its_double(world: World) -> None:
    with world.writing():
        term = add(world, "commune")
        domain.set_archived(world.event, term, True, by=world.by)
        add(world, "Commune")
    with world.writing(), pytest.raises(Refused):
        domain.set_archived(world.event, domain.term_for_change(world.event, term.id), False, by=world.by)


def test_readers_read_and_do_not_write(world: World) -> None:
    with world.writing():
        account = world.organiser(EventRole.READER)
        term = add(world, "commune")
    reader = world.client(account)
    assert reader.get(world.url("glossary/")).status_code == 200
    assert reader.get(world.url("glossary/acronyms")).status_code == 200
    token = csrf_of(reader.get(world.url("glossary/")).text)
    for path in ("new", str(term.id)):
        assert reader.get(world.url(f"glossary/{path}")).status_code == 404
    for path in (f"{term.id}/archive", f"{term.id}/read-again/en", "acronyms/ignore", "acronyms/1/heed"):
        assert reader.post(world.url(f"glossary/{path}"), data={"csrf_token": token}).status_code == 404
    assert world.client().get(world.url("glossary/")).status_code == 302


def test_a_term_of_another_event_is_not_found(world: World) -> None:
    with world.writing():
        other = events.create(
            title={"fr": "Autre"},
            slug="other",
            starts_on=world.event.starts_on,
            ends_on=world.event.ends_on,
            languages=["fr"],
            by=world.owner,
            plugins=["glossary"],
        )
        foreign = domain.add(
            other, {"term": {"fr": "là-bas"}, "definition": {"fr": "x"}, "state": "proposed"}, by=world.by
        )
    client = world.client(world.owner)
    assert client.get(world.url(f"glossary/{foreign.id}")).status_code == 404
    assert client.get(f"/en/manage/other/glossary/{foreign.id}").status_code == 200


def test_the_list_takes_the_same_statements_for_1_or_41_terms(world: World) -> None:
    with world.writing():
        add(world, "premier")
    client = world.client(world.owner)
    path = world.url("glossary/")
    client.get(path)  # the truth behind the menu is computed once
    one = statement_count(world.app, lambda: client.get(path))
    with world.writing():
        for number in range(40):
            add(world, f"terme {number}")
    client.get(path)
    assert statement_count(world.app, lambda: client.get(path)) == one


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_opens_in_both_languages(world: World, language: str) -> None:
    with world.writing():
        term = add(world, "<script>alert(1)</script>", domain="<b>")
    client = world.client(world.owner)
    for path in ("", "new", "new?acronym=PLUi", str(term.id), "acronyms", "?show=archived", "?q=rien"):
        page = client.get(world.url(f"glossary/{path}", language=language))
        assert page.status_code == 200, path
        assert page.text.count("<h1") == 1
        assert "<script>alert" not in page.text


def test_an_event_in_three_languages_has_three_columns(world: World) -> None:
    with world.writing():
        world.event.languages = ["fr", "en", "de"]
        add(world, "commune", "municipality", "x")
    page = world.client(world.owner).get(world.url("glossary/")).text
    assert "Term in German" in page
    assert [term.written_in for term in domain.terms(world.event)] == [" fr en "]


def test_copying_an_event_copies_its_lexicon(world: World) -> None:
    with world.writing():
        add(world, "commune", "municipality", "x", domain="territoire")
        domain.ignore(world.event, "ACME", by=world.by)
        target = events.copy(
            world.event,
            title={"fr": "Copie"},
            slug="copy",
            starts_on=world.event.starts_on,
            by=world.owner,
            hooks=world.hooks,
        )
    [source], [copied] = domain.terms(world.event), domain.terms(target)
    names = ("term", "definition", "domain", "state", "is_acronym", "sort_key", "search_key", "written_in")
    assert [getattr(copied, name) for name in names] == [getattr(source, name) for name in names]
    assert [row.acronym for row in domain.ignored(target)] == ["ACME"]


def test_every_state_has_a_word_and_a_tone() -> None:
    from plugins.glossary import words

    assert set(words.STATES) == set(words.TONES) == set(TermState)
