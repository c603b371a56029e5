"""Interpretation: who cannot follow what, which teams are booked, and whether they are enough."""

from __future__ import annotations

from eventhub.api import PluginInfo, _l

PLUGIN = PluginInfo(
    "interpretation",
    _l("Interpretation"),
    _l("Who cannot follow what, the interpreters booked, and the staffing rules of their associations, checked live."),
    "1.0",
)
