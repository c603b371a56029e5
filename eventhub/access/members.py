"""Roles on an event: given, taken, and never the last owner's."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, outbox
from eventhub.access import accounts
from eventhub.access.links import Purpose
from eventhub.access.models import EventMembership, EventRole, GuestLink, User
from eventhub.activity import Actor, Verb
from eventhub.db import get, session
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.i18n import lazy_gettext as _l

ROLE_GIVEN = Verb("access:role_given", _l("Role given"))
ROLE_TAKEN = Verb("access:role_taken", _l("Role taken"))


class RoleHeld(Refused):
    message = _l("%(email)s already has this role on the event.")
    field = "email"


class LastOwner(Refused):
    message = _l("An event keeps at least one owner. Give the role to somebody else first.")


def _home(link: GuestLink) -> str:
    from flask import url_for

    return url_for("events.home")


def _new_password(link: GuestLink) -> str:
    from flask import url_for
    from flask_security.recoverable import generate_reset_password_token

    user = get(User, link.subject_id)
    return url_for("security.reset_password", token=generate_reset_password_token(user))  # type: ignore[no-untyped-call]


LOGIN = Purpose("login", "account/link", _home, timedelta(days=2), single_use=True)
PASSWORD = Purpose("password", "account/new-password", _new_password, timedelta(days=1), single_use=True)


def of(event: Event) -> list[EventMembership]:
    query = (
        sa.select(EventMembership)
        .where(EventMembership.event_id == event.id)
        .options(orm.joinedload(EventMembership.user))
        .order_by(EventMembership.role, EventMembership.id)
    )
    return list(session().scalars(query).unique())


def invite(event: Event, email: str, name: str, role: EventRole, *, by: Actor) -> EventMembership:
    """Give somebody a role; an unknown address gets an account and a link to sign in."""
    user = session().scalar(sa.select(User).where(User.email == email.strip().lower()))
    fresh = user is None
    if user is None:
        user = accounts.create_user(email, name)
    held = session().scalar(
        sa.select(EventMembership.id).where(
            EventMembership.event_id == event.id, EventMembership.user_id == user.id, EventMembership.role == role
        )
    )
    if held:
        raise RoleHeld(email=email)
    membership = accounts.give_role(user, event.id, role)
    activity.record(by, ROLE_GIVEN, membership, {"role": [None, role.value]})
    link = ("login", user.id) if fresh else None
    outbox.post("member", user.email, user.language, by=by, event=event, about=membership, link=link, fresh=fresh)
    return membership


def take(event: Event, membership_id: int, *, by: Actor) -> None:
    """Take a role away; the last owner's stays."""
    membership = get(EventMembership, membership_id, event_id=event.id)
    if membership.role == EventRole.OWNER:
        owners = session().scalar(
            sa.select(sa.func.count())
            .select_from(EventMembership)
            .where(EventMembership.event_id == event.id, EventMembership.role == EventRole.OWNER)
        )
        if owners == 1:
            raise LastOwner
    activity.record(by, ROLE_TAKEN, membership, {"role": [membership.role, None]})
    session().delete(membership)
