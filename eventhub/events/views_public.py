"""Public pages of an event: its front page, its programme, its calendar."""

from __future__ import annotations

from flask import Response, abort, g, render_template
from flask.typing import ResponseReturnValue

from eventhub import clock, hookspecs, kept
from eventhub.access.gate import may
from eventhub.access.permissions import requires
from eventhub.events import calendar, contributions, domain, permissions, programme, words
from eventhub.i18n import country_name, format_days, language
from eventhub.i18n import gettext as _
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
    return front()


@kept.for_strangers
def front() -> str:
    return render_template(
        "events/public.html",
        links=g.hooks.collect(hookspecs.public_links, event=g.event),
        glance=at_a_glance(),
        is_public=domain.is_public(g.event),
        takes_registrations=domain.takes_registrations(g.event, clock.now()),
        words=words,
    )


def at_a_glance() -> list[tuple[str, str]]:
    """Return the facts of the event that are known, as (term, value)."""
    place = ", ".join(part for part in (g.event.city, country_name(g.event.country)) if part)
    pairs = [
        (_("Dates"), format_days(g.event.starts_on, g.event.ends_on)),
        (_("Place"), place),
        (_("Host"), g.event.host),
        (_("With"), g.event.co_organisers),
        (_("Working languages"), programme.languages_in_words(g.event.languages)),
    ]
    return [(term, value) for term, value in pairs if value]


@bp.get("/programme")
@requires(permissions.READ_PUBLIC)
def programme_page() -> ResponseReturnValue:
    only_public()
    return timetable()


@kept.for_strangers
def timetable() -> str:
    items = programme.items(g.event, public=True)
    return render_template(
        "events/public_programme.html",
        days=programme.by_day(g.event, items),
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
