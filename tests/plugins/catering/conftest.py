"""A site with catering and a planted extension that says who carries a packed lunch on which visit."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask, g

import plugins.catering
from eventhub.api import (
    Attendance,
    Delegation,
    Demo,
    Event,
    MealAt,
    Participant,
    PluginInfo,
    ProgrammeItem,
    Provider,
    db,
    hookimpl,
)
from eventhub.demo import told as demonstration
from eventhub.testing import World, make_app
from plugins.catering import dietary, domain
from plugins.catering.dietary import Need
from plugins.catering.models import Meal, Service


@dataclass
class Walks:
    """Who is on which visit, as a plugin that allocates visits would say; ``broken`` makes it fail."""

    lines: list[tuple[int, int, MealAt]] = field(default_factory=list)
    broken: bool = False

    def send(self, person: Participant, visit: ProgrammeItem, meal: MealAt = MealAt.PACKED) -> None:
        self.lines.append((person.id, visit.id, meal))


@contextmanager
def planted() -> Iterator[tuple[Walks, ModuleType]]:
    """Plant the package ``plugins.walks`` with one hook."""
    state = Walks()
    package, hooks = ModuleType("plugins.walks"), ModuleType("plugins.walks.hooks")
    package.PLUGIN = PluginInfo("walks", "Walks", "Visits with packed lunches.", "1.0")  # type: ignore[attr-defined]

    @hookimpl
    def attendances(event: Event, items: Sequence[ProgrammeItem]) -> list[Attendance]:
        if state.broken:
            raise ValueError("the walks are lost")
        known = {item.id: item for item in items}
        return [
            Attendance(person, item, known[item].starts_at, known[item].ends_at, meal)
            for person, item, meal in state.lines
            if item in known
        ]

    hooks.attendances = attendances  # type: ignore[attr-defined]
    sys.modules[package.__name__], sys.modules[hooks.__name__] = package, hooks
    yield state, package
    del sys.modules[package.__name__], sys.modules[hooks.__name__]


@contextmanager
def site(url: str, folder: Path, walks: ModuleType) -> Iterator[Flask]:
    made = make_app(url, folder, plugins=[plugins.catering, walks])
    made.config["PROPAGATE_EXCEPTIONS"] = True  # a fault in a page is the fault of the test
    assert [c.reason for c in made.extensions["hub"].components.values() if c.reason] == []
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def walks() -> Iterator[tuple[Walks, ModuleType]]:
    with planted() as found:
        yield found


@pytest.fixture
def app(engine_url: str, tmp_path: Path, walks: tuple[Walks, ModuleType]) -> Iterator[Flask]:
    with site(engine_url, tmp_path, walks[1]) as made:
        yield made


@dataclass
class Told:
    """The reference event with catering's chapter, told once for a module that only reads it."""

    app: Flask
    demo: Demo
    walks: Walks


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("told")
    url = f"sqlite:///{folder / 'told.db'}"
    with planted() as (state, package), site(url, folder, package) as made, made.test_request_context():
        found = demonstration.tell(made)
        g.language = "en"
        yield Told(made, found, state)


@dataclass
class Kitchen:
    """Short ways to plan meals and say what people eat; use them inside ``world.writing()``."""

    world: World
    walks: Walks

    def caterer(self, name: str = "Caterer", **facts: object) -> Provider:
        terms = {"cutoff_n": 8, "cutoff_unit": "ouvrable", "max_increase": 3, "max_decrease": 2}
        return self.world.provider(name, ("caterer",), **{**terms, **facts})

    def meal(
        self, *items: ProgrammeItem, service: str = Service.SEATED, provider: Provider | None = None, **facts: object
    ) -> Meal:
        given = {"service": str(service), "provider_id": provider.id if provider else None, **facts}
        return domain.add(self.world.event, given, [item.id for item in items], by=self.world.by)

    def lunch(self, day: int = 0, provider: Provider | None = None, **facts: object) -> Meal:
        item = self.world.item("Lunch", "meal", day, "12:30", "13:45")
        return self.meal(item, provider=provider, **facts)

    def eats(self, person: Participant, need: Need, *, own: bool = True) -> None:
        dietary.declare(self.world.event, person, need, own=own, by=self.world.by)

    def people(self, count: int, name: str = "", **facts: object) -> tuple[Delegation, list[Participant]]:
        delegation = self.world.delegation(name, people=count, quota=count, **facts)
        return delegation, self.world.people(delegation)


@pytest.fixture
def kitchen(world: World, walks: tuple[Walks, ModuleType]) -> Kitchen:
    return Kitchen(world, walks[0])
