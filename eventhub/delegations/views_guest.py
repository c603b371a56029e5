"""Guests' pages: a head of delegation registers, a participant sees and corrects their own data."""

from __future__ import annotations

import json
from datetime import timedelta

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock, hookspecs, privacy
from eventhub.access import links
from eventhub.access.models import GuestLink
from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import domain, permissions, registration, words
from eventhub.delegations.forms import DeclineForm
from eventhub.delegations.models import Delegation, DelegationState, Participant
from eventhub.errors import Refused
from eventhub.events import calendar
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web.forms import Form, FormStack, StackForm
from eventhub.web.pages import Audience, pages

bp = pages("delegations_guest", __name__, Audience.PUBLIC, path="registration")
me = pages("delegations_me", __name__, Audience.PUBLIC, path="me")


def _registration(link: GuestLink) -> str:
    return url_for("delegations_guest.overview", delegation_id=link.subject_id)


def _own_page(link: GuestLink) -> str:
    return url_for("delegations_me.show", participant_id=link.subject_id)


links.Purpose("delegation", "d", _registration, timedelta(days=365))
links.Purpose("participant", "d", _own_page, timedelta(days=365))


def closed_because(found: Delegation) -> str:
    """Return why this registration takes no changes now, or ""."""
    try:
        domain.check_open(g.event, found, clock.now())
    except Refused as refusal:
        return str(refusal)
    return ""


def steps(found: Delegation, progress: domain.Completeness, current: str) -> list[dict[str, str]]:
    """Return the steps with their states in words, for the bar above the form."""
    owing = {missing.stage for missing in progress.missing}
    titles = registration.stage_titles()
    return [
        {
            "text": titles[stage],
            "href": url_for("delegations_guest.step", delegation_id=found.id, stage=stage),
            "state": "current" if stage == current else "todo" if stage in owing or not found.seats_named else "done",
        }
        for stage in registration.STAGES
    ]


def progress_of(found: Delegation) -> domain.Completeness:
    people = [seat.participant for seat in found.seats if seat.participant is not None]
    return domain.completeness(found, registration.plugin_sections(g.event, people, hooks=g.hooks, own=False))


@bp.get("/<int:delegation_id>/")
@requires(permissions.REGISTER)
def overview(delegation_id: int) -> ResponseReturnValue:
    found = domain.with_seats(g.event, delegation_id)
    progress = progress_of(found)
    return render_template(
        "delegations/guest_overview.html",
        delegation=found,
        progress=progress,
        steps=steps(found, progress, ""),
        closes=domain.deadline(g.event, found),
        closed=closed_because(found),
        words=words,
        titles=registration.stage_titles(),
    )


@bp.route("/<int:delegation_id>/<any(people, travel, needs, choices):stage>", methods=["GET", "POST"])
@requires(permissions.REGISTER)
def step(delegation_id: int, stage: str) -> ResponseReturnValue:
    own = StackForm()
    built = None
    if own.is_submitted():
        with own.refusals(), transaction():
            g.delegation = found = domain.locked_delegation(g.event, delegation_id)
            built = registration.build(g.event, found, stage, hooks=g.hooks, by=g.actor)
            built.stack.own = own
            domain.check_open(g.event, found, clock.now())
            if built.stack.validate():
                built.save(g.actor)
                done(_("Saved. You can close this page and come back with the same link."))
                return redirect(_after(found, stage))
    if built is None:
        g.delegation = domain.with_seats(g.event, delegation_id)
        built = registration.build(g.event, g.delegation, stage, hooks=g.hooks, by=g.actor)
        built.stack.own = own
    progress = progress_of(g.delegation)
    return (
        render_template(
            "delegations/guest_step.html",
            step=built,
            delegation=g.delegation,
            progress=progress,
            steps=steps(g.delegation, progress, stage),
            closes=domain.deadline(g.event, g.delegation),
            closed=closed_because(g.delegation),
            titles=registration.stage_titles(),
        ),
        built.stack.status,
    )


def _after(found: Delegation, stage: str) -> str:
    """Return the next step, or the overview after the last one or when asked for."""
    following = registration.STAGES[registration.STAGES.index(stage) + 1 :]
    if following and request.form.get("next") != "overview":
        return url_for("delegations_guest.step", delegation_id=found.id, stage=following[0])
    return url_for("delegations_guest.overview", delegation_id=found.id)


