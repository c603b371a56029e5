"""Meals: what is served where, by whom, and until when its figures may move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    Actor,
    Event,
    ItemKind,
    NotFound,
    ProgrammeItem,
    Provider,
    Refused,
    Verb,
    _,
    _l,
    activity,
    clock,
    cutoff,
    events,
    format_day,
    get,
    language,
    locked,
    providers,
    session,
)
from plugins.catering.models import SERVED, Meal, MealItem, Service

ADDED = Verb("catering:meal_added", _l("Meal added"))
CHANGED = Verb("catering:meal_changed", _l("Meal changed"))
ARCHIVED = Verb("catering:meal_archived", _l("Meal archived"))
RESTORED = Verb("catering:meal_restored", _l("Meal taken back out of the archive"))

TABLE_KINDS = frozenset({ItemKind.MEAL, ItemKind.BREAK})
FACTS = (
    "service name note provider_id replaces_id cutoff_n cutoff_unit cutoff_hour max_decrease max_increase in_percent "
    "minimum_invoiced".split()
)


class NoItem(Refused):
    message = _l("Choose what in the programme this meal is for.")
    field = "item_ids"


class OneTable(Refused):
    message = _l("A served meal belongs to one meal or break of the programme. Choose exactly one of those.")
    field = "item_ids"


class OnlyVisits(Refused):
    message = _l("Packed lunches belong to visits. Choose the visits that they are for.")
    field = "item_ids"


class ItemTaken(Refused):
    message = _l("Another meal is already planned for “%(title)s”. Change that one, or choose another item.")
    field = "item_ids"


class UnknownProvider(Refused):
    message = _l("This provider is not one of the event's. Choose another.")
    field = "provider_id"


class ReplacesNothing(Refused):
    message = _l("Only packed lunches can take people away from a served meal, and only on the same day.")
    field = "replaces_id"


# --- reading --------------------------------------------------------------------------------------------------------


def _first_start() -> sa.ScalarSelect[Any]:
    return (
        sa.select(sa.func.min(ProgrammeItem.starts_at))
        .join(MealItem, MealItem.item_id == ProgrammeItem.id)
        .where(MealItem.meal_id == Meal.id)
        .correlate(Meal)
        .scalar_subquery()
    )


def list_query(
    event: Event, *, service: str = "", provider_id: int | None = None, day: date | None = None, archived: bool = False
) -> sa.Select[Meal]:
    """Return the query of the meals in order of time; items, providers and snapshots come in three more statements."""
    starts = _first_start()
    query = (
        sa.select(Meal)
        .where(Meal.event_id == event.id, starts.is_not(None))
        .where(Meal.archived_at.is_not(None) if archived else Meal.archived_at.is_(None))
        .options(*loaded())
        .order_by(starts, Meal.id)
    )
    if service:
        query = query.where(Meal.service == service)
    if provider_id:
        query = query.where(Meal.provider_id == provider_id)
    if day:
        midnight = datetime.combine(day, datetime.min.time(), event.zone)
        query = query.where(starts >= midnight, starts < midnight + timedelta(days=1))
    return query


def loaded() -> tuple[Any, ...]:
    """Return the options that load all that a meal's page and its counting read."""
    return (
        orm.selectinload(Meal.links).joinedload(MealItem.item),
        orm.joinedload(Meal.provider),
        orm.selectinload(Meal.snapshots),
    )


def meals(event: Event) -> list[Meal]:
    return list(session().scalars(list_query(event)))


def meal(event: Event, meal_id: int) -> Meal:
    """Return the meal with all that its page reads; NotFound when it is not this event's."""
    query = sa.select(Meal).where(Meal.id == meal_id, Meal.event_id == event.id).options(*loaded())
    found = session().scalars(query).one_or_none()
    if found is None or not found.links:
        raise NotFound("meal", meal_id)
    return found


def meal_for_change(event: Event, meal_id: int) -> Meal:
    """Return the meal locked, and read after the lock; call it first in the transaction."""
    found = locked(Meal, meal_id, event_id=event.id)
    session().refresh(found, ["links", "snapshots"])
    return found


