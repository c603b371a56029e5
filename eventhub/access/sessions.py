"""Browser sessions on the server, in our own table; Flask-Session does the rest.

Its SQLAlchemy backend commits the session of the request, which belongs to transaction(); so it gets connections of
its own. Only the hash of the cookie is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_session.base import ServerSideSession, ServerSideSessionInterface

from eventhub import clock
from eventhub.access.models import WebSession
from eventhub.contributions import Periodic
from eventhub.db import db


def _hash(store_id: str) -> str:
    return hashlib.sha256(store_id.encode()).hexdigest()


class DatabaseSessions(ServerSideSessionInterface):  # type: ignore[misc]  # Flask-Session has no types
    """Loads and stores sessions with one statement each."""

    session_class = ServerSideSession
    ttl = True

    def __init__(self, app: Flask) -> None:
        super().__init__(app, key_prefix="", permanent=True, sid_length=32, serialization_format="msgpack")

    def should_set_storage(self, app: Flask, session: Any) -> bool:
        return bool(session.modified)

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        query = sa.select(WebSession.data).where(
            WebSession.sid_hash == _hash(store_id), WebSession.expires_at > clock.system_now()
        )
        data = db.session().scalar(query)
        return self.serializer.decode(data) if data is not None else None

    def _delete_session(self, store_id: str) -> None:
        with self._writing() as connection:
            connection.execute(sa.delete(WebSession).where(WebSession.sid_hash == _hash(store_id)))

    def _upsert_session(self, session_lifetime: timedelta, session: Any, store_id: str) -> None:
        values = {"data": self.serializer.encode(session), "expires_at": clock.system_now() + session_lifetime}
        key = _hash(store_id)
        with self._writing() as connection:
            known = connection.execute(sa.update(WebSession).where(WebSession.sid_hash == key).values(**values))
            if known.rowcount == 0:
                connection.execute(sa.insert(WebSession).values(sid_hash=key, **values))

    def _writing(self) -> Any:
        db.session().rollback()  # the request is answered: its read must not hold back a writer on the same file
        return db.engine.execution_options(sqlite_begin="IMMEDIATE").begin()


def forget_expired() -> None:
    """Delete sessions that ran out."""
    with db.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        connection.execute(sa.delete(WebSession).where(WebSession.expires_at < clock.system_now()))


def forget(link_ids: set[int], names: Iterable[str]) -> None:
    """Take these personal links out of all sessions, and notices that name somebody, in the caller's transaction.

    The session of the present request is stored once more when it is answered: its view does the same there.
    """
    serializer = current_app.session_interface.serializer  # type: ignore[attr-defined]  # Flask-Session's
    wanted = [name.encode() for name in names]
    for row in db.session().scalars(sa.select(WebSession)):
        content = serializer.decode(row.data)
        named = any(name in row.data for name in wanted)
        held = content.get("links", [])
        if not named and not link_ids & {*held}:
            continue
        content["links"] = [link for link in held if link not in link_ids]
        if named:
            content.pop("_flashes", None)
        row.data = serializer.encode(content)


FORGET = Periodic("site.forget_sessions", forget_expired, minutes=60)
