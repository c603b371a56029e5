"""Migrations: Alembic with one ledger per component, so that a removed plugin cannot break the core's upgrade.

The core is one ledger with a version folder per noun, and owns every table that no plugin's prefix claims.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask

from eventhub import faults
from eventhub.db import Model, set_up_sqlite, sqlite_module
from eventhub.hub import Component, Hub

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
CORE = "core"
CORE_FOLDERS = ("events", "access", "site", "delegations", "providers", "mailing", "privacy", "rest")


class ForeignKeysBroken(RuntimeError):
    """A migration on SQLite left rows that point to nothing; it was rolled back."""


@contextmanager
def _connection(app: Flask) -> Iterator[sa.Connection]:
    """Connect with foreign keys off on SQLite: batch mode would silently delete child rows of a table it rebuilds."""
    url = sa.make_url(app.config["DATABASE_URL"])
    if url.get_backend_name() == "sqlite":
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool, module=sqlite_module())
        set_up_sqlite(engine, foreign_keys=False)
    else:
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.execution_options(sqlite_begin="IMMEDIATE").connect() as connection:
        yield connection
    engine.dispose()


def ledgers(hub: Hub) -> list[tuple[str, list[Path]]]:
    """Return (ledger, version folders): the core first, then plugins with migrations, in the order they require."""
    found = [(CORE, [HERE / name / "migrations" for name in CORE_FOLDERS])]
    for component in hub.active():
        folder = folder_of(component)
        if not component.core and folder is not None:
            found.append((component.name, [folder]))
    return found


def folder_of(component: Component) -> Path | None:
    folder = component.folder / "migrations" if component.folder else None
    return folder if folder and folder.is_dir() else None


def version_table(ledger: str) -> str:
    return "alembic_version" if ledger == CORE else f"alembic_version_{ledger}"


def owns(ledger: str, table: str, plugins: list[str]) -> bool:
    """Tell whether the table belongs to the ledger: a plugin's by its prefix, the core's by no plugin's."""
    if table.startswith("alembic_version"):
        return False
    claimed = [name for name in plugins if table == name or table.startswith(f"{name}_")]
    return not claimed if ledger == CORE else ledger in claimed


def _config(app: Flask, ledger: str, folders: list[Path], connection: sa.Connection) -> Config:
    from alembic.config import Config  # slow import, not needed to serve

    config = Config()
    config.set_main_option("script_location", str(HERE / "ledger"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, folders)))
    plugins = [c.name for c in app.extensions["hub"].components.values() if not c.core]
    config.attributes.update(
        connection=connection,
        metadata=Model.metadata,
        version_table=version_table(ledger),
        types_from="eventhub.db" if ledger == CORE else "eventhub.api",
        owns=lambda table: owns(ledger, table, plugins),
    )
    return config


def run(app: Flask, ledger: str, command: str, *arguments: Any, **options: Any) -> Any:
    """Run an Alembic command on one ledger in one transaction; rolled back whole when foreign keys break."""
    from alembic import command as alembic  # slow import

    folders = dict(ledgers(app.extensions["hub"]))[ledger]
    with app.app_context(), _connection(app) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(20250325)"))
        result = getattr(alembic, command)(_config(app, ledger, folders, connection), *arguments, **options)
        faults.hit("migrate.step")
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise ForeignKeysBroken(str(broken[:5]))
        return result


def upgrade(app: Flask) -> list[str]:
    """Bring every ledger to its newest version; returns the ledgers that there are."""
    names = [ledger for ledger, _folders in ledgers(app.extensions["hub"])]
    for name in names:
        run(app, name, "upgrade", "heads")
    return names


def heads(ledger_folders: list[Path]) -> frozenset[str]:
    """Return the newest revisions in the folders, without importing Alembic into a serving process."""
    revisions: set[str] = set()
    replaced: set[str] = set()
    for folder in ledger_folders:
        for path in folder.glob("[!_]*.py"):
            names = _assignments(path.read_text(encoding="utf-8"))
            revisions.add(names["revision"])
            if names.get("down_revision"):
                replaced.add(names["down_revision"])
    return frozenset(revisions - replaced)


def _assignments(source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            found[target.id] = value.value
    return found


def behind(app: Flask) -> list[str]:
    """Return the ledgers whose newest migration the database has not had."""
    from eventhub.db import db

    kept: dict[str, frozenset[str]] = app.extensions.setdefault("eventhub_heads", {})
    missing = []
    with db.engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        for ledger, folders in ledgers(app.extensions["hub"]):
            newest = kept.setdefault(ledger, heads(folders))
            table = version_table(ledger)
            there = (
                frozenset(connection.execute(sa.text(f"SELECT version_num FROM {table}")).scalars())  # noqa: S608  (our own name)
                if table in tables
                else frozenset()
            )
            if newest != there:
                missing.append(ledger)
    return missing


def write(app: Flask, ledger: str, message: str, *, noun: str | None = None) -> str:
    """Write a migration from what the models and the upgraded database differ in; returns its path."""
    folders = dict(ledgers(app.extensions["hub"])).get(ledger)
    if folders is None:
        component = app.extensions["hub"].components[ledger]
        folders = [component.folder / "migrations"]
        folders[0].mkdir(exist_ok=True)
    folder = next((path for path in folders if path.parent.name == noun), folders[-1])
    folder.mkdir(exist_ok=True)
    script = run(
        app,
        ledger,
        "revision",
        message=message,
        autogenerate=True,
        version_path=str(folder),
        rev_id=_next(folders, ledger),
    )
    return str(script.path)


def _next(folders: list[Path], ledger: str) -> str:
    """Return the next revision's name: <ledger>_0007, so that the chain reads in order."""
    count = sum(1 for folder in folders if folder.is_dir() for _path in folder.glob("[!_]*.py"))
    return f"{ledger}_{count + 1:04d}"
