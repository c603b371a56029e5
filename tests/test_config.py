"""Settings: read from EVENTHUB_* only, with an error that names the variable."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from eventhub import cli, config


def test_a_setting_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError, match="EVENTHUB_PORT='eighty'"):
        config.read({"DATA_DIR": tmp_path}, {"EVENTHUB_PORT": "eighty"})


def test_the_clock_is_pinned_by_a_date_in_the_hosts_zone(tmp_path: Path) -> None:
    values = config.read({"DATA_DIR": tmp_path}, {"EVENTHUB_TODAY": "2025-03-13T09:00:00"})
    assert values["TODAY"] == datetime(2025, 3, 13, 8, 0, tzinfo=UTC)


def test_links_start_with_the_address_that_is_served_unless_another_is_set(tmp_path: Path) -> None:
    port = {"EVENTHUB_PORT": "9000"}
    assert config.read({"DATA_DIR": tmp_path}, port)["BASE_URL"] == "http://127.0.0.1:9000"
    public = port | {"EVENTHUB_BASE_URL": "https://events.example.org"}
    assert config.read({"DATA_DIR": tmp_path}, public)["BASE_URL"] == "https://events.example.org"


def test_keys_are_made_once_kept_and_readable_by_nobody_else(tmp_path: Path) -> None:
    first, second = config.read({"DATA_DIR": tmp_path}, {}), config.read({"DATA_DIR": tmp_path}, {})
    assert (first["SECRET_KEY"], first["ENCRYPTION_KEY"]) == (second["SECRET_KEY"], second["ENCRYPTION_KEY"])
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert len(first["SECRET_KEY"]) > 40


def test_two_sites_never_share_a_default_key(tmp_path: Path) -> None:
    keys = {config.read({"DATA_DIR": tmp_path / name}, {})["SECRET_KEY"] for name in ("a", "b")}
    assert len(keys) == 2


def test_every_setting_is_listed_with_its_meaning_and_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTHUB_SMTP_URL", "smtp://me:sesame@mail.example.org")
    answer = CliRunner().invoke(cli.main, ["config"])
    assert answer.exit_code == 0
    for setting in config.SETTINGS:
        assert f"EVENTHUB_{setting.name}" in answer.output
        assert setting.meaning in answer.output
    assert "sesame" not in answer.output
