"""Whether the interpreters booked are enough, hold the languages and can be there: pure rules over the programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from eventhub.api import Severity

from .profiles import NO_PAIR, PAIR_NOT_HELD, TWO_PLACES
from .rules import (
    IN_BOOTH,
    NO_LIMIT,
    Cancellation,
    DayLength,
    Lunch,
    Mode,
    OneContract,
    OnSite,
    Profile,
    RelayAvoided,
    RelayBooth,
    RelayGivers,
    Rule,
    Scope,
    SessionCount,
    SessionLength,
    SessionPause,
    TeamSize,
    WhisperListeners,
)
from .sessions import (
    Block,
    Commitment,
    InterpreterProfile,
    Pair,
    Session,
    block_of,
    blocks,
    chains,
    everything_held,
    has_several_teams,
    items_of,
    languages_of,
    meetings,
    minutes_between,
    team_of,
)


@dataclass(frozen=True)
class Requirement:
    """At least ``count`` interpreters by this rule; where it is not allowed, no number is enough and ``count`` is 0."""

    count: int
    allowed: bool
    rule: TeamSize


@dataclass(frozen=True)
class Violation:
    """A rule that does not hold: on which items, for which interpreters, with the numbers that say how far.

    Parameters are counts, durations in minutes (their names end in ``minutes``) or codes of languages.
    """

    rule: Rule
    parameters: Mapping[str, int | str] = field(hash=False)
    items: tuple[int, ...] = ()
    interpreters: tuple[int, ...] = ()

    @property
    def rule_id(self) -> str:
        return self.rule.id

    @property
    def source(self) -> str:
        return self.rule.source

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    def wording(self, language: str) -> str:
        """Return the rule and what was found, in the language; raises LookupError where it has no such words."""
        return self.rule.in_words(language, self.parameters)


@dataclass(frozen=True)
class DoubleBooking:
    """Two commitments of one interpreter that overlap; ``first`` starts first."""

    first: Commitment
    second: Commitment

    @property
    def violation(self) -> Violation:
        overlap = minutes_between(self.second.starts_at, min(self.first.ends_at, self.second.ends_at))
        items = (commitment.item_id for commitment in (self.first, self.second) if commitment.item_id is not None)
        return Violation(TWO_PLACES, {"minutes": overlap}, tuple(dict.fromkeys(items)), (self.first.interpreter,))


def check_staffing(
    sessions: Sequence[Session],
    interpreters: Mapping[int, InterpreterProfile],
    commitments: Sequence[Commitment],
    profile: Profile,
    zone: ZoneInfo,
) -> tuple[Violation, ...]:
    """Return everything that does not fit: teams, languages, overlaps, then the day of each interpreter in turn.

    ``commitments`` are what the interpreters hold besides the sessions; bookings of the sessions may be among them to
    bring their contracts, and are recognised by item and booth. Raises LookupError for an interpreter whose languages
    are not given.
    """
    found: list[Violation] = []
    for block in blocks(sessions):
        found += check_block(block, profile)
    for meeting in meetings(sessions).values():
        found += check_meeting(meeting, profile)
        found += check_pairs(meeting, interpreters, profile)
    for session in sessions:
        if session.mode not in IN_BOOTH:
            found += check_pairs([session], interpreters, profile)
    held = everything_held(sessions, commitments)
    found += [double.violation for double in double_bookings(held)]
    days = {(each.interpreter, each.starts_at.astimezone(zone).date()) for each in held}
    for interpreter, day in sorted(days):
        found += check_day(interpreter, day, sessions, commitments, profile, zone)
    return tuple(found)


def required_team(work: Session | Block, profile: Profile) -> Requirement:
    """Return the largest team that a rule of the profile asks for; a rule that allows no team comes before all.

    Where the booth is one of several, rules on the whole meeting are left to ``check_meeting``.
    """
    block = block_of(work) if isinstance(work, Session) else work
    requirements = [
        Requirement(rule.count * (block.booths if rule.scope is Scope.BOOTH else 1), rule.allowed, rule)
        for rule in profile.of(TeamSize)
        if rule.covers(block.mode, languages=block.languages, minutes=block.minutes, strained=block.strained)
        and not (block.shared and rule.scope is Scope.MEETING)
    ]
    return max(requirements, key=lambda requirement: (not requirement.allowed, requirement.count))


def check_block(block: Block, profile: Profile) -> tuple[Violation, ...]:
    """Return where the team of the block is too small, and where it whispers for too many.

    The team may change within a block: then each session needs enough interpreters of its own, too.
    """
    found = [*_shortage(block, profile)]
    for session in block.sessions:
        if len(set(session.team)) < len(block.team):
            found += _shortage(replace(block, sessions=(session,)), profile)
        if session.mode is Mode.WHISPERED:
            found += [
                Violation(rule, {"listeners": session.listeners}, (session.item_id,), session.team)
                for rule in profile.of(WhisperListeners)
                if session.listeners > rule.most
            ]
    return tuple(found)


def _shortage(block: Block, profile: Profile) -> list[Violation]:
    """Return the team size that the block falls short of, if it does."""
    need = required_team(block, profile)
    if need.allowed and len(block.team) >= need.count:
        return []
    return [_too_few(need.rule, need.count, block.team, block.minutes, block.items)]


def _too_few(rule: TeamSize, needed: int, team: tuple[int, ...], minutes: int, items: tuple[int, ...]) -> Violation:
    limit = {"limit_minutes": rule.minutes.stop - 1} if rule.minutes.stop < NO_LIMIT else {}
    return Violation(rule, {"minutes": minutes, **limit, "needed": needed, "assigned": len(team)}, items, team)


def check_meeting(meeting: Sequence[Session], profile: Profile) -> tuple[Violation, ...]:
    """Return where the teams of one item have too few interpreters between them.

    A team that is alone at its item is left to ``check_block``.
    """
    if not has_several_teams(meeting):
        return ()
    team, languages = team_of(meeting), len(languages_of(meeting))
    minutes = minutes_between(min(s.starts_at for s in meeting), max(s.ends_at for s in meeting))
    return tuple(
        _too_few(rule, rule.count, team, minutes, items_of(meeting))
        for rule in profile.of(TeamSize)
        if rule.scope is Scope.MEETING
        and rule.covers(meeting[0].mode, languages=languages, minutes=minutes, strained=False)
        and len(team) < rule.count
    )


def check_pairs(
    meeting: Sequence[Session], interpreters: Mapping[int, InterpreterProfile], profile: Profile
) -> tuple[Violation, ...]:
    """Return the pairs of languages that nobody holds, those that go by relay, and interpreters who hold none.

    ``meeting`` is one item's booths, which may take relay from each other, or one session of another mode. A session
    without a team is left to ``check_block``.
    """
    found: list[Violation] = []
    spoken = languages_of(meeting)
    for session in meeting:
        team = [interpreters[who] for who in dict.fromkeys(session.team)]
        for pair in sorted(session.pairs) if team else ():
            if not any(person.holds(pair) for person in team):
                found += _without_holder(pair, session, meeting, interpreters, profile)
        targets = {pair.target for pair in session.pairs}
        found += [
            Violation(NO_PAIR, {}, (session.item_id,), (person.id,))
            for person in team
            if not any(person.holds(Pair(source, target)) for source in spoken for target in targets)
        ]
    return tuple(found)


def _without_holder(
    pair: Pair,
    session: Session,
    meeting: Sequence[Session],
    interpreters: Mapping[int, InterpreterProfile],
    profile: Profile,
) -> list[Violation]:
    """Return what is wrong where nobody on the session's team holds the pair: no relay either, or a relay too thin."""
    names = {"source": pair.source, "target": pair.target}
    relays: dict[Session, list[int]] = {}
    for other in meeting:
        givers = [
            who
            for who in dict.fromkeys(other.team)
            if other is not session
            and any(
                interpreters[who].holds(first) and interpreters[taker].holds(Pair(first.target, pair.target))
                for first in other.pairs
                if first.source == pair.source
                for taker in session.team
            )
        ]
        if givers:
            relays[other] = givers
    if not relays:
        return [Violation(PAIR_NOT_HELD, names, (session.item_id,), session.team)]
    all_givers = tuple(dict.fromkeys(who for givers in relays.values() for who in givers))
    found = [Violation(rule, names, (session.item_id,), session.team) for rule in profile.of(RelayAvoided)]
    found += [
        Violation(rule, {**names, "givers": len(all_givers)}, (session.item_id,), all_givers)
        for rule in profile.of(RelayGivers)
        if len(all_givers) < rule.count
    ]
    found += [
        Violation(rule, {"assigned": len(set(other.team))}, (other.item_id,), other.team)
        for rule in profile.of(RelayBooth)
        for other in relays
        if other.two_way and len(set(other.team)) < rule.count
    ]
    return found


