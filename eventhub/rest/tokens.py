"""Tokens: made with a name, some permissions and an end; shown once, hashed, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy import orm
from sqlalchemy.exc import OperationalError

from eventhub import activity, clock
from eventhub.activity import Actor, Verb
from eventhub.contributions import Permission
from eventhub.db import db, locked, session
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l
from eventhub.rest.models import ApiToken

CREATED = Verb("rest:token_created", _l("Token of the API made"))
REVOKED = Verb("rest:token_revoked", _l("Token of the API revoked"))

PREFIX = "eh_"  # so that scanners of leaked secrets, and people, know one when they see it
NOTED_EVERY = timedelta(minutes=10)
log = structlog.get_logger(__name__)


class NothingTicked(Refused):
    message = _l("Tick at least one thing that the token may do.")
    field = "permissions"


class NotOffered(Refused):
    message = _l("A token cannot be given that. Choose from the list.")
    field = "permissions"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def offered(hooks: Hooks) -> list[Permission]:
    """Return what a token can be given here: what a part of the API asks for, never what is sensitive."""
    asked = {
        permission.name: permission
        for component in hooks.hub.active()
        if hooks.enabled(component.name)
        for part in component.api
        for permission in part.permissions
    }
    return [asked[name] for name in sorted(asked) if can_be_given(asked[name])]


def can_be_given(permission: Permission) -> bool:
    return bool(permission.roles) and not permission.sensitive and not permission.links


def create(
    event: Event, name: str, permissions: Iterable[str], days: int, *, by: Actor, hooks: Hooks
) -> tuple[ApiToken, str]:
    """Write a token and return it with its secret, which is not kept."""
    chosen = sorted(set(permissions))
    if not chosen:
        raise NothingTicked
    if not set(chosen) <= {permission.name for permission in offered(hooks)}:
        raise NotOffered
    secret = PREFIX + secrets.token_urlsafe(32)
    moment = clock.now()
    token = ApiToken(
        event_id=event.id,
        name=name,
        token_hash=_hash(secret),
        permissions=chosen,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    session().add(token)
    activity.record(by, CREATED, token, {"permissions": [None, chosen]})
    return token, secret


def revoke(event: Event, token_id: int, *, by: Actor) -> ApiToken:
    """Take the token back; revoked twice is revoked once."""
    token = locked(ApiToken, token_id, event_id=event.id)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        activity.record(by, REVOKED, token)
    return token


def of(event: Event) -> list[ApiToken]:
    """Return the event's tokens, the newest first."""
    query = sa.select(ApiToken).where(ApiToken.event_id == event.id).order_by(ApiToken.id.desc())
    return list(session().scalars(query))


def usable(token: ApiToken, moment: datetime) -> bool:
    return token.revoked_at is None and token.expires_at > moment


def find(secret: str) -> tuple[ApiToken, Event] | None:
    """Return the token with this secret and its event with plugins, in one statement; None when it opens nothing."""
    query = (
        sa.select(ApiToken, Event)
        .join(Event, ApiToken.event_id == Event.id)
        .where(ApiToken.token_hash == _hash(secret))
        .options(orm.joinedload(Event.plugins))
    )
    found = session().execute(query).unique().first()
    if found is None or not usable(found[0], clock.now()):
        return None
    return found[0], found[1]


def note_use(token: ApiToken) -> None:
    """Remember that the token was used, at most every ten minutes: a read must not become a write each time."""
    moment = clock.now()
    if token.last_used_at is not None and moment - token.last_used_at < NOTED_EVERY:
        return
    try:
        with db.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            connection.execute(sa.update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=moment))
    except OperationalError:  # the database is busy: the next use is noted
        log.info("token_use_not_noted", token=token.id)
