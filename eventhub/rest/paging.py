"""Lists of the API: pages in a stable order, their number, links to the others, and only what changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from flask import current_app, g

from eventhub.activity import ActivityEntry
from eventhub.db import session
from eventhub.rest.fields import Moment, Text, Typed
from eventhub.web.lists import here


class PageQuery(ma.Schema):
    """Which page of a list."""

    page = Typed(minimum=1, maximum=100_000, load_default=1)
    page_size = Typed(minimum=1, maximum=200, load_default=50)


class ListQuery(PageQuery):
    """Which page of a list of records, perhaps of those that the journal tells of since a moment."""

    updated_since = Moment()
    q = Text(metadata={"description": "search, which ignores case and accents"})


@dataclass(frozen=True)
class Found:
    """One page."""

    items: list[Any]
    total: int
    page: int
    pages: int


def page_of(schema: type[ma.Schema]) -> type[ma.Schema]:
    """Return the schema of a page of these."""
    name = schema.__name__.removesuffix("Schema")
    return type(
        f"{name}PageSchema",
        (ma.Schema,),
        {
            "items": ma.fields.List(ma.fields.Nested(schema), required=True),
            "total": ma.fields.Integer(required=True, metadata={"description": "of all pages"}),
            "page": ma.fields.Integer(required=True),
            "pages": ma.fields.Integer(required=True),
        },
    )


def paged(query: sa.Select[Any], model: Any, asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """Return the page that was asked for, in order of id, and its Link header."""
    if since := asked.get("updated_since"):
        changed = sa.select(ActivityEntry.subject_id).where(
            ActivityEntry.event_id == g.event.id,
            ActivityEntry.subject_kind == model.__tablename__,
            ActivityEntry.at >= since,
        )
        query = query.where(model.id.in_(changed))
    size, number = asked["page_size"], asked["page"]
    total = session().scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    ordered = query.order_by(None).order_by(model.id)
    rows = session().scalars(ordered.limit(size).offset((number - 1) * size)).unique().all()
    return _found(list(rows), total, number, size)


def in_pages(rows: list[Any], asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """Return the page of a short list that is in memory already."""
    size, number = asked["page_size"], asked["page"]
    return _found(rows[(number - 1) * size : number * size], len(rows), number, size)


def _found(rows: list[Any], total: int, number: int, size: int) -> tuple[Found, dict[str, str]]:
    pages = max(1, -(-total // size))
    others = {"first": 1, "prev": number - 1, "next": number + 1, "last": pages}
    base = current_app.config["BASE_URL"].rstrip("/")
    links = [f'<{base}{here(page=page)}>; rel="{name}"' for name, page in others.items() if 1 <= page <= pages]
    return Found(rows, total, number, pages), {"Link": ", ".join(links)}
