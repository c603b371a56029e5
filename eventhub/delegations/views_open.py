"""Open registration: an organisation registers from the public page, confirms its address, and follows its request."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from flask import current_app, g, redirect, render_template, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.access import links
from eventhub.access.models import GuestLink
from eventhub.access.permissions import requires
from eventhub.activity import Actor
from eventhub.db import get, transaction
from eventhub.delegations import offers, permissions, places, waiting, words, words_waiting
from eventhub.delegations.forms_waiting import AskForm
from eventhub.delegations.models_waiting import ON_THE_LIST, RequestState, SeatRequest
from eventhub.errors import NotFound, Refused
from eventhub.events.models import Event
from eventhub.events.views_public import only_public
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.pages import Audience, pages

bp = pages("delegations_open", __name__, Audience.PUBLIC, path="register")
doors = pages("delegations_confirm", __name__, Audience.SITE, path="confirm")

FACTS = "kind name city country seats accepts_fewer contact_name contact_email contact_language".split()


def _request(link: GuestLink) -> str:
    return url_for("delegations_open.show", request_id=link.subject_id)


links.Purpose("request", "confirm", _request, timedelta(days=365))


# --- the public form ------------------------------------------------------------------------------------------------


@bp.route("/", methods=["GET", "POST"])
@requires(permissions.ASK)
def ask() -> ResponseReturnValue:
    only_public()
    rules = offers.settings_of(g.event.id)
    try:
        waiting.check_open(g.event, rules, clock.now())
    except Refused as refusal:
        closed = str(refusal)
        return render_template("delegations/open_closed.html", closed=closed, rules=rules)
    form = AskForm(data={"seats": 1, "kind": rules.kinds[0] if rules.kinds else ""})
    form.offer([(kind, str(words.ROLES[kind])) for kind in rules.kinds])
    if form.validate_on_submit():
        with form.refusals(), transaction():
            waiting.ask(g.event, {name: form[name].data for name in FACTS}, by=g.actor)
            return redirect(url_for("delegations_open.sent"))
    counts, wait = places.counts(g.event.id), waiting.line(g.event.id).numbers
    return (
        render_template(
            "delegations/open.html",
            form=form,
            rules=rules,
            left=[
                (str(words.ROLES[kind]), words_waiting.seats_left(counts, kind, wait.get(kind, 0)))
                for kind in rules.kinds
            ],
            words_waiting=words_waiting,
        ),
        form.status,
    )


@bp.get("/sent")
@requires(permissions.ASK)
def sent() -> ResponseReturnValue:
    only_public()
    return render_template("delegations/open_sent.html")


# --- the door: a GET shows a button, a POST confirms ----------------------------------------------------------------


def _closed_door(error: Exception) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        message = _("This link is not one of ours, or it is cut short: copy the whole address from your mail.")
        return render_template("access/closed_door.html", message=message, organiser=False), 404
    return render_template("access/closed_door.html", message=str(error), organiser=False), 410


def _link(token: str) -> GuestLink:
    """Return the link, its event at hand."""
    link = links.find(token, "confirm")
    g.event = get(Event, link.event_id or 0)
    g.event_slug = g.event.slug
    return link


def _door(token: str, form: Form | None = None) -> ResponseReturnValue:
    """Show the button, or why there is none; a request that nobody confirmed in time is gone."""
    try:
        link = _link(token)
        found = waiting.request_of(g.event, link.subject_id)
    except NotFound:
        return _closed_door(links.LinkExpired() if g.event else NotFound("link"))
    except Refused as refusal:
        return _closed_door(refusal)
    g.hooks = current_app.extensions["hub"].for_event(g.event)
    page = render_template("delegations/open_door.html", found=found, form=form, words=words)
    return page, form.status if form else 200


@doors.get("/<token>")
@requires(permissions.ASK)
def door(token: str) -> ResponseReturnValue:
    return _door(token)


@doors.post("/<token>")
@requires(permissions.ASK)
def confirm(token: str) -> ResponseReturnValue:
    """Confirm the address and take the seats, or join the list; then open the page that is the holder's own."""
    form = Form(meta={"csrf": False})
    found, opened = None, list[int]()
    with suppress(NotFound), form.refusals(), transaction():
        link = _link(token)
        found = waiting.confirm(g.event, link.subject_id, by=link.actor)
        opened = [link.id, *_way_in(found)]
    # only now: a browser must not keep the number of a link whose transaction failed
    return _enter(found, opened) if found is not None and not form.refused else _door(token, form)


# the token in the address is the secret, as at the other doors of personal links
CSRF_EXEMPT = (confirm,)


def _way_in(found: SeatRequest) -> list[int]:
    """Return the id of a new link to the delegation that the request became, if it did."""
    if found.state != RequestState.REGISTERED or found.delegation_id is None:
        return []
    return [links.hold("delegation", found.delegation_id, found.event_id).id]


def _enter(found: SeatRequest, opened: list[int]) -> ResponseReturnValue:
    browser["links"] = [*(key for key in browser.get("links", []) if key not in opened), *opened][-20:]
    if found.state == RequestState.REGISTERED and found.delegation_id is not None:
        done(_("You have your seats. Now tell us who comes, today or later."))
        return redirect(url_for("delegations_guest.overview", delegation_id=found.delegation_id))
    return redirect(url_for("delegations_open.show", request_id=found.id))


# --- the holder's own page ------------------------------------------------------------------------------------------


@bp.get("/<int:request_id>/")
@requires(permissions.FOLLOW_REQUEST)
def show(request_id: int) -> ResponseReturnValue:
    found = waiting.request_of(g.event, request_id)
    return render_template(
        "delegations/open_request.html",
        found=found,
        position=waiting.line(g.event.id).positions.get(found.id),
        rules=offers.settings_of(g.event.id),
        over=offers.is_over(found, clock.now()),
        listed=found.state in ON_THE_LIST,
        words=words,
        words_waiting=words_waiting,
    )


@bp.post("/<int:request_id>/<any(accept, decline, enter):act>")
@requires(permissions.FOLLOW_REQUEST)
def answer(request_id: int, act: str) -> ResponseReturnValue:
    """Accept an offer, decline it, or go on to the registration that it became."""
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            opened = _answer(request_id, act, g.actor)
            found = waiting.request_of(g.event, request_id)
        if not form.refused:
            return _enter(found, opened)
    back = url_for("delegations_open.show", request_id=request_id)
    return render_template("site/refused.html", form=form, back=back), 422


def _answer(request_id: int, act: str, by: Actor) -> list[int]:
    if act == "decline":
        waiting.decline(g.event, request_id, by=by)
        done(_("Your answer is recorded, and the seats go to the next. Thank you for telling us."))
        return []
    found = waiting.accept(g.event, request_id, by=by)
    return _way_in(found)


@bp.route("/<int:request_id>/leave", methods=["GET", "POST"])
@requires(permissions.FOLLOW_REQUEST)
def leave(request_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            waiting.leave(g.event, request_id, by=g.actor)
            done(_("You are off the waiting list. Thank you for telling us."))
            return redirect(url_for("delegations_open.show", request_id=request_id))
    found = waiting.request_of(g.event, request_id)
    return render_template("delegations/open_leave.html", form=form, found=found), form.status
