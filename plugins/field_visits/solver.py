"""Allocates people to visit slots: optimal, reproducible and explained.

The objectives come in this order, each one fixed before the next: most people placed; fewest people at the
worst rank, then at the next worst, and so on (leximin); fewest moves against the published plan. What is still
a tie is settled by lot (see `_settle_ties`). Opening a slot is a decision: a slot that stays below its minimum
is closed. Hard needs, pins, keep-together pairs and the limit per delegation hold in every plan.

Frozen dataclasses in, frozen dataclasses out; no database, no request, no text for the screen.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import highspy

# ── what goes in ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Wisher:
    """Is one person to place, with wishes and hard needs as plain facts, never their reason.

    `ranks` are slot ids in order of preference; a slot that is not listed is acceptable at rank
    `len(ranks) + 1` unless it is in `cannot`. `unavailable` are the slots that clash with an arrival or
    another commitment. `walking_level` is the hardest level the person can do, None for no limit.
    A person without a language in common with a slot cannot go there. `exempt`: not counted in the limit
    per delegation (the host team).
    """

    id: int
    delegation: int
    ranks: tuple[int, ...] = ()
    cannot: frozenset[int] = frozenset()
    needs_step_free: bool = False
    walking_level: int | None = None
    languages: frozenset[str] = field(kw_only=True)  # no default: an empty one would suit no slot at all
    unavailable: frozenset[int] = frozenset()
    pinned: int | None = None
    exempt: bool = False


@dataclass(frozen=True)
class Slot:
    """Is one departure of a visit; `languages` are those spoken or interpreted there."""

    id: int
    minimum: int
    maximum: int
    languages: frozenset[str]
    walking_level: int
    step_free: bool


@dataclass(frozen=True)
class Together:
    """Keeps two people in one slot: both are placed there, or neither is placed."""

    a: int
    b: int


@dataclass(frozen=True)
class Problem:
    """Is everything a run depends on.

    `per_delegation` is at most how many of one delegation go to one slot, None for no limit. `published` are
    pairs (wisher, slot) of the plan people already know; pairs whose wisher has left are ignored, a pair
    whose slot is gone counts as a move. `time_limit`, in seconds, holds for the search and once more for
    the explanations; only the search for a first plan that honours the pins may go beyond it.
    """

    wishers: tuple[Wisher, ...]
    slots: tuple[Slot, ...]
    per_delegation: int | None
    together: tuple[Together, ...] = ()
    published: tuple[tuple[int, int], ...] = ()
    time_limit: float = 10.0


ProblemReason = Literal[
    "duplicate_wisher",
    "duplicate_slot",
    "unknown_wisher",
    "unknown_slot",
    "repeated_rank",
    "minimum_above_maximum",
    "minimum_below_zero",
    "per_delegation_below_one",
    "time_limit_not_positive",
    "together_with_self",
    "published_twice",
    "pin_impossible",
    "pins_above_maximum",
    "pins_above_delegation_limit",
    "pins_below_minimum",
    "pins_conflict",
]


class ProblemError(ValueError):
    """Says that a problem contradicts itself: `reason`, and the objects concerned where there are any."""

    def __init__(
        self,
        reason: ProblemReason,
        *,
        wisher: int | None = None,
        slot: int | None = None,
        delegation: int | None = None,
    ) -> None:
        super().__init__(f"{reason} (wisher {wisher}, slot {slot}, delegation {delegation})")
        self.reason: ProblemReason = reason
        self.wisher = wisher
        self.slot = slot
        self.delegation = delegation


# ── what comes out ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Placement:
    """Gives a person a slot; `rank` counts from 1, one past the wishes for a slot that was not wished."""

    wisher: int
    slot: int
    rank: int


BindingKind = Literal[
    "no_suitable_slot", "maximum", "delegation_limit", "minimum", "keep_together", "no_single_change", "time_limit"
]


@dataclass(frozen=True)
class Binding:
    """Names one change that alone gives the person a place while everybody placed keeps one.

    Kinds: `maximum` (raise that of `slot` to `suggested`), `delegation_limit` (raise it for `delegation` in
    `slot`), `minimum` (lower that of `slot`, closed so far), `keep_together` (release the person's pairs).
    Three name no change: `no_suitable_slot` (nothing here suits the person; which need is never said),
    `no_single_change` (more than one limit stands in the way), `time_limit` (the time ran out before every
    change was tried).
    """

    kind: BindingKind
    slot: int | None = None
    delegation: int | None = None
    suggested: int | None = None


@dataclass(frozen=True)
class Unplaced:
    """Is a person without a slot, with at least one binding constraint."""

    wisher: int
    binding: tuple[Binding, ...]


@dataclass(frozen=True)
class Plan:
    """Is the answer, sorted by id throughout; equal problems have equal plans unless the time ran out.

    `histogram[0]` counts first wishes and so on; its last entry counts placements that nobody wished.
    `moves` counts people of the published plan who are elsewhere now or unplaced. `proven`: every objective
    is optimal and every tie is settled. `fingerprint` identifies the problem, see `fingerprint`.
    """

    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    open_slots: tuple[int, ...]
    closed_slots: tuple[int, ...]
    histogram: tuple[int, ...]
    moves: int
    proven: bool
    fingerprint: str


@dataclass(frozen=True)
class Move:
    """Is one person's change between two plans; None is "no slot"."""

    wisher: int
    before: int | None
    after: int | None


# ── the public functions ──────────────────────────────────────────────────────────────────────────


def solve(problem: Problem) -> Plan:
    """Finds the best plan, or the best found within the time limit.

    Raises ProblemError when the problem contradicts itself; people who cannot be placed are no error.
    """
    _check(problem)
    units, limits = _units(problem.wishers, problem), _limits(problem)
    chosen, proven = _search(units, limits, problem)
    slot_of = {m.id: slot for unit, slot in zip(units, chosen, strict=True) if slot is not None for m in unit.members}
    unplaced = _explain(problem, units, limits, slot_of, proven)
    return _plan(problem, slot_of, unplaced, proven)


def compare(before: Plan | Iterable[Placement], after: Plan | Iterable[Placement]) -> tuple[Move, ...]:
    """Lists whose slot differs between two plans, sorted by wisher; a new or lost place is a difference too."""
    old, new = (
        {p.wisher: p.slot for p in (side.placements if isinstance(side, Plan) else side)} for side in (before, after)
    )
    return tuple(Move(w, old.get(w), new.get(w)) for w in sorted(old.keys() | new.keys()) if old.get(w) != new.get(w))


def suits(wisher: Wisher, slot: Slot) -> bool:
    """Tells whether the slot meets every hard need of the person, seats and limits left aside."""
    return (
        slot.id not in wisher.cannot
        and slot.id not in wisher.unavailable
        and (slot.step_free or not wisher.needs_step_free)
        and (wisher.walking_level is None or slot.walking_level <= wisher.walking_level)
        and not wisher.languages.isdisjoint(slot.languages)
    )


def rank_of(wisher: Wisher, slot: int) -> int:
    """Gives the rank of a slot id for the person, from 1; one past the wishes when it was not wished."""
    return wisher.ranks.index(slot) + 1 if slot in wisher.ranks else len(wisher.ranks) + 1


def fingerprint(problem: Problem) -> str:
    """Hashes the problem's canonical JSON (SHA-256, hexadecimal), whatever the order it was given in.

    The time limit is left out: it says how long to look, not what for.
    """
    canonical = {
        "wishers": [
            [w.id, w.delegation, w.ranks, sorted(w.cannot), w.needs_step_free, w.walking_level]
            + [sorted(w.languages), sorted(w.unavailable), w.pinned, w.exempt]
            for w in sorted(problem.wishers, key=lambda w: w.id)
        ],
        "slots": [
            [s.id, s.minimum, s.maximum, sorted(s.languages), s.walking_level, s.step_free]
            for s in sorted(problem.slots, key=lambda s: s.id)
        ],
        "per_delegation": problem.per_delegation,
        "together": sorted({(min(t.a, t.b), max(t.a, t.b)) for t in problem.together}),
        "published": sorted(problem.published),
    }
    return sha256(json.dumps(canonical, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


# ── the checks ────────────────────────────────────────────────────────────────────────────────────


def _check(problem: Problem) -> None:
    """Refuses a problem that contradicts itself; whether pins can reach a minimum together is for the search."""
    slots = {s.id: s for s in problem.slots}
    if problem.per_delegation is not None and problem.per_delegation < 1:
        raise ProblemError("per_delegation_below_one")
    if not problem.time_limit > 0:
        raise ProblemError("time_limit_not_positive")
    for slot_id, count in Counter(s.id for s in problem.slots).items():
        if count > 1:
            raise ProblemError("duplicate_slot", slot=slot_id)
    for slot in problem.slots:
        if slot.minimum < 0:
            raise ProblemError("minimum_below_zero", slot=slot.id)
        if slot.minimum > slot.maximum:
            raise ProblemError("minimum_above_maximum", slot=slot.id)
    for wisher_id, count in Counter(w.id for w in problem.wishers).items():
        if count > 1:
            raise ProblemError("duplicate_wisher", wisher=wisher_id)
    for wisher in problem.wishers:
        _check_wisher(wisher, slots)
    known = {w.id for w in problem.wishers}
    for pair in problem.together:
        if pair.a == pair.b:
            raise ProblemError("together_with_self", wisher=pair.a)
        for member in (pair.a, pair.b):
            if member not in known:
                raise ProblemError("unknown_wisher", wisher=member)
    for wisher_id, count in Counter(wisher_id for wisher_id, _ in problem.published).items():
        if count > 1:
            raise ProblemError("published_twice", wisher=wisher_id)
    _check_pins(problem)


def _check_wisher(wisher: Wisher, slots: Mapping[int, Slot]) -> None:
    for slot_id in (*wisher.ranks, *sorted(wisher.cannot), *sorted(wisher.unavailable), wisher.pinned):
        if slot_id is not None and slot_id not in slots:
            raise ProblemError("unknown_slot", wisher=wisher.id, slot=slot_id)
    if len(set(wisher.ranks)) < len(wisher.ranks):
        raise ProblemError("repeated_rank", wisher=wisher.id)
    if wisher.pinned is not None and not suits(wisher, slots[wisher.pinned]):
        raise ProblemError("pin_impossible", wisher=wisher.id, slot=wisher.pinned)


def _check_pins(problem: Problem) -> None:
    """Counts the pinned and those kept together with them: they all travel on the pin's slot."""
    slots = {s.id: s for s in problem.slots}
    seated: Counter[int] = Counter()
    of_delegation: Counter[tuple[int, int]] = Counter()
    for group in _groups(problem.wishers, problem.together):
        pins = {w.pinned: w.id for w in group if w.pinned is not None}
        if len(pins) > 1:
            raise ProblemError("pins_conflict", wisher=min(pins.values()))
        for pinned, wisher_id in pins.items():
            if not all(suits(w, slots[pinned]) for w in group):
                raise ProblemError("pin_impossible", wisher=wisher_id, slot=pinned)
            seated[pinned] += len(group)
            of_delegation.update((w.delegation, pinned) for w in group if not w.exempt)
    for slot_id, count in sorted(seated.items()):
        if count > slots[slot_id].maximum:
            raise ProblemError("pins_above_maximum", slot=slot_id)
    for (delegation, slot_id), count in sorted(of_delegation.items()):
        if problem.per_delegation is not None and count > problem.per_delegation:
            raise ProblemError("pins_above_delegation_limit", slot=slot_id, delegation=delegation)


# ── the canonical form of a problem ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Unit:
    """Is a person alone, or people kept together; `slots` suit all of them, best for the first of them first."""

    members: tuple[Wisher, ...]
    slots: tuple[int, ...]
    required: bool

    @property
    def counted(self) -> Counter[int]:
        """How many of each delegation the limit counts."""
        return Counter(m.delegation for m in self.members if not m.exempt)


@dataclass(frozen=True)
class _Limits:
    """Are the numbers that an explanation may relax one at a time; an absent delegation limit is none."""

    minimum: Mapping[int, int]
    maximum: Mapping[int, int]
    per_delegation: Mapping[tuple[int, int], int]


def _lot(wisher: Wisher) -> str:
    """Draws the person's place in the order that settles ties: the SHA-256 of the id, blind to who registered first."""
    return sha256(str(wisher.id).encode()).hexdigest()


def _groups(wishers: Iterable[Wisher], pairs: Iterable[Together]) -> list[tuple[Wisher, ...]]:
    """Joins pairs that share a person; members, and the groups by their first member, in the order of the lot."""
    ordered = sorted(wishers, key=_lot)
    leader = {w.id: w.id for w in ordered}
    for pair in pairs:
        if pair.a in leader and pair.b in leader:
            kept, joined = leader[pair.a], leader[pair.b]
            leader = {wisher: kept if first == joined else first for wisher, first in leader.items()}
    groups: defaultdict[int, list[Wisher]] = defaultdict(list)
    for wisher in ordered:
        groups[leader[wisher.id]].append(wisher)
    return [tuple(group) for group in groups.values()]


def _units(wishers: Iterable[Wisher], problem: Problem, together: Iterable[Together] | None = None) -> list[_Unit]:
    units = []
    for group in _groups(wishers, problem.together if together is None else together):
        pins = {w.pinned for w in group if w.pinned is not None}
        common = [s.id for s in problem.slots if all(suits(w, s) for w in group) and pins <= {s.id}]
        common.sort(key=lambda slot_id: (rank_of(group[0], slot_id), slot_id))
        units.append(_Unit(group, tuple(common), required=bool(pins)))
    return units


def _limits(problem: Problem) -> _Limits:
    per_delegation = {}
    if problem.per_delegation is not None:
        delegations = {w.delegation for w in problem.wishers if not w.exempt}
        per_delegation = {(d, s.id): problem.per_delegation for d in delegations for s in problem.slots}
    return _Limits({s.id: s.minimum for s in problem.slots}, {s.id: s.maximum for s in problem.slots}, per_delegation)


# ── the integer programme ─────────────────────────────────────────────────────────────────────────

# Per unit the slot it goes to.
Choice = tuple[int | None, ...]
# Whole-number cost per cell (unit, slot); cells that cost nothing are left out.
Costs = Mapping[tuple[int, int], int]

# Far above the solver's tolerances, far below the distance between two costs.
_SAFE = 0.01


class _Programme:
    """Holds one 0/1 column per unit and suitable slot, and one per slot that may have to stay closed."""

    def __init__(self, units: Sequence[_Unit], limits: _Limits) -> None:
        self.units = units
        self.cells = [(u, slot) for u, unit in enumerate(units) for slot in unit.slots]
        self.column = {cell: c for c, cell in enumerate(self.cells)}
        self.opening: dict[int, int] = {}  # slot to column
        self.lower = [0.0] * len(self.cells)
        self.upper = [1.0] * len(self.cells)
        self.rows: list[tuple[float, float, dict[int, int]]] = []  # lower, upper, coefficient per column
        by_unit: defaultdict[int, dict[int, int]] = defaultdict(dict)
        by_slot: defaultdict[int, dict[int, int]] = defaultdict(dict)
        by_delegation: defaultdict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        for column, (u, slot) in enumerate(self.cells):
            by_unit[u][column] = 1
            by_slot[slot][column] = len(units[u].members)
            for delegation, count in units[u].counted.items():
                by_delegation[delegation, slot][column] = count
        self.rows += [(float(units[u].required), 1.0, row) for u, row in by_unit.items()]
        for slot, row in sorted(by_slot.items()):
            self._add_slot(slot, row, limits)
        for (delegation, slot), row in sorted(by_delegation.items()):
            limit = limits.per_delegation.get((delegation, slot))
            if limit is not None and sum(row.values()) > limit:
                # the opening column on the right tightens the relaxation; the whole-number points are the same
                closed = {self.opening[slot]: -limit} if slot in self.opening else {}
                self.rows.append((-math.inf, 0.0 if closed else float(limit), row | closed))

    def _add_slot(self, slot: int, row: dict[int, int], limits: _Limits) -> None:
        minimum, maximum = limits.minimum[slot], limits.maximum[slot]
        if minimum <= 1:
            self.rows.append((0.0, float(maximum), row))
            return
        opening = self.opening[slot] = len(self.upper)
        self.lower.append(0.0)
        self.upper.append(1.0)
        self.rows.append((-math.inf, 0.0, row | {opening: -maximum}))
        self.rows.append((0.0, math.inf, row | {opening: -minimum}))
        if sum(limits.minimum.values()) > sum(len(unit.members) for unit in self.units):
            # not all can open, which to open is the hard part: worth a row per cell that tightens the relaxation
            self.rows += [(-math.inf, 0.0, {column: 1, opening: -1}) for column in row]

    def cost(self, choice: Choice, costs: Costs) -> int:
        return sum(costs.get((u, slot), 0) for u, slot in enumerate(choice) if slot is not None)

    def candidates(self, u: int) -> list[int]:
        """Lists the slots still possible for the unit, best first."""
        return [slot for slot in self.units[u].slots if self.upper[self.column[u, slot]] > 0]

    def fix(self, u: int, slot: int | None) -> None:
        self._exclude((u, other) for other in self.units[u].slots if other != slot)
        if slot is not None:
            self.lower[self.column[u, slot]] = 1.0

    def take(self, costs: Costs, choice: Choice, deadline: float) -> tuple[Choice, bool]:
        """Brings the costs down as far as they go, and holds every later choice there.

        The relaxation is nearly always exact here: it is solved first, and the cells whose reduced cost lifts it
        above its own optimum (nine in ten on a large event) stay out of the search. Should that find nothing as
        good, the search is done again with all of them.
        """
        import highspy  # slow import

        if (
            not any(costs.get((u, slot)) for u, slot in enumerate(choice) if slot is not None)
            and min(costs.values(), default=0) >= 0
        ):
            self._exclude(costs)
            return choice, True
        relaxed = self._solved(costs, None, deadline - time.monotonic(), whole=False)
        lifted: dict[tuple[int, int], float] = {}
        lowest, upper = -math.inf, list(self.upper)
        if relaxed.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            bound, reduced = relaxed.getInfo().objective_function_value, relaxed.getSolution().col_dual
            lifted = {cell: bound + reduced[column] for cell, column in self.column.items()}
            lowest = math.ceil(bound - _SAFE)
        if lifted and self.cost(choice, costs) > lowest:
            self._exclude(cell for cell, least in lifted.items() if least > lowest + _SAFE)
            found, _ = self.minimise(costs, choice, deadline - time.monotonic())
            choice = found if found and self.cost(found, costs) < self.cost(choice, costs) else choice
            self.upper = upper
        if self.cost(choice, costs) > lowest:
            found, proven = self.minimise(costs, choice, deadline - time.monotonic())
            choice = found or choice
            if not proven:
                return choice, False
        most = self.cost(choice, costs)
        self.rows.append((-math.inf, float(most), {self.column[cell]: cost for cell, cost in costs.items()}))
        self._exclude(cell for cell, least in lifted.items() if least > most + _SAFE)
        return choice, True

    def minimise(self, costs: Costs, start: Choice | None, seconds: float) -> tuple[Choice | None, bool]:
        """Gives the cheapest choice and whether it is proven; None and True when there is none at all."""
        import highspy  # slow import

        if not self.cells:
            return (None, True) if any(unit.required for unit in self.units) else ((None,) * len(self.units), True)
        highs = self._solved(costs, start, seconds, whole=True)
        status, statuses = highs.getModelStatus(), highspy.HighsModelStatus
        if status in (statuses.kInfeasible, statuses.kUnboundedOrInfeasible):  # nothing here is unbounded
            return None, True
        if status not in (statuses.kOptimal, statuses.kTimeLimit):
            raise RuntimeError(f"HiGHS stopped with: {highs.modelStatusToString(status)}")
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return start, False
        values = highs.getSolution().col_value
        slots: list[int | None] = [None] * len(self.units)
        for column, (u, slot) in enumerate(self.cells):
            if values[column] > 0.5:
                slots[u] = slot
        found = tuple(slots)
        if start is not None and self.cost(start, costs) < self.cost(found, costs):
            return start, False
        return found, status == statuses.kOptimal

    def _exclude(self, cells: Iterable[tuple[int, int]]) -> None:
        for cell in cells:
            self.upper[self.column[cell]] = 0.0

    def _solved(self, costs: Costs, start: Choice | None, seconds: float, *, whole: bool) -> highspy.Highs:
        """Runs HiGHS, in whole numbers or relaxed.

        One thread, a fixed seed and a fresh instance: the same programme has the same answer.
        """
        import highspy  # slow import

        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            ("random_seed", 0),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.9),  # costs are whole numbers: less than one apart is equal
            ("time_limit", max(seconds, 0.0)),
            # with thousands of people the simplex method takes a minute where the interior point takes seconds
            ("solver", "choose" if whole else "ipm"),
        ):
            highs.setOptionValue(option, value)
        programme = highspy.HighsLp()
        programme.num_col_ = programme.a_matrix_.num_col_ = len(self.upper)
        programme.num_row_ = programme.a_matrix_.num_row_ = len(self.rows)
        price = [0.0] * len(self.upper)
        for cell, cost in costs.items():
            price[self.column[cell]] = float(cost)
        programme.col_cost_, programme.col_lower_, programme.col_upper_ = price, self.lower, self.upper
        if whole:
            programme.integrality_ = [highspy.HighsVarType.kInteger] * len(self.upper)
        programme.row_lower_ = [lower for lower, _, _ in self.rows]
        programme.row_upper_ = [upper for _, upper, _ in self.rows]
        programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        programme.a_matrix_.start_ = [0, *accumulate(len(row) for _, _, row in self.rows)]
        programme.a_matrix_.index_ = [column for _, _, row in self.rows for column in row]
        programme.a_matrix_.value_ = [float(factor) for _, _, row in self.rows for factor in row.values()]
        highs.passModel(programme)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = [float(start[u] == slot) for u, slot in self.cells]
            solution.col_value += [float(slot in start) for slot in self.opening]
            highs.setSolution(solution)
        if highs.run() == highspy.HighsStatus.kError:  # as when HiGHS already runs in this process on more threads
            raise RuntimeError("HiGHS refused to run")
        return highs


# ── the search ────────────────────────────────────────────────────────────────────────────────────


def _search(units: Sequence[_Unit], limits: _Limits, problem: Problem) -> tuple[Choice, bool]:
    """Takes the objectives in their order, holding each before the next, then settles ties."""
    deadline = time.monotonic() + problem.time_limit
    programme = _Programme(units, limits)
    choice = _start(units, limits)
    if choice is None:
        choice = _first(programme, problem)
    for costs in _objectives(units, problem):
        choice, proven = programme.take(costs, choice, deadline)
        if not proven:
            return choice, False
    return _settle_ties(programme, choice, deadline)


def _objectives(units: Sequence[_Unit], problem: Problem) -> Iterator[Costs]:
    """Yields each objective as costs to bring down.

    First wishes need none of their own: with the number placed and all other ranks held, theirs follows.
    """
    placed = {(u, slot): -len(unit.members) for u, unit in enumerate(units) for slot in unit.slots}
    at_rank: defaultdict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
    kept: Counter[tuple[int, int]] = Counter()
    published = dict(problem.published)
    for cell in placed:
        for member in units[cell[0]].members:
            at_rank[rank_of(member, cell[1])][cell] += 1
            if published.get(member.id) == cell[1]:
                kept[cell] -= 1
    yield placed
    for rank in sorted(at_rank.keys() - {1}, reverse=True):
        yield at_rank[rank]
    yield kept


def _start(units: Sequence[_Unit], limits: _Limits) -> Choice | None:
    """Fills slots wish by wish and closes those left below their minimum: an allowed plan to improve on.

    None when that fails to honour the pins.
    """
    closed: set[int] = set()
    held = {unit.slots[0] for unit in units if unit.required}
    order = sorted(range(len(units)), key=lambda u: not units[u].required)
    while True:
        choice: list[int | None] = [None] * len(units)
        load: Counter[int] = Counter()
        of_delegation: Counter[tuple[int, int]] = Counter()
        for u in order:
            for slot in units[u].slots:
                counted = Counter({(delegation, slot): count for delegation, count in units[u].counted.items()})
                seated = load[slot] + len(units[u].members)
                within = all(
                    of_delegation[key] + counted[key] <= limits.per_delegation.get(key, math.inf) for key in counted
                )
                if slot not in closed and seated <= limits.maximum[slot] and within:
                    choice[u], load[slot] = slot, seated
                    of_delegation += counted
                    break
        short = {slot: count - limits.minimum[slot] for slot, count in load.items() if count < limits.minimum[slot]}
        if not short:
            return tuple(choice)
        if not short.keys() - held:
            return None
        closed.add(min(short.keys() - held, key=lambda slot: (short[slot], slot)))


def _first(programme: _Programme, problem: Problem) -> Choice:
    """Finds any plan that honours the pins, however long it takes, or says which of them cannot be honoured."""
    choice, _ = programme.minimise({}, None, math.inf)
    if choice is not None:
        return choice
    for slot in sorted({w.pinned for w in problem.wishers if w.pinned is not None}):
        alone = tuple(w if w.pinned == slot else replace(w, pinned=None) for w in problem.wishers)
        if _Programme(_units(alone, problem), _limits(problem)).minimise({}, None, math.inf)[0] is None:
            raise ProblemError("pins_below_minimum", slot=slot)
    raise ProblemError("pins_conflict")


# Up to this many combinations are settled in one go; beyond, coefficients outgrow the solver's tolerances.
_COMBINATIONS = 10_000


def _settle_ties(programme: _Programme, choice: Choice, deadline: float) -> tuple[Choice, bool]:
    """Gives everybody, in the order of the lot, the best slot that equally good plans leave: wish first, then id.

    The order depends on the ids alone, so neither the input's order nor the solver's path shows in the plan.
    """
    u = 0
    while u < len(choice):
        batch: list[tuple[int, list[int]]] = []
        combinations = 1
        for v in range(u, len(choice)):
            options = programme.candidates(v)
            combinations *= len(options) + 1
            if not batch and (not options or choice[v] == options[0]):
                break  # cannot do better: no search needed
            if batch and combinations > _COMBINATIONS:
                break
            batch.append((v, options))
        costs: dict[tuple[int, int], int] = {}
        weight = 1
        for v, options in reversed(batch):
            costs |= {(v, slot): (i - len(options)) * weight for i, slot in enumerate(options)}
            weight *= len(options) + 1
        if batch:
            found, proven = programme.minimise(costs, choice, deadline - time.monotonic())
            choice = found or choice
            if not proven:
                return choice, False
        settled = max(len(batch), 1)
        for v in range(u, u + settled):
            programme.fix(v, choice[v])
        u += settled
    return choice, True


# ── the explanations ──────────────────────────────────────────────────────────────────────────────


class _Undecided(Exception):
    """Is raised when the time ran out before a change could be judged."""


@dataclass(frozen=True)
class _Explainer:
    """Tries one change at a time on a finished plan: everybody placed keeps a place, though maybe another one."""

    problem: Problem
    units: Sequence[_Unit]
    limits: _Limits
    slot_of: Mapping[int, int]
    proven: bool
    deadline: float

    def moved_limits(self, unit: _Unit) -> Iterator[Binding]:
        """Yields each limit that, moved alone, places the unit; seats are added by no more than its size."""
        self._check_stuck(unit)
        for slot, maximum in sorted(self.limits.maximum.items()):
            raised = replace(self.limits, maximum={**self.limits.maximum, slot: maximum + len(unit.members)})
            seats = self._least(unit, raised, _load(slot), maximum + 1)
            if seats is not None:
                yield Binding("maximum", slot=slot, suggested=seats)
        for (delegation, slot), limit in sorted(self.limits.per_delegation.items()):
            if unit.counted[delegation]:
                wider = {**self.limits.per_delegation, (delegation, slot): limit + unit.counted[delegation]}
                raised = replace(self.limits, per_delegation=wider)
                seats = self._least(unit, raised, _load(slot, delegation), limit + 1)
                if seats is not None:
                    yield Binding("delegation_limit", slot=slot, delegation=delegation, suggested=seats)
        for slot, minimum in sorted(self.limits.minimum.items()):
            if minimum > 1:
                lowered = replace(self.limits, minimum={**self.limits.minimum, slot: 0})
                seats = self._least(unit, lowered, _load(slot, sign=-1))
                if seats is not None:
                    yield Binding("minimum", slot=slot, suggested=-seats)

    def parted(self, unit: _Unit, wisher: Wisher) -> Iterator[Binding]:
        """Yields that the person fits without their pairs, if so; the others of the group stay together."""
        self._check_stuck(unit)
        others = [pair for pair in self.problem.together if wisher.id not in (pair.a, pair.b)]
        units = _units(self.problem.wishers, self.problem, others)
        alone = next(unit for unit in units if wisher in unit.members)
        if replace(self, units=units)._least(alone, self.limits, _nothing, 0) is not None:
            yield Binding("keep_together")

    def _check_stuck(self, unit: _Unit) -> None:
        """Refuses to blame a limit where only the search was cut short."""
        if not self.proven and self._least(unit, self.limits, _nothing, 0) is not None:
            raise _Undecided

    def _least(
        self, unit: _Unit, limits: _Limits, measure: Callable[[_Unit, int], int], floor: int | None = None
    ) -> int | None:
        """Gives the least sum of `measure(unit, slot)` over plans that place the unit too; None: there is no plan.

        Chains answer most questions at once: a loose one is necessary for a plan; a strict one is a plan by itself,
        and enough where no plan measures less than `floor` and one more person measures no more.
        """
        if not self._chain(unit, limits, strict=False):
            return None
        if floor is not None and len(unit.members) == 1 and self._chain(unit, limits, strict=True):
            return floor
        must = {*self.slot_of, *(m.id for m in unit.members)}
        programme = _Programme(
            [replace(other, required=any(m.id in must for m in other.members)) for other in self.units], limits
        )
        costs = {(u, slot): cost for u, slot in programme.cells if (cost := measure(programme.units[u], slot))}
        choice, proven = programme.minimise(costs, None, self.deadline - time.monotonic())
        if choice is None and not proven:
            raise _Undecided
        return None if choice is None else programme.cost(choice, costs)

    def _chain(self, unit: _Unit, limits: _Limits, *, strict: bool) -> bool:
        """Tells whether people giving way to one another, the last to a free seat, make room for one of the unit.

        It is the augmenting path of the min-cost flow. Strict: only people who travel alone move, and none of them
        to a closed slot with a minimum. Loose: minimums are ignored, and pairs may part.
        """
        seated: defaultdict[int, list[tuple[Wisher, _Unit]]] = defaultdict(list)
        for other in self.units:
            for wisher in other.members:
                if wisher.id in self.slot_of:
                    seated[self.slot_of[wisher.id]].append((wisher, other))
        queue: list[tuple[Wisher, _Unit]] = [(unit.members[0], unit)]
        moved = {unit.members[0].id}
        for wisher, group in queue:  # grows while it is read
            for slot in group.slots:
                fellows = [(w, g) for w, g in seated[slot] if not w.exempt and w.delegation == wisher.delegation]
                limit = limits.per_delegation.get((wisher.delegation, slot), math.inf)
                capped = not wisher.exempt and len(fellows) >= limit
                if not capped and len(seated[slot]) < limits.maximum[slot]:
                    if seated[slot] or limits.minimum[slot] <= 1 or not strict:
                        return True
                    continue
                for w, g in fellows if capped else seated[slot]:
                    if w.id not in moved and not (strict and len(g.members) > 1):
                        moved.add(w.id)
                        queue.append((w, g))
        return False


def _nothing(unit: _Unit, slot: int) -> int:
    return 0


def _load(of: int, delegation: int | None = None, *, sign: Literal[1, -1] = 1) -> Callable[[_Unit, int], int]:
    """Measures the people on a slot, or those of one delegation that its limit counts."""

    def measure(unit: _Unit, slot: int) -> int:
        if slot != of:
            return 0
        return sign * (len(unit.members) if delegation is None else unit.counted[delegation])

    return measure


def _collected(bindings: Iterator[Binding]) -> tuple[tuple[Binding, ...], bool]:
    """Gives the bindings found before the time ran out, and whether all changes were judged."""
    found: list[Binding] = []
    try:
        for binding in bindings:
            found.append(binding)
    except _Undecided:
        return tuple(found), False
    return tuple(found), True


def _explain(
    problem: Problem, units: Sequence[_Unit], limits: _Limits, slot_of: Mapping[int, int], proven: bool
) -> tuple[Unplaced, ...]:
    explainer = _Explainer(problem, units, limits, slot_of, proven, time.monotonic() + problem.time_limit)
    known: dict[object, tuple[tuple[Binding, ...], bool]] = {}
    unplaced = []
    for unit in units:
        for wisher in (w for w in unit.members if w.id not in slot_of):
            if not any(suits(wisher, slot) for slot in problem.slots):
                unplaced.append(Unplaced(wisher.id, (Binding("no_suitable_slot"),)))
                continue
            # what places a unit places every unit like it: judged once, there may be many
            alike = (frozenset(unit.slots), len(unit.members), frozenset(unit.counted.items()))
            if alike not in known:
                known[alike] = _collected(explainer.moved_limits(unit))
            found, judged = known[alike]
            if len(unit.members) > 1:
                parted, all_judged = _collected(explainer.parted(unit, wisher))
                found, judged = parted + found, judged and all_judged
            if not judged:
                found += (Binding("time_limit"),)
            unplaced.append(Unplaced(wisher.id, found or (Binding("no_single_change"),)))
    return tuple(sorted(unplaced, key=lambda u: u.wisher))


def _plan(problem: Problem, slot_of: Mapping[int, int], unplaced: tuple[Unplaced, ...], proven: bool) -> Plan:
    wishers = sorted(problem.wishers, key=lambda w: w.id)
    placements = tuple(Placement(w.id, slot_of[w.id], rank_of(w, slot_of[w.id])) for w in wishers if w.id in slot_of)
    histogram = [0] * (max((len(w.ranks) for w in wishers), default=0) + 1)
    for wisher in wishers:
        if wisher.id in slot_of:
            slot = slot_of[wisher.id]
            histogram[wisher.ranks.index(slot) if slot in wisher.ranks else -1] += 1
    known, published = {w.id for w in wishers}, dict(problem.published)
    slots, used = sorted(s.id for s in problem.slots), set(slot_of.values())
    return Plan(
        placements=placements,
        unplaced=unplaced,
        open_slots=tuple(slot for slot in slots if slot in used),
        closed_slots=tuple(slot for slot in slots if slot not in used),
        histogram=tuple(histogram),
        moves=sum(slot_of.get(w) != slot for w, slot in published.items() if w in known),
        proven=proven,
        fingerprint=fingerprint(problem),
    )
