"""Every page of the reference event: no axe violation (WCAG 2.2 A, AA), two languages, light and dark; valid HTML."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.crawler import Walk, walk

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def signed_in(site: Any, link: str) -> Any:
    client = site.app.test_client()
    answer = client.post("/" + link.split("/", 3)[3], base_url=site.url)
    assert answer.status_code == 302
    return client


class Local:
    """A test client that speaks to the site under its own address."""

    def __init__(self, client: Any, base: str) -> None:
        self.client, self.base = client, base

    def get(self, path: str) -> Any:
        return self.client.get(path, base_url=self.base)


def walks(site: Any, language: str) -> dict[str, Walk]:
    """Return the walks of a visitor, an organiser, a head of delegation and a participant."""
    slug = site.slug
    app = site.app
    visitor = Local(app.test_client(), site.url)
    organiser = Local(signed_in(site, site.organiser_link()), site.url)
    head = Local(signed_in(site, site.guest_link("delegation", site.demo.delegations["prague"])), site.url)
    person = Local(signed_in(site, site.guest_link("participant", site.demo.people["prague-1"])), site.url)
    registration = f"/{language}/e/{slug}/registration/{site.demo.delegations['prague']}/"
    return {
        "visitor": walk(app, visitor, [f"/{language}/", f"/{language}/e/{slug}/"], language=language),  # type: ignore[arg-type]
        "organiser": walk(app, organiser, [f"/{language}/manage/", f"/{language}/manage/{slug}/"], language=language),  # type: ignore[arg-type]
        "head": walk(app, head, [registration], language=language),  # type: ignore[arg-type]
        "person": walk(app, person, [f"/{language}/e/{slug}/me/{site.demo.people['prague-1']}/"], language=language),  # type: ignore[arg-type]
    }


@pytest.fixture(scope="session", params=["en", "fr"])
def visited(request: pytest.FixtureRequest, site: Any) -> tuple[str, dict[str, Walk]]:
    return request.param, walks(site, request.param)


def test_no_link_leads_nowhere(visited: tuple[str, dict[str, Walk]]) -> None:
    assert [line for found in visited[1].values() for line in found.broken] == []


def test_axe_finds_nothing(site: Any, chrome: Any, visited: tuple[str, dict[str, Walk]]) -> None:
    language, found = visited
    slug = site.slug
    links = {
        "visitor": None,
        "organiser": site.organiser_link(),
        "head": site.guest_link("delegation", site.demo.delegations["prague"]),
        "person": site.guest_link("participant", site.demo.people["prague-1"]),
    }
    problems: list[str] = []
    checked: set[str] = set()
    for who, link in links.items():
        context = chrome.new_context(viewport={"width": 1280, "height": 900}, locale=language, reduced_motion="reduce")
        page = context.new_page()
        if link:
            page.goto(link)
            page.locator("main button").last.click()
            page.wait_for_load_state()
        for endpoint, address in found[who].html().items():
            if endpoint in checked:
                continue
            checked.add(endpoint)
            page.emulate_media(color_scheme="light")
            page.goto(site.url + address)
            problems += violations(page, f"{language} {address} light", TAGS)
            if language == "en":  # the colours of both languages are the same
                page.emulate_media(color_scheme="dark")
                problems += violations(page, f"{language} {address} dark", None)
        context.close()
    assert problems == []
    assert len(checked) > 40, f"only {len(checked)} kinds of page were reached from {slug}"


def violations(page: Any, where: str, tags: list[str] | None) -> list[str]:
    """Return what axe finds; without tags only contrast, which is all that a colour scheme changes."""
    rule = {"type": "tag", "values": tags} if tags else {"type": "rule", "values": ["color-contrast"]}
    answer = Axe().run(page, options={"runOnly": rule, "resultTypes": ["violations"]})
    return [
        f"{where}: {violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in answer.response["violations"]
    ]


def test_every_page_is_valid_html(visited: tuple[str, dict[str, Walk]], tmp_path: Path) -> None:
    checker = ROOT / ".ci" / "node_modules" / ".bin" / "html-validate"
    if not checker.exists():
        if os.environ.get("CI"):
            pytest.fail("CI has no html-validate: .ci/run installs it")
        pytest.skip("html-validate is not installed: npm ci --prefix .ci")
    language, found = visited
    for who, one in found.items():
        for endpoint, (_address, _status, text) in one.pages.items():
            if "<html" in text:
                name = f"{who}-{endpoint.replace('?', '-').replace('.', '-')}.html"
                (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copy(ROOT / ".ci" / "htmlvalidate.json", tmp_path / ".htmlvalidate.json")
    target = tmp_path / "report.json"
    settings = str(ROOT / ".ci" / "htmlvalidate.json")
    command = [str(checker), "--formatter", f"json={target}", "--config", settings, str(tmp_path)]
    subprocess.run(command, capture_output=True, check=False)
    report = json.loads(target.read_text(encoding="utf-8"))
    wrong = [
        f"{language} {Path(file['filePath']).name}:{message['line']} {message['ruleId']}: {message['message']}"
        for file in report
        for message in file["messages"]
        if message["severity"] == 2
    ]
    assert wrong == []
