"""The counters of an event's seats: locked, taken, freed. Each write is conditional, under the lock of its event."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from eventhub.db import session
from eventhub.delegations import capacity
from eventhub.delegations.capacity import ALL, Count
from eventhub.delegations.models import ABSENT, Delegation, DelegationRole
from eventhub.delegations.models_waiting import SeatCounter
from eventhub.errors import Refused
from eventhub.i18n import lazy_gettext as _l

KINDS = (ALL, *(role.value for role in DelegationRole))


class NoSeatsLeft(Refused):
    message = _l(
        "Only %(free)s of these seats are free. Raise the limit on the page “Seats and waiting list”, or give fewer."
    )
    field = "quota"


class CapacityBelowUse(Refused):
    message = _l(
        "%(used)s seats of this kind are given or offered: the limit cannot go below that. Free some first, "
        "or set a higher limit."
    )


Held = tuple[str, int]


def held(found: Delegation) -> Held:
    """Return (kind, seats) that the delegation counts for; nobody is expected of an absent or archived one."""
    coming = found.archived_at is None and found.state not in ABSENT
    return found.role or DelegationRole.PARTICIPANT, found.quota if coming else 0


def counts(event_id: int) -> dict[str, Count]:
    """Return the counters by kind, in one statement; an event whose seats were never counted has none yet."""
    return _read(event_id, lock=False) or dict.fromkeys(KINDS, Count())


def lock(event_id: int) -> dict[str, Count]:
    """Lock the counters of the event and return them; every act that moves seats begins with this.

    The order of locks is a delegation, then the counters, then requests: two acts never wait for each other.
    """
    found = _read(event_id, lock=True)
    if not found:
        _begin(event_id)
        found = _read(event_id, lock=True)
    return found


def _read(event_id: int, *, lock: bool) -> dict[str, Count]:
    query = (
        sa.select(SeatCounter.kind, SeatCounter.capacity, SeatCounter.used, SeatCounter.offered)
        .where(SeatCounter.event_id == event_id)
        .order_by(SeatCounter.id)
    )
    rows = session().execute(query.with_for_update() if lock else query)
    return {row.kind: Count(row.capacity, row.used, row.offered) for row in rows}


def _begin(event_id: int) -> bool:
    """Make the counters of an event from the delegations as they are now; tells whether another act was not faster."""
    session().flush()
    used = seats_held(event_id)
    rows = [{"event_id": event_id, "kind": kind, "used": used.get(kind, 0), "offered": 0} for kind in KINDS]
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    made = session().execute(insert(SeatCounter).values(rows).on_conflict_do_nothing())
    return bool(made.rowcount)  # type: ignore[attr-defined]


def seats_held(event_id: int) -> dict[str, int]:
    """Return {kind: seats} of the delegations that come, and of all of them: what the counters must say."""
    query = (
        sa.select(Delegation.role, sa.func.sum(Delegation.quota))
        .where(Delegation.event_id == event_id, Delegation.archived_at.is_(None), Delegation.state.not_in(ABSENT))
        .group_by(Delegation.role)
    )
    found = {role: int(seats) for role, seats in session().execute(query)}
    return {**found, ALL: sum(found.values())}


def take(event_id: int, kind: str, seats: int) -> None:
    """Count so many more seats of this kind, or refuse with NoSeatsLeft."""
    known = lock(event_id)
    shift(event_id, kind, used=seats, known=known)


def move(event_id: int, before: Held, after: Held) -> None:
    """Count what a delegation holds after a change, which is written already, instead of what it held before."""
    known = _read(event_id, lock=True)
    if not known and _begin(event_id):
        return  # counting begins here, with the change
    known = known or lock(event_id)
    if before[0] == after[0]:
        shift(event_id, after[0], used=after[1] - before[1], known=known)
        return
    shift(event_id, before[0], used=-before[1], known=known)
    shift(event_id, after[0], used=after[1], known=lock(event_id))


def recount(event_id: int) -> None:
    """Count what the delegations hold now, after many were written at once; refuse what the limits do not allow."""
    session().flush()
    known = lock(event_id)
    used = seats_held(event_id)
    for kind, count in known.items():
        more = used.get(kind, 0) - count.used
        if more > count.free:
            raise NoSeatsLeft(free=count.free)
        if more:
            session().execute(
                sa.update(SeatCounter)
                .where(SeatCounter.event_id == event_id, SeatCounter.kind == kind)
                .values(used=SeatCounter.used + more)
                .execution_options(synchronize_session=False)
            )


def shift(event_id: int, kind: str, *, used: int = 0, offered: int = 0, known: Mapping[str, Count]) -> None:
    """Move the counters of the kind and of the event, in one conditional write; the caller holds the lock."""
    if not used and not offered:
        return
    more = used + offered
    room = sa.or_(SeatCounter.capacity.is_(None), SeatCounter.used + SeatCounter.offered + more <= SeatCounter.capacity)
    moved = session().execute(
        sa.update(SeatCounter)
        .where(SeatCounter.event_id == event_id, SeatCounter.kind.in_((ALL, kind)))
        .where(*([room] if more > 0 else []))
        .values(used=SeatCounter.used + used, offered=SeatCounter.offered + offered)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 2:  # type: ignore[attr-defined]
        raise NoSeatsLeft(free=capacity.free(known, kind))


def set_limits(event_id: int, limits: Mapping[str, int | None]) -> dict[str, list[int | None]]:
    """Set the limit of each kind given, None for none; refuse one below what is given or offered."""
    known = lock(event_id)
    changes: dict[str, list[int | None]] = {}
    for kind, limit in limits.items():
        count = known[kind]
        if limit == count.capacity:
            continue
        if limit is not None and limit < count.used + count.offered:
            raise CapacityBelowUse(used=count.used + count.offered, field=f"capacity_{kind}")
        session().execute(
            sa.update(SeatCounter)
            .where(SeatCounter.event_id == event_id, SeatCounter.kind == kind)
            .values(capacity=limit)
            .execution_options(synchronize_session=False)
        )
        changes[f"capacity_{kind}"] = [count.capacity, limit]
    return changes
