"""The floor: a bare Flask app on the same server, which renders the same templates from ready values after one SELECT.

What the real app does more than that (gate, session, hooks, queries, formats of values) is what the ratio shows.
"""

from __future__ import annotations

import os
from typing import Any

import sqlalchemy as sa
from flask import Flask, g, request, template_rendered

from eventhub import create_app, db


def make_app() -> Flask:
    """Return the floor; it renders each page of ``EVENTHUB_BENCH_PAGES`` once for real to take its values."""
    real = create_app()
    ready: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {}
    taken: list[tuple[Any, dict[str, Any], dict[str, Any]]] = []

    def take(sender: Any, template: Any, context: dict[str, Any], **extra: Any) -> None:
        kept = {
            name: getattr(g, name)
            for name in ("event", "event_slug", "language", "user", "roles", "hooks", "links", "link")
            if name in g
        }
        taken.append((template, {k: v for k, v in context.items() if k not in {"request", "session", "g"}}, kept))

    template_rendered.connect(take, real)
    host = os.environ.get("EVENTHUB_BASE_URL", "http://127.0.0.1").partition("://")[2].partition(":")[0]
    for path in os.environ["EVENTHUB_BENCH_PAGES"].split():
        taken.clear()
        answer = real.test_client().get(path, base_url=f"http://{host}")
        assert answer.status_code == 200, f"{path} answers {answer.status_code}"
        ready[path] = taken[-1]

    bare = Flask("floor", static_folder=None)
    bare.config.update(real.config)
    bare.jinja_env = real.jinja_env
    bare.extensions = real.extensions
    bare.url_map = real.url_map
    bare.url_default_functions = real.url_default_functions
    bare.view_functions = dict.fromkeys(real.view_functions, lambda **values: page())

    def page() -> str:
        template, context, kept = ready[request.path]
        for name, value in kept.items():
            setattr(g, name, value)
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT id, slug FROM event WHERE slug = 'climate-democracy-lab'").one()
        return str(template.render(request=request, g=g, **context))

    with real.app_context():
        engine: sa.Engine = db.db.engine
    return bare