@bp.post("/<int:delegation_id>/submit")
@requires(permissions.REGISTER)
def submit(delegation_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            domain.submit(g.event, found, progress_of(found), by=g.actor, hooks=g.hooks)
            return redirect(url_for("delegations_guest.thanks", delegation_id=delegation_id))
    back = url_for("delegations_guest.overview", delegation_id=delegation_id)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.get("/<int:delegation_id>/thanks")
@requires(permissions.REGISTER)
def thanks(delegation_id: int) -> ResponseReturnValue:
    found = domain.with_seats(g.event, delegation_id)
    if found.state in {DelegationState.INVITED, DelegationState.REGISTERING}:
        return redirect(url_for("delegations_guest.overview", delegation_id=delegation_id))
    return render_template(
        "delegations/guest_thanks.html", delegation=found, progress=progress_of(found), closes=domain.deadline(g.event, found)
    )


@bp.route("/<int:delegation_id>/decline", methods=["GET", "POST"])
@requires(permissions.REGISTER)
def decline(delegation_id: int) -> ResponseReturnValue:
    found = domain.with_seats(g.event, delegation_id)
    form = DeclineForm()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            named = found.seats_named
            leave = domain.withdraw if named else domain.decline
            leave(g.event, found, form.reason.data or "", by=g.actor)
            done(_("Your answer is recorded. Thank you for telling us."))
            return redirect(url_for("delegations_guest.overview", delegation_id=delegation_id))
    return render_template("delegations/guest_decline.html", form=form, delegation=found), form.status


@bp.get("/<int:delegation_id>/calendar.ics")
@requires(permissions.REGISTER)
def feed(delegation_id: int) -> ResponseReturnValue:
    found = domain.delegation(g.event, delegation_id)
    return _calendar(found, found.name)


def _calendar(audience: Delegation | Participant, name: str) -> Response:
    lines = g.hooks.collect(hookspecs.agenda_items, event=g.event, audience=audience)
    return Response(calendar.feed(g.event, name, lines), content_type="text/calendar; charset=utf-8")


# --- one's own page -------------------------------------------------------------------------------------------------


def own_stack(person: Participant) -> FormStack:
    sections = registration.access_sections(g.event, [person], own=True, by=g.actor)
    for stage in ("needs", "choices"):
        sections += g.hooks.collect(
            hookspecs.participant_form_sections, event=g.event, stage=stage, participants=[person], own=True
        )
    return FormStack(g.event, sections)


@me.get("/<int:participant_id>/")
@requires(permissions.OWN_PAGE)
def show(participant_id: int) -> ResponseReturnValue:
    person = domain.participant(g.event, participant_id)
    agenda = g.hooks.collect(hookspecs.agenda_items, event=g.event, audience=person)
    return render_template(
        "delegations/me.html",
        person=person,
        agenda=sorted(agenda, key=lambda line: line.starts_at),
        links=g.hooks.collect(hookspecs.own_links, event=g.event, participant=person),
    )


@me.route("/<int:participant_id>/needs", methods=["GET", "POST"])
@requires(permissions.OWN_PAGE)
def own_needs(participant_id: int) -> ResponseReturnValue:
    own = StackForm()
    stack = None
    if own.is_submitted():
        with own.refusals(), transaction():
            person = domain.participant(g.event, participant_id)
            stack = own_stack(person)
            stack.own = own
            if stack.validate():
                domain.check_open(g.event, person.delegation, clock.now())
                stack.save()
                done(_("Saved."))
                return redirect(url_for("delegations_me.show", participant_id=participant_id))
    person = domain.participant(g.event, participant_id)
    if stack is None:
        stack = own_stack(person)
        stack.own = own
    return render_template("delegations/me_needs.html", person=person, stack=stack), stack.status


@me.get("/<int:participant_id>/calendar.ics")
@requires(permissions.OWN_PAGE)
def own_feed(participant_id: int) -> ResponseReturnValue:
    person = domain.participant(g.event, participant_id)
    return _calendar(person, person.name)


@me.get("/<int:participant_id>/data.json")
@requires(permissions.OWN_PAGE)
def own_data(participant_id: int) -> ResponseReturnValue:
    """Everything that every component holds about this person."""
    person = domain.participant(g.event, participant_id)
    body = json.dumps(privacy.export(g.hooks.hub, person.id), ensure_ascii=False, indent=2, default=str)
    response = Response(body, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{g.event.slug}-{person.id}.json"'
    return response


@me.route("/<int:participant_id>/erase", methods=["GET", "POST"])
@requires(permissions.OWN_PAGE)
def erase(participant_id: int) -> ResponseReturnValue:
    person = domain.participant(g.event, participant_id)
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            domain.locked_delegation(g.event, person.delegation_id)
            privacy.erase(g.hooks.hub, domain.participant(g.event, participant_id), by=g.actor)
            links.revoke("participant", participant_id)
        return render_template("delegations/me_erased.html")
    holdings = privacy.holdings(g.hooks.hub)
    return render_template("delegations/me_erase.html", form=form, person=person, holdings=holdings), form.status
