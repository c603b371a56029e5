"""EventHub: the logistics desk of a public-sector event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from eventhub.lean import absent

with absent("rich", "webauthn", "authlib"):
    import flask_limiter
    import flask_security
    import structlog

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from eventhub import config as settings
from eventhub import db, faults, i18n, logs, outbox
from eventhub.hub import Hub

CORE = (
    "eventhub.events",
    "eventhub.delegations",
    "eventhub.providers",
    "eventhub.mailing",
    "eventhub.access",
    "eventhub.site",
    "eventhub.privacy",
    "eventhub.rest",
)
TRANSLATIONS = Path(__file__).parents[1] / "translations"


class EventHub(Flask):
    """Flask, with the work of a request tried again when PostgreSQL asks for it."""

    def dispatch_request(self) -> ResponseReturnValue:
        if request.method in {"GET", "HEAD"}:
            return super().dispatch_request()
        answer = db.with_retries(super().dispatch_request)
        faults.hit("resp.before")
        return answer


class LanguageConverter(BaseConverter):
    """The first part of an address: a language of the interface."""

    regex = "|".join(i18n.LANGUAGES)


class IdConverter(IntegerConverter):
    """The id of a row: a number that the database can hold."""

    def __init__(self, map: Map) -> None:  # noqa: A002  (werkzeug passes it by this name)
        super().__init__(map, max=2**31 - 1)


def create_app(config: Mapping[str, Any] | None = None, plugins: Iterable[ModuleType] | None = None) -> Flask:
    """Return the application; reads no database.

    ``config`` overrides settings by name (``DATABASE_URL``, ``TODAY``…). ``plugins`` are packages to use instead of
    those found in the plugins folder and among entry points.
    """
    app = EventHub("eventhub", static_folder="web/static", template_folder="web/templates")
    app.config.update(settings.read(config))
    app.url_map.converters |= {"language": LanguageConverter, "int": IdConverter}
    _limit_requests(app)
    logs.init_app(app)
    db.init_app(app)
    hub = app.extensions["hub"] = _hub(app, plugins)
    i18n.init_app(app, _domains(hub))
    outbox.init_app(app)
    _set_up_access(app)
    hub.start(app)
    _set_up_api(app, hub)
    _set_up_web(app)
    return app


def _hub(app: Flask, plugins: Iterable[ModuleType] | None) -> Hub:
    hub = Hub(strict=app.config["STRICT"])
    for name in CORE:
        hub.add_core(name)
    if plugins is None:
        hub.discover(app.config["PLUGINS_DIR"], app.config["DISABLED_PLUGINS"])
    else:
        for package in plugins:
            hub.add(package, "given")
    return hub


def _domains(hub: Hub) -> list[tuple[Path, str]]:
    """Return the catalogues: each plugin's own, then the core's, whose plural rule must win."""
    domains = []
    for component in hub.plugins():
        own = component.folder / "translations" if component.folder else None
        domains.append((own if own and own.is_dir() else TRANSLATIONS, component.name))
    return [*domains, (TRANSLATIONS, "eventhub")]


def _limit_requests(app: Flask) -> None:
    hosts = app.config["TRUSTED_HOSTS"] or (urlsplit(app.config["BASE_URL"]).hostname or "localhost",)
    secure = app.config["BASE_URL"].startswith("https:")
    app.config.update(
        TRUSTED_HOSTS=[*hosts],
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        WTF_CSRF_TIME_LIMIT=None,  # the server-side session is the limit: a form left open over lunch still saves
        SESSION_COOKIE_NAME="__Host-eventhub" if secure else "eventhub",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=14 * 24 * 3600,
    )
    if app.config["PROXIES"]:
        count = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _set_up_access(app: Flask) -> None:
    from eventhub.access import accounts, gate, limits, sessions, views  # models need the database bound first
    from eventhub.delegations import views_open
    from eventhub.mailing import views_bounces

    app.session_interface = sessions.DatabaseSessions(app)
    csrf = CSRFProtect(app)
    for view in (*views.CSRF_EXEMPT, *views_bounces.CSRF_EXEMPT, *views_open.CSRF_EXEMPT):
        csrf.exempt(view)
    gate.init_app(app)
    accounts.init_app(app)
    limits.init_app(app)


def _set_up_api(app: Flask, hub: Hub) -> None:
    """Programs bring a token and no cookie: nothing to forge, so no form token; and each token its own limit."""
    for component in hub.active():
        for part in component.api:
            app.extensions["csrf"].exempt(part.blueprint)
            app.extensions["api_limit"](part.blueprint)


def _set_up_web(app: Flask) -> None:
    from whitenoise import WhiteNoise

    from eventhub.access import gate, limits
    from eventhub.web import context, errors, headers

    context.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    limits.guard(app, limits.PUBLIC, app.config["REGISTER_LIMIT"])
    gate.check_routes(app)
    static = Path(app.static_folder or "")
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=static, prefix="static/", max_age=86_400)  # type: ignore[method-assign]
