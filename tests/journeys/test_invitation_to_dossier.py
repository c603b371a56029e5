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


def register(head: Person, delegation: int) -> list[int]:
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
    people = sorted(set(map(int, re.findall(r'name="travel-(\d+)-arrival_mode"', head.text))))
    assert len(people) == 3
    travel: dict[str, object] = {}
    for person in people:
        travel |= {
            f"travel-{person}-arrival_mode": "train",
            f"travel-{person}-arrival_at": "2025-03-25T12:00",
            f"travel-{person}-departure_mode": "train",
            f"travel-{person}-departure_at": "2025-03-26T17:00",
        }
    head.send(travel)
    assert head.address == f"{base}/needs"
    head.send(
        {
            f"access-{people[0]}-step_free": "y",
            f"access-{people[0]}-consent": "y",
            f"catering-{people[1]}-diet": "vegan",
            f"catering-{people[1]}-consent": "y",
        }
    )
    assert head.address == f"{base}/choices"
    offered = re.findall(r'<option value="(\d+)"', head.text)
    barracks, park = sorted(set(map(int, offered)))
    wishes: dict[str, object] = {}
    for person in people:
        wishes |= {f"field_visits-{person}-rank_1": park, f"field_visits-{person}-rank_2": barracks}
    head.send(wishes)
    head.open(f"{base}/")
    head.send(action="/submit")
    assert head.address == f"{base}/thanks"
    return people


def allocate(desk: Person) -> None:
    """Compute the allocation, look at it, publish it."""
    desk.open(f"{EVENT}/field-visits/allocation/")
    desk.send(action="/compute")
    desk.send(action="/publish")


def interpret(desk: Person) -> None:
    """Ask for interpretation of the plenary, book one interpreter, and be told that one is not enough."""
    desk.open(f"{EVENT}/providers/new")
    desk.send({"name": "Langues et Cie", "kinds": ["interpretation_agency"], "email": "agence@example.org"})
    for name in ("Ines Exemple", "Jules Exemple"):
        desk.open(f"{EVENT}/interpretation/interpreters/new")
        desk.send({"name": name, "provider_id": "1", "a_languages": ["fr"], "b_languages": ["en"], "day_rate": "700"})
    desk.open(f"{EVENT}/interpretation/settings")
    desk.send({"profile": "aiic_canada", "reason": "The house works by it."})
    plenary = 1
    desk.open(f"{EVENT}/interpretation/items/{plenary}/needs/new")
    desk.send({"from_language": "en", "to_language": "fr", "mode": "simultaneous", "booth": "1", "both_ways": "y"})
    for interpreter in ("1", "2"):
        desk.open(f"{EVENT}/interpretation/interpreters/bookings/new")
        desk.send({"interpreter_id": interpreter, "item_ids": [str(plenary)], "state": "firm"})
    page = desk.open(f"{EVENT}/")
    assert "AIIC Canada" in page, "four and a half hours with two interpreters break the profile"


def feed(desk: Person) -> None:
    """Write the dinner as a meal, read its headcount, freeze it."""
    desk.open(f"{EVENT}/catering/meals/new")
    desk.send({"service": "seated", "item_ids": ["2"], "name": "Dinner"})
    assert re.search(r"\b4\b", desk.text), "three people named and one seat held"
    desk.open(f"{EVENT}/catering/meals/1/freeze")
    desk.send(having="seen")
    assert "Frozen" in desk.open(f"{EVENT}/catering/meals/1")


def publish(site: Flask, desk: Person) -> None:
    """Publish the programme dossier in both languages."""
    desk.open(f"{EVENT}/dossiers/")
    desk.send({"languages": ["fr", "en"]}, action="/publish")
    do_jobs(site)
    page = desk.open(f"{EVENT}/dossiers/")
    assert "editions/1" in page


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
    people = register(head, delegation)
    do_jobs(site)
    assert "Prague" in mail_to(site, "anezka@example.org").body

    allocate(desk)
    interpret(desk)
    feed(desk)
    publish(site, desk)

    desk.open(f"{EVENT}/delegations/people/{people[0]}")
    page = desk.send(action="/link")
    link = re.search(r"http://localhost(/en/d/[\w-]+)", page)
    assert link
    guest = Person(site.test_client())
    guest.open(link[1])
    own = guest.send()
    assert "Anežka Dvořáková" in own
    assert "Barracks" in own, "who needs step-free ways is placed on the step-free visit"
    for language in ("fr", "en"):
        pdf = guest.client.get(f"/{language}/e/assembly/my-dossier/{people[0]}/pdf")
        assert pdf.status_code == 200, pdf.status_code
        assert pdf.data.startswith(b"%PDF-")
