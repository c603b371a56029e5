"""Organisers' pages of participants' own dossiers."""

from __future__ import annotations

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Participant,
    clock,
    delegations,
    hookspecs,
    pages,
    paginate,
    render_html,
    requires,
)

from . import copies, gathering, permissions
from .archive import zipped
from .views import event_language

PDF = "application/pdf"
bp = pages("dossiers_people", __name__, Audience.ORGANISERS, path="dossiers/people")


@bp.get("")
@requires(permissions.PERSONAL)
def index() -> ResponseReturnValue:
    search = request.args.get("q", "").strip()
    return render_template(
        "dossiers/people.html",
        page=paginate(delegations.people_query(g.event, search=search)),
        search=search,
        copies=copies.kept(g.event),
        language_of=lambda person: copies.language_of(g.event, person),
    )


@bp.get("/<int:participant_id>/<code>")
@requires(permissions.PERSONAL)
def person(participant_id: int, code: str) -> ResponseReturnValue:
    found = delegations.participant(g.event, participant_id)
    document = gathering.gather(g.event, found).document(event_language(code))
    return render_template(
        "dossiers/person.html", person=found, code=code, body=render_html(document, anchor="dossier")
    )


@bp.get("/<int:participant_id>/<code>/pdf")
@requires(permissions.PERSONAL)
def person_pdf(participant_id: int, code: str) -> ResponseReturnValue:
    return personal_pdf(delegations.participant(g.event, participant_id), event_language(code))


def personal_pdf(found: Participant, code: str) -> Response:
    """Return somebody's dossier as it stands now; nothing is kept."""
    document = gathering.gather(g.event, found).document(code)
    response = Response(
        g.hooks.first(hookspecs.render_document, document=document, media_type=PDF, moment=clock.now()),
        content_type=PDF,
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{g.event.slug}-{found.id}-{code}.pdf"'
    return response


@bp.get("/copies.zip")
@requires(permissions.PERSONAL)
def archive() -> ResponseReturnValue:
    response = Response(zipped(copies.files(g.event)), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{g.event.slug}-dossiers.zip"'
    return response
