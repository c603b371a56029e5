"""Mails that come back: read, matched to ours, shown; and whatever else a stranger may send to a mailbox."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub import outbox
from eventhub.db import session
from eventhub.mailing import bounces, contributions, intake
from eventhub.mailing.bounces import Bounce, Fate
from eventhub.outbox import MailMessage, MailState
from eventhub.testing import World

OURS = "<174.1@localhost>"


def report(message_id: str = OURS, *, action: str = "failed", status: str = "5.1.1", said: str = "") -> bytes:
    """Return a delivery report as Postfix writes it."""
    diagnostic = f"Diagnostic-Code: smtp; {said}\n" if said else ""
    return f"""From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: eventhub@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; head@example.org
Action: {action}
Status: {status}
{diagnostic}
--B
Content-Type: message/rfc822

From: eventhub@example.org
To: head@example.org
Subject: Hello
Message-ID: {message_id}

Text
--B--
""".encode()


EXCHANGE = report(said="").replace(
    b"Content-Type: message/rfc822\n\nFrom", b"Content-Type: text/rfc822-headers\n\nFrom"
)
QMAIL = f"""From: MAILER-DAEMON@mx.example.net
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
<head@example.org>:
192.0.2.1 does not like recipient. Remote host said: 550 5.1.1 no such user

--- Below this line is a copy of the message.
Message-ID: {OURS}
""".encode()
VACATION = f"""From: Ana <ana@example.org>
Subject: Away until Monday
Auto-Submitted: auto-replied
In-Reply-To: {OURS}

