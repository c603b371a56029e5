"""Doors of personal links, one-time sign-in, and roles on an event."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import login_user

from eventhub.access import gate, links, members, permissions
from eventhub.access.forms import ROLES, MemberForm
from eventhub.access.models import EventMembership, EventRole, User
from eventhub.access.permissions import requires
from eventhub.db import get, transaction
from eventhub.errors import NotFound, Refused
from eventhub.events.models import Event
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.pages import Audience, pages

bp = pages("access", __name__, Audience.SITE, path="")
manage = pages("access_manage", __name__, Audience.ORGANISERS, path="people-and-roles")


def _door(token: str, door: str, opening: bool) -> ResponseReturnValue:
    """Show the button of a link, or open it; every way in which it may not work has its own sentence."""
    try:
        if not opening:
            link = links.find(token, door)
            event = get(Event, link.event_id) if link.event_id else None
            return render_template("access/door.html", event=event, purpose=link.purpose)
        with transaction():
            link = links.open_link(token, door)
    except NotFound:
        message = _("This link is not one of ours, or it is cut short: copy the whole address from your mail.")
        return render_template("access/closed_door.html", message=message, organiser=door.startswith("account")), 404
    except Refused as refusal:
        return (
            render_template("access/closed_door.html", message=str(refusal), organiser=door.startswith("account")),
            410,
        )
    if link.purpose == "login":
        login_user(get(User, link.subject_id), authn_via=["link"])
    if link.event_id is None:
        return redirect(links.PURPOSES[link.purpose].landing(link))
    event = get(Event, link.event_id)
    g.event, g.event_slug = event, event.slug
    gate.enter(link)
    return redirect(links.PURPOSES[link.purpose].landing(link))


@bp.get("/d/<token>")
@requires(permissions.OPEN_LINK)
def door(token: str) -> ResponseReturnValue:
    return _door(token, "d", opening=False)


@bp.post("/d/<token>")
@requires(permissions.OPEN_LINK)
def open_door(token: str) -> ResponseReturnValue:
    return _door(token, "d", opening=True)


@bp.get("/p/<token>")
@requires(permissions.OPEN_LINK)
def provider_door(token: str) -> ResponseReturnValue:
    return _door(token, "p", opening=False)


@bp.post("/p/<token>")
@requires(permissions.OPEN_LINK)
def open_provider_door(token: str) -> ResponseReturnValue:
    return _door(token, "p", opening=True)


@bp.get("/account/link/<token>")
@requires(permissions.SIGN_IN)
def login_door(token: str) -> ResponseReturnValue:
    return _door(token, "account/link", opening=False)


@bp.post("/account/link/<token>")
@requires(permissions.SIGN_IN)
def open_login_door(token: str) -> ResponseReturnValue:
    return _door(token, "account/link", opening=True)


@bp.get("/account/new-password/<token>")
@requires(permissions.SIGN_IN)
def password_door(token: str) -> ResponseReturnValue:
    return _door(token, "account/new-password", opening=False)


@bp.post("/account/new-password/<token>")
@requires(permissions.SIGN_IN)
def open_password_door(token: str) -> ResponseReturnValue:
    return _door(token, "account/new-password", opening=True)


# the token in the address is the secret; asking for a second one would write a session for every mail scanner's GET
CSRF_EXEMPT = (open_door, open_provider_door, open_login_door, open_password_door)


@manage.route("/", methods=["GET", "POST"])
@requires(permissions.MANAGE_MEMBERS)
def members_page() -> ResponseReturnValue:
    form = MemberForm()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            members.invite(g.event, form.email.data or "", form.name.data or "", EventRole(form.role.data), by=g.actor)
            done(_("The role is given; a mail says so."))
            return redirect(url_for("access_manage.members_page"))
    return (
        render_template(
            "access/members.html",
            form=form,
            members=members.of(g.event),
            roles=ROLES,
            permissions=[p for p in g.hooks.hub.permissions.values() if p.roles and g.hooks.enabled(p.component)],
        ),
        form.status,
    )


@manage.route("/<int:membership_id>/take", methods=["GET", "POST"])
@requires(permissions.MANAGE_MEMBERS)
def take(membership_id: int) -> ResponseReturnValue:
    member = get(EventMembership, membership_id, event_id=g.event.id)
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            members.take(g.event, membership_id, by=g.actor)
            done(_("The role is taken away."))
            return redirect(url_for("access_manage.members_page"))
    return render_template("access/take.html", form=form, member=member, roles=ROLES), form.status
