"""A second factor: set up with an app, asked for at sign-in, recovered from a lost phone."""

from __future__ import annotations

import re
import time

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from passlib.totp import TOTP

from eventhub import cli
from eventhub.access import accounts
from eventhub.access.models import User
from eventhub.db import session, transaction
from eventhub.testing import World, csrf_of

PASSWORD = "four words are enough"


def post(browser: FlaskClient, path: str, follow: bool = True, **fields: str) -> str:
    page = browser.get(path).text
    answer = browser.post(path, data={"csrf_token": csrf_of(page), **fields}, follow_redirects=follow)
    assert answer.status_code < 500
    return answer.text


@pytest.fixture
def user(world: World) -> User:
    with transaction():
        return accounts.create_user("second@example.org", "Second Factor", password=PASSWORD)


def sign_in(world: World, user: User) -> tuple[FlaskClient, str]:
    browser = world.client()
    return browser, post(browser, "/en/account/login", email=user.email, password=PASSWORD)


def set_up(browser: FlaskClient) -> TOTP:
    """Set the second factor up as an app would: with the key that the page shows."""
    page = post(browser, "/en/account/second-factor", setup="authenticator")
    key = re.search(r"<code>([A-Z2-7-]+)</code>", page)
    action = re.search(r'action="(/en/account/second-factor/[^"]+)"', page)
    assert key
    assert action
    assert 'src="data:image/svg+xml;base64,' in page
    app = TOTP(key=key[1].replace("-", ""))
    answer = browser.post(
        action[1], data={"csrf_token": csrf_of(page), "code": app.generate().token}, follow_redirects=True
    )
    assert "The second factor is on" in answer.text
    return app


def test_signing_in_asks_for_the_code_and_lets_nobody_in_before(world: World, user: User) -> None:
    browser, _page = sign_in(world, user)
    app = set_up(browser)
    other, page = sign_in(world, user)
    assert "Is it you?" in page
    assert other.get("/en/account/").status_code == 302
    wrong = post(other, "/en/account/code", code="000000")
    assert "This code is not right" in wrong
    code = app.generate(time.time() + 30).token  # each code works once, and setting up used the present one
    post(other, "/en/account/code", code=code)
    assert "second@example.org" in other.get("/en/account/").text


def test_a_recovery_code_signs_in_once(world: World, user: User) -> None:
    browser, _page = sign_in(world, user)
    set_up(browser)
    page = post(browser, "/en/account/recovery-codes")
    codes = re.findall(r"<li><code>([^<]+)</code></li>", page)
    assert len(codes) == 8
    for expected in ("second@example.org", "spent"):
        other, _page = sign_in(world, user)
        post(other, "/en/account/recovery", code=codes[0])
        other.get("/en/account/")
        page = other.get("/en/account/", follow_redirects=True).text
        assert ("second@example.org" in page) == (expected != "spent")


def test_recovery_codes_and_the_secret_are_not_readable_in_the_table(world: World, user: User) -> None:
    browser, _page = sign_in(world, user)
    app = set_up(browser)
    codes = re.findall(r"<li><code>([^<]+)</code></li>", post(browser, "/en/account/recovery-codes"))
    session().expire_all()
    stored = session().get_one(User, user.id)
    assert app.base32_key not in str(stored.tf_totp_secret)
    assert not set(codes) & set(stored.mf_recovery_codes)


def test_it_can_be_switched_off_and_an_administrator_can_reset_it(world: World, user: User) -> None:
    browser, _page = sign_in(world, user)
    set_up(browser)
    assert "The second factor is off" in post(browser, "/en/account/second-factor", setup="disable")
    set_up(browser)
    assert accounts.reset_second_factor(user.email)
    _browser, page = sign_in(world, user)
    assert "Is it you?" not in page
    assert not accounts.reset_second_factor("nobody@example.org")


def test_the_command_says_who_has_no_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_app", lambda: world.app)
    answer = CliRunner().invoke(cli.main, ["reset-second-factor", "nobody@example.org"])
    assert answer.exit_code == 1
    assert "has no account" in answer.output


def test_ways_that_we_do_not_offer_lead_to_those_that_we_do(world: World, user: User) -> None:
    browser, _page = sign_in(world, user)
    set_up(browser)
    other, _page = sign_in(world, user)
    assert other.get("/en/account/code/help").location == "/en/account/recovery"
    assert other.get("/en/account/code/choose").location == "/en/account/login"


def test_the_account_page_keeps_name_and_language(world: World, user: User) -> None:
    browser, _page = sign_in(world, user)
    page = post(browser, "/en/account/", name="Another Name", language="en")
    assert "Your account is saved." in page
    session().expire_all()
    assert session().get_one(User, user.id).name == "Another Name"
