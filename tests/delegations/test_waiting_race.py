"""Forty organisations confirm at the same moment for the last five seats, through HTTP, on SQLite and on PostgreSQL.

Everybody asked for one seat and holds a link; the buttons behind the forty links are pressed at once. Exactly five
have a seat then, thirty-five wait, each in a place of their own. Then seats are freed while offers are accepted,
declined and left at once, and still every seat is in one place.

The control takes the lock off and the conditional write with it: it must give more seats than there are.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from eventhub import db
from eventhub.access import links
from eventhub.db import session
from eventhub.delegations import domain, places, waiting
from eventhub.delegations.capacity import ALL, Count
from eventhub.delegations.jobs import sweep
from eventhub.delegations.models import Delegation
from eventhub.delegations.models_waiting import RequestState, SeatCounter, SeatRequest
from eventhub.testing import World, make_app, make_world
from tests.browsing import forms_of
from tests.delegations.test_last_seat import Client, served, without_begin

CLIENTS, SEATS = 40, 5


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


def forty_ask(world: World) -> list[str]:
    """Write forty requests whose addresses are not proved yet; returns the paths of their links."""
    with world.writing():
        rules = {"is_open": True, "capacity_participant": SEATS, "kinds": ["participant"]}
        waiting.change_rules(world.event, rules, by=world.by)
        for number in range(CLIENTS):
            facts = {"name": f"Town {number}", "country": "FR", "kind": "participant", "seats": 1}
            facts |= {"contact_email": f"t{number}@example.org", "contact_language": "en", "contact_name": ""}
            waiting.ask(world.event, facts, by=world.by)
    with world.writing():
        ids = session().scalars(sa.select(SeatRequest.id).order_by(SeatRequest.id)).all()
        urls = [links.mint_url("request", key, world.event.id, "en") for key in ids]
    session().rollback()
    return [url.removeprefix("http://localhost") for url in urls]


def at_once(calls: list[Callable[[], tuple[int, str]]]) -> list[tuple[int, str]]:
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], tuple[int, str]]) -> tuple[int, str]:
        start.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def confirm_all(port: int, paths: list[str]) -> tuple[list[Client], list[int]]:
    clients = [Client(port) for _path in paths]
    pairs = zip(clients, paths, strict=True)
    answers = at_once([lambda client=client, path=path: client.send("POST", path, []) for client, path in pairs])
    return clients, [status for status, _text in answers]


def check(world: World) -> dict[str, int]:
    """Check that every seat is in one place; returns how many requests there are in each state."""
    session().rollback()
    session().expire_all()
    counts, held = places.counts(world.event.id), places.seats_held(world.event.id)
    requests = session().scalars(sa.select(SeatRequest)).all()
    offered = sum(one.offered_seats for one in requests)
    for kind in (ALL, "participant"):
        assert (counts[kind].used, counts[kind].offered) == (held.get(kind, 0), offered)
    assert counts["participant"].used + counts["participant"].offered <= SEATS
    registered = [one for one in requests if one.state == RequestState.REGISTERED]
    assert len({one.delegation_id for one in registered}) == len(registered)
    states = [one.state for one in requests]
    session().rollback()
    return {state: states.count(state) for state in set(states)}


def test_five_seats_go_to_five_of_forty_who_confirm_at_once(world: World) -> None:
    paths = forty_ask(world)
    with served(world.app) as port:
        clients, statuses = confirm_all(port, paths)
        assert statuses == [302] * CLIENTS
        assert check(world) == {RequestState.REGISTERED: SEATS, RequestState.WAITING: CLIENTS - SEATS}
        line = session().scalars(sa.select(SeatRequest.place).where(SeatRequest.state == RequestState.WAITING)).all()
        assert len(set(line)) == len(line)
        # pressed again, the same buttons change nothing
        _clients, statuses = confirm_all(port, paths)
        assert statuses == [302] * CLIENTS
        assert check(world) == {RequestState.REGISTERED: SEATS, RequestState.WAITING: CLIENTS - SEATS}
        answer_while_seats_are_freed(world, clients)


def answer_while_seats_are_freed(world: World, clients: list[Client]) -> None:
    """Free all five seats, then accept each offer in two tabs while others decline, leave, and the worker passes."""
    for key in session().scalars(sa.select(Delegation.id).order_by(Delegation.id)).all():
        session().rollback()
        with world.writing():
            found = domain.locked_delegation(world.event, key)
            domain.withdraw(world.event, found, "x", by=world.by, hooks=world.hooks)
    assert check(world)[RequestState.OFFERED] == SEATS
    query = sa.select(SeatRequest.id, SeatRequest.state).where(SeatRequest.state.in_(("offered", "waiting")))
    rows = session().execute(query.order_by(SeatRequest.place)).all()
    session().rollback()
    offered = [key for key, state in rows if state == RequestState.OFFERED]
    holders = {key: next(c for c in clients if c.send("GET", page(key))[0] == 200) for key in (*offered, rows[-1][0])}
    calls = []
    for n, key in enumerate(offered):
        act = "decline" if n == 0 else "accept"
        for _tab in range(2):
            calls.append(press(holders[key], key, act))
    calls.append(press(holders[rows[-1][0]], rows[-1][0], "leave"))
    with ThreadPoolExecutor(1) as worker:
        swept = worker.submit(sweep_often, world)
        answers = at_once(calls)
        swept.result()
    assert {status for status, _text in answers} <= {302, 422}
    assert [status for status, _text in answers[2:]] == [302] * (len(answers) - 2)
    states = check(world)
    assert states[RequestState.REGISTERED] == SEATS + len(offered) - 1
    assert (states[RequestState.DECLINED], states[RequestState.OFFERED], states[RequestState.LEFT]) == (1, 1, 1)


def page(key: int) -> str:
    return f"/en/e/test/register/{key}/"


def press(client: Client, key: int, act: str) -> Callable[[], tuple[int, str]]:
    """Open the page, and return what presses its button later."""
    _status, text = client.send("GET", page(key) + ("leave" if act == "leave" else ""))
    form = next(form for form in forms_of(text) if form.method == "post" and form.action.endswith(f"/{act}"))
    fields = list(form.values.items(multi=True))
    return lambda: client.send("POST", form.action, fields)


def sweep_often(world: World) -> None:
    with world.app.app_context():
        for _n in range(5):
            db.with_retries(sweep)
        db.db.session.remove()


# --- the control ----------------------------------------------------------------------------------------------------


def lock_nothing(event_id: int) -> dict[str, Count]:
    return places.counts(event_id)


def shift_naively(event_id: int, kind: str, *, used: int = 0, offered: int = 0, known: Mapping[str, Count]) -> None:
    """Read, think, then write: what the lock and the conditional write are there against."""
    if known[kind].free < used + offered:
        raise places.NoSeatsLeft(free=known[kind].free)
    time.sleep(0.02)
    for name in (ALL, kind):
        values = {"used": known[name].used + used, "offered": known[name].offered + offered}
        session().execute(
            sa.update(SeatCounter).where(SeatCounter.event_id == event_id, SeatCounter.kind == name).values(values)
        )


@pytest.fixture
def careless_world(engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world whose counters are neither locked nor written under a condition."""
    app = make_app(engine_url, tmp_path)
    with app.test_request_context():
        world = make_world(app)
        paths = forty_ask(world)
        session().rollback()
    with app.app_context():
        db.db.session.remove()
        db.db.engine.dispose()
    monkeypatch.setattr(db, "set_up_sqlite", without_begin)
    monkeypatch.setattr(places, "lock", lock_nothing)
    monkeypatch.setattr(places, "shift", shift_naively)
    app = make_app(engine_url, tmp_path, tables=False)
    with app.test_request_context():
        app.extensions["paths"] = paths
        yield World(app, world.event, world.owner)
    with app.app_context():
        db.db.session.remove()
        db.db.engine.dispose()


def test_without_the_lock_more_than_five_are_told_yes(careless_world: World) -> None:
    with served(careless_world.app) as port:
        confirm_all(port, careless_world.app.extensions["paths"])
    session().rollback()
    assert len(session().scalars(sa.select(Delegation.id)).all()) > SEATS
