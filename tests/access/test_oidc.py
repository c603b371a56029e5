"""Signing in at an identity provider: a real one on loopback, which signs its userinfo as ProConnect does."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from eventhub.access import accounts
from eventhub.access.models import User
from eventhub.db import session, transaction
from eventhub.testing import World, csrf_of, make_app, make_world


@dataclass
class Provider:
    """An identity provider: authorization code, PKCE S256, nonce; says what the test tells it to."""

    claims: dict[str, Any] = field(default_factory=dict)
    signed_userinfo: bool = True
    wrong: dict[str, Any] = field(default_factory=dict)  # put over the ID token's claims
    asked: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def app(self) -> Flask:
        app, key = Flask("provider"), RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})

        def signed(claims: dict[str, Any]) -> str:
            return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)

        @app.get("/.well-known/openid-configuration")
        def metadata() -> Any:
            places = {name: f"{self.url}/{name}" for name in ("authorize", "token", "userinfo", "jwks", "end")}
            return jsonify(
                issuer=self.url,
                authorization_endpoint=places["authorize"],
                token_endpoint=places["token"],
                userinfo_endpoint=places["userinfo"],
                jwks_uri=places["jwks"],
                end_session_endpoint=places["end"],
                id_token_signing_alg_values_supported=["RS256"],
            )

        @app.get("/jwks")
        def jwks() -> Any:
            return jsonify(keys=[key.as_dict(private=False)])

        @app.get("/authorize")
        def authorize() -> Any:
            self.asked = request.args.to_dict()
            self.asked["code"] = secrets.token_urlsafe(8)
            return redirect(f"{self.asked['redirect_uri']}?code={self.asked['code']}&state={self.asked['state']}")

        @app.post("/token")
        def token() -> Any:
            proof = hashlib.sha256(request.form["code_verifier"].encode()).digest()
            assert base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == self.asked["code_challenge"]
            assert request.form["code"] == self.asked["code"]
            assert request.form["client_secret"] == "sesame"
            now = int(time.time())
            claims = {"iss": self.url, "aud": "eventhub", "sub": self.claims["sub"], "iat": now, "exp": now + 60}
            claims |= {"nonce": self.asked["nonce"]} | self.wrong
            return jsonify(access_token="at", token_type="Bearer", expires_in=60, id_token=signed(claims))

        @app.get("/userinfo")
        def userinfo() -> Any:
            assert request.headers["Authorization"] == "Bearer at"
            if not self.signed_userinfo:
                return jsonify(self.claims)
            said = {**self.claims, "iss": self.url, "aud": "eventhub"}
            return app.response_class(signed(said), content_type="application/jwt")

        return app


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider({"sub": "abc", "email": "owner@example.org", "given_name": "Ada", "usual_name": "Exemple"})
    server = make_server("127.0.0.1", 0, made.app(), threaded=True)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(provider: Provider, tmp_path: Path) -> Iterator[World]:
    app = make_app(
        f"sqlite:///{tmp_path / 'oidc.db'}",
        tmp_path,
        OIDC_METADATA_URL=f"{provider.url}/.well-known/openid-configuration",
        OIDC_CLIENT_ID="eventhub",
        OIDC_CLIENT_SECRET="sesame",
    )
    with app.test_request_context():
        yield make_world(app)


def sign_in(site: World) -> tuple[Any, Any]:
    """Walk as a browser does: to the provider, and back with its answer."""
    import requests

    browser = site.client()
    there = browser.get("/en/account/elsewhere")
    assert there.status_code == 302
    back = requests.get(there.location, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return browser, browser.get(f"{parts.path}?{parts.query}")


def test_whoever_has_an_account_is_signed_in_and_linked(site: World, provider: Provider) -> None:
    with transaction():
        session().get_one(User, site.owner.id).name = ""
    browser, answer = sign_in(site)
    assert answer.location.endswith("/en/home") or answer.status_code == 302
    page = browser.get("/en/account/").text
    assert "owner@example.org" in page
    session().expire_all()
    owner = session().get_one(User, site.owner.id)
    assert (owner.oidc_subject, owner.name) == ("abc", "Ada Exemple")
    provider.claims["email"] = "moved@example.org"  # the subject stays, whatever the address
    browser, _answer = sign_in(site)
    assert "owner@example.org" in browser.get("/en/account/").text
    assert provider.asked["code_challenge_method"] == "S256"


def test_a_provider_that_answers_json_is_understood(site: World, provider: Provider) -> None:
    provider.signed_userinfo = False
    browser, _answer = sign_in(site)
    assert browser.get("/en/account/").status_code == 200


def test_a_stranger_is_told_whom_to_ask_and_gets_no_account(site: World, provider: Provider) -> None:
    provider.claims |= {"sub": "new", "email": "stranger@example.org"}
    browser, answer = sign_in(site)
    assert answer.status_code == 403
    assert "stranger@example.org has no account here" in answer.text
    assert browser.get("/en/account/").status_code == 302


def test_an_address_that_the_provider_does_not_vouch_for_opens_nothing(site: World, provider: Provider) -> None:
    provider.claims |= {"email_verified": False}
    _browser, answer = sign_in(site)
    assert answer.status_code == 403


def test_an_address_linked_to_one_person_is_not_taken_over_by_another(site: World, provider: Provider) -> None:
    sign_in(site)
    provider.claims["sub"] = "somebody else"
    _browser, answer = sign_in(site)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"nonce": "other"}, {"aud": "other"}, {"iss": "https://other"}, {"exp": 1}, {"sub": "x"}]
)
def test_a_forged_answer_is_refused(site: World, provider: Provider, wrong: dict[str, Any]) -> None:
    provider.wrong = wrong
    browser, answer = sign_in(site)
    assert answer.status_code == 403
    assert "did not confirm who you are" in answer.text
    assert browser.get("/en/account/").status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(site: World) -> None:
    assert site.client().get("/fr/account/elsewhere/back?code=x&state=y").status_code == 403


def test_a_closed_account_stays_closed(site: World) -> None:
    with transaction():
        session().get_one(User, site.owner.id).active = False
    _browser, answer = sign_in(site)
    assert answer.status_code == 403


def test_signing_out_shows_the_way_out_of_the_provider_too(site: World, provider: Provider) -> None:
    browser, _answer = sign_in(site)
    page = browser.get("/en/account/").text
    answer = browser.post("/en/account/sign-out", data={"csrf_token": csrf_of(page)})
    assert f"{provider.url}/end?id_token_hint=" in answer.text
    assert parse_qs(urlsplit(answer.text.split('href="' + provider.url)[1].split('"')[0]).query)
    assert browser.get("/en/account/").status_code == 302


def test_a_site_without_a_provider_has_no_such_door(world: World) -> None:
    assert world.client().get("/en/account/elsewhere").status_code == 404
    assert "Sign in with" not in world.client().get("/en/account/login").text


def test_an_account_made_by_password_is_found_by_its_address(site: World) -> None:
    with transaction():
        accounts.create_user("second@example.org", "Second", password="four words are enough")
    _browser, answer = sign_in(site)
    assert answer.status_code == 302
