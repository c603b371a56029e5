"""An edition is made once from one state of the data, in every language and format, and never changes."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa

from eventhub.api import Document, DossierSection, Paragraph, _l, from_json, jobs, session
from eventhub.testing import World
from plugins.dossiers import domain, own_texts
from plugins.dossiers.models import Edition, EditionState, FrozenEdition

from .conftest import Probe, Publish, Send, Write, do_jobs


def weighed(edition: Edition, weight: str) -> Any:
    return session().scalar(sa.select(getattr(Edition, weight)).where(Edition.id == edition.id))


def document(edition: Edition) -> Document:
    found = from_json(weighed(edition, "content"))
    assert isinstance(found, Document)
    return found


def words(edition: Edition) -> str:
    return str(weighed(edition, "html").decode())


def test_both_languages_share_a_number_and_one_state_of_the_data(world: World, probe: Probe, publish: Publish) -> None:
    counted = iter(range(1000))

    def sections(audience: Any) -> list[DossierSection]:
        state = next(counted)  # another value each time the data are read
        return [DossierSection("probe.state", _l("Text"), lambda language: (Paragraph(f"state {state}"),))]

    probe.sections = sections
    english, french = publish()
    assert (english.number, english.revision, english.published_at) == (
        french.number,
        french.revision,
        french.published_at,
    )
    assert probe.asked == [world.event]  # gathered once
    assert "state 0" in words(english)
    assert "state 0" in words(french)


def test_each_language_says_everything_in_its_own_words(world: World, write: Write, publish: Publish) -> None:
    write()
    with world.writing():
        world.item(title="Plenary")
        world.delegation("Prague", people=2)
    english, french = publish()
    assert (document(english).title, document(french).title) == ("Programme dossier", "Dossier du programme")
    assert document(english).edition_line == "Edition 1, 13 March 2025"
    assert document(french).edition_line == "Édition 1, 13 mars 2025"
    assert "Tuesday, 25 March 2025" in words(english)
    assert "mardi 25 mars 2025" in words(french)
    assert "Hello" in words(english)
    assert "Bonjour" not in words(english)
    assert "Bonjour" in words(french)
    assert "Hello" not in words(french)
    assert "Prague" in words(english)
    assert "Prague Person 1" not in words(english)


def test_the_pdf_is_tagged_and_says_its_language_and_title(world: World, publish: Publish) -> None:
    for edition, language, title in zip(
        publish(), ("en", "fr"), ("Programme dossier", "Dossier du programme"), strict=True
    ):
        with pikepdf.open(io.BytesIO(weighed(edition, "pdf"))) as pdf:
            assert bool(pdf.Root.MarkInfo.Marked)
            assert str(pdf.Root.Lang) == language
            assert str(pdf.docinfo["/Title"]) == title
            assert "/StructTreeRoot" in pdf.Root
            with pdf.open_metadata() as metadata:
                assert metadata["pdfuaid:part"] == "1"


def test_the_hashes_are_those_of_the_files(world: World, publish: Publish) -> None:
    for edition in publish():
        assert edition.pdf_sha256 == hashlib.sha256(weighed(edition, "pdf")).hexdigest()
        assert edition.html_sha256 == hashlib.sha256(weighed(edition, "html")).hexdigest()


def test_an_edition_stays_what_it_was_when_the_data_change(world: World, write: Write, publish: Publish) -> None:
    key = write()
    english, _french = publish()
    client = world.client(world.owner)
    paths = [world.url(f"dossiers/editions/{english.id}/{media}") for media in ("pdf", "html")]
    before = [client.get(path).data for path in paths]
    with world.writing():
        section = own_texts.section_for_change(world.event, key)
        own_texts.change_section(world.event, section, {"text": {"fr": "Salut", "en": "Goodbye"}}, by=world.by)
    assert [client.get(path).data for path in paths] == before
    page = client.get(world.url(f"dossiers/editions/{english.id}")).text
    assert "Hello" in page
    assert "Goodbye" not in page


def test_the_page_says_that_the_data_have_changed_since(world: World, write: Write, publish: Publish) -> None:
    key = write()
    publish()
    client = world.client(world.owner)
    assert "The data have changed since" not in client.get(world.url("dossiers/")).text
    with world.writing():
        section = own_texts.section_for_change(world.event, key)
        own_texts.change_section(world.event, section, {"text": {"fr": "Salut", "en": "Goodbye"}}, by=world.by)
    assert client.get(world.url("dossiers/")).text.count("The data have changed since") == 2


def test_code_that_changes_an_edition_is_stopped(world: World, publish: Publish) -> None:
    english, _french = publish()
    with pytest.raises(FrozenEdition, match="waiver"), world.writing():
        session().get_one(Edition, english.id).waiver = "Nobody will see this."


def test_a_newer_edition_supersedes_the_one_before_it_in_its_languages(world: World, publish: Publish) -> None:
    publish()
    publish("fr")
    assert [(edition.number, edition.language, edition.state) for edition in domain.editions(world.event)] == [
        (2, "fr", EditionState.PUBLISHED),
        (1, "en", EditionState.PUBLISHED),
        (1, "fr", EditionState.SUPERSEDED),
    ]


def test_a_job_that_runs_twice_publishes_once(world: World, publish: Publish) -> None:
    english, french = publish()
    with world.writing():
        session().execute(
            sa.update(jobs.Job).where(jobs.Job.id == english.job_id).values(state="queued", lease_until=None)
        )
    do_jobs()
    assert [edition.id for edition in domain.of_job(english.job_id or 0)] == [english.id, french.id]
    assert len(domain.editions(world.event)) == 2


def test_equal_data_make_equal_content_whatever_the_number(world: World, write: Write, publish: Publish) -> None:
    write()
    first, _french = publish()
    second, _french = publish()
    assert first.content_sha256 == second.content_sha256
    assert first.pdf_sha256 != second.pdf_sha256  # the number stands on every page


HOSTILE = '<script>alert(1)</script> #panic("x") $x$ {{ 7 * 7 }} [x](javascript:alert(1)) 👩🏽‍🚀 שלום \u202eevil'


def test_hostile_text_stays_text_and_compiles(world: World, write: Write, publish: Publish) -> None:
    write(fr=HOSTILE, en=HOSTILE, title={"fr": HOSTILE, "en": HOSTILE})
    with world.writing():
        world.item(title=HOSTILE[:200])
    english, _french = publish()
    page = words(english)
    assert "<script>" not in page
    assert "javascript:" not in page.replace("(javascript:alert(1))", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "שלום" in page
    assert "U+1F469 WOMAN" in english.replaced
    assert weighed(english, "pdf").startswith(b"%PDF")


def test_organisers_publish_from_the_page_and_follow_the_job(world: World, write: Write, send: Send) -> None:
    write()
    client = world.client(world.owner)
    answer = send(client, world.url("dossiers/"), world.url("dossiers/publish"), languages=["fr", "en"])
    assert answer.status_code == 302
    do_jobs()
    job = client.get(answer.location).text
    assert "Edition 1 is published: French and English." in job
    page = client.get(world.url("dossiers/"))
    assert page.text.count("Edition 1</a>") == 2


def test_a_refused_publication_keeps_what_was_chosen_and_says_why(world: World, write: Write, send: Send) -> None:
    write(en="")
    client = world.client(world.owner)
    answer = send(client, world.url("dossiers/"), world.url("dossiers/publish"), languages=["en"])
    assert answer.status_code == 422
    assert "Texts are missing or stale in English (1)." in answer.text
    assert 'value="en" checked' in answer.text
    assert 'value="fr" checked' not in answer.text
