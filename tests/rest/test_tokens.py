"""Every address of the API × every permission × own or foreign event; and how tokens are made and end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule

from eventhub import clock
from eventhub.access.models import EventRole
from eventhub.db import session, transaction
from eventhub.demo.fixtures import ToldWorld
from eventhub.rest import tokens
from eventhub.rest.models import ApiToken
from eventhub.testing import World, csrf_of
from tests.rest.conftest import Program, make_program
from tests.test_access import address, other_event


def rules(world: World) -> list[Rule]:
    return [rule for rule in world.app.url_map.iter_rules() if rule.rule.startswith("/api/")]


def asked(world: World, rule: Rule) -> str:
    permission = world.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
    return str(permission.name)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})


def offered(world: World) -> list[str]:
    return [permission.name for permission in tokens.offered(world.hooks)]


def test_a_token_opens_what_it_was_given_and_nothing_more(demo: ToldWorld) -> None:
    wrong, opened, closed = [], 0, 0
    for name in offered(demo):
        program = make_program(demo, [name])
        for rule in rules(demo):
            if asked(demo, rule) == "rest:document":
                continue
            path = address(rule, demo.event.slug, demo.event.id) if "event" in rule.arguments else rule.rule
            assert path is not None, f"the reference event has nothing for {rule.rule}"
            for method in methods(rule):
                status = program.ask(method, path, {} if method != "GET" else None).status_code
                may = asked(demo, rule) == name
                opened, closed = opened + may, closed + (not may)
                if (status != 404) is not may or status == 401 or status >= 500:
                    wrong.append(f"{method} {path} answers {status} with {name}")
    assert wrong == []
    assert min(opened, closed) > 20


def test_a_token_reaches_nothing_of_another_event(demo: ToldWorld) -> None:
    event, _owner = other_event(demo)
    program = make_program(demo, offered(demo), event)
    leaks = []
    for rule in rules(demo):
        if "event" not in rule.arguments:
            continue
        foreign = address(rule, demo.event.slug, demo.event.id)
        mixed = address(rule, event.slug, demo.event.id) if len(rule.arguments) > 1 else None
        for path in filter(None, (foreign, mixed)):
            leaks += [
                f"{method} {path} answers {answer.status_code}"
                for method in methods(rule)
                if (answer := program.ask(method, path, {}, If_Match='"x"')).status_code not in {404, 422}
                or (answer.status_code == 422 and path == foreign)
            ]
    assert leaks == []
    assert [row["slug"] for row in program.get("/api/v1/events").json["items"]] == [event.slug]


def test_absent_and_forbidden_look_the_same(world: World) -> None:
    program = make_program(world, ["events:read"])
    answers = [
        program.get("delegations"),
        program.get("nothing-of-the-kind"),
        program.get("/api/v1/events/another/programme"),
        program.get("programme/4711"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize(
    "said", [None, "Bearer", "Bearer eh_wrong", "Basic b3duZXI6b3duZXI=", "Bearer ' OR 1=1 --", "bearer \x80\xff"]
)
def test_without_a_token_nothing_is_said_of_what_is_there(world: World, said: str | None) -> None:
    headers = {"Authorization": said} if said else {}
    for path in ("/api/v1/events", "/api/v1/events/test/programme", "/api/v1/events/none/programme"):
        answer = world.client().get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_browser_session_opens_nothing_here_and_a_token_no_page(world: World, program: Program) -> None:
    assert world.client(world.owner).get("/api/v1/events/test").status_code == 401
    assert world.client(world.owner).post("/api/v1/events/test/delegations", json={}).status_code == 401
    assert program.get(world.url("")).status_code == 302
    assert program.get(world.url("api/")).status_code == 302


def test_a_revoked_or_expired_token_opens_nothing(world: World, program: Program) -> None:
    assert program.get("programme").status_code == 200
    with transaction():
        session().get_one(ApiToken, program.token_id).expires_at = clock.now()
    assert program.get("programme").status_code == 401
    with transaction():
        session().get_one(ApiToken, program.token_id).expires_at = clock.now() + timedelta(days=1)
        tokens.revoke(world.event, program.token_id, by=world.by)
    assert program.get("programme").status_code == 401


def test_what_is_sensitive_can_be_given_to_no_token(world: World) -> None:
    assert not [name for name in offered(world) if world.app.extensions["hub"].permissions[name].sensitive]
    with pytest.raises(tokens.NotOffered), transaction():
        tokens.create(world.event, "Thief", ["catering:needs"], 30, by=world.by, hooks=world.hooks)


def test_the_gate_refuses_a_sensitive_permission_even_if_a_row_holds_it(
    world: World, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = world.app.extensions["hub"].permissions["catering:needs"]
    with transaction():
        session().get_one(ApiToken, program.token_id).permissions = ["catering:needs"]

    def view(**_: object) -> str:
        return "Ana eats no nuts"

    view.permission = needs  # type: ignore[attr-defined]
    monkeypatch.setitem(world.app.view_functions, "delegations_api.index", view)
    assert program.get("delegations").status_code == 404


def test_a_plugin_that_is_switched_off_is_absent(world: World) -> None:
    program = make_program(world, ["glossary:read"])
    assert program.get("glossary").status_code == 200
    with transaction():
        for row in world.event.plugins:
            row.enabled = row.plugin != "glossary"
    assert program.get("glossary").status_code == 404


def test_each_token_has_a_limit_of_its_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_program(world), make_program(world)
    statuses = [first.get("venues").status_code for _n in range(601)]
    assert statuses[-1] == 429
    answer = first.get("programme")
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert second.get("venues").status_code == 200


def test_an_owner_makes_a_token_sees_it_once_and_revokes_it(world: World) -> None:
    client = world.client(world.owner)
    page = client.get(world.url("api/tokens/new")).get_data(as_text=True)
    assert "catering:needs" not in page
    sent = {"csrf_token": csrf_of(page), "name": "Ledger", "permissions": "events:read", "days": "90"}
    shown = client.post(world.url("api/tokens/new"), data=sent).get_data(as_text=True)
    secret = re.search(r"eh_[\w-]{43}", shown)
    assert secret
    answer = world.client().get("/api/v1/events/test", headers={"Authorization": f"Bearer {secret[0]}"})
    assert answer.status_code == 200
    listed = client.get(world.url("api/")).get_data(as_text=True)
    assert "Ledger" in listed
    assert secret[0] not in listed
    session().rollback()
    token = session().scalars(sa.select(ApiToken)).one()
    assert token.last_used_at == clock.now()
    assert secret[0] not in str(vars(token))
    confirm = client.get(world.url(f"api/tokens/{token.id}/revoke")).get_data(as_text=True)
    client.post(world.url(f"api/tokens/{token.id}/revoke"), data={"csrf_token": csrf_of(confirm)})
    answer = world.client().get("/api/v1/events/test", headers={"Authorization": f"Bearer {secret[0]}"})
    assert answer.status_code == 401


def test_a_form_without_a_tick_comes_back_with_its_error(world: World) -> None:
    client = world.client(world.owner)
    page = client.get(world.url("api/tokens/new")).get_data(as_text=True)
    answer = client.post(
        world.url("api/tokens/new"), data={"csrf_token": csrf_of(page), "name": "Ledger", "days": "90"}
    )
    assert answer.status_code == 422
    assert 'value="Ledger"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", [role for role in EventRole if role is not EventRole.OWNER])
def test_only_an_owner_sees_the_page_of_tokens(world: World, role: EventRole) -> None:
    with transaction():
        user = world.organiser(role)
    assert world.client(user).get(world.url("api/")).status_code == 404
