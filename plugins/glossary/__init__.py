"""The lexicon of an event: plain words for its terms in every language, and the acronyms that nobody explains."""

from __future__ import annotations

from eventhub.api import PluginInfo, _l

PLUGIN = PluginInfo(
    "glossary",
    _l("Lexicon"),
    _l("Terms with a plain definition in every language, and the acronyms that texts leave unexplained."),
    "1.0",
)
