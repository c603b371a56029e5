"""Saved filters of the two lists: kept from a list, named again, shared, deleted and taken back."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import permissions, saved
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.site.flash import done
from eventhub.web.fields import TextField
from eventhub.web.forms import Form
from eventhub.web.lists import kept_arguments
from eventhub.web.pages import Audience, pages

bp = pages("delegations_saved", __name__, Audience.ORGANISERS, path="delegations/filters")

ENDPOINTS = {"delegations": "delegations.index", "people": "delegations.people"}


class SavedForm(Form):
    """The name of saved filters, and whether colleagues see them."""

    name = TextField(_l("Name"), maximum=80)
    shared = BooleanField(_l("Colleagues see it too"))


def place(what: str) -> str:
    return url_for(ENDPOINTS[what])


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    return render_template("delegations/saved.html", rows=saved.of(g.event, by=g.actor), place=place)


@bp.post("/save/<any(delegations, people):what>")
@requires(permissions.READ)
def save(what: str) -> ResponseReturnValue:
    """Keep the filters of the address under a name."""
    form = SavedForm()
    kept = dict(kept_arguments("page", "format"))
    back = url_for(ENDPOINTS[what], **kept)  # type: ignore[arg-type]  # lists of values
    if form.validate():
        with form.refusals(), transaction():
            found = saved.save(g.event, what, form.name.data or "", kept, shared=bool(form.shared.data), by=g.actor)
            done(_("The filters are saved as “%(name)s”.", name=found.name))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/<int:filter_id>")
@requires(permissions.READ)
def change(filter_id: int) -> ResponseReturnValue:
    form = SavedForm()
    back = url_for("delegations_saved.index")
    if form.validate():
        with form.refusals(), transaction():
            saved.change(g.event, filter_id, form.name.data or "", shared=bool(form.shared.data), by=g.actor)
            done(_("Saved."))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/<int:filter_id>/<any(delete, restore):act>")
@requires(permissions.READ)
def delete(filter_id: int, act: str) -> ResponseReturnValue:
    form = Form()
    back = url_for("delegations_saved.index")
    if form.validate():
        with form.refusals(), transaction():
            found = saved.set_deleted(g.event, filter_id, act == "delete", by=g.actor)
            undo = url_for("delegations_saved.delete", filter_id=filter_id, act="restore") if act == "delete" else None
            gone = _("“%(name)s” is deleted.", name=found.name)
            done(gone if undo else _("“%(name)s” is back.", name=found.name), undo=undo)
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422
