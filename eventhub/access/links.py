"""Personal links: made, opened, spent and revoked.

Invitation, participant and provider links are reusable until expiry; a login link is spent by use. A GET only shows a
button, since mail scanners open every link they see.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from eventhub import clock
from eventhub.access.models import GuestLink
from eventhub.db import session
from eventhub.errors import NotFound, Refused
from eventhub.i18n import lazy_gettext as _l


class LinkExpired(Refused):
    message = _l("This link has expired. Ask the organisers of your event to send you a new one.")


class LinkRevoked(Refused):
    message = _l("This link was withdrawn by the organisers. If you still need it, ask them for a new one.")


class LinkSpent(Refused):
    message = _l("This link has already been used; it works once. Ask for a new one.")


@dataclass(frozen=True)
class Purpose:
    """What a link is for: the door it opens at, where it lands, how long it lives, and whether use spends it."""

    name: str
    door: str
    landing: Callable[[GuestLink], str]
    lifetime: timedelta
    single_use: bool = False

    def __post_init__(self) -> None:
        PURPOSES[self.name] = self


PURPOSES: dict[str, Purpose] = {}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def mint(purpose: str, subject_id: int, event_id: int | None) -> str:
    """Write a new link and return its token, which is not kept."""
    token = secrets.token_urlsafe(32)
    session().add(_new(purpose, subject_id, event_id, token))
    return token


def hold(purpose: str, subject_id: int, event_id: int | None) -> GuestLink:
    """Write a link for the present browser to hold; nobody ever sees its token."""
    link = _new(purpose, subject_id, event_id, secrets.token_urlsafe(32))
    session().add(link)
    session().flush()
    return link


def _new(purpose: str, subject_id: int, event_id: int | None, token: str) -> GuestLink:
    moment = clock.now()
    return GuestLink(
        event_id=event_id,
        purpose=purpose,
        subject_id=subject_id,
        token_hash=_hash(token),
        created_at=moment,
        expires_at=moment + PURPOSES[purpose].lifetime,
    )


def mint_url(purpose: str, subject_id: int, event_id: int | None, language: str) -> str:
    """Return the address of a new link, built on BASE_URL, never on the Host that a request claims."""
    token = mint(purpose, subject_id, event_id)
    spoken = language if language in {"fr", "en"} else "en"
    return f"{current_app.config['BASE_URL'].rstrip('/')}/{spoken}/{PURPOSES[purpose].door}/{token}"


def find(token: str, door: str) -> GuestLink:
    """Return the usable link with this token; NotFound, LinkExpired, LinkRevoked or LinkSpent otherwise."""
    link = session().scalar(sa.select(GuestLink).where(GuestLink.token_hash == _hash(token)))
    if link is None or link.purpose not in PURPOSES or PURPOSES[link.purpose].door != door:
        raise NotFound("link")
    check_usable(link)
    return link


def check_usable(link: GuestLink) -> None:
    if link.revoked_at is not None:
        raise LinkRevoked
    if link.spent_at is not None:
        raise LinkSpent
    if link.expires_at <= clock.now():
        raise LinkExpired


def open_link(token: str, door: str) -> GuestLink:
    """Use the link, inside a transaction; a single-use one is spent by the first who comes."""
    found = find(token, door)
    link = (
        session()
        .scalars(
            sa.select(GuestLink)
            .where(GuestLink.id == found.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        .one()
    )
    check_usable(link)
    link.last_used_at = clock.now()
    if PURPOSES[link.purpose].single_use:
        link.spent_at = clock.now()
    return link


def usable(ids: list[int]) -> list[GuestLink]:
    """Return those of the links that still open something; a revoked link ends the sessions it opened."""
    if not ids:
        return []
    query = sa.select(GuestLink).where(
        GuestLink.id.in_(ids), GuestLink.revoked_at.is_(None), GuestLink.expires_at > clock.now()
    )
    return list(session().scalars(query))


def revoke(purpose: str, *subject_ids: int) -> int:
    """Withdraw every link of this purpose and these subjects; returns how many worked until now."""
    moment = clock.now()
    done = session().execute(
        sa.update(GuestLink)
        .where(
            GuestLink.purpose == purpose,
            GuestLink.subject_id.in_(subject_ids),
            GuestLink.revoked_at.is_(None),
            GuestLink.expires_at > moment,
        )
        .values(revoked_at=moment)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