def packs_for(served: Iterable[Meal]) -> dict[int, list[Meal]]:
    """Return {served meal: the packed lunches that take people away from it}, in two statements."""
    query = (
        sa.select(Meal)
        .where(
            Meal.replaces_id.in_([meal.id for meal in served]),
            Meal.archived_at.is_(None),
            Meal.service == Service.PACKED,
        )
        .options(orm.selectinload(Meal.links).joinedload(MealItem.item))
    )
    found: dict[int, list[Meal]] = {}
    for pack in session().scalars(query):
        found.setdefault(pack.replaces_id or 0, []).append(pack)
    return found


def items_without_meal(event: Event, items: Sequence[ProgrammeItem]) -> list[ProgrammeItem]:
    """Return those of the items that no meal is planned for."""
    query = (
        sa.select(MealItem.item_id)
        .join(Meal, MealItem.meal_id == Meal.id)
        .where(Meal.event_id == event.id, Meal.archived_at.is_(None))
    )
    covered = set(session().scalars(query))
    return [item for item in items if item.id not in covered]


# --- in words -------------------------------------------------------------------------------------------------------


def day_of(event: Event, found: Meal) -> date:
    return found.starts_at.astimezone(event.zone).date()


def title(event: Event, found: Meal) -> str:
    """Return the meal's own name, else its item's title, else for which day the lunches are packed."""
    if found.name:
        return found.name
    if found.packed:
        return _("Packed lunches, %(day)s", day=format_day(day_of(event, found), "EEEE d MMMM"))
    return found.items[0].title.label(language())


def items_in_words(found: Meal) -> list[str]:
    return [item.title.label(language()) for item in found.items]


# --- cut-offs -------------------------------------------------------------------------------------------------------


def policy(found: Meal) -> cutoff.CutoffPolicy | None:
    """Return the meal's own cut-off policy, else its provider's, or None where none is agreed."""
    if found.cutoff_n is None or not found.cutoff_unit:
        return providers.policy(found.provider) if found.provider else None
    return cutoff.CutoffPolicy(
        found.cutoff_n,
        cutoff.DayUnit(found.cutoff_unit),
        found.cutoff_hour,
        found.max_decrease or 0,
        found.max_increase or 0,
        found.in_percent,
        found.in_percent,
        found.minimum_invoiced or 0,
    )


def cutoffs(event: Event, found: Iterable[Meal]) -> dict[int, datetime]:
    """Return {meal id: when its figures become final} of the meals with a policy; each year's holidays once."""
    known: dict[tuple[int, int], frozenset[date]] = {}
    result = {}
    for one in found:
        rule = policy(one)
        if rule is None:
            continue
        year = one.starts_at.astimezone(event.zone).year
        years = (year - 1, year)  # a service in January looks back into December
        if years not in known:
            known[years] = cutoff.public_holidays(event.country, years, event.subdivision or None)
        result[one.id] = cutoff.cutoff_moment(one.starts_at, rule, event.zone, known[years])
    return result


def tolerance_in_words(rule: cutoff.CutoffPolicy) -> str:
    """Return "afterwards at most 3 more and 2 fewer"."""
    if rule.increase_is_percent:
        return _(
            "afterwards at most %(more)s %% more and %(fewer)s %% fewer",
            more=rule.max_increase,
            fewer=rule.max_decrease,
        )
    return _("afterwards at most %(more)s more and %(fewer)s fewer", more=rule.max_increase, fewer=rule.max_decrease)


# --- changing -------------------------------------------------------------------------------------------------------


def check_items(event: Event, service: str, item_ids: Sequence[int]) -> list[ProgrammeItem]:
    """Return the items locked, in the order that everybody locks them in; refuse those that do not suit the service."""
    if not item_ids:
        raise NoItem
    items = [locked(ProgrammeItem, item_id, event_id=event.id) for item_id in sorted(set(item_ids))]
    if service == Service.PACKED:
        if any(item.kind != ItemKind.VISIT for item in items):
            raise OnlyVisits
    elif len(items) != 1 or items[0].kind not in TABLE_KINDS:
        raise OneTable
    return items


