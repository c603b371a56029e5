"""Sends what happened to a webhook: signed (Standard Webhooks), once or again, and never into a private network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import orm

from eventhub import activity, clock, faults, jobs
from eventhub.activity import SYSTEM
from eventhub.contributions import JobKind
from eventhub.db import session, transaction
from eventhub.encryption import open_for_site
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.i18n import lazy_gettext as _l
from eventhub.rest import guard
from eventhub.rest.models import DeliveryState, Webhook, WebhookDelivery
from eventhub.rest.webhooks import FAILURES_ALLOWED, SWITCHED_OFF

SECONDS = 10.0  # of silence, and for the whole


class NotTaken(Exception):
    """The other side did not take the message; ``problem`` says in a word why."""

    def __init__(self, problem: str, status: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.status = problem, status


def message_id(delivery: WebhookDelivery) -> str:
    return f"msg_{delivery.webhook_id}_{delivery.entry_id}"


def payload(delivery: WebhookDelivery, slug: str) -> bytes:
    """Return the message: what was done to which record; never a value of it, never a person's name."""
    data = {
        "event": slug,
        "subject": delivery.subject_kind,
        "id": delivery.subject_id,
        "entry": delivery.entry_id,
    }
    said = {"type": delivery.verb, "timestamp": delivery.at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(said, separators=(",", ":")).encode()


def signature(secret: str, identifier: str, moment: datetime, body: bytes) -> str:
    """Return the value of webhook-signature, as https://www.standardwebhooks.com/ says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{identifier}.{int(moment.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(secret: str, identifier: str, moment: datetime, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "EventHub-Webhooks/1",
        "webhook-id": identifier,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature(secret, identifier, moment, body),
    }


class Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked; the certificate must be that of the name."""

    def __init__(self, target: guard.Target) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self.target = target
        self.line: socket.socket | None = None

    def connect(self) -> None:
        self.sock = self.line = socket.create_connection((self.target.address, self.target.port), self.timeout)
        if self.target.secure:
            context = ssl.create_default_context()
            self.sock = self.line = context.wrap_socket(self.sock, server_hostname=self.target.host)

    def hang_up(self) -> None:
        """End the exchange, whoever waits for a part of it."""
        if self.line is not None:
            with suppress(OSError):  # it ended by itself meanwhile
                self.line.shutdown(socket.SHUT_RDWR)


def post(target: guard.Target, body: bytes, said: dict[str, str]) -> int:
    """Return the status of the answer, whose body is not read; follows no redirect. Raises NotTaken."""
    connection = Pinned(target)
    # a machine that answers a letter a second would keep a worker for good
    whole = threading.Timer(SECONDS, connection.hang_up)
    whole.start()
    try:
        connection.request("POST", target.path, body, {**said, "Host": target.authority})
        answer = connection.getresponse()
        status = answer.status
        answer.close()
    except TimeoutError as error:
        raise NotTaken("timeout") from error
    except ssl.SSLError as error:
        raise NotTaken("certificate") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotTaken("connection") from error
    finally:
        whole.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise NotTaken("redirect" if 300 <= status < 400 else "answer", status)
    return status


def deliver(run: jobs.JobRun) -> None:
    """Send one delivery; a repeat after a crash carries the same id, so that it is recognised."""
    query = (
        sa.select(WebhookDelivery, Event.slug)
        .join(Event, WebhookDelivery.event_id == Event.id)
        .where(WebhookDelivery.id == run.payload["delivery"])
        .options(orm.joinedload(WebhookDelivery.webhook))
    )
    row = session().execute(query).first()
    if row is None or row[0].state == DeliveryState.DELIVERED:
        return
    delivery: WebhookDelivery = row[0]
    webhook, slug = delivery.webhook, row[1]
    if not webhook.active:
        _mark(delivery.id, {"state": DeliveryState.FAILED, "problem": "off"})
        return
    body, identifier = payload(delivery, slug), message_id(delivery)
    said = headers(open_for_site(webhook.sealed_secret), identifier, clock.system_now(), body)
    local = guard.is_local_site(current_app.config["BASE_URL"])
    session().rollback()  # nothing stays open while the other side takes its time
    try:
        try:
            status = post(guard.target(webhook.url, local=local), body, said)
        except Refused as refusal:
            raise NotTaken("unknown" if isinstance(refusal, guard.Unknown) else "private") from refusal
    except NotTaken as problem:
        _note_failure(delivery.id, webhook.id, problem, last=run.attempt >= DELIVER.attempts)
        raise
    faults.hit("outbox.smtp_accepted")
    taken: dict[str, Any] = {"state": DeliveryState.DELIVERED, "status": status, "problem": ""}
    _mark(delivery.id, {**taken, "delivered_at": clock.now()}, webhook.id, failures=0)


def _mark(delivery_id: int, values: dict[str, Any], webhook_id: int | None = None, **webhook: int) -> None:
    with transaction():
        session().execute(
            sa.update(WebhookDelivery)
            .where(WebhookDelivery.id == delivery_id)
            .values(attempts=WebhookDelivery.attempts + 1, **values)
        )
        if webhook_id is not None:
            session().execute(sa.update(Webhook).where(Webhook.id == webhook_id).values(**webhook))


def _note_failure(delivery_id: int, webhook_id: int, problem: NotTaken, *, last: bool) -> None:
    """Count it; after twenty in a row nothing more is sent until an organiser switches the webhook on again."""
    state = DeliveryState.FAILED if last else DeliveryState.QUEUED
    with transaction():
        session().execute(
            sa.update(WebhookDelivery)
            .where(WebhookDelivery.id == delivery_id)
            .values(attempts=WebhookDelivery.attempts + 1, state=state, status=problem.status, problem=problem.problem)
        )
        found = session().get_one(Webhook, webhook_id, populate_existing=True, with_for_update=True)
        found.failures += 1
        if found.failures >= FAILURES_ALLOWED and found.active:
            found.disabled_at = clock.now()
            activity.record(SYSTEM, SWITCHED_OFF, found)


def _patience(attempt: int) -> float:
    """Wait half a minute, then longer each time: the eighth attempt comes after some nine hours."""
    return float(30 * 3 ** min(attempt - 1, 6))


DELIVER = JobKind("rest.deliver", _l("Tell a webhook"), deliver, attempts=8, back_off=_patience)
