"""The REST API: its tokens, its document, and webhooks that tell other programs what happened."""

from __future__ import annotations

from eventhub.contributions import PluginInfo
from eventhub.i18n import lazy_gettext as _l

PLUGIN = PluginInfo("rest", _l("API"), _l("Tokens of the REST API, and webhooks."), "1.0", core=True)
