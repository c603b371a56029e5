"""Error pages: a clear sentence in the reader's language, with the right status, and never a trace."""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from eventhub.db import session
from eventhub.errors import NotFound, Refused
from eventhub.hub import HookFailed
from eventhub.i18n import LANGUAGES
from eventhub.i18n import gettext as _
from eventhub.web import problems

log = structlog.get_logger(__name__)


def language_of_path() -> None:
    """An address that leads nowhere still says its language in its first part."""
    if not g.get("language"):
        first = request.path.lstrip("/").partition("/")[0]
        g.language = first if first in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "fr"


def page(status: int, title: str, text: str) -> tuple[str | Response, int]:
    if problems.wanted():
        return problems.problem(status, title, text), status
    if request_ctx.url_adapter is None:  # a Host that is not ours: no address can be built
        return render_template("errors/bare.html", title=title, text=text), status
    for name in ("event", "user", "link"):
        g.setdefault(name, None)
    if status >= 500:  # nothing is asked of a database that may be what failed
        g.event = g.user = None
    return render_template("errors/error.html", status=status, title=title, text=text), status


def init_app(app: Flask) -> None:
    @app.errorhandler(OverflowError)  # a number in a filter that no column can hold
    @app.errorhandler(NotFound)
    @app.errorhandler(404)
    def not_found(error: Exception) -> ResponseReturnValue:
        language_of_path()
        if g.get("needs_link"):
            return page(
                404,
                _("Open your personal link again"),
                _(
                    "This page opens with a personal link. Open the link in your mail again, "
                    "or ask the organisers for a new one."
                ),
            )
        return page(
            404,
            _("There is no such page"),
            _("The address may be cut short, or what it showed may no longer be there for you."),
        )

    @app.errorhandler(CSRFError)
    def csrf(error: CSRFError) -> ResponseReturnValue:
        language_of_path()
        return page(
            400,
            _("This form had been open for too long"),
            _(
                "Nothing was saved. Go back with your browser: what you typed is still there. "
                "Reload the form, and send it again."
            ),
        )

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
        language_of_path()
        return page(
            413,
            _("This is too much at once"),
            _(
                "Nothing was saved. Go back with your browser: what you typed is still there. "
                "Shorten it, or send a smaller file."
            ),
        )

    @app.errorhandler(429)
    def too_often(error: HTTPException) -> ResponseReturnValue:
        language_of_path()
        sentence = _("Wait a minute, then try again.")
        if request.blueprint == "security":
            sentence = _("Wait a minute, then try again. If you forgot your password, ask for a new one by mail.")
        text, status = page(429, _("Too many attempts"), sentence)
        return text, status, {"Retry-After": "60"}

    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        language_of_path()
        if problems.wanted():
            return problems.of_refusal(error, _("This is not possible"))
        return page(422, _("This is not possible"), str(error))

    @app.errorhandler(HookFailed)
    def hook_failed(error: HookFailed) -> ResponseReturnValue:
        language_of_path()
        return page(
            500,
            _("An extension failed"),
            _(
                "The extension “%(plugin)s” failed, so nothing was saved. Try again, or tell an administrator.",
                plugin=error.plugin,
            ),
        )

    @app.errorhandler(DBAPIError)
    def database(error: DBAPIError) -> ResponseReturnValue:
        session().rollback()
        language_of_path()
        log.error("database_error", exc_info=error)
        missing_table = "no such" in str(error.orig)  # SQLite calls a bug in our own code operational too
        if isinstance(error, OperationalError) and not missing_table:
            text, status = page(
                503,
                _("The site is very busy"),
                _("Nothing was saved. Wait a few seconds and send the form again: going back keeps what you typed."),
            )
            return text, status, {"Retry-After": "5"}
        return unexpected(error)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        language_of_path()
        title, sentence = _("This did not work"), _("The request could not be answered as it was sent.")
        # what a schema found wrong, left there by the parser of the API
        found = problems.field_errors(getattr(error, "data", {}).get("messages", {}))
        if problems.wanted() and found:
            return problems.problem(error.code, title, sentence, errors=found)
        text, status = page(error.code, title, sentence)
        kept = {"Allow", "Retry-After", "WWW-Authenticate"}
        headers = {key: value for key, value in error.get_headers() if key in kept}
        return text, status, headers

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        if app.testing and app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        log.error("unexpected_error", exc_info=error, path=request.url_rule.rule if request.url_rule else "")
        session().rollback()
        language_of_path()
        return page(
            500,
            _("Something went wrong on our side"),
            _("Nothing was saved. Going back keeps what you typed; if it happens again, tell the organisers."),
        )
