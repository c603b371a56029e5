"""Public pages of an event: its front page, its programme, its calendar."""

from __future__ import annotations

from flask import Response, abort, g, render_template
from flask.typing import ResponseReturnValue

from eventhub import hookspecs
from eventhub.access.gate import may
from eventhub.access.permissions import requires
from eventhub.events import calendar, contributions, domain, permissions, programme, words
from eventhub.i18n import language
from eventhub.web.pages import Audience, pages

bp = pages("events_public", __name__, Audience.PUBLIC, path="")


def only_public() -> None:
    """Answer 404 while the event is a draft or archived, except to those who prepare it."""
    if g.event is None or not (domain.is_public(g.event) or may(permissions.READ)):
        abort(404)


@bp.get("/")
@requires(permissions.READ_PUBLIC)
def show() -> ResponseReturnValue:
    only_public()
    return render_template(
        "events/public.html",
        links=g.hooks.collect(hookspecs.public_links, event=g.event),
        words=words,
    )


@bp.get("/programme")
@requires(permissions.READ_PUBLIC)
def programme_page() -> ResponseReturnValue:
    only_public()
    items = programme.items(g.event, public=True)
    return render_template(
        "events/public_programme.html",
        items=items,
        days=programme.grid(g.event, items),
        words=words,
        programme=programme,
    )


@bp.get("/programme.ics")
@requires(permissions.READ_PUBLIC)
def feed() -> ResponseReturnValue:
    only_public()
    lines = [contributions.agenda_item(item) for item in programme.items(g.event, public=True)]
    body = calendar.feed(g.event, g.event.title.label(language()), lines)
    return Response(body, content_type="text/calendar; charset=utf-8")
