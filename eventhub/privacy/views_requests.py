"""Organisers' pages on what people ask for about their data."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.access.permissions import requires
from eventhub.db import get, transaction
from eventhub.delegations import domain as delegations
from eventhub.i18n import gettext as _
from eventhub.privacy import permissions, person, requests, words
from eventhub.privacy.forms import AnswerForm, RequestForm
from eventhub.privacy.models import PersonRequest, RequestState
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.lists import paginate
from eventhub.web.pages import Audience, pages

bp = pages("privacy_requests", __name__, Audience.ORGANISERS, path="privacy/requests")


@bp.get("/")
@requires(permissions.REQUESTS)
def index() -> ResponseReturnValue:
    state = request.args.get("state", "")
    page = paginate(requests.requests_of(g.event, state=state if state in set(RequestState) else ""))
    return render_template(
        "privacy/requests.html",
        page=page,
        state=state,
        names=requests.names_of(list(page.rows)),
        today=clock.today(g.event.zone),
        words=words,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.REQUESTS)
def receive() -> ResponseReturnValue:
    form = RequestForm(data={"received_on": clock.today(g.event.zone)})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            row = requests.receive(g.event, {**form.data, "note": form.note.data or ""}, by=g.actor)
            done(_("The request is recorded. Answer it by the day that is shown."))
            return redirect(url_for(".show", request_id=row.id))
    return render_template("privacy/request_form.html", form=form), form.status


@bp.route("/<int:request_id>", methods=["GET", "POST"])
@requires(permissions.REQUESTS)
def show(request_id: int) -> ResponseReturnValue:
    """Show a request, and note its answer."""
    form = AnswerForm()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            row = requests.request_for_change(g.event, request_id)
            refused = request.form.get("state") == RequestState.REFUSED
            state = RequestState.REFUSED if refused else RequestState.DONE
            requests.close(row, state, form.answer.data or "", by=g.actor)
            done(_("The answer is recorded."))
            return redirect(url_for(".index"))
    row = get(PersonRequest, request_id, event_id=g.event.id)
    return (
        render_template(
            "privacy/request.html",
            form=form,
            row=row,
            person=delegations.participant(g.event, row.participant_id),
            today=clock.today(g.event.zone),
            words=words,
        ),
        form.status,
    )


@bp.post("/<int:request_id>/link")
@requires(permissions.REQUESTS)
def send_link(request_id: int) -> ResponseReturnValue:
    """Send the person their own page: an organiser never reads the archive."""
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            row = requests.request_for_change(g.event, request_id)
            asked_by = delegations.participant(g.event, row.participant_id)
            requests.send_link(g.event, row, asked_by, by=g.actor)
            done(_("The personal link leaves by mail; the journal keeps that it was sent."))
            return redirect(url_for(".show", request_id=request_id))
    for _field, _label, message in form.error_rows:
        done(message)
    return redirect(url_for(".show", request_id=request_id))


@bp.route("/<int:request_id>/erase", methods=["GET", "POST"])
@requires(permissions.REQUESTS)
def erase(request_id: int) -> ResponseReturnValue:
    """Erase the person because they asked for it."""
    row = get(PersonRequest, request_id, event_id=g.event.id)
    found = delegations.participant(g.event, row.participant_id)
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            delegations.locked_delegation(g.event, found.delegation_id)
            row = requests.request_for_change(g.event, request_id)
            person.erase(g.hooks.hub, delegations.participant(g.event, row.participant_id), by=g.actor)
            requests.close(row, RequestState.DONE, "", by=g.actor)
            done(_("The person is erased, and the request is done."))
            return redirect(url_for(".index"))
    return (
        render_template(
            "privacy/request_erase.html", form=form, row=row, person=found, holdings=person.holdings(g.hooks.hub)
        ),
        form.status,
    )
