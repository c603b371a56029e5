"""The complete registration of a delegation of four, in flows a second, beside a plain Flask form flow of the same run.

A flow is what a head of delegation does: open the link, read and send each step, hand in, read the confirmation. The
floor does as many requests: WTForms with as many fields, one template, one INSERT a person and a commit on SQLite.
"""

from __future__ import annotations

import multiprocessing
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa
from flask import g

from bench.inside import REFERENCE, site
from eventhub.access import links
from eventhub.access.models import User
from eventhub.db import session, transaction
from eventhub.events.models import Event
from eventhub.testing import World
from tests.browsing import forms_of

FLOWS = {1: 12, 8: 32, 32: 96}  # {clients: flows}


@dataclass
class Browser:
    """One connection with its cookie."""

    port: int
    cookie: str = ""
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, fields: list[tuple[str, str]] | None = None, expect: int = 200) -> str:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        self.times.append(time.perf_counter() - began)
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        if answer.status != expect:
            self.failures.append(f"{method} {path}: {answer.status}")
        return text

    def send_form(self, path: str, page: str, typed: Callable[[str, str], str | None]) -> str:
        """Send the page's form, each field as ``typed`` says by its name and present value; None leaves it."""
        form = max((one for one in forms_of(page) if one.method == "post"), key=lambda one: len(one.names))
        values = {name: form.values.getlist(name) for name in form.names}
        for name, present in values.items():
            wanted = typed(name, present[0] if present else "")
            if wanted is not None:
                values[name] = [wanted]
        return self.ask("POST", path, [(name, one) for name, many in values.items() for one in many], expect=302)


def answer_of(name: str, present: str) -> str | None:
    """Return what the head types into a field of any step."""
    if re.fullmatch(r"person-\d+-name", name):
        return f"Guest {name}"
    if re.fullmatch(r"person-\d+-email", name):
        return f"{name}@example.org"
    if re.fullmatch(r"person-\d+-function", name):
        return "Planner"
    if re.fullmatch(r"person-\d+-languages", name):
        return "en"
    if name.endswith(("arrival_mode", "departure_mode")):
        return "train"
    if name.endswith("arrival_at"):
        return "2025-03-25T10:00"
    if name.endswith("departure_at"):
        return "2025-03-27T18:00"
    return None


def register(browser: Browser, link: str, slug: str, delegation_id: int) -> None:
    base = f"/en/e/{slug}/registration/{delegation_id}"
    browser.ask("GET", link)
    browser.ask("POST", link, [], expect=302)
    for stage in ("people", "travel", "needs", "choices"):
        page = browser.ask("GET", f"{base}/{stage}")
        browser.send_form(f"{base}/{stage}", page, answer_of)
    page = browser.ask("GET", f"{base}/")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    browser.ask("POST", f"{base}/submit", [("csrf_token", token[1] if token else "")], expect=302)
    browser.ask("GET", f"{base}/thanks")


REQUESTS = 13  # of a flow


def plain(browser: Browser, link: str, slug: str, number: int) -> None:
    """The floor's flow: as many pages and forms."""
    for _n in range(REQUESTS // 2):
        page = browser.ask("GET", f"/plain/{number}")
        browser.send_form(f"/plain/{number}", page, lambda name, present: f"Guest {name}" if "name" in name else None)
    browser.ask("GET", f"/plain/{number}")


def _work(port: int, flow: Any, slug: str, jobs: list[tuple[str, int]], results: Queue[Any]) -> None:
    times, failures, flows = [], [], []
    for link, key in jobs:
        browser = Browser(port)
        began = time.perf_counter()
        flow(browser, link, slug, key)
        flows.append(time.perf_counter() - began)
        browser.connection.close()
        times += browser.times
        failures += browser.failures
    results.put((times, failures, flows))


def run(port: int, flow: Any, slug: str, jobs: list[tuple[str, int]], clients: int) -> tuple[float, list[float]]:
    """Return flows a second and the sorted times of requests; stops the measurement on a wrong answer."""
    results: Queue[Any] = multiprocessing.Queue()
    shares = [jobs[number::clients] for number in range(clients)]
    workers = [multiprocessing.Process(target=_work, args=(port, flow, slug, share, results)) for share in shares]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    answers = [results.get(timeout=300) for _worker in workers]
    seconds = time.perf_counter() - began
    for worker in workers:
        worker.join()
    failures = [text for _times, failed, _flows in answers for text in failed]
    if failures:
        raise SystemExit(f"{len(failures)} wrong answers, the first: {failures[0]}")
    return len(jobs) / seconds, sorted(value for times, _failed, _flows in answers for value in times)


def invite(folder: Path, now: str, number: int, database: str = "") -> tuple[str, list[tuple[str, int]]]:
    """Write delegations of four to the reference event, with links; returns its slug and (link, delegation id)."""
    app = site(folder, now, database)
    with app.test_request_context():
        event = session().scalars(sa.select(Event).where(Event.slug == REFERENCE)).one()
        owner = session().scalars(sa.select(User).limit(1)).unique().one()
        g.language, g.event, g.event_slug = "en", event, event.slug
        world = World(app, event, owner)
        with transaction():
            found = [world.delegation(quota=4, country="SE") for _n in range(number)]
            made = [(urlsplit(links.mint_url("delegation", one.id, event.id, "en")).path, one.id) for one in found]
        return event.slug, made


def rows(port: int, floor_port: int, slug: str, invited: list[tuple[str, int]], row: Any) -> list[Any]:
    found = []
    left = list(invited)
    for clients, flows in FLOWS.items():
        jobs, left = left[:flows], left[flows:]
        rate, times = run(port, register, slug, jobs, clients)
        floor, _times = run(floor_port, plain, slug, [("", number) for number in range(flows)], clients)
        found.append(row("registration of four, flows", rate, "per s", floor, rate / floor, clients=clients))
        p95 = 1000 * times[int(len(times) * 0.95)]
        p50 = 1000 * statistics.median(times)
        found.append(row("registration of four, p50 of a request", p50, "ms", clients=clients))
        found.append(row("registration of four, p95 of a request", p95, "ms", clients=clients))
    return found
