"""A program with a token, and what it asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from eventhub.db import transaction
from eventhub.events.models import Event
from eventhub.rest import tokens
from eventhub.testing import World

EVERYTHING = ("delegations:edit", "delegations:read", "events:edit", "events:read", "providers:edit", "providers:read")


@dataclass
class Program:
    """A program that speaks with the API about one event."""

    client: FlaskClient
    secret: str
    slug: str
    token_id: int

    def ask(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        """Send a request; a path that starts with a slash is one of the site, else of the event."""
        place = path if path.startswith("/") else f"/api/v1/events/{self.slug}/{path}"
        said = {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(place, method=method, json=json, headers=said)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def change(self, path: str, json: Any = None, method: str = "PATCH") -> Any:
        """Change a record as it is now."""
        return self.ask(method, path, json, If_Match=self.get(path).headers["ETag"])


def make_program(world: World, permissions: Iterable[str] = EVERYTHING, event: Event | None = None) -> Program:
    event = event or world.event
    hooks = world.app.extensions["hub"].for_event(event)
    with transaction():
        token, secret = tokens.create(event, "Ledger", permissions, 30, by=world.by, hooks=hooks)
    return Program(world.app.test_client(), secret, event.slug, token.id)


@pytest.fixture
def program(world: World) -> Program:
    return make_program(world)
