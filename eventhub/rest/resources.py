"""The address at which the API describes itself."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from eventhub.access.permissions import requires
from eventhub.rest import permissions
from eventhub.rest.document import document
from eventhub.rest.parts import ROOT, Part

bp = Part("rest_api", __name__, url_prefix=ROOT)


@bp.on("GET", "/openapi.json", gives={"type": "object"})
@requires(permissions.DOCUMENT)
def description() -> ResponseReturnValue:
    """Return this description."""
    return jsonify(document())
