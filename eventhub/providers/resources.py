"""Providers and their orders, for programs such as a ledger; amounts are in cents."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import g, url_for

from eventhub.access.permissions import requires
from eventhub.contributions import ApiPart
from eventhub.db import locked
from eventhub.errors import Refused
from eventhub.i18n import LANGUAGES
from eventhub.i18n import lazy_gettext as _l
from eventhub.providers import domain, permissions
from eventhub.providers.cutoff import DayUnit
from eventhub.providers.models import Order, OrderState, Provider, ProviderState
from eventhub.rest.fields import Choice, Day, Email, Flag, Hour, Phone, Several, Text, Whole
from eventhub.rest.paging import Found, ListQuery, page_of, paged
from eventhub.rest.parts import Body, part

providers = part("providers_api", __name__)
orders = part("providers_api_orders", __name__, "orders")


class ProviderFacts(Body):
    name = Text(minimum=1, required=True)
    kinds = Several(Text(minimum=1, maximum=60), required=True)
    contact_name = Text(load_default="")
    email = Email(load_default="")
    phone = Phone(load_default="")
    language = Choice(LANGUAGES, load_default="fr")
    state = Choice(ProviderState, load_default=ProviderState.ACTIVE.value)
    terms = Text(maximum=4000, load_default="")
    cutoff_n = Whole(maximum=365, allow_none=True, load_default=None)
    cutoff_unit = Choice(("", *DayUnit), load_default="")
    cutoff_hour = Hour(allow_none=True, load_default=None)
    max_decrease = Whole(maximum=100_000, allow_none=True, load_default=None)
    max_increase = Whole(maximum=100_000, allow_none=True, load_default=None)
    in_percent = Flag(load_default=False)
    minimum_invoiced = Whole(maximum=100_000, allow_none=True, load_default=None)


class ProviderChange(ProviderFacts):
    """What changes; the rest stays."""


class ProviderSchema(ProviderFacts):
    id = Whole(required=True)
    archived_at = ma.fields.AwareDateTime(format="iso", required=True, allow_none=True)


class ProviderQuery(ListQuery):
    kind = Text(maximum=60)
    state = Choice(ProviderState)
    archived = Flag(load_default=False)


class UnknownKind(Refused):
    message = _l("No provider supplies “%(kind)s” here. Choose kinds from those of the site's plugins.")
    field = "kinds"


class HalfACutoff(Refused):
    message = _l("Give both: how many days, and how they are counted.")
    field = "cutoff_unit"


def check_kinds(kinds: list[str]) -> None:
    for kind in kinds:
        if kind not in g.hooks.hub.provider_kinds:
            raise UnknownKind(kind=kind)


def check_cutoff(number: int | None, unit: str) -> None:
    if (number is None) is not (unit == ""):
        raise HalfACutoff


@providers.on("GET", "", query=ProviderQuery, gives=page_of(ProviderSchema))
@requires(permissions.READ)
def index(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the providers."""
    query = domain.list_query(
        g.event,
        search=asked.get("q", ""),
        kind=asked.get("kind", ""),
        state=asked.get("state", ""),
        archived=asked["archived"],
    )
    return paged(query, Provider, asked)


@providers.on("GET", "/<int:provider_id>", gives=ProviderSchema)
@requires(permissions.READ)
def show(provider_id: int) -> Provider:
    """Read a provider."""
    return domain.provider(g.event, provider_id)


@providers.on("POST", "", body=ProviderFacts, gives=ProviderSchema)
@requires(permissions.EDIT)
def add(facts: dict[str, Any]) -> tuple[Provider, dict[str, str]]:
    """Write a provider."""
    check_kinds(facts["kinds"])
    check_cutoff(facts["cutoff_n"], facts["cutoff_unit"])
    new = domain.add(g.event, facts, by=g.actor)
    return new, {"Location": url_for(".show", provider_id=new.id)}


@providers.on("PATCH", "/<int:provider_id>", body=ProviderChange(partial=True), gives=ProviderSchema)
@requires(permissions.EDIT)
def change(changes: dict[str, Any], provider_id: int) -> Provider:
    """Change a provider."""
    stored = locked(Provider, provider_id, event_id=g.event.id)
    providers.unchanged(stored, ProviderSchema)
    check_kinds(changes.get("kinds", []))
    check_cutoff(changes.get("cutoff_n", stored.cutoff_n), changes.get("cutoff_unit", stored.cutoff_unit))
    domain.change(g.event, stored, changes, by=g.actor, hooks=g.hooks)
    return stored


# --- orders ---------------------------------------------------------------------------------------------------------


class LineSchema(ma.Schema):
    label = ma.fields.String(required=True)
    quantity = ma.fields.Integer(required=True)
    unit_net = ma.fields.Integer(required=True, metadata={"description": "in cents"})
    vat_rate = ma.fields.Integer(required=True, metadata={"description": "in hundredths of a percent"})


class OrderChange(Body):
    """What a ledger may add to an order."""

    engagement_number = Text(maximum=60)
    invoice_reference = Text(maximum=60)
    invoice_due = Day(allow_none=True)
    reserve = Text(maximum=2000)


class OrderSchema(ma.Schema):
    id = Whole(required=True)
    number = Whole(required=True)
    provider_id = Whole(required=True)
    title = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    needed_by = Day(required=True, allow_none=True)
    engagement_number = ma.fields.String(required=True)
    invoice_reference = ma.fields.String(required=True)
    invoice_due = Day(required=True, allow_none=True)
    reserve = ma.fields.String(required=True)
    net = ma.fields.Integer(required=True, metadata={"description": "in cents"})
    vat = ma.fields.Integer(required=True, metadata={"description": "in cents"})
    gross = ma.fields.Integer(required=True, metadata={"description": "in cents"})
    lines = ma.fields.List(ma.fields.Nested(LineSchema), required=True)
    archived_at = ma.fields.AwareDateTime(format="iso", required=True, allow_none=True)


class OrderQuery(ListQuery):
    kind = Text(maximum=60)
    state = Choice(OrderState)
    archived = Flag(load_default=False)


@orders.on("GET", "", query=OrderQuery, gives=page_of(OrderSchema))
@requires(permissions.READ)
def order_list(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the quotes and orders with their lines."""
    query = domain.orders_query(
        g.event,
        search=asked.get("q", ""),
        state=asked.get("state", ""),
        kind=asked.get("kind", ""),
        archived=asked["archived"],
    )
    return paged(query, Order, asked)


@orders.on("GET", "/<int:order_id>", gives=OrderSchema)
@requires(permissions.READ)
def order(order_id: int) -> Order:
    """Read a quote or an order."""
    return domain.order(g.event, order_id)


@orders.on("PATCH", "/<int:order_id>", body=OrderChange(partial=True), gives=OrderSchema)
@requires(permissions.EDIT)
def note(changes: dict[str, Any], order_id: int) -> Order:
    """Write the engagement number, the invoice or a reserve on an order."""
    locked(Order, order_id, event_id=g.event.id)
    stored = domain.order(g.event, order_id)
    orders.unchanged(stored, OrderSchema)
    domain.change_order(g.event, stored, changes, None, by=g.actor)
    return stored


PARTS = (ApiPart(providers, _l("Providers"), 30), ApiPart(orders, _l("Orders"), 31))
