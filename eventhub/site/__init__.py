"""What belongs to the whole site: front page, legal pages, inventory, mail, jobs, health."""

from __future__ import annotations

from eventhub.contributions import PluginInfo
from eventhub.i18n import lazy_gettext as _l

PLUGIN = PluginInfo("site", _l("Site"), _l("Front page, legal pages, plugins, mail and jobs."), "1.0", core=True)
