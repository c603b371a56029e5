"""The columns of catering's files: figures without names, and the restricted list of named needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from eventhub.api import Column, Event, _, format_time
from plugins.catering import domain, words
from plugins.catering.dietary import ALLERGENS, STANDARD, Named
from plugins.catering.freezing import Delta
from plugins.catering.headcount import Headcount
from plugins.catering.models import Meal


@dataclass(frozen=True)
class Line:
    """A meal as the list shows it: its figures as things stand, its cut-off, and the difference once frozen."""

    meal: Meal
    title: str
    headcount: Headcount
    cutoff: datetime | None
    delta: Delta | None


def meal_columns(event: Event) -> list[Column[Line]]:
    """Return what the list of meals exports; nobody is named in it."""

    def cutoff(line: Line) -> datetime | None:
        return line.cutoff.astimezone(event.zone) if line.cutoff else None

    def diet(code: str) -> Column[Line]:
        return Column(f"diet_{code or 'standard'}", words.PLATES[code], lambda line: line.headcount.diet(code), True)

    def allergen(code: str, *, severe: bool) -> Column[Line]:
        label = words.allergen(code, severe)
        key = f"severe_{code}" if severe else f"allergen_{code}"
        if severe:
            return Column(key, label, lambda line: line.headcount.allergen(code).severe, True)
        return Column(key, label, lambda line: line.headcount.allergen(code).people, True)

    return [
        Column("day", _("Day"), lambda line: domain.day_of(event, line.meal)),
        Column("time", _("Begins"), lambda line: format_time(line.meal.starts_at, event.zone)),
        Column("meal", _("Meal"), lambda line: line.title),
        Column("service", _("Service"), lambda line: str(words.SERVICES[line.meal.service])),
        Column("provider", _("Caterer"), lambda line: line.meal.provider.name if line.meal.provider else ""),
        Column("cutoff", _("Figures final on"), cutoff),
        Column("covers", _("Covers"), lambda line: line.headcount.covers, True),
        Column("unnamed", _("of which without a name"), lambda line: line.headcount.unnamed, True),
        Column("frozen", _("Told to the caterer"), lambda line: line.delta.told if line.delta else None, True),
        *(diet(code) for code in (STANDARD, *words.DIETS)),
        *(allergen(code, severe=severe) for code in ALLERGENS for severe in (False, True)),
    ]


def need_columns() -> list[Column[Named]]:
    """Return the restricted list of named needs; what waits for the person is not in it."""
    return [
        Column("name", _("Name"), lambda line: line.person.name),
        Column("delegation", _("Delegation"), lambda line: line.person.delegation.name),
        Column("diet", _("Diet"), lambda line: str(words.DIETS.get(line.need.diet, "")) if line.need else ""),
        Column("severe", _("Severe allergies"), lambda line: _names(line.need.severe) if line.need else ""),
        Column("mild", _("Allergies and intolerances"), lambda line: _names(line.need.mild) if line.need else ""),
        Column("note", _("Something else for the kitchen"), lambda line: line.need.note if line.need else ""),
        Column("state", _("State"), lambda line: _("Confirmed") if line.need else _("Waits for the person")),
    ]


def _names(codes: tuple[str, ...]) -> str:
    return ", ".join(str(words.ALLERGENS[code]) for code in codes)
