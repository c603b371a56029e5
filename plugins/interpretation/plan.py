"""From needs and bookings to the sessions that the staffing rules check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from zoneinfo import ZoneInfo

from eventhub.api import Event, ItemKind, ProgrammeItem, language

from .coverage import Crowd, Following, following
from .models import Assignment, Interpreter, Need
from .rules import IN_BOOTH, Mode, Profile
from .sessions import Commitment, InterpreterProfile, Pair, Session
from .staffing import Violation, check_staffing


@dataclass(frozen=True)
class Booked:
    """An interpreter is, or might be, at an item; ``booth`` tells its teams apart."""

    interpreter: int
    item_id: int
    booth: str = ""


def booked(assignment: Assignment) -> Booked:
    return Booked(assignment.interpreter_id, assignment.item_id, assignment.booth)


def profile_of(person: Interpreter) -> InterpreterProfile:
    return InterpreterProfile(
        person.id, frozenset(person.a_languages), frozenset(person.b_languages), frozenset(person.c_languages)
    )


def pair_of(need: Need) -> Pair:
    return Pair(need.from_language, need.to_language)


def repeated(item: ProgrammeItem) -> bool:
    """Tell whether everything is said in each floor language: a guide repeats, the speakers of a plenary do not."""
    return item.kind == ItemKind.VISIT


@dataclass(frozen=True)
class Plan:
    """The items that take place, what is asked for at each, who is booked, and who is expected to listen.

    ``needs`` are those to cover, by item. ``crowds`` may stay empty where nobody counts listeners.
    """

    zone: ZoneInfo
    items: Mapping[int, ProgrammeItem]
    needs: Mapping[int, Sequence[Need]]
    bookings: tuple[Booked, ...]
    people: Mapping[int, InterpreterProfile]
    crowds: Mapping[int, Crowd] = field(default_factory=dict)

    def following(self, item: ProgrammeItem, needs: Iterable[Need], settled: Iterable[Need] = ()) -> Following:
        return following(
            self.crowds.get(item.id, {}),
            item.floor_languages,
            [pair_of(need) for need in needs],
            settled=[pair_of(need) for need in settled],
            repeated=repeated(item),
        )

    def listeners(self, item: ProgrammeItem, needs: Sequence[Need]) -> int:
        """Return how many listen to these needs: as written where somebody wrote it, else counted, each person once."""
        written = sum(need.listeners for need in needs if need.listeners is not None)
        return written + self.following(item, [need for need in needs if need.listeners is None]).served

    @cached_property
    def _by_item(self) -> dict[int, list[Booked]]:
        found: dict[int, list[Booked]] = defaultdict(list)
        for each in self.bookings:
            found[each.item_id].append(each)
        return found

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        return tuple(session for item in self.items.values() for session in self._sessions_at(item))

    def _sessions_at(self, item: ProgrammeItem) -> Iterable[Session]:
        teams: dict[tuple[str, str], list[Need]] = defaultdict(list)
        for need in self.needs.get(item.id, ()):
            teams[need.booth, need.mode].append(need)
        here = self._by_item.get(item.id, [])
        for (booth, mode), asked in teams.items():
            yield Session(
                item.id,
                item.starts_at,
                item.ends_at,
                Mode(mode),
                frozenset(pair_of(need) for need in asked),
                booth or None,
                self.listeners(item, asked),
                # the only team of an item is everybody's, whatever its booth was called when they were booked
                tuple(each.interpreter for each in here if len(teams) == 1 or each.booth == booth),
                place=site(item),
                label=item.title.label(language()),
            )

    @cached_property
    def commitments(self) -> tuple[Commitment, ...]:
        """What interpreters are booked for besides the sessions: rehearsals, and items that ask for nothing."""
        at_work = {(who, session.item_id) for session in self.sessions for who in session.team}
        found = []
        for each in self.bookings:
            item = self.items.get(each.item_id)
            if item is not None and (each.interpreter, each.item_id) not in at_work:
                label = item.title.label(language())
                found.append(
                    Commitment(each.interpreter, item.starts_at, item.ends_at, label, site(item), item.id, each.booth)
                )
        return tuple(found)

    def violations(self, profile: Profile) -> tuple[Violation, ...]:
        return check_staffing(self.sessions, self.people, self.commitments, profile, self.zone)

    def also(self, person: Interpreter, bookings: Iterable[Booked]) -> Plan:
        """Return the plan as it would be with these bookings of the interpreter, in place of theirs at the items."""
        new = tuple(bookings)
        keys = {(each.interpreter, each.item_id) for each in new}
        kept = tuple(each for each in self.bookings if (each.interpreter, each.item_id) not in keys)
        return replace(self, bookings=(*kept, *new), people={**self.people, person.id: profile_of(person)})


def plan_of(
    event: Event,
    items: Iterable[ProgrammeItem],
    needs: Mapping[int, Sequence[Need]],
    assignments: Iterable[Assignment],
    crowds: Mapping[int, Crowd] | None = None,
) -> Plan:
    """Return the plan of these items, from the needs that are not waived and the bookings that hold."""
    known = {item.id: item for item in items}
    held = [each for each in assignments if each.item_id in known and each.live]
    return Plan(
        event.zone,
        known,
        {key: [need for need in asked if not need.waived] for key, asked in needs.items()},
        tuple(booked(each) for each in held),
        {each.interpreter_id: profile_of(each.interpreter) for each in held},
        crowds or {},
    )


def site(item: ProgrammeItem) -> str:
    """Return the venue: two of its rooms are one place."""
    return item.room.venue.name if item.room else ""


def in_booths(needs: Iterable[Need]) -> frozenset[str]:
    """Return the booths that stand in the room, by name; those without a name are one."""
    return frozenset(need.booth for need in needs if need.mode == Mode.SIMULTANEOUS)


def heard_by_headset(need: Need) -> bool:
    return Mode(need.mode) in IN_BOOTH
