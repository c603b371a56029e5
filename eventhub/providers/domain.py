"""What can be done with providers: register, ask for quotes, order, confirm service done, note the invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, clock, hookspecs
from eventhub.activity import Actor, Verb
from eventhub.db import get, locked, session
from eventhub.errors import Refused
from eventhub.events.domain import apply, check_not_frozen
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import sort_key
from eventhub.providers.cutoff import CutoffPolicy, DayUnit, cutoff_moment, public_holidays
from eventhub.providers.models import Order, OrderLine, OrderState, Provider, ProviderState

ADDED = Verb("providers:added", _l("Provider added"))
CHANGED = Verb("providers:changed", _l("Provider changed"))
ARCHIVED = Verb("providers:archived", _l("Archived"))
RESTORED = Verb("providers:restored", _l("Taken back out of the archive"))
ORDER_ADDED = Verb("providers:order_added", _l("Quote asked for"))
ORDER_CHANGED = Verb("providers:order_changed", _l("Order changed"))
ORDER_MOVED = Verb("providers:order_moved", _l("State of the order changed"))

NEXT_STATES: dict[str, tuple[OrderState, ...]] = {
    OrderState.REQUESTED: (OrderState.RECEIVED, OrderState.CANCELLED),
    OrderState.RECEIVED: (OrderState.SELECTED, OrderState.DECLINED),
    OrderState.DECLINED: (OrderState.RECEIVED,),
    OrderState.SELECTED: (OrderState.ORDERED, OrderState.DECLINED),
    OrderState.ORDERED: (OrderState.CONFIRMED, OrderState.CANCELLED),
    OrderState.CONFIRMED: (OrderState.SERVICE_DONE, OrderState.CANCELLED),
    OrderState.SERVICE_DONE: (OrderState.INVOICED,),
    OrderState.INVOICED: (),
    OrderState.CANCELLED: (OrderState.REQUESTED,),
}
COMMITTED = frozenset({OrderState.ORDERED, OrderState.CONFIRMED, OrderState.SERVICE_DONE, OrderState.INVOICED})
OPEN_QUOTES = frozenset({OrderState.REQUESTED, OrderState.RECEIVED, OrderState.SELECTED})


class NameTaken(Refused):
    message = _l("A provider called “%(name)s” is already there. Give this one another name, or edit the first.")
    field = "name"


class ProviderBlocked(Refused):
    message = _l("This provider is blocked: nothing can be ordered from it. Unblock it first, or choose another.")


class NoEngagement(Refused):
    message = _l("Write the engagement number before you order: the invoice cannot be paid without it.")


class NoLines(Refused):
    message = _l("Write at least one line with its amount first.")


class NoChoiceNote(Refused):
    message = _l("Write in one sentence why this quote was chosen, then select it.")


class NoInvoice(Refused):
    message = _l("Write the reference of the invoice first.")


class StateNotPossible(Refused):
    message = _l("The order cannot go to that state from where it is. Reload the page to see what is possible now.")


class LinesFixed(Refused):
    message = _l(
        "The lines of an order that was confirmed cannot change. Cancel it, or add another order for the difference."
    )


@dataclass(frozen=True)
class Line:
    """One line as a form says it; amounts net in cents, VAT in hundredths of a percent."""

    label: str
    quantity: int
    unit_net: int
    vat_rate: int = 2000


def provider(event: Event, provider_id: int) -> Provider:
    return get(Provider, provider_id, event_id=event.id)


def order(event: Event, order_id: int) -> Order:
    """Return the order with its provider and its lines, in one statement."""
    query = sa.select(Order).where(Order.id == order_id, Order.event_id == event.id)
    found = session().scalars(query.options(orm.joinedload(Order.provider), orm.joinedload(Order.lines))).unique()
    return found.one_or_none() or get(Order, order_id, event_id=event.id)  # the second raises NotFound


def with_orders(event: Event, provider_id: int) -> Provider:
    """Return the provider with its orders and their lines, in two statements."""
    query = sa.select(Provider).where(Provider.id == provider_id, Provider.event_id == event.id)
    found = session().scalars(query.options(orm.selectinload(Provider.orders).joinedload(Order.lines)))
    return found.one_or_none() or get(Provider, provider_id, event_id=event.id)


def lines_of(found: Order) -> list[Line]:
    return [Line(line.label, line.quantity, line.unit_net, line.vat_rate) for line in found.lines]


def list_query(
    event: Event, *, search: str = "", kind: str = "", state: str = "", archived: bool = False
) -> sa.Select[Provider]:
    """Return the query of the list, with orders and their lines in one more statement."""
    query = (
        sa.select(Provider)
        .where(Provider.event_id == event.id)
        .where(Provider.archived_at.is_not(None) if archived else Provider.archived_at.is_(None))
        .options(orm.selectinload(Provider.orders).joinedload(Order.lines))
        .order_by(Provider.sort_key, Provider.id)
    )
    if search:
        query = query.where(Provider.sort_key.contains(sort_key(search), autoescape=True))
    if kind:
        query = query.where(sa.cast(Provider.kinds, sa.Text).contains(f'"{kind}"', autoescape=True))
    if state:
        query = query.where(Provider.state == state)
    return query


def of_kind(event: Event, kind: str) -> list[Provider]:
    """Return the active providers of a kind, by name."""
    found = session().scalars(list_query(event, kind=kind))
    return [provider for provider in found if provider.state != ProviderState.BLOCKED]


def orders_query(
    event: Event, *, search: str = "", state: str = "", kind: str = "", archived: bool = False
) -> sa.Select[Order]:
    """Return the query of the orders by number, with providers, and lines in one more statement."""
    query = (
        sa.select(Order)
        .join(Provider, Order.provider_id == Provider.id)
        .where(Order.event_id == event.id)
        .where(Order.archived_at.is_not(None) if archived else Order.archived_at.is_(None))
        .options(orm.contains_eager(Order.provider), orm.selectinload(Order.lines))
        .order_by(Order.number)
    )
    if search:
        # lower() of SQLite knows no accents: the provider's name is found by its key, the title as it is written
        named = Provider.sort_key.contains(sort_key(search), autoescape=True)
        titled = sa.func.lower(Order.title).contains(search.strip().lower(), autoescape=True)
        query = query.where(named | titled | (sa.cast(Order.number, sa.String) == search.strip()))
    if state:
        query = query.where(Order.state == state)
    if kind:
        query = query.where(Order.kind == kind)
    return query


def orders(event: Event) -> list[Order]:
    return list(session().scalars(orders_query(event)))


# --- cut-offs -------------------------------------------------------------------------------------------------------


def policy(found: Provider) -> CutoffPolicy | None:
    """Return the provider's cut-off policy, or None where none is agreed."""
    if found.cutoff_n is None or not found.cutoff_unit:
        return None
    return CutoffPolicy(
        found.cutoff_n,
        DayUnit(found.cutoff_unit),
        found.cutoff_hour,
        found.max_decrease or 0,
        found.max_increase or 0,
        found.in_percent,
        found.in_percent,
        found.minimum_invoiced or 0,
    )


