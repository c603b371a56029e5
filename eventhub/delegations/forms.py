"""Forms of delegations: the organiser's, and the sections that guests fill in."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

import wtforms
from flask import g

from eventhub.delegations import needs, words
from eventhub.delegations.models import Payer
from eventhub.delegations.stages import STAGES
from eventhub.delegations.travel import HostPays
from eventhub.i18n import gettext as _
from eventhub.i18n import language_name, own_name
from eventhub.i18n import lazy_gettext as _l
from eventhub.privacy import notices
from eventhub.web.fields import (
    ChoiceField,
    CountryField,
    EmailField,
    LanguageField,
    LanguagesField,
    LongTextField,
    MomentField,
    MoneyField,
    PhoneField,
    TextField,
    WholeNumberField,
    number_or_none,
)
from eventhub.web.forms import Form, Section, VersionedForm


class DelegationForm(VersionedForm):
    """What organisers know of a delegation."""

    name = TextField(_l("Organisation"))
    city = TextField(_l("City"), required=False)
    country = CountryField(_l("Country"))
    role = ChoiceField(_l("Role"))
    quota = WholeNumberField(
        _l("Seats"), minimum=1, maximum=500, description=_l("Seats may be held before they are named.")
    )
    contact_name = TextField(_l("Head of delegation"), required=False)
    contact_email = EmailField(_l("E-mail of the head"), required=False, description=_l("The invitation goes there."))
    contact_phone = PhoneField(_l("Phone"))
    contact_language = LanguageField(_l("Language of mails"))
    closes_at = MomentField(_l("Own deadline"), required=False, description=_l("Leave empty to use the event's."))
    note = LongTextField(_l("Note for colleagues"), maximum=4000)

    def set_up(self) -> None:
        self.closes_at.zone = g.event.zone
        self.role.offer([(str(code), title) for code, title in words.ROLES.items()])
        self.contact_language.offer([(code, own_name(code)) for code in ("fr", "en")])


class DeadlinesForm(VersionedForm):
    """Until when each step of the registration may be changed; an empty line follows the event's own deadline."""

    people_closes_at = MomentField(_l("People: until"), required=False)
    people_grace = WholeNumberField(_l("People: grace in minutes"), required=False, maximum=10_080)
    travel_closes_at = MomentField(_l("Travel: until"), required=False)
    travel_grace = WholeNumberField(_l("Travel: grace in minutes"), required=False, maximum=10_080)
    needs_closes_at = MomentField(_l("Needs: until"), required=False)
    needs_grace = WholeNumberField(_l("Needs: grace in minutes"), required=False, maximum=10_080)
    choices_closes_at = MomentField(_l("Choices: until"), required=False)
    choices_grace = WholeNumberField(_l("Choices: grace in minutes"), required=False, maximum=10_080)

    def set_up(self) -> None:
        for stage in STAGES:
            self[f"{stage}_closes_at"].zone = g.event.zone


class ReasonForm(Form):
    """A reason, for what cannot be done without one."""

    reason = LongTextField(_l("Reason"), required=True, maximum=500)


class DeclineForm(Form):
    """A delegation that does not come may say why."""

    reason = LongTextField(_l("Reason, if you wish to give one"), required=False, maximum=500)


FUNCTION = {"autocomplete": "organization-title", "dir": "auto"}


