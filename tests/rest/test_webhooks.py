"""Webhooks: what is told, how it is signed, that nothing is lost or leads into our network."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub import clock, jobs
from eventhub.activity import ActivityEntry
from eventhub.contributions import Severity
from eventhub.db import session, transaction
from eventhub.delegations import domain as delegations
from eventhub.encryption import open_for_site
from eventhub.jobs import Job
from eventhub.rest import contributions, delivery, guard, webhooks
from eventhub.rest.models import DeliveryState, Webhook, WebhookDelivery
from eventhub.testing import World, csrf_of


@dataclass
class Listener:
    """A real server on this machine that keeps what it is sent."""

    port: int = 0
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=eventhub"


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(heard.status)
            for name, value in heard.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (their name)
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    heard.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield heard
    server.shutdown()
    server.server_close()
    thread.join()


def registered(world: World, url: str, *verbs: str) -> tuple[Webhook, str]:
    with transaction():
        return webhooks.register(world.event, url, verbs or ("delegations:created",), by=world.by, hooks=world.hooks)


def deliveries() -> list[WebhookDelivery]:
    session().rollback()
    session().expire_all()
    return list(session().scalars(sa.select(WebhookDelivery).order_by(WebhookDelivery.id)))


def now_due() -> None:
    """Let the waiting time of every job be over."""
    with transaction():
        session().execute(sa.update(Job).values(not_before=clock.system_now() - timedelta(seconds=1)))


def test_what_happens_is_told_signed_and_without_a_persons_data(world: World, listener: Listener) -> None:
    _hook, secret = registered(world, listener.url, "delegations:created", "delegations:named")
    with world.writing():
        prague = world.delegation("Prague", people=1, contact_name="Jana Nováková")
    webhooks.look()
    jobs.run_due()
    assert [json.loads(body)["type"] for _headers, body in listener.got] == ["delegations:created", "delegations:named"]
    headers, body = listener.got[0]
    said = json.loads(body)
    assert said["data"] == {"event": "test", "subject": "delegation", "id": prague.id, "entry": said["data"]["entry"]}
    assert not [word for word in (b"Jana", b"Prague", b"example.org") if any(word in sent for _h, sent in listener.got)]
    moment = clock.system_now().fromtimestamp(int(headers["webhook-timestamp"]), clock.system_now().tzinfo)
    assert abs((clock.system_now() - moment).total_seconds()) < 10
    assert headers["webhook-signature"] == delivery.signature(secret, headers["webhook-id"], moment, body)
    assert [row.state for row in deliveries()] == [DeliveryState.DELIVERED] * 2


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks, as its libraries test it."""
    moment = clock.system_now().fromtimestamp(1614265330, clock.system_now().tzinfo)
    made = delivery.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", moment, b'{"test": 2432232314}'
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_nothing_is_told_of_what_was_rolled_back_or_not_chosen(world: World, listener: Listener) -> None:
    registered(world, listener.url)
    with pytest.raises(RuntimeError), transaction():
        world.delegation("Brno")
        raise RuntimeError("the connection broke")
    with world.writing():
        world.provider("Caterer")
    webhooks.look()
    assert deliveries() == []


def test_looking_again_and_again_sends_once(world: World, listener: Listener) -> None:
    registered(world, listener.url)
    with world.writing():
        world.delegation("Prague")
    for _n in range(4):
        webhooks.look()
        jobs.run_due()
    assert len(listener.got) == 1


def test_an_entry_that_is_committed_late_is_not_passed_over(world: World, listener: Listener) -> None:
    """On PostgreSQL a smaller id may appear after a larger one was read."""
    registered(world, listener.url)
    with world.writing():
        world.delegation("Prague")
        world.delegation("Brno")
    first, second = session().scalars(
        sa.select(ActivityEntry).where(ActivityEntry.verb == "delegations:created").order_by(ActivityEntry.id)
    )
    with transaction():
        session().execute(sa.update(ActivityEntry).where(ActivityEntry.id == first.id).values(verb="not:yet"))
    webhooks.look()
    with transaction():
        session().execute(sa.update(ActivityEntry).where(ActivityEntry.id == first.id).values(verb=second.verb))
    webhooks.look()
    jobs.run_due()
    assert {json.loads(body)["data"]["entry"] for _headers, body in listener.got} == {first.id, second.id}


