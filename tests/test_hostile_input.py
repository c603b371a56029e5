"""Every form × field × hostile value: no answer 5xx, nothing evaluated, nothing unescaped, nothing typed lost.

Forms are found by walking the site as somebody who has a link, or a role; a new form is tested without a line here.
Each field gets a sixth of the values, and all of them in ``make trust``, where the organisers' forms are tested too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from eventhub.demo.fixtures import ToldWorld
from eventhub.web.fields import clean
from tests.browsing import PageForm, forms_of
from tests.crawler import walk
from tests.hostile import MARK, PRODUCT, VALUES

# what ends the walk; these come last, each on its own
ENDING = re.compile(r"decline|withdraw|erase|archive|sign-out|logout|remove|revoke|language")
UNESCAPED = (f"<script>alert('{MARK}')", f"<svg/onload=alert('{MARK}", f"<script>{MARK}", f'onerror=alert("{MARK}")>')
# fields that a page puts there itself: another value is a forgery, and answered as one
OURS = re.compile(r"(^|-)(csrf_token|base|participant)$")


@dataclass(frozen=True)
class Target:
    """One kind of field of one kind of form, and the page that it is on."""

    page: str
    action: str
    field: str


def kind_of(name: str) -> str:
    """Return the name without ids: the eighth person's phone is a field like the first one's."""
    return re.sub(r"\d+", "#", name)


def targets(client: FlaskClient, pages: Iterable[str]) -> list[Target]:
    found: dict[tuple[str, str], Target] = {}
    for page in pages:
        for form in forms_of(client.get(page).get_data(as_text=True)):
            if form.method != "post":
                continue
            action = urljoin(page, form.action) if form.action else page
            for name in sorted(form.names):
                if not OURS.search(name):
                    found.setdefault((kind_of(action), kind_of(name)), Target(page, action, name))
    return sorted(found.values(), key=lambda target: bool(ENDING.search(target.action)))


def form_on(client: FlaskClient, target: Target) -> PageForm | None:
    """Return the form as the page offers it now; None when what was accepted before has taken it away."""
    answer = client.get(target.page)
    for form in forms_of(answer.get_data(as_text=True)) if answer.status_code == 200 else ():
        action = urljoin(target.page, form.action) if form.action else target.page
        if form.method == "post" and action == target.action and target.field in form.names:
            return form
    return None


def visible(page: str) -> str:
    """Return the page's texts and values as a reader gets them."""
    return unescape(page)


def check(client: FlaskClient, target: Target, name: str, value: str, form: PageForm | None = None) -> int | None:
    """Send the value; returns the status, or None when the form is not there any more."""
    form = form or form_on(client, target)
    if form is None:
        return None
    values: MultiDict[str, str] = MultiDict(form.values)
    values.setlist(target.field, [value])
    answer = client.post(target.action, data=values)
    text = answer.get_data(as_text=True)
    where = f"{target.action} {target.field} = {name}"
    assert answer.status_code < 500, f"{where}: {answer.status_code}"
    assert "Traceback" not in text, where
    assert PRODUCT not in text, f"{where}: evaluated"
    for raw in (
        f"<script>alert('{MARK}')",
        f"<svg/onload=alert('{MARK}",
        f"<script>{MARK}",
        f'onerror=alert("{MARK}")>',
    ):
        assert raw not in text, f"{where}: unescaped {raw}"
    if answer.status_code in {409, 422} and len(value) < 5000:
        again = next((one for one in forms_of(text) if target.field in one.names and one.method == "post"), None)
        if again is not None and again.values.get(target.field) is not None and is_text(form, text, target.field):
            kept = again.values[target.field]
            assert lines(kept) in {lines(clean(value)), lines(value)}, f"{where}: what was typed is lost"
    return answer.status_code


def is_text(form: PageForm, page: str, name: str) -> bool:
    """Tell whether the field is one that people type into: a list of choices cannot give back what it never offered."""
    return bool(re.search(rf'<(?:input type="(?:text|email|tel|search)"|textarea)[^>]*name="{re.escape(name)}"', page))