def check_free(event: Event, items: Iterable[ProgrammeItem], own_id: int | None) -> None:
    """Refuse an item that another meal is for: its people would be counted twice."""
    wanted = {item.id: item for item in items}
    query = (
        sa.select(MealItem.item_id)
        .join(Meal, MealItem.meal_id == Meal.id)
        .where(MealItem.item_id.in_(wanted), Meal.archived_at.is_(None), Meal.id != (own_id or 0))
    )
    taken = session().scalars(query).first()
    if taken is not None:
        raise ItemTaken(title=wanted[taken].title.label(language()))


def check_provider(event: Event, provider_id: int | None) -> None:
    if provider_id is not None:
        found = session().get(Provider, provider_id)
        if found is None or found.event_id != event.id:
            raise UnknownProvider


def check_replaces(event: Event, service: str, items: Sequence[ProgrammeItem], replaces_id: int | None) -> None:
    """Refuse a packed lunch that replaces what is no served meal of its day."""
    if replaces_id is None:
        return
    try:
        served = get(Meal, replaces_id, event_id=event.id)
    except NotFound:
        raise ReplacesNothing from None
    first = min(item.starts_at for item in items).astimezone(event.zone).date()
    if service != Service.PACKED or served.service not in SERVED or day_of(event, served) != first:
        raise ReplacesNothing


def add(event: Event, facts: Mapping[str, Any], item_ids: Sequence[int], *, by: Actor) -> Meal:
    """Plan a meal for one meal or break of the programme, or packed lunches for visits."""
    events.check_not_frozen(event)
    items = check_items(event, facts["service"], item_ids)
    check_free(event, items, None)
    check_provider(event, facts.get("provider_id"))
    check_replaces(event, facts["service"], items, facts.get("replaces_id"))
    new = Meal(event_id=event.id)
    events.apply(new, facts)
    new.links = [MealItem(event_id=event.id, item=item) for item in items]
    session().add(new)
    session().flush()
    activity.record(by, ADDED, new)
    return new


def change(event: Event, found: Meal, changes: Mapping[str, Any], item_ids: Sequence[int] | None, *, by: Actor) -> None:
    """Change a meal that was locked in this transaction; ``item_ids`` None leaves what it is for."""
    events.check_not_frozen(event)
    before = [link.item_id for link in found.links]
    events.apply(found, changes)
    differences = activity.differences(
        found
    )  # before the checks: their queries write what changed, and forget what was
    items = check_items(event, found.service, before if item_ids is None else item_ids)
    check_free(event, items, found.id)
    check_provider(event, found.provider_id)
    check_replaces(event, found.service, items, found.replaces_id)
    after = [item.id for item in items]
    if set(after) != set(before):
        kept = {link.item_id: link for link in found.links}
        found.links = [kept.get(item.id) or MealItem(event_id=event.id, item=item) for item in items]
        differences["items"] = [before, after]
    if differences:
        activity.record(by, CHANGED, found, differences)


def set_archived(event: Event, found: Meal, archived: bool, *, by: Actor) -> None:
    """Put the meal away, or take it back where its place in the programme is still free."""
    events.check_not_frozen(event)
    if not archived:
        check_free(event, check_items(event, found.service, [link.item_id for link in found.links]), found.id)
    found.archived_at = clock.now() if archived else None
    activity.record(by, ARCHIVED if archived else RESTORED, found)


# --- copying --------------------------------------------------------------------------------------------------------


def copy_to(source: Event, target: Event, items: Mapping[int, int]) -> None:
    """Copy the meals without figures and without needs; providers are found again by name."""
    known = {row.sort_key: row.id for row in session().scalars(providers.list_query(target))}
    pairs = []
    for found in meals(source):
        kept = [items[link.item_id] for link in found.links if link.item_id in items]
        if not kept:
            continue
        copied = Meal(event_id=target.id, **{name: getattr(found, name) for name in FACTS})
        copied.provider_id = known.get(found.provider.sort_key) if found.provider else None
        copied.replaces_id = None
        copied.links = [MealItem(event_id=target.id, item_id=item_id) for item_id in kept]
        session().add(copied)
        pairs.append((found, copied))
    session().flush()
    new_ids = {old.id: new.id for old, new in pairs}
    for old, new in pairs:
        new.replaces_id = new_ids.get(old.replaces_id) if old.replaces_id else None
