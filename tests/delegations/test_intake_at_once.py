"""An import against the world that goes on around it, on SQLite and on PostgreSQL: all of it is written, or nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub import faults, tabular
from eventhub.activity import ActivityEntry
from eventhub.db import session
from eventhub.delegations import domain
from eventhub.delegations.intake import staging, work
from eventhub.delegations.intake.staging import ImportState, RosterImport, RosterRow
from eventhub.delegations.models import Delegation, Participant, Seat, TravelLeg
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.testing import World

ROSTER = (
    "Delegation;Country;Seats;Name;E-mail;Arrival\n"
    "Ghent;;;Ann Peeters;ann@example.org;2025-03-25 14:00\n"
    "Turin;IT;3;Bruno Neri;bruno@example.org;\n"
    "Turin;IT;;Carla Sala;carla@example.org;\n"
)


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


def tried(world: World, text: str = ROSTER) -> int:
    """Try a roster; returns the import's id."""
    draft = staging.drafted("test", tabular.read_text(text))
    with world.writing():
        import_id = staging.stage(world.event, draft, by=world.by).id
    work.plan(world.event, import_id)
    return import_id


def confirm(world: World, import_id: int, hooks: Any = None) -> bool:
    written = work.confirm(world.event, import_id, by=world.by, hooks=hooks or world.hooks)
    session().rollback()
    session().expire_all()
    return written


def counts() -> list[int]:
    session().rollback()
    models = (Delegation, Seat, Participant, TravelLeg, ActivityEntry)
    return [session().scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in models]


def test_everything_is_written_with_ids_that_nobody_else_has(world: World) -> None:
    with world.writing():
        world.delegation("Ghent", people=1, quota=2)
    assert confirm(world, tried(world))
    assert counts()[:4] == [2, 5, 4, 1]
    with world.writing():  # whoever comes next gets an id of their own, on PostgreSQL from the sequence
        world.delegation("Lyon", people=2)
    seats = session().execute(
        sa.select(Delegation.name, Delegation.seats_named, sa.func.count(Seat.participant_id))
        .join(Seat, Seat.delegation_id == Delegation.id)
        .group_by(Delegation.id, Delegation.name, Delegation.seats_named)
        .order_by(Delegation.name)
    )
    assert [tuple(row) for row in seats] == [("Ghent", 2, 2), ("Lyon", 2, 2), ("Turin", 2, 2)]


def test_a_change_since_the_rows_were_tried_is_not_written_over(world: World) -> None:
    with world.writing():
        ghent = world.delegation("Ghent", people=1, quota=2)
    import_id = tried(world)
    with world.writing():
        found = domain.locked_delegation(world.event, ghent.id)
        somebody = domain.Person(found.seats[1].id, "Somebody Faster")
        domain.save_people(world.event, found, [somebody], by=world.by, hooks=world.hooks)
    before = counts()
    assert not confirm(world, import_id)
    assert counts() == before
    staged = session().get_one(RosterImport, import_id)
    assert (staged.state, staged.planned_again) == (ImportState.PLANNED, True)
    rows = session().scalars(sa.select(RosterRow).order_by(RosterRow.id))
    assert [(row.name or row.delegation, row.fate) for row in rows] == [
        ("Ann Peeters", "refused"),
        ("Bruno Neri", "new"),
        ("Carla Sala", "new"),
        ("Turin", "delegation_new"),
    ]


def test_a_change_elsewhere_in_the_event_does_not_hold_the_import_up(world: World) -> None:
    with world.writing():
        world.delegation("Ghent", people=1, quota=2)
    import_id = tried(world)
    with world.writing():
        world.item()
    assert confirm(world, import_id)


def test_a_crash_before_the_commit_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.writing():
        world.delegation("Ghent", people=1, quota=2)
    import_id = tried(world)
    before = counts()
    monkeypatch.setenv("EVENTHUB_FAULT", "tx.before_commit=raise")
    with pytest.raises(faults.FaultInjected):
        confirm(world, import_id)
    monkeypatch.delenv("EVENTHUB_FAULT")
    assert counts() == before
    assert confirm(world, import_id)


class Veto:
    """Stands for the hub: a plugin that wants the hour of arrival to stay."""

    def before(self, spec: Any, **given: Any) -> None:
        if "languages" in given.get("changes", {}):
            raise Refused("The booths are ordered: languages cannot change any more.")

    def after(self, spec: Any, **given: Any) -> None:
        """Nobody listens."""


def test_one_veto_of_a_plugin_stops_the_whole_import(world: World) -> None:
    with world.writing():
        ghent = world.delegation("Ghent", people=1, quota=2)
        address = world.people(ghent)[0].email
    import_id = tried(
        world, f"Delegation;Country;Seats;Name;E-mail;Languages\nTurin;IT;2;Bruno Neri;;\nGhent;;;;{address};fr, de\n"
    )
    before = counts()
    with pytest.raises(Refused, match="The booths are ordered"):
        confirm(world, import_id, hooks=Veto())
    assert counts() == before


def test_two_who_confirm_at_once_write_it_once(world: World) -> None:
    with world.writing():
        world.delegation("Ghent", people=1, quota=2)
    import_id = tried(world)
    by, hooks, event_id = world.by, world.hooks, world.event.id
    session().rollback()
    start = threading.Barrier(2)

    def press() -> bool:
        with world.app.test_request_context():
            event = session().get_one(Event, event_id)
            start.wait(10)
            return work.confirm(event, import_id, by=by, hooks=hooks)

    with ThreadPoolExecutor(2) as pool:
        answers = [future.result() for future in [pool.submit(press) for _n in range(2)]]
    assert answers == [True, True]
    assert counts()[:4] == [2, 5, 4, 1]