def lines(text: str) -> str:
    """Return the text as a form sends it back: one kind of line end, none in a field of one line."""
    return " ".join(text.split())


def attack(client: FlaskClient, pages: Iterable[str], *, share: int = 1) -> dict[str, int]:
    """Send values into every field; returns how many answers there were of each status.

    Of ``share`` values each field gets one, the next field the next: together they get all.
    """
    found: dict[str, int] = {}
    for number, target in enumerate(targets(client, pages)):
        form = None
        for name, value in list(VALUES.items())[number % share :: share]:
            form = form or form_on(client, target)
            status = check(client, target, name, value, form)
            if status is None:
                break
            form = form if status == 422 else None  # what was accepted changes the page
            found[str(status)] = found.get(str(status), 0) + 1
    return found


def pages_of(demo: ToldWorld, client: FlaskClient, start: str) -> Iterator[str]:
    yield from walk(demo.app, client, [start]).html().values()


def test_there_are_sixty_values_and_more() -> None:
    assert len(VALUES) >= 60
    assert len(set(VALUES.values())) == len(VALUES)


@pytest.mark.parametrize("share", [6, pytest.param(1, marks=pytest.mark.trust)])
def test_a_head_of_delegation_can_type_anything(demo: ToldWorld, share: int) -> None:
    found = demo.party("prague")
    client = demo.guest(found)
    start = demo.url(f"registration/{found.id}/", area="e")
    answers = attack(client, [page for page in pages_of(demo, client, start) if "/registration/" in page], share=share)
    assert answers.get("302", 0) > 150 / share  # much of it is somebody's name, and accepted
    assert answers.get("422", 0) > 150 / share


@pytest.mark.parametrize("share", [6, pytest.param(1, marks=pytest.mark.trust)])
def test_a_participant_can_type_anything(demo: ToldWorld, share: int) -> None:
    person = demo.person("tampere-1")
    client = demo.guest(person)
    start = demo.url(f"me/{person.id}/", area="e")
    answers = attack(client, [page for page in pages_of(demo, client, start) if "/me/" in page], share=share)
    assert answers.get("302", 0) > 60 / share


@pytest.mark.parametrize("share", [6, pytest.param(1, marks=pytest.mark.trust)])
def test_a_stranger_can_type_anything(demo: ToldWorld, share: int) -> None:
    client = demo.client()
    pages = ["/en/account/login", "/en/account/forgot", *pages_of(demo, client, demo.url("", area="e"))]
    assert sum(attack(client, pages, share=share).values()) > 120 / share


def test_the_guard_sees_what_is_not_escaped_and_what_is_lost(demo: ToldWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a page that answers with the raw value, and one that forgets it."""
    person = demo.person("tampere-1")
    client = demo.guest(person)
    page = demo.url(f"me/{person.id}/needs", area="e")
    target = next(one for one in targets(client, [page]) if one.field.endswith("-name"))
    view = "delegations_me.own_needs"
    real = demo.app.view_functions[view]

    def broken(answer: str) -> None:
        def planted(**arguments: object) -> object:
            from flask import request

            return (answer, 422) if request.method == "POST" else real(**arguments)

        planted.permission = real.permission  # type: ignore[attr-defined]  # as @requires does
        monkeypatch.setitem(demo.app.view_functions, view, planted)

    broken(VALUES["script"])
    with pytest.raises(AssertionError, match="unescaped"):
        check(client, target, "script", VALUES["script"])
    broken(f'<form method="post"><input type="text" name="{target.field}" value=""></form>')
    with pytest.raises(AssertionError, match="lost"):
        check(client, target, "emoji", VALUES["emoji"])
    broken(PRODUCT)
    with pytest.raises(AssertionError, match="evaluated"):
        check(client, target, "jinja", VALUES["jinja"])


@pytest.mark.trust
def test_an_organiser_can_type_anything(demo: ToldWorld) -> None:
    client = demo.client(demo.owner)
    start = demo.url("")
    assert sum(attack(client, pages_of(demo, client, start)).values()) > 5000
