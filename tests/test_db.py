"""The data layer: transactions, locks, types, and the versions of SQLite that are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from eventhub import activity, db
from eventhub.activity import SYSTEM, ActivityEntry, Verb
from eventhub.errors import NotFound, Refused
from eventhub.events.models import Event, ProgrammeItem
from eventhub.localized import LocalizedText
from eventhub.testing import World

SEEN = Verb("events:seen_in_a_test", "Seen")


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 2)])
def test_a_sqlite_that_may_lose_writes_is_refused_with_what_to_install(version: tuple[int, ...]) -> None:
    with pytest.raises(db.UnsafeSQLite, match="pysqlite3"):
        db.check_sqlite_version(version)


@pytest.mark.parametrize("version", [(3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 53, 4)])
def test_a_mended_sqlite_is_accepted(version: tuple[int, ...]) -> None:
    db.check_sqlite_version(version)


def test_sqlite_keeps_what_it_acknowledged_and_erases_what_it_deletes(world: World) -> None:
    connection = db.session().connection()
    read = {
        name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        for name in ("journal_mode", "foreign_keys", "synchronous", "secure_delete", "busy_timeout")
    }
    assert read == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "secure_delete": 1,
        "busy_timeout": 10000,
    }


def test_a_writing_transaction_locks_before_its_first_query(world: World) -> None:
    statements: list[str] = []
    sa.event.listen(
        db.db.engine, "before_cursor_execute", lambda c, cur, statement, *rest: statements.append(statement)
    )
    with db.transaction():
        db.session().scalars(sa.select(Event)).all()
    assert statements[0] == "BEGIN IMMEDIATE"


def test_a_transaction_does_not_nest(world: World) -> None:
    with db.transaction(), pytest.raises(RuntimeError, match="already open"), db.transaction():
        pass


def test_what_was_read_before_is_read_again_under_the_lock(world: World) -> None:
    assert world.event.city == ""
    with db.db.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as other:
        other.execute(sa.update(Event).values(city="Grenoble"))
    with db.transaction():
        assert world.event.city == "Grenoble"


def test_a_refusal_rolls_everything_back_the_activity_too(world: World) -> None:
    before = db.session().scalar(sa.select(sa.func.count()).select_from(ActivityEntry))
    with pytest.raises(Refused), db.transaction():
        world.item()
        raise Refused("no")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ActivityEntry)) == before
    assert db.session().scalars(sa.select(ProgrammeItem)).all() == []


def test_a_moment_without_its_zone_cannot_be_stored(world: World) -> None:
    with pytest.raises(sa.exc.StatementError, match="without its zone"), db.transaction():
        world.event.registration_closes_at = datetime(2025, 3, 1)  # noqa: DTZ001  (what is refused)


def test_a_moment_comes_back_in_utc(world: World) -> None:
    with db.transaction():
        world.event.registration_closes_at = datetime(2025, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    db.session().expire_all()
    assert world.event.registration_closes_at == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert world.event.registration_closes_at.utcoffset() == timedelta(0)


def test_an_id_of_another_event_is_not_found(world: World) -> None:
    with world.writing():
        item = world.item()
    with pytest.raises(NotFound):
        db.get(ProgrammeItem, item.id, event_id=world.event.id + 1)
    with db.transaction(), pytest.raises(NotFound):
        db.locked(ProgrammeItem, item.id, event_id=world.event.id + 1)


def test_the_journal_tells_which_field_went_from_what_to_what(world: World) -> None:
    with db.transaction():
        db.locked(Event, world.event.id)
        world.event.city = "Grenoble"
        world.event.title = world.event.title.rewritten({"fr": "Labo", "en": "Test event"})
        activity.edited(SYSTEM, SEEN, world.event)
    newest = activity.history(world.event)[0]
    assert newest.changes == {
        "city": ["", "Grenoble"],
        "title": [{"fr": "Évènement d’essai", "en": "Test event"}, {"fr": "Labo", "en": "Test event"}],
    }


def test_erasing_blanks_the_values_of_the_journal_and_keeps_its_facts(world: World) -> None:
    with db.transaction():
        world.event.city = "Grenoble"
        activity.edited(SYSTEM, SEEN, world.event)
    with db.transaction():
        activity.blank("event", [world.event.id])
    assert [(entry.verb, entry.changes) for entry in activity.history(world.event)] == [
        ("events:seen_in_a_test", None),
        ("events:created", None),
    ]


def test_a_localized_text_survives_the_database(world: World) -> None:
    text = LocalizedText.of(fr="Séance « A »", en="Session A").written("fr", "Séance B")
    with db.transaction():
        world.event.summary = text
    db.session().expire_all()
    assert world.event.summary == text
