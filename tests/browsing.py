"""Fills forms as a browser without JavaScript does: what the page offers is sent back, with what the person changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


@dataclass
class PageForm:
    """A form of a page: where it goes, and the values that it would send untouched."""

    action: str
    method: str
    values: MultiDict[str, str] = field(default_factory=MultiDict)
    names: set[str] = field(default_factory=set)
    submits: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.inside = False
        self.select: str | None = None
        self.chosen = False
        self.first_option: str | None = None
        self.textarea: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(PageForm(given.get("action") or "", (given.get("method") or "get").lower()))
            self.inside = True
        if not self.inside or "disabled" in given:
            return
        form, name = self.forms[-1], given.get("name")
        if tag == "button" and name:
            form.submits.append((name, given.get("value") or ""))
        if tag == "select" and name:
            self.select, self.chosen, self.first_option = name, False, None
            form.names.add(name)
        if tag == "option" and self.select:
            value = given.get("value") or ""
            self.first_option = value if self.first_option is None else self.first_option
            if "selected" in given:
                form.values.add(self.select, value)
                self.chosen = True
        if tag == "textarea" and name:
            self.textarea, self.text = name, ""
            form.names.add(name)
        if tag == "input" and name:
            kind = given.get("type") or "text"
            form.names.add(name)
            if kind in {"checkbox", "radio"}:
                if "checked" in given:
                    form.values.add(name, given.get("value") or "on")
            elif kind not in {"submit", "button", "file", "image"}:
                form.values.add(name, given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "select" and self.select and self.inside:
            if not self.chosen and self.first_option is not None:
                self.forms[-1].values.add(self.select, self.first_option)
            self.select = None
        if tag == "textarea" and self.textarea and self.inside:
            self.forms[-1].values.add(self.textarea, self.text.removeprefix("\n"))
            self.textarea = None


def forms_of(page: str) -> list[PageForm]:
    parser = _Forms()
    parser.feed(page)
    return parser.forms


@dataclass
class Person:
    """Somebody with a browser: opens pages and sends their forms."""

    client: FlaskClient
    page: TestResponse | None = None
    address: str = ""

    def open(self, address: str, expect: int = 200) -> str:
        self.page = self.client.get(address, follow_redirects=True)
        self.address = self.page.request.path
        text = self.page.get_data(as_text=True)
        assert self.page.status_code == expect, f"{address} answers {self.page.status_code}: {text[:600]}"
        return text

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.get_data(as_text=True)

    def send(
        self,
        changes: Mapping[str, Any] | None = None,
        *,
        action: str | None = None,
        having: str | None = None,
        expect: int = 200,
    ) -> str:
        """Send the form of the present page that has these fields (or goes to ``action``), changed so."""
        changes = changes or {}
        form = self._form(changes.keys() | ({having} if having else set()), action)
        values: MultiDict[str, str] = MultiDict(form.values)
        for name, value in changes.items():
            values.setlist(name, [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)])
            if value in (None, False):
                values.poplist(name)
        target = urljoin(self.address, form.action) if form.action else self.address
        answer = self.client.open(
            target,
            method=form.method.upper(),
            data=values if form.method == "post" else None,
            query_string=values if form.method == "get" else None,
            follow_redirects=True,
        )
        text = answer.get_data(as_text=True)
        assert answer.status_code == expect, f"{target} answers {answer.status_code}: {_summary(text)}"
        self.page, self.address = answer, answer.request.path
        return text

    def _form(self, changes: set[str], action: str | None) -> PageForm:
        found = [
            form
            for form in forms_of(self.text)
            if (action is None or action in form.action)
            and changes <= form.names | {name for name, _value in form.submits}
            and (action is not None or form.method == "post" and "undo" not in form.action)
        ]
        assert found, f"no form of {self.address} has {sorted(changes)} (action {action})"
        return found[0] if action or not changes else min(found, key=lambda form: len(form.names))


def _summary(page: str) -> str:
    """Return the error summary of a page, for a failing test's message."""
    start = page.find("error-summary")
    return page[start : start + 1500] if start >= 0 else page[:600]
