"""Every bundled plugin passes the checklist that third parties' plugins are held to."""

from __future__ import annotations

from pathlib import Path

import pytest

from eventhub.conformance import NotConforming, check_plugin, problems
from eventhub.hub import _package_at

PLUGINS = sorted((Path(__file__).parents[2] / "plugins").glob("*/__init__.py"))


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.parent.name)
def test_a_bundled_plugin_conforms(path: Path) -> None:
    assert problems(_package_at(path)) == []


def test_a_plugin_that_breaks_the_checklist_is_refused_with_every_problem(tmp_path: Path) -> None:
    folder = tmp_path / "sloppy"
    (folder / "templates" / "events").mkdir(parents=True)
    (folder / "templates" / "events" / "overview.html").write_text("shadows the host's page")
    (folder / "__init__.py").write_text(
        "from eventhub.api import PluginInfo, _l\n"
        'PLUGIN = PluginInfo("sloppy", _l("Sloppy plugin"), _l("A plugin that breaks the checklist."), "0")\n'
    )
    (folder / "models.py").write_text(
        "import sqlalchemy as sa\nfrom sqlalchemy import orm\nfrom eventhub.api import Model\n\n\n"
        "class SloppyShoe(Model):\n"
        '    __tablename__ = "shoe_of_somebody"\n'
        "    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)\n"
        '    participant_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participant.id"))\n'
    )
    (folder / "hooks.py").write_text("from . import models\n")
    with pytest.raises(NotConforming) as refusal:
        check_plugin(_package_at(folder / "__init__.py"))
    found = str(refusal.value)
    for words in (
        "template events/overview.html must lie in sloppy/",
        "table shoe_of_somebody must be called sloppy_…",
        "it has tables but no migrations/",
        "not translated into fr: 'Sloppy plugin'",
        "shoe_of_somebody hold personal data that register_personal_data does not declare",
    ):
        assert words in found
