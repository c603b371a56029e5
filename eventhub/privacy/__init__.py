"""Personal data: what people are told and asked, how long what is kept, and the rights of each of them."""

from __future__ import annotations

from eventhub.contributions import PluginInfo
from eventhub.i18n import lazy_gettext as _l
from eventhub.privacy.person import ERASED, erase, export, holdings

__all__ = ["ERASED", "PLUGIN", "erase", "export", "holdings"]

PLUGIN = PluginInfo(
    "privacy",
    _l("Personal data"),
    _l("Notices, consents, retention with its certificates, and the rights of each person."),
    "1.0",
    core=True,
)
