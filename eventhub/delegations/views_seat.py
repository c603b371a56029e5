"""The page behind the link of a seat: somebody names themselves, or gets the link of their own page by mail."""

from __future__ import annotations

from datetime import timedelta

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import clock
from eventhub.access import gate, links
from eventhub.access.models import GuestLink
from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import domain, handing_on, permissions, registration
from eventhub.delegations.forms import AddressForm, OwnFactsForm
from eventhub.delegations.seats import Person
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.pages import Audience, pages

bp = pages("delegations_seat", __name__, Audience.PUBLIC, path="seat")


def _seat_page(link: GuestLink) -> str:
    return url_for("delegations_seat.take", seat_id=link.subject_id)


links.Purpose("seat", "d", _seat_page, timedelta(days=365))


@bp.route("/<int:seat_id>/", methods=["GET", "POST"])
@requires(permissions.TAKE_SEAT)
def take(seat_id: int) -> ResponseReturnValue:
    """Name oneself; whoever was faster on a link that was passed on keeps the seat, and what was typed stays here."""
    form = OwnFactsForm()
    switched = "switch" in request.form
    if form.is_submitted() and not switched and form.validate():
        with form.refusals(), transaction():
            seat = handing_on.seat_of(g.event, seat_id)
            domain.check_stage_open(g.event, seat.delegation, "people", clock.now())
            person = handing_on.take(g.event, seat_id, _person(seat_id, form), by=g.actor, hooks=g.hooks)
            gate.enter(links.open_link(links.mint("participant", person.id, g.event.id), "d"))
            done(_("Your name is on the list. Your own link is on its way to %(email)s.", email=person.email))
            return redirect(url_for("delegations_me.own_needs", participant_id=person.id))
    seat = handing_on.seat_of(g.event, seat_id)
    closed = registration.closed_because(g.event, seat.delegation, clock.now(), "people")
    if seat.participant is not None and not form.refused:
        return render_template("delegations/seat_taken.html", seat=seat, form=AddressForm(formdata=None))
    return (
        render_template("delegations/seat.html", seat=seat, form=form, closed=closed, switched=switched),
        form.status,
    )


def _person(seat_id: int, form: OwnFactsForm) -> Person:
    return Person(
        seat_id,
        form.name.data or "",
        form.function.data or "",
        form.email.data or "",
        form.phone.data or "",
        tuple(form.languages.data or ()),
        form.document_language.data or "",
        fresh=True,
    )


@bp.post("/<int:seat_id>/address")
@requires(permissions.TAKE_SEAT)
def address(seat_id: int) -> ResponseReturnValue:
    """Say where one's own link goes, for somebody whom the delegation named without an address."""
    form = AddressForm()
    if form.validate():
        with form.refusals(), transaction():
            person = handing_on.give_address(g.event, seat_id, form.email.data or "", by=g.actor, hooks=g.hooks)
            done(_("Your own link is on its way to %(email)s.", email=person.email))
            return redirect(url_for("delegations_seat.take", seat_id=seat_id))
    seat = handing_on.seat_of(g.event, seat_id)
    return render_template("delegations/seat_taken.html", seat=seat, form=form), form.status


@bp.post("/<int:seat_id>/send")
@requires(permissions.TAKE_SEAT)
def send(seat_id: int) -> ResponseReturnValue:
    """Send the person on the seat their own link, to the address that is known of them."""
    form = Form()
    back = url_for("delegations_seat.take", seat_id=seat_id)
    if form.validate():
        with form.refusals(), transaction():
            seat = handing_on.seat_of(g.event, seat_id)
            if seat.participant is None:
                return redirect(back)
            handing_on.send_own(g.event, seat.participant, by=g.actor)
            done(_("The link is on its way to the address that we have."))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422
