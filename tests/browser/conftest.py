"""A real Chromium on a real server with the reference event.

Where no Chromium is found the tests are skipped with a line that says so; under CI that is a failure.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from waitress.server import create_server

from eventhub import jobs, tabular
from eventhub.access import accounts, links
from eventhub.activity import SYSTEM
from eventhub.db import session, transaction
from eventhub.delegations.intake import staging, work
from eventhub.demo import Demo, told
from eventhub.rest import tokens, webhooks
from eventhub.testing import make_app

ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1400, "height": 900}


def chromium() -> str | None:
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium() or os.environ.get("CI"):
        return
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: pages are not seen in a browser"))


@dataclass
class Site:
    """The reference event on a server of its own."""

    app: Flask
    url: str
    demo: Demo
    event_id: int
    slug: str

    def organiser_link(self, email: str = "organiser@example.org") -> str:
        with self.app.app_context():
            return accounts.one_time_link(email)

    def guest_link(self, purpose: str, subject_id: int, language: str = "en") -> str:
        with self.app.app_context(), transaction():
            return links.mint_url(purpose, subject_id, self.event_id, language)

    def do_jobs(self) -> None:
        with self.app.app_context():
            jobs.run_due()


def give_to_programs(app: Flask, demo: Demo) -> None:
    """Make a token and a webhook with something on its way, so that their pages are seen too."""
    hooks = app.extensions["hub"].for_event(demo.event)
    with transaction():
        tokens.create(demo.event, "Ledger", ["providers:read"], 90, by=SYSTEM, hooks=hooks)
        heard = ["delegations:confirmed"]
        hook, _secret = webhooks.register(demo.event, "https://ledger.example.org/hook", heard, by=SYSTEM, hooks=hooks)
        hook.cursor = 0
    webhooks.look()
    with transaction():  # nothing is sent from here
        session().execute(sa.delete(jobs.Job).where(jobs.Job.kind == "rest.deliver"))


ROSTER = """Delegation;Country;Seats;Name;E-mail;Phone;Arrival;Diet
Turin;IT;2;Bruno Neri;bruno@example.org;+39 011 1234567;2025-03-25 14:00;none
Turin;IT;;Carla Sala;carla@example;612345678;31/02/2025;none
"""


def wait_to_be_imported(demo: Demo) -> None:
    """Leave a roster that was tried and waits, so that its pages are seen too."""
    with transaction():
        staged = staging.stage(demo.event, staging.drafted("roster.csv", tabular.read_text(ROSTER)), by=SYSTEM)
    work.plan(demo.event, staged.id)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("site")
    server = None
    app = make_app(f"sqlite:///{folder / 'site.db'}", folder)
    with app.test_request_context():
        demo = told.tell(app)
        event_id, slug = demo.event.id, demo.event.slug
        give_to_programs(app, demo)
        wait_to_be_imported(demo)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    port = server.effective_port
    app.config.update(BASE_URL=f"http://127.0.0.1:{port}", TRUSTED_HOSTS=["127.0.0.1"])
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{port}", demo, event_id, slug)
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = chromium()
    assert path, "CI has no Chromium: .ci/run installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def organiser_state(site: Site, chrome: Any) -> Any:
    """The cookies of an organiser who signed in with a one-time link."""
    context = chrome.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(site.organiser_link())
    page.get_by_role("button").last.click()
    page.wait_for_url("**/manage/")
    state = context.storage_state()
    context.close()
    return state
