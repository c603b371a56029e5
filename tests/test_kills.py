"""kill -9 of the real server at each failpoint: what was answered is stored, once; every mail leaves, at most twice.

Guests register through HTTP at a server of its own process, whose mail goes to a real SMTP server. The process dies at
the failpoint, or at any moment; a new one takes over on the same files.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from eventhub import migrations
from eventhub.access import links
from eventhub.db import db, session
from eventhub.delegations.models import Participant
from eventhub.jobs import Job
from eventhub.outbox import MailMessage
from eventhub.testing import NOW, World, make_app, make_world
from tests.browsing import forms_of

POINTS = (
    "tx.before_commit",
    "tx.after_commit",
    "resp.before",
    "outbox.claimed",
    "outbox.smtp_accepted",
    "outbox.marked",
)


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


class Inbox:
    """A mail server that keeps Message-IDs."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(self, server: SMTP, session: object, envelope: object) -> str:  # noqa: N802  (aiosmtpd's name)
        text = envelope.content.decode("utf-8", "replace")  # type: ignore[attr-defined]  # aiosmtpd has no types
        self.ids += [line[11:].strip() for line in text.splitlines() if line.lower().startswith("message-id:")]
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield inbox, controller.port
    controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Guest:
    """A head of delegation: the link is opened, one person is to be named, then the registration is handed in."""

    number: int
    delegation_id: int
    link: str
    cookie: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    token: str = ""
    named: bool = False
    submitted: bool = False

    @property
    def name(self) -> str:
        return f"Guest Number{self.number}"


