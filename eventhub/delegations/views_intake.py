"""Rosters in: send a spreadsheet, say what its columns hold, look at each row's fate, then write all or nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import jobs, spreadsheets, tabular
from eventhub.access.permissions import requires
from eventhub.db import get, locked, session, transaction
from eventhub.delegations import permissions
from eventhub.delegations.intake import said, staging, template, work
from eventhub.delegations.intake.forms import ColumnsForm, SendForm, field_choices
from eventhub.delegations.intake.plan import WRITTEN, Fate
from eventhub.delegations.intake.staging import ImportState, RosterImport, RosterRow
from eventhub.events.domain import check_not_frozen
from eventhub.i18n import gettext as _
from eventhub.i18n import language, pgettext
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.lists import here, paginate
from eventhub.web.pages import Audience, pages

bp = pages("delegations_intake", __name__, Audience.ORGANISERS, path="delegations/import")


def one(import_id: int) -> RosterImport:
    return get(RosterImport, import_id, event_id=g.event.id)


@bp.route("/", methods=["GET", "POST"])
@requires(permissions.IMPORT)
def start() -> ResponseReturnValue:
    form = SendForm()
    if form.validate_on_submit():
        with form.refusals():
            check_not_frozen(g.event)
            # read before the transaction: nobody waits to write meanwhile
            draft = sent(form)
            with transaction():
                staged = staging.stage(g.event, draft, by=g.actor)
            return redirect(url_for("delegations_intake.columns", import_id=staged.id))
    imports = staging.open_imports(g.event)
    return render_template("delegations/intake_start.html", form=form, imports=imports), form.status


def sent(form: SendForm) -> staging.Draft:
    """Return what was sent as a draft; raises Unreadable where it is no table."""
    if form.file.data:
        return staging.drafted(form.file.data.filename or "", tabular.read(form.file.data.read()))
    return staging.drafted(_("Pasted rows"), tabular.read_text(form.pasted.data or ""))


@bp.get("/template.<any(csv, xlsx):kind>")
@requires(permissions.IMPORT)
def template_file(kind: str) -> ResponseReturnValue:
    """The file to fill in, with its headings in the language of the page."""
    if kind == "csv":
        response = Response(template.csv_bytes(), content_type="text/csv; charset=utf-8")
    else:
        response = Response(template.xlsx_bytes(g.event), content_type=spreadsheets.XLSX)
    name = "delegations-et-personnes" if language() == "fr" else "delegations-and-people"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@bp.route("/<int:import_id>/columns", methods=["GET", "POST"])
@requires(permissions.IMPORT)
def columns(import_id: int) -> ResponseReturnValue:
    staged = one(import_id)
    if staged.state == ImportState.DONE:
        return redirect(url_for("delegations_intake.show", import_id=import_id))
    form = ColumnsForm(data={"raise_quota": staged.raise_quota, "fill_down": staged.fill_down})
    layout = staged.layout
    if form.validate_on_submit():
        layout = form.chosen(layout, request.form)
        if form.check(layout):
            return try_it(import_id, layout, form)
    return (
        render_template(
            "delegations/intake_columns.html",
            form=form,
            staged=staged,
            layout=layout,
            choices=field_choices(),
            letter=tabular.column_name,
        ),
        form.status,
    )


def try_it(import_id: int, layout: list[Any], form: ColumnsForm) -> ResponseReturnValue:
    """Try every row: here where they are few, by a job where they are many."""
    with transaction():
        staged = locked(RosterImport, import_id, event_id=g.event.id)
        staged.columns = [asdict(column) for column in layout]
        staged.raise_quota, staged.fill_down = form.raise_quota.data, form.fill_down.data
        staged.planned_again = False
        if staged.row_count > work.WITHOUT_WAITING:
            return redirect(queued(work.PLAN.name, import_id))
    work.plan(g.event, import_id)
    return redirect(url_for("delegations_intake.show", import_id=import_id))


def queued(kind: str, import_id: int) -> str:
    """Enqueue the work and return the address of its progress."""
    url = url_for("delegations_intake.show", import_id=import_id)
    payload = {"import": import_id, "url": url, "language": language()}
    job = jobs.enqueue(kind, payload, event_id=g.event.id, by=g.actor)
    return url_for("site_manage.job", job_id=job.id)


@bp.get("/<int:import_id>")
@requires(permissions.IMPORT)
def show(import_id: int) -> ResponseReturnValue:
    return page(import_id, Form())


def page(import_id: int, form: Form) -> ResponseReturnValue:
    staged = one(import_id)
    if staged.state == ImportState.UPLOADED:
        return redirect(url_for("delegations_intake.columns", import_id=import_id))
    fate = request.args.get("fate", "")
    fate = fate if fate in set(Fate) or fate == "remarked" else ""
    query = staging.rows_query(staged, "" if fate == "remarked" else fate, remarked=fate == "remarked")
    everything = sum(staged.count(key) for key in Fate)
    tabs = [(pgettext("rows of a file", "All"), here(fate=None, page=None), not fate, everything)]
    for key in (*Fate, "remarked"):
        if staged.count(key):
            title = _("With remarks") if key == "remarked" else str(said.FATES[key])
            tabs.append((title, here(fate=key, page=None), fate == key, staged.count(key)))
    return (
        render_template(
            "delegations/intake_show.html",
            form=form,
            staged=staged,
            layout=staged.layout,
            page=paginate(query),
            tabs=tabs,
            said=said,
            writes=sum(staged.count(key) for key in WRITTEN),
            ignored=[column.heading for column in staged.layout if column.health],
        ),
        form.status,
    )


@bp.post("/<int:import_id>/confirm")
@requires(permissions.IMPORT)
def confirm(import_id: int) -> ResponseReturnValue:
    """Write everything in one transaction; when something changed since the rows were tried, show their new fates."""
    form = Form()
    if form.validate():
        staged = one(import_id)
        if staged.row_count > work.WITHOUT_WAITING:
            with transaction():
                return redirect(queued(work.CONFIRM.name, import_id))
        with form.refusals():
            if work.confirm(g.event, import_id, by=g.actor, hooks=g.hooks):
                done(_("The roster is written."))
            return redirect(url_for("delegations_intake.show", import_id=import_id))
    return page(import_id, form)


@bp.post("/<int:import_id>/discard")
@requires(permissions.IMPORT)
def discard(import_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with transaction():
            staging.discard(locked(RosterImport, import_id, event_id=g.event.id))
            done(_("The file and all that was planned with it are deleted."))
        return redirect(url_for("delegations_intake.start"))
    return page(import_id, form)


@bp.get("/<int:import_id>/refused.<any(csv, xlsx):kind>")
@requires(permissions.IMPORT)
def refused(import_id: int, kind: str) -> ResponseReturnValue:
    """The refused rows as they were sent, each with what to mend; the file can be sent again once mended."""
    staged = one(import_id)
    rows = list(session().scalars(staging.rows_query(staged, Fate.REFUSED)))
    if not rows:
        abort(404)
    layout = staged.layout
    kept = [index for index, column in enumerate(layout) if column.field]
    headings = [_("Line"), *(layout[index].heading for index in kept), _("What to mend")]
    return spreadsheets.download(kind, _("Refused rows"), headings, [refused_cells(row, kept, layout) for row in rows])


def refused_cells(row: RosterRow, kept: list[int], layout: list[Any]) -> list[Any]:
    cells = row.told.get("cells", [])
    reasons = " ".join(said.located(problem, layout) for problem in row.told.get("problems", ()))
    return [row.line, *(cells[index] if index < len(cells) else "" for index in kept), reasons]
