"""The head of delegation's page of seats: each one's own link, to hand on or to send, and seats to give back."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import domain, handing_on, permissions, registration, seats
from eventhub.delegations.forms import AddressForm, DeclineForm
from eventhub.delegations.models import Delegation, Seat
from eventhub.errors import NotFound
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.pages import Audience, pages

bp = pages("delegations_links", __name__, Audience.PUBLIC, path="registration")


def _place(found: Delegation, seat_id: int) -> tuple[int, Seat]:
    """Return the number and the seat of this delegation; NotFound for another's."""
    for number, seat in enumerate(found.seats, start=1):
        if seat.id == seat_id:
            return number, seat
    raise NotFound("seat", seat_id)


@bp.get("/<int:delegation_id>/links")
@requires(permissions.REGISTER)
def index(delegation_id: int) -> ResponseReturnValue:
    return _page(domain.with_seats(g.event, delegation_id))


def _page(found: Delegation, seat_id: int = 0, form: Form | None = None) -> ResponseReturnValue:
    """Show the seats, each with its own form; the one that was refused keeps what was typed."""
    forms = {seat.id: AddressForm(formdata=None, prefix=f"seat-{seat.id}-") for seat in found.seats}
    if form is not None:
        forms[seat_id] = form
    page = render_template(
        "delegations/guest_links.html",
        delegation=found,
        forms=forms,
        closed=registration.closed_because(g.event, found, clock.now(), "people"),
    )
    return page, form.status if form is not None else 200


@bp.post("/<int:delegation_id>/seats/<int:seat_id>/send")
@requires(permissions.REGISTER)
def send(delegation_id: int, seat_id: int) -> ResponseReturnValue:
    found = domain.with_seats(g.event, delegation_id)
    _number, seat = _place(found, seat_id)
    known = seat.participant is not None and bool(seat.participant.email)
    form = Form(prefix=f"seat-{seat_id}-") if known else AddressForm(prefix=f"seat-{seat_id}-")
    if form.validate():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            domain.check_open(g.event, found, clock.now())
            _number, seat = _place(found, seat_id)
            mail = handing_on.send(g.event, seat, "" if known else form.email.data, by=g.actor)
            done(_("The link is on its way to %(email)s.", email=mail.recipient))
            return redirect(url_for("delegations_links.index", delegation_id=delegation_id))
    return _page(domain.with_seats(g.event, delegation_id), seat_id, form)


@bp.post("/<int:delegation_id>/seats/<int:seat_id>/link")
@requires(permissions.REGISTER)
def show(delegation_id: int, seat_id: int) -> ResponseReturnValue:
    form = Form()
    back = url_for("delegations_links.index", delegation_id=delegation_id)
    if form.validate():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            domain.check_open(g.event, found, clock.now())
            number, seat = _place(found, seat_id)
            url = handing_on.url(g.event, seat, by=g.actor)
            return render_template("delegations/guest_link.html", delegation=found, number=number, url=url, back=back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.route("/<int:delegation_id>/seats/<int:seat_id>/give-back", methods=["GET", "POST"])
@requires(permissions.REGISTER)
def give_back(delegation_id: int, seat_id: int) -> ResponseReturnValue:
    form = DeclineForm()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            domain.check_stage_open(g.event, found, "people", clock.now())
            seats.release(g.event, found, seat_id, form.reason.data or "", by=g.actor, hooks=g.hooks)
            done(_("The seat is given back. Thank you: somebody else may have it."))
            return redirect(url_for("delegations_links.index", delegation_id=delegation_id))
    found = domain.with_seats(g.event, delegation_id)
    number, seat = _place(found, seat_id)
    page = render_template("delegations/guest_give_back.html", delegation=found, seat=seat, number=number, form=form)
    return page, form.status
