"""Events with their programme, venues and rooms."""

from __future__ import annotations

from eventhub.contributions import PluginInfo
from eventhub.i18n import lazy_gettext as _l

PLUGIN = PluginInfo("events", _l("Event"), _l("Events, their programme, venues and rooms."), "1.0", core=True)
