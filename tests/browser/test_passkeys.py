"""A passkey in a real Chromium with a virtual authenticator: made on the account page, used to sign in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import DESKTOP, Site

pytestmark = pytest.mark.browser


@pytest.fixture
def named(site: Site) -> Any:
    """The site under a name: browsers make no passkeys for addresses of digits."""
    before = {name: site.app.config[name] for name in ("BASE_URL", "TRUSTED_HOSTS")}
    address = site.url.replace("127.0.0.1", "localhost")
    site.app.config.update(BASE_URL=address, TRUSTED_HOSTS=["localhost", "127.0.0.1"])
    yield address
    site.app.config.update(before)


def test_an_organiser_adds_a_passkey_and_signs_in_with_it(site: Site, named: str, chrome: Any) -> None:
    context = chrome.new_context(locale="en-GB", viewport=DESKTOP)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    page.goto(site.organiser_link("passkey@example.org"))
    page.get_by_role("button").last.click()
    page.wait_for_url("**/manage/")
    page.goto(f"{named}/en/account/")
    page.get_by_label("Name of the passkey").fill("Office computer")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("The passkey is added").wait_for()
    assert page.get_by_role("rowheader", name="Office computer").is_visible()

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{named}/en/account/login")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/manage/")
    page.goto(f"{named}/en/account/")
    assert page.get_by_text("passkey@example.org").first.is_visible()
    context.close()
