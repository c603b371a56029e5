"""A participant's own page: agenda, needs and choices; what we keep about them is the privacy component's."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock, hookspecs
from eventhub.access import links
from eventhub.access.models import GuestLink
from eventhub.access.permissions import requires
from eventhub.contributions import FormSection
from eventhub.db import transaction
from eventhub.delegations import agenda, domain, permissions, registration, seats, stages, travel
from eventhub.delegations.forms import OwnSection
from eventhub.delegations.models import Participant
from eventhub.events import calendar
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web.forms import FormStack, StackForm
from eventhub.web.pages import Audience, pages

bp = pages("delegations_me", __name__, Audience.PUBLIC, path="me")


def _own_page(link: GuestLink) -> str:
    return url_for("delegations_me.show", participant_id=link.subject_id)


links.Purpose("participant", "d", _own_page, timedelta(days=365))


def own_stack(person: Participant, open_stages: Collection[str], journeys: list[travel.Journey]) -> FormStack:
    """Return one's own facts and needs, which are never closed, and what is asked in the stages that are open.

    What is said of one's journey is put to ``journeys`` when the stack is saved.
    """
    sections = [_own_facts(person)]
    if "travel" in open_stages:
        sections.append(registration.travel_section(person, journeys, by=g.actor, own=True))
    sections += registration.access_sections(g.event, [person], own=True, by=g.actor)
    asked = [stage for stage in registration.STAGES if stage in open_stages or stage == "needs"]
    sections += registration.plugin_sections(g.event, [person], asked, hooks=g.hooks, own=True)
    return FormStack(g.event, sections)


def _own_facts(person: Participant) -> FormSection:
    values = {name: getattr(person, name) for name in registration.FACTS if name != "is_head"}

    def save(form: OwnSection) -> None:
        given = {name: form[name].data for name in values}
        seats.correct_own(g.event, person, given, by=g.actor, hooks=g.hooks)

    return FormSection("facts", _("You"), OwnSection, save, "people", person.id, values)


@bp.get("/<int:participant_id>/")
@requires(permissions.OWN_PAGE)
def show(participant_id: int) -> ResponseReturnValue:
    person = domain.participant(g.event, participant_id)
    return render_template(
        "delegations/me.html",
        person=person,
        expected=domain.is_expected(person),
        agenda=agenda.by_day(g.event, agenda.of(g.event, person, hooks=g.hooks)),
        links=g.hooks.collect(hookspecs.own_links, event=g.event, participant=person),
    )


@bp.route("/<int:participant_id>/needs", methods=["GET", "POST"])
@requires(permissions.OWN_PAGE)
def own_needs(participant_id: int) -> ResponseReturnValue:
    """One's own facts and needs may be corrected, and a consent taken back, after registration has closed too."""
    own = StackForm()
    stack = None
    journeys: list[travel.Journey] = []
    person = domain.participant(g.event, participant_id)
    if not domain.is_expected(person):
        abort(404)
    if own.is_submitted() and "switch" not in request.form:
        with own.refusals(), transaction():
            found = domain.locked_delegation(g.event, person.delegation_id)
            g.delegation, person = found, domain.participant(g.event, participant_id)
            stack = own_stack(person, registration.open_stages(g.event, found, clock.now()), journeys)
            stack.own = own
            domain.check_correctable(g.event, person)
            if stack.validate():
                stack.save()
                travel.save_journeys(g.event, journeys, by=g.actor, hooks=g.hooks)
                person.own_saved_at = clock.now()
                done(_("Saved."))
                return redirect(url_for("delegations_me.show", participant_id=participant_id))
    g.delegation = person.delegation
    open_stages = registration.open_stages(g.event, g.delegation, clock.now())
    if stack is None:
        stack = own_stack(person, open_stages, journeys)
        stack.own = own
    titles = stages.titles()
    closed = [titles[stage] for stage in ("travel", "choices") if stage not in open_stages]
    switched = "switch" in request.form
    return (
        render_template("delegations/me_needs.html", person=person, stack=stack, closed=closed, switched=switched),
        stack.status,
    )


@bp.get("/<int:participant_id>/calendar.ics")
@requires(permissions.OWN_PAGE)
def own_feed(participant_id: int) -> ResponseReturnValue:
    person = domain.participant(g.event, participant_id)
    body = calendar.feed(g.event, person.name, agenda.of(g.event, person, hooks=g.hooks))
    return Response(body, content_type="text/calendar; charset=utf-8")
