"""The reference event, told through domain functions; real facts as published, everything else fictional."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
