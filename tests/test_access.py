"""Every route × every role × own or foreign object: no leak, and absent looks like forbidden.

The tables below name a row for every kind of argument; a route with an argument they do not know fails the test, so a
new page cannot slip past it.
"""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from eventhub.access import accounts, links
from eventhub.access.gate import allowed
from eventhub.access.models import EventRole, User
from eventhub.db import Model, session, transaction
from eventhub.delegations.models import Delegation, Participant
from eventhub.demo.fixtures import ToldWorld
from eventhub.events import domain as events
from eventhub.events.models import Event
from eventhub.testing import World, csrf_of

# argument of a route: the table whose rows it names
ROWS = {
    "delegation_id": "delegation",
    "participant_id": "participant",
    "item_id": "programme_item",
    "venue_id": "venue",
    "room_id": "room",
    "provider_id": "provider",
    "order_id": "provider_order",
    "waiver_id": "waiver",
    "mail_id": "mail_message",
    "job_id": "job",
    "membership_id": "event_membership",
    "token_id": "api_token",
    "webhook_id": "webhook",
    "delivery_id": "webhook_delivery",
    "request_id": "seat_request",
    "seat_id": "seat",
    "import_id": "roster_import",
    "filter_id": "saved_filter",
    "first_id": "participant",
    "second_id": "participant",
    "mailing_id": "mailing",
}
# arguments that name no row
WORDS = {
    "stage": "people",
    "act": "invite",
    "name": "privacy",
    "state": "planning",
    "rule": "delegations.incomplete",
    "subject": "all",
    "token": "x" * 43,
    "language": "en",
    "code": "en",
    "number": 1,
    "media": "html",
    "pack": "first",
    "format": "pdf",
    "kind": "programme",
    "filename": "eventhub.css",
    "what": "offer",
    "way": "up",
    "purpose": "delegations.access",
    "passkey_id": 1,  # of an account, not of an event
}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")]


def of_event(app: Flask) -> list[Rule]:
    """Return the rules of an event's pages; those of the API, which asks for a token, are held by tests of its own."""
    return [rule for rule in rules(app) if "event" in rule.arguments and not rule.rule.startswith("/api/")]


# words that only one route takes
OWN_WORDS = {("privacy.days", "kind"): "delegations.identity"}
# not there for another reason than who asks: nothing is ticked, the question has answers, the answer is no file; the
# first mail is the site's own, and only an owner reads those
NOT_THERE = frozenset({"delegations_bulk.index", "questions.delete", "questions_answers.file", "mailing_messages.show"})


def table_of(argument: str, rule: Rule) -> str | None:
    """Return the table that an argument's row is in; a plugin's is <plugin>_<noun>."""
    if argument in ROWS:
        return ROWS[argument]
    plugin = rule.endpoint.partition(".")[0]
    noun = argument.removesuffix("_id")
    for component in (plugin, *(plugin.rsplit("_", n)[0] for n in range(1, plugin.count("_") + 1))):
        if f"{component}_{noun}" in Model.metadata.tables:
            return f"{component}_{noun}"
    return None


def first_id(table: str, event_id: int) -> int | None:
    rows = Model.metadata.tables[table]
    return session().scalar(sa.select(rows.c.id).where(rows.c.event_id == event_id).order_by(rows.c.id).limit(1))


def word_for(argument: str, rule: Rule) -> object:
    """Return a word that the rule takes: the first that it lists itself, its own of the table, or the common one."""
    if listed := re.search(rf"<any\(([^),]+)[^)]*\):{argument}>", rule.rule):
        return listed[1].strip()
    assert argument in WORDS, f"{rule.rule}: what is {argument}? Add it to ROWS or WORDS."
    if argument == "state" and "order" in rule.endpoint:
        return "received"
    return OWN_WORDS.get((rule.endpoint, argument), WORDS[argument])


def address(rule: Rule, slug: str, event_id: int) -> str | None:
    """Return the rule's address with rows of the event, or None when the event has no such row."""
    values: dict[str, object] = {"lang": "en", "event": slug}
    for argument in rule.arguments - {"lang", "event"}:
        table = table_of(argument, rule)
        if table is None:
            values[argument] = word_for(argument, rule)
        else:
            found = first_id(table, event_id)
            if found is None:
                return None
            values[argument] = found
    return re.sub(r"<(?:[^:>]+:)?([a-z_]+)>", lambda match: str(values[match[1]]), rule.rule)


