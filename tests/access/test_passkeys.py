"""Passkeys over HTTP: a challenge answers one request, a wrong answer is a sentence. Their dialogue: tests/browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from eventhub import clock
from eventhub.access import passkeys
from eventhub.access.models import Passkey, User
from eventhub.db import session, transaction
from eventhub.testing import World, csrf_of


def send(browser: FlaskClient, path: str, body: Any, page: str = "/en/account/login") -> Any:
    token = csrf_of(browser.get(page).text)
    return browser.post(path, json=body, headers={"X-CSRFToken": token})


def keep(user: User, name: str = "phone") -> Passkey:
    key = Passkey(
        user_id=user.id, name=name, credential_id=f"id-{user.id}-{name}", public_key=b"x", created_at=clock.now()
    )
    session().add(key)
    session().flush()
    return key


def test_the_options_name_the_site_and_ask_for_the_owner(world: World) -> None:
    answer = send(world.client(), "/en/account/passkey/options", {})
    assert answer.status_code == 200
    assert answer.json["rpId"] == "localhost"
    assert answer.json["userVerification"] == "required"
    assert answer.json["allowCredentials"] == []  # nobody learns who has an account


@pytest.mark.parametrize(
    "body", [{}, [], None, "x", {"id": "unknown"}, {"id": 7}, {"id": {"a": 1}}, {"id": "x" * 9000}]
)
def test_a_wrong_answer_is_refused_in_words(world: World, body: Any) -> None:
    browser = world.client()
    send(browser, "/en/account/passkey/options", {})
    answer = send(browser, "/en/account/passkey", body)
    assert (answer.status_code, answer.json["message"]) == (
        422,
        "This passkey could not be checked. Try again, or sign in with your password.",
    )


@pytest.mark.parametrize("response", [{}, {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}])
def test_a_known_key_with_a_forged_signature_is_refused(world: World, response: dict[str, str]) -> None:
    with transaction():
        key = keep(world.owner)
    browser = world.client()
    send(browser, "/en/account/passkey/options", {})
    forged = {"id": key.credential_id, "rawId": key.credential_id, "type": "public-key", "response": response}
    assert send(browser, "/en/account/passkey", forged).status_code == 422


def test_without_a_challenge_nothing_is_checked(world: World) -> None:
    assert send(world.client(), "/en/account/passkey", {"id": "x"}).status_code == 422
    organiser = world.client(world.owner)
    for body in ({"made": {}, "name": "x"}, [], None):
        assert send(organiser, "/en/account/passkeys", body, "/en/account/").status_code == 422


def test_somebody_removes_their_own_passkeys_only(world: World) -> None:
    with transaction():
        other = world.organiser()
        mine, theirs = keep(world.owner), keep(other)
    browser = world.client(world.owner)
    assert browser.get(f"/en/account/passkeys/{theirs.id}/remove").status_code == 404
    page = browser.get(f"/en/account/passkeys/{mine.id}/remove")
    assert "Signing in with this passkey" in page.text
    browser.post(f"/en/account/passkeys/{mine.id}/remove", data={"csrf_token": csrf_of(page.text)})
    session().rollback()
    assert passkeys.of(world.owner) == []
    assert passkeys.of(other) == [theirs]


def test_a_new_passkey_leaves_out_the_ones_that_are_there(world: World) -> None:
    with transaction():
        keep(world.owner)
    text, challenge = passkeys.registration_options(world.owner)
    options = json.loads(text)
    assert len(options["excludeCredentials"]) == 1
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert len(challenge) >= 32
