"""Services, diets, allergens and verdicts as the interface says them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eventhub.api import ProviderKind, _, _lp, days_in_words, format_list, ngettext
from plugins.catering import domain
from plugins.catering.dietary import STANDARD, WITHHELD
from plugins.catering.freezing import Delta, Verdict
from plugins.catering.headcount import Plate, Status
from plugins.catering.models import Meal, Service

CATERER = ProviderKind("caterer", _lp("provider kind", "Caterer"), 15)

SERVICES: dict[str, Any] = {
    Service.SEATED: _lp("service", "Served at table"),
    Service.BUFFET: _lp("service", "Buffet"),
    Service.PACKED: _lp("service", "Packed lunch"),
    Service.BREAK: _lp("service", "Break"),
}
DIETS: dict[str, Any] = {
    "vegetarian": _lp("diet", "Vegetarian"),
    "vegan": _lp("diet", "Vegan"),
    "pescatarian": _lp("diet", "Fish but no meat"),
    "no_pork": _lp("diet", "No pork"),
    "no_beef": _lp("diet", "No beef"),
    "lactose_free": _lp("diet", "Lactose-free"),
}
PLATES: dict[str, Any] = {STANDARD: _lp("diet", "Standard"), **DIETS}
ANSWERS: dict[str, Any] = {**DIETS, WITHHELD: _lp("diet", "I prefer not to say")}
# Words of Regulation (EU) 1169/2011, annex II, shortened as menus do
ALLERGENS: dict[str, Any] = {
    "gluten": _lp("allergen", "Gluten"),
    "crustaceans": _lp("allergen", "Crustaceans"),
    "eggs": _lp("allergen", "Eggs"),
    "fish": _lp("allergen", "Fish"),
    "peanuts": _lp("allergen", "Peanuts"),
    "soya": _lp("allergen", "Soya"),
    "milk": _lp("allergen", "Milk"),
    "tree_nuts": _lp("allergen", "Tree nuts"),
    "celery": _lp("allergen", "Celery"),
    "mustard": _lp("allergen", "Mustard"),
    "sesame": _lp("allergen", "Sesame"),
    "sulphites": _lp("allergen", "Sulphites"),
    "lupin": _lp("allergen", "Lupin"),
    "molluscs": _lp("allergen", "Molluscs"),
}
STATUSES: dict[str, Any] = {
    Status.PRESENT: _lp("at a meal", "Eats here"),
    Status.PACKED: _lp("at a meal", "Carries a packed lunch"),
    Status.AWAY: _lp("at a meal", "Not there"),
}
STATUS_TONES = {Status.PRESENT: "good", Status.PACKED: "on", Status.AWAY: "plain"}
VERDICTS: dict[str, Any] = {
    Verdict.SAME: _lp("delta", "Unchanged"),
    Verdict.PLATES: _lp("delta", "Plates differ"),
    Verdict.WITHIN: _lp("delta", "Within the tolerance"),
    Verdict.ABOVE: _lp("delta", "Above the tolerance"),
    Verdict.BELOW: _lp("delta", "Below the tolerance"),
    Verdict.NO_TERMS: _lp("delta", "No terms agreed"),
}
VERDICT_TONES = {
    Verdict.SAME: "good",
    Verdict.PLATES: "warn",
    Verdict.WITHIN: "on",
    Verdict.ABOVE: "stop",
    Verdict.BELOW: "stop",
    Verdict.NO_TERMS: "warn",
}


def allergen(code: str, severe: bool = False, *, inside: bool = False) -> str:
    """Return "Tree nuts (severe)", or "tree nuts (severe)" inside a sentence."""
    name = str(ALLERGENS[code])
    if inside:
        name = name[:1].lower() + name[1:]
    return _("%(allergen)s (severe)", allergen=name) if severe else name


def signed(number: int) -> str:
    """Return "+3", "−2" with a true minus, or "0"."""
    return f"{number:+d}".replace("-", "\u2212") if number else "0"


def allergens(found: Iterable[tuple[str, bool]]) -> str:
    return ", ".join(allergen(code, severe) for code, severe in found)


def plate(found: Plate) -> str:
    """Return "Vegan, without tree nuts (severe)"."""
    diet = str(PLATES[found.diet])
    if not found.allergens:
        return diet
    without = format_list(allergen(code, severe, inside=True) for code, severe in found.allergens)
    return _("%(diet)s, without %(allergens)s", diet=diet, allergens=without)


def cutoff_rule(found: Meal) -> str:
    """Return "8 working days before, Mon–Sat; afterwards at most 3 more and 2 fewer", or "" where none is agreed."""
    rule = domain.policy(found)
    if rule is None:
        return ""
    days = days_in_words(rule.n, rule.unit.value)
    return _("%(days)s; %(tolerance)s", days=days, tolerance=domain.tolerance_in_words(rule))


def meaning(found: Delta) -> str:
    """Return what the difference means under the contract, in one sentence."""
    if found.verdict is Verdict.SAME:
        return _("The caterer has the right figures.")
    if found.verdict is Verdict.PLATES:
        return _("The covers are the same, but not the plates: tell the caterer, then amend.")
    if found.verdict is Verdict.NO_TERMS or found.tolerance is None:
        return _("No tolerance was agreed with the caterer: ask before you count on the change.")
    if found.verdict is Verdict.WITHIN:
        return _(
            "From %(low)s to %(high)s covers the contract takes the change: tell the caterer, then amend.",
            low=found.tolerance.minimum,
            high=found.tolerance.maximum,
        )
    if found.verdict is Verdict.ABOVE:
        over = found.now - found.tolerance.maximum
        return ngettext(
            "%(num)d cover more than the contract allows (%(high)s): the caterer may refuse it. Ask now.",
            "%(num)d covers more than the contract allows (%(high)s): the caterer may refuse them. Ask now.",
            over,
            high=found.tolerance.maximum,
        )
    unused = (found.invoiced or 0) - found.now
    return ngettext(
        "%(num)d cover will be invoiced that nobody eats: %(invoiced)s are invoiced at least.",
        "%(num)d covers will be invoiced that nobody eats: %(invoiced)s are invoiced at least.",
        unused,
        invoiced=found.invoiced,
    )
