"""A participant's own dossier: their agenda and nobody else's, made on request, gone when they are erased."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa

from eventhub import privacy
from eventhub.access.models import EventRole
from eventhub.api import AgendaItem, LocalizedText, Participant, jobs, session
from eventhub.db import statement_count
from eventhub.testing import NOW, World
from plugins.dossiers import copies, domain, gathering
from plugins.dossiers.archive import name_of, zipped
from plugins.dossiers.copies import CopyFile
from plugins.dossiers.domain import NotComplete
from plugins.dossiers.models import Kind, PersonalCopy

from .conftest import Probe, Send, Write, do_jobs

VISIT = datetime(2025, 3, 26, 12, 30, tzinfo=UTC)
MakeCopies = Callable[..., None]


@pytest.fixture
def people(world: World) -> list[Participant]:
    """Two people of one delegation and one of another."""
    with world.writing():
        prague, tampere = world.delegation("Prague", people=2), world.delegation("Tampere", people=1)
        return [*world.people(prague), *world.people(tampere)]


@pytest.fixture
def visits(probe: Probe) -> None:
    """Give everybody a visit of their own, named after their id."""

    def agenda(audience: Any) -> list[AgendaItem]:
        if not isinstance(audience, Participant):
            return []
        title = LocalizedText.of(fr=f"Visite numéro {audience.id}", en=f"Visit number {audience.id}")
        return [AgendaItem(VISIT, VISIT + timedelta(hours=2), title, f"Stop {audience.id}")]

    probe.agenda = agenda


@pytest.fixture
def make_copies(world: World) -> MakeCopies:
    def made(reason: str = "") -> None:
        with world.writing():
            found = domain.gates(world.event, Kind.PARTICIPANT, gathering.texts(world.event))
            job = domain.ask_for_copies(world.event, reason, found, by=world.by, hooks=world.hooks, speaks="en")
            job_id = job.id
        do_jobs()
        assert session().get_one(jobs.Job, job_id).error == ""

    return made


@pytest.mark.usefixtures("visits")
def test_it_holds_their_own_agenda_and_nobody_elses(world: World, people: list[Participant]) -> None:
    first, second, third = people
    page = world.guest(first).get(world.url(f"my-dossier/{first.id}/", area="e")).text
    assert f"Visit number {first.id}" in page
    assert f"Stop {first.id}" in page
    assert f"Visit number {second.id}" not in page
    assert f"Visit number {third.id}" not in page
    assert first.name in page
    assert second.name not in page
    assert third.name not in page


@pytest.mark.usefixtures("visits")
def test_it_is_in_the_language_that_the_reader_chooses(world: World, people: list[Participant]) -> None:
    guest = world.guest(people[0])
    assert f"Visit number {people[0].id}" in guest.get(world.url(f"my-dossier/{people[0].id}/", area="e")).text
    french = guest.get(world.url(f"my-dossier/{people[0].id}/", area="e", language="fr")).text
    assert f"Visite numéro {people[0].id}" in french
    assert "Votre agenda" in french
    asked = guest.get(world.url(f"my-dossier/{people[0].id}/?in=fr", area="e")).text
    assert '<html lang="en">' in asked
    assert '<article class="document" lang="fr">' in asked
    assert guest.get(world.url(f"my-dossier/{people[0].id}/?in=de", area="e")).status_code == 404


def test_only_their_own_link_opens_it(world: World, people: list[Participant]) -> None:
    first, second, _third = people
    guest, head = world.guest(first), world.guest(first.delegation)
    for path in (f"my-dossier/{second.id}/", f"my-dossier/{second.id}/pdf"):
        assert guest.get(world.url(path, area="e")).status_code == 404
    for path in (f"my-dossier/{first.id}/", f"my-dossier/{first.id}/pdf"):
        assert guest.get(world.url(path, area="e")).status_code == 200
        assert head.get(world.url(path, area="e")).status_code == 404
        assert world.client().get(world.url(path, area="e")).status_code == 404


def test_their_own_page_leads_to_it(world: World, people: list[Participant]) -> None:
    page = world.guest(people[0]).get(world.url(f"me/{people[0].id}/", area="e")).text
    assert f"/en/e/test/my-dossier/{people[0].id}/" in page


@pytest.mark.parametrize(
    "name", ["Zoë 👩‍🚀 O’Neill", "יעל כהן", "مريم الحسن", "王小明", "Łukasz\u202e Żółć", "=cmd|' /C calc'!A0"]
)
def test_names_in_any_script_compile(world: World, people: list[Participant], name: str) -> None:
    with world.writing():
        session().get_one(Participant, people[0].id).name = name
    answer = world.guest(people[0]).get(world.url(f"my-dossier/{people[0].id}/pdf", area="e"))
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Your dossier"
        assert str(pdf.Root.Lang) == "en"


@pytest.mark.usefixtures("visits")
def test_organisers_make_everybodys_and_download_one_archive(
    world: World, people: list[Participant], send: Send
) -> None:
    with world.writing():
        session().get_one(Participant, people[2].id).document_language = "fr"
    client = world.client(world.owner)
    answer = send(client, world.url("dossiers/"), world.url("dossiers/copies"))
    do_jobs()
    page = client.get(answer.location).text
    assert "3 dossiers are ready." in page
    assert "3 of 3" in page
    archive = client.get(world.url("dossiers/people/copies.zip"))
    assert archive.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(archive.data)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == [
            f"prague/prague-person-1-{people[0].id}-en.pdf",
            f"prague/prague-person-2-{people[1].id}-en.pdf",
            f"tampere/tampere-person-1-{people[2].id}-fr.pdf",
        ]
        with pikepdf.open(io.BytesIO(opened.read(opened.namelist()[2]))) as pdf:
            assert str(pdf.Root.Lang) == "fr"


def test_copies_need_a_reason_while_a_language_lacks_texts(
    world: World, people: list[Participant], write: Write, make_copies: MakeCopies, send: Send
) -> None:
    write(en="")
    with pytest.raises(NotComplete):
        make_copies()
    answer = send(world.client(world.owner), world.url("dossiers/"), world.url("dossiers/copies"))
    assert (answer.status_code, "English (1)" in answer.text) == (422, True)
    make_copies("Printed before the translation.")
    assert len(copies.kept(world.event)) == 3


@pytest.mark.usefixtures("visits")
def test_erasing_somebody_deletes_their_copy(world: World, people: list[Participant], make_copies: MakeCopies) -> None:
    make_copies()
    first = people[0]
    assert privacy.export(world.app.extensions["hub"], first.id)["data"][
        "One's own dossier, as it was made for printing"
    ] == {
        "Made on": NOW,
        "Language": "en",
        "SHA-256 of the PDF": copies.kept(world.event)[first.id].pdf_sha256,
    }
    with world.writing():
        privacy.erase(world.app.extensions["hub"], session().get_one(Participant, first.id), by=world.by)
    assert sorted(copies.kept(world.event)) == sorted(person.id for person in people[1:])
    guest = world.guest(first)
    assert guest.get(world.url(f"my-dossier/{first.id}/", area="e")).status_code == 404


def test_no_copy_is_kept_of_somebody_who_was_erased_while_it_was_made(world: World, people: list[Participant]) -> None:
    with world.writing():
        privacy.erase(world.app.extensions["hub"], session().get_one(Participant, people[0].id), by=world.by)
    with world.writing():
        assert not copies.keep(world.event, people[0].id, "en", b"%PDF late", VISIT)
    assert session().scalar(sa.select(sa.func.count()).select_from(PersonalCopy)) == 0


def test_copies_of_those_who_left_are_forgotten(
    world: World, people: list[Participant], make_copies: MakeCopies
) -> None:
    make_copies()
    with world.writing():
        session().get_one(Participant, people[1].id).state = "cancelled"
    make_copies()
    assert sorted(copies.kept(world.event)) == sorted([people[0].id, people[2].id])


def test_a_copy_made_again_takes_the_place_of_the_first(
    world: World, people: list[Participant], make_copies: MakeCopies, write: Write
) -> None:
    make_copies()
    before = copies.kept(world.event)[people[0].id].pdf_sha256
    write()
    make_copies()
    session().rollback()
    assert len(copies.kept(world.event)) == 3
    assert copies.kept(world.event)[people[0].id].pdf_sha256 != before


@pytest.mark.parametrize(
    "wish, understood, expected",
    [("en", ["fr"], "en"), ("", ["de", "en"], "en"), ("", ["de"], "fr"), ("it", ["en", "fr"], "en"), ("", [], "fr")],
)
def test_a_copy_speaks_the_language_of_its_reader(
    world: World, wish: str, understood: list[str], expected: str
) -> None:
    person = Participant(document_language=wish, languages=understood)
    assert copies.language_of(world.event, person) == expected


@pytest.mark.parametrize(
    "person, delegation, expected",
    [
        ("Ævar Þór", "Reykjavík", "reykjavik/aevar-thor-7-en.pdf"),
        ("../../etc/passwd", "C:\\Windows", "c-windows/etc-passwd-7-en.pdf"),
        ("王小明", "", "delegation/participant-7-en.pdf"),
        ("x" * 300, "y" * 300, f"{'y' * 60}/{'x' * 60}-7-en.pdf"),
        ("CON", "nul", "nul/con-7-en.pdf"),
    ],
)
def test_names_in_the_archive_are_safe(person: str, delegation: str, expected: str) -> None:
    name = name_of(CopyFile(7, person, delegation, "en", VISIT, b""))
    assert name == expected
    assert len(PurePosixPath(name).parts) == 2
    assert ".." not in name


def test_the_archive_holds_every_file_as_it_was() -> None:
    files = [CopyFile(n, f"Person {n}", "City", "en", VISIT, bytes([n]) * 10_000) for n in range(3)]
    pieces = list(zipped(iter(files)))
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as opened:
        assert [opened.read(name) for name in opened.namelist()] == [file.pdf for file in files]


@pytest.mark.usefixtures("visits")
def test_organisers_see_what_a_person_sees(world: World, people: list[Participant]) -> None:
    with world.writing():
        welcome = world.organiser(EventRole.WELCOME)
        reader = world.organiser(EventRole.READER)
    desk = world.client(welcome)
    assert people[0].name in desk.get(world.url("dossiers/people")).text
    page = desk.get(world.url(f"dossiers/people/{people[0].id}/fr")).text
    assert f"Visite numéro {people[0].id}" in page
    assert desk.get(world.url(f"dossiers/people/{people[0].id}/fr/pdf")).data.startswith(b"%PDF")
    for path in ("people", f"people/{people[0].id}/fr", f"people/{people[0].id}/fr/pdf", "people/copies.zip"):
        assert world.client(reader).get(world.url(f"dossiers/{path}")).status_code == 404


def test_the_list_of_people_takes_the_same_statements_for_3_or_23(world: World, people: list[Participant]) -> None:
    client = world.client(world.owner)
    path = world.url("dossiers/people")
    client.get(path)  # the truth behind the menu is computed once
    few = statement_count(world.app, lambda: client.get(path))
    with world.writing():
        world.delegation("Ghent", people=20)
    client.get(path)
    assert statement_count(world.app, lambda: client.get(path)) == few


def test_a_dossier_takes_the_same_statements_for_3_or_23_people(world: World, people: list[Participant]) -> None:
    guest, path = world.guest(people[0]), world.url(f"my-dossier/{people[0].id}/", area="e")
    guest.get(path)
    few = statement_count(world.app, lambda: guest.get(path))
    with world.writing():
        world.delegation("Ghent", people=20)
        for _more in range(5):
            world.item()
    assert statement_count(world.app, lambda: guest.get(path)) == few
