"""EventHub's main job, through HTTP as people do it, on SQLite and on PostgreSQL: from an invitation to a dossier.

No domain function is called: organisers and guests fill forms, mails are read from where they were sent, and what one
person does is seen by the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import orm

from eventhub import jobs, mailfolder, migrations
from eventhub.access import accounts
from eventhub.db import db
from eventhub.delegations.models import Delegation, Participant
from eventhub.testing import make_app
from tests.browsing import Person

EVENT = "/en/manage/assembly"
PEOPLE = (
    ("Anežka Dvořáková", "anezka@example.org", ["en", "cs"]),
    ("Bedřich Novák", "bedrich@example.org", ["en"]),
    ("Žofie Malá", "zofie@example.org", ["fr"]),
)


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


@pytest.fixture
def site(engine_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A site whose tables its own migrations made."""
    made = make_app(engine_url, tmp_path, tables=False)
    migrations.upgrade(made)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def organiser(site: Flask) -> Person:
    with site.app_context():
        link = accounts.one_time_link("camille@example.org")
    person = Person(site.test_client())
    person.open(link.removeprefix("http://localhost"))
    person.send()
    return person


def do_jobs(site: Flask) -> None:
    with site.app_context():
        jobs.run_due()


def mail_to(site: Flask, address: str) -> mailfolder.KeptMail:
    """Return the newest mail that this address received."""
    return next(mail for mail in mailfolder.kept(site.config["MAIL_FOLDER"]) if mail.recipient == address)


def link_in(mail: mailfolder.KeptMail) -> str:
    found = re.search(r"http://localhost(/\S+/d/\S+)", mail.body)
    assert found, mail.body
    return found[1]


def ids(site: Flask, model: type[Delegation] | type[Participant]) -> list[int]:
    with site.app_context(), orm.Session(db.engine) as reading:
        return list(reading.scalars(sa.select(model.id).order_by(model.id)))


def open_an_event(desk: Person) -> None:
    desk.open("/en/manage/new")
    desk.send(
        {
            "title-fr": "Assemblée citoyenne",
            "title-en": "Citizens’ assembly",
            "slug": "assembly",
            "starts_on": "2025-03-25",
            "ends_on": "2025-03-26",
            "city": "Grenoble",
            "languages": ["fr", "en"],
            "source_language": "fr",
        }
    )
    desk.open(f"{EVENT}/settings")
    desk.send({"registration_closes_at": "2025-03-20T18:00", "reply_to": "desk@example.org"})
    for state in ("planning", "open"):
        desk.open(f"{EVENT}/settings")
        desk.send(action=f"/state/{state}")
    assert "Registration open" in desk.text


def plan(desk: Person) -> None:
    """Write a venue with a room and four programme items."""
    desk.open(f"{EVENT}/programme/venues/new")
    desk.send({"name": "Maison", "address": "1 place Verdun", "step_free": "y"})
    desk.open(f"{EVENT}/programme/venues/1/rooms/new")
    desk.send({"name": "Salle bleue", "capacity": "80", "booths": "1"})
    items = (
        ("plenary", "Plénière", "Plenary", "2025-03-25T14:00", "2025-03-25T18:30", ["en"], "1"),
        ("meal", "Dîner", "Dinner", "2025-03-25T19:00", "2025-03-25T21:00", [], ""),
        ("visit", "Visite de la caserne", "Barracks visit", "2025-03-26T09:00", "2025-03-26T11:00", [], ""),
        ("visit", "Visite du parc", "Park visit", "2025-03-26T09:00", "2025-03-26T11:00", [], ""),
    )
    for kind, french, english, starts, ends, floor, room in items:
        desk.open(f"{EVENT}/programme/new")
        desk.send(
            {
                "kind": kind,
                "title-fr": french,
                "title-en": english,
                "starts_at": starts,
                "ends_at": ends,
                "floor_languages": floor,
                "room_id": room,
                "state": "confirmed",
            }
        )
    assert "Park visit" in desk.open("/en/e/assembly/programme")


def catalogue(desk: Person) -> None:
    """Write two visits, one of them step-free."""
    for title, item, step_free in (("Barracks", "Barracks visit", True), ("Park", "Park visit", False)):
        page = desk.open(f"{EVENT}/field-visits/new")
        value = re.search(rf'<option value="(\d+)"[^>]*>[^<]*{item}', page)
        assert value, page
        desk.send(
            {
                "title-fr": title,
                "title-en": title,
                "languages": ["fr", "en"],
                "walking_level": "1",
                "step_free": "y" if step_free else None,
                "item_id": value[1],
                "minimum": "1",
                "maximum": "2",
                "state": "open",
            }
        )


def invite(desk: Person) -> None:
    desk.open(f"{EVENT}/delegations/new")
    desk.send(
        {
            "name": "Prague",
            "city": "Prague",
            "country": "CZ",
            "role": "participant",
            "quota": "4",
            "contact_name": "Anežka Dvořáková",
            "contact_email": "anezka@example.org",
            "contact_language": "en",
        }
    )
    desk.send(action="/invite")


def register(head: Person, delegation: int, people: list[int] | None = None) -> None:
    """Name three people and hold a seat, say how they travel, what they need and which visits they wish."""
    base = f"/en/e/assembly/registration/{delegation}"
    page = head.open(f"{base}/people")
    seats = sorted(set(map(int, re.findall(r'name="person-(\d+)-name"', page))))
    assert len(seats) == 4
    values: dict[str, object] = {}
    for seat, (name, email, languages) in zip(seats, PEOPLE, strict=False):
        values |= {
            f"person-{seat}-name": name,
            f"person-{seat}-function": "Planner",
            f"person-{seat}-email": email,
            f"person-{seat}-languages": languages,
        }
    head.send(values)
    assert head.address == f"{base}/travel"


def test_from_invitation_to_dossier(site: Flask) -> None:
    desk = organiser(site)
    open_an_event(desk)
    plan(desk)
    catalogue(desk)
    invite(desk)
    do_jobs(site)

    head = Person(site.test_client())
    head.open(link_in(mail_to(site, "anezka@example.org")))
    head.send()
    [delegation] = ids(site, Delegation)
    register(head, delegation)
