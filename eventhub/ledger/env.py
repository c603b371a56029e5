"""Alembic's environment, one for all ledgers; ``eventhub.migrations`` fills its attributes."""

from __future__ import annotations

from typing import Any

from alembic import context

settings = context.config.attributes


def own_name(name: str | None, kind: str, parents: Any) -> bool:
    return settings["owns"](name) if kind == "table" else True


def own_object(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    return settings["owns"](name) if kind == "table" else True


context.configure(
    connection=settings["connection"],
    target_metadata=settings["metadata"],
    version_table=settings["version_table"],
    include_name=own_name,
    include_object=own_object,
    render_as_batch=settings["connection"].dialect.name == "sqlite",
    compare_type=True,
    compare_server_default=True,
    transactional_ddl=True,  # true on SQLite only because our engine owns BEGIN
    user_module_prefix="eventhub.db.",
)
with context.begin_transaction():
    context.run_migrations()
