"""The floor: a bare Flask app on the same server, which renders the same templates from ready values after one SELECT.

What the real app does more than that (gate, session, hooks, queries, formats of values) is what the ratio shows.
"""

from __future__ import annotations

import os
from typing import Any

import sqlalchemy as sa
import wtforms
from flask import Flask, g, redirect, request, template_rendered

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
    add_plain_flow(bare, engine)
    return bare


class PlainPerson(wtforms.Form):
    """A person as a plain form asks for one."""

    name = wtforms.StringField("Name", [wtforms.validators.InputRequired()])
    function = wtforms.StringField("Function")
    email = wtforms.StringField("E-mail")
    phone = wtforms.StringField("Phone")
    language = wtforms.StringField("Language")
    note = wtforms.StringField("Note")


class PlainForm(wtforms.Form):
    """Four of them."""

    people = wtforms.FieldList(wtforms.FormField(PlainPerson), min_entries=4)


PLAIN_PAGE = """<!doctype html><title>Plain</title><form method="post">{% for one in form.people %}
{% for item in one.form %}<p>{{ item.label }} {{ item }}</p>{% endfor %}{% endfor %}<button>Save</button></form>"""


def add_plain_flow(app: Flask, engine: sa.Engine) -> None:
    """Add the form flow that a registration is measured against: validate, four INSERTs, one commit, redirect."""
    template = app.jinja_env.from_string(PLAIN_PAGE)
    table = sa.Table(
        "bench_person",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("flow", sa.Integer),
        *(sa.Column(name, sa.String(200)) for name in ("name", "function", "email", "phone", "language", "note")),
    )
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        table.create(connection, checkfirst=True)

    def plain(number: int) -> Any:
        form = PlainForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
                for one in form.people.data:
                    connection.execute(sa.insert(table).values(flow=number, **one))
            return redirect(request.path)
        return template.render(form=form)

    app.add_url_rule("/plain/<int:number>", "plain", plain, methods=["GET", "POST"])