def test_a_refused_message_is_tried_again_under_the_same_id(world: World, listener: Listener) -> None:
    registered(world, listener.url)
    listener.status = 500
    with world.writing():
        world.delegation("Prague")
    webhooks.look()
    jobs.run_due()
    row = deliveries()[0]
    assert (row.state, row.status, row.problem, row.attempts) == (DeliveryState.QUEUED, 500, "answer", 1)
    assert jobs.run_due() == 0  # it waits
    listener.status = 200
    now_due()
    jobs.run_due()
    assert deliveries()[0].state == DeliveryState.DELIVERED
    assert len({headers["webhook-id"] for headers, _body in listener.got}) == 1


def test_the_waits_grow_and_end(world: World) -> None:
    waits = [delivery.DELIVER.back_off(attempt) for attempt in range(1, delivery.DELIVER.attempts)]
    assert waits == sorted(waits)
    assert 3600 < sum(waits) < 24 * 3600


def test_after_twenty_refusals_it_is_switched_off_and_the_overview_says_so(world: World, listener: Listener) -> None:
    hook, _secret = registered(world, listener.url)
    listener.status = 410
    with world.writing():
        for _n in range(webhooks.FAILURES_ALLOWED):
            world.delegation()
    webhooks.look()
    jobs.run_due()
    session().rollback()
    stored = session().get_one(Webhook, hook.id, populate_existing=True)
    assert stored.disabled_at is not None
    found = list(contributions.checks(world.event))
    assert [(check.rule, check.severity) for check in found] == [("rest.webhook_off", Severity.AT_RISK)]
    sent = len(listener.got)
    with world.writing():
        world.delegation()
    webhooks.look()
    jobs.run_due()
    assert len(listener.got) == sent
    client = world.client(world.owner)
    page = client.get(world.url(f"api/webhooks/{hook.id}")).get_data(as_text=True)
    assert "Switch it on again" in page
    client.post(world.url(f"api/webhooks/{hook.id}/on"), data={"csrf_token": csrf_of(page)})
    session().rollback()
    assert list(contributions.checks(world.event)) == []


def test_a_redirect_is_not_followed(world: World, listener: Listener) -> None:
    registered(world, listener.url)
    listener.status, listener.headers = 302, {"Location": "http://127.0.0.1:1/elsewhere"}
    with world.writing():
        world.delegation("Prague")
    webhooks.look()
    jobs.run_due()
    row = deliveries()[0]
    assert (row.status, row.problem) == (302, "redirect")
    assert len(listener.got) == 1


@contextmanager
def silent_server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_server_that_never_answers_is_left_after_a_while(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "SECONDS", 0.3)
    with silent_server() as port:
        registered(world, f"http://127.0.0.1:{port}/")
        with world.writing():
            world.delegation("Prague")
        webhooks.look()
        jobs.run_due()
    assert deliveries()[0].problem in {"timeout", "connection"}


def test_a_server_that_answers_a_letter_at_a_time_is_left_after_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            line, _address = server.accept()
            with line, suppress(OSError):
                for letter in b"HTTP/1.1 200 OK" + b" " * 1000:
                    line.sendall(bytes([letter]))
                    time.sleep(0.1)

        thread = threading.Thread(target=trickle)
        thread.start()
        registered(world, f"http://127.0.0.1:{server.getsockname()[1]}/")
        with world.writing():
            world.delegation("Prague")
        webhooks.look()
        began = time.monotonic()
        jobs.run_due()
        assert time.monotonic() - began < 10
        thread.join()
    assert deliveries()[0].state == DeliveryState.QUEUED


def test_the_secret_lies_sealed_and_is_shown_once(world: World, listener: Listener) -> None:
    client = world.client(world.owner)
    page = client.get(world.url("api/webhooks/new")).get_data(as_text=True)
    sent = {"csrf_token": csrf_of(page), "url": listener.url, "verbs": "delegations:submitted"}
    shown = client.post(world.url("api/webhooks/new"), data=sent).get_data(as_text=True)
    secret = re.search(r"whsec_[\w+/=]{44}", shown)
    assert secret
    session().rollback()
    hook = session().scalars(sa.select(Webhook)).one()
    assert secret[0].encode() not in hook.sealed_secret
    assert open_for_site(hook.sealed_secret) == secret[0]
    for path in ("api/", f"api/webhooks/{hook.id}", f"api/webhooks/{hook.id}/edit"):
        assert secret[0] not in client.get(world.url(path)).get_data(as_text=True)