class PersonSection(Section):
    """One seat: who comes. ``participant`` is the id of whoever sat there when the form was shown."""

    participant = wtforms.HiddenField()
    name = TextField(
        _l("Name as on the badge"),
        required=False,
        description=_l(
            "In the order and script that the person uses. Leave it empty to hold the seat and name it later."
        ),
        render_kw={"autocomplete": "name", "dir": "auto"},
    )
    function = TextField(_l("Function"), required=False, render_kw=FUNCTION)
    email = EmailField(_l("E-mail"), required=False, render_kw={"autocomplete": "email"})
    phone = PhoneField(
        _l("Phone"),
        description=_l("With the country code, for the days of the event only. Example: +33 4 76 59 59 59"),
        render_kw={"autocomplete": "tel"},
    )
    languages = LanguagesField(
        _l("Languages understood in a meeting"),
        description=_l("So that nobody sits through a session that they cannot follow."),
    )
    document_language = ChoiceField(_l("Language of documents"), required=False)
    is_head = wtforms.BooleanField(_l("Head of the delegation"))
    take_off = wtforms.BooleanField(_l("Take this person off and hold the seat"))

    def set_up(self, event: Any) -> None:
        delegation = g.get("delegation")
        _common_languages_first(self, [*event.languages, *([delegation.contact_language] if delegation else [])])
        if not self.participant.data:
            del self.take_off
        for field in self:
            if field.render_kw and "autocomplete" in field.render_kw:
                # several people on one page: a browser must not fill the first one's name into all of them
                token = field.render_kw["autocomplete"]
                field.render_kw = {**field.render_kw, "autocomplete": f"section-{self._prefix.rstrip('-')} {token}"}

    @property
    def leaves(self) -> bool:
        return "take_off" in self and bool(self.take_off.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse lines without a name: they would be lost. An empty optional field skips validators of its own."""
        fine: bool = super().validate(extra_validators)
        said = (self.function.data, self.email.data, self.phone.data, self.is_head.data)
        if not self.name.data and not self.leaves and any(said):
            message = _("Write the name of this person, or empty the other lines to hold the seat.")
            self.name.errors = [*self.name.errors, message]
            return False
        return fine


class OwnFields:
    """What somebody says of themselves."""

    name = TextField(_l("Name as on the badge"), render_kw={"autocomplete": "name", "dir": "auto"})
    function = TextField(_l("Function"), required=False, render_kw=FUNCTION)
    email = EmailField(_l("E-mail"), required=False, render_kw={"autocomplete": "email"})
    phone = PhoneField(
        _l("Phone"),
        description=_l("With the country code. Example: +33 4 76 59 59 59"),
        render_kw={"autocomplete": "tel"},
    )
    languages = LanguagesField(_l("Languages you understand in a meeting"))
    document_language = ChoiceField(_l("Language of documents"), required=False)


class OwnSection(OwnFields, Section):
    """What somebody corrects of themselves."""

    def set_up(self, event: Any) -> None:
        _common_languages_first(self, event.languages)


class OwnFactsForm(OwnFields, Form):
    """Somebody names themselves on a seat; the link of their own page goes to their address."""

    email = EmailField(
        _l("E-mail"), render_kw={"autocomplete": "email"}, description=_l("The link of your own page goes there.")
    )

    def set_up(self) -> None:
        _common_languages_first(self, g.event.languages)


class AddressForm(Form):
    """Where a personal link goes."""

    email = EmailField(_l("E-mail"), render_kw={"autocomplete": "email"})


def _common_languages_first(form: Any, first: Iterable[str]) -> None:
    """Show the event's languages and those chosen; the other forty wait behind one line."""
    event_languages = list(g.event.languages)
    common = [*first, *(form.languages.data or ())]
    form.languages.put_first(list(dict.fromkeys(common)))
    form.languages.folded = sum(code in common for code, _name in form.languages.choices)
    form.document_language.offer([(code, language_name(code)) for code in event_languages])


class TravelSection(Section):
    """How one person arrives and leaves; or with whom, who stands above them on the page."""

    travels_with = ChoiceField(_l("Travels with"), required=False, blank=_l("Alone"), coerce=number_or_none)
    arrival_mode = ChoiceField(_l("Arrives by"), required=False, blank=_l("Not known yet"))
    arrival_number = TextField(_l("Train or flight number"), required=False, maximum=60)
    arrival_place = TextField(_l("Station or airport of arrival"), required=False)
    arrival_at = MomentField(_l("Arrives on"), required=False)
    departure_mode = ChoiceField(_l("Leaves by"), required=False, blank=_l("Not known yet"))
    departure_number = TextField(_l("Train or flight number on the way back"), required=False, maximum=60)
    departure_place = TextField(_l("Station or airport of departure"), required=False)
    departure_at = MomentField(_l("Leaves on"), required=False)
    paid_by = ChoiceField(_l("Who pays for the journey"), required=False, blank=_l("Not known yet"))
    claimed = MoneyField(
        _l("Amount asked back from the host, in euros"),
        required=False,
        description=_l("Only if the host has offered to reimburse it. Keep the ticket and the receipt."),
    )

    def __init__(self, *args: Any, settled: bool = False, own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        if settled:
            del self.paid_by, self.claimed

    def set_up(self, event: Any) -> None:
        self.arrival_at.zone = self.departure_at.zone = event.zone
        for field in (self.arrival_mode, self.departure_mode):
            field.offer([(str(code), title) for code, title in words.MODES.items()])
        if "paid_by" in self:
            self.paid_by.offer([(str(code), title) for code, title in words.PAYERS.items()])
        seats = g.delegation.seats if g.get("delegation") and not self.own else []
        people = [seat.participant for seat in seats if seat.participant is not None]
        above = takewhile(lambda person: self._prefix != f"travel-{person.id}-", people)
        self.travels_with.offer([(person.id, person.name) for person in above])
        if len(self.travels_with.choices) == 1:
            del self.travels_with

    def validate_departure_at(self, field: Any) -> None:
        if field.data and self.arrival_at.data and field.data <= self.arrival_at.data:
            raise wtforms.ValidationError(_("The departure comes before the arrival. Correct one of them."))

    def validate_claimed(self, field: Any) -> None:
        if field.data and self.paid_by.data == Payer.HOST:
            raise wtforms.ValidationError(str(HostPays.message))


class AccessSection(Section):
    """What one person needs to take part: the need, never its reason."""

    step_free = wtforms.BooleanField(_l("Needs step-free ways"))
    walking_level = ChoiceField(
        _l("Walks comfortably"), required=False, blank=_l("No limit to mention"), coerce=number_or_none
    )
    hearing = wtforms.BooleanField(_l("Needs support for hearing (induction loop, captions)"))
    sight = wtforms.BooleanField(_l("Needs support for sight (large print, screen reader files)"))
    other = TextField(
        _l("Something else that we should prepare"),
        required=False,
        maximum=500,
        description=_l("What to prepare, not why."),
    )
    consent = wtforms.BooleanField()

    def set_up(self, event: Any) -> None:
        self.consent.label.text = notices.words_of(event.id, needs.ACCESS, needs.ACCESS_WORDINGS)
        self.walking_level.offer(
            [(1, _("Short flat ways only")), (2, _("Up to an hour on good paths")), (3, _("Hilly ways as well"))]
        )

    @property
    def says_something(self) -> bool:
        return bool(
            self.step_free.data or self.walking_level.data or self.hearing.data or self.sight.data or self.other.data
        )

    def validate_consent(self, field: Any) -> None:
        if self.says_something and not field.data:
            raise wtforms.ValidationError(
                _("We may keep these needs only with consent: tick the box, or empty the needs.")
            )
