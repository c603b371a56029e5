"""Field visits: a catalogue, ranked wishes, and an allocation that is optimal and explains itself."""

from __future__ import annotations

from eventhub.api import PluginInfo, _l

PLUGIN = PluginInfo(
    "field_visits",
    _l("Field visits"),
    _l("A catalogue of visits, ranked wishes, and places given so that as many people as possible get what they wish."),
    "1.0",
)