def test_an_owner_edits_sends_again_and_removes(world: World, listener: Listener) -> None:
    hook, _secret = registered(world, listener.url)
    with world.writing():
        world.delegation("Prague")
    webhooks.look()
    jobs.run_due()
    client = world.client(world.owner)
    page = client.get(world.url(f"api/webhooks/{hook.id}")).get_data(as_text=True)
    token = csrf_of(page)
    client.post(world.url(f"api/webhooks/deliveries/{deliveries()[0].id}/again"), data={"csrf_token": token})
    session().rollback()
    jobs.run_due()
    assert len({headers["webhook-id"] for headers, _body in listener.got}) == 1
    assert len(listener.got) == 2
    sent = {"csrf_token": token, "url": listener.url, "verbs": ["providers:added"]}
    assert client.post(world.url(f"api/webhooks/{hook.id}/edit"), data=sent).status_code == 302
    assert client.post(world.url(f"api/webhooks/{hook.id}/remove"), data={"csrf_token": token}).status_code == 302
    assert client.get(world.url(f"api/webhooks/{hook.id}")).status_code == 404
    with world.writing():
        world.provider("Caterer")
    webhooks.look()
    assert len(deliveries()) == 1


def test_webhooks_add_nothing_to_the_work_of_those_who_change_something(world: World, listener: Listener) -> None:
    from eventhub.db import statement_count

    def add() -> None:
        with world.writing():
            delegations.add(world.event, {"name": f"City {len(seen)}", "country": "CZ", "quota": 2}, by=world.by)
        seen.append(1)

    seen: list[int] = []
    add()  # the first of an event begins its count of seats
    without = statement_count(world.app, add)
    registered(world, listener.url)
    assert statement_count(world.app, add) == without


# --- where they may go ----------------------------------------------------------------------------------------------

PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::",
    "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_message_goes_to_a_private_address(address: str) -> None:
    assert not guard.may_go_to(address, local=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_fine(address: str) -> None:
    assert guard.may_go_to(address, local=False)


@pytest.mark.parametrize("address", [one for one in PRIVATE if one not in {"127.0.0.1", "127.1.2.3", "::1"}])
def test_a_local_site_opens_its_own_machine_only(address: str) -> None:
    assert not guard.may_go_to(address, local=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://127.0.0.1/", "javascript:alert(1)",
        "//example.org/", "https://", "https:///path", "https://user:pass@example.org/", "https://user@127.0.0.1/",
        "https://example.org:99999/", "https://[::1/", "https://exa mple.org/", "https://example.org/\r\nHost: x",
        "https://example.org\\@127.0.0.1/", "https://exämple.org/", "https://127.0.0.1/", "https://localhost/",
        "https://[::1]/", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "https://example.org:0/",
        "https://[::ffff:169.254.169.254]/",
    ],
)  # fmt: skip
def test_an_address_that_can_never_be_right_is_refused_when_it_is_typed(url: str) -> None:
    with pytest.raises((guard.NotAnAddress, guard.NotPublic)):
        guard.check(url, local=False)


@pytest.mark.parametrize("name", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0"])
def test_a_number_that_the_resolver_takes_for_an_address_is_caught_when_it_is_sent(name: str) -> None:
    with pytest.raises((guard.NotPublic, guard.Unknown)):
        guard.target(f"https://{name}/", local=False)


def answering(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name lead to these addresses: no test asks a real resolver."""

    def resolved(host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


def test_a_name_that_now_leads_inside_is_refused_when_it_is_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.app.config, "BASE_URL", "https://events.example.org")
    registered(world, "https://rebound.example.com/")
    answering(monkeypatch, "10.0.0.7")
    with world.writing():
        world.delegation("Prague")
    webhooks.look()
    jobs.run_due()
    assert deliveries()[0].problem == "private"


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "1.1.1.1", "192.168.0.1")
    with pytest.raises(guard.NotPublic):
        guard.target("https://both.example.com/", local=False)


def test_the_address_that_was_checked_is_the_one_that_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "93.184.215.14")
    found = guard.target("https://moving.example.com/", local=False)
    answering(monkeypatch, "127.0.0.1")
    asked: list[Any] = []

    def connect(address: Any, timeout: float) -> Any:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(delivery.NotTaken):
        delivery.post(found, b"{}", {})
    assert asked == [("93.184.215.14", 443)]
