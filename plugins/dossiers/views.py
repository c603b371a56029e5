"""Organisers' pages: what dossiers lack, their editions, texts of our own, participants' dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Column,
    Event,
    Form,
    Participant,
    _,
    activity,
    clock,
    delegations,
    done,
    from_json,
    language,
    language_name,
    locked,
    pages,
    paginate,
    render_html,
    render_pdf,
    requires,
    spreadsheets,
    table,
    transaction,
    wanted_export,
)

from . import domain, gathering, permissions, words
from .archive import zipped
from .composition import fingerprint
from .forms import CopiesForm, PlanForm, PublishForm, SectionForm
from .models import Edition, Kind, Section

bp = pages("dossiers", __name__, Audience.ORGANISERS)

FACTS = ("title", "text", "kinds", "place")
PLAN_FACTS = ("first_days", "final_days")
COPIES = "copies-"  # the prefix of one of the two forms of the first page


def facts(section: Section) -> Mapping[str, Any]:
    return {name: getattr(section, name) for name in FACTS}


def typed(form: Form, names: tuple[str, ...]) -> Mapping[str, Any]:
    return {name: form[name].data for name in names}


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
            copies=domain.copies(g.event),
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


# --- participants' own dossiers -------------------------------------------------------------------------------------


@bp.get("/people")
@requires(permissions.PERSONAL)
def people() -> ResponseReturnValue:
    search = request.args.get("q", "").strip()
    return render_template(
        "dossiers/people.html",
        page=paginate(delegations.people_query(g.event, search=search)),
        search=search,
        copies=domain.copies(g.event),
        language_of=lambda person: domain.language_of(g.event, person),
    )


@bp.get("/people/<int:participant_id>/<code>")
@requires(permissions.PERSONAL)
def person(participant_id: int, code: str) -> ResponseReturnValue:
    found = delegations.participant(g.event, participant_id)
    document = gathering.gather(g.event, found).document(event_language(code))
    return render_template(
        "dossiers/person.html", person=found, code=code, body=render_html(document, anchor="dossier")
    )


@bp.get("/people/<int:participant_id>/<code>/pdf")
@requires(permissions.PERSONAL)
def person_pdf(participant_id: int, code: str) -> ResponseReturnValue:
    return personal_pdf(delegations.participant(g.event, participant_id), event_language(code))


def personal_pdf(found: Participant, code: str) -> Response:
    """Return somebody's dossier as it stands now; nothing is kept."""
    document = gathering.gather(g.event, found).document(code)
    response = Response(render_pdf(document, timestamp=clock.now()).pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{g.event.slug}-{found.id}-{code}.pdf"'
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


@bp.get("/copies.zip")
@requires(permissions.PERSONAL)
def archive() -> ResponseReturnValue:
    response = Response(zipped(domain.copy_files(g.event)), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{g.event.slug}-dossiers.zip"'
    return response


# --- texts of our own -----------------------------------------------------------------------------------------------


@bp.get("/texts")
@requires(permissions.READ)
def texts() -> ResponseReturnValue:
    archived = request.args.get("show") == "archived"
    return render_template(
        "dossiers/texts.html", rows=domain.sections(g.event, archived=archived), archived=archived, words=words
    )


@bp.route("/texts/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create_section() -> ResponseReturnValue:
    form = SectionForm(data={"kinds": [Kind.PROGRAMME.value], "place": "before"}, languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            domain.add_section(g.event, typed(form, FACTS), by=g.actor)
            done(_("The text is saved."))
            return redirect(url_for("dossiers.texts"))
    return render_template("dossiers/section_form.html", form=form, section=None), form.status


@bp.route("/texts/<int:section_id>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit_section(section_id: int) -> ResponseReturnValue:
    section = domain.section(g.event, section_id)
    form = SectionForm(current=facts(section), languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = domain.section_for_change(g.event, section_id)
            domain.change_section(g.event, stored, form.changes_to(facts(stored)), by=g.actor)
            done(_("The text is saved."))
            return redirect(url_for("dossiers.texts"))
    return (
        render_template(
            "dossiers/section_form.html",
            form=form,
            section=section,
            stale=domain.stale_in(section, g.event.languages),
            entries=activity.history(section),
            words=words,
        ),
        form.status,
    )


@bp.post("/texts/<int:section_id>/read-again/<code>")
@requires(permissions.EDIT)
def read_again(section_id: int, code: str) -> ResponseReturnValue:
    form, back = Form(), url_for("dossiers.edit_section", section_id=section_id)
    if form.validate():
        with form.refusals(), transaction():
            stored = domain.section_for_change(g.event, section_id)
            domain.read_again(g.event, stored, event_language(code), by=g.actor)
            done(_("The translation counts as up to date."))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/texts/<int:section_id>/archive")
@requires(permissions.EDIT)
def archive_section(section_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            stored = domain.section_for_change(g.event, section_id)
            put_away = stored.archived_at is None
            domain.set_archived(g.event, stored, put_away, by=g.actor)
            undo = url_for("dossiers.archive_section", section_id=section_id) if put_away else None
            done(_("The text is archived.") if put_away else _("The text is back in the dossiers."), undo=undo)
            return redirect(url_for("dossiers.texts"))
    return render_template("site/refused.html", form=form, back=url_for("dossiers.texts")), 422


@bp.post("/texts/order")
@requires(permissions.EDIT)
def reorder() -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            domain.reorder(g.event, asked_order(), by=g.actor)
            done(_("The order is saved."))
            return redirect(url_for("dossiers.texts"))
    return render_template("site/refused.html", form=form, back=url_for("dossiers.texts")), 422


def asked_order() -> list[int]:
    """Return the ids in the order sent, after the move that a button without JavaScript asks for."""
    ids = [int(value) for value in request.form.getlist("order") if value.isdecimal()]
    direction, _colon, moved = request.form.get("move", "").partition(":")
    if moved.isdecimal() and int(moved) in ids:
        place = ids.index(int(moved))
        other = place + (-1 if direction == "up" else 1)
        if 0 <= other < len(ids):
            ids[place], ids[other] = ids[other], ids[place]
    return ids


# --- when editions are due ------------------------------------------------------------------------------------------


@bp.route("/plan", methods=["GET", "POST"])
@requires(permissions.EDIT)
def plan() -> ResponseReturnValue:
    form = PlanForm(current=_plan_facts())
    if form.validate_on_submit():
        with form.refusals(), transaction():
            event = locked(Event, g.event.id)
            domain.change_plan(event, form.changes_to(_plan_facts()), by=g.actor)
            done(_("The due dates are saved."))
            return redirect(url_for("dossiers.index"))
    due = domain.plan(g.event)
    return render_template("dossiers/plan.html", form=form, due=due, domain=domain), form.status


def _plan_facts() -> Mapping[str, Any]:
    due = domain.plan(g.event)
    return {name: getattr(due, name) for name in PLAN_FACTS}
