"""The quality checklist of plugins, for this one."""

from __future__ import annotations

import plugins.interpretation
from eventhub.conformance import problems


def test_the_plugin_keeps_the_checklist() -> None:
    assert problems(plugins.interpretation) == []
