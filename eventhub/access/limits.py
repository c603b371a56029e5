"""Limits on what strangers may try: passwords, reset mails and registrations, by address and minute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from flask import Flask, g
from flask.typing import RouteCallable

GUARDED = ("security.login", "security.forgot_password")
PUBLIC = ("delegations_open.ask",)  # forms that strangers send, and that send mails


def init_app(app: Flask) -> None:
    """Limit sign-in and reset; counted per process, which is enough to make guessing hopeless."""
    from flask_limiter import Limiter
    from flask_limiter.util import get_remote_address

    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=False)
    app.extensions["limits"] = limiter
    app.extensions["api_limit"] = limiter.shared_limit(
        app.config["API_LIMIT"], scope="api", key_func=lambda: g.get("limited_as") or get_remote_address()
    )
    guard(app, GUARDED, app.config["LOGIN_LIMIT"])


def guard(app: Flask, endpoints: Iterable[str], most: str) -> None:
    """Limit how often one address may send these forms."""
    for endpoint in endpoints:
        limit = app.extensions["limits"].limit(most, methods=["POST"])
        app.view_functions[endpoint] = cast("RouteCallable", limit(app.view_functions[endpoint]))
