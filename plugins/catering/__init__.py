"""Catering: dietary needs, meals, headcounts and what the caterer is told."""

from __future__ import annotations

from eventhub.api import PluginInfo, _l

PLUGIN = PluginInfo(
    "catering",
    _l("Catering"),
    _l("Dietary needs kept secret, headcounts per meal, figures final at the cut-off."),
    "1.0",
)
