"""The editions of the programme's dossier, for programs that publish or archive them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import g

from eventhub.api import ApiPart, Found, PageQuery, _l, api_fields, in_pages, page_of, part, requires

from . import domain, permissions

bp = part("dossiers_api", __name__, "dossiers/editions")


class DossierEditionSchema(ma.Schema):
    id = api_fields.Whole(required=True)
    kind = ma.fields.String(required=True)
    number = api_fields.Whole(required=True)
    language = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    published_at = api_fields.Moment(required=True)
    waiver = ma.fields.String(required=True)
    pdf_sha256 = ma.fields.String(required=True)


@bp.on("GET", "", query=PageQuery, gives=page_of(DossierEditionSchema))
@requires(permissions.READ)
def editions(asked: dict[str, Any]) -> tuple[Found, dict[str, str]]:
    """List the editions, the newest first."""
    return in_pages(domain.editions(g.event), asked)


PARTS = (ApiPart(bp, _l("Editions of the dossier"), 70),)
