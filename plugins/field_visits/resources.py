"""Visits, departures and who has a place, for programs such as a coach company's."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import g

from eventhub.api import ApiPart, Found, PageQuery, _l, api_fields, in_pages, page_of, part, requires

from . import domain, permissions, places, standing

visits = part("field_visits_api", __name__)
slots = part("field_visits_api_slots", __name__, "field-visits/slots")
held = part("field_visits_api_places", __name__, "field-visits/places")


class FieldVisitSchema(ma.Schema):
    id = api_fields.Whole(required=True)
    title = api_fields.Localized(required=True)
    description = api_fields.Localized(maximum=20_000, required=True)
    site = ma.fields.String(required=True)
    host = ma.fields.String(required=True)
    meeting_point = api_fields.Localized(maximum=4000, required=True)
    way_there = ma.fields.String(required=True)
    languages = ma.fields.List(ma.fields.String(), required=True)
    walking_level = ma.fields.Integer(required=True)
    step_free = ma.fields.Boolean(required=True)
    packed_lunch = ma.fields.Boolean(required=True)


class FieldVisitSlotSchema(ma.Schema):
    id = api_fields.Whole(required=True)
    visit_id = api_fields.Whole(required=True)
    item_id = api_fields.Whole(required=True)
    starts_at = api_fields.Moment(attribute="item.starts_at", required=True)
    ends_at = api_fields.Moment(attribute="item.ends_at", required=True)
    wave = api_fields.Whole(required=True)
    minimum = api_fields.Whole(required=True)
    maximum = api_fields.Whole(required=True)
    places_used = api_fields.Whole(required=True)
    state = ma.fields.String(required=True)


class FieldVisitPlaceSchema(ma.Schema):
    slot_id = api_fields.Whole(required=True)
    participant_id = api_fields.Whole(required=True)
    wave = api_fields.Whole(required=True)


@visits.on("GET", "", query=PageQuery, gives=page_of(FieldVisitSchema))
@requires(permissions.READ)
def catalogue(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the visits of the catalogue."""
    return in_pages(domain.catalogue(g.event), asked)


@slots.on("GET", "", query=PageQuery, gives=page_of(FieldVisitSlotSchema))
@requires(permissions.READ)
def departures(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the departures, in order of time."""
    return in_pages(domain.slots(g.event), asked)


@held.on("GET", "", query=PageQuery, gives=page_of(FieldVisitPlaceSchema))
@requires(permissions.READ)
def places_held(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List who has a place on which departure."""
    return in_pages(places.of_people(g.event, standing.coming(g.event)), asked)


PARTS = (
    ApiPart(visits, _l("Field visits"), 40),
    ApiPart(slots, _l("Departures of visits"), 41),
    ApiPart(held, _l("Places on visits"), 42),
)
