"""The event, its programme and its venues, for programs."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, g, url_for

from eventhub.access.permissions import requires
from eventhub.contributions import ApiPart
from eventhub.events import domain, permissions, programme
from eventhub.events.models import Event, ItemAudience, ItemKind, ItemState, ProgrammeItem
from eventhub.i18n import lazy_gettext as _l
from eventhub.rest.fields import Choice, Day, Flag, Language, Localized, Moment, Several, Whole
from eventhub.rest.paging import Found, PageQuery, in_pages, page_of, paged
from eventhub.rest.parts import ROOT, Body, Part, nothing, part

events = Part("events_api", __name__, url_prefix=f"{ROOT}/events")
items = part("events_api_programme", __name__, "programme")
venues = part("events_api_venues", __name__, "venues")


class EventSchema(ma.Schema):
    id = Whole(required=True)
    slug = ma.fields.String(required=True)
    title = Localized(required=True)
    summary = Localized(maximum=20_000, required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    time_zone = ma.fields.String(required=True)
    city = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    languages = ma.fields.List(ma.fields.String(), required=True)
    state = ma.fields.String(required=True)
    registration_closes_at = Moment(required=True, allow_none=True)
    plugins = ma.fields.Function(
        lambda event: sorted(row.plugin for row in event.plugins if row.enabled),
        metadata={"type": "array", "items": {"type": "string"}},
    )


@events.on("GET", "", query=PageQuery, gives=page_of(EventSchema))
@requires(permissions.READ)
def index(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the events that this token is for: one."""
    return in_pages([g.event], asked)


@events.on("GET", "/<event>", gives=EventSchema)
@requires(permissions.READ)
def show() -> Event:
    """Read the event."""
    found: Event = g.event
    return found


# --- programme ------------------------------------------------------------------------------------------------------


class ItemFacts(Body):
    kind = Choice(ItemKind, required=True)
    title = Localized(required=True)
    description = Localized(maximum=4000, load_default=dict)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    room_id = Whole(minimum=1, allow_none=True, load_default=None)
    floor_languages = Several(Language(), load_default=list)
    audience = Choice(ItemAudience, load_default=ItemAudience.EVERYONE.value)
    capacity = Whole(maximum=100_000, allow_none=True, load_default=None)
    state = Choice(ItemState, load_default=ItemState.TENTATIVE.value)


class ItemChange(ItemFacts):
    """What changes; the rest stays."""


class ItemSchema(ItemFacts):
    id = Whole(required=True)
    archived_at = Moment(required=True, allow_none=True)


class ItemQuery(PageQuery):
    kind = Choice(ItemKind)
    state = Choice(ItemState)
    archived = Flag(load_default=False)
    updated_since = Moment()


@items.on("GET", "", query=ItemQuery, gives=page_of(ItemSchema))
@requires(permissions.READ)
def programme_items(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the items of the programme."""
    query = programme.items_query(g.event, archived=asked["archived"])
    for name in ("kind", "state"):
        if name in asked:
            query = query.where(getattr(ProgrammeItem, name) == asked[name])
    return paged(query, ProgrammeItem, asked)


@items.on("GET", "/<int:item_id>", gives=ItemSchema)
@requires(permissions.READ)
def item(item_id: int) -> ProgrammeItem:
    """Read an item of the programme."""
    return programme.item(g.event, item_id)


@items.on("POST", "", body=ItemFacts, gives=ItemSchema)
@requires(permissions.EDIT)
def add_item(facts: dict[str, Any]) -> tuple[ProgrammeItem, dict[str, str]]:
    """Write an item into the programme."""
    new = programme.add_item(g.event, facts, by=g.actor, hooks=g.hooks)
    return new, {"Location": url_for(".item", item_id=new.id)}


@items.on("PATCH", "/<int:item_id>", body=ItemChange(partial=True), gives=ItemSchema)
@requires(permissions.EDIT)
def change_item(changes: dict[str, Any], item_id: int) -> ProgrammeItem:
    """Change an item; plugins may refuse."""
    stored = programme.item_for_change(g.event, item_id)
    items.unchanged(stored, ItemSchema)
    programme.change_item(g.event, stored, changes, by=g.actor, hooks=g.hooks)
    return stored


@items.on("DELETE", "/<int:item_id>")
@requires(permissions.EDIT)
def archive_item(item_id: int) -> Response:
    """Archive an item; nothing is destroyed, and plugins may refuse."""
    stored = programme.item_for_change(g.event, item_id)
    items.unchanged(stored, ItemSchema)
    if stored.archived_at is None:
        programme.archive_item(g.event, stored, True, by=g.actor, hooks=g.hooks)
    return nothing()


# --- venues ---------------------------------------------------------------------------------------------------------


class RoomSchema(ma.Schema):
    id = Whole(required=True)
    name = ma.fields.String(required=True)
    capacity = Whole(required=True)
    booths = Whole(required=True)
    step_free = ma.fields.Boolean(required=True)


class VenueSchema(ma.Schema):
    id = Whole(required=True)
    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    access = Localized(maximum=20_000, required=True)
    step_free = ma.fields.Boolean(required=True)
    rooms = ma.fields.Function(
        lambda venue: RoomSchema(many=True).dump(room for room in venue.rooms if room.archived_at is None),
        metadata={"type": "array", "items": {"type": "object"}},
    )


@venues.on("GET", "", query=PageQuery, gives=page_of(VenueSchema))
@requires(permissions.READ)
def places(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the venues with their rooms."""
    return in_pages(domain.venues(g.event), asked)


PARTS = (
    ApiPart(events, _l("Events"), 10),
    ApiPart(items, _l("Programme"), 11),
    ApiPart(venues, _l("Venues and rooms"), 12),
)
