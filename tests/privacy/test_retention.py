"""Retention: what is due goes, once; counts stay; a certificate tells it; the ciphertext is gone from the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub import activity, jobs
from eventhub.access.models import GuestLink
from eventhub.activity import SYSTEM
from eventhub.db import db, session
from eventhub.delegations import needs
from eventhub.delegations.models import AccessNeed, Delegation, Participant
from eventhub.encryption import EventKey, KeyDestroyed, Vault
from eventhub.outbox import MailMessage
from eventhub.privacy import retention
from eventhub.privacy.jobs import enforce, enforce_everywhere
from eventhub.privacy.models import Certificate, Erasure
from eventhub.testing import World


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


Clock = Callable[[int], None]


def counts(world: World) -> dict[str, int]:
    return {line.holding.name: line.held for line in retention.kept(world.event, world.app.extensions["hub"])}


def test_nothing_goes_before_its_day(world: World, people: list[Participant], after: Clock) -> None:
    before = counts(world)
    for days in (-20, 0, 29):
        after(days)
        assert enforce(world.event.id, by=SYSTEM) is None
    assert counts(world) == before
    assert before["delegations.access"] == 1
    assert before["delegations.identity"] == 2
    assert before["mailing.mails"] == 2


def test_needs_go_thirty_days_after_the_event_and_the_rest_stays(
    world: World, people: list[Participant], after: Clock
) -> None:
    before = counts(world)
    after(30)
    made = enforce(world.event.id, by=SYSTEM)
    assert made is not None
    now = counts(world)
    assert now["delegations.access"] == 0
    assert {name: now[name] for name in ("delegations.identity", "delegations.consents", "mailing.mails")} == {
        name: before[name] for name in ("delegations.identity", "delegations.consents", "mailing.mails")
    }
    (line,) = [one for one in session().get_one(Certificate, made).lines if one["kind"] == "delegations.access"]
    assert line == {
        "kind": "delegations.access",
        "title": {"fr": "Besoins d’accessibilité", "en": "Access needs"},
        "days": 30,
        "due_on": "2025-04-26",
        "erased": 1,
    }


def test_a_second_run_finds_nothing(world: World, people: list[Participant], after: Clock) -> None:
    after(30)
    assert enforce(world.event.id, by=SYSTEM) is not None
    assert enforce(world.event.id, by=SYSTEM) is None
    session().rollback()
    assert session().scalar(sa.select(sa.func.count()).select_from(Certificate)) == 1


def test_the_key_is_destroyed_once_nothing_sensitive_is_left(
    world: World, people: list[Participant], after: Clock
) -> None:
    sealed = session().scalars(sa.select(AccessNeed.sealed)).one()
    after(90)  # what guests send with their answers is sealed as well, and kept longer than needs
    made = enforce(world.event.id, by=SYSTEM)
    assert session().get_one(Certificate, made).key_destroyed
    assert session().scalars(sa.select(EventKey)).all() == []
    with pytest.raises(KeyDestroyed):
        Vault(world.event.id).open(sealed)


def test_the_key_stays_while_something_sealed_has_time_left(
    world: World, people: list[Participant], after: Clock
) -> None:
    for days, gone in ((30, False), (89, False), (90, True)):
        after(days)
        enforce(world.event.id, by=SYSTEM)
        assert (session().scalars(sa.select(EventKey)).all() == []) is gone, days


def test_the_ciphertext_stood_in_the_file_and_is_gone_from_file_and_log(
    app: Flask, world: World, people: list[Participant], after: Clock
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's files are its server's")
    sealed = session().scalars(sa.select(AccessNeed.sealed)).one()
    with world.writing():
        wrapped = session().scalars(sa.select(EventKey.wrapped)).one()
    session().rollback()
    place = Path(db.engine.url.database or "")

    def standing(secret: bytes) -> list[str]:
        return [path.name for path in place.parent.glob(f"{place.name}*") if secret in path.read_bytes()]

    assert standing(sealed)  # the search can find
    assert standing(wrapped)
    after(30)
    enforce(world.event.id, by=SYSTEM)
    assert standing(sealed) == []
    after(90)
    enforce(world.event.id, by=SYSTEM)
    assert standing(wrapped) == []


def test_when_a_year_is_over_names_mails_journal_and_links_go_and_counts_stay(
    world: World, people: list[Participant], after: Clock
) -> None:
    found = session().get_one(Delegation, people[0].delegation_id)
    numbers = (found.quota, found.seats_named)
    state = people[0].state
    after(365)
    enforce(world.event.id, by=SYSTEM)
    session().expire_all()
    now = counts(world)
    assert {name for name, held in now.items() if held} == {"delegations.consents"}
    person = session().get_one(Participant, people[0].id)
    assert (person.name, person.email, person.state) == ("—", "", state)  # who came is still counted
    assert (found.quota, found.seats_named, found.contact_email) == (*numbers, "")
    assert {mail.recipient for mail in session().scalars(sa.select(MailMessage))} == {""}
    assert all(
        link.revoked_at for link in session().scalars(sa.select(GuestLink).where(GuestLink.purpose == "participant"))
    )
    kept = session().scalars(sa.select(activity.ActivityEntry).where(activity.ActivityEntry.changes.is_not(None)))
    assert {entry.verb.partition(":")[0] for entry in kept} == {"privacy"}


def test_a_run_that_died_half_way_is_certified_by_the_next(
    world: World, people: list[Participant], after: Clock
) -> None:
    after(30)
    hub = world.app.extensions["hub"]
    with world.writing():  # the batch was committed, then the process was killed
        retention.erase_some(world.event, hub.personal_data["delegations.access"], 0, by=SYSTEM)
    made = enforce(world.event.id, by=SYSTEM)
    assert made is not None
    assert session().get_one(Certificate, made).lines[0]["kind"] == "delegations.access"
    assert session().scalars(sa.select(Erasure).where(Erasure.certificate_id.is_(None))).all() == []


def test_batches_reach_everybody(world: World, monkeypatch: pytest.MonkeyPatch, after: Clock) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    with world.writing():
        for person in world.people(world.delegation(people=5)):
            needs.declare(person, needs.Access(hearing=True), by=SYSTEM)
    after(30)
    made = enforce(world.event.id, by=SYSTEM)
    assert counts(world)["delegations.access"] == 0
    (line,) = [one for one in session().get_one(Certificate, made).lines if one["kind"] == "delegations.access"]
    assert line["erased"] == 5


def test_a_kind_that_fails_does_not_keep_the_others(world: World, people: list[Participant], after: Clock) -> None:
    hub = world.app.extensions["hub"]

    def fails(ids: object) -> None:
        raise RuntimeError("no")

    whole = hub.personal_data["delegations.access"]
    hub.personal_data["delegations.access"] = replace(whole, erase=fails)
    after(365)
    enforce(world.event.id, by=SYSTEM)
    assert counts(world)["delegations.access"] == 1
    assert counts(world)["delegations.identity"] == 0
    assert session().scalars(sa.select(EventKey)).all()  # its needs are still there to be read
    hub.personal_data["delegations.access"] = whole


def test_the_worker_enforces_it_by_itself_but_not_on_a_demonstration(
    world: World, people: list[Participant], after: Clock
) -> None:
    after(31)
    with world.writing():
        world.event.is_fictional = True
    enforce_everywhere()
    assert counts(world)["delegations.access"] == 1
    after(32)
    with world.writing():
        world.event.is_fictional = False
    jobs.sweep()
    assert counts(world)["delegations.access"] == 0
