"""Who may do what: accounts, roles on an event, guests by link, and one list of permissions."""

from __future__ import annotations

from eventhub.contributions import PluginInfo
from eventhub.i18n import lazy_gettext as _l

PLUGIN = PluginInfo("access", _l("Access"), _l("Accounts, roles and personal links."), "1.0", core=True)
