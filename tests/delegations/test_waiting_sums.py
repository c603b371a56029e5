"""Whatever happens to seats, in any order: given + offered + free is the limit, and the counters say what is true.

Random sequences of everything that moves seats go through the domain, each step in a transaction of its own, as it
does on the site; a step that the rules refuse must change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventhub import clock
from eventhub.activity import SYSTEM
from eventhub.db import session
from eventhub.delegations import capacity, domain, offers, places, waiting
from eventhub.delegations.capacity import ALL, NO_LIMIT
from eventhub.delegations.jobs import sweep
from eventhub.delegations.models import Delegation
from eventhub.delegations.models_waiting import RequestState, SeatRequest
from eventhub.errors import Refused
from eventhub.events import domain as events
from eventhub.events.models import Event, EventState
from eventhub.testing import NOW, World

KINDS = ("participant", "observer")
LIMITS = {"capacity_all": 12, "capacity_participant": 8, "capacity_observer": 6}

number = st.integers(0, 30)
kind = st.sampled_from(KINDS)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("come"), kind, st.integers(1, 5), st.booleans()),
        st.tuples(st.just("accept"), number),
        st.tuples(st.just("decline"), number),
        st.tuples(st.just("leave"), number),
        st.tuples(st.just("remove"), number),
        st.tuples(st.just("offer"), number, st.integers(1, 5)),
        st.tuples(st.just("up"), number),
        st.tuples(st.just("invite"), kind, st.integers(1, 5)),
        st.tuples(st.just("withdraw"), number),
        st.tuples(st.just("reopen"), number),
        st.tuples(st.just("archive"), number),
        st.tuples(st.just("quota"), number, st.integers(1, 6)),
        st.tuples(st.just("role"), number, kind),
        st.tuples(st.just("hours"), st.sampled_from([1, 30, 49])),
        st.tuples(st.just("limit"), st.sampled_from([*LIMITS]), st.one_of(st.none(), st.integers(0, 14))),
    ),
    max_size=30,
)


# the world is one for all stories, each on an event of its own; and a busy machine is no failure
UNHURRIED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


class Story:
    """One event of its own, and what may be done to it."""

    count = 0

    def __init__(self, world: World) -> None:
        self.world = world
        world.app.config["TODAY"] = NOW
        Story.count += 1
        with world.writing():
            self.event: Event = events.create(
                title={"fr": "Essai", "en": "Trial"},
                slug=f"trial-{Story.count}",
                starts_on=NOW.date() + timedelta(days=60),
                ends_on=NOW.date() + timedelta(days=61),
                languages=["fr", "en"],
                by=world.owner,
                plugins=[],
                registration_closes_at=NOW + timedelta(days=50),
            )
            self.event.state = EventState.OPEN
        self.hooks = world.app.extensions["hub"].for_event(self.event)
        self.do(
            lambda: waiting.change_rules(
                self.event, {**LIMITS, "is_open": True, "kinds": [*KINDS], "seats_each": 5}, by=SYSTEM
            )
        )
        self.names = 0

    def do(self, call: Callable[[], Any]) -> None:
        session().rollback()
        with suppress(Refused, StopIteration), self.world.writing():
            call()

    def request(self, n: int) -> int:
        """Return the id of the n-th request, counted round."""
        ids = session().scalars(sa.select(SeatRequest.id).where(SeatRequest.event_id == self.event.id)).all()
        return ids[n % len(ids)] if ids else next(iter(()))

    def delegation(self, n: int) -> Delegation:
        ids = session().scalars(sa.select(Delegation.id).where(Delegation.event_id == self.event.id)).all()
        return domain.locked_delegation(self.event, ids[n % len(ids)] if ids else next(iter(())))

    def facts(self) -> dict[str, Any]:
        self.names += 1
        name = f"Town {self.names}"
        return {"name": name, "country": "FR", "contact_email": f"t{self.names}@example.org", "contact_language": "en"}

    def step(self, what: str, *given: Any) -> None:
        event, hooks = self.event, self.hooks
        acts: dict[str, Callable[..., Any]] = {
            "come": self.come,
            "accept": lambda n: waiting.accept(event, self.request(n), by=SYSTEM),
            "decline": lambda n: waiting.decline(event, self.request(n), by=SYSTEM),
            "leave": lambda n: waiting.leave(event, self.request(n), by=SYSTEM),
            "remove": lambda n: waiting.remove(event, self.request(n), "why", by=SYSTEM),
            "offer": lambda n, seats: waiting.offer_now(event, self.request(n), seats, "why", by=SYSTEM),
            "up": lambda n: waiting.move_up(event, self.request(n), "why", by=SYSTEM),
            "invite": lambda kind, seats: domain.add(event, {**self.facts(), "role": kind, "quota": seats}, by=SYSTEM),
            "withdraw": lambda n: domain.decline(event, self.delegation(n), "", by=SYSTEM, hooks=hooks),
            "reopen": lambda n: domain.reopen(event, self.delegation(n), by=SYSTEM, hooks=hooks),
            "archive": self.archive,
            "quota": lambda n, seats: domain.change(
                event, self.delegation(n), {"quota": seats}, by=SYSTEM, hooks=hooks
            ),
            "role": lambda n, role: domain.change(event, self.delegation(n), {"role": role}, by=SYSTEM, hooks=hooks),
            "limit": lambda name, limit: waiting.change_rules(event, {name: limit}, by=SYSTEM),
        }
        if what == "hours":
            self.world.app.config["TODAY"] += timedelta(hours=given[0])
            session().rollback()
            sweep()
        else:
            self.do(lambda: acts[what](*given))

    def come(self, kind: str, seats: int, fewer: bool) -> None:
        facts = {**self.facts(), "kind": kind, "seats": seats, "accepts_fewer": fewer}
        found = waiting.ask(self.event, facts, by=SYSTEM)
        waiting.confirm(self.event, found.id, by=SYSTEM)

    def archive(self, n: int) -> None:
        found = self.delegation(n)
        domain.set_archived(self.event, found, found.archived_at is None, by=SYSTEM, hooks=self.hooks)

    def check(self) -> None:
        """Check that every seat is in one place, and that nobody waits who could have been offered seats."""
        session().rollback()
        session().expire_all()
        counts = places.counts(self.event.id)
        held = places.seats_held(self.event.id)
        query = sa.select(SeatRequest).where(SeatRequest.event_id == self.event.id).order_by(SeatRequest.place)
        requests = list(session().scalars(query))
        offered = {k: sum(one.offered_seats for one in requests if k in (ALL, one.kind)) for k in counts}
        for k, count in counts.items():
            assert (count.used, count.offered) == (held.get(k, 0), offered[k]), k
            if count.capacity is not None:
                assert count.used + count.offered + count.free == count.capacity, k
        line = [one for one in requests if one.state == RequestState.WAITING]
        patience = timedelta(hours=48)
        assert capacity.plan(counts, offers.waiting_as_seen(line), clock.now(), patience).offers == ()
        for one in requests:
            registered = one.state == RequestState.REGISTERED
            assert (one.delegation_id is not None) == registered
            assert (one.offer_expires_at is not None) == (one.state == RequestState.OFFERED)
            assert one.offered_seats <= one.seats


def play(world: World, sequence: list[tuple[Any, ...]]) -> None:
    story = Story(world)
    for one in sequence:
        story.step(*one)
        story.check()


@settings(max_examples=25, deadline=None, suppress_health_check=UNHURRIED)
@given(sequence=steps)
def test_no_seat_is_lost_and_none_is_given_twice(world: World, sequence: list[tuple[Any, ...]]) -> None:
    play(world, sequence)


@pytest.mark.trust
@settings(max_examples=600, deadline=None, suppress_health_check=UNHURRIED)
@given(sequence=steps)
def test_no_seat_is_lost_in_six_hundred_stories(world: World, sequence: list[tuple[Any, ...]]) -> None:
    play(world, sequence)


def test_the_check_sees_a_seat_that_was_lost(world: World) -> None:
    story = Story(world)
    story.step("come", "participant", 3, False)
    story.check()
    with world.writing():
        session().execute(sa.text("update seat_counter set used = used + 1 where kind = 'all'"))
    with pytest.raises(AssertionError):
        story.check()


def test_the_database_itself_refuses_a_seat_too_many(world: World) -> None:
    story = Story(world)
    with pytest.raises(sa.exc.IntegrityError), world.writing():
        session().execute(sa.text("update seat_counter set used = capacity + 1 where capacity is not null"))
    story.check()
    assert capacity.free(places.counts(story.event.id), "observer") < NO_LIMIT
