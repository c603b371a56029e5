"""The public catalogue of visits."""

from __future__ import annotations

from flask import abort, g, render_template
from flask.typing import ResponseReturnValue

from eventhub.api import Audience, events, may, pages, requires

from . import domain, permissions, words

bp = pages("field_visits_public", __name__, Audience.PUBLIC, path="visits")


@bp.get("/")
@requires(permissions.READ_PUBLIC)
def index() -> ResponseReturnValue:
    """The visits on offer; 404 while the event is not public, except to those who prepare it."""
    if not (events.is_public(g.event) or may(permissions.READ)):
        abort(404)
    offered = [
        (visit, slots)
        for visit in domain.catalogue(g.event)
        if (slots := [slot for slot in visit.slots if slot.offered])
    ]
    return render_template(
        "field_visits/public.html", offered=offered, words=words, closes=domain.settings(g.event).wishes_close_at
    )
