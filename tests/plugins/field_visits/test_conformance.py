"""The plugin keeps the checklist that every plugin is held to."""

from __future__ import annotations

import plugins.field_visits
from eventhub.conformance import problems


def test_field_visits_keep_the_checklist() -> None:
    assert problems(plugins.field_visits) == []
