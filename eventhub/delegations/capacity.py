"""Who is offered which seats: the rule of the waiting list, pure.

Requests are served in the order in which their addresses were confirmed. One gets all its seats when they are free,
of its kind and of the event; fewer when it said that fewer are fine. A request for more seats than are free lets the
ones behind it pass, but not for ever: once it has been passed over for as long as the event's patience, seats that
become free are kept for it until there are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

ALL = "all"
NO_LIMIT = 2**31 - 1


@dataclass(frozen=True)
class Count:
    """The seats of one kind, or of the whole event: its limit (None: none), those given, those held in offers."""

    capacity: int | None = None
    used: int = 0
    offered: int = 0

    @property
    def free(self) -> int:
        return NO_LIMIT if self.capacity is None else max(0, self.capacity - self.used - self.offered)

    @property
    def limit(self) -> int:
        return NO_LIMIT if self.capacity is None else self.capacity


@dataclass(frozen=True)
class Waiting:
    """A request as the rule sees it."""

    id: int
    kind: str
    seats: int
    accepts_fewer: bool = False
    passed_since: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What to do now: seats to offer, in the order of the list, and who was passed over."""

    offers: tuple[tuple[int, int], ...] = ()
    passed: tuple[int, ...] = ()

    def seats_of(self, request_id: int) -> int:
        return dict(self.offers).get(request_id, 0)


def free(counts: Mapping[str, Count], kind: str) -> int:
    """Return how many seats of this kind can be given: those free of the kind and of the whole event."""
    return min(counts[kind].free, counts[ALL].free)


def can_ever_fit(counts: Mapping[str, Count], kind: str, seats: int) -> bool:
    return seats <= min(counts[kind].limit, counts[ALL].limit)


def plan(counts: Mapping[str, Count], waiting: Iterable[Waiting], moment: datetime, patience: timedelta) -> Plan:
    """Return whom to offer seats; ``waiting`` is in the order of the list, all kinds together."""
    left = {kind: count.free for kind, count in counts.items()}
    offers: list[tuple[int, int]] = []
    passed: list[int] = []
    for one in waiting:
        room = min(left[one.kind], left[ALL])
        if room <= 0:
            continue
        given = one.seats if one.seats <= room else room if one.accepts_fewer else 0
        if given:
            offers.append((one.id, given))
            left[one.kind] -= given
            left[ALL] -= given
            continue
        passed.append(one.id)
        tired = one.passed_since is not None and one.passed_since + patience <= moment
        if tired and can_ever_fit(counts, one.kind, one.seats):
            left[one.kind] = 0
            if left[ALL] < one.seats:
                left[ALL] = 0  # what the event lacks, any other kind could take
    return Plan(tuple(offers), tuple(passed))
