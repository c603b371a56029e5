"""Providers, their orders and their cut-offs."""

from __future__ import annotations

from eventhub.contributions import PluginInfo
from eventhub.i18n import lazy_gettext as _l

PLUGIN = PluginInfo("providers", _l("Providers"), _l("Providers, quotes, orders and cut-offs."), "1.0", core=True)
