"""Dossiers: one generator of accessible documents in every language, with sections from every component."""

from __future__ import annotations

from eventhub.api import PluginInfo, _l

PLUGIN = PluginInfo(
    "dossiers",
    _l("Dossiers"),
    _l("The programme and each participant's own dossier, as web page and accessible PDF, in every language at once."),
    "1.0",
)
