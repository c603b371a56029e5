"""Organisers' pages: what dossiers lack, their editions, and when these are due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Column,
    Event,
    _,
    done,
    from_json,
    language,
    language_name,
    locked,
    pages,
    render_html,
    requires,
    spreadsheets,
    table,
    transaction,
    wanted_export,
)

from . import copies, domain, due, gathering, permissions, words
from .composition import fingerprint
from .forms import CopiesForm, PlanForm, PublishForm
from .models import Edition, Kind

bp = pages("dossiers", __name__, Audience.ORGANISERS)

PLAN_FACTS = ("first_days", "final_days")

COPIES = "copies-"  # the prefix of one of the two forms of the first page


def event_language(code: str) -> str:
    """Return the code, or answer 404 when the event does not work in this language."""
    if code not in g.event.languages:
        abort(404)
    return code


# --- what is missing, and publishing --------------------------------------------------------------------------------


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    return _index()


def _index(publish_form: PublishForm | None = None, copies_form: CopiesForm | None = None) -> ResponseReturnValue:
    """Show the page with a form that was refused, or with fresh ones: complete languages are chosen beforehand."""
    entries = gathering.texts(g.event)
    gates = {kind.value: domain.gates(g.event, kind, entries) for kind in Kind}
    complete = [gate.language for gate in gates[Kind.PROGRAMME] if gate.complete]
    publish_form = publish_form or PublishForm(formdata=None, data={"languages": complete})
    publish_form.languages.choices = language_choices()
    copies_form = copies_form or CopiesForm(formdata=None, prefix=COPIES)
    editions = domain.editions(g.event)
    if wanted := wanted_export():
        return spreadsheets.download(wanted, _("Editions"), *table(columns(), editions))
    return (
        render_template(
            "dossiers/index.html",
            publish_form=publish_form,
            copies_form=copies_form,
            form=publish_form if publish_form.error_rows else copies_form,
            gates=gates,
            editions=editions,
            published=domain.present(editions),
            outdated=_outdated(editions),
            copies=copies.kept(g.event),
            words=words,
        ),
        422 if publish_form.error_rows or copies_form.error_rows else 200,
    )


def language_choices() -> list[tuple[str, str]]:
    return [(code, name[:1].upper() + name[1:]) for code in g.event.languages if (name := language_name(code))]


def _outdated(editions: list[Edition]) -> set[str]:
    """Return the languages whose edition says something else than today's data would."""
    present = domain.present(editions)
    if not present:
        return set()
    composition = gathering.gather(g.event, g.event)
    return {
        code for code, edition in present.items() if fingerprint(composition.document(code)) != edition.content_sha256
    }


def columns() -> list[Column[Edition]]:
    return [
        Column("number", _("Number"), lambda row: row.number, numeric=True),
        Column("language", _("Language"), lambda row: language_name(row.language)),
        Column("published_at", _("Published on"), lambda row: row.published_at.astimezone(g.event.zone)),
        Column("state", _("State"), lambda row: str(words.EDITION_STATES[row.state])),
        Column("waiver", _("Went out with gaps because"), lambda row: row.waiver),
        Column("pdf_sha256", _("SHA-256 of the PDF"), lambda row: row.pdf_sha256),
    ]


@bp.post("/publish")
@requires(permissions.PUBLISH)
def publish() -> ResponseReturnValue:
    form = PublishForm()
    form.languages.choices = language_choices()
    if form.validate():
        with form.refusals(), transaction():
            found = domain.gates(g.event, Kind.PROGRAMME, gathering.texts(g.event))
            job = domain.ask_for_edition(
                g.event,
                form.languages.data,
                form.reason.data or "",
                found,
                by=g.actor,
                hooks=g.hooks,
                speaks=language(),
            )
            return redirect(url_for("site_manage.job", job_id=job.id))
    return _index(publish_form=form)


@bp.get("/preview/<code>")
@requires(permissions.READ)
def preview(code: str) -> ResponseReturnValue:
    """The programme dossier as it would be published now."""
    composition = gathering.gather(g.event, g.event)
    document = composition.document(event_language(code))
    return render_template(
        "dossiers/preview.html", body=render_html(document, anchor="dossier"), code=code, failed=composition.failed
    )


# --- editions -------------------------------------------------------------------------------------------------------


@bp.get("/editions/<int:edition_id>")
@requires(permissions.READ)
def edition(edition_id: int) -> ResponseReturnValue:
    found = domain.edition(g.event, edition_id, weight="content")
    body = render_html(from_json(found.content), anchor="dossier")
    return render_template("dossiers/edition.html", edition=found, body=body, words=words)


@bp.get("/editions/<int:edition_id>/<any(html, pdf):media>")
@requires(permissions.READ)
def download(edition_id: int, media: str) -> ResponseReturnValue:
    return sent(domain.edition(g.event, edition_id, weight=media), media)


def sent(found: Edition, media: str) -> Response:
    """Return the edition's file, the very bytes that were published."""
    body, kind = (found.pdf, "application/pdf") if media == "pdf" else (found.html, "text/html; charset=utf-8")
    response = Response(body, content_type=kind)
    name = f"{g.event.slug}-{found.kind}-{found.number}-{found.language}.{media}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/copies")
@requires(permissions.PERSONAL)
def make_copies() -> ResponseReturnValue:
    form = CopiesForm(prefix=COPIES)
    if form.validate():
        with form.refusals(), transaction():
            found = domain.gates(g.event, Kind.PARTICIPANT, gathering.texts(g.event))
            job = domain.ask_for_copies(
                g.event, form.reason.data or "", found, by=g.actor, hooks=g.hooks, speaks=language()
            )
            return redirect(url_for("site_manage.job", job_id=job.id))
    return _index(copies_form=form)


# --- when editions are due ------------------------------------------------------------------------------------------


@bp.route("/plan", methods=["GET", "POST"])
@requires(permissions.EDIT)
def plan() -> ResponseReturnValue:
    form = PlanForm(current=_plan_facts())
    if form.validate_on_submit():
        with form.refusals(), transaction():
            event = locked(Event, g.event.id)
            due.change(event, form.changes_to(_plan_facts()), by=g.actor)
            done(_("The due dates are saved."))
            return redirect(url_for("dossiers.index"))
    days = due.of(g.event)
    first, final = due.moment(g.event, days.first_days), due.moment(g.event, days.final_days)
    return render_template("dossiers/plan.html", form=form, first=first.date(), final=final.date()), form.status


def _plan_facts() -> Mapping[str, Any]:
    days = due.of(g.event)
    return {name: getattr(days, name) for name in PLAN_FACTS}
