"""What is to be interpreted and who is booked for it, for programs of agencies and technicians."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import g

from eventhub.api import ApiPart, Found, PageQuery, _l, api_fields, page_of, paged, part, requires

from . import booking, domain, permissions
from .models import Assignment, AssignmentState, Need

needs = part("interpretation_api_needs", __name__, "interpretation/needs")
bookings = part("interpretation_api_bookings", __name__, "interpretation/bookings")


class InterpretationNeedSchema(ma.Schema):
    id = api_fields.Whole(required=True)
    item_id = api_fields.Whole(required=True)
    from_language = ma.fields.String(required=True)
    to_language = ma.fields.String(required=True)
    mode = ma.fields.String(required=True)
    listeners = api_fields.Whole(required=True, allow_none=True)
    booth = ma.fields.String(required=True)
    waived = ma.fields.Boolean(required=True)


class InterpretationBookingSchema(ma.Schema):
    id = api_fields.Whole(required=True)
    item_id = api_fields.Whole(required=True)
    interpreter_id = api_fields.Whole(required=True)
    interpreter = ma.fields.String(attribute="interpreter.name", required=True)
    provider_id = api_fields.Whole(attribute="interpreter.provider_id", required=True)
    booth = ma.fields.String(required=True)
    state = api_fields.Choice(AssignmentState, required=True)


class BookingQuery(PageQuery):
    state = api_fields.Choice(("live", *AssignmentState))


@needs.on("GET", "", query=PageQuery, gives=page_of(InterpretationNeedSchema))
@requires(permissions.READ)
def needs_list(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the needs: a direction of interpretation at an item of the programme each."""
    return paged(domain.needs_query(g.event), Need, asked)


@bookings.on("GET", "", query=BookingQuery, gives=page_of(InterpretationBookingSchema))
@requires(permissions.READ)
def bookings_list(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the bookings of interpreters; "live" are options and firm ones."""
    return paged(booking.list_query(g.event, state=asked.get("state", "")), Assignment, asked)


PARTS = (
    ApiPart(needs, _l("Needs of interpretation"), 50),
    ApiPart(bookings, _l("Bookings of interpreters"), 51),
)
