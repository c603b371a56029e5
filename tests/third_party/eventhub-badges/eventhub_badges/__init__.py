"""Name badges: a page that lists what to print on each."""

from __future__ import annotations

from eventhub.api import PluginInfo, _l

PLUGIN = PluginInfo("badges", _l("Badges"), _l("What to print on name badges."), "0.3")
