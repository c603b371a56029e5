"""Booking interpreters: what a booking would break is said before it is written, and what it costs to cancel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    Actor,
    Event,
    ProgrammeItem,
    Refused,
    Verb,
    _l,
    activity,
    clock,
    events,
    get,
    language,
    locked,
    programme,
    session,
)

from . import domain
from .models import LIVE, Assignment, AssignmentState, Interpreter, Need
from .plan import Booked, plan_of
from .profiles import PAIR_NOT_HELD, PROFILES
from .rules import Cancellation, RelayAvoided, RelayBooth, RelayGivers, TeamSize, WhisperListeners
from .staffing import Violation, cancellation

BOOKED = Verb("interpretation:booked", _l("Interpreter booked"))
MOVED = Verb("interpretation:booking_moved", _l("State of a booking changed"))

NEXT_STATES: dict[str, tuple[AssignmentState, ...]] = {
    AssignmentState.OPTION: (AssignmentState.FIRM, AssignmentState.DECLINED, AssignmentState.CANCELLED),
    AssignmentState.FIRM: (AssignmentState.CANCELLED,),
    AssignmentState.DECLINED: (),
    AssignmentState.CANCELLED: (),
}
# What a team lacks is no fault of the one who joins it
OF_TEAMS = (TeamSize, WhisperListeners, RelayAvoided, RelayGivers, RelayBooth)


class NothingChosen(Refused):
    message = _l("Choose at least one item of the programme.")
    field = "item_ids"


class ItemNotHeld(Refused):
    message = _l("One of these items no longer takes place. Choose others.")
    field = "item_ids"


class InterpreterAway(Refused):
    message = _l("%(name)s is archived. Take them back first, or choose somebody else.")
    field = "interpreter_id"


class AlreadyBooked(Refused):
    message = _l("%(name)s is already booked for “%(title)s”. Leave that item out.")
    field = "item_ids"


class WhichTeam(Refused):
    message = _l("“%(title)s” has several teams: %(booths)s. Write which one.")
    field = "booth"


class DoesNotFit(Refused):
    message = _l("This booking does not fit. Change it, or tick “Book all the same” and write why.")
    field = "anyway"


class NoReason(Refused):
    message = _l("Write why this booking holds although it does not fit.")
    field = "reason"


class StateNotPossible(Refused):
    message = _l("This is not possible in the present state of the booking. Reload the page to see what is.")


@dataclass(frozen=True)
class Wanted:
    """A booking as a form asks for it; ``anyway`` and ``reason`` together let one through that does not fit."""

    item_ids: Sequence[int]
    booth: str = ""
    state: AssignmentState = AssignmentState.OPTION
    anyway: bool = False
    reason: str = ""


@dataclass(frozen=True)
class DayContract:
    """One interpreter's contract of one day; ``rate`` is net of VAT, in cents, None where it is not known."""

    day: date
    interpreter: Interpreter
    bookings: tuple[Assignment, ...]

    @property
    def rate(self) -> int | None:
        return self.interpreter.day_rate


# --- reading --------------------------------------------------------------------------------------------------------


def list_query(
    event: Event,
    *,
    state: str = "",
    interpreter_id: int | None = None,
    provider_id: int | None = None,
    day: date | None = None,
) -> sa.Select[Assignment]:
    """Return the query of the bookings in order of time; interpreters, providers and items come with them."""
    query = (
        sa.select(Assignment)
        .join(Assignment.interpreter)
        .join(Assignment.item)
        .where(Assignment.event_id == event.id)
        .options(
            orm.contains_eager(Assignment.interpreter).joinedload(Interpreter.provider),
            orm.contains_eager(Assignment.item).joinedload(ProgrammeItem.room),
        )
        .order_by(ProgrammeItem.starts_at, ProgrammeItem.id, Interpreter.sort_key, Assignment.id)
    )
    if state == "live":
        query = query.where(Assignment.state.in_(LIVE))
    elif state:
        query = query.where(Assignment.state == state)
    if interpreter_id:
        query = query.where(Assignment.interpreter_id == interpreter_id)
    if provider_id:
        query = query.where(Interpreter.provider_id == provider_id)
    if day:
        midnight = datetime.combine(day, datetime.min.time(), event.zone)
        query = query.where(ProgrammeItem.starts_at >= midnight, ProgrammeItem.starts_at < midnight + timedelta(days=1))
    return query


def live(event: Event, *, interpreter_id: int | None = None, provider_id: int | None = None) -> list[Assignment]:
    """Return the options and firm bookings, in one statement."""
    query = list_query(event, state="live", interpreter_id=interpreter_id, provider_id=provider_id)
    return list(session().scalars(query))


def at(event: Event, item: ProgrammeItem) -> list[Assignment]:
    """Return every booking of the item, ended ones too, options and firm ones first."""
    query = list_query(event).where(Assignment.item_id == item.id)
    return sorted(session().scalars(query), key=lambda found: (not found.live, found.interpreter.sort_key))


