"""One act on many delegations, with a page before it that says who is touched."""

from __future__ import annotations

from typing import Any

import wtforms
from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import bulk, permissions, words
from eventhub.delegations.bulk import ACTS
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import ngettext
from eventhub.site.flash import done
from eventhub.web.fields import MomentField
from eventhub.web.forms import Form
from eventhub.web.lists import kept_arguments
from eventhub.web.pages import Audience, pages

bp = pages("delegations_bulk", __name__, Audience.ORGANISERS, path="delegations/many")

OWN_ARGUMENTS = ("act", "id", "on", "page", "format")


class BulkForm(Form):
    """What the act needs, and a mark of whom the page named."""

    closes_at = MomentField(_l("They register until"), required=False)
    mark = wtforms.HiddenField()

    def set_up(self) -> None:
        self.closes_at.zone = g.event.zone


class ChangedMeanwhile(Exception):
    """Others are concerned than the page named: it is shown again."""


@bp.route("/", methods=["GET", "POST"])
@requires(permissions.EDIT)
def index() -> ResponseReturnValue:
    """Say who is touched and who is not, and why; the same address by POST does it, if that still holds."""
    act = ACTS.get(request.args.get("act", ""))
    if act is None:
        return redirect(url_for("delegations.index", **list_arguments()))
    every = request.args.get("on") == "all"
    ids = [int(key) for key in request.args.getlist("id") if key.isascii() and key.isdigit() and len(key) < 10]
    form = BulkForm()
    changed = False
    if form.validate_on_submit():
        try:
            with form.refusals(), transaction():
                found = bulk.preview(bulk.chosen(g.event, ids, request.args, every=every), act)
                if found.mark != form.mark.data:
                    raise ChangedMeanwhile
                order = bulk.Order(g.event, g.actor, g.hooks, form.closes_at.data)
                number = bulk.perform(found.touched, act, order)
                tell(act, number, [row.id for row in found.touched], len(found.left_out))
                return redirect(url_for("delegations.index", **list_arguments()))
        except ChangedMeanwhile:
            changed = True
    found = bulk.preview(bulk.chosen(g.event, ids, request.args, every=every), act)
    form.mark.data = found.mark
    return render_template(
        "delegations/bulk.html",
        act=act,
        asks_day=act is ACTS["deadline"],
        form=form,
        found=found,
        changed=changed,
        nobody=not found.touched and not found.left_out,
        words=words,
        here_again=url_for("delegations_bulk.index", **whole_address()),
        back=url_for("delegations.index", **list_arguments()),
    ), (409 if changed else form.status)


def whole_address() -> dict[str, Any]:
    return dict(kept_arguments())


def list_arguments() -> dict[str, Any]:
    """Return the filters of the list that this page comes from."""
    return dict(kept_arguments(*OWN_ARGUMENTS))


def tell(act: bulk.Act, number: int, ids: list[int], left_out: int) -> None:
    """Say the numbers, with an undo where there is one."""
    text = ngettext(
        "%(act)s: done for %(num)s delegation.", "%(act)s: done for %(num)s delegations.", number, act=act.label
    )
    if left_out:
        text += " " + ngettext("%(num)s was left out.", "%(num)s were left out.", left_out)
    undo = url_for("delegations_bulk.undo", act=act.undo, id=ids) if act.undo and number else None
    done(text, undo=undo)


@bp.post("/undo/<any(restore):act>")
@requires(permissions.EDIT)
def undo(act: str) -> ResponseReturnValue:
    """Take back what was done to many; whoever cannot be taken back stays as it is."""
    ids = [int(key) for key in request.args.getlist("id") if key.isascii() and key.isdigit() and len(key) < 10]
    form = Form()
    back = url_for("delegations.index")
    if form.validate():
        with form.refusals(), transaction():
            found = bulk.preview(bulk.chosen(g.event, ids, {}, every=False), ACTS[act])
            number = bulk.perform(found.touched, ACTS[act], bulk.Order(g.event, g.actor, g.hooks))
            done(_("Taken back: %(number)s.", number=number))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422
