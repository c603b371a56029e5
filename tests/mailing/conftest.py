"""Mail as the core knows it: what its pages cost must not depend on which extensions are there; a real mail server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from eventhub.db import db
from eventhub.testing import make_app


@pytest.fixture
def app(engine_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = make_app(engine_url, tmp_path, PLUGINS_DIR=tmp_path / "no-plugins")
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


class Inbox:
    """What a real SMTP server received; ``answers`` holds what it says to an address instead of taking the mail."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> Any:
        """Return the one mail to this address."""
        [found] = [mail for mail in self.mails if mail["To"] == address]
        return found


class MailServer:
    """A mail server that can be down for a while, always at the same port."""

    def __init__(self, app: Flask, inbox: Inbox) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.inbox = inbox
        self.running: Controller | None = None
        mailer = app.extensions["mailman"]
        mailer.backend, mailer.server, mailer.port = "smtp", "127.0.0.1", self.port

    def up(self) -> None:
        self.running = Controller(self.inbox, hostname="127.0.0.1", port=self.port)
        self.running.start()

    def down(self) -> None:
        if self.running:
            self.running.stop()
            self.running = None


@pytest.fixture
def mail_server(app: Flask) -> Iterator[MailServer]:
    server = MailServer(app, Inbox())
    server.up()
    yield server
    server.down()


@pytest.fixture
def inbox(mail_server: MailServer) -> Inbox:
    return mail_server.inbox
