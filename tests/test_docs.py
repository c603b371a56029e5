"""The documentation does what it says: the tutorial runs, hooks.md is what the code says, decisions fit a screen."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from eventhub import catalogues, create_app, hookdocs

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\w+)(?: (file|replace)=(\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)

# Names that the tutorial's console blocks share
CONSOLE = """
import importlib
from eventhub.conformance import check_plugin

def reloaded(name):
    return importlib.import_module(f"plugins.{name}")
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree as a developer has it, whose plugins folder holds nothing yet."""
    target = tmp_path / "tree"
    target.mkdir()
    for name in ("eventhub", "translations"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    (target / "plugins").mkdir()
    (target / "plugins" / "__init__.py").touch()
    return target


def run(tree: Path, *command: str) -> None:
    environment = {
        "PATH": str(Path(sys.executable).parent),
        "PYTHONPATH": str(tree),
        "EVENTHUB_DATA_DIR": str(tree / "data"),
    }
    answer = subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def fill(folder: Path, texts: dict[str, str]) -> None:
    """Extract a plugin's strings again and write these translations into its French catalogue."""
    for language in ("fr", "en"):
        path = folder / "translations" / language / "LC_MESSAGES" / f"{folder.name}.po"
        catalogue = catalogues.updated(folder.name, folder, language, folder / "translations")
        for text, translation in texts.items():
            if language == "fr" and (message := catalogue.get(text)):
                message.string = translation
        with path.open("wb") as stream:
            write_po(stream, catalogue)
        with path.open("rb") as stream:
            assert list(catalogues.gaps(read_po(stream))) == []


def test_the_tutorial_leads_to_a_plugin_that_conforms(tree: Path) -> None:
    for kind, act, path, body in BLOCK.findall((DOCS / "plugins.md").read_text(encoding="utf-8")):
        if kind == "sh":
            for line in body.splitlines():
                run(tree, sys.executable, "-m", *line.split())
        elif act == "file":
            with (tree / path).open("a", encoding="utf-8") as stream:
                stream.write(f"\n\n{body}")
        elif act == "replace":
            before, after = body.splitlines()
            text = (tree / path).read_text(encoding="utf-8")
            assert before in text, f"{path} has no line {before!r}"
            (tree / path).write_text(text.replace(before, after, 1), encoding="utf-8")
        elif kind == "python" and "translate(" in body:
            exec(body, {"translate": lambda name, texts: fill(tree / "plugins" / name, texts)})
        elif kind == "python":
            run(tree, sys.executable, "-c", f"{CONSOLE}\n{body}")


def test_hooks_md_is_what_the_specifications_say(tmp_path: Path) -> None:
    app = create_app({"DATA_DIR": tmp_path, "QUEUE_URL": "memory"})
    assert (DOCS / "hooks.md").read_text(encoding="utf-8") == hookdocs.markdown(app.extensions["hub"])


def test_every_hook_has_a_sentence_and_is_called_by_the_host_or_its_owner(tmp_path: Path) -> None:
    hub = create_app({"DATA_DIR": tmp_path, "QUEUE_URL": "memory"}).extensions["hub"]
    code = "\n".join(
        path.read_text(encoding="utf-8") for folder in ("eventhub", "plugins") for path in (ROOT / folder).rglob("*.py")
    )
    for module in hub.specs:
        for name, spec in hookdocs.specs(module):
            assert spec.__doc__, f"{name} has no docstring"
            called = f"hookspecs.{name}" in code or name == "register_hookspecs"
            assert called, f"nobody calls {name}: delete it"


def decisions() -> list[Path]:
    return sorted((DOCS / "decisions").glob("*.md"))


@pytest.mark.parametrize("path", decisions(), ids=lambda path: path.stem)
def test_a_decision_fits_one_screen_and_says_what_was_given_up(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    for heading in ("## Context", "## Choice", "## Given up"):
        assert heading in text


def links() -> list[tuple[Path, str]]:
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    return [
        (page, target)
        for page in pages
        if page.exists()
        for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
        if "://" not in target
    ]


@pytest.mark.parametrize("page, target", links(), ids=lambda value: str(getattr(value, "name", value)))
def test_a_link_of_the_documentation_leads_somewhere(page: Path, target: str) -> None:
    assert (page.parent / target).exists()
