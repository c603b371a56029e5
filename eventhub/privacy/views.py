"""Organisers' pages on personal data: retention, its certificates, notices, the register."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock, hookspecs, jobs, spreadsheets
from eventhub.access.permissions import requires
from eventhub.contributions import PersonalData
from eventhub.db import transaction
from eventhub.i18n import gettext as _
from eventhub.i18n import language
from eventhub.privacy import certificates, notices, permissions, retention, words
from eventhub.privacy.forms import DaysForm, NoticeForm
from eventhub.privacy.models import Certificate
from eventhub.privacy.person import holdings
from eventhub.privacy.retention import Kept
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.lists import Column, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("privacy", __name__, Audience.ORGANISERS)
PDF = "application/pdf"


def component_title(holding: PersonalData) -> str:
    return str(g.hooks.hub.components[holding.name.partition(".")[0]].title)


# --- retention ------------------------------------------------------------------------------------------------------


def retention_columns() -> list[Column[Kept]]:
    return [
        Column("component", _("Part"), lambda line: component_title(line.holding)),
        Column("title", _("Data"), lambda line: str(line.holding.title)),
        Column("purpose", _("Purpose"), lambda line: str(line.holding.purpose)),
        Column("basis", _("Legal basis"), lambda line: str(line.holding.legal_basis)),
        Column("days", _("Days after the event"), lambda line: line.days, numeric=True),
        Column("due_on", _("Erased on"), lambda line: line.due_on),
        Column("held", _("Records now"), lambda line: line.held, numeric=True),
        Column("erased", _("Erased so far"), lambda line: line.erased, numeric=True),
    ]


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    """Show what every component holds, until when, and what was erased."""
    lines = retention.kept(g.event, g.hooks.hub)
    if kind := wanted_export():
        return spreadsheets.download(kind, _("Retention"), *table(retention_columns(), lines))
    return render_template(
        "privacy/index.html",
        lines=lines,
        due=[line for line in lines if line.is_due(clock.today(g.event.zone))],
        today=clock.today(g.event.zone),
        component_title=component_title,
        words=words,
    )


@bp.route("/retention/<kind>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def days(kind: str) -> ResponseReturnValue:
    holding = retention.holding(g.hooks.hub, kind)
    chosen = retention.rules(g.event.id)
    form = DaysForm(data={"days": chosen.get(kind, holding.retention_days)})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            retention.change(g.event, holding, form.days.data or 0, by=g.actor)
            done(_("The days are changed."))
            return redirect(url_for("privacy.index"))
    return (
        render_template(
            "privacy/days.html",
            form=form,
            holding=holding,
            longest=retention.longest(holding),
            due_on=retention.due_on(g.event, holding, chosen),
            words=words,
        ),
        form.status,
    )


@bp.route("/due", methods=["GET", "POST"])
@requires(permissions.EDIT)
def due() -> ResponseReturnValue:
    """Show what would be erased now, and erase it when asked: the worker does it by itself within the hour."""
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            job = jobs.enqueue("privacy.enforce", {"speaks": language()}, event_id=g.event.id, by=g.actor)
            return redirect(url_for("site_manage.job", job_id=job.id))
    today = clock.today(g.event.zone)
    lines = [line for line in retention.kept(g.event, g.hooks.hub) if line.is_due(today)]
    return render_template("privacy/due.html", form=form, lines=lines, today=today, words=words), form.status


# --- certificates ---------------------------------------------------------------------------------------------------


def is_genuine(found: Certificate) -> bool:
    return certificates.is_genuine(found, certificates.before(found), str(current_app.config["SECRET_KEY"]))


@bp.get("/certificates")
@requires(permissions.READ)
def certificates_page() -> ResponseReturnValue:
    return render_template("privacy/certificates.html", certificates=certificates.of(g.event))


@bp.get("/certificates/<int:certificate_id>")
@requires(permissions.READ)
def certificate(certificate_id: int) -> ResponseReturnValue:
    found = certificates.certificate(g.event, certificate_id)
    return render_template(
        "privacy/certificate.html",
        certificate=found,
        genuine=is_genuine(found),
        title_of=certificates.title,
        day_of=certificates.due_day,
        words=words,
    )


@bp.get("/certificates/<int:certificate_id>.pdf")
@requires(permissions.READ)
def certificate_pdf(certificate_id: int) -> ResponseReturnValue:
    found = certificates.certificate(g.event, certificate_id)
    document = certificates.document(g.event, found, genuine=is_genuine(found))
    moment: datetime = found.made_at
    body = g.hooks.first(hookspecs.render_document, document=document, media_type=PDF, moment=moment)
    response = Response(body, content_type=PDF)
    name = f"{g.event.slug}-erasure-{found.number}-{language()}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- notices --------------------------------------------------------------------------------------------------------


@bp.get("/notices")
@requires(permissions.READ)
def notices_page() -> ResponseReturnValue:
    known = notices.purposes(g.event, g.hooks)
    return render_template("privacy/notices.html", parts=notices.of(g.event, known.values()).values())


@bp.route("/notices/<purpose>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def notice(purpose: str) -> ResponseReturnValue:
    """Show the wordings of one purpose, and publish a new one."""
    found = notices.notice(g.event, purpose, g.hooks)
    data: dict[str, Any] = {"text": found.current.text}
    form = NoticeForm(data=data, languages=notices.languages_of(g.event))
    if form.validate_on_submit():
        with form.refusals(), transaction():
            values = {"text": form.text.data, "changed": form.changed.data, "material": form.material.data}
            notices.publish(g.event, notices.notice(g.event, purpose, g.hooks), values, by=g.actor)
            done(_("The new wording is published; the older ones are kept below."))
            return redirect(url_for("privacy.notice", purpose=purpose))
    return render_template("privacy/notice.html", form=form, notice=found), form.status


# --- the register ---------------------------------------------------------------------------------------------------


def register_columns() -> list[Column[PersonalData]]:
    chosen = retention.rules(g.event.id)
    return [
        Column("component", _("Part"), component_title),
        Column("title", _("Data"), lambda one: str(one.title)),
        Column("purpose", _("Purpose"), lambda one: str(one.purpose)),
        Column("basis", _("Legal basis"), lambda one: str(one.legal_basis)),
        Column("people", _("Whose data"), lambda one: str(one.people)),
        Column("recipients", _("Who receives them"), lambda one: str(one.recipients)),
        Column("sensitive", _("Sensitive (GDPR art. 9)"), lambda one: _("yes") if one.sensitive else _("no")),
        Column("days", _("Kept after the event"), lambda one: words.days(chosen.get(one.name, one.retention_days))),
        Column("measures", _("Protection"), words.measures),
    ]


@bp.get("/register")
@requires(permissions.READ)
def register() -> ResponseReturnValue:
    """Show the record of processing activities (GDPR art. 30), made of what the components declare."""
    columns, rows = register_columns(), holdings(g.hooks.hub)
    if kind := wanted_export():
        return spreadsheets.download(kind, _("Register of processing"), *table(columns, rows))
    return render_template("privacy/register.html", columns=columns, rows=rows)
