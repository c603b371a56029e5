"""A published dossier is public, in every language and format; nothing else is."""

from __future__ import annotations

from eventhub.api import session
from eventhub.events.models import EventState
from eventhub.testing import World
from plugins.dossiers import domain

from .conftest import Publish, Write


def test_before_the_first_edition_there_is_nothing_to_read(world: World) -> None:
    client = world.client()
    assert "Not published yet" in client.get(world.url("dossiers/", area="e")).text
    assert "Programme dossier" not in client.get(world.url("", area="e")).text


def test_everybody_reads_a_published_edition(world: World, write: Write, publish: Publish) -> None:
    write()
    publish()
    client = world.client()
    assert "Programme dossier" in client.get(world.url("", area="e")).text
    listed = client.get(world.url("dossiers/", area="e")).text
    assert "Français" in listed
    assert "English" in listed
    page = client.get(world.url("dossiers/1/fr", area="e"))
    assert page.status_code == 200
    assert '<article class="document" lang="fr">' in page.text
    assert "Bonjour" in page.text
    assert page.text.count("<h1") == 1
    pdf = client.get(world.url("dossiers/1/en/pdf", area="e"))
    assert (pdf.content_type, pdf.data[:4]) == ("application/pdf", b"%PDF")
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="test-programme-1-en.pdf"'
    html = client.get(world.url("dossiers/1/en/html", area="e"))
    assert html.text.startswith('<!doctype html>\n<html lang="en">')
    assert "http://localhost" not in html.text


def test_a_superseded_edition_says_so(world: World, publish: Publish) -> None:
    publish()
    publish("fr")
    client = world.client()
    notice = "A newer edition has taken the place of this one."
    assert notice in client.get(world.url("dossiers/1/fr", area="e")).text
    assert notice not in client.get(world.url("dossiers/2/fr", area="e")).text
    assert notice not in client.get(world.url("dossiers/1/en", area="e")).text


def test_an_event_that_is_not_public_shows_no_edition(world: World, publish: Publish) -> None:
    publish()
    with world.writing():
        world.event.state = EventState.PLANNING
    stranger, owner = world.client(), world.client(world.owner)
    for path in ("dossiers/", "dossiers/1/en", "dossiers/1/en/pdf"):
        assert stranger.get(world.url(path, area="e")).status_code == 404
        assert owner.get(world.url(path, area="e")).status_code == 200


def test_what_does_not_exist_is_not_found(world: World, publish: Publish) -> None:
    publish("fr")
    client = world.client()
    for path in ("dossiers/1/en", "dossiers/2/fr", "dossiers/1/de/pdf", "dossiers/1/fr/docx"):
        assert client.get(world.url(path, area="e")).status_code == 404


def test_the_list_of_editions_takes_the_same_statements_for_one_or_many(world: World, publish: Publish) -> None:
    from eventhub.db import statement_count

    publish()

    def listed() -> None:
        session().rollback()
        domain.editions(world.event)

    one = statement_count(world.app, listed)
    for _more in range(3):
        publish()
    assert statement_count(world.app, listed) == one
