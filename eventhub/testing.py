"""Fixtures, factories with boring defaults, and ``check_plugin``: for bundled plugins and third parties alike.

In a ``conftest.py``: ``from eventhub.testing import *``.
"""

from __future__ import annotations

import contextvars
import itertools
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from eventhub import create_app
from eventhub.access import accounts, links
from eventhub.access.models import EventRole, User
from eventhub.activity import SYSTEM
from eventhub.db import Model, db, session, transaction
from eventhub.delegations import domain as delegations
from eventhub.delegations.models import Delegation, Participant
from eventhub.events import domain as events
from eventhub.events import programme
from eventhub.events.models import Event, EventState, ProgrammeItem
from eventhub.lending import lend
from eventhub.providers import domain as providers
from eventhub.providers.models import Provider

__all__ = ["World", "app", "engine_url", "make_app", "world"]
NOW = datetime(2025, 3, 13, 8, 0, tzinfo=UTC)
_numbers = itertools.count(1)


class Browser(FlaskClient):
    """A test client whose requests share nothing with the test: Flask lends them an app context that is already open,
    and with it the person who asked before.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("buffered", True)  # what is streamed is read to its end there too
        return contextvars.Context().run(super().open, *args, **kwargs)


def make_app(
    url: str, folder: Path, *, plugins: Iterable[ModuleType] | None = None, tables: bool = True, **config: Any
) -> Flask:
    """Return an app on this database with its tables made; jobs wait until a test runs them."""
    values = {
        "DATABASE_URL": url,
        "DATA_DIR": folder,
        "QUEUE_URL": "memory",
        "TODAY": NOW,
        "MAIL_FOLDER": folder / "mail",
        "BASE_URL": "http://localhost",
        "LOG_LEVEL": "CRITICAL",
        # Flask-Security hashes for a tenth of a second otherwise, once per test account
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__rounds": 1,
            "argon2__memory_cost": 64,
            "argon2__parallelism": 1,
        },
        **config,
    }
    made = create_app(values, plugins)
    made.testing = True
    made.test_client_class = Browser
    if tables:
        with made.app_context():
            Model.metadata.create_all(db.engine)
    return made


@pytest.fixture
def engine_url(tmp_path: Path) -> str:
    """A database of the test's own; a suite that tests PostgreSQL too overrides this."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def app(engine_url: str, tmp_path: Path) -> Iterator[Flask]:
    with lend(engine_url, tmp_path, make_app) as made:
        yield made


@dataclass
class World:
    """An app with an event, an owner, and short ways to make the rest; writes happen inside ``writing()``."""

    app: Flask
    event: Event
    owner: User

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open the one transaction that domain functions need."""
        with transaction():
            yield

    @property
    def hooks(self) -> Any:
        return self.app.extensions["hub"].for_event(self.event)

    @property
    def by(self) -> Any:
        return self.owner.actor

    def item(
        self,
        title: str = "Plenary",
        kind: str = "plenary",
        day: int = 0,
        start: str = "14:00",
        end: str = "15:00",
        **facts: Any,
    ) -> ProgrammeItem:
        """Write a programme item on the event's n-th day at local times."""
        on = self.event.starts_on + timedelta(days=day)

        def at(text: str) -> datetime:
            return datetime.combine(on, time.fromisoformat(text), self.event.zone)

        values = {"kind": kind, "title": {"fr": title, "en": title}, "starts_at": at(start), "ends_at": at(end)}
        values |= {
            "room_id": None,
            "floor_languages": ["en"],
            "audience": "everyone",
            "capacity": None,
            "state": "confirmed",
        } | facts
        return programme.add_item(self.event, values, by=self.by, hooks=self.hooks)

    def delegation(self, name: str = "", people: int = 0, quota: int = 4, **facts: Any) -> Delegation:
        """Write a delegation, its first seats named with generated people."""
        name = name or f"City {next(_numbers)}"
        values = {"name": name, "city": name, "country": "DE", "role": "participant", "quota": max(quota, people)}
        values |= {"contact_email": f"head{next(_numbers)}@example.org", "contact_language": "en"} | facts
        found = delegations.add(self.event, values, by=SYSTEM)
        session().flush()
        if people:
            named = [
                delegations.Person(
                    seat.id,
                    f"{name} Person {seat.position}",
                    "Planner",
                    f"p{next(_numbers)}@example.org",
                    "",
                    ("en",),
                    "en",
                )
                for seat in found.seats[:people]
            ]
            delegations.save_people(self.event, found, named, by=SYSTEM, hooks=self.hooks)
        return found

    def people(self, found: Delegation) -> list[Participant]:
        return [seat.participant for seat in found.seats if seat.participant is not None]

    def provider(self, name: str = "", kinds: tuple[str, ...] = ("other",), **facts: Any) -> Provider:
        values = {"name": name or f"Provider {next(_numbers)}", "kinds": list(kinds), "state": "active"} | facts
        return providers.add(self.event, values, by=SYSTEM)

    def organiser(self, *roles: EventRole, administrator: bool = False) -> User:
        """Write an account with these roles on the event."""
        user = accounts.create_user(f"organiser{next(_numbers)}@example.org", "Organiser", administrator=administrator)
        for role in roles:
            accounts.give_role(user, self.event.id, role)
        return user

    def client(self, user: User | None = None) -> FlaskClient:
        """Return a browser, signed in through a real one-time link when a user is given."""
        client = self.app.test_client()
        if user is not None:
            with transaction():
                url = links.mint_url("login", user.id, None, "en")
            assert client.post(url.removeprefix("http://localhost")).status_code == 302
        return client

    def guest(self, found: Delegation | Participant) -> FlaskClient:
        """Return a browser that opened the personal link of a delegation or participant."""
        purpose = "delegation" if isinstance(found, Delegation) else "participant"
        with transaction():
            url = links.mint_url(purpose, found.id, self.event.id, "en")
        client = self.app.test_client()
        assert client.post(url.removeprefix("http://localhost")).status_code == 302
        return client

    def url(self, path: str, language: str = "en", area: str = "manage") -> str:
        return f"/{language}/{area}/{self.event.slug}/{path}"


def make_world(app: Flask) -> World:
    """Write an open event of three days from 25 March 2025 with an owner, inside a request context."""
    g.language = "en"
    with transaction():
        owner = accounts.create_user("owner@example.org", "Owner")
        event = events.create(
            title={"fr": "Évènement d’essai", "en": "Test event"},
            slug="test",
            starts_on=date(2025, 3, 25),
            ends_on=date(2025, 3, 27),
            languages=["fr", "en"],
            by=owner,
            plugins=[c.name for c in app.extensions["hub"].plugins() if c.active],
            registration_closes_at=NOW + timedelta(days=5),
        )
        event.state = EventState.OPEN
    g.event, g.event_slug, g.user, g.actor = event, event.slug, owner, owner.actor
    g.roles, g.links = frozenset({EventRole.OWNER}), []
    made = World(app, event, owner)
    g.hooks = made.hooks
    return made


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """A world inside a request, so that addresses can be built."""
    with app.test_request_context():
        yield make_world(app)


def csrf_of(page: str) -> str:
    """Return the form token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page has no form token"
    return found[1]
