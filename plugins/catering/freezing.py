"""Figures that are final: signed snapshots at the cut-off, and what a later change means under the contract."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from eventhub.api import Actor, Event, Refused, User, Verb, _l, activity, clock, cutoff, events, session
from plugins.catering import domain
from plugins.catering.headcount import Headcount
from plugins.catering.models import Meal, Snapshot

FROZEN = Verb("catering:frozen", _l("Headcount frozen"))
AMENDED = Verb("catering:amended", _l("Frozen headcount amended"))


class CountChanged(Refused):
    message = _l("The headcount has changed since you opened this page. Look at it again, then confirm.")


class CountIncomplete(Refused):
    message = _l(
        "Part of the headcount is missing: the extension “%(names)s” failed. Nothing was frozen; try again in a minute."
    )


class AlreadyFrozen(Refused):
    message = _l("These figures were frozen meanwhile. Open the meal to see them.")


class MealArchived(Refused):
    message = _l("This meal is archived or no longer in the programme: there is nothing to freeze.")


class ReasonMissing(Refused):
    message = _l("Write what was agreed with the caterer; it stays with the figures.")
    field = "note"


# --- signing --------------------------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """Return the one way to write these figures down: JSON, keys sorted, no space."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(headcount: Headcount) -> str:
    """Return a fingerprint of the figures, for a form that confirms what was seen."""
    return hashlib.sha256(canonical(headcount.to_json())).hexdigest()


