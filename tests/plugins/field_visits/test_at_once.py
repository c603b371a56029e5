"""Several organisers press "publish" at the same moment while somebody withdraws, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub.db import session, transaction
from eventhub.delegations import domain as delegations
from eventhub.events.models import Event
from eventhub.outbox import MailMessage
from eventhub.testing import World, csrf_of
from plugins.field_visits.models import Allocation, Run, RunState, Slot

ORGANISERS = 6


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


def counted() -> dict[int, int]:
    return {slot: used for slot, used in session().execute(sa.select(Slot.id, Slot.places_used)) if used}


def seated() -> dict[int, int]:
    query = sa.select(Allocation.slot_id, sa.func.count()).group_by(Allocation.slot_id)
    return dict(session().execute(query).all())


def test_a_plan_that_many_publish_at_once_is_published_once(world: World, visits: Any) -> None:
    with world.writing():
        slots = [visits.slot(f"Visit {n}", 1, 4) for n in range(3)]
        for number in range(5):
            for person in world.people(world.delegation(people=2)):
                visits.wish(person, slots[number % 3], slots[(number + 1) % 3])
        run_id = visits.propose()
    clients = [world.client(world.owner) for _n in range(ORGANISERS)]
    token = [csrf_of(client.get(world.url("field-visits/allocation/")).get_data(as_text=True)) for client in clients]
    address = world.url("field-visits/allocation/publish")
    session().rollback()
    start = threading.Barrier(ORGANISERS)

    def publish(number: int) -> int:
        start.wait(30)
        fields = {"run_id": run_id, "csrf_token": token[number]}
        return clients[number].post(address, data=fields).status_code

    with ThreadPoolExecutor(ORGANISERS) as pool:
        answers = Counter(pool.map(publish, range(ORGANISERS)))

    assert answers == {302: 1, 422: ORGANISERS - 1}
    assert counted() == seated()
    assert sum(seated().values()) == 10
    written = sa.select(sa.func.count()).where(MailMessage.kind == "field_visits_allocated")
    assert session().scalar(written) == 10


def test_who_withdraws_while_a_plan_is_published_has_no_place_and_the_counters_agree(world: World, visits: Any) -> None:
    with world.writing():
        slots = [visits.slot(f"Visit {n}", 1, 6) for n in range(2)]
        parties = [world.delegation(people=2) for _n in range(5)]
        for party in parties:
            for person in world.people(party):
                visits.wish(person, *slots)
        visits.publish()
        for party in parties:
            for person in world.people(party):
                visits.wish(person, *reversed(slots))
        run_id = visits.propose()
    client = world.client(world.owner)
    token = csrf_of(client.get(world.url("field-visits/allocation/")).get_data(as_text=True))
    address, by = world.url("field-visits/allocation/publish"), world.by
    leaving, event_id = parties[0].id, world.event.id
    session().rollback()
    start = threading.Barrier(2)

    def publish() -> int:
        start.wait(30)
        fields = {"run_id": run_id, "csrf_token": token}
        return client.post(address, data=fields).status_code

    def withdraw() -> int:
        with world.app.test_request_context():
            start.wait(30)
            with transaction():
                event = session().get_one(Event, event_id)
                hooks = world.app.extensions["hub"].for_event(event)
                found = delegations.locked_delegation(event, leaving)
                delegations.withdraw(event, found, "Ill", by=by, hooks=hooks)
            return 302

    with ThreadPoolExecutor(2) as pool:
        published, withdrawn = pool.submit(publish), pool.submit(withdraw)
        answers = (published.result(60), withdrawn.result(60))

    assert answers[1] == 302
    assert answers[0] in {302, 422}
    assert (session().get_one(Run, run_id).state == RunState.PUBLISHED) == (answers[0] == 302)
    assert counted() == seated()
    assert sum(seated().values()) == 8
