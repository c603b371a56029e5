"""The API is what it says: schemathesis makes requests from the description, and holds the answers against it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from eventhub.db import Model, session
from eventhub.demo.fixtures import ToldWorld
from eventhub.rest import document, tokens
from eventhub.testing import World
from tests.rest.conftest import make_program
from tests.test_access import ROWS

HELD = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]


def test_the_description_is_valid_openapi(world: World) -> None:
    made = world.client().get("/api/v1/openapi.json").json
    validate(made)
    assert made["openapi"].startswith("3.1")
    summaries = [operation["summary"] for _path, _method, operation in document.operations(made)]
    assert all(summary.endswith(".") for summary in summaries)
    assert len(summaries) > 30


def at_home(case: Any, demo: ToldWorld) -> None:
    """Lead three of four requests to the reference event and to a row that is there: the others find nothing."""
    for name, value in dict(case.path_parameters or {}).items():
        if name == "event" and isinstance(value, str) and len(value) % 4:
            case.path_parameters[name] = demo.event.slug
        elif name in ROWS and isinstance(value, int) and value % 4:
            rows = Model.metadata.tables[ROWS[name]]
            ids = session().scalars(sa.select(rows.c.id).where(rows.c.event_id == demo.event.id)).all()
            case.path_parameters[name] = ids[value % len(ids)]


def ask_everything(demo: ToldWorld, examples: int) -> tuple[int, list[str]]:
    """Send so many requests of each kind to each address, right ones and wrong ones.

    Returns how many were sent, and what was not as described.
    """
    demo.app.config["PROPAGATE_EXCEPTIONS"] = False  # a bug must be an answer 500, as on a site that is used
    program = make_program(demo, [one.name for one in tokens.offered(demo.hooks)])
    headers = {"Authorization": f"Bearer {program.secret}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", demo.app)
    sent, wrong = 0, []

    def ask(case: Any) -> None:
        nonlocal sent
        sent += 1
        at_home(case, demo)
        session().rollback()
        for limiter in demo.app.extensions["limiter"]:
            limiter.reset()
        case.call_and_validate(headers=headers, checks=HELD)

    quiet = list(HealthCheck)
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            strategy = operation.as_strategy(generation_mode=mode)
            limits = settings(
                max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=quiet
            )
            try:
                limits(given(case=strategy)(ask))()
            except FailureGroup as failure:
                wrong += [f"{operation.label}, {mode.value}: {one}" for one in failure.exceptions]
    return sent, wrong


def test_every_answer_is_as_described(demo: ToldWorld) -> None:
    sent, wrong = ask_everything(demo, 3)
    assert wrong == []
    assert sent > 100


@pytest.mark.trust
def test_every_answer_is_as_described_at_length(demo: ToldWorld) -> None:
    sent, wrong = ask_everything(demo, 150)
    assert wrong == []
    assert sent > 5000
