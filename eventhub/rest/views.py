"""The owner's page of the API: its tokens and webhooks."""

from __future__ import annotations

from flask import current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.access.permissions import requires
from eventhub.db import get, transaction
from eventhub.i18n import gettext as _
from eventhub.rest import permissions, tokens, webhooks, words
from eventhub.rest.forms import TokenForm
from eventhub.rest.models import ApiToken
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.pages import Audience, pages

bp = pages("rest_manage", __name__, Audience.ORGANISERS, path="api")


@bp.get("/")
@requires(permissions.TOKENS)
def index() -> ResponseReturnValue:
    found = webhooks.of(g.event)
    return render_template(
        "rest/index.html",
        tokens=tokens.of(g.event),
        webhooks=found,
        counts=webhooks.counts(webhook.id for webhook in found),
        titles={one.name: one.title for one in tokens.offered(g.hooks)},
        address=f"{current_app.config['BASE_URL'].rstrip('/')}/api/v1/events/{g.event.slug}",
        moment=clock.now(),
        words=words,
    )


@bp.route("/tokens/new", methods=["GET", "POST"])
@requires(permissions.TOKENS)
def create() -> ResponseReturnValue:
    form = TokenForm(data={"days": 90})
    if form.validate_on_submit():
        secret = ""
        with form.refusals(), transaction():
            chosen, days = form.permissions.data or (), form.days.data or 0
            token, secret = tokens.create(g.event, form.name.data or "", chosen, days, by=g.actor, hooks=g.hooks)
        if secret:
            return render_template("rest/token.html", token=token, secret=secret)
    return render_template("rest/token_form.html", form=form), form.status


@bp.route("/tokens/<int:token_id>/revoke", methods=["GET", "POST"])
@requires(permissions.TOKENS)
def revoke(token_id: int) -> ResponseReturnValue:
    token = get(ApiToken, token_id, event_id=g.event.id)
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            tokens.revoke(g.event, token_id, by=g.actor)
            done(_("The token is revoked: from now on it opens nothing."))
            return redirect(url_for("rest_manage.index"))
    return render_template("rest/revoke.html", form=form, token=token), form.status
