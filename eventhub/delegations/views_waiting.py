"""The organisers' page of seats: limits, what is given, offered and free, and the waiting list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import activity, clock, spreadsheets
from eventhub.access.gate import may
from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import capacity, offers, permissions, places, waiting, words, words_waiting
from eventhub.delegations.forms_waiting import MoveForm, OfferForm, RemoveForm, RulesForm
from eventhub.delegations.models_waiting import SeatRequest
from eventhub.events.domain import takes_registrations
from eventhub.i18n import country_name
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.site.flash import done
from eventhub.web.context import history_lines
from eventhub.web.forms import Form, labels_of
from eventhub.web.lists import Column, paginate, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("delegations_waiting", __name__, Audience.ORGANISERS, path="seats")

RULES = "is_open kinds opens_at closes_at seats_each offer_hours patience_hours".split()
LABELS = labels_of(RulesForm) | {"reason": _l("Reason"), "seats": _l("Seats"), "offered_seats": _l("Seats offered")}


def columns(positions: Mapping[int, int]) -> list[Column[SeatRequest]]:
    def local(moment: Any) -> Any:
        return moment.astimezone(g.event.zone) if moment else ""

    return [
        Column("position", _("Position"), lambda row: positions.get(row.id, ""), numeric=True),
        Column("name", _("Organisation"), lambda row: row.name),
        Column("kind", _("Kind"), lambda row: words_waiting.kind_title(row.kind)),
        Column("city", _("City"), lambda row: row.city),
        Column("country", _("Country"), lambda row: country_name(row.country)),
        Column("seats", _("Seats"), lambda row: row.seats, numeric=True),
        Column("accepts_fewer", _("Fewer are fine"), lambda row: _("yes") if row.accepts_fewer else _("no")),
        Column("state", _("State"), lambda row: str(words_waiting.STATES[row.state])),
        Column("confirmed_at", _("Waiting since"), lambda row: local(row.confirmed_at)),
        Column("offered_seats", _("Seats offered"), lambda row: row.offered_seats or "", numeric=True),
        Column("offer_expires_at", _("Offer until"), lambda row: local(row.offer_expires_at)),
        Column("contact_name", _("Contact"), lambda row: row.contact_name),
        Column("contact_email", _("E-mail"), lambda row: row.contact_email),
    ]


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    show, kind = request.args.get("show", ""), request.args.get("kind", "")
    query = waiting.list_query(g.event, show=show, search=request.args.get("q", ""), kind=kind)
    line = waiting.line(g.event.id)
    if wanted := wanted_export():
        if not may(permissions.EXPORT):
            abort(404)
        rows = paginate(query, per_page=100_000).rows
        return spreadsheets.download(wanted, _("Waiting list"), *table(columns(line.positions), rows))
    return render_template(
        "delegations/waiting.html",
        page=paginate(query),
        show=show,
        positions=line.positions,
        bars=words_waiting.bars(places.counts(g.event.id), line.numbers),
        rules=offers.settings_of(g.event.id),
        words=words,
        words_waiting=words_waiting,
    )


@bp.get("/<int:request_id>")
@requires(permissions.READ)
def show(request_id: int) -> ResponseReturnValue:
    found = waiting.request_of(g.event, request_id)
    counts = places.counts(g.event.id)
    return render_template(
        "delegations/waiting_request.html",
        found=found,
        position=waiting.line(g.event.id).positions.get(found.id),
        free=capacity.free(counts, found.kind),
        takes=takes_registrations(g.event, clock.now()),
        told=history_lines(activity.history(found), LABELS),
        words_waiting=words_waiting,
    )


def rules_now() -> dict[str, Any]:
    """Return the limits and the settings as the form holds them; inside a transaction, read under the lock."""
    rules = offers.settings_of(g.event.id)
    limits = {f"capacity_{kind}": count.capacity for kind, count in places.counts(g.event.id).items()}
    return limits | {name: getattr(rules, name) for name in RULES}


@bp.route("/rules", methods=["GET", "POST"])
@requires(permissions.CAPACITY)
def rules() -> ResponseReturnValue:
    form = RulesForm(current=rules_now())
    if form.validate_on_submit():
        with form.refusals(), transaction():
            places.lock(g.event.id)
            waiting.change_rules(g.event, form.changes_to(rules_now()), by=g.actor)
            done(_("The rules are saved."))
            return redirect(url_for("delegations_waiting.index"))
    return render_template("delegations/waiting_rules.html", form=form), form.status


ACTS: dict[str, Any] = {"offer": OfferForm, "up": MoveForm, "remove": RemoveForm}


@bp.route("/<int:request_id>/<any(offer, up, remove):what>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def change(request_id: int, what: str) -> ResponseReturnValue:
    """Ask for the reason of an act on the waiting list, then do it."""
    found = waiting.request_of(g.event, request_id)
    room = capacity.free(places.counts(g.event.id), found.kind)
    form = ACTS[what](data={"seats": max(1, min(found.seats, room))})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            carry_out(what, request_id, form)
            return redirect(url_for("delegations_waiting.show", request_id=request_id))
    template = "delegations/waiting_remove.html" if what == "remove" else "delegations/waiting_act.html"
    return render_template(template, form=form, found=found, act=what, free=room), form.status


def carry_out(what: str, request_id: int, form: Form) -> None:
    if what == "offer":
        waiting.offer_now(g.event, request_id, form["seats"].data, form["reason"].data, by=g.actor)
        done(_("The offer is made; a mail says so."))
    elif what == "up":
        waiting.move_up(g.event, request_id, form["reason"].data, by=g.actor)
        done(_("The request has moved up by one."))
    else:
        waiting.remove(g.event, request_id, form["reason"].data, by=g.actor)
        done(_("The request is off the list; a mail says so."))
