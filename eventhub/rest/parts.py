"""A part of the API: its addresses, what goes in and out, and what follows from the method.

GET answers 304 to whoever has the same already; PATCH and DELETE ask for If-Match, so that nobody overwrites what
they have not seen; a POST with an Idempotency-Key is done once; every write is one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import flask_smorest
import marshmallow as ma
from flask import Request, Response, request
from flask_smorest.utils import get_appcontext
from webargs import missing
from webargs.flaskparser import FlaskParser, abort

from eventhub.contributions import Permission
from eventhub.i18n import lazy_gettext as _l
from eventhub.rest.once import writing

F = TypeVar("F", bound=Callable[..., Any])
ROOT = "/api/v1"


class Parser(FlaskParser):
    """Reads JSON that says it is JSON; whatever else comes is the sender's error, never ours."""

    def load_json(self, req: Request, schema: Any) -> Any:
        body = req.get_data(cache=True)
        if not req.is_json:
            if body:
                abort(415)
            return missing
        try:
            return json.loads(body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:  # a number of 5,000 digits, ten thousand brackets
            abort(400, exc=error, messages={"json": {}})


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


class Part(flask_smorest.Blueprint):  # type: ignore[misc]  # smorest has no types
    """A blueprint of the API; every address is declared with ``on`` and ``@requires(permission)``."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.asks: dict[str, Permission] = {}  # the permissions of its addresses, by name

    def on(
        self,
        method: str,
        rule: str,
        *,
        gives: Any = None,
        body: Any = None,
        query: Any = None,
        status: int | None = None,
    ) -> Callable[[F], F]:
        """Declare the view for a method and an address.

        ``gives`` is the schema of the answer; without one the view answers nothing (204). The view gets the query,
        then the body, as its schemas load them, and what the address names by keyword.
        """
        status = status or (204 if gives is None else 201 if method == "POST" else 200)

        def declare(view: F) -> F:
            permission: Permission | None = getattr(view, "permission", None)
            if permission is not None:  # without one the start stops
                self.asks[permission.name] = permission
            handler: Any = self.response(status, gives)(view)
            if body is not None:
                handler = self.arguments(body)(handler)
            if query is not None:
                handler = self.arguments(query, location="query")(handler)
            handler = self.etag(handler)
            if method != "GET":
                handler = writing(handler)  # around the ETag, which is a part of the answer that is kept
            self.add_url_rule(rule, view.__name__, handler, methods=[method])
            return view

        return declare

    def unchanged(self, stored: Any, schema: Any) -> None:
        """Refuse (412) when the record is no longer what the sender saw; call it before a PATCH or DELETE writes."""
        self.check_etag(stored, schema)

    def _is_etag_enabled(self) -> bool:
        return True

    def _check_not_modified(self, etag: str) -> None:
        """Left to the answer itself: theirs would be one without its ETag."""

    def _set_etag_in_response(self, response: Response) -> None:
        if "result_dump" in get_appcontext():
            super()._set_etag_in_response(response)
        elif response.status_code != 204:
            response.add_etag()
        if request.method in {"GET", "HEAD"}:
            response.make_conditional(request)


def part(name: str, import_name: str, path: str | None = None) -> Part:
    """Return a part called ``name`` ("<component>_api…") under ``path`` of an event (the component, unless given)."""
    place = name.removesuffix("_api").replace("_", "-") if path is None else path
    return Part(name, import_name, url_prefix=f"{ROOT}/events/<event>/{place}".rstrip("/"))


def nothing() -> Response:
    """Return what a DELETE answers."""
    return Response(status=204)


class Body(ma.Schema):
    """What comes in: a field that we do not know is an error, for a typing mistake must not pass in silence."""

    error_messages = {"unknown": _l("There is no such field."), "type": _l("Write an object.")}

    class Meta:
        unknown = ma.RAISE
