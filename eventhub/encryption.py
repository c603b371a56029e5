"""Encryption at rest: one key per event, wrapped by the site's key.

Destroying an event's key erases what it sealed everywhere, backups included (trust: a purge must reach the copies).
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from sqlalchemy import orm

from eventhub.db import Model, session


class EventKey(Model):
    """The key of one event, itself encrypted with the site's key."""

    __tablename__ = "event_key"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    wrapped: orm.Mapped[bytes]


class KeyDestroyed(Exception):
    """What was sealed for this event can no longer be read: its key was destroyed, or the site's key is another."""


def _site() -> MultiFernet:
    """Return the site's keys, newest first (comma-separated, so that the site's key can be changed)."""
    return MultiFernet([Fernet(key.strip()) for key in current_app.config["ENCRYPTION_KEY"].split(",")])


def _fernet(event_id: int, *, create: bool) -> Fernet:
    query = sa.select(EventKey.wrapped).where(EventKey.event_id == event_id)
    with session().no_autoflush:  # a row that waits for its ciphertext must not be flushed by asking for the key
        wrapped = session().scalar(query)
        if wrapped is None and create:
            wrapped = _site().encrypt(Fernet.generate_key())
            session().execute(sa.insert(EventKey).values(event_id=event_id, wrapped=wrapped))
    if wrapped is None:
        raise KeyDestroyed(event_id)
    try:
        return Fernet(_site().decrypt(wrapped))
    except InvalidToken as error:
        raise KeyDestroyed(event_id) from error


class Vault:
    """Seals and opens values of one event; fetches its key once."""

    def __init__(self, event_id: int) -> None:
        self.event_id = event_id
        self._key: Fernet | None = None

    def seal(self, value: Any) -> bytes:
        """Return the ciphertext of a JSON value; makes the event's key on first use."""
        self._key = self._key or _fernet(self.event_id, create=True)
        return self._key.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> Any:
        """Return the value; KeyDestroyed when the key is gone."""
        self._key = self._key or _fernet(self.event_id, create=False)
        try:
            return json.loads(self._key.decrypt(sealed))
        except InvalidToken as error:
            raise KeyDestroyed(self.event_id) from error


def seal_for_site(text: str) -> bytes:
    """Return the ciphertext of a text that belongs to no event."""
    return _site().encrypt(text.encode())


def open_for_site(sealed: bytes) -> str:
    try:
        return _site().decrypt(sealed).decode()
    except InvalidToken as error:
        raise KeyDestroyed("site") from error


def has_key(event_id: int) -> bool:
    """Tell whether something was sealed for the event since its key was last destroyed."""
    return session().scalar(sa.select(EventKey.id).where(EventKey.event_id == event_id)) is not None


def destroy_key(event_id: int) -> None:
    """Erase for good everything that was ever sealed for the event."""
    session().execute(sa.delete(EventKey).where(EventKey.event_id == event_id))
