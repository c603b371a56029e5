"""The reference event, told through domain functions; real facts as published, everything else fictional."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from eventhub.access.models import User
    from eventhub.activity import Actor
    from eventhub.events.models import Event
    from eventhub.hub import Hooks


@dataclass
class Demo:
    """What the chapters of the reference event share: ids by the keys that the seed gives.

    ``people`` is keyed "<delegation>-<n>", the head being 1 ("prague-1"); ``items`` like "tue_opening", "visit_a".
    """

    event: Event
    owner: User
    hooks: Hooks
    delegations: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    providers: dict[str, int] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        return self.owner.actor


@contextmanager
def told_at(moment: datetime) -> Iterator[None]:
    """Pin the site's clock inside the block, so that the journal of the told event has the dates of its story."""
    before = current_app.config["TODAY"]
    current_app.config["TODAY"] = moment.astimezone(UTC)
    try:
        yield
    finally:
        current_app.config["TODAY"] = before