def assignment(event: Event, assignment_id: int) -> Assignment:
    return get(Assignment, assignment_id, event_id=event.id)


def assignment_for_change(event: Event, assignment_id: int) -> Assignment:
    """Return the booking locked; call it first in the transaction."""
    return locked(Assignment, assignment_id, event_id=event.id)


def contracts(event: Event, bookings: Iterable[Assignment]) -> list[DayContract]:
    """Return the day contracts: one per interpreter and day of the event's zone, whatever the number of items."""
    days: dict[tuple[date, str, int], list[Assignment]] = defaultdict(list)
    for each in bookings:
        day = each.item.starts_at.astimezone(event.zone).date()
        days[day, each.interpreter.sort_key, each.interpreter_id].append(each)
    return [DayContract(key[0], found[0].interpreter, tuple(found)) for key, found in sorted(days.items())]


def cost(found: Iterable[DayContract]) -> int:
    """Return the net sum of the contracts whose rate is known, in cents."""
    return sum(contract.rate or 0 for contract in found)


# --- booking --------------------------------------------------------------------------------------------------------


def weigh(event: Event, person: Interpreter, wanted: Wanted) -> tuple[Violation, ...]:
    """Return what the booking would break for this interpreter that is not broken already.

    Two places at once, no pair of the item, and their hours, rests and lunch under the event's profile.
    """
    items = programme.active_items(event)
    plan = plan_of(event, items, domain.needs_by_item(event), live(event))
    profile = PROFILES[domain.settings(event).profile]
    before = plan.violations(profile)
    after = plan.also(person, [Booked(person.id, key, wanted.booth) for key in wanted.item_ids]).violations(profile)
    return tuple(
        found
        for found in after
        if person.id in found.interpreters
        and found not in before
        and not isinstance(found.rule, OF_TEAMS)
        and found.rule is not PAIR_NOT_HELD
    )


def book(event: Event, person: Interpreter, wanted: Wanted, *, by: Actor) -> list[Assignment]:
    """Book the interpreter, who was locked in this transaction, for the items, or refuse.

    What does not fit is refused unless it is wanted all the same, with the reason that colleagues will read.
    """
    events.check_not_frozen(event)
    if person.archived_at is not None:
        raise InterpreterAway(name=person.name)
    if not wanted.item_ids:
        raise NothingChosen
    items = _chosen(event, wanted.item_ids)
    known = {each.item_id: each for each in session().scalars(_all_of(person))}
    for item in items:
        if item.id in known and known[item.id].live:
            raise AlreadyBooked(name=person.name, title=item.title.label(language()))
    needs = domain.needs_by_item(event)
    teams = {item.id: team_of(item, needs.get(item.id, ()), wanted.booth) for item in items}
    breaks = weigh(event, person, wanted)
    if breaks and not wanted.anyway:
        raise DoesNotFit
    if breaks and not wanted.reason:
        raise NoReason
    written = []
    for item in items:
        new = known.get(item.id) or Assignment(
            event_id=event.id, interpreter_id=person.id, interpreter=person, item_id=item.id, item=item
        )
        new.state, new.booth, new.reason = wanted.state, teams[item.id], wanted.reason if breaks else ""
        session().add(new)
        session().flush()
        activity.record(by, BOOKED, new, {"state": [None, str(wanted.state)], "reason": [None, new.reason]})
        written.append(new)
    return written


def _all_of(person: Interpreter) -> sa.Select[Assignment]:
    return sa.select(Assignment).where(Assignment.interpreter_id == person.id)


def _chosen(event: Event, ids: Sequence[int]) -> list[ProgrammeItem]:
    held = [item for item in programme.active_items(event) if item.id in set(ids)]
    if len(held) != len(set(ids)):
        raise ItemNotHeld
    return held


def team_of(item: ProgrammeItem, needs: Iterable[Need], booth: str) -> str:
    """Return the name of the item's team that is meant: its only one, or the one that was written."""
    booths = sorted({need.booth for need in needs if not need.waived})
    if len(booths) > 1 and booth not in booths:
        raise WhichTeam(title=item.title.label(language()), booths=", ".join(name or "–" for name in booths))
    return booth if len(booths) > 1 else next(iter(booths), booth)


def move(event: Event, found: Assignment, state: AssignmentState, *, by: Actor) -> None:
    """Move a booking that was locked in this transaction: an option becomes firm, is declined or cancelled."""
    events.check_not_frozen(event)
    if state not in NEXT_STATES[found.state]:
        raise StateNotPossible
    found.state = state
    activity.edited(by, MOVED, found)


def owed(event: Event, found: Assignment) -> Cancellation | None:
    """Return the rule of the event's profile that says which share of the fee a cancellation costs now, if one does."""
    if found.state != AssignmentState.FIRM:
        return None
    return cancellation(PROFILES[domain.settings(event).profile], clock.now(), found.item.starts_at)
