"""Mails on their way, with a real mail server: refused, put off, a server that is down for hours, a crash between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub import clock, jobs, outbox
from eventhub.db import session, transaction
from eventhub.faults import FaultInjected
from eventhub.jobs import Job, JobState
from eventhub.outbox import MailMessage, MailState
from eventhub.testing import World


def wrote(world: World, *addresses: str) -> list[int]:
    """Queue a mail to each address; returns their ids."""
    with world.writing():
        mails = [outbox.draft("message", to, "en", "Hello", "Text", event=world.event) for to in addresses]
        outbox.queue(mails, by=world.by)
    session().rollback()
    return list(session().scalars(sa.select(MailMessage.id).order_by(MailMessage.id)))


def state(mail_id: int) -> MailMessage:
    session().rollback()
    return session().get_one(MailMessage, mail_id, populate_existing=True)


@contextmanager
def later(hours: float) -> Iterator[None]:
    """Let the clock that jobs go by be so many hours on."""
    real = clock.system_now
    clock.system_now = lambda: real() + timedelta(hours=hours)  # type: ignore[assignment]
    try:
        yield
    finally:
        clock.system_now = real


def work() -> None:
    session().rollback()
    jobs.run_due()


def test_an_address_that_is_refused_for_good_fails_at_once_in_the_servers_words(world: World, inbox: Any) -> None:
    inbox.answers["no@example.org"] = "550 5.1.1 no such user here"
    refused, fine = wrote(world, "no@example.org", "yes@example.org")
    work()
    assert (state(refused).state, state(refused).answer) == (MailState.FAILED, "550 5.1.1 no such user here")
    assert state(fine).state == MailState.SENT
    with later(48):
        work()
    assert [mail["To"] for mail in inbox.mails] == ["yes@example.org"]
    page = world.client(world.owner).get(world.url(f"mail/messages/{refused}")).get_data(as_text=True)
    assert "550 5.1.1 no such user here" in page


def test_an_address_that_is_put_off_is_tried_again(world: World, inbox: Any) -> None:
    inbox.answers["busy@example.org"] = "450 4.2.1 mailbox busy"
    [mail] = wrote(world, "busy@example.org")
    work()
    assert state(mail).state == MailState.QUEUED
    del inbox.answers["busy@example.org"]
    with later(1):
        work()
    assert (state(mail).state, len(inbox.mails)) == (MailState.SENT, 1)


def test_a_server_down_for_a_day_loses_nothing_and_gets_nothing_twice(
    world: World, mail_server: Any, inbox: Any
) -> None:
    ids = wrote(world, *[f"h{number}@example.org" for number in range(5)])
    own = {state(mail).message_id for mail in ids}
    mail_server.down()
    for hour in (0, 1, 6, 12, 24):
        with later(hour):
            work()
    assert {state(mail).state for mail in ids} == {MailState.QUEUED}
    mail_server.up()
    for hour in (25, 26, 50):
        with later(hour):
            work()
    assert {state(mail).state for mail in ids} == {MailState.SENT}
    assert sorted(mail["Message-ID"] for mail in inbox.mails) == sorted(own)


@pytest.mark.parametrize(
    "failpoint, repeats", [("outbox.claimed", 1), ("outbox.smtp_accepted", 2), ("outbox.marked", 1)]
)
def test_a_worker_that_dies_anywhere_sends_the_same_mail_at_most_once_more(
    world: World, inbox: Any, monkeypatch: pytest.MonkeyPatch, failpoint: str, repeats: int
) -> None:
    [mail] = wrote(world, "h@example.org")
    own = state(mail).message_id
    monkeypatch.setenv("EVENTHUB_FAULT", f"{failpoint}=raise")
    session().rollback()
    with suppress(FaultInjected):  # at outbox.claimed nobody catches it, as nobody would catch a kill
        jobs.run_due()
    monkeypatch.delenv("EVENTHUB_FAULT")
    for hour in (1, 2):
        with later(hour):
            work()
    assert [mail["Message-ID"] for mail in inbox.mails] == [own] * repeats
    assert state(mail).state == MailState.SENT


def test_every_mail_says_that_no_person_typed_it_and_which_list_it_belongs_to(world: World, inbox: Any) -> None:
    with world.writing():
        world.event.mail_sender, world.event.reply_to = "Métropole «\r\nBcc: x@example.org»", "desk@example.org"
        outbox.queue([outbox.draft("message", "h@example.org", "en", "Hi", "Text", event=world.event)], by=world.by)
    work()
    [mail] = inbox.mails
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == f"<event-{world.event.id}.localhost>"
    assert mail["Reply-To"] == "desk@example.org"
    assert mail["From"].addresses[0].display_name == "Métropole « Bcc: x@example.org»"
    assert mail["From"].addresses[0].addr_spec == "eventhub@example.org"
    assert mail["Bcc"] is None


def test_a_mail_that_waits_can_be_held_back_and_one_that_left_cannot(world: World, inbox: Any) -> None:
    first, second = wrote(world, "a@example.org", "b@example.org")
    with transaction():
        outbox.hold_back(session().get_one(MailMessage, first))
    work()
    assert [mail["To"] for mail in inbox.mails] == ["b@example.org"]
    assert session().get_one(Job, state(first).job_id).state == JobState.CANCELLED
    with pytest.raises(outbox.MailNotWaiting), transaction():
        outbox.hold_back(session().get_one(MailMessage, second))


def test_erasing_a_person_erases_what_was_written_to_them_and_of_them(world: World) -> None:
    from eventhub import privacy

    with world.writing():
        bonn = world.delegation("Bonn", people=1, contact_email="bonn@example.org")
        [person] = world.people(bonn)
        name, address = person.name, person.email
        mails = [
            outbox.draft("message", address, "en", "To you", "Text", event=world.event, about=person),
            outbox.draft("registered", "bonn@example.org", "en", "Summary", f"- {name}", event=world.event, about=bonn),
            outbox.draft("message", "other@example.org", "en", "Else", "Nothing", event=world.event),
        ]
        outbox.queue(mails, by=world.by)
    hub = world.app.extensions["hub"]
    held = privacy.export(hub, person.id)["data"]["Mails written to the person"]
    assert [one["Text"] for one in held.values()] == ["Text\n"]
    with world.writing():
        privacy.erase(hub, person, by=world.by)
    session().rollback()
    left = [(mail.recipient, mail.body) for mail in session().scalars(sa.select(MailMessage).order_by(MailMessage.id))]
    # what was written to somebody else stays, with a mark where the name stood
    assert left == [("", ""), ("bonn@example.org", "- ⟦…⟧\n"), ("other@example.org", "Nothing\n")]
