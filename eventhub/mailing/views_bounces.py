"""The webhook through which a mail server hands on mails that came back."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from eventhub.access.permissions import requires
from eventhub.mailing import bounces, intake, permissions

bp = Blueprint("mailing_bounces", __name__, url_prefix="/bounces")


@bp.post("/")
@requires(permissions.REPORT_BOUNCE)
def report() -> ResponseReturnValue:
    """Take in one mail, as it came (message/rfc822), signed with EVENTHUB_BOUNCE_SECRET; absent without a secret."""
    secret = current_app.config["BOUNCE_SECRET"]
    if not secret:
        abort(404)
    if (request.content_length or 0) > bounces.MOST_BYTES:
        return jsonify(error="too large"), 413
    body = request.get_data(cache=False)
    if not intake.is_signed(secret, body, request.headers.get("EventHub-Signature", "")):
        return jsonify(error="not signed with the secret of this site"), 403
    return jsonify(ours=intake.take(body))


CSRF_EXEMPT = (report,)
