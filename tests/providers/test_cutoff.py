"""The days that a contract counts, against dates worked out by hand on a calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.providers.cutoff import (
    CutoffPolicy,
    DayUnit,
    Tolerance,
    covers_invoiced,
    cutoff_day,
    cutoff_moment,
    public_holidays,
    tolerance,
)

PARIS = ZoneInfo("Europe/Paris")
FRANCE = public_holidays("FR", [2024, 2025])
CALENDAIRE, OUVRABLE, OUVRE = DayUnit

SERVED_MEALS = CutoffPolicy(8, OUVRABLE, time(12), max_decrease=2, max_increase=3)
PACKED_LUNCHES = CutoffPolicy(2, OUVRE, max_decrease=2, max_increase=3)


@pytest.mark.parametrize(
    "unit, expected",
    [(CALENDAIRE, date(2025, 3, 17)), (OUVRABLE, date(2025, 3, 15)), (OUVRE, date(2025, 3, 13))],
)
def test_eight_days_before_a_tuesday_is_another_day_in_each_unit(unit: DayUnit, expected: date) -> None:
    assert cutoff_day(date(2025, 3, 25), 8, unit, FRANCE) == expected


@pytest.mark.parametrize(
    "service, n, unit, expected",
    [
        # the reference event: eight jours ouvrables for served meals, 48 h ouvrées for packed lunches
        (date(2025, 3, 25), 8, OUVRABLE, date(2025, 3, 15)),
        (date(2025, 3, 26), 8, OUVRABLE, date(2025, 3, 17)),
        (date(2025, 3, 27), 8, OUVRABLE, date(2025, 3, 18)),
        (date(2025, 3, 26), 2, OUVRE, date(2025, 3, 24)),
        # Easter Monday: 1 April 2024, 21 April 2025
        (date(2024, 4, 2), 1, CALENDAIRE, date(2024, 4, 1)),
        (date(2024, 4, 2), 1, OUVRABLE, date(2024, 3, 30)),
        (date(2024, 4, 2), 1, OUVRE, date(2024, 3, 29)),
        (date(2025, 4, 22), 1, CALENDAIRE, date(2025, 4, 21)),
        (date(2025, 4, 22), 1, OUVRABLE, date(2025, 4, 19)),
        (date(2025, 4, 22), 1, OUVRE, date(2025, 4, 18)),
        # 1 and 8 May 2025, both a Thursday
        (date(2025, 5, 2), 1, CALENDAIRE, date(2025, 5, 1)),
        (date(2025, 5, 2), 1, OUVRABLE, date(2025, 4, 30)),
        (date(2025, 5, 2), 1, OUVRE, date(2025, 4, 30)),
        (date(2025, 5, 12), 2, OUVRABLE, date(2025, 5, 9)),
        (date(2025, 5, 12), 2, OUVRE, date(2025, 5, 7)),
        (date(2025, 5, 12), 8, CALENDAIRE, date(2025, 5, 4)),
        (date(2025, 5, 12), 8, OUVRABLE, date(2025, 4, 30)),
        (date(2025, 5, 12), 8, OUVRE, date(2025, 4, 28)),
        # Christmas, seen from the new year
        (date(2025, 1, 2), 1, OUVRE, date(2024, 12, 31)),
        (date(2025, 1, 2), 5, OUVRE, date(2024, 12, 24)),
    ],
)
def test_holidays_and_week_ends_are_stepped_over(service: date, n: int, unit: DayUnit, expected: date) -> None:
    assert cutoff_day(service, n, unit, FRANCE) == expected


def test_no_day_before_is_the_day_itself_even_on_a_sunday() -> None:
    assert cutoff_day(date(2025, 3, 23), 0, OUVRE, FRANCE) == date(2025, 3, 23)


def test_a_cut_off_after_the_service_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="before the service"):
        cutoff_day(date(2025, 3, 25), -1, OUVRE, FRANCE)


def test_a_moment_is_not_taken_for_a_day_since_it_would_miss_every_holiday() -> None:
    with pytest.raises(TypeError, match="counts from a date"):
        cutoff_day(datetime(2025, 4, 22, tzinfo=UTC), 1, OUVRE, FRANCE)


@pytest.mark.parametrize(
    "subdivision, expected",
    [(None, date(2025, 4, 18)), ("57", date(2025, 4, 17)), ("6AE", date(2025, 4, 17))],
)
def test_alsace_and_moselle_keep_good_friday(subdivision: str | None, expected: date) -> None:
    holidays = public_holidays("FR", [2025], subdivision)

    assert (date(2025, 4, 18) in holidays) is (subdivision is not None)
    assert cutoff_day(date(2025, 4, 22), 1, OUVRE, holidays) == expected


def test_france_has_eleven_public_holidays() -> None:
    assert public_holidays("FR", [2025]) == {
        date(2025, 1, 1),
        date(2025, 4, 21),
        date(2025, 5, 1),
        date(2025, 5, 8),
        date(2025, 5, 29),
        date(2025, 6, 9),
        date(2025, 7, 14),
        date(2025, 8, 15),
        date(2025, 11, 1),
        date(2025, 11, 11),
        date(2025, 12, 25),
    }


@pytest.mark.parametrize("country, subdivision", [("ZZ", None), ("FR", "Atlantis")])
def test_an_unknown_place_has_no_calendar(country: str, subdivision: str | None) -> None:
    with pytest.raises(LookupError):
        public_holidays(country, [2025], subdivision)


days = st.dates(date(2001, 1, 1), date(2099, 12, 31))
counts = st.integers(0, 40)


@st.composite
def holidays_before(draw: st.DrawFn) -> tuple[date, frozenset[date]]:
    """A day of service and holidays scattered over the four months before it."""
    service = draw(days)
    back = draw(st.sets(st.integers(0, 120), max_size=30))
    return service, frozenset(service - timedelta(days=n) for n in back)


@given(holidays_before(), counts)
def test_stricter_days_reach_at_least_as_far_back(case: tuple[date, frozenset[date]], n: int) -> None:
    service, holidays = case

    ouvre, ouvrable, calendaire = (cutoff_day(service, n, unit, holidays) for unit in (OUVRE, OUVRABLE, CALENDAIRE))

    assert ouvre <= ouvrable <= calendaire == service - timedelta(days=n)


@given(holidays_before(), counts, st.sampled_from(DayUnit))
def test_exactly_n_counted_days_lie_from_the_cut_off_to_the_eve(
    case: tuple[date, frozenset[date]], n: int, unit: DayUnit
) -> None:
    service, holidays = case

    day = cutoff_day(service, n, unit, holidays)

    crossed = [day + timedelta(days=k) for k in range((service - day).days)]
    assert sum(unit.counts(each, holidays) for each in crossed) == n
    assert crossed == [] or unit.counts(crossed[0], holidays)


def test_forty_eight_working_hours_are_two_working_days_at_the_same_hour() -> None:
    lunch = datetime(2025, 3, 26, 12, 30, tzinfo=PARIS)

    assert cutoff_moment(lunch, PACKED_LUNCHES, PARIS, FRANCE) == datetime(2025, 3, 24, 12, 30, tzinfo=PARIS)


def test_a_policy_with_an_hour_closes_at_that_hour() -> None:
    buffet = datetime(2025, 3, 25, 12, 0, tzinfo=PARIS)

    moment = cutoff_moment(buffet, CutoffPolicy(8, OUVRABLE, time(9, 30)), PARIS, FRANCE)

    assert moment == datetime(2025, 3, 15, 9, 30, tzinfo=PARIS)


def test_the_day_of_the_service_is_read_on_the_events_clock() -> None:
    just_after_midnight_in_paris = datetime(2025, 3, 25, 23, 15, tzinfo=UTC)

    moment = cutoff_moment(just_after_midnight_in_paris, CutoffPolicy(1, OUVRE), PARIS, FRANCE)

    assert moment == datetime(2025, 3, 25, 0, 15, tzinfo=PARIS)


def test_a_change_of_clocks_in_between_leaves_the_hour_on_the_wall_alone() -> None:
    monday_lunch = datetime(2025, 3, 31, 12, 0, tzinfo=PARIS)  # clocks went forward on Sunday the 30th

    moment = cutoff_moment(monday_lunch, PACKED_LUNCHES, PARIS, FRANCE)

    assert moment.isoformat() == "2025-03-27T12:00:00+01:00"
    assert monday_lunch.astimezone(UTC) - moment.astimezone(UTC) == timedelta(hours=95)


@pytest.mark.parametrize(
    "service, expected",
    [
        (datetime(2025, 3, 31, 2, 30, tzinfo=PARIS), "2025-03-30T03:30:00+02:00"),  # 2:30 does not strike on the 30th
        (datetime(2025, 10, 27, 2, 30, tzinfo=PARIS), "2025-10-26T02:30:00+02:00"),  # 2:30 strikes twice on the 26th
        (datetime(2025, 10, 26, 2, 30, tzinfo=PARIS, fold=1), "2025-10-25T02:30:00+02:00"),
    ],
)
def test_hours_that_the_change_of_clocks_skips_or_repeats(service: datetime, expected: str) -> None:
    assert cutoff_moment(service, CutoffPolicy(1, CALENDAIRE), PARIS, FRANCE).isoformat() == expected


def test_a_service_without_a_time_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        cutoff_moment(datetime.fromisoformat("2025-03-26T12:30"), PACKED_LUNCHES, PARIS, FRANCE)


@pytest.mark.parametrize(
    "policy, frozen, expected",
    [
        (SERVED_MEALS, 66, Tolerance(64, 69)),
        (SERVED_MEALS, 1, Tolerance(0, 4)),
        (CutoffPolicy(8, OUVRABLE), 66, Tolerance(66, 66)),
        (CutoffPolicy(8, OUVRABLE, max_increase=5, increase_is_percent=True), 66, Tolerance(66, 69)),
        (CutoffPolicy(8, OUVRABLE, max_increase=5, increase_is_percent=True), 19, Tolerance(19, 19)),
        (CutoffPolicy(8, OUVRABLE, max_decrease=10, decrease_is_percent=True), 66, Tolerance(60, 66)),
        (
            CutoffPolicy(8, OUVRABLE, None, 10, 20, decrease_is_percent=True, increase_is_percent=True),
            100,
            Tolerance(90, 120),
        ),
    ],
)
def test_tolerance_after_the_cut_off(policy: CutoffPolicy, frozen: int, expected: Tolerance) -> None:
    assert tolerance(policy, frozen) == expected


def test_both_ends_of_the_tolerance_are_allowed() -> None:
    allowed = tolerance(SERVED_MEALS, 66)

    assert [covers for covers in range(60, 75) if covers in allowed] == [64, 65, 66, 67, 68, 69]


@pytest.mark.parametrize(
    "wanted, minimum_invoiced, expected",
    [(66, 0, 66), (64, 0, 64), (60, 0, 64), (69, 0, 69), (75, 0, 75), (64, 65, 65), (30, 70, 70)],
)
def test_covers_dropped_too_late_are_invoiced(wanted: int, minimum_invoiced: int, expected: int) -> None:
    policy = CutoffPolicy(8, OUVRABLE, max_decrease=2, max_increase=3, minimum_invoiced=minimum_invoiced)

    assert covers_invoiced(policy, 66, wanted) == expected


def test_a_meal_for_nobody_costs_nothing_unless_the_contract_says_so() -> None:
    assert covers_invoiced(CutoffPolicy(8, OUVRABLE), 0, 0) == 0


@pytest.mark.parametrize(
    "figures", [{"n": -1}, {"max_decrease": -1}, {"max_increase": -1}, {"minimum_invoiced": -1}], ids=str
)
def test_a_policy_has_no_figure_below_zero(figures: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        replace(SERVED_MEALS, **figures)


def test_the_hour_of_a_policy_is_one_on_the_wall() -> None:
    with pytest.raises(ValueError, match="wall clock"):
        CutoffPolicy(8, OUVRABLE, time(12, tzinfo=UTC))
