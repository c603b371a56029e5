"""Guests' pages: a head of delegation registers. What a participant sees of themselves is in ``views_me``."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.access import links
from eventhub.access.models import GuestLink
from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import agenda, domain, permissions, registration, stages, words
from eventhub.delegations.forms import DeclineForm
from eventhub.delegations.models import ABSENT, Delegation, DelegationState
from eventhub.delegations.views import tell_of
from eventhub.events import calendar
from eventhub.i18n import format_moment
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web.forms import Form, StackForm
from eventhub.web.pages import Audience, pages

bp = pages("delegations_guest", __name__, Audience.PUBLIC, path="registration")


def _registration(link: GuestLink) -> str:
    return url_for("delegations_guest.overview", delegation_id=link.subject_id)


links.Purpose("delegation", "d", _registration, timedelta(days=365))


def steps(found: Delegation, standing: registration.Standing, current: str) -> list[tuple[str, str, str, str]]:
    """Return (title, state, address, until when in words) of the steps, for the bar above the form and the overview."""
    titles, moment = stages.titles(), clock.now()

    def line(stage: str) -> tuple[str, str, str, str]:
        closing = stages.closing(g.event, found, stage)
        state = "done" if standing.done(found, stage) else "closed" if closing.over(moment) else "todo"
        url = url_for("delegations_guest.step", delegation_id=found.id, stage=stage)
        return titles[stage], "current" if stage == current else state, url, until(closing, moment)

    return [line(stage) for stage in standing.stages]


def until(closing: stages.Closing, moment: datetime) -> str:
    """Return until when a step may be changed, as its line says it."""
    if closing.at is None:
        return ""
    when = format_moment(closing.at, g.event.zone)
    return _("closed since %(when)s", when=when) if closing.over(moment) else _("open until %(when)s", when=when)


@bp.get("/<int:delegation_id>/")
@requires(permissions.REGISTER)
def overview(delegation_id: int) -> ResponseReturnValue:
    found = domain.with_seats(g.event, delegation_id)
    standing = registration.standing(g.event, found, hooks=g.hooks)
    return render_template(
        "delegations/guest_overview.html",
        delegation=found,
        progress=standing.progress,
        steps=steps(found, standing, ""),
        open_stages=registration.open_stages(g.event, found, clock.now()),
        closes=domain.deadline(g.event, found),
        closed=registration.closed_because(g.event, found, clock.now()),
        submitted=domain.is_submitted(found),
        absent=found.state in ABSENT,
        words=words,
    )


@bp.route("/<int:delegation_id>/<any(people, travel, needs, choices):stage>", methods=["GET", "POST"])
@requires(permissions.REGISTER)
def step(delegation_id: int, stage: str) -> ResponseReturnValue:
    """One step; sent with ``switch`` it is shown in the language of the address with what was typed, and not saved."""
    own = StackForm()
    built = None
    if own.is_submitted() and "switch" not in request.form:
        with own.refusals(), transaction():
            g.delegation = domain.locked_delegation(g.event, delegation_id)
            built = registration.build(g.event, g.delegation, stage, hooks=g.hooks, by=g.actor)
            built.stack.own = own
            domain.check_stage_open(g.event, g.delegation, stage, clock.now())
            if built.validate():
                # no notice: the next page says what is saved and when, and the browser's session stays as it is
                tell_of(built.save())
                return redirect(_after(g.delegation, stage))
    g.delegation = domain.with_seats(g.event, delegation_id)
    if built is None:
        built = registration.build(g.event, g.delegation, stage, hooks=g.hooks, by=g.actor)
        built.stack.own = own
    if not built.stack.bound and registration.people_of(g.delegation):
        return redirect(url_for("delegations_guest.overview", delegation_id=delegation_id))
    standing = registration.standing(g.event, g.delegation, hooks=g.hooks, shown=built)
    return (
        render_template(
            "delegations/guest_step.html",
            step=built,
            stack=built.stack,
            delegation=g.delegation,
            steps=steps(g.delegation, standing, stage),
            closes=stages.closing(g.event, g.delegation, stage).at,
            closed=registration.closed_because(g.event, g.delegation, clock.now(), stage),
            switched="switch" in request.form,
            question=registration.stage_questions()[stage],
            last=stage == standing.stages[-1],
        ),
        built.stack.status,
    )


def _after(found: Delegation, stage: str) -> str:
    """Return the next step that is open, or the overview after the last one or when asked for."""
    open_now = registration.open_stages(g.event, found, clock.now())
    following = [one for one in open_now if registration.STAGES.index(one) > registration.STAGES.index(stage)]
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
            standing = registration.standing(g.event, found, hooks=g.hooks)
            domain.submit(g.event, found, standing.progress, by=g.actor, hooks=g.hooks)
            return redirect(url_for("delegations_guest.thanks", delegation_id=delegation_id))
    back = url_for("delegations_guest.overview", delegation_id=delegation_id)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.get("/<int:delegation_id>/thanks")
@requires(permissions.REGISTER)
def thanks(delegation_id: int) -> ResponseReturnValue:
    found = domain.with_seats(g.event, delegation_id)
    if found.submitted_at is None or found.state in ABSENT | {DelegationState.INVITED, DelegationState.REGISTERING}:
        return redirect(url_for("delegations_guest.overview", delegation_id=delegation_id))
    return render_template(
        "delegations/guest_thanks.html",
        delegation=found,
        progress=registration.standing(g.event, found, hooks=g.hooks).progress,
        words=words,
        open_stages=registration.open_stages(g.event, found, clock.now()),
        closes=domain.deadline(g.event, found),
        closed=registration.closed_because(g.event, found, clock.now()),
    )


@bp.route("/<int:delegation_id>/decline", methods=["GET", "POST"])
@requires(permissions.REGISTER)
def decline(delegation_id: int) -> ResponseReturnValue:
    form = DeclineForm()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            domain.decline(g.event, found, form.reason.data or "", by=g.actor, hooks=g.hooks)
            done(_("Your answer is recorded. Thank you for telling us."))
            return redirect(url_for("delegations_guest.overview", delegation_id=delegation_id))
    found = domain.with_seats(g.event, delegation_id)
    people = registration.people_of(found)
    return render_template("delegations/guest_decline.html", form=form, delegation=found, people=people), form.status


@bp.get("/<int:delegation_id>/calendar.ics")
@requires(permissions.REGISTER)
def feed(delegation_id: int) -> ResponseReturnValue:
    found = domain.delegation(g.event, delegation_id)
    body = calendar.feed(g.event, found.name, agenda.of(g.event, found, hooks=g.hooks))
    return Response(body, content_type="text/calendar; charset=utf-8")