@pytest.fixture
def demo_world(demo: ToldWorld) -> ToldWorld:
    """The reference event; beside it a test makes an event of somebody else."""
    demo.app.config["WTF_CSRF_ENABLED"] = False  # what is asked here comes after that check
    return demo


def other_event(world: World) -> tuple[Event, User]:
    with transaction():
        owner = accounts.create_user("stranger@example.org", "Stranger")
        event = events.create(
            title={"fr": "Autre", "en": "Other"},
            slug="other",
            starts_on=date(2025, 5, 1),
            ends_on=date(2025, 5, 2),
            languages=["fr", "en"],
            by=owner,
            plugins=[c.name for c in world.app.extensions["hub"].plugins() if c.active],
        )
        event.state = events.EventState.OPEN
    return event, owner


def method_of(rule: Rule) -> str:
    return "GET" if "GET" in (rule.methods or ()) else "POST"


def test_every_route_declares_a_permission_of_the_list(demo_world: World) -> None:
    known = demo_world.app.extensions["hub"].permissions
    for rule in rules(demo_world.app):
        permission = demo_world.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        assert known[permission.name] is permission, rule.rule


def test_an_owner_reaches_nothing_of_another_event(demo_world: World) -> None:
    event, owner = other_event(demo_world)
    client = demo_world.client(owner)
    leaks, asked = [], 0
    for rule in of_event(demo_world.app):
        if not any(table_of(argument, rule) for argument in rule.arguments - {"lang", "event"}):
            continue
        path = address(rule, event.slug, demo_world.event.id)
        if path is None:
            continue
        asked += 1
        answer = client.open(path, method=method_of(rule))
        answer.close()
        if answer.status_code != 404:
            leaks.append(f"{method_of(rule)} {path} answers {answer.status_code}")
    assert leaks == []
    assert asked > 30


def test_an_owner_of_another_event_sees_none_of_the_pages_of_this_one(demo_world: World) -> None:
    _event, owner = other_event(demo_world)
    client = demo_world.client(owner)
    leaks = []
    for rule in of_event(demo_world.app):
        if "/manage/" not in rule.rule:
            continue
        path = address(rule, demo_world.event.slug, demo_world.event.id)
        if path and client.open(path, method=method_of(rule)).status_code != 404:
            leaks.append(path)
    assert leaks == []


@pytest.mark.parametrize("role", list(EventRole))
def test_each_role_has_what_its_permissions_say_and_nothing_more(demo_world: World, role: EventRole) -> None:
    with transaction():
        user = demo_world.organiser(role)
    client = demo_world.client(user)
    wrong = []
    for rule in of_event(demo_world.app):
        permission = demo_world.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        path = address(rule, demo_world.event.slug, demo_world.event.id)
        if "/manage/" not in rule.rule or path is None or method_of(rule) == "POST" or rule.endpoint in NOT_THERE:
            continue
        answer = client.get(path, buffered=True)
        may = allowed(permission, user, frozenset({role}))
        if (answer.status_code != 404) is not may:
            wrong.append(f"{path} answers {answer.status_code}, its permission is {permission.name}")
    assert wrong == []


def test_a_role_may_not_post_what_it_may_not_do(demo_world: World) -> None:
    with transaction():
        user = demo_world.organiser(EventRole.READER)
    client = demo_world.client(user)
    wrong = []
    for rule in of_event(demo_world.app):
        permission = demo_world.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        path = address(rule, demo_world.event.slug, demo_world.event.id)
        if "/manage/" not in rule.rule or path is None or "POST" not in (rule.methods or ()):
            continue
        if allowed(permission, user, frozenset({EventRole.READER})):
            continue
        answer = client.post(path)
        if answer.status_code != 404:
            wrong.append(f"{path} answers {answer.status_code}, its permission is {permission.name}")
    assert wrong == []


def test_a_stranger_is_sent_to_sign_in_whether_the_event_exists_or_not(demo_world: World) -> None:
    client = demo_world.client()
    for rule in of_event(demo_world.app):
        path = address(rule, demo_world.event.slug, demo_world.event.id)
        if "/manage/" not in rule.rule or path is None or method_of(rule) == "POST":
            continue
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/en/account/login"), path


