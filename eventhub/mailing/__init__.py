"""What organisers write to many: drafts, their recipients, previews, and what became of each mail."""

from __future__ import annotations

from eventhub.contributions import PluginInfo
from eventhub.i18n import lazy_gettext as _l

PLUGIN = PluginInfo(
    "mailing",
    _l("Mail"),
    _l("Mailings to delegations and people: drafts, previews, reminders, and what became of each mail."),
    "1.0",
    core=True,
)
