"""What interpreters are booked for: sessions, the blocks that a team works through, and everything else they hold.

Plain values, filled from the programme, the needs and the bookings. Every moment is aware.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations

from .rules import IN_BOOTH, Mode

# A coffee break rests the room, not the team: it stays on duty. The break of the reference event's opening afternoon is
# exactly this long, and that afternoon is one block.
LONGEST_BREAK = timedelta(minutes=30)


@dataclass(frozen=True, order=True)
class Pair:
    """A direction of work, from one language into another, by their codes."""

    source: str
    target: str


def both_ways(*languages: str) -> frozenset[Pair]:
    """Return the pairs of a team that works from each of the languages into each other."""
    return frozenset(Pair(source, target) for source, target in permutations(languages, 2))


@dataclass(frozen=True)
class Session:
    """What one team does at one programme item: one booth of it, or its consecutive, whispering or tour-guide team.

    ``booth`` is its name, None where there is none, or none yet. ``team`` holds ids of interpreters. ``place`` is the
    site rather than the room: two rooms of one venue are one place. ``heavy`` marks a heavy workload, such as read-out
    or technical speech.
    """

    item_id: int
    starts_at: datetime
    ends_at: datetime
    mode: Mode
    pairs: frozenset[Pair]
    booth: str | None = None
    listeners: int = 0
    team: tuple[int, ...] = ()
    heavy: bool = False
    place: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        check_times(self.starts_at, self.ends_at)
        if not self.pairs:
            raise ValueError("a session interprets from one language into another: it has at least one pair")

    @property
    def languages(self) -> frozenset[str]:
        """The languages that the team works from or into."""
        return frozenset(language for pair in self.pairs for language in (pair.source, pair.target))

    @property
    def two_way(self) -> bool:
        """Whether the team works back from a language into which it works."""
        return any(Pair(pair.target, pair.source) in self.pairs for pair in self.pairs)


@dataclass(frozen=True)
class InterpreterProfile:
    """The languages of an interpreter: ``a`` mother tongue, ``b`` active, both worked into; ``c`` worked from only."""

    id: int
    a: frozenset[str]
    b: frozenset[str] = frozenset()
    c: frozenset[str] = frozenset()

    def holds(self, pair: Pair) -> bool:
        """Return whether they work from the source into the target."""
        return pair.source != pair.target and pair.source in self.a | self.b | self.c and pair.target in self.a | self.b


@dataclass(frozen=True)
class Commitment:
    """Something that keeps an interpreter: a session, a rehearsal, a transfer, a job elsewhere; ``place`` is a site.

    ``item_id`` and ``booth`` tell which session of the programme it is, ``contract`` names the contract it is under.
    """

    interpreter: int
    starts_at: datetime
    ends_at: datetime
    label: str
    place: str = ""
    item_id: int | None = None
    booth: str | None = None
    contract: str | None = None

    def __post_init__(self) -> None:
        check_times(self.starts_at, self.ends_at)

    def is_also(self, other: Commitment) -> bool:
        """Return whether the two are one thing told twice, such as a session and its booking."""
        same_session = self.item_id is not None and (self.item_id, self.booth) == (other.item_id, other.booth)
        return self == other or (self.interpreter == other.interpreter and same_session)


@dataclass(frozen=True)
class Block:
    """Sessions that one booth works through without a rest, or a single session outside booths.

    ``languages`` counts the working languages of the meeting, those of its other booths included; ``shared`` says that
    there are other booths.
    """

    sessions: tuple[Session, ...]
    languages: int
    shared: bool = False

    @property
    def mode(self) -> Mode:
        return self.sessions[0].mode

    @property
    def minutes(self) -> int:
        """From the first word to the last, breaks included."""
        return minutes_between(self.sessions[0].starts_at, max(session.ends_at for session in self.sessions))

    @property
    def team(self) -> tuple[int, ...]:
        return team_of(self.sessions)

    @property
    def items(self) -> tuple[int, ...]:
        return items_of(self.sessions)

    @property
    def booths(self) -> int:
        """One; as many as target languages where there are more than two languages and no booth has a name yet.

        Source: AIIC's article 6 and AIIC Canada agree on the number of booths.
        """
        if self.mode not in IN_BOOTH or self.languages <= 2 or self.sessions[0].booth is not None:
            return 1
        return len({pair.target for session in self.sessions for pair in session.pairs})

    @property
    def strained(self) -> bool:
        """Whether the booth carries a heavy workload or works both ways."""
        return any(session.heavy or session.two_way for session in self.sessions)


def block_of(session: Session) -> Block:
    """Return the session as a block of its own, with no other booth beside it."""
    return Block((session,), len(session.languages))


def blocks(sessions: Sequence[Session], longest_break: timedelta = LONGEST_BREAK) -> tuple[Block, ...]:
    """Return the blocks that the teams work through, in order.

    The sessions of one named booth are one block for as long as no break between them exceeds ``longest_break``. Other
    modes, and booths without a name, stand alone: nothing says that the team is the same.
    """
    by_item = meetings(sessions)
    by_booth: dict[str, list[Session]] = defaultdict(list)
    groups: list[list[Session]] = []
    for session in sessions:
        if session.mode in IN_BOOTH and session.booth is not None:
            by_booth[session.booth].append(session)
        else:
            groups.append([session])
    for of_booth in by_booth.values():
        groups += chains(of_booth, longest_break)
    found = []
    for group in groups:
        around = [by_item[session.item_id] if session.mode in IN_BOOTH else [session] for session in group]
        languages = max(len(languages_of(meeting)) for meeting in around)
        found.append(Block(tuple(group), languages, any(has_several_teams(meeting) for meeting in around)))
    return tuple(sorted(found, key=lambda block: (block.sessions[0].starts_at, block.items)))


def meetings(sessions: Iterable[Session]) -> dict[int, list[Session]]:
    """Return the sessions in booths by their item: all the booths of an item serve one meeting."""
    by_item: dict[int, list[Session]] = defaultdict(list)
    for session in sessions:
        if session.mode in IN_BOOTH:
            by_item[session.item_id].append(session)
    return dict(by_item)


def has_several_teams(meeting: Iterable[Session]) -> bool:
    """Return whether more than one team serves the meeting: another booth, or other pairs while booths have no name."""
    return len({(session.booth, session.pairs) for session in meeting}) > 1


def chains(sessions: Iterable[Session], longest_break: timedelta = LONGEST_BREAK) -> list[list[Session]]:
    """Return the sessions in order, cut wherever more than the longest break lies between two of them."""
    cut: list[list[Session]] = []
    for session in sorted(sessions, key=lambda session: (session.starts_at, session.ends_at, session.item_id)):
        if cut and session.starts_at - max(before.ends_at for before in cut[-1]) <= longest_break:
            cut[-1].append(session)
        else:
            cut.append([session])
    return cut


def commitments_of(sessions: Iterable[Session]) -> tuple[Commitment, ...]:
    """Return what the sessions keep each of their interpreters for."""
    return tuple(
        Commitment(
            who, session.starts_at, session.ends_at, session.label, session.place, session.item_id, session.booth
        )
        for session in sessions
        for who in dict.fromkeys(session.team)
    )


def everything_held(sessions: Iterable[Session], commitments: Iterable[Commitment]) -> tuple[Commitment, ...]:
    """Return the sessions and the other commitments; a booking of a session gives way to it: the programme holds."""
    booked = commitments_of(sessions)
    keys = {(each.interpreter, each.item_id, each.booth) for each in booked}
    return (*booked, *(each for each in commitments if (each.interpreter, each.item_id, each.booth) not in keys))


def team_of(sessions: Iterable[Session]) -> tuple[int, ...]:
    """Return who works at the sessions, each once, in the order of the teams."""
    return tuple(dict.fromkeys(interpreter for session in sessions for interpreter in session.team))


def items_of(sessions: Iterable[Session]) -> tuple[int, ...]:
    """Return the programme items of the sessions, each once."""
    return tuple(dict.fromkeys(session.item_id for session in sessions))


def languages_of(sessions: Iterable[Session]) -> frozenset[str]:
    """Return the languages worked from or into at any of the sessions."""
    return frozenset(language for session in sessions for language in session.languages)


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raise ValueError unless both moments are aware and in order."""
    if starts_at.utcoffset() is None or ends_at.utcoffset() is None:
        raise ValueError("a start and an end need a time zone")
    if starts_at >= ends_at:
        raise ValueError("an end comes after its start")


def minutes_between(start: datetime, end: datetime) -> int:
    """Return the minutes that pass, rounded up to whole ones; through UTC, since wall clocks jump."""
    return -((start.astimezone(UTC) - end.astimezone(UTC)) // timedelta(minutes=1))