def test_a_guest_opens_their_own_pages_and_nobody_elses(demo_world: World) -> None:
    delegations = session().scalars(sa.select(Delegation).order_by(Delegation.id).limit(2)).all()
    people = session().scalars(sa.select(Participant).order_by(Participant.id).limit(2)).all()
    client = demo_world.app.test_client()
    with transaction():
        urls = [
            links.mint_url("delegation", delegations[0].id, demo_world.event.id, "en"),
            links.mint_url("participant", people[0].id, demo_world.event.id, "en"),
        ]
    for url in urls:
        assert client.post("/" + url.split("/", 3)[3]).status_code == 302
    own, foreign, wrong = 0, 0, []
    for rule in of_event(demo_world.app):
        permission = demo_world.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if not permission.links or method_of(rule) == "POST":
            continue
        for argument, rows in (("delegation_id", delegations), ("participant_id", people)):
            if argument not in rule.arguments:
                continue
            template = address(rule, demo_world.event.slug, demo_world.event.id)
            if template is None:
                continue
            for index, row in enumerate(rows):
                values = {"lang": "en", "event": demo_world.event.slug, argument: row.id}
                path = re.sub(
                    r"<(?:[^:>]+:)?([a-z_]+)>",
                    lambda match, values=values: str(values.get(match[1], WORDS.get(match[1]))),  # type: ignore[misc]
                    rule.rule,
                )
                status = client.get(path, buffered=True).status_code
                if index == 0:
                    own += 1
                    if status == 404 and rule.endpoint.endswith(("overview", "step", "show")):
                        wrong.append(f"own {path} answers 404")
                else:
                    foreign += 1
                    if status != 404:
                        wrong.append(f"foreign {path} answers {status}")
    assert wrong == []
    assert min(own, foreign) > 5


def test_a_revoked_link_ends_the_sessions_it_opened(world: World) -> None:
    with world.writing():
        delegation = world.delegation("Prague", people=1)
    client = world.guest(delegation)
    path = world.url(f"registration/{delegation.id}/", area="e")
    assert client.get(path).status_code == 200
    with transaction():
        assert links.revoke("delegation", delegation.id) >= 1
    assert client.get(path).status_code == 404


def test_signing_out_ends_the_session_on_the_server(world: World) -> None:
    client = world.client(world.owner)
    cookie = client.get_cookie("eventhub")
    assert cookie is not None
    page = client.get(world.url(""))
    assert page.status_code == 200
    client.post("/en/account/logout", data={"csrf_token": csrf_of(page.get_data(as_text=True))})
    thief = world.client()
    thief.set_cookie("eventhub", cookie.value)
    assert thief.get(world.url("")).status_code == 302


@pytest.mark.parametrize("path", ["/en/", "/en/nothing-here", "/en/manage/", "/healthz", "/en/d/unknown"])
def test_every_answer_carries_the_security_headers(world: World, path: str) -> None:
    headers = world.client().get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_foreign_host_header_is_refused_and_links_never_use_it(world: World) -> None:
    answer = world.client().get("/en/", headers={"Host": "evil.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(world: World, target: str) -> None:
    with transaction():
        user = world.organiser(EventRole.READER)
        user.password = accounts.hash_password("a long password for tests")
    client = world.client()
    page = client.get(f"/en/account/login?next={target}").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    answer = client.post(
        f"/en/account/login?next={target}",
        data={"email": user.email, "password": "a long password for tests", "csrf_token": token[1]},
    )
    assert "evil.example" not in answer.headers.get("Location", "")


def test_guessing_passwords_is_slowed_down_with_a_clear_page(world: World) -> None:
    client = world.client()
    world.app.config["WTF_CSRF_ENABLED"] = False
    wrong = {"email": "owner@example.org", "password": "not the password"}
    statuses = [client.post("/en/account/login", data=wrong).status_code for _n in range(21)]
    assert statuses[-1] == 429
    answer = client.post("/en/account/login", data=wrong)
    assert answer.headers["Retry-After"] == "60"
    assert "Wait a minute" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path, status", [("programme/9" + "9" * 27, 404), ("delegations/people?delegation=9" + "9" * 27, 200)]
)
def test_a_number_that_no_column_can_hold_is_not_found_and_a_filter_by_it_is_no_filter(
    world: World, path: str, status: int
) -> None:
    assert world.client(world.owner).get(world.url(path)).status_code == status
