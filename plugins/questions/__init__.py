"""Questions that organisers write themselves: asked in the registration, answered per person or per delegation."""

from __future__ import annotations

from eventhub.api import PluginInfo, _l

PLUGIN = PluginInfo(
    "questions",
    _l("Questions"),
    _l("Questions of your own in the registration form, in every language, and a table of their answers."),
    "1.0",
)
