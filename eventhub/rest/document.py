"""The description of the API, OpenAPI 3.1, made from the parts on the first request for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask, current_app

from eventhub.contributions import ApiPart
from eventhub.hub import Hub
from eventhub.i18n import speaking
from eventhub.rest.once import HEADER
from eventhub.web.problems import MEDIA_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
# When each problem is answered; the rest is "default"
PROBLEMS = {
    "400": "the body is no JSON",
    "401": "no token, or one that opens nothing",
    "404": "nothing here, or nothing for this token",
    "409": "a rule refuses, as things stand",
    "412": "the record changed since its ETag",
    "413": "the body is too large",
    "415": "the body does not say that it is JSON",
    "422": "a field is wrong; errors says which",
    "428": "If-Match is missing",
    "429": "too many requests; Retry-After says when to go on",
    "503": "the database is busy; Retry-After says when to try again",
}
READING = ("401", "404", "429", "503")
WRITING = ("400", "409", "413", "415", "422")
GUARDED = ("412", "428")
IDEMPOTENCY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "the same key with the same body is done once, and answered alike for 24 hours",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
}


def parts_of(hub: Hub) -> list[ApiPart]:
    found = [part for component in hub.active() for part in component.api]
    return sorted(found, key=lambda part: (part.order, part.blueprint.name))


def document() -> dict[str, Any]:
    """Return the description; made once per app."""
    extensions = current_app.extensions
    if "api_document" not in extensions:
        with speaking("en"):
            extensions["api_document"] = _made(current_app._get_current_object())  # type: ignore[attr-defined]
    kept: dict[str, Any] = extensions["api_document"]
    return kept


def _made(app: Flask) -> dict[str, Any]:
    from flask_smorest import Api  # registers handlers of its own: the app of its description must not be ours

    scratch = Flask("description", static_folder=None)
    scratch.url_map.converters |= app.url_map.converters
    api = Api(scratch, spec_kwargs={"title": "EventHub", "version": "1", "openapi_version": "3.1.0"})
    for part in parts_of(app.extensions["hub"]):
        api.register_blueprint(part.blueprint)
    made: dict[str, Any] = api.spec.to_dict()
    _describe(made, scratch, parts_of(app.extensions["hub"]))
    return made


def _describe(made: dict[str, Any], scratch: Flask, parts: list[ApiPart]) -> None:
    """Say what smorest does not know: problems, the token, permissions, titles."""
    components = made.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), "Problem": PROBLEM}
    components["schemas"].pop("Error", None)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {
        **{f"Problem{code}": {"description": said, "content": content} for code, said in PROBLEMS.items()},
        "Problem": {"description": "anything else that went wrong", "content": content},
        "NOT_MODIFIED": {"description": "what If-None-Match names is what there is"},
    }
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"token": []}]
    made["servers"] = [{"url": "/"}]
    made["info"]["description"] = (
        "Programs act with a token that an owner of the event makes, on that event, within what was ticked. "
        "Errors are problems (RFC 9457), in the language of Accept-Language."
    )
    titles = {part.blueprint.name: str(part.title) for part in parts}
    made["tags"] = [{"name": titles[tag["name"]]} for tag in made.get("tags", [])]
    by_path = {
        (_openapi(rule.rule), method.lower()): permission
        for rule in scratch.url_map.iter_rules()
        if (permission := getattr(scratch.view_functions[rule.endpoint], "permission", None))
        for method in rule.methods or ()
    }
    for path, method, operation in operations(made):
        permission = by_path[path, method]
        operation["tags"] = [titles[tag] for tag in operation["tags"]]
        operation["description"] = "\n\n".join(
            filter(None, (operation.get("description"), f"Permission: `{permission.name}`."))
        )
        if permission.everyone:
            operation["security"] = []
        wrong = (*READING, *(WRITING if method != "get" else ("422",)))
        wrong = (*wrong, *(GUARDED if method in {"patch", "delete"} else ()))
        kept = {code: answer for code, answer in operation["responses"].items() if code < "400"}
        problems = {code: {"$ref": f"#/components/responses/Problem{code}"} for code in sorted(wrong)}
        operation["responses"] = {**kept, **problems, "default": {"$ref": "#/components/responses/Problem"}}
        if method == "post":
            operation["parameters"] = [*operation.get("parameters", []), IDEMPOTENCY]


def _openapi(path: str) -> str:
    from flask_smorest.spec.plugins import FlaskPlugin  # beside its only use

    return str(FlaskPlugin.flaskpath2openapi(path))


def operations(made: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, found in made["paths"].items():
        for method, operation in found.items():
            if method != "parameters":
                yield path, method, operation