@dataclass
class Site:
    """The site as its own process, started again and again on the same data."""

    url: str
    folder: Path
    smtp_port: int
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    slowest_start: float = 0.0

    def start(self, fault: str = "") -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EVENTHUB_")}
        settings = {
            "EVENTHUB_DATABASE_URL": self.url,
            "EVENTHUB_DATA_DIR": str(self.folder),
            "EVENTHUB_TODAY": NOW.isoformat(),
            "EVENTHUB_MAIL": "smtp",
            "EVENTHUB_SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "EVENTHUB_PORT": str(self.port),
            "EVENTHUB_LOG_LEVEL": "CRITICAL",
        }
        settings |= {"EVENTHUB_FAULT": fault} if fault else {}
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "eventhub", "serve"],
            env=kept | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while self.process.poll() is None:
            with contextlib.suppress(OSError, HTTPException):
                if self.ask("GET", "/healthz")[0] == 200:
                    break
            assert time.monotonic() - began < 60, "the site does not come up"
            time.sleep(0.05)
        self.slowest_start = max(self.slowest_start, time.monotonic() - began)

    def ask(
        self, method: str, path: str, cookie: str = "", fields: list[tuple[str, str]] | None = None
    ) -> tuple[int, str, str]:
        """Return (status, page, cookie); OSError or HTTPException when the site died meanwhile."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": cookie} if cookie else {}
        body = urlencode(fields) if fields is not None else None
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, text, (answer.getheader("Set-Cookie") or cookie).partition(";")[0]
        finally:
            connection.close()

    def kill(self) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def died(self, within: float = 10.0) -> bool:
        assert self.process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(within)
        return self.process.returncode == -signal.SIGKILL


@pytest.fixture
def world(engine_url: str, tmp_path: Path) -> Iterator[World]:
    """A world on migrated tables, as a server process wants them."""
    app = make_app(engine_url, tmp_path, tables=False)
    migrations.upgrade(app)
    with app.test_request_context():
        yield make_world(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def site(world: World, engine_url: str, tmp_path: Path, inbox: tuple[Inbox, int]) -> Iterator[Site]:
    made = Site(engine_url, tmp_path, inbox[1])
    yield made
    if made.process is not None:
        made.kill()


def invite(world: World, site: Site, number: int) -> list[Guest]:
    """Write delegations of one seat with their links, and let each open its own and read the form."""
    with world.writing():
        found = [world.delegation(quota=1) for _n in range(number)]
        guests = [
            Guest(n, one.id, urlsplit(links.mint_url("delegation", one.id, world.event.id, "en")).path)
            for n, one in enumerate(found)
        ]
    session().rollback()
    site.start()
    for guest in guests:
        status, _page, guest.cookie = site.ask("POST", guest.link, fields=[])
        assert status == 302
        status, page, guest.cookie = site.ask("GET", people(guest), guest.cookie)
        assert status == 200
        form = next(one for one in forms_of(page) if one.method == "post" and any("-name" in n for n in one.names))
        guest.fields = [(k, guest.name if k.endswith("-name") else v) for k, v in form.values.items(multi=True)]
        guest.token = form.values["csrf_token"]
    site.kill()
    return guests


def people(guest: Guest) -> str:
    return f"/en/e/test/registration/{guest.delegation_id}/people"


def register(site: Site, guest: Guest) -> None:
    """Name the person and hand in, until it is answered or the site dies; remembers what was answered."""
    with contextlib.suppress(OSError, HTTPException):
        if not guest.named:
            status, _page, _cookie = site.ask("POST", people(guest), guest.cookie, guest.fields)
            guest.named = status == 302
        if guest.named and not guest.submitted:
            address = f"/en/e/test/registration/{guest.delegation_id}/submit"
            status, _page, _cookie = site.ask("POST", address, guest.cookie, [("csrf_token", guest.token)])
            guest.submitted = status == 302


def check_stored(guests: list[Guest]) -> None:
    """What was answered is there, and nothing is there twice."""
    session().rollback()
    stored = Counter(session().scalars(sa.select(Participant.name)))
    for guest in guests:
        assert stored[guest.name] <= 1, f"{guest.name} is stored twice"
        assert not guest.named or stored[guest.name] == 1, f"{guest.name} was acknowledged and is lost"
    mails = Counter(session().scalars(sa.select(MailMessage.subject_id).where(MailMessage.kind == "registered")))
    for guest in guests:
        assert mails[guest.delegation_id] <= 1, f"{guest.name} is written to twice"
        assert not guest.submitted or mails[guest.delegation_id] == 1, f"the mail to {guest.name} is lost"


def check_mails(world: World, site: Site, inbox: Inbox, kills: int) -> None:
    """Let a new process send what is left: each mail arrived, and no more repeats than kills, under the same id."""
    with world.writing():
        past = datetime(2000, 1, 1, tzinfo=UTC)
        session().execute(sa.update(Job).values(lease_until=sa.null(), not_before=past))  # leases of the dead
    site.start()
    deadline = time.monotonic() + 90
    waiting = sa.select(sa.func.count()).select_from(MailMessage).where(MailMessage.state != "sent")
    while session().scalar(waiting):
        session().rollback()
        assert time.monotonic() < deadline, "mails are left"
        time.sleep(0.25)
    site.kill()
    arrived = Counter(inbox.ids)
    assert set(arrived) == set(session().scalars(sa.select(MailMessage.message_id)))
    assert sum(arrived.values()) - len(arrived) <= kills


def die_at(world: World, site: Site, inbox: Inbox, points: list[str]) -> None:
    guests = invite(world, site, len(points))
    deaths = 0
    for guest, point in zip(guests, points, strict=True):
        site.start(f"{point}=kill")
        register(site, guest)
        deaths += site.died()
        site.kill()
        check_stored(guests)
    assert deaths == len(points), "a failpoint was never reached"
    site.start()
    for guest in guests:
        register(site, guest)
        assert guest.submitted, "after the cure, everybody registers"
    site.kill()
    check_stored(guests)
    check_mails(world, site, inbox, deaths)


def test_a_server_killed_at_each_failpoint_loses_nothing(world: World, site: Site, inbox: tuple[Inbox, int]) -> None:
    die_at(world, site, inbox[0], list(POINTS))


@pytest.mark.trust
def test_a_server_killed_ten_times_at_each_failpoint(
    world: World, site: Site, inbox: tuple[Inbox, int], record_property: Callable[[str, float], None]
) -> None:
    die_at(world, site, inbox[0], [point for point in POINTS for _n in range(10)])
    record_property("slowest start in seconds", site.slowest_start)


@pytest.mark.trust
def test_a_server_killed_two_hundred_times_at_any_moment(
    world: World, site: Site, inbox: tuple[Inbox, int], record_property: Callable[[str, float], None]
) -> None:
    dice = random.Random(20250325)  # the same moments in each run, as far as a clock can promise
    guests = invite(world, site, 200)
    for guest in guests:
        site.start()
        timer = threading.Timer(dice.uniform(0, 0.12), site.process.send_signal, [signal.SIGKILL])  # type: ignore[union-attr]
        timer.start()
        register(site, guest)
        timer.join()
        site.kill()
        check_stored(guests)
    site.start()
    for guest in guests:
        register(site, guest)
        assert guest.submitted
    site.kill()
    check_stored(guests)
    check_mails(world, site, inbox[0], len(guests))
    record_property("slowest start in seconds", site.slowest_start)
