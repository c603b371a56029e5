"""Delegations, their seats and their people, registering online without an account."""

from __future__ import annotations

from eventhub.contributions import PluginInfo
from eventhub.i18n import lazy_gettext as _l

PLUGIN = PluginInfo(
    "delegations", _l("Delegations"), _l("Delegations, seats, participants and their travel."), "1.0", core=True
)
