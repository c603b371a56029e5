"""``eventhub new-plugin`` writes a plugin that passes the conformance suite as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from eventhub import cli, scaffold
from eventhub.conformance import problems
from eventhub.hub import _package_at


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    answer = CliRunner().invoke(cli.main, ["new-plugin", "lost_property", "--folder", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    return tmp_path / "lost_property"


def test_a_new_plugin_passes_the_conformance_suite(plugin: Path) -> None:
    assert problems(_package_at(plugin / "__init__.py")) == []


def test_a_new_plugin_passes_the_linter(plugin: Path) -> None:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "ruff", "check", "--config", str(root / ".ci" / "ruff.toml"), str(plugin)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("name", ["Badges", "1st", "a-b", "__init__", "x__y", "../x"])
def test_a_name_that_cannot_be_a_package_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(scaffold.BadName):
        list(scaffold.write(name, tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(plugin: Path) -> None:
    with pytest.raises(scaffold.FolderTaken):
        list(scaffold.write("lost_property", plugin.parent))
