"""Forms of open registration and of the waiting list."""

from __future__ import annotations

from typing import Any

import wtforms
from flask import g

from eventhub.delegations import words
from eventhub.i18n import gettext as _
from eventhub.i18n import language, own_name
from eventhub.i18n import lazy_gettext as _l
from eventhub.web.fields import (
    ChoiceField,
    CountryField,
    EmailField,
    LongTextField,
    MomentField,
    SeveralField,
    TextField,
    WholeNumberField,
)
from eventhub.web.forms import Form, VersionedForm


class AskForm(Form):
    """What an organisation says of itself to register."""

    kind = ChoiceField(_l("You come as"))
    name = TextField(_l("Organisation"), render_kw={"autocomplete": "organization", "dir": "auto"})
    city = TextField(_l("City"), required=False, render_kw={"autocomplete": "address-level2"})
    country = CountryField(_l("Country"), render_kw={"autocomplete": "country"})
    seats = WholeNumberField(
        _l("Number of seats"), minimum=1, maximum=500, description=_l("You name the people later.")
    )
    accepts_fewer = wtforms.BooleanField(_l("Fewer seats are fine if not all of them are free"))
    contact_name = TextField(_l("Your name"), render_kw={"autocomplete": "name", "dir": "auto"})
    contact_email = EmailField(
        _l("Your e-mail"),
        description=_l("We send a link there; your seats are taken when you confirm it."),
        render_kw={"autocomplete": "email"},
    )
    contact_language = ChoiceField(_l("Language of our mails"))

    def offer(self, kinds: list[tuple[str, str]]) -> None:
        """Set the kinds of seats that are open, with what is left of each; a single one needs no question."""
        self.kind.offer(kinds)
        if len(kinds) == 1:
            self.kind.data = kinds[0][0]
            self.kind.validators = []

    def set_up(self) -> None:
        self.contact_language.offer([(code, own_name(code)) for code in ("fr", "en")])
        if not self.is_submitted():
            self.contact_language.data = language()


class RulesForm(VersionedForm):
    """Limits of seats, and open registration."""

    capacity_all = WholeNumberField(_l("All kinds together"), required=False)
    capacity_participant = WholeNumberField(_l("Participants"), required=False)
    capacity_observer = WholeNumberField(_l("Observers"), required=False)
    capacity_challenge_owner = WholeNumberField(_l("Challenge owners"), required=False)
    capacity_host = WholeNumberField(_l("Host team"), required=False)
    is_open = wtforms.BooleanField(_l("Organisations may register by themselves on the public page"))
    kinds = SeveralField(_l("Kinds of seats that they may take"))
    opens_at = MomentField(_l("Opens on"), required=False, description=_l("Leave empty to open at once."))
    closes_at = MomentField(
        _l("Closes on"), required=False, description=_l("Leave empty to use the deadline of the event's registration.")
    )
    seats_each = WholeNumberField(_l("Seats that one organisation may take, at most"), minimum=1, maximum=500)
    offer_hours = WholeNumberField(_l("Hours for which an offer holds its seats"), minimum=1, maximum=720)
    patience_hours = WholeNumberField(
        _l("Hours for which smaller requests may go before a larger one"),
        maximum=8760,
        description=_l("After that, seats that become free are kept for the larger one."),
    )

    def set_up(self) -> None:
        self.opens_at.zone = self.closes_at.zone = g.event.zone
        self.kinds.choices = [(str(code), title) for code, title in words.ROLES.items()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse an open registration without a kind: an empty optional field skips validators of its own."""
        fine = super().validate(extra_validators)
        if self.is_open.data and not self.kinds.data:
            self.kinds.errors = [*self.kinds.errors, _("Choose at least one kind, or close the registration.")]
            return False
        return fine

    def validate_closes_at(self, field: Any) -> None:
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise wtforms.ValidationError(_("It would close before it opens. Correct one of them."))


class OfferForm(Form):
    """How many seats are offered out of turn, and why."""

    seats = WholeNumberField(_l("Seats to offer"), minimum=1, maximum=500)
    reason = LongTextField(_l("Reason"), required=True, maximum=500, description=_l("Kept in the history."))


class MoveForm(Form):
    """Why a request goes before another."""

    reason = LongTextField(_l("Reason"), required=True, maximum=500, description=_l("Kept in the history."))


class RemoveForm(Form):
    """Why a request is taken off the list."""

    reason = LongTextField(
        _l("Reason"), required=True, maximum=500, description=_l("Whoever asked for the seats reads it in our mail.")
    )
