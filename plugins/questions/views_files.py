"""Files that guests read back: a participant their own, a head those of the delegation as a whole."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, abort, g
from flask.typing import ResponseReturnValue

from eventhub.api import Audience, KeyDestroyed, pages, requires

from . import answers, files, permissions
from .models import Answer

bp = pages("questions_files", __name__, Audience.PUBLIC, path="questions")

# A file is never shown inside our pages: it is saved, whatever a browser makes of its type
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def sent(answer: Answer | None) -> ResponseReturnValue:
    """Send the file of an answer as a download; 404 where there is none, or its key is destroyed."""
    if answer is None:
        abort(404)
    try:
        body = files.content(answer.event_id, answer.value)
    except (FileNotFoundError, KeyDestroyed):
        abort(404)
    response = Response(body, content_type=answer.value["type"])
    plain = answer.value["name"].encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(answer.value['name'])}"
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/of-person/<int:participant_id>/<int:answer_id>")
@requires(permissions.OWN_FILE)
def own(participant_id: int, answer_id: int) -> ResponseReturnValue:
    found = answers.file_answer(g.event, answer_id)
    return sent(found if found is not None and found.participant_id == participant_id else None)


@bp.get("/of-delegation/<int:delegation_id>/<int:answer_id>")
@requires(permissions.DELEGATION_FILE)
def of_delegation(delegation_id: int, answer_id: int) -> ResponseReturnValue:
    found = answers.file_answer(g.event, answer_id)
    return sent(found if found is not None and found.delegation_id == delegation_id else None)
