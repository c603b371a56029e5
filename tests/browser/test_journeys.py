"""Two stories in a real Chromium: a head of delegation with the keyboard alone, an organiser who publishes visits."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import g

from eventhub.activity import SYSTEM
from eventhub.db import session, transaction
from eventhub.delegations import domain as delegations
from eventhub.delegations.models import Delegation
from eventhub.events.models import Event
from tests.browser.conftest import DESKTOP, PHONE, Site

pytestmark = pytest.mark.browser


def tab_to(page: Any, target: Any, limit: int = 150) -> None:
    """Press Tab until the element has the focus; fails when the keyboard does not reach it."""
    for _n in range(limit):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {target}")


def press(page: Any, target: Any) -> None:
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Any, target: Any, text: str) -> None:
    tab_to(page, target)
    page.keyboard.type(text)


def add_delegation(site: Site) -> int:
    with site.app.test_request_context():
        event = session().get_one(Event, site.event_id)
        g.event, g.event_slug, g.language = event, event.slug, "en"
        facts = {
            "name": "Uppsala",
            "city": "Uppsala",
            "country": "SE",
            "role": "participant",
            "quota": 4,
            "contact_name": "Astrid Exempel",
            "contact_email": "astrid@example.org",
            "contact_language": "en",
        }
        with transaction():
            found = delegations.add(event, facts, by=SYSTEM)
            session().flush()
            return found.id


def test_a_head_of_delegation_registers_four_people_on_a_phone_with_the_keyboard_alone(site: Site, chrome: Any) -> None:
    delegation = add_delegation(site)
    context = chrome.new_context(viewport=PHONE, locale="en-GB", has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(site.guest_link("delegation", delegation))
    press(page, page.locator("main button").last)
    assert page.locator("h1").inner_text() == "Uppsala"

    press(page, page.get_by_role("link", name="People").first)
    people = ("Astrid Exempel", "Björn Påhittad", "Ćwiara Fiktiv", "Dag Låtsas")
    names = page.locator('input[name$="-name"][name^="person-"]')
    assert names.count() == 4
    for index, name in enumerate(people):
        if index:  # the seats after the first wait folded
            tab_to(page, page.locator("details.person > summary").nth(index - 1))
            page.keyboard.press("Enter")
        write(page, names.nth(index), name)
        write(page, page.locator('input[name^="person-"][name$="-function"]').nth(index), "Planner")
        if index == 1:  # a mistake, to see that it is told and kept
            write(page, page.locator('input[name^="person-"][name$="-email"]').nth(index), "bjorn.example.org")
        tab_to(page, page.locator('input[name^="person-"][name$="-languages"][value="en"]').nth(index))
        page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Save and continue"))

    summary = page.locator("#error-summary")
    assert "no “@”" in summary.inner_text()
    assert summary.evaluate("element => element === document.activeElement"), "the summary takes the focus"
    press(page, summary.get_by_role("link").first)
    wrong = page.locator('input[name^="person-"][name$="-email"]').nth(1)
    assert wrong.evaluate("element => element === document.activeElement"), "its link leads to the field"
    assert wrong.input_value() == "bjorn.example.org"
    page.keyboard.press("Control+A")
    page.keyboard.type("bjorn@example.org")
    assert [names.nth(index).input_value() for index in range(4)] == list(people)
    press(page, page.get_by_role("button", name="Save and continue"))
    assert "/travel" in page.url

    page.goto(f"{site.url}/en/e/{site.slug}/registration/{delegation}/")
    press(page, page.get_by_role("button", name="Submit"))
    assert "/thanks" in page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing scrolls sideways"
    context.close()
    with site.app.app_context():
        found = session().scalars(sa.select(Delegation).where(Delegation.id == delegation)).one()
        assert (found.seats_named, found.state) == (4, "roster_incomplete")


def test_an_organiser_allocates_visits_and_publishes(site: Site, chrome: Any, organiser_state: Any) -> None:
    context = chrome.new_context(viewport=DESKTOP, locale="en-GB", storage_state=organiser_state)
    page = context.new_page()
    page.goto(f"{site.url}/en/manage/{site.slug}/")
    page.get_by_role("link", name="Field visits").first.click()
    page.get_by_role("link", name="Allocation").first.click()
    page.get_by_role("button", name="Compute").first.click()
    assert "first" in page.locator("main").inner_text().lower()
    page.get_by_role("button", name="Publish").first.click()
    page.wait_for_load_state()
    site.do_jobs()
    assert page.get_by_role("status").first.inner_text()
    context.close()
