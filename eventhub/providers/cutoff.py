"""When a provider's figures become final, and by how much they may still move afterwards.

French contracts count days in three ways. *Calendaire*: every day, public holidays too. *Ouvrable*: Monday to Saturday
less public holidays. *Ouvré*: Monday to Friday less public holidays. The day of the service itself is never counted.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


class DayUnit(StrEnum):
    """A way of counting days."""

    CALENDAIRE = "calendaire"
    OUVRABLE = "ouvrable"
    OUVRE = "ouvre"

    def counts(self, day: date, holidays: Container[date]) -> bool:
        """Return whether the day is one of this unit's."""
        if self is DayUnit.CALENDAIRE:
            return True
        last = 6 if self is DayUnit.OUVRABLE else 5
        return day.isoweekday() <= last and day not in holidays


@dataclass(frozen=True)
class CutoffPolicy:
    """How long before the service a provider's figures are final, and what may still change then.

    ``n`` days of ``unit`` before the service, at ``hour`` by the wall clock of the event, or at the hour of the service
    where it is None: "48 h ouvrées" is ``CutoffPolicy(2, DayUnit.OUVRE)``. ``max_decrease`` and ``max_increase`` are
    covers, or per cent of the frozen covers where ``…_is_percent``. ``minimum_invoiced`` is in covers.
    """

    n: int
    unit: DayUnit
    hour: time | None = None
    max_decrease: int = 0
    max_increase: int = 0
    decrease_is_percent: bool = False
    increase_is_percent: bool = False
    minimum_invoiced: int = 0

    def __post_init__(self) -> None:
        if min(self.n, self.max_decrease, self.max_increase, self.minimum_invoiced) < 0:
            raise ValueError("days, tolerances and the minimum invoiced are zero or more")
        if self.hour is not None and self.hour.tzinfo is not None:
            raise ValueError("the hour is read on the event's wall clock: it carries no time zone")


@dataclass(frozen=True)
class Tolerance:
    """The fewest and the most covers that may be asked for once the figure is frozen; both ends included."""

    minimum: int
    maximum: int

    def __contains__(self, covers: int) -> bool:
        return self.minimum <= covers <= self.maximum


def cutoff_day(service: date, n: int, unit: DayUnit, holidays: Container[date]) -> date:
    """Return the n-th day of the unit before the service.

    With n = 0 that is the day of the service, whatever day it is. ``holidays`` must cover the days crossed: a service
    in January looks back into December.
    """
    if isinstance(service, datetime):
        # A datetime is a date to Python, but equals none: every public holiday would be missed without a word.
        raise TypeError("cutoff_day counts from a date; take the day in the event's zone first")
    if n < 0:
        raise ValueError("a cut-off lies before the service: n is zero or more")
    day = service
    for _ in range(n):
        day -= ONE_DAY
        while not unit.counts(day, holidays):
            day -= ONE_DAY
    return day


def cutoff_moment(service_start: datetime, policy: CutoffPolicy, zone: ZoneInfo, holidays: Container[date]) -> datetime:
    """Return the moment at which the figures become final, aware and in the zone.

    Days and hours are those of the zone's wall clock, so a change of clocks in between moves nothing that people read.
    An hour that the change skips or repeats is read as RFC 5545, 3.3.5 reads it: one that never strikes falls as much
    later as the clock jumps, one that strikes twice is the first of the two.
    """
    if service_start.utcoffset() is None:
        raise ValueError("the start of the service needs a time zone")
    local = service_start.astimezone(zone)
    day = cutoff_day(local.date(), policy.n, policy.unit, holidays)
    hour = local.time() if policy.hour is None else policy.hour
    moment = datetime.combine(day, hour.replace(fold=0), tzinfo=zone)
    return moment.astimezone(UTC).astimezone(zone)  # through UTC, since only that corrects an hour that never strikes


def tolerance(policy: CutoffPolicy, frozen: int) -> Tolerance:
    """Return between which figures the covers may still move after the cut-off.

    A percentage is rounded down to whole covers: half a cover above the contract is above the contract.
    """
    decrease = frozen * policy.max_decrease // 100 if policy.decrease_is_percent else policy.max_decrease
    increase = frozen * policy.max_increase // 100 if policy.increase_is_percent else policy.max_increase
    return Tolerance(max(0, frozen - decrease), frozen + increase)


def covers_invoiced(policy: CutoffPolicy, frozen: int, wanted: int) -> int:
    """Return the covers that the provider may invoice when ``wanted`` are wanted after ``frozen`` were frozen.

    A drop beyond the tolerance is paid for all the same, and so is the minimum of the contract. A rise beyond the
    tolerance is for the provider to accept; once accepted it is invoiced, so it is not capped here.
    """
    return max(wanted, tolerance(policy, frozen).minimum, policy.minimum_invoiced)


def public_holidays(country: str, years: Iterable[int], subdivision: str | None = None) -> frozenset[date]:
    """Return the public holidays of the country (ISO 3166-1 code) in these years.

    ``subdivision`` adds those of a part of it: "57" (Moselle) and "6AE" (Alsace) have Good Friday and 26 December.
    Raises LookupError for a country or a part that the ``holidays`` library does not know.
    """
    return _public_holidays(country, tuple(sorted(set(years))), subdivision)


# One child a country and pair of years: what it imports, the calendars of all the world, would stay in every worker.
_ASK = """
import sys
from holidays import country_holidays
country, subdivision, *years = sys.argv[1:]
try:
    found = country_holidays(country, subdiv=subdivision or None, years=map(int, years))
except NotImplementedError as unknown:
    sys.exit(str(unknown))
print(*(day.isoformat() for day in found))
"""


@lru_cache(maxsize=256)
def _public_holidays(country: str, years: tuple[int, ...], subdivision: str | None) -> frozenset[date]:
    command = [sys.executable, "-I", "-c", _ASK, country, subdivision or "", *map(str, years)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    if answer.returncode:
        raise LookupError(answer.stderr.strip().rpartition("\n")[2])
    return frozenset(map(date.fromisoformat, answer.stdout.split()))
