"""The gate: before any view runs, finds the event, the person and the permission that the route declares.

Absent and forbidden look the same: whoever may not see a page learns nothing of whether it exists.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import orm
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from eventhub.access import links
from eventhub.access.models import EventMembership, EventRole, GuestLink, User
from eventhub.activity import Actor
from eventhub.contributions import Permission
from eventhub.db import session
from eventhub.events.models import Event
from eventhub.i18n import LANGUAGES
from eventhub.rest import tokens
from eventhub.web import problems

LARGEST_BODY = 1024 * 1024  # of a request of the API


def take_from_url(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Move the language and the event out of the view's arguments into ``g``."""
    values = values if values is not None else {}
    g.language = values.pop("lang", None) or _preferred()
    g.event_slug = values.pop("event", None)


def _preferred() -> str:
    """Return the language of an address that leads nowhere, else the one that the browser asks for."""
    first = request.path.lstrip("/").partition("/")[0]
    if first in LANGUAGES:
        return first
    return request.accept_languages.best_match(LANGUAGES) or str(current_app.config["LANGUAGE"])


def put_into_url(endpoint: str, values: dict[str, Any]) -> None:
    """Fill the language and the event of the present page into the addresses it links to."""
    if current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values.setdefault("lang", g.get("language", current_app.config["LANGUAGE"]))
    if current_app.url_map.is_endpoint_expecting(endpoint, "event"):
        slug = g.get("event_slug") or (g.event.slug if g.get("event") else None)
        if slug:
            values.setdefault("event", slug)


def identify() -> None:
    """Find out who asks: an organiser with roles on this event, the holder of links, both, or nobody."""
    g.event = g.user = g.link = None
    g.roles, g.links, g.actor = frozenset(), [], Actor("guest")
    if request.cookies.get(current_app.config["SESSION_COOKIE_NAME"]):
        if current_user.is_authenticated:
            g.user = current_user._get_current_object()
            g.actor = g.user.actor
        g.links = links.usable(list(browser.get("links", [])))
    if g.get("event_slug"):
        g.event, g.roles = find_event(g.event_slug, g.user)


def find_event(slug: str, user: User | None) -> tuple[Event | None, frozenset[EventRole]]:
    """Return the event and the user's roles on it, in one statement."""
    mine = sa.and_(EventMembership.event_id == Event.id, EventMembership.user_id == (user.id if user else None))
    query = (
        sa.select(Event, EventMembership.role)
        .outerjoin(EventMembership, mine)
        .where(Event.slug == slug)
        .options(orm.joinedload(Event.plugins))
    )
    rows = session().execute(query).unique().all()
    return (rows[0][0] if rows else None), frozenset(EventRole(role) for _event, role in rows if role is not None)


def allowed(permission: Permission, user: User | None, roles: frozenset[EventRole]) -> bool:
    """Tell whether an organiser has the permission; links are another matter, tied to their subject."""
    if permission.everyone:
        return True
    if user is None:
        return False
    if permission.signed_in:
        return True
    if user.is_administrator and not permission.sensitive and not permission.links:
        return True  # a guest's own page, with what they need, is theirs alone
    return bool(permission.roles) and (EventRole.OWNER in roles or bool(roles & permission.roles))


def opening_link(permission: Permission, held: list[GuestLink], arguments: dict[str, Any]) -> GuestLink | None:
    """Return the held link that opens this page: right purpose, right event, the very subject that the URL names."""
    for link in held:
        argument = permission.links.get(link.purpose)
        same_event = g.event is not None and link.event_id == g.event.id
        if argument is not None and same_event and arguments.get(argument) == link.subject_id:
            return link
    return None


def enter(link: GuestLink) -> None:
    """Let this browser use the link from now on: the newest last; one that opened twenty links keeps the newest."""
    browser["links"] = [*(key for key in browser.get("links", []) if key != link.id), link.id][-20:]


def may(permission: Permission | str) -> bool:
    """Tell templates and views whether the present person has the permission on the present event."""
    known: dict[str, Permission] = current_app.extensions["hub"].permissions
    return allowed(
        known[permission] if isinstance(permission, str) else permission, g.get("user"), g.get("roles", frozenset())
    )


def check() -> ResponseReturnValue | None:
    """Let the request through, send a stranger to sign in, or answer as if nothing were there."""
    if request.endpoint is None or request.endpoint == "static" or request.endpoint.endswith(".static"):
        return None
    view = current_app.view_functions[request.endpoint]
    permission: Permission | None = getattr(view, "permission", None)
    if permission is None:
        abort(404)
    if problems.wanted():
        check_token(permission)
        return None
    identify()
    hub = current_app.extensions["hub"]
    if g.event is not None:
        g.hooks = hub.for_event(g.event)
        component = hub.component_of_blueprint(request.blueprint)
        if component is not None and not g.hooks.enabled(component.name):
            abort(404)
    else:
        g.hooks = hub.everywhere
    organiser_page = bool(permission.roles or permission.signed_in or permission.administrator)
    found = not g.event_slug or g.event is not None
    if found and allowed(permission, g.user, g.roles):
        return None
    if found and permission.links:
        g.link = opening_link(permission, g.links, request.view_args or {})
        if g.link is not None:
            g.actor = g.link.actor
            return None
        g.needs_link = True
    if g.user is None and organiser_page and not permission.links:
        return redirect(
            url_for("security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None)
        )
    abort(404)


def check_token(permission: Permission) -> None:
    """Let a program through with what its token may do on its event; a browser's session counts for nothing here."""
    g.event = g.user = g.link = None
    g.roles, g.links, g.actor = frozenset(), [], Actor("guest")
    g.hooks = hub = current_app.extensions["hub"].everywhere
    if permission.everyone:
        return
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    found = tokens.find(secret.strip()) if kind.lower() == "bearer" else None
    if found is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "EventHub"}))
    token, event = found
    g.actor = token.actor
    component = hub.hub.component_of_blueprint(request.blueprint)
    hooks = hub.hub.for_event(event)
    if g.event_slug not in (None, event.slug) or component is None or not hooks.enabled(component.name):
        abort(404)
    if permission.name not in token.permissions or not tokens.can_be_given(permission):
        abort(404)
    g.event, g.hooks, g.limited_as = event, hooks, token.token_hash
    request.max_content_length = LARGEST_BODY
    tokens.note_use(token)


def init_app(app: Flask) -> None:
    app.url_value_preprocessor(take_from_url)
    app.url_defaults(put_into_url)
    app.before_request(check)


def check_routes(app: Flask) -> None:
    """Stop the start when a route of the core declares no permission."""
    silent = sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if not hasattr(view, "permission") and not endpoint.endswith("static")
    )
    if silent:
        raise RuntimeError(f"routes without a permission: {', '.join(silent)}")
