"""Pytest fixtures on the reference event: told once a session, copied for each test that wants it.

In a ``conftest.py``: ``from eventhub.demo.fixtures import demo, reference``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import g

from eventhub.access.models import User
from eventhub.db import get, session
from eventhub.delegations.models import Delegation, Participant
from eventhub.demo import Demo, told
from eventhub.demo import reference as facts
from eventhub.events.models import Event, ProgrammeItem
from eventhub.lending import lend
from eventhub.providers.models import Provider
from eventhub.testing import World, make_app

IDS = ("delegations", "people", "items", "providers", "rooms")


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'reference.db'}"


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that holds the reference event, all plugins' chapters told; not to be written to."""
    folder = tmp_path_factory.mktemp("reference")
    with lend(_url(folder), folder, make_app) as app, app.app_context(), app.test_request_context():
        demo = told.tell(app)
    (folder / "ids.json").write_text(json.dumps({name: getattr(demo, name) for name in IDS}))
    return folder


@dataclass
class ToldWorld(World):
    """A world that is a copy of the reference event; ``ids`` gives the ids by the keys of the seed."""

    ids: Demo

    def person(self, key: str) -> Participant:
        """Return the person of "tampere-2"."""
        return get(Participant, self.ids.people[key])

    def party(self, key: str) -> Delegation:
        """Return the delegation of "ghent"."""
        return get(Delegation, self.ids.delegations[key])

    def entry(self, key: str) -> ProgrammeItem:
        """Return the programme item of "wed_lunch"."""
        return get(ProgrammeItem, self.ids.items[key])

    def supplier(self, key: str) -> Provider:
        """Return the provider of "coach"."""
        return get(Provider, self.ids.providers[key])


@pytest.fixture
def demo(reference: Path, tmp_path: Path) -> Iterator[ToldWorld]:
    """The reference event on a site of the test's own, inside a request of its owner in English."""
    folder = tmp_path / "site"
    shutil.copytree(reference, folder)
    with lend(_url(folder), folder, make_app, tables=False) as app, app.test_request_context():
        g.language = "en"
        event = session().scalars(sa.select(Event).where(Event.slug == facts.SLUG)).one()
        owner = session().scalars(sa.select(User).where(User.email == facts.OWNER[0])).unique().one()
        ids = Demo(
            event, owner, app.extensions["hub"].for_event(event), **json.loads((folder / "ids.json").read_text())
        )
        told.stand_in(ids)
        yield ToldWorld(app, event, owner, ids)
