"""The owner's pages of webhooks, and of what was delivered."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import activity
from eventhub.access.permissions import requires
from eventhub.db import get, transaction
from eventhub.i18n import gettext as _
from eventhub.rest import permissions, webhooks, words
from eventhub.rest.forms import WebhookForm
from eventhub.rest.models import DeliveryState, WebhookDelivery
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.lists import paginate
from eventhub.web.pages import Audience, pages

bp = pages("rest_webhooks", __name__, Audience.ORGANISERS, path="api/webhooks")


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.WEBHOOKS)
def create() -> ResponseReturnValue:
    form = WebhookForm()
    if form.validate_on_submit():
        secret = ""
        with form.refusals(), transaction():
            found, secret = webhooks.register(
                g.event, form.url.data or "", form.verbs.data or (), by=g.actor, hooks=g.hooks
            )
        if secret:
            return render_template("rest/secret.html", webhook=found, secret=secret)
    return render_template("rest/webhook_form.html", form=form, webhook=None), form.status


@bp.get("/<int:webhook_id>")
@requires(permissions.WEBHOOKS)
def show(webhook_id: int) -> ResponseReturnValue:
    found = webhooks.webhook(g.event, webhook_id)
    state = request.args.get("state", "")
    return render_template(
        "rest/webhook.html",
        webhook=found,
        page=paginate(webhooks.deliveries(found, state if state in set(DeliveryState) else "")),
        state=state,
        entries=activity.history(found),
        words=words,
    )


@bp.route("/<int:webhook_id>/edit", methods=["GET", "POST"])
@requires(permissions.WEBHOOKS)
def edit(webhook_id: int) -> ResponseReturnValue:
    found = webhooks.webhook(g.event, webhook_id)
    form = WebhookForm(data={"url": found.url, "verbs": found.verbs})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            chosen = form.verbs.data or ()
            webhooks.change(g.event, webhook_id, form.url.data or "", chosen, by=g.actor, hooks=g.hooks)
            done(_("The webhook is saved."))
            return redirect(url_for("rest_webhooks.show", webhook_id=webhook_id))
    return render_template("rest/webhook_form.html", form=form, webhook=found), form.status


@bp.route("/<int:webhook_id>/remove", methods=["GET", "POST"])
@requires(permissions.WEBHOOKS)
def remove(webhook_id: int) -> ResponseReturnValue:
    found = webhooks.webhook(g.event, webhook_id)
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            webhooks.remove(g.event, webhook_id, by=g.actor)
            done(_("The webhook is removed: nothing more is sent there."))
            return redirect(url_for("rest_manage.index"))
    return render_template("rest/remove.html", form=form, webhook=found), form.status


@bp.post("/<int:webhook_id>/on")
@requires(permissions.WEBHOOKS)
def switch_on(webhook_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with transaction():
            webhooks.switch_on(g.event, webhook_id, by=g.actor)
        done(_("The webhook is on again, and is told what happens from now on."))
    return redirect(url_for("rest_webhooks.show", webhook_id=webhook_id))


@bp.post("/deliveries/<int:delivery_id>/again")
@requires(permissions.WEBHOOKS)
def again(delivery_id: int) -> ResponseReturnValue:
    form = Form()
    delivery = get(WebhookDelivery, delivery_id, event_id=g.event.id)
    if form.validate():
        with transaction():
            delivery = webhooks.send_again(g.event, delivery_id, by=g.actor)
        done(_("The message is on its way again."))
    return redirect(url_for("rest_webhooks.show", webhook_id=delivery.webhook_id))
