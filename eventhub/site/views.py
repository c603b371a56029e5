"""Front page, legal pages, inventory, sent mail, jobs, health."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import abort, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.blueprints import Blueprint
from flask.typing import ResponseReturnValue

from eventhub import clock, jobs, mailfolder, migrations, outbox, spreadsheets
from eventhub.access.permissions import requires
from eventhub.db import get, locked, transaction
from eventhub.events import domain
from eventhub.events import words as event_words
from eventhub.i18n import LANGUAGES, language_name
from eventhub.i18n import gettext as _
from eventhub.jobs import Job
from eventhub.outbox import MailMessage, MailState
from eventhub.site import pages as legal
from eventhub.site import permissions, words
from eventhub.site.flash import done
from eventhub.site.forms import PageForm
from eventhub.web.forms import Form
from eventhub.web.lists import Column, paginate, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("site", __name__, Audience.SITE, path="")
manage = pages("site_manage", __name__, Audience.ORGANISERS, path="")
health = Blueprint("site_health", __name__)


@health.get("/")
@requires(permissions.READ_PAGES)
def root() -> ResponseReturnValue:
    """Lead to the front page in the language that the browser asks for."""
    return redirect(url_for("site.front", lang=g.language))


@health.get("/healthz")
@requires(permissions.HEALTH)
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="up")


@health.get("/readyz")
@requires(permissions.HEALTH)
def readyz() -> ResponseReturnValue:
    """The process can serve: the database answers and has every migration."""
    try:
        behind = migrations.behind(current_app._get_current_object())  # type: ignore[attr-defined]
    except sa.exc.SQLAlchemyError:
        return jsonify(status="no database"), 503
    if behind:
        return jsonify(status="migrations missing", components=behind), 503
    return jsonify(status="ready")


@bp.get("/")
@requires(permissions.READ_PAGES)
def front() -> ResponseReturnValue:
    events = domain.public_events(clock.now().date())
    return render_template("site/front.html", events=events, words=event_words)


@bp.get("/<any('legal-notice', privacy, accessibility):name>")
@requires(permissions.READ_PAGES)
def page(name: str) -> ResponseReturnValue:
    return render_template("site/page.html", name=name, title=legal.TITLES[name], text=legal.text_of(name))


@bp.route("/<any('legal-notice', privacy, accessibility):name>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT_PAGES)
def edit_page(name: str) -> ResponseReturnValue:
    form = PageForm(data={"text": legal.text_of(name)}, languages=LANGUAGES)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            legal.change(name, form.text.data, by=g.actor)
            done(_("The page is saved."))
            return redirect(url_for("site.page", name=name))
    return render_template("site/page_form.html", form=form, name=name, title=legal.TITLES[name]), form.status


@bp.get("/plugins")
@requires(permissions.INVENTORY)
def inventory() -> ResponseReturnValue:
    hub = current_app.extensions["hub"]
    resting = {plugin for (plugin, _hook), breaker in hub.breakers.items() if breaker.open}
    return render_template(
        "site/inventory.html",
        inventory=hub.plugins(),
        resting=resting,
        broken=sum(not component.active for component in hub.plugins()),
        origins=words.ORIGINS,
    )


def mail_columns() -> list[Column[MailMessage]]:
    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(g.event.zone) if moment else None

    return [
        Column("subject", _("Subject"), lambda message: message.subject),
        Column("recipient", _("To"), lambda message: message.recipient),
        Column("language", _("Language"), lambda message: language_name(message.language)),
        Column("created_at", _("Written"), lambda message: local(message.created_at)),
        Column("sent_at", _("Sent"), lambda message: local(message.sent_at)),
        Column("state", _("State"), lambda message: str(words.MAIL_STATES[message.state])),
    ]


@manage.get("/mail")
@requires(permissions.MAIL)
def mail() -> ResponseReturnValue:
    state, search = request.args.get("state", ""), request.args.get("q", "").strip()
    query = outbox.mails_of(g.event.id, state=state if state in set(MailState) else None, search=search)
    if kind := wanted_export():
        return spreadsheets.download(kind, _("Mail"), *table(mail_columns(), paginate(query, per_page=10_000).rows))
    return render_template(
        "site/mail.html",
        page=paginate(query),
        state=state,
        search=search,
        counts=outbox.counts(g.event.id),
        states=words.MAIL_STATES,
        tones=words.MAIL_TONES,
    )


@manage.get("/mail/<int:mail_id>")
@requires(permissions.MAIL)
def one_mail(mail_id: int) -> ResponseReturnValue:
    message = get(MailMessage, mail_id, event_id=g.event.id)
    # only a site that keeps its mails in a folder, a demonstration, shows personal links to organisers
    kept = mailfolder.kept(current_app.config["MAIL_FOLDER"], 1000) if current_app.config["MAIL"] == "folder" else []
    return render_template(
        "site/one_mail.html",
        message=message,
        sent=next((mail for mail in kept if mail.message_id == message.message_id), None),
        place=outbox.LINK_PLACE,
        states=words.MAIL_STATES,
        tones=words.MAIL_TONES,
    )


@manage.post("/mail/<int:mail_id>/again")
@requires(permissions.MAIL)
def send_again(mail_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with transaction():
            message = locked(MailMessage, mail_id, event_id=g.event.id)
            outbox.send_again(message, by=g.actor)
        done(_("The mail is queued again."))
    return redirect(url_for("site_manage.one_mail", mail_id=mail_id))


@manage.get("/jobs/<int:job_id>")
@requires(permissions.JOBS)
def job(job_id: int) -> ResponseReturnValue:
    found = get(Job, job_id, event_id=g.event.id)
    kind = g.hooks.hub.job_kinds.get(found.kind)
    if kind is None:
        abort(404)
    if found.state == jobs.JobState.DONE and found.result and found.result.get("url") and request.args.get("follow"):
        return redirect(str(found.result["url"]))
    return render_template("site/job.html", job=found, title=kind.title)


@manage.post("/jobs/<int:job_id>/cancel")
@requires(permissions.JOBS)
def cancel_job(job_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with transaction():
            jobs.cancel(locked(Job, job_id, event_id=g.event.id))
        done(_("The job is asked to stop."))
    return redirect(url_for("site_manage.job", job_id=job_id))
