"""The welcome desk on a phone: who is expected today, by hour and place, and one press for who is here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import arrivals, domain, lists, matching, permissions, words
from eventhub.i18n import capital, format_day, format_time
from eventhub.i18n import gettext as _
from eventhub.web.forms import Form
from eventhub.web.lists import kept_arguments, paginate
from eventhub.web.pages import Audience, pages

bp = pages("delegations_arrivals", __name__, Audience.ORGANISERS, path="delegations/arrivals")

PEOPLE_A_PAGE = 100
ACTS: dict[str, Callable[..., None]] = {
    "arrived": arrivals.arrive,
    "not-arrived": arrivals.take_back_arrival,
    "no-show": arrivals.mark_no_show,
    "expected": arrivals.take_back_no_show,
}


def days() -> list[date]:
    """Return the days on which people arrive: from two days before the event to its end, a month at most."""
    first = g.event.starts_on - timedelta(days=2)
    return [first + timedelta(days=n) for n in range((g.event.ends_on - first).days + 1)][:31]


def day_wanted() -> str:
    """Return the day that the address asks for, else today, or the event's first day when today is none of its days."""
    possible = [day.isoformat() for day in days()]
    wanted = request.args.get("day", "")
    if wanted in possible or wanted == matching.UNKNOWN:
        return wanted
    today = clock.today(g.event.zone).isoformat()
    return today if today in possible else g.event.starts_on.isoformat()


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    day, q, show = day_wanted(), request.args.get("q", ""), request.args.get("show", "waiting")
    marked = request.args.get("marked", 0, int)
    everybody = matching.at_the_desk(g.event, day=day, search=q)
    counts = lists.desk_counts(everybody)
    page = paginate(lists.lines_of(matching.standing_at_the_desk(everybody, show, marked)), per_page=PEOPLE_A_PAGE)
    return render_template(
        "delegations/arrivals.html",
        page=page,
        groups=groups(page.rows),
        counts=counts,
        day=day,
        days=[(one.isoformat(), capital(format_day(one, "EEE d MMM"))) for one in days()],
        q=q,
        show=show,
        words=words,
        kept=kept_arguments("marked"),
    )


def groups(rows: Any) -> list[tuple[str, list[Any]]]:
    """Return the people by the hour at which they arrive and the place: ("16:00 · Gare de Grenoble", people)."""

    def of(row: Any) -> tuple[bool, Any, str]:
        hour = row.arrival.replace(minute=0, second=0) if row.arrival else None
        return hour is None, hour, row.arrival_place or ""

    def said(unknown: bool, hour: Any, place: str) -> str:
        return _("No hour known") if unknown else " · ".join(filter(None, (moment(hour), place)))

    day = request.args.get("q")

    def moment(hour: Any) -> str:
        local = hour.astimezone(g.event.zone)
        return (
            f"{capital(format_day(local.date(), 'EEE d MMM'))}, {format_time(hour, g.event.zone)}"
            if day
            else format_time(hour, g.event.zone)
        )

    rows = sorted(rows, key=lambda row: (of(row)[0], str(of(row)[1]), of(row)[2]))
    return [(said(*key), list(people)) for key, people in groupby(rows, key=of)]


@bp.post('/<int:participant_id>/<any(arrived, "not-arrived", "no-show", expected):act>')
@requires(permissions.EDIT)
def mark(participant_id: int, act: str) -> ResponseReturnValue:
    """Mark it, and come back to the same place of the list; a form of its own for each, for a poor network."""
    form = Form()
    kept: dict[str, Any] = dict(kept_arguments("marked"))
    back = url_for("delegations_arrivals.index", **kept, marked=participant_id, _anchor=f"person-{participant_id}")
    if form.validate():
        with form.refusals(), transaction():
            person = domain.participant(g.event, participant_id)
            ACTS[act](g.event, person, by=g.actor, hooks=g.hooks)
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422
