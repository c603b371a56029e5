"""The database: session, ``transaction()`` at the edge, column types, and the SQLite rules that keep writes.

Every write happens inside ``with transaction():`` in a view, a job or a command; domain functions may flush, never
commit. On SQLite a writing transaction begins IMMEDIATE, before any query of it, so that what a rule reads cannot
change before it writes; on PostgreSQL the same functions lock rows first (``locked``) and then read.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB

from eventhub import faults
from eventhub.errors import NotFound
from eventhub.i18n import sort_key
from eventhub.localized import LocalizedText

Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; a naive one is a bug and refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without its zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class LocalizedType(sa.TypeDecorator[LocalizedText]):
    """A LocalizedText as JSON: {"fr": {"text": …, "state": …}, …}."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: LocalizedText | None, dialect: sa.Dialect) -> Any:
        return None if value is None else value.to_json()

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> LocalizedText:
        return LocalizedText.from_json(value or {})


class Base(orm.DeclarativeBase):
    """Shared by every model: constraint names, and which Python type is stored how."""

    # a registry of its own: Flask-SQLAlchemy copies the class body, and SQLAlchemy 2.1 refuses a registry beside a map
    registry = orm.registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime(),
            LocalizedText: LocalizedType(),
            list[str]: Json,
            list[int]: Json,
            dict[str, Any]: Json,
        },
    )


# expire_on_commit: what a view shows after its transaction is what it has just written; re-reading buys nothing
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        """What models inherit from; the same class that Flask-SQLAlchemy makes at run time."""

        __abstract__ = True
        id: orm.Mapped[int]
else:
    Model = db.Model


M = TypeVar("M", bound=Model)
T = TypeVar("T")


def session() -> orm.Session:
    """Return the session of the present request, job or command."""
    return db.session()


class UnsafeSQLite(RuntimeError):
    """The SQLite library at hand may lose committed writes (its WAL-reset bug); says what to install."""


def check_sqlite_version(version: tuple[int, ...]) -> None:
    """Refuse a SQLite in which two connections that checkpoint may lose or corrupt committed writes.

    Fixed in 3.51.3, with back-ports 3.44.6 and 3.50.7 (https://sqlite.org/wal.html).
    """
    fixed = version >= (3, 51, 3) or (3, 44, 6) <= version < (3, 45) or (3, 50, 7) <= version < (3, 51)
    if not fixed:
        text = ".".join(map(str, version))
        raise UnsafeSQLite(
            f"SQLite {text} may lose committed writes when several connections write (WAL-reset bug). "
            "Install the package pysqlite3, or a Python with SQLite 3.51.3 or later, or use PostgreSQL."
        )


def sqlite_module() -> Any:
    """Return the sqlite3 module to use: pysqlite3 where it is installed, else Python's own; refuses unsafe ones."""
    try:
        from pysqlite3 import dbapi2 as module  # there is no wheel of it on every platform
    except ImportError:
        import sqlite3 as module
    check_sqlite_version(module.sqlite_version_info)
    return module


def engine_options(url: sa.URL) -> dict[str, Any]:
    """Return what an engine for this address needs."""
    return {"module": sqlite_module()} if url.get_backend_name() == "sqlite" else {"pool_pre_ping": True}


def init_app(app: Flask) -> None:
    """Bind the database to the app; opens no connection."""
    url = sa.make_url(app.config["DATABASE_URL"])
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            set_up_sqlite(db.engine)


def set_up_sqlite(engine: sa.Engine, *, foreign_keys: bool = True) -> None:
    """Give every connection WAL, FULL, a busy timeout, secure deletes, and let SQLAlchemy own BEGIN."""
    pragmas = (
        "journal_mode=WAL",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        "busy_timeout=10000",
        "synchronous=FULL",
        "secure_delete=ON",
    )

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        connection.create_function("folded", 1, lambda text: text and sort_key(text), deterministic=True)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN " + connection.get_execution_options().get("sqlite_begin", "DEFERRED"))


@contextmanager
def transaction() -> Iterator[orm.Session]:
    """Make everything inside one committed unit, or nothing; then run what was put off until after the commit.

    Ends the read that went before (user, event, record): what is read from here on is read under the write lock.
    Raises RuntimeError when nested: the edge decides, and there is one edge.
    """
    current = session()
    if current.info.get("writing"):
        raise RuntimeError("transaction() is already open: only views, jobs and commands open one")
    current.rollback()
    current.expire_all()
    current.info["writing"], current.info["afterwards"] = True, []
    try:
        current.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield current
        current.flush()
        faults.hit("tx.before_commit")
        current.commit()
    except BaseException:
        current.rollback()
        current.info["afterwards"] = []
        raise
    finally:
        current.info["writing"] = False
    faults.hit("tx.after_commit")
    for call in current.info.pop("afterwards", []):
        call()


def afterwards(call: Callable[[], None]) -> None:
    """Run the call once the present transaction is committed; forgotten when it rolls back."""
    if not session().info.get("writing"):
        raise RuntimeError("afterwards() belongs inside transaction()")
    session().info["afterwards"].append(call)


def empty_log() -> None:
    """Bring SQLite's log into its file and empty it, so that what was deleted stands in neither.

    Deleted cells are overwritten (``secure_delete``), but the log keeps older pages until they are brought over. Where
    a reader holds the log back it stays, and the next call empties it. Does nothing on PostgreSQL.
    """
    if db.engine.dialect.name == "sqlite":
        session().rollback()  # a read of our own would hold it back
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1000")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("PRAGMA busy_timeout=10000")


def get(model: type[M], key: int, **scope: object) -> M:
    """Return the row with this id whose columns equal the scope (its event, its delegation); NotFound otherwise.

    The scope keeps an id of another event from being reachable.
    """
    row = session().get(model, key)
    if row is None or any(getattr(row, name) != value for name, value in scope.items()):
        raise NotFound(model.__name__, key)
    return row


def locked(model: type[M], key: int, **scope: object) -> M:
    """Return the row, locked until the transaction ends and read after the lock; NotFound when out of scope."""
    query = sa.select(model).where(model.id == key).with_for_update().execution_options(populate_existing=True)
    row = session().scalars(query).one_or_none()
    if row is None or any(getattr(row, name) != value for name, value in scope.items()):
        raise NotFound(model.__name__, key)
    return row


def insert_all(rows: Sequence[Model]) -> None:
    """Insert new rows of one table in one statement; they stay outside the session and do not learn their ids."""
    if rows:
        table = Model.metadata.tables[rows[0].__tablename__]
        names = [column.name for column in table.columns if not column.primary_key]
        session().execute(sa.insert(table), [{name: getattr(row, name) for name in names} for row in rows])


RETRIES = 5


def is_serialization_failure(error: sa.exc.DBAPIError) -> bool:
    """Tell whether PostgreSQL asks for the same work again (40001 serialization, 40P01 deadlock)."""
    return getattr(error.orig, "sqlstate", None) in {"40001", "40P01"}


def with_retries(work: Callable[[], T]) -> T:
    """Run the work, and again up to five times with jitter when PostgreSQL asks for it."""
    for attempt in range(RETRIES):
        try:
            return work()
        except sa.exc.DBAPIError as error:
            session().rollback()
            if not is_serialization_failure(error) or attempt == RETRIES - 1:
                raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))
    raise AssertionError("unreachable")


def statement_count(app: Flask, work: Callable[[], object]) -> int:
    """Return how many SQL statements the work sends; used by tests and the benchmark."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", counted)
    try:
        work()
    finally:
        sa.event.remove(engine, "before_cursor_execute", counted)
    return count
