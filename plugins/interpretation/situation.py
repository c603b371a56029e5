"""How interpretation stands: every programme item with its needs, its team, who is left out and what does not fit.

Read in a fixed number of statements, whatever the size of the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from eventhub.api import Event, Hooks, Participant, ProgrammeItem, hookspecs, programme, session

from . import booking, domain
from .coverage import Crowd, Following, crowds
from .equipment import headsets, tour_guide_sets
from .models import Assignment, Interpreter, Need, NeedState, Settings
from .plan import Plan, heard_by_headset, pair_of, plan_of
from .profiles import PAIR_NOT_HELD, PROFILES
from .rules import Mode, Profile, TeamSize
from .sessions import Pair, Session
from .staffing import Violation


@dataclass(frozen=True)
class Line:
    """One programme item as interpretation sees it; ``needs`` holds the waived ones too."""

    item: ProgrammeItem
    needs: tuple[Need, ...]
    bookings: tuple[Assignment, ...]
    following: Following
    sessions: tuple[Session, ...]
    violations: tuple[Violation, ...]
    headsets: int = 0
    tour_guide_sets: int = 0

    @property
    def asked(self) -> tuple[Need, ...]:
        """The needs to cover."""
        return tuple(need for need in self.needs if not need.waived)

    @property
    def unplanned(self) -> bool:
        """Whether somebody cannot follow and nobody has decided what to do about it."""
        return bool(self.following.left)

    @property
    def concerned(self) -> bool:
        """Whether there is anything to say about interpretation here."""
        return bool(self.needs or self.bookings or self.following.unable)

    @property
    def covered(self) -> bool:
        return bool(self.asked) and all(self.state_of(need) is NeedState.COVERED for need in self.asked)

    def state_of(self, need: Need) -> NeedState:
        """Return where the need stands: covered by a team that is large enough and holds the pair."""
        if need.waived:
            return NeedState.WAIVED
        pair = pair_of(need)
        teams = [each for each in self.sessions if pair in each.pairs and each.mode == need.mode]
        lacking = any(
            isinstance(found.rule, TeamSize)
            or (
                found.rule is PAIR_NOT_HELD
                and (found.parameters["source"], found.parameters["target"]) == (pair.source, pair.target)
            )
            for found in self.violations
        )
        return NeedState.COVERED if any(each.team for each in teams) and not lacking else NeedState.TO_COVER

    @property
    def directions(self) -> list[tuple[str, NeedState]]:
        """The needs in short, each with where it stands: "FR → EN", or "FR ↔ EN" where both ways stand alike."""
        states = {pair_of(need): self.state_of(need) for need in self.needs}
        found = []
        for pair, state in states.items():
            back = Pair(pair.target, pair.source)
            source, target = pair.source.upper(), pair.target.upper()
            if states.get(back) is not state:
                found.append((f"{source} → {target}", state))
            elif (f"{target} ↔ {source}", state) not in found:
                found.append((f"{source} ↔ {target}", state))
        return found

    def listeners(self, need: Need) -> int:
        """Return how many listen: as written, or as counted."""
        return need.listeners if need.listeners is not None else self.following.listeners.get(pair_of(need), 0)


@dataclass(frozen=True)
class Situation:
    """All of an event's interpretation at one moment; ``stray`` are bookings for what no longer takes place."""

    settings: Settings
    plan: Plan
    lines: tuple[Line, ...]
    violations: tuple[Violation, ...]
    interpreters: dict[int, Interpreter]
    stray: tuple[Assignment, ...]

    @property
    def profile(self) -> Profile:
        return PROFILES[self.settings.profile]

    @cached_property
    def by_item(self) -> dict[int, Line]:
        return {line.item.id: line for line in self.lines}

    @property
    def asking(self) -> list[Line]:
        """The items that interpretation is asked for at."""
        return [line for line in self.lines if line.asked]

    @property
    def headsets(self) -> int:
        """Headsets to order: what the fullest item takes, since they go from one room to the next."""
        return max((line.headsets for line in self.lines), default=0)

    def names(self, ids: Iterable[int]) -> list[str]:
        return [self.interpreters[who].name for who in ids if who in self.interpreters]

    def titles(self, ids: Iterable[int], language: str) -> list[str]:
        return [self.by_item[key].item.title.label(language) for key in ids if key in self.by_item]


def of(event: Event, hooks: Hooks | None = None) -> Situation:
    """Return how the event's interpretation stands; without ``hooks`` nobody is counted, but teams are checked."""
    settings = domain.settings(event)
    items = programme.active_items(event)
    needs = domain.needs_by_item(event)
    bookings = booking.live(event)
    listening = crowds_at(event, items, hooks) if hooks is not None else {}
    plan = plan_of(event, items, needs, bookings, listening)
    violations = plan.violations(PROFILES[settings.profile])
    here = {item.id for item in items}
    return Situation(
        settings,
        plan,
        tuple(line_of(plan, item, needs.get(item.id, ()), bookings, violations, settings) for item in items),
        violations,
        {each.interpreter_id: each.interpreter for each in bookings},
        tuple(each for each in bookings if each.item_id not in here),
    )


def crowds_at(event: Event, items: Sequence[ProgrammeItem], hooks: Hooks) -> dict[int, Crowd]:
    """Return who is expected at each item where something is said, by what they understand."""
    spoken = [item for item in items if item.floor_languages]
    if not spoken:
        return {}
    rows = session().execute(sa.select(Participant.id, Participant.languages).where(Participant.event_id == event.id))
    understood = {person: languages or [] for person, languages in rows}
    expected = hooks.collect(hookspecs.attendances, event=event, items=spoken)
    return crowds(((one.item_id, one.participant_id) for one in expected), understood)


def line_of(
    plan: Plan,
    item: ProgrammeItem,
    needs: tuple[Need, ...],
    bookings: Iterable[Assignment],
    violations: Iterable[Violation],
    settings: Settings,
) -> Line:
    asked = [need for need in needs if not need.waived]
    by_headset = [need for need in asked if heard_by_headset(need)]
    guided = [need for need in asked if need.mode == Mode.TOUR_GUIDE]
    return Line(
        item,
        needs,
        tuple(each for each in bookings if each.item_id == item.id),
        plan.following(item, asked, [need for need in needs if need.waived]),
        tuple(each for each in plan.sessions if each.item_id == item.id),
        tuple(found for found in violations if item.id in found.items),
        headsets(plan.listeners(item, by_headset), settings.reserve_percent) if by_headset else 0,
        tour_guide_sets(plan.listeners(item, guided)) if guided else 0,
    )