def signed_facts(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the signature covers: the figures, and whose, when and for which meal they are."""
    return {
        "event": snapshot.event_id,
        "meal": snapshot.meal_id,
        "first": snapshot.first_id,
        "at": _moment(snapshot.taken_at),
        "by": [snapshot.taken_by_kind, snapshot.taken_by_id],
        "cutoff": _moment(snapshot.cutoff_at) if snapshot.cutoff_at else None,
        "note": snapshot.note,
        "counts": snapshot.counts,
    }


def _moment(moment: datetime) -> str:
    """Return the moment in UTC, as the database gives it back."""
    return moment.astimezone(UTC).isoformat()


def signature(snapshot: Snapshot, key: str) -> str:
    """Return the HMAC-SHA256 of the snapshot under the site's key, in hexadecimal."""
    message = b"catering.snapshot:" + canonical(signed_facts(snapshot))
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def genuine(snapshot: Snapshot, key: str) -> bool:
    """Tell whether nobody has touched the row since this site signed it."""
    return hmac.compare_digest(snapshot.signature, signature(snapshot, key))


# --- freezing -------------------------------------------------------------------------------------------------------


def check_held(meal: Meal) -> None:
    if meal.archived_at is not None or not meal.held:
        raise MealArchived


def check_whole(missing: Iterable[str]) -> None:
    """Refuse figures from which a component's people are missing: they would be wrong, and final."""
    names = sorted(missing)
    if names:
        raise CountIncomplete(names=", ".join(names))


def check_seen(headcount: Headcount, seen: str) -> None:
    if seen != digest(headcount):
        raise CountChanged


def freeze(event: Event, meal: Meal, headcount: Headcount, *, missing: Iterable[str], by: Actor, key: str) -> Snapshot:
    """Write the first, final figures of a meal that was locked in this transaction."""
    events.check_not_frozen(event)
    check_held(meal)
    check_whole(missing)
    if meal.snapshots:
        raise AlreadyFrozen
    return _write(event, meal, headcount, None, "", FROZEN, by, key)


def amend(
    event: Event, meal: Meal, headcount: Headcount, note: str, *, missing: Iterable[str], by: Actor, key: str
) -> Snapshot:
    """Write new figures beside the frozen ones, with what was agreed; the first ones stay as they are."""
    events.check_not_frozen(event)
    check_held(meal)
    check_whole(missing)
    if not note.strip():
        raise ReasonMissing
    return _write(event, meal, headcount, meal.snapshots[0].id, note.strip()[:500], AMENDED, by, key)


def _write(
    event: Event, meal: Meal, headcount: Headcount, first_id: int | None, note: str, verb: Verb, by: Actor, key: str
) -> Snapshot:
    rule = domain.policy(meal)
    snapshot = Snapshot(
        event_id=event.id,
        meal_id=meal.id,
        first_id=first_id,
        taken_at=clock.now(),
        taken_by_kind=by.kind,
        taken_by_id=by.id,
        cutoff_at=domain.cutoffs(event, [meal]).get(meal.id),
        note=note,
        counts={**headcount.to_json(), "policy": policy_to_json(rule) if rule else None},
    )
    snapshot.signature = signature(snapshot, key)
    before = meal.snapshots[-1].counts["covers"] if meal.snapshots else None
    session().add(snapshot)
    session().flush()
    session().expire(meal, ["snapshots"])
    activity.record(by, verb, meal, {"covers": [before, headcount.covers]})
    return snapshot


def authors(snapshots: Iterable[Snapshot]) -> dict[int, str]:
    """Return {snapshot id: who froze it}; the worker at the cut-off is EventHub itself."""
    rows = list(snapshots)
    ids = {row.taken_by_id for row in rows if row.taken_by_kind == "user"}
    users = session().scalars(sa.select(User).where(User.id.in_(ids))).unique()
    names = {user.id: user.display_name for user in users}
    return {row.id: names.get(row.taken_by_id or 0, "EventHub") for row in rows}


def due(event: Event, meals: Sequence[Meal], now: datetime) -> list[Meal]:
    """Return the meals whose cut-off has passed and whose figures are still open; once served, it is too late."""
    moments = domain.cutoffs(event, [meal for meal in meals if not meal.snapshots and meal.held and meal.ends_at > now])
    return [meal for meal in meals if meal.id in moments and moments[meal.id] <= now]


# --- what a change means --------------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What the contract says of the difference."""

    SAME = "same"
    PLATES = "plates"
    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"
    NO_TERMS = "no_terms"


@dataclass(frozen=True)
class Delta:
    """The figures now against those that the caterer has.

    Tolerance and what is invoiced start from the first frozen figure: an amendment must not move the contract's base.
    ``diets`` and ``allergens`` are (code, told, now) of those that differ. ``invoiced`` is None without terms.
    """

    first: int
    told: int
    now: int
    verdict: Verdict
    tolerance: cutoff.Tolerance | None
    invoiced: int | None
    diets: tuple[tuple[str, int, int], ...]
    allergens: tuple[tuple[str, int, int], ...]

    @property
    def change(self) -> int:
        return self.now - self.told

    @property
    def beyond(self) -> bool:
        return self.verdict in {Verdict.ABOVE, Verdict.BELOW}


def delta(snapshots: Sequence[Snapshot], headcount: Headcount) -> Delta | None:
    """Return the difference to the figures that the caterer has, or None where none were frozen."""
    if not snapshots:
        return None
    first, told = snapshots[0], Headcount.from_json(snapshots[-1].counts)
    base = first.counts["covers"]
    rule = policy_from_json(first.counts["policy"]) if first.counts["policy"] else None
    tolerance = cutoff.tolerance(rule, base) if rule else None
    diets = _differences(dict(told.diets), dict(headcount.diets))
    allergens = _differences(_by_code(told), _by_code(headcount))
    return Delta(
        base,
        told.covers,
        headcount.covers,
        _verdict(told, headcount, tolerance, bool(diets or allergens)),
        tolerance,
        cutoff.covers_invoiced(rule, base, headcount.covers) if rule else None,
        diets,
        allergens,
    )


def _verdict(told: Headcount, now: Headcount, tolerance: cutoff.Tolerance | None, plates_differ: bool) -> Verdict:
    if told.covers == now.covers:
        return Verdict.PLATES if plates_differ else Verdict.SAME
    if tolerance is None:
        return Verdict.NO_TERMS
    if now.covers in tolerance:
        return Verdict.WITHIN
    return Verdict.ABOVE if now.covers > tolerance.maximum else Verdict.BELOW


def _by_code(headcount: Headcount) -> dict[str, int]:
    return {line.code: line.people for line in headcount.allergens}


def _differences(told: Mapping[str, int], now: Mapping[str, int]) -> tuple[tuple[str, int, int], ...]:
    codes = dict.fromkeys((*told, *now))
    return tuple((code, told.get(code, 0), now.get(code, 0)) for code in codes if told.get(code, 0) != now.get(code, 0))


def policy_to_json(rule: cutoff.CutoffPolicy) -> dict[str, Any]:
    """Return the terms as they were when the figures became final; the provider's page may change later."""
    return {
        "n": rule.n,
        "unit": rule.unit.value,
        "hour": rule.hour.isoformat("minutes") if rule.hour else None,
        "max_decrease": rule.max_decrease,
        "max_increase": rule.max_increase,
        "in_percent": rule.decrease_is_percent,
        "minimum_invoiced": rule.minimum_invoiced,
    }


def policy_from_json(value: Mapping[str, Any]) -> cutoff.CutoffPolicy:
    return cutoff.CutoffPolicy(
        value["n"],
        cutoff.DayUnit(value["unit"]),
        time.fromisoformat(value["hour"]) if value["hour"] else None,
        value["max_decrease"],
        value["max_increase"],
        value["in_percent"],
        value["in_percent"],
        value["minimum_invoiced"],
    )
