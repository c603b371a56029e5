"""Parts of a record's page that components bring, each rendered on its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from flask import render_template
from markupsafe import Markup

from eventhub.contributions import Panel
from eventhub.hub import note_failure

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rendered:
    """A panel as the page includes it."""

    title: str
    html: Markup


def render(panels: Iterable[Panel]) -> list[Rendered]:
    """Return the panels rendered, each with its own values only; one whose template fails is noted and left out.

    The page says whose part is missing, as it does for a hook that failed.
    """
    shown = []
    for panel in panels:
        try:
            shown.append(Rendered(panel.title, Markup(render_template(panel.template, **panel.values))))  # noqa: S704 - Jinja escaped it
        except Exception:
            plugin = panel.template.partition("/")[0]
            log.exception("panel_failed", plugin=plugin, template=panel.template)
            note_failure(plugin, "panel")
    return shown
