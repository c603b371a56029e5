"""An event with visits, and short ways to wish and to publish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import plugins.field_visits
from eventhub.db import db, session
from eventhub.testing import World, make_app
from plugins.field_visits import allocation, domain, standing, wishes
from plugins.field_visits.models import Slot
from plugins.field_visits.standing import Standing


@pytest.fixture
def app(engine_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A site with field visits alone."""
    made = make_app(engine_url, tmp_path, plugins=[plugins.field_visits])
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@dataclass
class Visits:
    """Short ways to write visits and wishes, and to publish; all but reading happen inside ``world.writing()``."""

    world: World

    def slot(
        self, title: str = "Visit", minimum: int = 1, maximum: int = 10, *, day: int = 1, wave: int = 1, **facts: Any
    ) -> Slot:
        """Write a visit on the event's second afternoon with one departure that is open for wishes."""
        item = self.world.item(title, kind="visit", day=day, start="13:30", end="17:00")
        given: dict[str, Any] = {
            "title": {"fr": f"{title} en français", "en": title},
            "meeting_point": {"fr": "Devant la gare", "en": "In front of the station"},
            "languages": ["en"],
            "walking_level": 1,
            "way_there": "foot",
        }
        departure = {"item_id": item.id, "minimum": minimum, "maximum": maximum, "state": "open", "wave": wave}
        return domain.add(self.world.event, given | facts, departure, by=self.world.by).slots[0]

    def now(self, wave: int = 1) -> Standing:
        found = standing.standing(self.world.event, wave)
        assert found is not None
        return found

    def wish(self, person: Any, *slots: Slot, abstains: bool = False) -> None:
        wanted = [slot.id for slot in slots]
        wishes.choose(self.world.event, self.now(), person, wanted, abstains=abstains, by=self.world.by)

    def propose(self, wave: int = 1) -> int:
        now, problem = allocation.current(self.world.event, wave)
        plan = allocation.solved(now, problem, seconds=5)
        run = allocation.propose(self.world.event, wave, plan, by=self.world.by)
        session().flush()
        return run.id

    def publish(self, wave: int = 1) -> allocation.Published:
        return allocation.publish(self.world.event, self.propose(wave), by=self.world.by)

    def places(self) -> dict[str, str]:
        """Return {person: visit} as they are stored now."""
        session().rollback()
        session().expire_all()
        now = self.now()
        return {
            person.name: slot.visit.title.text("en") or ""
            for person in now.people
            if (slot := now.slot_of(person)) is not None
        }


@pytest.fixture
def visits(world: World) -> Visits:
    return Visits(world)
