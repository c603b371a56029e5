"""Errors of the API as JSON (RFC 9457): whatever goes wrong under /api is told to a program, not to a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, json, request

from eventhub.errors import Refused

API = "/api/"
MEDIA_TYPE = "application/problem+json"


def wanted() -> bool:
    """Tell whether the present request is one of the API."""
    return request.path.startswith(API)


def problem(
    status: int, title: str, detail: str, *, kind: str = "about:blank", errors: list[dict[str, str]] | None = None
) -> Response:
    """Return a problem; ``errors`` are {"field", "detail"}, a field of a part being "title.fr"."""
    body: dict[str, Any] = {"type": kind, "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    return Response(json.dumps(body), status=status, mimetype=MEDIA_TYPE)


def of_refusal(refusal: Refused, title: str) -> Response:
    """Return what a rule refused: 422 where one field is wrong, 409 where the state of things stands against it."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(refusal).__name__).lower()
    errors = [{"field": refusal.field, "detail": str(refusal)}] if refusal.field else None
    kind = f"urn:eventhub:problem:{name}"
    return problem(422 if errors else 409, title, str(refusal), kind=kind, errors=errors)


def field_errors(messages: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the messages of a schema, {place: {field: [message]}}, as a list."""
    return [
        {"field": ".".join(map(str, path)), "detail": text}
        for place in messages.values()
        for path, text in _flat(place, ())
    ]


def _flat(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, path if key == "_schema" else (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, path)
    else:
        yield path, str(value)