def double_bookings(commitments: Iterable[Commitment]) -> tuple[DoubleBooking, ...]:
    """Return the overlaps between different commitments of one interpreter; those that only touch are fine."""
    found = []
    held = sorted(commitments, key=lambda each: (each.interpreter, each.starts_at, each.ends_at, each.label))
    for place, first in enumerate(held):
        for second in held[place + 1 :]:
            if second.interpreter != first.interpreter or second.starts_at >= first.ends_at:
                break
            if not first.is_also(second):
                found.append(DoubleBooking(first, second))
    return tuple(found)


def check_day(
    interpreter: int,
    day: date,
    sessions: Iterable[Session],
    commitments: Iterable[Commitment],
    profile: Profile,
    zone: ZoneInfo,
) -> tuple[Violation, ...]:
    """Return what is wrong with an interpreter's day by the zone's calendar: its hours, rests, lunch and contracts.

    Work counts from the first word of a block to its last. ``commitments`` are those of ``check_staffing``.
    """
    mine = [s for s in sessions if interpreter in s.team and s.starts_at.astimezone(zone).date() == day]
    theirs = [c for c in commitments if c.interpreter == interpreter and _touches(c, day, zone)]
    held = [c for c in everything_held(mine, theirs) if c.interpreter == interpreter]
    return (
        *_hours(interpreter, mine, profile),
        *_arrivals(interpreter, mine, held, profile),
        *_lunch(interpreter, day, held, profile, zone),
        *_contracts(interpreter, theirs, profile),
    )


