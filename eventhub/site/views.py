"""Front page, legal pages, inventory, jobs, health."""

from __future__ import annotations

import sqlalchemy as sa
from flask import abort, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.blueprints import Blueprint
from flask.typing import ResponseReturnValue

from eventhub import clock, jobs, migrations
from eventhub.access.permissions import requires
from eventhub.db import get, locked, transaction
from eventhub.events import domain
from eventhub.events import words as event_words
from eventhub.i18n import LANGUAGES
from eventhub.i18n import gettext as _
from eventhub.jobs import Job
from eventhub.site import pages as legal
from eventhub.site import permissions, words
from eventhub.site.flash import done
from eventhub.site.forms import PageForm
from eventhub.web.forms import Form
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
    events = domain.public_events(clock.now().date()) if name == "privacy" else []
    return render_template(
        "site/page.html", name=name, title=legal.TITLES[name], text=legal.text_of(name), events=events
    )


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
