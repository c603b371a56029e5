"""Writing a planned roster in one transaction: delegations, then people chunk by chunk, then the counters.

What is new is inserted in bulk, with its ids reserved first; what changes goes through the rules of the desk, so that
plugins may refuse it and hear of it. The plan was made outside the lock, and holds only while nothing has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, clock
from eventhub.activity import ActivityEntry, Actor, Verb
from eventhub.db import Model, session
from eventhub.delegations import domain, places, seats, travel
from eventhub.delegations.intake import staging
from eventhub.delegations.intake.plan import Fate
from eventhub.delegations.intake.staging import ImportState, RosterImport, RosterRow
from eventhub.delegations.models import (
    Delegation,
    DelegationState,
    Direction,
    Participant,
    ParticipantState,
    Seat,
    SeatState,
    TravelLeg,
)
from eventhub.errors import Refused
from eventhub.events.domain import check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import sort_key

IMPORTED = Verb("delegations:imported", _l("Roster imported from a spreadsheet"))
AT_ONCE = 1_000


class ChangedMeanwhile(Refused):
    message = _l("Somebody changed delegations or people since this was tried, so nothing was written.")


class NotPlanned(Refused):
    message = _l("This import is already written, or was not tried yet. Reload the page to see how far it is.")


def write(event: Event, staged: RosterImport, *, by: Actor, hooks: Hooks) -> None:
    """Write all that is planned, or refuse; ``staged`` was locked in this transaction, and nothing else read before."""
    check_not_frozen(event)
    if staged.state != ImportState.PLANNED:
        raise NotPlanned
    lock_delegations(event)
    check_unchanged(event, staged.revision)
    _Writing(event, staged, by, hooks).write()
    places.recount(event.id)
    written = sum(staged.count(fate) for fate in (Fate.NEW, Fate.BACK, Fate.CHANGED))
    activity.record(by, IMPORTED, event, {"rows": [0, written]})
    staged.state = ImportState.DONE
    session().flush()
    staging.forget_sent(staged)


def lock_delegations(event: Event) -> None:
    """Lock every delegation of the event, in the order in which everybody locks several: by id."""
    query = sa.select(Delegation.id).where(Delegation.event_id == event.id).order_by(Delegation.id).with_for_update()
    session().execute(query).all()


def check_unchanged(event: Event, revision: int) -> None:
    """Refuse when the journal tells of a change to delegations or people since the plan was made."""
    query = sa.select(ActivityEntry.id).where(
        ActivityEntry.event_id == event.id,
        ActivityEntry.id > revision,
        ActivityEntry.subject_kind.in_((Delegation.__tablename__, Participant.__tablename__, Seat.__tablename__)),
    )
    if session().execute(query.limit(1)).first() is not None:
        raise ChangedMeanwhile


def reserved(model: type[Model], count: int) -> list[int]:
    """Return so many ids that nobody else will take in this transaction.

    Neither engine returns the ids of a bulk insert in the order of its rows at a price worth paying.
    """
    if not count:
        return []
    if session().get_bind().dialect.name == "sqlite":  # the write lock is ours
        last = session().scalar(sa.select(sa.func.max(model.id))) or 0
        return list(range(last + 1, last + 1 + count))
    sequence = sa.func.nextval(sa.func.pg_get_serial_sequence(model.__tablename__, "id"))
    numbers = sa.func.generate_series(1, count).table_valued("n")
    return list(session().scalars(sa.select(sequence).select_from(numbers)))


@dataclass
class _Writing:
    """One import being written."""

    event: Event
    staged: RosterImport
    by: Actor
    hooks: Hooks
    ids: dict[int, int] = field(default_factory=dict)  # of new delegations, by the number that the plan gave them
    quotas: dict[int, int] = field(default_factory=dict)  # of new delegations
    positions: Counter[int] = field(default_factory=Counter)  # seats of new delegations that have somebody
    free: dict[int, list[int]] = field(default_factory=dict)  # seats without a name, of those that were there
    contacts: dict[int, str] = field(default_factory=dict)
    named: Counter[int] = field(default_factory=Counter)

    def write(self) -> None:
        for rows in self.planned(Fate.NEW_DELEGATION):
            self.add_delegations(rows)
        for rows in self.planned(Fate.CHANGED_DELEGATION):
            self.change_delegations(rows)
        self.look_at_seats()
        for rows in self.planned(Fate.NEW, Fate.BACK, Fate.CHANGED):
            self.add_people([row for row in rows if row.fate == Fate.NEW])
            self.change_people([row for row in rows if row.fate != Fate.NEW])
        self.hold_seats()
        self.count()

    def planned(self, *fates: str) -> Iterator[Sequence[sa.Row[Any]]]:
        """Yield the planned rows of these fates, some at a time, in the order of the file."""
        query = sa.select(
            RosterRow.id, RosterRow.fate, RosterRow.delegation_id, RosterRow.person_id, RosterRow.told
        ).where(RosterRow.import_id == self.staged.id, RosterRow.fate.in_(fates))
        last = 0
        while rows := session().execute(query.where(RosterRow.id > last).order_by(RosterRow.id).limit(AT_ONCE)).all():
            last = rows[-1].id
            yield rows

    # --- delegations ------------------------------------------------------------------------------------------------

    def add_delegations(self, rows: Sequence[sa.Row[Any]]) -> None:
        taken = set(session().scalars(sa.select(Delegation.reference).where(Delegation.event_id == self.event.id)))
        new = []
        for row, key in zip(rows, reserved(Delegation, len(rows)), strict=True):
            facts = row.told["write"]
            while (reference := domain.new_reference()) in taken:
                pass
            taken.add(reference)
            self.ids[row.delegation_id], self.quotas[key] = key, facts["quota"]
            self.contacts[key] = facts.get("contact_email", "")
            speaks_french = facts["country"] == "FR" and "fr" in self.event.languages
            new.append(
                {"contact_name": "", "contact_email": "", "contact_phone": ""}
                | facts
                | {
                    "id": key,
                    "event_id": self.event.id,
                    "reference": reference,
                    "sort_key": sort_key(facts["name"]),
                    "contact_language": "fr" if speaks_french else "en",
                    "state": DelegationState.INVITED.value,
                }
            )
        session().execute(sa.insert(Delegation.__table__), new)  # type: ignore[arg-type]  # a Table, by its declaration
        activity.record_each(self.by, domain.CREATED, Delegation, [row["id"] for row in new], event_id=self.event.id)

    def change_delegations(self, rows: Sequence[sa.Row[Any]]) -> None:
        writes = {row.delegation_id: row.told["write"] for row in rows}
        query = sa.select(Delegation).where(Delegation.id.in_(writes)).options(orm.selectinload(Delegation.seats))
        for found in session().scalars(query.order_by(Delegation.id).execution_options(populate_existing=True)):
            domain.change(self.event, found, writes[found.id], by=self.by, hooks=self.hooks)
        session().flush()

    def look_at_seats(self) -> None:
        """Read the seats that are free, and the addresses by which people without their own are reached."""
        query = sa.select(Seat.delegation_id, Seat.id).where(Seat.event_id == self.event.id)
        # a released one stays as a trace, and counts for nothing
        query = query.where(Seat.participant_id.is_(None), Seat.state != SeatState.RELEASED)
        for delegation_id, seat_id in session().execute(query.order_by(Seat.position.desc())):
            self.free.setdefault(delegation_id, []).append(seat_id)
        contacts = sa.select(Delegation.id, Delegation.contact_email).where(Delegation.event_id == self.event.id)
        self.contacts |= dict(session().execute(contacts).all())

    def place(self, delegation_id: int, position: int) -> dict[str, Any]:
        return {"event_id": self.event.id, "delegation_id": delegation_id, "position": position}

    def hold_seats(self) -> None:
        """Add the seats of new delegations that nobody of the file sits on."""
        rows = [
            {**self.place(key, position), "participant_id": None, "state": SeatState.UNNAMED.value}
            for key, quota in self.quotas.items()
            for position in range(self.positions[key] + 1, quota + 1)
        ]
        if rows:
            session().execute(sa.insert(Seat.__table__), rows)  # type: ignore[arg-type]  # as above

    # --- people -----------------------------------------------------------------------------------------------------

    def add_people(self, rows: Sequence[sa.Row[Any]]) -> None:
        if not rows:
            return
        people: list[dict[str, Any]] = []
        legs: list[dict[str, Any]] = []
        keys = reserved(Participant, len(rows))
        seated: list[tuple[int, int, str]] = []
        for row, key in zip(rows, keys, strict=True):
            facts = row.told["write"]
            delegation_id = self.ids.get(row.delegation_id, row.delegation_id)
            people.append(
                {
                    "id": key,
                    "event_id": self.event.id,
                    "delegation_id": delegation_id,
                    "name": facts["name"],
                    "sort_key": sort_key(facts["name"]),
                    "function": facts.get("function", ""),
                    "email": facts.get("email", ""),
                    "phone": facts.get("phone", ""),
                    "languages": facts.get("languages", []),
                    "document_language": facts.get("document_language", ""),
                    "is_head": facts.get("is_head", False),
                    "state": ParticipantState.REGISTERED.value,
                }
            )
            legs += [self.leg(key, direction, facts[direction]) for direction in Direction if direction in facts]
            reached = facts.get("email") or self.contacts.get(delegation_id)
            whole = reached and facts.get("languages") and facts.get("function")
            seated.append((delegation_id, key, SeatState.COMPLETE.value if whole else SeatState.NAMED.value))
        session().execute(sa.insert(Participant.__table__), people)  # type: ignore[arg-type]  # as above
        if legs:
            session().execute(sa.insert(TravelLeg.__table__), legs)  # type: ignore[arg-type]  # as above
        self.seat(seated)
        activity.record_each(self.by, seats.NAMED, Participant, keys, event_id=self.event.id)

    def leg(self, person_id: int, direction: Direction, at: str) -> dict[str, Any]:
        moment = datetime.fromisoformat(at)
        return {"event_id": self.event.id, "participant_id": person_id, "direction": direction.value, "at": moment}

    def seat(self, seated: Sequence[tuple[int, int, str]]) -> None:
        """Give each person a seat: the first free one, or one that a new delegation brings."""
        added, filled = [], []
        for delegation_id, person_id, state in seated:
            self.named[delegation_id] += 1
            if delegation_id in self.quotas:
                self.positions[delegation_id] += 1
                place = self.place(delegation_id, self.positions[delegation_id])
                added.append({**place, "participant_id": person_id, "state": state})
            elif self.free.get(delegation_id):
                filled.append({"key": self.free[delegation_id].pop(), "person": person_id, "now": state})
            else:  # the plan counted them, and nothing has changed since: a bug becomes a refusal, never an oversell
                raise seats.QuotaExceeded(quota=self.quotas.get(delegation_id, 0))
        if added:
            session().execute(sa.insert(Seat.__table__), added)  # type: ignore[arg-type]  # as above
        if filled:
            table = Seat.__table__
            change = sa.update(table).where(table.c.id == sa.bindparam("key"))  # type: ignore[arg-type]  # as above
            session().execute(change.values(participant_id=sa.bindparam("person"), state=sa.bindparam("now")), filled)

    def change_people(self, rows: Sequence[sa.Row[Any]]) -> None:
        """Correct people, or name them again, by the rules that every other save follows."""
        if not rows:
            return
        planned = {row.person_id: row for row in rows}
        query = sa.select(Participant).where(Participant.id.in_(planned)).order_by(Participant.id)
        query = query.options(orm.selectinload(Participant.legs), orm.joinedload(Participant.delegation))
        people = list(session().scalars(query))
        told: list[tuple[Verb, Model, Mapping[str, Any] | None]] = []
        for person in people:
            facts = planned[person.id].told.get("write", {})
            self.correct(person, facts, told)
            if planned[person.id].fate == Fate.BACK:
                seats.set_state(self.event, person, ParticipantState.REGISTERED, self.hooks)
                told.append((seats.PERSON_BACK, person, None))
        session().flush()
        self.seat(
            [
                (person.delegation_id, person.id, SeatState.NAMED.value)
                for person in people
                if planned[person.id].fate == Fate.BACK
            ]
        )
        for seat in session().scalars(sa.select(Seat).where(Seat.participant_id.in_(planned))):
            seats.settle(seat)
        activity.record_all(self.by, told)
        session().flush()

    def correct(self, person: Participant, facts: Mapping[str, Any], told: list[Any]) -> None:
        for name in seats.FACTS:
            if name in facts:
                setattr(person, name, facts[name])
        person.sort_key = sort_key(person.name)
        if differences := seats.tell_of_edit(self.event, person, self.hooks):
            told.append((seats.PERSON_CHANGED, person, differences))
        legs = []
        for direction in Direction:
            if direction in facts:
                leg = person.leg(direction)
                kept = (leg.mode, leg.number, leg.place) if leg else ("", "", "")
                legs.append(travel.Travel(direction, *kept, datetime.fromisoformat(facts[direction])))
        if legs:
            travel.save_travel(self.event, person, legs, by=self.by, hooks=self.hooks)

    # --- counters ---------------------------------------------------------------------------------------------------

    def count(self) -> None:
        """Move the counters that back the quotas; the CHECK behind them refuses what a bug might write."""
        rows = [{"key": key, "more": number} for key, number in self.named.items()]
        if not rows:
            return
        started = [
            key
            for part in _parts([row["key"] for row in rows])
            for key in session().scalars(
                sa.select(Delegation.id).where(Delegation.id.in_(part), Delegation.state == DelegationState.INVITED)
            )
        ]
        table = Delegation.__table__
        session().execute(
            sa.update(table)  # type: ignore[arg-type]  # as above
            .where(table.c.id == sa.bindparam("key"))
            .values(
                seats_named=table.c.seats_named + sa.bindparam("more"),
                saved_at=clock.now(),
                state=sa.case(
                    (table.c.state == DelegationState.INVITED.value, DelegationState.REGISTERING.value),
                    else_=table.c.state,
                ),
            ),
            rows,
        )
        changes = {"state": [DelegationState.INVITED.value, DelegationState.REGISTERING.value]}
        activity.record_each(self.by, seats.STARTED, Delegation, started, event_id=self.event.id, changes=changes)


def _parts(keys: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