def _touches(commitment: Commitment, day: date, zone: ZoneInfo) -> bool:
    first, last = commitment.starts_at.astimezone(zone).date(), commitment.ends_at.astimezone(zone).date()
    return first <= day <= last


def _hours(interpreter: int, mine: Sequence[Session], profile: Profile) -> list[Violation]:
    """Return where sessions are too long, too close or too many, and where the day is."""
    found: list[Violation] = []
    for limit in profile.of(DayLength):
        counted = [session for session in mine if session.mode in limit.modes]
        minutes = sum(_length(chain) for chain in chains(counted))
        if minutes in limit.minutes:
            found.append(Violation(limit, {"minutes": minutes}, items_of(counted), (interpreter,)))
    worked = chains(mine)
    for length in profile.of(SessionLength):
        found += [
            Violation(length, {"minutes": _length(chain)}, items_of(chain), (interpreter,))
            for chain in worked
            if _length(chain) > length.most
        ]
    for pause in profile.of(SessionPause):
        for before, after in pairwise(worked):
            minutes = minutes_between(max(session.ends_at for session in before), after[0].starts_at)
            if minutes < pause.least:
                found.append(Violation(pause, {"minutes": minutes}, items_of([*before, *after]), (interpreter,)))
    for number in profile.of(SessionCount):
        if len(worked) > number.most:
            found.append(Violation(number, {"sessions": len(worked)}, items_of(mine), (interpreter,)))
    return found


def _length(chain: Sequence[Session]) -> int:
    return minutes_between(chain[0].starts_at, max(session.ends_at for session in chain))


def _arrivals(
    interpreter: int, mine: Sequence[Session], held: Sequence[Commitment], profile: Profile
) -> list[Violation]:
    """Return where a commitment at another site ends too shortly before a session to be there in time."""
    return [
        Violation(rule, {"minutes": minutes}, (session.item_id,), (interpreter,))
        for rule in profile.of(OnSite)
        for session in mine
        for before in held
        if before.place and session.place and before.place != session.place and before.ends_at <= session.starts_at
        if (minutes := minutes_between(before.ends_at, session.starts_at)) < rule.least
    ]


def _lunch(
    interpreter: int, day: date, held: Sequence[Commitment], profile: Profile, zone: ZoneInfo
) -> list[Violation]:
    """Return a lunch that is too short, for whoever works before and after the hours of lunch."""
    found = []
    for rule in profile.of(Lunch):
        opens, closes = (datetime.combine(day, hour, tzinfo=zone) for hour in (rule.opens, rule.closes))
        if not (any(c.starts_at < opens for c in held) and any(c.ends_at > closes for c in held)):
            continue
        free_from, longest = opens, timedelta(0)
        for commitment in sorted(held, key=lambda c: c.starts_at):
            longest = max(longest, min(commitment.starts_at, closes) - free_from)
            free_from = max(free_from, commitment.ends_at)
        longest = max(longest, closes - free_from)
        minutes = longest // timedelta(minutes=1)
        if minutes < rule.least:
            items = tuple(dict.fromkeys(c.item_id for c in held if c.item_id is not None))
            found.append(Violation(rule, {"minutes": minutes}, items, (interpreter,)))
    return found


def _contracts(interpreter: int, held: Sequence[Commitment], profile: Profile) -> list[Violation]:
    contracts = {commitment.contract for commitment in held if commitment.contract}
    return [
        Violation(rule, {"contracts": len(contracts)}, (), (interpreter,))
        for rule in profile.of(OneContract)
        if len(contracts) > 1
    ]


def cancellation(profile: Profile, cancelled_at: datetime, starts_at: datetime) -> Cancellation | None:
    """Return the rule that says which share of the fee is owed, the largest if several do; None where none does."""
    notice = max(0, (starts_at.astimezone(UTC) - cancelled_at.astimezone(UTC)) // timedelta(minutes=1))
    owed = [rule for rule in profile.of(Cancellation) if notice in rule.notice]
    return max(owed, key=lambda rule: rule.percent, default=None)
