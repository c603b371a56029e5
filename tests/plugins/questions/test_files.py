"""Files among the answers: what is taken, who reads it, and that nothing of it stays behind."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from eventhub import privacy
from eventhub.access.models import EventRole
from eventhub.db import session, transaction
from eventhub.delegations.models import Delegation, Participant
from eventhub.testing import World
from plugins.questions import files
from plugins.questions.files import Empty, NotAFileWeTake, TooLarge
from plugins.questions.models import Answer, Question
from plugins.questions.privacy import own_files
from tests.browsing import forms_of
from tests.plugins.questions.conftest import Asking

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
PDF = b"%PDF-1.7\n%%EOF"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 64
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def page(found: Delegation) -> str:
    return f"/en/e/test/registration/{found.id}/choices"


def send(client: FlaskClient, address: str, name: str, content: bytes, filename: str, **others: Any) -> tuple[int, str]:
    """Send the form of the page with this file chosen."""
    form = next(form for form in forms_of(client.get(address).get_data(as_text=True)) if form.method == "post")
    data: dict[str, Any] = {key: form.values.getlist(key) for key in form.values} | others
    data[name] = FileStorage(io.BytesIO(content), filename)
    boundary, body = encode_multipart(data)  # the client itself would leave a large body in a file that nobody closes
    answer = client.post(address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
    return answer.status_code, answer.get_data(as_text=True)


def kept(world: World) -> list[Path]:
    place = Path(world.app.config["DATA_DIR"]) / "questions"
    return sorted(place.iterdir()) if place.is_dir() else []


def stored(question: Question) -> Answer:
    session().rollback()
    session().expire_all()
    return session().query(Answer).filter_by(question_id=question.id).one()


@pytest.fixture
def ghent(world: World, asking: Asking) -> tuple[Delegation, Participant, Question]:
    with world.writing():
        found = world.delegation("Ghent", people=1)
        portrait = asking.add("file", "Portrait")
    return found, world.people(found)[0], portrait


@pytest.mark.parametrize(
    "content, name, kept_as, media_type",
    [
        (PNG, "portrait.png", "portrait.png", "image/png"),
        (JPEG, "Ann’s portrait.JPEG", "Anns portrait.jpg", "image/jpeg"),
        (PDF, "../../etc/passwd", "passwd.pdf", "application/pdf"),
        (PDF, "C:\\dossier\\été.exe", "été.pdf", "application/pdf"),
        (PNG, 'a"; filename="b.html', "a filenameb.png", "image/png"),
        (PNG, "...", "file.png", "image/png"),
    ],
)
def test_the_type_is_what_the_file_holds_and_its_name_is_made_safe(
    content: bytes, name: str, kept_as: str, media_type: str
) -> None:
    upload = files.checked(name, content)
    assert (upload.name, upload.media_type) == (kept_as, media_type)


@pytest.mark.parametrize(
    "content, refusal",
    [
        (HTML, NotAFileWeTake),
        (SVG, NotAFileWeTake),
        (b"GIF89a", NotAFileWeTake),
        (b"MZ\x90", NotAFileWeTake),
        (b"", Empty),
    ],
)
def test_anything_else_is_refused(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        files.checked("portrait.png", content)
    with pytest.raises(TooLarge):
        files.checked("portrait.png", PNG + b"\x00" * files.MOST_BYTES)


def test_a_file_is_sealed_under_a_name_that_tells_nothing_and_read_back_by_its_owner(
    world: World, ghent: tuple[Delegation, Participant, Question]
) -> None:
    found, person, portrait = ghent
    me = world.guest(person)
    own = f"/en/e/test/me/{person.id}/needs"
    status, _text = send(me, own, f"questions_choices-{person.id}-q{portrait.id}", PNG, "Ann.png")
    assert status == 302
    (path,) = kept(world)
    assert (len(path.name), PNG[:8] in path.read_bytes(), path.stat().st_mode & 0o077) == (48, False, 0)
    text = me.get(own).get_data(as_text=True)
    address = f"/en/e/test/questions/of-person/{person.id}/{stored(portrait).id}"
    assert f'<a href="{address}">Ann.png</a>' in text
    answer = me.get(address)
    assert (answer.status_code, answer.data, answer.content_type) == (200, PNG, "image/png")
    assert answer.headers["Content-Disposition"] == "attachment; filename=\"Ann.png\"; filename*=UTF-8''Ann.png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    session().rollback()
    assert [(one.name, one.content) for one in own_files(person.id)] == [(f"questions/{portrait.id}-Ann.png", PNG)]
    head = world.guest(found)
    page_of_head = head.get(page(found)).get_data(as_text=True)
    assert ("Ann.png" in page_of_head, "of-person" in page_of_head) == (True, False)


def test_nobody_else_reads_it(world: World, asking: Asking, ghent: tuple[Delegation, Participant, Question]) -> None:
    found, person, portrait = ghent
    with world.writing():
        other = world.delegation("Turin", people=1)
        welcome, reader, meals = (
            world.organiser(role) for role in (EventRole.WELCOME, EventRole.READER, EventRole.CATERING)
        )
    send(world.guest(found), page(found), f"questions_choices-{person.id}-q{portrait.id}", PNG, "Ann.png")
    number = stored(portrait).id
    own = f"/en/e/test/questions/of-person/{person.id}/{number}"
    (stranger,) = world.people(other)
    for client in (world.client(), world.guest(other), world.guest(stranger), world.guest(found)):
        assert client.get(own).status_code in {302, 404}
    as_other = f"/en/e/test/questions/of-person/{stranger.id}/{number}"
    as_whole = f"/en/e/test/questions/of-delegation/{found.id}/{number}"
    assert world.guest(stranger).get(as_other).status_code == 404
    assert world.guest(found).get(as_whole).status_code == 404
    desk = world.url(f"questions/answers/{number}/file")
    statuses = [world.client(one).get(desk).status_code for one in (world.owner, welcome, reader, meals)]
    assert statuses == [200, 200, 404, 404]


def test_a_delegation_reads_back_its_own_file(world: World, asking: Asking) -> None:
    with world.writing():
        found, other = world.delegation(people=1), world.delegation(people=1)
        poster = asking.add("file", "Poster", scope="delegation")
    head = world.guest(found)
    assert send(head, page(found), f"questions_choices-q{poster.id}", PDF, "poster.pdf")[0] == 302
    address = f"/en/e/test/questions/of-delegation/{found.id}/{stored(poster).id}"
    assert head.get(address).data == PDF
    assert world.guest(other).get(address).status_code == 404


@pytest.mark.parametrize("content, name", [(HTML, "portrait.png"), (SVG, "logo.svg"), (SVG, "logo.png")])
def test_what_only_looks_like_a_picture_is_refused_beside_its_field(
    world: World, ghent: tuple[Delegation, Participant, Question], content: bytes, name: str
) -> None:
    found, person, portrait = ghent
    status, text = send(world.guest(found), page(found), f"questions_choices-{person.id}-q{portrait.id}", content, name)
    assert status == 422
    assert "This is no PDF, PNG or JPEG file." in text
    assert kept(world) == []


def test_seventeen_megabytes_are_refused_with_a_sentence(
    world: World, ghent: tuple[Delegation, Participant, Question]
) -> None:
    found, person, portrait = ghent
    name = f"questions_choices-{person.id}-q{portrait.id}"
    status, text = send(world.guest(found), page(found), name, PNG + b"\x00" * 17_000_000, "large.png")
    assert (status, "This is too much at once" in text) == (413, True)
    status, text = send(world.guest(found), page(found), name, PNG + b"\x00" * 9_000_000, "large.png")
    assert (status, "This file is larger than 8 MB." in text) == (422, True)
    assert kept(world) == []


def test_a_file_sent_for_a_text_and_a_text_for_a_file_are_no_answers(
    world: World, asking: Asking, ghent: tuple[Delegation, Participant, Question]
) -> None:
    found, person, portrait = ghent
    with world.writing():
        motto = asking.add("text", "Motto")
    client, prefix = world.guest(found), f"questions_choices-{person.id}-"
    status, _text = send(
        client, page(found), f"{prefix}q{motto.id}", PNG, "x.png", **{f"{prefix}q{portrait.id}": "text"}
    )
    assert status == 302
    assert asking.answers(person) == {}


def test_when_something_else_is_wrong_the_form_says_that_the_file_is_to_be_chosen_again(
    world: World, asking: Asking, ghent: tuple[Delegation, Participant, Question]
) -> None:
    found, person, portrait = ghent
    with world.writing():
        number = asking.add("number", "Metres")
    prefix = f"questions_choices-{person.id}-"
    status, text = send(
        world.guest(found), page(found), f"{prefix}q{portrait.id}", PNG, "x.png", **{f"{prefix}q{number.id}": "ten"}
    )
    assert status == 422
    assert "Correct the rest, and choose this file again: it was not kept." in text
    assert kept(world) == []


def test_another_file_replaces_the_first_and_taking_it_away_leaves_none(
    world: World, asking: Asking, ghent: tuple[Delegation, Participant, Question]
) -> None:
    found, person, portrait = ghent
    client, name = world.guest(found), f"questions_choices-{person.id}-q{portrait.id}"
    send(client, page(found), name, PNG, "first.png")
    (first,) = kept(world)
    send(client, page(found), name, JPEG, "second.jpg")
    (second,) = kept(world)
    assert (first != second, asking.answers(person)["Portrait"]["name"]) == (True, "second.jpg")
    send(client, page(found), "unheard", b"", "", **{f"{name}_remove": "y"})
    assert (kept(world), asking.answers(person)) == ([], {})


def test_erasing_a_person_erases_answers_and_files_and_leaves_the_question(
    world: World, asking: Asking, ghent: tuple[Delegation, Participant, Question]
) -> None:
    found, person, portrait = ghent
    send(world.guest(found), page(found), f"questions_choices-{person.id}-q{portrait.id}", PNG, "Ann.png")
    assert len(kept(world)) == 1
    with transaction():
        privacy.erase(world.hooks.hub, session().get_one(Participant, person.id), by=world.by)
    assert (kept(world), asking.answers(person)) == ([], {})


def test_a_file_whose_transaction_failed_is_swept_away_after_a_day(
    world: World, ghent: tuple[Delegation, Participant, Question]
) -> None:
    found, person, portrait = ghent
    send(world.guest(found), page(found), f"questions_choices-{person.id}-q{portrait.id}", PNG, "Ann.png")
    (known,) = kept(world)
    orphan = known.parent / ("0" * 48)
    orphan.write_bytes(b"sealed")
    yesterday = time.time() - files.SWEPT_AFTER - 60
    for path in (known, orphan):
        os.utime(path, (yesterday, yesterday))
    fresh = known.parent / ("1" * 48)
    fresh.write_bytes(b"sealed")
    session().rollback()
    files.sweep()
    assert kept(world) == sorted([known, fresh])
