"""Lends tests one app per process, with a database of their own each time.

Making an app compiles hundreds of routes and takes a third of a second, of which a suite has more than a thousand.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from eventhub.db import Model, db, engine_options, set_up_sqlite

REGISTRIES = ("provider_kinds", "personal_data", "job_kinds", "periodic", "permissions", "breakers")
KEYS = {"SECRET_KEY": "secret_key", "ENCRYPTION_KEY": "encryption_key"}


@dataclass
class Lender:
    """The app, what it was like when it was made, and whether somebody has it."""

    app: Flask | None = None
    in_use: bool = False
    kept: dict[str, Any] = field(default_factory=dict)
    templates: dict[frozenset[str], Path] = field(default_factory=dict)

    def remember(self, app: Flask) -> None:
        self.app = app
        self.kept = {
            "config": dict(app.config),
            "extensions": dict(app.extensions),
            "views": dict(app.view_functions),
            "mail": dict(vars(app.extensions["mailman"])),
            "hub": {name: dict(getattr(app.extensions["hub"], name)) for name in REGISTRIES},
        }

    def restore(self, app: Flask) -> None:
        """Undo what a test changed: settings, planted jobs and kinds, mail server, limits, what was kept of events."""
        for target, source in (
            (app.config, self.kept["config"]),
            (app.extensions, self.kept["extensions"]),
            (app.view_functions, self.kept["views"]),
        ):
            target.clear()
            target.update(source)
        vars(app.extensions["mailman"]).update(self.kept["mail"])
        for name, values in self.kept["hub"].items():
            setattr(app.extensions["hub"], name, dict(values))
        for limiter in app.extensions.get("limiter", ()):
            limiter.reset()
        app.extensions["eventhub_truth"] = {}

    def make_tables(self, app: Flask, url: sa.URL) -> None:
        """Make every table; on SQLite by copying a file that has them."""
        if url.get_backend_name() != "sqlite" or not url.database:
            with app.app_context():
                Model.metadata.create_all(db.engine)
            return
        names = frozenset(Model.metadata.tables)
        if names not in self.templates:
            template = Path(tempfile.mkdtemp(prefix="eventhub-")) / "tables.db"
            engine = sa.create_engine(f"sqlite:///{template}", **engine_options(url))
            Model.metadata.create_all(engine)
            engine.dispose()
            self.templates[names] = template
        shutil.copy(self.templates[names], url.database)


LENDER = Lender()


@contextmanager
def lend(url: str, folder: Path, make: Callable[..., Flask], *, tables: bool = True) -> Iterator[Flask]:
    """Lend the app with this database; a second one at the same time is made anew."""
    if LENDER.in_use:
        another = make(url, folder, tables=tables)
        yield another
        close(another)
        return
    if LENDER.app is None:
        LENDER.remember(make(url, folder, tables=False))
    app = LENDER.app
    assert app is not None
    LENDER.restore(app)
    LENDER.in_use = True
    try:
        rebind(app, url, folder)
        if tables:
            LENDER.make_tables(app, sa.make_url(url))
        yield app
    finally:
        LENDER.in_use = False
        close(app)


def rebind(app: Flask, url: str, folder: Path) -> None:
    """Point the app to another database and data folder; its keys stay, and are left in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for setting, name in KEYS.items():
        (folder / name).write_text(app.config[setting])
    app.config.update(DATABASE_URL=url, DATA_DIR=folder, MAIL_FOLDER=folder / "mail", SQLALCHEMY_DATABASE_URI=url)
    place = sa.make_url(url)
    engine = sa.create_engine(place, **engine_options(place))
    if place.get_backend_name() == "sqlite":
        set_up_sqlite(engine)
    # Flask-SQLAlchemy binds an app once; this is the place where it keeps what it bound
    db._app_engines[app] = {None: engine}


def close(app: Flask) -> None:
    """Close every connection: SQLite then leaves one file, without a log beside it."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
