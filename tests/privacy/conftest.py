"""People with something to erase, and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app

from eventhub import outbox
from eventhub.activity import SYSTEM
from eventhub.delegations import needs
from eventhub.delegations.models import Participant
from eventhub.testing import World

SENTINEL = "zzsentinelzz"


@pytest.fixture
def people(world: World) -> list[Participant]:
    """Two people, the first with a need and an opened link, both with a mail."""
    with world.writing():
        found = world.delegation("Sentinel City", people=2)
        one, other = world.people(found)
        needs.declare(one, needs.Access(step_free=True, other=SENTINEL), by=SYSTEM)
        needs.give_consent(one, needs.ACCESS, "2025-01", confirmed=True)
        for person in (one, other):
            outbox.post(
                "privacy_own_data", person.email, "en", by=SYSTEM, event=world.event, about=person, person=person
            )
    world.guest(one)
    return [one, other]


@pytest.fixture
def after(world: World) -> Callable[[int], None]:
    """Let the site believe that it is noon, so many days after the event."""

    def moved(days: int) -> None:
        day = world.event.ends_on + timedelta(days=days)
        current_app.config["TODAY"] = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    return moved
