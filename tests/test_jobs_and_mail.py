"""Jobs and mail: written with the fact, done at least once, and a mail server that is away loses nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from eventhub import clock, jobs, mailfolder, outbox
from eventhub.access.models import GuestLink
from eventhub.activity import SYSTEM
from eventhub.contributions import JobKind
from eventhub.db import session, transaction
from eventhub.delegations import domain as delegations
from eventhub.errors import Refused
from eventhub.jobs import Job, JobState
from eventhub.outbox import MailMessage
from eventhub.testing import World


class Inbox:
    """What a real SMTP server received; ``refusing`` answers 451 as a busy server does."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refusing = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        if self.refusing:
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def inbox(app: Any) -> Iterator[Inbox]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    mailer = app.extensions["mailman"]
    mailer.backend, mailer.server, mailer.port = "smtp", "127.0.0.1", port
    yield inbox
    server.stop()


def invite(world: World, **facts: Any) -> MailMessage:
    with world.writing():
        return delegations.invite(world.event, world.delegation("Prague", **facts), by=world.by)


def row(job_id: int | None) -> Job:
    session().rollback()
    return session().get_one(Job, job_id, populate_existing=True)


def test_an_invitation_reaches_its_reader_in_their_language_with_a_working_link(world: World, inbox: Inbox) -> None:
    invite(world, contact_email="head@example.org", contact_language="fr")
    jobs.run_due()
    [mail] = inbox.mails
    body = mail.get_body(("plain",)).get_content()
    assert mail["To"] == "head@example.org"
    assert mail["Content-Language"] == "fr"
    assert outbox.LINK_PLACE not in body
    link = next(word for word in body.split() if "/d/" in word)
    assert link.startswith("http://localhost/fr/d/")
    assert world.client().post(link.removeprefix("http://localhost")).status_code == 302


def test_the_link_is_in_no_table(world: World, inbox: Inbox) -> None:
    message = invite(world)
    jobs.run_due()
    token = next(word for word in inbox.mails[0].get_content().split() if "/d/" in word).rpartition("/")[2]
    session().rollback()
    assert token not in session().get_one(MailMessage, message.id).body
    assert session().scalar(sa.select(sa.func.count()).select_from(GuestLink).where(GuestLink.token_hash == token)) == 0


def test_nothing_is_sent_when_the_transaction_rolls_back(world: World, inbox: Inbox) -> None:
    with pytest.raises(Refused), transaction():
        delegations.invite(world.event, world.delegation(), by=world.by)
        raise Refused("no")
    assert jobs.run_due() == 0
    assert inbox.mails == []


def test_a_mail_server_that_is_away_loses_nothing_and_sends_nothing_twice(world: World, inbox: Inbox) -> None:
    message = invite(world)
    inbox.refusing = True
    jobs.run_due()
    waiting = row(message.job_id)
    assert (waiting.state, waiting.attempts, waiting.error) == (JobState.QUEUED, 1, "SMTPDataError")
    assert jobs.run_due() == 0  # not before its back-off
    inbox.refusing = False
    with transaction():
        row_of = session().get_one(Job, message.job_id)
        row_of.not_before = clock.system_now() - timedelta(seconds=1)
    jobs.run_due()
    jobs.run_due()
    assert [mail["Message-ID"] for mail in inbox.mails] == [message.message_id]
    session().rollback()
    assert session().get_one(MailMessage, message.id).state == "sent"


def test_a_whole_day_of_outage_is_within_the_patience_of_a_mail() -> None:
    waited = sum(outbox.SEND.back_off(attempt) for attempt in range(1, outbox.SEND.attempts))
    assert waited > 24 * 3600


