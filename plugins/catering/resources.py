"""Meals with how many eat, for programs of caterers: figures only, never what somebody needs, nor of how many what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import marshmallow as ma
from flask import g

from eventhub.api import ApiPart, Found, PageQuery, _l, api_fields, in_pages, page_of, part, requires
from plugins.catering import domain, forecast, permissions
from plugins.catering.headcount import Headcount
from plugins.catering.models import Meal, Service

bp = part("catering_api", __name__, "catering/meals")


@dataclass(frozen=True)
class Counted:
    """A meal with its figures and the moment at which they are final."""

    meal: Meal
    headcount: Headcount
    cutoff_at: datetime | None


class CateringMealSchema(ma.Schema):
    id = api_fields.Whole(attribute="meal.id", required=True)
    name = ma.fields.String(attribute="meal.name", required=True)
    service = api_fields.Choice(Service, attribute="meal.service", required=True)
    provider_id = api_fields.Whole(attribute="meal.provider_id", required=True, allow_none=True)
    items = ma.fields.Function(
        lambda counted: [item.id for item in counted.meal.items],
        metadata={"type": "array", "items": {"type": "integer"}},
    )
    cutoff_at = api_fields.Moment(required=True, allow_none=True)
    covers = api_fields.Whole(attribute="headcount.covers", required=True)
    present = api_fields.Whole(attribute="headcount.present", required=True)
    packed = api_fields.Whole(attribute="headcount.packed", required=True)
    unnamed = api_fields.Whole(attribute="headcount.unnamed", required=True)


@bp.on("GET", "", query=PageQuery, gives=page_of(CateringMealSchema))
@requires(permissions.READ)
def meals(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the meals with their covers as things stand."""
    found = domain.meals(g.event)
    counted = forecast.of(g.event, found, g.hooks)
    cutoffs = domain.cutoffs(g.event, found)
    rows = [Counted(meal, counted.headcount(meal.id), cutoffs.get(meal.id)) for meal in found]
    return in_pages(rows, asked)


PARTS = (ApiPart(bp, _l("Meals"), 60),)
