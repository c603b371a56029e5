"""A third party's distribution: built, installed, discovered by its entry point, enabled, and broken on purpose.

The site runs in processes of its own, since what is installed is seen by new processes only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCE = HERE / "third_party" / "eventhub-badges"

# What each process does: a site with an event that the plugin is enabled on, and the answers of some pages.
VISIT = """
import json, sys
from pathlib import Path
from eventhub.testing import make_app, make_world
folder = Path(sys.argv[1])
app = make_app(f"sqlite:///{folder / 'visit.db'}", folder, PLUGINS_DIR=folder / "none")
with app.test_request_context():
    world = make_world(app)
    with world.writing():
        world.delegation("Prague", people=2)
    client = world.client(world.owner)
    pages = {path: client.get(world.url(path)) for path in ("", "badges/", "delegations/", "programme/")}
    inventory = client.get("/en/plugins").get_data(as_text=True)
    text = pages[""].get_data(as_text=True)
    print(json.dumps({
        "status": {path: page.status_code for path, page in pages.items()},
        "card": "Badges to print" in text,
        "people": "Prague Person 1" in pages["badges/"].get_data(as_text=True),
        "notice": "badges” is missing on this page" in text.casefold(),
        "inventory": [w for w in ("eventhub-badges 0.3", "version 7", "a_library_nobody_has") if w in inventory],
    }))
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the distribution's wheel and unpack it into a folder, which is what installing it does."""
    target = tmp_path_factory.mktemp("site-packages")
    source = tmp_path_factory.mktemp("source") / "eventhub-badges"
    subprocess.run(["cp", "-r", SOURCE, source], check=True)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    wheels = tmp_path_factory.mktemp("wheels")
    subprocess.run([sys.executable, "-c", build, wheels], cwd=source, check=True, capture_output=True)
    [wheel] = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


@pytest.fixture
def site(installed: Path, tmp_path: Path) -> Path:
    """A copy of what is installed, to break."""
    target = tmp_path / "site-packages"
    subprocess.run(["cp", "-r", installed, target], check=True)
    return target


def run(site: Path, *command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EVENTHUB_")}
    environment |= {
        "PYTHONPATH": f"{site}{os.pathsep}{HERE.parent}",
        "EVENTHUB_DATA_DIR": str(site.parent / "data"),
        "EVENTHUB_PLUGINS_DIR": str(site.parent / "none"),
    }
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def visit(site: Path) -> dict[str, object]:
    folder = site.parent / "visit"
    folder.mkdir()
    answer: dict[str, object] = json.loads(run(site, sys.executable, "-c", VISIT, str(folder)).splitlines()[-1])
    return answer


def test_it_is_discovered_by_its_entry_point(site: Path) -> None:
    [line] = json.loads(run(site, sys.executable, "-m", "eventhub", "plugins", "--json"))
    assert line == {
        "name": "badges",
        "version": "0.3",
        "origin": "eventhub-badges 0.3",
        "state": "active",
        "reason": "",
    }


def test_enabled_on_an_event_it_shows_its_page_and_its_card(site: Path) -> None:
    assert visit(site) == {
        "status": {"": 200, "badges/": 200, "delegations/": 200, "programme/": 200},
        "card": True,
        "people": True,
        "notice": False,
        "inventory": ["eventhub-badges 0.3"],
    }


def test_it_conforms(site: Path) -> None:
    script = "import eventhub_badges; from eventhub.conformance import problems; print(problems(eventhub_badges))"
    assert run(site, sys.executable, "-c", script).splitlines()[-1] == "[]"


def broken(site: Path, name: str, before: str, after: str) -> None:
    path = site / "eventhub_badges" / name
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_when_its_hook_raises_the_page_is_up_without_its_card_and_says_so(site: Path) -> None:
    broken(
        site,
        "hooks.py",
        'yield Card(_("Badges to print")',
        'raise ValueError("out of ink")\n    yield Card(_("Badges to print")',
    )
    answer = visit(site)
    assert answer["status"] == {"": 200, "badges/": 200, "delegations/": 200, "programme/": 200}
    assert (answer["card"], answer["notice"]) == (False, True)


def test_when_it_cannot_be_imported_the_site_is_up_and_the_inventory_says_why(site: Path) -> None:
    broken(site, "__init__.py", "from eventhub.api", "import a_library_nobody_has\nfrom eventhub.api")
    answer = visit(site)
    assert answer["status"] == {"": 200, "badges/": 404, "delegations/": 200, "programme/": 200}
    assert answer["inventory"] == ["eventhub-badges 0.3", "a_library_nobody_has"]


def test_when_it_speaks_another_api_the_site_is_up_and_the_inventory_says_which(site: Path) -> None:
    broken(site, "__init__.py", '"0.3")', '"0.3", api=7)')
    answer = visit(site)
    assert answer["status"] == {"": 200, "badges/": 404, "delegations/": 200, "programme/": 200}
    assert answer["inventory"] == ["eventhub-badges 0.3", "version 7"]
