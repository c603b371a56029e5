"""Texts of our own: written in every language, put in order, archived and taken back."""

from __future__ import annotations

import pytest

from eventhub.access.models import EventRole
from eventhub.api import LocalizedText, Refused, session
from eventhub.db import statement_count
from eventhub.events import domain as events
from eventhub.testing import World, csrf_of
from plugins.dossiers import domain, due, own_texts
from plugins.dossiers.due import Due, WrongOrder
from plugins.dossiers.models import Section

from .conftest import Send, Write


def order(world: World) -> list[int]:
    session().rollback()
    return [row.id for row in own_texts.sections(world.event)]


def test_a_text_is_written_in_both_languages(world: World, send: Send) -> None:
    client = world.client(world.owner)
    fields = {
        "title-fr": "Accueil",
        "title-en": "Welcome",
        "text-fr": "# Bonjour",
        "text-en": "",
        "kinds": ["programme", "participant"],
        "place": "after",
    }
    assert send(client, world.url("dossiers/texts/new"), **fields).status_code == 302
    session().rollback()
    [row] = own_texts.sections(world.event)
    assert (row.title, row.text) == (LocalizedText.of(fr="Accueil", en="Welcome"), LocalizedText.of(fr="# Bonjour"))
    assert (row.kinds, row.place, row.position) == (["programme", "participant"], "after", 1)
    page = client.get(world.url("dossiers/texts", language="fr")).text
    assert "Accueil" in page
    assert "Manquant" in page


def test_the_first_language_and_a_dossier_are_required(world: World, send: Send) -> None:
    answer = send(world.client(world.owner), world.url("dossiers/texts/new"), **{"title-en": "Welcome"})
    assert answer.status_code == 422
    assert answer.text.count("Fill in this field.") >= 3
    assert 'value="Welcome"' in answer.text


def test_editing_one_half_makes_the_other_stale_and_the_page_offers_to_keep_it(
    world: World, write: Write, send: Send
) -> None:
    key = write()
    client = world.client(world.owner)
    page = world.url(f"dossiers/texts/{key}")
    base = client.get(page).text
    fields = {
        "base": base.split('name="base" value="')[1].split('"')[0].replace("&#34;", '"'),
        "title-fr": "Mot d’accueil",
        "title-en": "A word of welcome",
        "text-fr": "Bonsoir",
        "text-en": "Hello",
        "kinds": ["programme"],
        "place": "before",
    }
    assert client.post(page, data={"csrf_token": csrf_of(base), **fields}).status_code == 302
    shown = client.get(page).text
    assert "The translation into English still holds" in shown
    assert "Source has changed" in shown
    assert send(client, page, f"{page}/read-again/en").status_code == 302
    assert "The translation into English still holds" not in client.get(page).text


def test_texts_are_put_in_order_with_and_without_javascript(world: World, write: Write, send: Send) -> None:
    first, second, third = write(), write(), write()
    client = world.client(world.owner)
    page, action = world.url("dossiers/texts"), world.url("dossiers/texts/order")
    assert order(world) == [first, second, third]
    send(client, page, action, order=[third, first, second])
    assert order(world) == [third, first, second]
    send(client, page, action, order=[third, first, second], move=f"up:{second}")
    assert order(world) == [third, second, first]
    send(client, page, action, order=[third, second, first], move=f"down:{first}")
    assert order(world) == [third, second, first]
    send(client, page, action, order=["x", "999999", first, first], move="up:x")
    assert order(world) == [third, second, first]


def test_a_text_that_changes_place_comes_last_there(world: World, write: Write) -> None:
    first, second = write(), write(place="after")
    with world.writing():
        row = own_texts.section_for_change(world.event, first)
        own_texts.change_section(world.event, row, {"place": "after"}, by=world.by)
    assert order(world) == [second, first]


def test_an_archived_text_can_be_taken_back(world: World, write: Write, send: Send) -> None:
    key = write()
    client = world.client(world.owner)
    page = world.url(f"dossiers/texts/{key}")
    send(client, page, f"{page}/archive")
    assert order(world) == []
    assert "Undo" in client.get(world.url("dossiers/texts")).text
    assert "A word of welcome" in client.get(world.url("dossiers/texts?show=archived")).text
    send(client, world.url("dossiers/texts?show=archived"), f"{page}/archive")
    assert order(world) == [key]


