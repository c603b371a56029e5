"""The organisers' page of deadlines: until when each step of the registration may be changed."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub.access.permissions import requires
from eventhub.db import locked, transaction
from eventhub.delegations import stages
from eventhub.delegations.forms import DeadlinesForm
from eventhub.events.models import Event
from eventhub.events.permissions import SETTINGS
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web.pages import Audience, pages

bp = pages("delegations_deadlines", __name__, Audience.ORGANISERS, path="registration-deadlines")


@bp.route("/", methods=["GET", "POST"])
@requires(SETTINGS)
def edit() -> ResponseReturnValue:
    form = DeadlinesForm(current=stages.facts(g.event))
    if form.validate_on_submit():
        with form.refusals(), transaction():
            event = locked(Event, g.event.id)
            stages.set_deadlines(event, form.changes_to(stages.facts(event)), by=g.actor, hooks=g.hooks)
            done(_("The deadlines are saved."))
            return redirect(url_for("delegations_deadlines.edit"))
    lines = [(stage, title, stages.of_event(g.event, stage)) for stage, title in stages.titles().items()]
    return render_template("delegations/deadlines.html", form=form, lines=lines), form.status