I am away. My room is 5.1.1.
""".encode()


@pytest.mark.parametrize(
    "raw, expected",
    [
        (
            report(said="550 5.1.1 no such user"),
            Bounce((OURS,), Fate.GONE, "5.1.1", "550 5.1.1 no such user"),
        ),
        (EXCHANGE, Bounce((OURS,), Fate.GONE, "5.1.1", "5.1.1")),
        (report(status="5.2.2 (mailbox full)"), Bounce((OURS,), Fate.GONE, "5.2.2", "5.2.2 (mailbox full)")),
        (report(status="4.4.7"), Bounce((OURS,), Fate.FAILED, "4.4.7", "4.4.7")),
        (report(action="delayed", status="4.4.1"), Bounce((OURS,), Fate.DELAYED, "4.4.1", "4.4.1")),
        (report(action="delivered", status="2.0.0"), None),
        (
            QMAIL,
            Bounce(
                (OURS,),
                Fate.GONE,
                "5.1.1",
                "192.0.2.1 does not like recipient. Remote host said: 550 5.1.1 no such user",
            ),
        ),
        (VACATION, None),
    ],
    ids=["postfix", "headers only", "full", "given up", "delayed", "delivered", "qmail", "vacation"],
)
def test_a_report_is_read_as_servers_write_it(raw: bytes, expected: Bounce | None) -> None:
    assert bounces.read(raw) == expected


DEEP = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000))
HOSTILE = {
    "nothing": b"",
    "zeros": b"\0" * 100_000,
    "no end": b"Content-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\n",
    "deep": DEEP,
    "many parts": b'Content-Type: multipart/mixed; boundary="B"\n\n' + b"--B\n\nx\n" * 20_000,
    "many ids": report().replace(b"I'm sorry", b" ".join(b"<%d@x>" % n for n in range(50_000))),
    "charset": b"From: postmaster@x\nContent-Type: text/plain; charset=nonsense\n\n5.1.1 " + OURS.encode(),
    "base64": b"From: postmaster@x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!!",
    "encoded word": b"From: =?utf-8?b?////?= <mailer-daemon@x>\nSubject: =?x?q?\xff?=\n\n5.0.0",
    "long line": b"From: mailer-daemon@x\nReferences: " + b"<a@b>" * 200_000 + b"\n\n5.1.1",
    "status": report(status="5." + "9" * 5000 + ".1"),
    "sql": report("<' OR 1=1 --@x>"),
    "markup": report(said="<script>alert(1)</script>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_without_a_fault_and_marks_nothing(world: World, name: str) -> None:
    mail = sent(world)
    own = state(mail).message_id
    intake.take(HOSTILE[name])
    session().rollback()
    assert (state(mail).state, state(mail).message_id) == (MailState.SENT, own)


def sent(world: World, address: str = "head@example.org") -> int:
    with world.writing():
        message = outbox.draft("message", address, "en", "Hello", "Text", event=world.event)
        message.state = MailState.SENT
        session().add(message)
        session().flush()
        return message.id


def state(mail_id: int) -> MailMessage:
    session().rollback()
    return session().get_one(MailMessage, mail_id, populate_existing=True)


def test_a_mail_that_came_back_is_shown_in_the_list_on_the_record_and_among_what_does_not_fit(world: World) -> None:
    with world.writing():
        bonn = world.delegation("Bonn", contact_email="head@example.org")
    mail = sent(world)
    assert intake.take(report(state(mail).message_id, said="550 5.1.1 <b>no</b> such user"))
    found = state(mail)
    assert (found.state, found.code, found.answer) == (
        MailState.BOUNCED,
        "5.1.1",
        "5.1.1 550 5.1.1 <b>no</b> such user",
    )
    client = world.client(world.owner)
    listed = client.get(world.url("mail/messages/?state=bounced")).get_data(as_text=True)
    assert "1 mail came back." in listed
    assert "&lt;b&gt;no&lt;/b&gt; such user" in listed
    record = client.get(world.url(f"delegations/{bonn.id}")).get_data(as_text=True)
    assert "Came back" in record
    session().rollback()
    [check] = [one for one in contributions.checks(world.event) if one.rule == "mailing.bounced"]
    assert check.title == "1 address bounces"
    with world.writing():
        found = session().get_one(type(bonn), bonn.id)
        found.contact_email = "corrected@example.org"
    assert [one for one in contributions.checks(world.event) if one.rule == "mailing.bounced"] == []


def test_a_delay_is_noted_and_changes_no_state(world: World) -> None:
    mail = sent(world)
    assert intake.take(report(state(mail).message_id, action="delayed", status="4.4.1"))
    assert (state(mail).state, state(mail).code) == (MailState.SENT, "4.4.1")
    assert intake.take(report(state(mail).message_id, status="4.4.7"))
    assert state(mail).state == MailState.FAILED


def test_a_report_read_twice_says_nothing_new(world: World) -> None:
    mail = sent(world)
    raw = report(state(mail).message_id)
    assert [intake.take(raw), intake.take(raw)] == [True, True]
    assert state(mail).state == MailState.BOUNCED


# --- ways in --------------------------------------------------------------------------------------------------------


def test_the_folder_is_read_once_and_what_is_none_of_ours_is_put_aside(world: World, tmp_path: Path) -> None:
    mail, folder = sent(world), tmp_path / "bounces"
    folder.mkdir()
    (folder / "1.eml").write_bytes(report(state(mail).message_id))
    (folder / "2.eml").write_bytes(VACATION)
    (folder / "3.eml").symlink_to("/etc/passwd")
    world.app.config["BOUNCE_FOLDER"] = str(folder)
    session().rollback()
    intake.take_in()
    intake.take_in()
    assert state(mail).state == MailState.BOUNCED
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.eml"))
    assert names == ["3.eml", "other/2.eml", "taken/1.eml"]


def test_the_webhook_takes_what_is_signed_and_nothing_else(world: World) -> None:
    mail = sent(world)
    raw, client = report(state(mail).message_id), world.client()
    headers = {"EventHub-Signature": intake.signature("s3cret", raw)}
    assert client.post("/bounces/", data=raw, headers=headers).status_code == 404  # no secret, no webhook
    world.app.config["BOUNCE_SECRET"] = "s3cret"
    for wrong in ({}, {"EventHub-Signature": "sha256=00"}, {"EventHub-Signature": intake.signature("other", raw)}):
        assert client.post("/bounces/", data=raw, headers=wrong).status_code == 403
    assert state(mail).state == MailState.SENT
    answer = client.post("/bounces/", data=raw, headers=headers, content_type="message/rfc822")
    assert (answer.status_code, answer.json) == (200, {"ours": True})
    assert state(mail).state == MailState.BOUNCED
    large = b"x" * (bounces.MOST_BYTES + 1)
    signed = {"EventHub-Signature": intake.signature("s3cret", large)}
    assert client.post("/bounces/", data=large, headers=signed).status_code == 413
    for name, hostile in HOSTILE.items():
        signed = {"EventHub-Signature": intake.signature("s3cret", hostile)}
        assert client.post("/bounces/", data=hostile, headers=signed).status_code == 200, name


class Mailbox(threading.Thread):
    """A mailbox that speaks as much IMAP as a visit needs, over a real socket."""

    def __init__(self, mails: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.mails, self.seen, self.said = mails, set[int](), list[str]()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                connection, _address = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as wire:
                self.talk(wire)

    def talk(self, wire: Any) -> None:
        def say(text: bytes) -> None:
            wire.write(text + b"\r\n")
            wire.flush()

        say(b"* OK [CAPABILITY IMAP4rev1] ready")
        for line in wire:
            tag, _, command = line.decode().strip().partition(" ")
            self.said.append(command)
            word = command.upper()
            if word == "CAPABILITY":
                say(b"* CAPABILITY IMAP4rev1")
            elif word.startswith("UID SEARCH"):
                unseen = [str(n) for n in range(1, len(self.mails) + 1) if n not in self.seen]
                say(f"* SEARCH {' '.join(unseen)}".encode())
            elif word.startswith("UID STORE"):
                self.seen.add(int(command.split()[2]))
            elif word.startswith("UID FETCH"):
                number = int(command.split()[2])
                body = self.mails[number - 1]
                say(b"* %d FETCH (UID %d BODY[]<0> {%d}" % (number, number, len(body)))
                wire.write(body)
                say(b")")
            elif word == "LOGOUT":
                say(b"* BYE")
            elif word.startswith("SELECT"):
                say(b"* %d EXISTS" % len(self.mails))
            say(f"{tag} OK done".encode())
            if word == "LOGOUT":
                return


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox([])
    box.start()
    yield box
    box.server.close()


def test_the_mailbox_is_visited_and_each_mail_read_once(world: World, mailbox: Mailbox) -> None:
    mail = sent(world)
    mailbox.mails += [VACATION, HOSTILE["deep"], report(state(mail).message_id)]
    world.app.config["BOUNCE_IMAP_URL"] = f"imap://bounces:p%40ss@127.0.0.1:{mailbox.port}/INBOX"
    session().rollback()
    intake.take_in()
    assert state(mail).state == MailState.BOUNCED
    assert mailbox.seen == {1, 2, 3}
    assert any(command.startswith("LOGIN bounces") and "p@ss" in command for command in mailbox.said)
    before = len([command for command in mailbox.said if "FETCH" in command])
    session().rollback()
    intake.take_in()
    assert len([command for command in mailbox.said if "FETCH" in command]) == before


def test_a_mailbox_that_cannot_be_reached_stops_nothing(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    world.app.config["BOUNCE_IMAP_URL"] = f"imap://bounces:secret@127.0.0.1:{port}/INBOX"
    intake.take_in()
    assert session().scalar(sa.select(sa.func.count()).select_from(MailMessage)) == 0
