"""Dates, numbers and lists as each language writes them, and catalogues that are complete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from eventhub import catalogues, i18n

PARIS = ZoneInfo("Europe/Paris")
NARROW, NO_BREAK = "\u202f", "\u00a0"


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    "language, expected",
    [
        (
            "fr",
            ("mardi 25 mars 2025", f"14{NO_BREAK}h{NO_BREAK}30", f"1{NARROW}234,50{NO_BREAK}€", "Paris, Lyon et Rouen"),
        ),
        ("en", ("Tuesday, 25 March 2025", "14:30", "€1,234.50", "Paris, Lyon and Rouen")),
    ],
)
def test_each_language_writes_in_its_own_way(language: str, expected: tuple[str, ...]) -> None:
    moment = datetime(2025, 3, 25, 13, 30, tzinfo=UTC)
    with i18n.speaking(language):
        assert (
            i18n.format_day(date(2025, 3, 25)),
            i18n.format_time(moment, PARIS),
            i18n.format_money(123450),
            i18n.format_list(["Paris", "Lyon", "Rouen"]),
        ) == expected


def test_speaking_another_language_ends_with_its_block() -> None:
    with i18n.speaking("fr"):
        with i18n.speaking("en"):
            assert i18n.language() == "en"
        assert i18n.language() == "fr"


def test_sorting_ignores_case_and_accents() -> None:
    assert sorted(["Zone", "Écluse", "arbre"], key=i18n.sort_key) == ["arbre", "Écluse", "Zone"]


def test_every_string_is_translated_into_both_languages() -> None:
    assert catalogues.check() == []


def test_a_missing_translation_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "tiny"
    source.mkdir()
    (source / "words.py").write_text('_("Hello")\nngettext("%(num)d cat", "%(num)d cats", n)\n')
    monkeypatch.setattr(catalogues, "sources", lambda: {"tiny": source})
    wrong = catalogues.check(tmp_path / "translations")
    assert "fr/tiny: not translated: 'Hello'" in wrong
    assert "fr/tiny: not translated: '%(num)d cat'" in wrong


def test_a_lost_placeholder_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "tiny"
    source.mkdir()
    (source / "words.py").write_text('def words(_):\n    return _("%(name)s is here")\n')
    monkeypatch.setattr(catalogues, "sources", lambda: {"tiny": source})
    path = catalogues.path_of("tiny", "fr", tmp_path / "translations")
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        '#, python-format\nmsgid "%(name)s is here"\nmsgstr "%(nom)s est là"\n'
    )
    assert any("fr/tiny" in line and "is here" in line for line in catalogues.check(tmp_path / "translations"))


def test_one_message_with_two_translations_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {}
    for name, french in (("one", "Salle"), ("two", "Pièce")):
        folders[name] = tmp_path / name
        folders[name].mkdir()
        (folders[name] / "words.py").write_text('def words(_):\n    return _("Room")\n')
        path = catalogues.path_of(name, "fr", tmp_path / "translations")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Room"\nmsgstr "{french}"\n'
        )
    monkeypatch.setattr(catalogues, "sources", lambda: folders)
    assert any("use pgettext" in line for line in catalogues.check(tmp_path / "translations"))
