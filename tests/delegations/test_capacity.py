"""The rule of the waiting list, pure: who is offered which seats."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventhub.delegations.capacity import ALL, Count, Plan, Waiting, can_ever_fit, free, plan
from eventhub.testing import NOW

PATIENCE = timedelta(hours=48)
LONG_AGO = NOW - timedelta(hours=49)


def counts(everything: int | None = None, **kinds: int | None) -> dict[str, Count]:
    return {ALL: Count(everything), "p": Count(None), "o": Count(None)} | {k: Count(v) for k, v in kinds.items()}


@pytest.mark.parametrize(
    "room, waiting, offers, passed",
    [
        pytest.param({"p": 5}, [Waiting(1, "p", 3), Waiting(2, "p", 2)], ((1, 3), (2, 2)), (), id="in order"),
        pytest.param({"p": 2}, [Waiting(1, "p", 3), Waiting(2, "p", 2)], ((2, 2),), (1,), id="a smaller one passes"),
        pytest.param({"p": 2}, [Waiting(1, "p", 3, True)], ((1, 2),), (), id="fewer are fine"),
        pytest.param({"p": 0}, [Waiting(1, "p", 3, True)], (), (), id="nothing is free"),
        pytest.param(
            {"p": 2}, [Waiting(1, "p", 3, False, LONG_AGO), Waiting(2, "p", 2)], (), (1,), id="seats are kept at last"
        ),
        pytest.param(
            {"p": 2, "o": 4},
            [Waiting(1, "p", 3, False, LONG_AGO), Waiting(2, "o", 2)],
            ((2, 2),),
            (1,),
            id="kept seats of one kind hold back no other",
        ),
        pytest.param(
            {"everything": 2},
            [Waiting(1, "p", 3, False, LONG_AGO), Waiting(2, "o", 2)],
            (),
            (1,),
            id="but seats of the whole event do",
        ),
        pytest.param(
            {"p": 2}, [Waiting(1, "p", 9, False, LONG_AGO), Waiting(2, "p", 2)], ((2, 2),), (1,), id="what never fits"
        ),
        pytest.param(
            {"everything": 3, "p": 3}, [Waiting(1, "p", 2), Waiting(2, "o", 2)], ((1, 2),), (2,), id="two limits"
        ),
        pytest.param({}, [Waiting(1, "p", 500)], ((1, 500),), (), id="no limit"),
    ],
)
def test_who_is_offered_what(
    room: dict[str, int], waiting: list[Waiting], offers: tuple[tuple[int, int], ...], passed: tuple[int, ...]
) -> None:
    # a limit of two is too small for three for ever, so the limit stands at what is free beside what is used
    known = counts(**room)
    for kind in room.keys() - {"everything"}:
        known[kind] = Count(room[kind] + 5, 5) if room[kind] is not None else known[kind]
    if "everything" in room:
        known[ALL] = Count(room["everything"] + 5, 5)
    assert plan(known, waiting, NOW, PATIENCE) == Plan(offers, passed)


def test_patience_ends_at_its_very_moment() -> None:
    known = {ALL: Count(), "p": Count(4, 2)}
    line = [Waiting(1, "p", 3, False, NOW - PATIENCE), Waiting(2, "p", 2)]
    assert plan(known, line, NOW, PATIENCE).offers == ()
    assert plan(known, line, NOW - timedelta(seconds=1), PATIENCE).offers == ((2, 2),)


# a busy machine is no failure
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
KINDS = ("p", "o")
limits = st.one_of(st.none(), st.integers(0, 12))
moments = st.one_of(st.none(), st.sampled_from([NOW, LONG_AGO]))


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, Count], list[Waiting]]:
    known = {}
    for kind in (ALL, *KINDS):
        limit = draw(limits)
        used = draw(st.integers(0, limit if limit is not None else 12))
        known[kind] = Count(limit, used, draw(st.integers(0, limit - used if limit is not None else 12)))
    line = [
        Waiting(n, draw(st.sampled_from(KINDS)), draw(st.integers(1, 6)), draw(st.booleans()), draw(moments))
        for n in range(draw(st.integers(0, 8)))
    ]
    return known, line


@UNHURRIED
@given(situations())
def test_never_more_is_offered_than_is_free(situation: tuple[dict[str, Count], list[Waiting]]) -> None:
    known, line = situation
    by_id = {one.id: one for one in line}
    made = plan(known, line, NOW, PATIENCE)
    for kind in KINDS:
        assert sum(seats for n, seats in made.offers if by_id[n].kind == kind) <= known[kind].free
    assert sum(seats for _n, seats in made.offers) <= known[ALL].free


@UNHURRIED
@given(situations())
def test_who_could_be_served_is_passed_over_only_for_one_whose_patience_is_over(
    situation: tuple[dict[str, Count], list[Waiting]],
) -> None:
    known, line = situation
    made = plan(known, line, NOW, PATIENCE)
    left = {kind: count.free for kind, count in known.items()}
    by_id = {one.id: one for one in line}
    for n, seats in made.offers:
        one = by_id[n]
        assert seats == one.seats or (one.accepts_fewer and seats == min(left[one.kind], left[ALL]) < one.seats)
        left[one.kind] -= seats
        left[ALL] -= seats
    served = dict(made.offers)
    tired = [one for one in line if one.passed_since == LONG_AGO and one.id not in served]
    for one in line:
        if one.id in served or any(
            other.id < one.id and can_ever_fit(known, other.kind, other.seats) for other in tired
        ):
            continue
        # nobody before it waits by right of patience: after all offers there is not enough for it
        assert one.seats > min(left[one.kind], left[ALL])
        assert not (one.accepts_fewer and min(left[one.kind], left[ALL]) > 0)


@UNHURRIED
@given(situations())
def test_free_is_what_both_limits_allow(situation: tuple[dict[str, Count], list[Waiting]]) -> None:
    known, _line = situation
    for kind in KINDS:
        assert free(known, kind) <= known[kind].free
        assert free(known, kind) <= known[ALL].free