def cutoff(event: Event, rule: CutoffPolicy, service: datetime) -> datetime:
    """Return when the quantity for this service is final, public holidays of the event's country counted."""
    year = service.astimezone(event.zone).year
    holidays = public_holidays(event.country, (year - 1, year), event.subdivision or None)
    return cutoff_moment(service, rule, event.zone, holidays)


# --- changing -------------------------------------------------------------------------------------------------------


def check_name(event: Event, name: str, own_id: int | None = None) -> None:
    taken = session().scalar(
        sa.select(Provider.id).where(
            Provider.event_id == event.id, Provider.sort_key == sort_key(name), Provider.archived_at.is_(None)
        )
    )
    if taken is not None and taken != own_id:
        raise NameTaken(name=name)


def add(event: Event, facts: Mapping[str, Any], *, by: Actor) -> Provider:
    check_not_frozen(event)
    check_name(event, facts["name"])
    new = Provider(event_id=event.id, kinds=[], sort_key=sort_key(facts["name"]))
    apply(new, facts)
    session().add(new)
    activity.record(by, ADDED, new)
    return new


def change(event: Event, found: Provider, changes: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> None:
    """Change a provider that was locked in this transaction."""
    check_not_frozen(event)
    if "name" in changes:
        check_name(event, changes["name"], found.id)
        found.sort_key = sort_key(changes["name"])
    apply(found, changes)
    differences = activity.differences(found)
    if differences:
        hooks.before(hookspecs.before_change, event=event, subject=found, changes=differences)
        activity.record(by, CHANGED, found, differences)
        hooks.after(hookspecs.after_change, event=event, subject=found, changes=differences)


def set_archived(event: Event, found: Provider | Order, archived: bool, *, by: Actor, hooks: Hooks) -> None:
    """Archive the provider or the order, or take it back; nothing is destroyed."""
    check_not_frozen(event)
    if isinstance(found, Provider) and not archived:
        check_name(event, found.name, found.id)
    differences = {"archived_at": [None, "archived"] if archived else ["archived", None]}
    hooks.before(hookspecs.before_change, event=event, subject=found, changes=differences)
    found.archived_at = clock.now() if archived else None
    activity.record(by, ARCHIVED if archived else RESTORED, found)
    hooks.after(hookspecs.after_change, event=event, subject=found, changes=differences)


def add_order(event: Event, found: Provider, facts: Mapping[str, Any], lines: Sequence[Line], *, by: Actor) -> Order:
    """Write a quote that is asked for, numbered within the event."""
    check_not_frozen(event)
    if found.state == ProviderState.BLOCKED:
        raise ProviderBlocked
    locked(Event, event.id)  # two orders written at once must not get one number
    last = session().scalar(sa.select(sa.func.max(Order.number)).where(Order.event_id == event.id)) or 0
    new = Order(event_id=event.id, provider=found, number=last + 1, state=OrderState.REQUESTED)
    apply(new, facts)
    new.lines = [_line(event, line) for line in lines]
    session().add(new)
    activity.record(by, ORDER_ADDED, new)
    return new


def _line(event: Event, line: Line) -> OrderLine:
    return OrderLine(
        event_id=event.id, label=line.label, quantity=line.quantity, unit_net=line.unit_net, vat_rate=line.vat_rate
    )


def change_order(
    event: Event, found: Order, changes: Mapping[str, Any], lines: Sequence[Line] | None, *, by: Actor
) -> None:
    """Change an order that was locked in this transaction; its lines until it is confirmed."""
    check_not_frozen(event)
    apply(found, changes)
    differences = activity.differences(found)
    if lines is not None and list(lines) != lines_of(found):
        if found.state in COMMITTED - {OrderState.ORDERED}:
            raise LinesFixed
        differences["lines"] = [[said(line) for line in lines_of(found)], [said(line) for line in lines]]
        found.lines = [_line(event, line) for line in lines]
    check_complete(found, OrderState(found.state))
    if differences:
        activity.record(by, ORDER_CHANGED, found, differences)


def move_order(event: Event, found: Order, state: OrderState, *, by: Actor, hooks: Hooks) -> None:
    """Move an order along its chain; each step asks for what the next reader needs."""
    check_not_frozen(event)
    if state not in NEXT_STATES[found.state]:
        raise StateNotPossible
    if state is OrderState.ORDERED and found.provider.state == ProviderState.BLOCKED:
        raise ProviderBlocked
    check_complete(found, state)
    differences = {"state": [found.state, state.value]}
    hooks.before(hookspecs.before_change, event=event, subject=found, changes=differences)
    found.state = state
    activity.record(by, ORDER_MOVED, found, differences)
    hooks.after(hookspecs.after_change, event=event, subject=found, changes=differences)


def said(line: Line) -> str:
    """Return a line as the journal keeps it: "66 × 24.50 Covers"."""
    return f"{line.quantity} × {line.unit_net / 100:.2f} {line.label}"


# The chain from quote to invoice: what a state asks for, all those after it ask for too
CHAIN = (
    OrderState.RECEIVED,
    OrderState.SELECTED,
    OrderState.ORDERED,
    OrderState.CONFIRMED,
    OrderState.SERVICE_DONE,
    OrderState.INVOICED,
)


def check_complete(found: Order, state: OrderState) -> None:
    """Refuse a state whose papers are not there: lines, reason of the choice, engagement number, invoice."""
    if state not in CHAIN:
        return
    reached = CHAIN[: CHAIN.index(state) + 1]
    if OrderState.RECEIVED in reached and not found.lines:
        raise NoLines
    if OrderState.SELECTED in reached and not found.choice_note:
        raise NoChoiceNote
    if OrderState.ORDERED in reached and not found.engagement_number:
        raise NoEngagement
    if OrderState.INVOICED in reached and not found.invoice_reference:
        raise NoInvoice


def next_steps(found: Order) -> list[tuple[OrderState, str]]:
    """Return the states that may follow, each with what must be written first, or ""."""
    steps = []
    for state in NEXT_STATES[found.state]:
        lacking = ""
        try:
            check_complete(found, state)
        except Refused as refusal:
            lacking = str(refusal)
        steps.append((state, lacking))
    return steps


def order_for_change(event: Event, order_id: int) -> Order:
    return locked(Order, order_id, event_id=event.id)


def copy_to(source: Event, target: Event) -> dict[int, int]:
    """Copy the registry without contacts' names and without orders; returns {old id: new id}."""
    pairs = []
    for found in session().scalars(list_query(source)):
        copied = Provider(
            event_id=target.id,
            name=found.name,
            sort_key=found.sort_key,
            kinds=found.kinds,
            language=found.language,
            state=found.state,
            terms=found.terms,
            cutoff_n=found.cutoff_n,
            cutoff_unit=found.cutoff_unit,
            cutoff_hour=found.cutoff_hour,
            max_decrease=found.max_decrease,
            max_increase=found.max_increase,
            in_percent=found.in_percent,
            minimum_invoiced=found.minimum_invoiced,
        )
        session().add(copied)
        pairs.append((found.id, copied))
    session().flush()
    return {old: new.id for old, new in pairs}


def ordered_net(event: Event) -> int:
    """Return the net sum of what is ordered or further on the event, in cents, in one statement."""
    query = (
        sa.select(sa.func.sum(OrderLine.quantity * OrderLine.unit_net))
        .join(Order, OrderLine.order_id == Order.id)
        .where(Order.event_id == event.id, Order.archived_at.is_(None), Order.state.in_(COMMITTED))
    )
    return int(session().scalar(query) or 0)


def spent(rows: Sequence[Order]) -> int:
    """Return the net sum of what is ordered or further, in cents."""
    return sum(row.net for row in rows if row.state in COMMITTED and row.archived_at is None)


def overdue(row: Order, today: date) -> bool:
    """Tell whether an invoice that should be here is not."""
    return row.invoice_due is not None and row.invoice_due < today and row.state in COMMITTED - {OrderState.INVOICED}