def test_a_text_of_another_event_is_not_found(world: World, write: Write) -> None:
    with world.writing():
        other = events.create(
            title={"fr": "Autre"},
            slug="other",
            starts_on=world.event.starts_on,
            ends_on=world.event.ends_on,
            languages=["fr"],
            by=world.owner,
            plugins=["dossiers"],
        )
        foreign = own_texts.add_section(
            other,
            {"title": {"fr": "Ailleurs"}, "text": {"fr": "x"}, "kinds": ["programme"], "place": "before"},
            by=world.by,
        )
    client = world.client(world.owner)
    assert client.get(world.url(f"dossiers/texts/{foreign.id}")).status_code == 404
    assert client.get(f"/en/manage/other/dossiers/texts/{foreign.id}").status_code == 200


def test_readers_see_and_do_not_write(world: World, write: Write) -> None:
    key = write()
    with world.writing():
        account = world.organiser(EventRole.READER)
    reader = world.client(account)
    for path in ("dossiers/", "dossiers/texts", "dossiers/preview/en"):
        assert reader.get(world.url(path)).status_code == 200
    for path in ("dossiers/texts/new", f"dossiers/texts/{key}", "dossiers/plan"):
        assert reader.get(world.url(path)).status_code == 404
    token = csrf_of(reader.get(world.url("dossiers/")).text)  # of the form that signs out
    for path in ("publish", "copies", "texts/order", f"texts/{key}/archive", f"texts/{key}/read-again/en"):
        assert reader.post(world.url(f"dossiers/{path}"), data={"csrf_token": token}).status_code == 404
    assert order(world) == [key]


def test_an_archived_event_takes_no_text(world: World) -> None:
    with world.writing():
        world.event.state = "archived"
        with pytest.raises(Refused):
            own_texts.add_section(world.event, {"place": "before"}, by=world.by)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_opens_in_both_languages(world: World, write: Write, language: str) -> None:
    key = write()
    client = world.client(world.owner)
    for path in ("", "texts", "texts/new", f"texts/{key}", "people", "plan", "preview/fr", "preview/en", "?format=csv"):
        answer = client.get(world.url(f"dossiers/{path}", language=language))
        assert answer.status_code == 200, path
        assert answer.text.count("<h1") == 1 or "csv" in path


def test_due_dates_are_kept_and_the_final_edition_comes_last(world: World, send: Send) -> None:
    assert due.of(world.event) == Due(21, 7)
    client = world.client(world.owner)
    page = world.url("dossiers/plan")
    assert send(client, page, first_days="30", final_days="10").status_code == 302
    session().rollback()
    assert due.of(world.event) == Due(30, 10)
    refused = send(client, page, first_days="5", final_days="10")
    assert (refused.status_code, str(WrongOrder.message) in refused.text) == (422, True)
    session().rollback()
    assert due.of(world.event) == Due(30, 10)


def test_copying_an_event_copies_texts_and_due_dates_not_editions(world: World, write: Write) -> None:
    write()
    with world.writing():
        due.change(world.event, {"first_days": 30}, by=world.by)
    with world.writing():
        target = events.copy(
            world.event,
            title={"fr": "Copie", "en": "Copy"},
            slug="copy",
            starts_on=world.event.starts_on,
            by=world.owner,
            hooks=world.hooks,
        )
    [source], [copied] = own_texts.sections(world.event), own_texts.sections(target)
    names = ("title", "text", "kinds", "place", "position")
    assert [getattr(copied, name) for name in names] == [getattr(source, name) for name in names]
    assert copied.id != source.id
    assert isinstance(copied, Section)
    assert due.of(target) == Due(30, 7)
    assert domain.editions(target) == []


def test_the_first_page_takes_the_same_statements_for_1_or_21_texts(world: World, write: Write) -> None:
    write(en="")
    client = world.client(world.owner)
    path = world.url("dossiers/")
    client.get(path)  # the truth behind the menu is computed once
    one = statement_count(world.app, lambda: client.get(path))
    for _more in range(20):
        write(en="")
    client.get(path)
    assert statement_count(world.app, lambda: client.get(path)) == one
