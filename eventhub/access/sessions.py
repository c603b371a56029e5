"""Browser sessions on the server, in our own table; Flask-Session does the rest.

Its SQLAlchemy backend commits the session of the request, which belongs to transaction(); so it gets connections of
its own. Only the hash of the cookie is kept.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
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


FORGET = Periodic("site.forget_sessions", forget_expired, minutes=60)
