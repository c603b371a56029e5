"""Writes through the API: one transaction each, and a POST that is sent twice is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from eventhub import clock
from eventhub.contributions import Periodic
from eventhub.db import session, transaction
from eventhub.encryption import Vault
from eventhub.errors import Refused
from eventhub.i18n import lazy_gettext as _l
from eventhub.rest.models import IdempotencyKey

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
REPEATED = "Idempotency-Replayed"
ANSWERED = ("Location", "ETag")  # headers that belong to an answer


class KeyNotUsable(Refused):
    message = _l("Idempotency-Key holds from 1 to 200 letters, digits and signs, without spaces.")
    field = HEADER


class KeyOfAnother(Refused):
    message = _l("This Idempotency-Key came with another request before. Send this one with a key of its own.")
    field = HEADER


def writing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run the view in one transaction, after the body has come in: a slow client must not hold the lock."""

    @wraps(view)
    def wrapped(*arguments: Any, **named: Any) -> ResponseReturnValue:
        body = request.get_data()
        key = request.headers.get(HEADER) if request.method == "POST" else None
        with transaction():
            if key is None:
                return make_response(view(*arguments, **named))
            return _once(_usable(key), _fingerprint(body), lambda: make_response(view(*arguments, **named)))

    return wrapped


def _usable(key: str) -> str:
    if not 1 <= len(key) <= 200 or not all("!" <= letter <= "~" for letter in key):
        raise KeyNotUsable
    return key


def _fingerprint(body: bytes) -> str:
    said = b"\n".join((request.method.encode(), request.full_path.encode(), body))
    return hashlib.sha256(said).hexdigest()


def _once(key: str, fingerprint: str, work: Callable[[], Response]) -> Response:
    """Do the work and keep its answer, or give the answer that was kept.

    Two at once: the second waits for the first at the row (SQLite: at the write lock), and gives its answer.
    """
    vault = Vault(g.event.id)
    row = _claim(key, fingerprint)
    if row is not None:
        if row.fingerprint != fingerprint:
            raise KeyOfAnother
        kept = vault.open(row.sealed)
        headers = {**kept["headers"], REPEATED: "true"}
        return Response(kept["body"], kept["status"], headers, mimetype="application/json")
    answer = work()
    headers = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
    kept = {"status": answer.status_code, "body": answer.get_data(as_text=True), "headers": headers}
    session().execute(
        sa.update(IdempotencyKey)
        .where(IdempotencyKey.token_id == g.actor.id, IdempotencyKey.key == key)
        .values(sealed=vault.seal(kept))
    )
    return answer


def _claim(key: str, fingerprint: str) -> IdempotencyKey | None:
    """Write the key down; returns the row of whoever was first instead."""
    mine = (IdempotencyKey.token_id == g.actor.id, IdempotencyKey.key == key)
    moment = clock.system_now()
    session().execute(sa.delete(IdempotencyKey).where(*mine, IdempotencyKey.created_at < moment - KEPT))
    row = {"token_id": g.actor.id, "key": key, "fingerprint": fingerprint, "sealed": b"", "created_at": moment}
    try:
        with session().begin_nested():
            session().execute(sa.insert(IdempotencyKey).values(**row))
    except IntegrityError:
        return session().scalars(sa.select(IdempotencyKey).where(*mine)).one()
    return None


def forget_keys() -> None:
    """Delete answers that are older than a day."""
    with transaction():
        session().execute(sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.system_now() - KEPT))


FORGET = Periodic("rest.forget_keys", forget_keys, minutes=60)
