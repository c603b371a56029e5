"""The lexicon, for programs that translate or subtitle."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import g

from eventhub.api import ApiPart, Found, PageQuery, _l, api_fields, page_of, paged, part, requires

from . import domain, permissions
from .models import Term, TermState

bp = part("glossary_api", __name__)


class GlossaryTermSchema(ma.Schema):
    id = api_fields.Whole(required=True)
    term = api_fields.Localized(required=True)
    definition = api_fields.Localized(maximum=4000, required=True)
    domain = ma.fields.String(required=True)
    state = api_fields.Choice(TermState, required=True)
    is_acronym = ma.fields.Boolean(required=True)


class GlossaryQuery(PageQuery):
    q = api_fields.Text()
    state = api_fields.Choice(TermState)


@bp.on("GET", "", query=GlossaryQuery, gives=page_of(GlossaryTermSchema))
@requires(permissions.READ)
def terms(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the terms of the lexicon."""
    query = domain.list_query(g.event, search=asked.get("q", ""), state=asked.get("state", ""))
    return paged(query, Term, asked)


PARTS = (ApiPart(bp, _l("Lexicon"), 80),)
