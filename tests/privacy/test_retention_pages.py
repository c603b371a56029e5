"""Retention on the pages of an event: days, dry run, certificates, the register."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from flask import Flask

from eventhub import jobs
from eventhub.access.models import EventRole
from eventhub.activity import SYSTEM
from eventhub.db import session, statement_count
from eventhub.delegations import needs
from eventhub.delegations.models import Participant
from eventhub.privacy import certificates, retention
from eventhub.privacy.jobs import enforce
from eventhub.privacy.models import Certificate
from eventhub.testing import World, csrf_of

Clock = Callable[[int], None]


def counts(world: World) -> dict[str, int]:
    return {line.holding.name: line.held for line in retention.kept(world.event, world.app.extensions["hub"])}


# --- days -----------------------------------------------------------------------------------------------------------


def test_what_people_agreed_to_can_be_shortened_only(world: World) -> None:
    hub = world.app.extensions["hub"]
    with pytest.raises(retention.TooLong), world.writing():
        retention.change(world.event, hub.personal_data["delegations.access"], 31, by=world.by)
    with world.writing():
        retention.change(world.event, hub.personal_data["delegations.identity"], 400, by=world.by)
        retention.change(world.event, hub.personal_data["delegations.access"], 3, by=world.by)
    assert retention.rules(world.event.id) == {"delegations.access": 3, "delegations.identity": 400}


def test_an_owner_changes_the_days_on_the_page_and_a_reader_cannot(world: World) -> None:
    client = world.client(world.owner)
    path = world.url("privacy/retention/delegations.access")
    page = client.get(path).text
    refused = client.post(path, data={"csrf_token": csrf_of(page), "days": "90"})
    assert refused.status_code == 422
    assert "Keep this at most 30 days" in refused.text
    assert client.post(path, data={"csrf_token": csrf_of(page), "days": "7"}).status_code == 302
    assert "7 days" in client.get(world.url("privacy/")).text
    with world.writing():
        reader = world.organiser(EventRole.READER)
    assert world.client(reader).get(path).status_code == 404
    assert world.client(reader).get(world.url("privacy/")).status_code == 200


# --- certificates ---------------------------------------------------------------------------------------------------


def test_certificates_are_chained_and_signed(app: Flask, world: World, people: list[Participant], after: Clock) -> None:
    after(30)
    first = session().get_one(Certificate, enforce(world.event.id, by=SYSTEM))
    after(365)
    second = session().get_one(Certificate, enforce(world.event.id, by=SYSTEM))
    key = app.config["SECRET_KEY"]
    assert (first.number, second.number, second.previous) == (1, 2, first.digest)
    assert certificates.is_genuine(first, None, key)
    assert certificates.is_genuine(second, first, key)
    assert not certificates.is_genuine(second, None, key)
    assert not certificates.is_genuine(second, first, "another key")
    second.lines = [{**second.lines[0], "erased": 999}, *second.lines[1:]]
    assert not certificates.is_genuine(second, first, key)


def test_a_certificate_is_a_page_and_an_accessible_pdf_without_a_name(
    world: World, people: list[Participant], tmp_path: Path, after: Clock
) -> None:
    after(365)
    made = enforce(world.event.id, by=SYSTEM)
    client = world.client(world.owner)
    page = client.get(world.url(f"privacy/certificates/{made}")).text
    assert "Genuine" in page
    assert "Access needs" in page
    answer = client.get(world.url(f"privacy/certificates/{made}.pdf", language="fr"))
    (tmp_path / "c.pdf").write_bytes(answer.data)
    with pikepdf.open(tmp_path / "c.pdf") as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("fr")
        assert str(pdf.docinfo["/Title"]) == "Certificat d’effacement nº\u00a01"
    assert people[0].name not in page


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_dry_run_says_what_would_go_and_the_owner_may_start_it(
    world: World, people: list[Participant], after: Clock
) -> None:
    client = world.client(world.owner)
    assert "Nothing would be erased now" in client.get(world.url("privacy/due")).text
    after(30)
    page = client.get(world.url("privacy/due")).text
    assert "Access needs: 1 record, due on 26 April 2025 (30 days after the event)" in page
    assert counts(world)["delegations.access"] == 1
    answer = client.post(world.url("privacy/due"), data={"csrf_token": csrf_of(page)})
    assert "/jobs/" in answer.headers["Location"]
    session().rollback()
    jobs.run_due()
    assert counts(world)["delegations.access"] == 0
    shown = client.get(answer.headers["Location"]).text
    assert "/privacy/certificates/1" in shown


def test_pages_take_few_statements_however_many_people(world: World, people: list[Participant]) -> None:
    client = world.client(world.owner)
    paths = (
        "privacy/",
        "privacy/due",
        "privacy/certificates",
        "privacy/notices",
        "privacy/register",
        "privacy/requests/",
    )

    def measured() -> dict[str, int]:
        for path in paths:
            assert client.get(world.url(path)).status_code == 200
        return {path: statement_count(world.app, lambda path=path: client.get(world.url(path))) for path in paths}  # type: ignore[misc]

    few = measured()
    with world.writing():
        for _number in range(5):
            for person in world.people(world.delegation(people=4)):
                needs.declare(person, needs.Access(hearing=True), by=SYSTEM)
    assert measured() == few
    assert {path: count for path, count in few.items() if count > 10} == {}


def test_the_truth_page_says_when_what_is_erased(world: World) -> None:
    page = world.client(world.owner).get(world.url("")).text
    assert re.search("26 April.{0,300}Personal data are erased: [^<]*Access needs", page, re.DOTALL)


def test_the_register_is_exported_as_shown(world: World) -> None:
    client = world.client(world.owner)
    lines = client.get(world.url("privacy/register?format=csv")).get_data(as_text=True).splitlines()
    assert lines[0].lstrip("\ufeff").startswith("Part;Data;Purpose;Legal basis;Whose data")
    assert any(line.startswith("Delegations;Access needs;") and ";yes;30 days;" in line for line in lines)
    assert len(lines) == len(world.app.extensions["hub"].personal_data) + 1