def test_a_mail_repeated_after_a_crash_carries_the_same_message_id(
    world: World, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = invite(world)
    monkeypatch.setenv("EVENTHUB_FAULT", "outbox.smtp_accepted=raise")
    jobs.run_due()
    monkeypatch.delenv("EVENTHUB_FAULT")
    with transaction():
        session().get_one(Job, message.job_id).not_before = clock.system_now() - timedelta(seconds=1)
    jobs.run_due()
    assert [mail["Message-ID"] for mail in inbox.mails] == [message.message_id] * 2


def test_a_name_with_a_line_break_adds_no_header(world: World, inbox: Inbox) -> None:
    with world.writing():
        found = world.delegation()
        outbox.post("member", "a@example.org", "en", by=SYSTEM, event=world.event, about=found, fresh=False)
        message = session().scalars(sa.select(MailMessage)).one()
        assert "\n" not in message.subject


def test_a_folder_keeps_each_mail_whole(world: World) -> None:
    message = invite(world, contact_email="head@example.org")
    jobs.run_due()
    folder: Path = world.app.config["MAIL_FOLDER"]
    [kept] = mailfolder.kept(folder)
    assert (kept.recipient, kept.message_id) == ("head@example.org", message.message_id)
    assert mailfolder.one(folder, "../../etc/passwd") is None


# --- jobs -----------------------------------------------------------------------------------------------------------


def kind(world: World, run: Any, **options: Any) -> None:
    world.app.extensions["hub"].job_kinds["test.work"] = JobKind("test.work", "Work", run, **options)


def queued(world: World) -> int:
    with world.writing():
        return jobs.enqueue("test.work", {"n": 1}, event_id=world.event.id, by=world.by).id


def test_a_job_reports_progress_and_keeps_its_result(world: World) -> None:
    def work(run: jobs.JobRun) -> None:
        run.progress(1, 4)
        run.result = {"url": "/there"}

    kind(world, work)
    job = queued(world)
    jobs.run_due()
    done = row(job)
    assert (done.state, done.done, done.total, done.result) == (JobState.DONE, 1, 4, {"url": "/there"})


def test_a_job_that_fails_is_tried_again_then_given_up_and_its_data_stay_out_of_the_error(world: World) -> None:
    def work(run: jobs.JobRun) -> None:
        raise ValueError("the allergy of Jane")

    kind(world, work, attempts=2, back_off=lambda attempt: -1.0)
    job = queued(world)
    jobs.run_due()
    failed = row(job)
    assert (failed.state, failed.attempts, failed.error) == (JobState.FAILED, 2, "ValueError")


def test_a_dead_workers_job_is_handed_out_again_when_its_lease_ran_out(world: World) -> None:
    seen: list[int] = []
    kind(world, lambda run: seen.append(run.attempt))
    job = queued(world)
    assert jobs.claim(job, world.app.extensions["hub"].job_kinds["test.work"]) is not None  # …and the worker dies
    assert jobs.due() == []
    with transaction():
        session().get_one(Job, job).lease_until = clock.system_now() - timedelta(seconds=1)
    jobs.run_due()
    assert seen == [2]


def test_two_workers_never_hold_one_job(world: World) -> None:
    kind(world, lambda run: None)
    job = queued(world)
    work = world.app.extensions["hub"].job_kinds["test.work"]
    assert [jobs.claim(job, work) is not None, jobs.claim(job, work) is not None] == [True, False]


def test_a_cancelled_job_stops_at_its_next_report(world: World) -> None:
    reached: list[str] = []

    def work(run: jobs.JobRun) -> None:
        with transaction():
            jobs.cancel(session().get_one(Job, run.job_id))
        run.progress(1, 2)
        reached.append("after")

    kind(world, work)
    job = queued(world)
    jobs.run_due()
    assert (row(job).state, reached) == (JobState.CANCELLED, [])


def test_the_queue_carries_ids_as_json_and_no_pickle(world: World, tmp_path: Path) -> None:
    import pickle

    world.app.config["QUEUE_URL"] = f"sqlite:{tmp_path / 'queue.db'}"
    ran: list[int] = []
    kind(world, lambda run: ran.append(run.job_id))
    job = queued(world)
    queue = jobs.queue_of(world.app)
    task = queue.dequeue()
    assert (task.name, task.args) == ("eventhub_run", [job])
    queue.execute(task)
    assert ran == [job]
    with pytest.raises(ValueError, match=r"."):
        queue.serializer.deserialize(pickle.dumps({"any": "thing"}))
