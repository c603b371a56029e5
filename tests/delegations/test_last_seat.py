"""Forty people reach for the last five seats at the same moment, through HTTP, on SQLite and on PostgreSQL.

The form has no button "give me any free seat": it shows the delegation's seats, and everybody types a name on the
first free one they see. So forty clients, each with a personal link of their own, open the page while all five seats
are free, and send a name for seat 1 at once. A name typed on a seat that was free is a newcomer: when the seat is
another's by then, the newcomer is given any free one; when none is left, the answer is a refusal in words that gives
the typed name back. Nobody's name is ever written over another's.

The control takes the locks off and the conditional write with them: it must oversell, or this test proves nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
import waitress.server
from flask import Flask

from eventhub import db
from eventhub.access import links
from eventhub.db import session
from eventhub.delegations import domain, seats
from eventhub.delegations.models import Delegation, Participant, ParticipantState
from eventhub.testing import World, make_app, make_world
from tests.browsing import forms_of

CLIENTS, SEATS = 40, 5
REFUSAL = "All 5 seats of this delegation are taken."


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve the app by waitress as the site does, on a free port; yields the port."""
    server = waitress.server.create_server(app, host="127.0.0.1", port=0, threads=8, map={})
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.task_dispatcher.shutdown()
        server.close()
        thread.join(10)


@dataclass
class Client:
    """A browser with a personal link, on a connection of its own."""

    port: int
    cookie: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)

    def send(self, method: str, path: str, fields: list[tuple[str, str]] | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": "localhost", "Cookie": self.cookie}
        body = urlencode(fields) if fields is not None else ""
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        connection.close()
        return answer.status, text

    def open(self, link: str, page: str) -> None:
        """Press the button of the link, and read the form."""
        status, _text = self.send("POST", urlsplit(link).path, [])
        assert status == 302
        status, text = self.send("GET", page)
        assert status == 200
        form = next(form for form in forms_of(text) if form.method == "post")
        self.fields = list(form.values.items(multi=True))

    def name(self, page: str, name: str) -> tuple[int, str]:
        """Type the name on the first seat that the page showed free, and save."""
        free = next(key for key, value in self.fields if key.endswith("-name") and not value)
        return self.send("POST", page, [(key, name if key == free else value) for key, value in self.fields])


def reach_for_the_seats(world: World, port: int) -> tuple[list[str], list[tuple[int, str, str]], Delegation]:
    """Let forty clients name somebody at once; returns who was told yes, the other answers, and the delegation."""
    with world.writing():
        found = world.delegation(quota=SEATS)
        urls = [links.mint_url("delegation", found.id, world.event.id, "en") for _n in range(CLIENTS)]
    session().rollback()
    page = f"/en/e/test/registration/{found.id}/people"
    names = [f"Guest Number{number}" for number in range(CLIENTS)]
    clients = [Client(port) for _name in names]
    start = threading.Barrier(CLIENTS)

    def reach(client: Client, name: str) -> tuple[int, str]:
        start.wait(30)
        return client.name(page, name)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda pair: pair[0].open(pair[1], page), zip(clients, urls, strict=True)))
        answers = list(pool.map(reach, clients, names))
    told_yes = [name for name, (status, _text) in zip(names, answers, strict=True) if status == 302]
    others = [(status, text, name) for name, (status, text) in zip(names, answers, strict=True) if status != 302]
    found = domain.with_seats(world.event, found.id)
    return told_yes, others, found


def expected_of(found: Delegation) -> list[str]:
    query = sa.select(Participant.name).where(
        Participant.delegation_id == found.id, Participant.state == ParticipantState.REGISTERED
    )
    return sorted(session().scalars(query))


def check_rounds(world: World, rounds: int) -> None:
    with served(world.app) as port:
        for _round in range(rounds):
            told_yes, others, found = reach_for_the_seats(world, port)
            seated = sorted(seat.participant.name for seat in found.seats if seat.participant is not None)
            # what was answered, what the seats say, who is expected and what the counter says is one and the same
            assert (len(told_yes), len(seated), found.seats_named) == (SEATS, SEATS, SEATS)
            assert sorted(told_yes) == seated == expected_of(found)
            assert [status for status, _text, _name in others] == [422] * (CLIENTS - SEATS)
            for _status, text, name in others:
                assert REFUSAL in text
                assert f'value="{name}"' in text
            session().rollback()


def test_five_seats_go_to_exactly_five_of_forty(world: World) -> None:
    check_rounds(world, 3)


@pytest.mark.trust
def test_five_seats_go_to_exactly_five_of_forty_fifty_times(world: World) -> None:
    check_rounds(world, 50)


# --- the control ----------------------------------------------------------------------------------------------------


def without_begin(engine: sa.Engine, *, foreign_keys: bool = True) -> None:
    """Set SQLite up as a driver does that begins no transaction: every statement on its own."""

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA busy_timeout=10000")


def take_seats_naively(found: Delegation, number: int) -> None:
    """Read, think, then write: what the conditional write is there against."""
    query = sa.select(Delegation.seats_named, Delegation.quota).where(Delegation.id == found.id)
    named, quota = session().execute(query).one()
    if named + number > quota:
        raise seats.QuotaExceeded(quota=quota)
    time.sleep(0.02)
    session().execute(sa.update(Delegation).where(Delegation.id == found.id).values(seats_named=named + number))


@pytest.fixture
def careless_world(engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world whose writes lock nothing."""
    monkeypatch.setattr(db, "set_up_sqlite", without_begin)
    monkeypatch.setattr(domain, "locked_delegation", domain.with_seats)
    monkeypatch.setattr(seats, "take_seats", take_seats_naively)
    app = make_app(engine_url, tmp_path)
    with app.test_request_context():
        yield make_world(app)
    with app.app_context():
        db.db.session.remove()
        db.db.engine.dispose()


def test_without_the_lock_more_than_five_are_told_yes(careless_world: World) -> None:
    with served(careless_world.app) as port:
        told_yes, _others, _found = reach_for_the_seats(careless_world, port)
    assert len(told_yes) > SEATS
