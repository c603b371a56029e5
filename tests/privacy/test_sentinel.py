"""A person with unmistakable words in every field is erased; then every table is searched for them.

What is allowed to be found is the recorded mark alone; counts are the same before and after.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub import activity, jobs, outbox, privacy
from eventhub.activity import SYSTEM
from eventhub.db import Model, session
from eventhub.delegations import domain, needs, travel
from eventhub.delegations.models import Delegation, Direction, Participant
from eventhub.outbox import MailMessage
from eventhub.privacy import requests, retention
from eventhub.privacy.jobs import enforce
from eventhub.privacy.traces import MARK
from eventhub.testing import World, csrf_of
from plugins.catering import dietary
from plugins.dossiers import copies

WORD = "zzsentinel"
FACTS = {
    "name": "Zzsentinel Ünïcode O'Name",
    "function": "Zzsentinelfunction of “quotes”",
    "email": "zzsentinel@example.org",
    "phone": "+33 6 99 88 77 66",
}
ELSEWHERE = ("Zzsentineltrain", "Zzsentinelplace", "zzsentinelother", "zzsentinelnote")


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


@pytest.fixture
def person(world: World) -> Participant:
    """Fill every field that a person has, in the core and in the plugins, and let it be told to others."""
    with world.writing():
        found = world.delegation("Sentinel City", people=2, contact_name=FACTS["name"], contact_email=FACTS["email"])
        seat = found.seats[0]
        others = [
            domain.Person(one.id, one.participant.name, "", one.participant.email, "", ("en",), "en")
            for one in found.seats[1:2]
            if one.participant
        ]
        domain.save_people(
            world.event,
            found,
            [
                domain.Person(seat.id, FACTS["name"], FACTS["function"], FACTS["email"], FACTS["phone"], ("fr",), "fr"),
                *others,
            ],
            by=SYSTEM,
            hooks=world.hooks,
        )
        one = next(person for person in world.people(found) if person.name == FACTS["name"])
        at = world.event.registration_closes_at + timedelta(days=5)
        travel.save_travel(
            world.event,
            one,
            [travel.Travel(Direction.ARRIVAL, "train", "Zzsentineltrain 9", "Zzsentinelplace", at)],
            by=SYSTEM,
            hooks=world.hooks,
        )
        needs.declare(one, needs.Access(step_free=True, other="zzsentinelother"), by=SYSTEM)
        needs.give_consent(one, needs.ACCESS, "2025-01", confirmed=True)
        dietary.declare(world.event, one, dietary.Need("vegan", note="zzsentinelother"), own=True, by=SYSTEM)
        copies.keep(world.event, one.id, "fr", f"%PDF {FACTS['name']}".encode(), world.event.created_at)
    with world.writing():
        one = session().get_one(Participant, one.id)
        outbox.post("privacy_own_data", one.email, "en", by=SYSTEM, event=world.event, about=one, person=one)
        told = outbox.post(
            "privacy_own_data", "head@example.org", "en", by=SYSTEM, event=world.event, about=found, person=one
        )
        told.state = outbox.MailState.SENT
        told.body += f"\n{one.name}, {one.function}, {one.phone}\nSomebody else"
        activity.record(SYSTEM, domain.CHANGED, found, {"contact_name": ["", one.name], "people": [[], [one.name]]})
        job = jobs.enqueue("privacy.enforce", {"speaks": "en", "who": one.name}, event_id=world.event.id)
        job.error, job.result = f"{one.email} refused", {"text": f"done for {one.name}"}
        requests.receive(
            world.event,
            {
                "participant_id": one.id,
                "kind": "access",
                "received_on": world.event.starts_on - timedelta(days=20),
                "note": "zzsentinelnote",
            },
            by=world.by,
        )
    world.guest(one)
    organiser = world.client(world.owner)
    organiser.get(world.url(f"delegations/{found.id}"))
    return session().get_one(Participant, one.id)


def rows_of_all_tables() -> Iterator[tuple[str, str]]:
    session().rollback()
    for table in Model.metadata.sorted_tables:
        for row in session().execute(sa.select(table)).mappings():
            values = {
                name: value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                for name, value in row.items()
            }
            yield table.name, json.dumps(values, ensure_ascii=False)


def standing() -> dict[str, int]:
    """Return {table: rows} in which a word of the person stands, in any writing."""
    words = {WORD, FACTS["phone"], *(word.casefold() for word in ELSEWHERE)}
    found: dict[str, int] = {}
    for table, row in rows_of_all_tables():
        if any(word.casefold() in row.casefold() for word in words):
            found[table] = found.get(table, 0) + 1
    return found


def counts(world: World) -> dict[str, Any]:
    """Return what must be the same afterwards: seats, quotas, heads."""
    session().rollback()
    found = session().scalars(sa.select(Delegation)).one()
    return {
        "quota": found.quota,
        "seats": len(found.seats),
        "heads": found.seats_named + sum(domain.unnamed_seats(world.event).values()),
        "mails": session().scalar(sa.select(sa.func.count()).select_from(MailMessage)),
        "journal_before": session().scalar(
            sa.select(sa.func.count())
            .select_from(activity.ActivityEntry)
            .where(activity.ActivityEntry.verb.not_like("privacy:%"))
        ),
    }


def test_the_search_finds_the_words_where_they_stand(world: World, person: Participant) -> None:
    found = standing()
    assert {
        "participant",
        "travel_leg",
        "delegation",
        "mail_message",
        "activity_entry",
        "job",
        "privacy_request",
        "dossiers_personal_copy",
    } <= (found.keys())
    assert not {"access_need", "catering_need"} & found.keys()  # sealed


def test_after_the_erasure_no_table_holds_a_word_and_counts_are_the_same(
    app: Flask, world: World, person: Participant
) -> None:
    before = counts(world)
    guest = world.guest(person)
    path = world.url(f"data/{person.id}/erase", area="e")
    page = guest.get(path).text
    assert "your seat stays" in page
    answer = guest.post(path, data={"csrf_token": csrf_of(page)})
    assert "Your data are erased" in answer.text
    assert standing() == {}
    assert counts(world) == before
    assert guest.get(world.url(f"data/{person.id}/", area="e")).status_code == 404  # the link is revoked
    told = session().scalars(sa.select(MailMessage).where(MailMessage.recipient == "head@example.org")).one()
    assert f"{MARK}, {MARK}, {MARK}\nSomebody else" in told.body
    proof = session().scalars(
        sa.select(activity.ActivityEntry).where(activity.ActivityEntry.verb == "privacy:redacted")
    )
    assert all(len(entry.changes["sha256"][0]) == 64 for entry in proof if entry.changes)


def test_retention_leaves_no_word_either(world: World, person: Participant) -> None:
    """Found by the event, not by the name: what is erased after a year needs no search for anybody."""
    hub = world.app.extensions["hub"]
    last = max(retention.longest(one) for one in hub.personal_data.values())
    with world.writing():
        job = session().scalars(sa.select(jobs.Job).where(jobs.Job.error != "")).one()
        job.finished_at = job.created_at
    world.app.config["TODAY"] = world.app.config["TODAY"] + timedelta(days=last + 60)
    enforce(world.event.id, by=SYSTEM)
    assert standing() == {}


def test_an_export_and_an_erasure_reach_the_same_declarations(app: Flask, world: World, person: Participant) -> None:
    hub = app.extensions["hub"]
    held = {name: values for name, values in privacy.export(hub, person.id)["data"].items() if values}
    assert len(held) >= 6
    with world.writing():
        privacy.erase(hub, session().get_one(Participant, person.id), by=SYSTEM)
    left = {name: values for name, values in privacy.export(hub, person.id)["data"].items() if values}
    proof = {"privacy.journal", "privacy.links", "privacy.requests"}  # that it was done and when, without a word
    assert left.keys() <= {str(hub.personal_data[name].title) for name in proof}
    assert WORD not in json.dumps(left, default=str).casefold()
