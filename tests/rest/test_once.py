"""A POST that is sent twice is done once, on both engines, also when both come at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub import clock
from eventhub.db import session, transaction
from eventhub.delegations.models import Delegation
from eventhub.rest import once
from eventhub.rest.models import IdempotencyKey
from eventhub.testing import World
from tests.rest.conftest import Program

PRAGUE = {"name": "Prague", "country": "CZ", "quota": 3}


def delegations() -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(Delegation)) or 0


def test_the_same_key_and_body_get_the_same_answer(program: Program) -> None:
    first = program.ask("POST", "delegations", PRAGUE, Idempotency_Key="a-1")
    again = program.ask("POST", "delegations", PRAGUE, Idempotency_Key="a-1")
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert delegations() == 1


def test_another_body_under_the_same_key_is_refused(program: Program) -> None:
    program.ask("POST", "delegations", PRAGUE, Idempotency_Key="a-1")
    other = program.ask("POST", "delegations", {**PRAGUE, "name": "Brno"}, Idempotency_Key="a-1")
    assert (other.status_code, other.json["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert delegations() == 1


def test_a_refusal_is_not_kept(program: Program) -> None:
    wrong = program.ask("POST", "delegations", {**PRAGUE, "quota": 0}, Idempotency_Key="a-1")
    right = program.ask("POST", "delegations", PRAGUE, Idempotency_Key="a-1")
    assert (wrong.status_code, right.status_code) == (422, 201)


def test_an_answer_is_sealed_and_forgotten_after_a_day(world: World, program: Program) -> None:
    program.ask("POST", "delegations", {**PRAGUE, "contact_name": "Jana"}, Idempotency_Key="a-1")
    row = session().scalars(sa.select(IdempotencyKey)).one()
    assert b"Jana" not in row.sealed
    with transaction():
        session().execute(sa.update(IdempotencyKey).values(created_at=clock.system_now() - timedelta(hours=25)))
    assert program.ask("POST", "delegations", {**PRAGUE, "name": "Brno"}, Idempotency_Key="a-1").status_code == 201
    once.forget_keys()
    assert session().scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) == 1
    with transaction():
        session().execute(sa.update(IdempotencyKey).values(created_at=clock.system_now() - timedelta(hours=25)))
    once.forget_keys()
    assert session().scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) == 0


@pytest.mark.parametrize("key", ["two words", "é", "x" * 201])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    assert program.ask("POST", "delegations", PRAGUE, Idempotency_Key=key).status_code == 422
    assert delegations() == 0


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


def test_of_eight_at_once_one_runs_and_all_get_its_answer(world: World, program: Program) -> None:
    session().rollback()
    answers: list[Any] = []
    start = threading.Barrier(8)

    def send() -> None:
        start.wait()
        answers.append(program.ask("POST", "delegations", PRAGUE, Idempotency_Key="a-1"))

    threads = [threading.Thread(target=send) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    session().rollback()
    assert delegations() == 1
