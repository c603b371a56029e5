"""Public pages of published dossiers, and a participant's own dossier."""

from __future__ import annotations

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Participant,
    delegations,
    events,
    from_json,
    language,
    may,
    pages,
    render_html,
    requires,
)

from . import copies, domain, gathering, permissions
from .models import EditionState
from .views import event_language, sent
from .views_people import personal_pdf

public = pages("dossiers_public", __name__, Audience.PUBLIC, path="dossiers")
me = pages("dossiers_me", __name__, Audience.PUBLIC, path="my-dossier")


def only_public() -> None:
    """Answer 404 while the event is a draft or archived, except to those who prepare it."""
    if not (events.is_public(g.event) or may(permissions.READ)):
        abort(404)


@public.get("/")
@requires(permissions.READ_PUBLIC)
def show() -> ResponseReturnValue:
    only_public()
    present = domain.present(domain.editions(g.event))
    languages = sorted(present, key=lambda code: (code != language(), code))
    return render_template("dossiers/public.html", editions=[present[code] for code in languages])


@public.get("/<int:number>/<code>")
@requires(permissions.READ_PUBLIC)
def edition(number: int, code: str) -> ResponseReturnValue:
    only_public()
    found = domain.public_edition(g.event, number, code, weight="content")
    return render_template(
        "dossiers/public_edition.html",
        edition=found,
        body=render_html(from_json(found.content), anchor="dossier"),
        superseded=found.state == EditionState.SUPERSEDED,
    )


@public.get("/<int:number>/<code>/<any(html, pdf):media>")
@requires(permissions.READ_PUBLIC)
def download(number: int, code: str, media: str) -> ResponseReturnValue:
    only_public()
    return sent(domain.public_edition(g.event, number, code, weight=media), media)


# --- one's own dossier ----------------------------------------------------------------------------------------------


def reader(participant_id: int) -> Participant:
    person = delegations.participant(g.event, participant_id)
    if person.erased_at is not None:
        abort(404)
    return person


def wanted_language(person: Participant) -> str:
    """Return the language that the address asks for, else the page's where the event works in it, else the person's."""
    if asked := request.args.get("in"):
        return event_language(asked)
    return language() if language() in g.event.languages else copies.language_of(g.event, person)


@me.get("/<int:participant_id>/")
@requires(permissions.OWN)
def own(participant_id: int) -> ResponseReturnValue:
    person = reader(participant_id)
    code = wanted_language(person)
    document = gathering.gather(g.event, person).document(code)
    return render_template("dossiers/own.html", person=person, code=code, body=render_html(document, anchor="dossier"))


@me.get("/<int:participant_id>/pdf")
@requires(permissions.OWN)
def own_pdf(participant_id: int) -> ResponseReturnValue:
    person = reader(participant_id)
    return personal_pdf(person, wanted_language(person))
