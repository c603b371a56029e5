"""Forms of providers and orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, astuple
from typing import Any

import wtforms
from flask import g

from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import own_name
from eventhub.providers import words
from eventhub.providers.domain import Line
from eventhub.web.fields import (
    ChoiceField,
    DayField,
    EmailField,
    LongTextField,
    MoneyField,
    PhoneField,
    SeveralField,
    TextField,
    WholeNumberField,
    number_or_none,
)
from eventhub.web.forms import EditedMeanwhile, Messages, VersionedForm, digest, field_errors


class ProviderForm(VersionedForm):
    """What organisers know of a provider."""

    name = TextField(_l("Name"))
    kinds = SeveralField(_l("Supplies"), required=True)
    contact_name = TextField(_l("Contact"), required=False)
    email = EmailField(_l("E-mail"), required=False)
    phone = PhoneField(_l("Phone"))
    language = ChoiceField(_l("Language of mails"))
    state = ChoiceField(_l("State"))
    terms = LongTextField(_l("Terms"), maximum=4000)
    cutoff_n = WholeNumberField(_l("Quantities are final so many days before"), required=False, maximum=365)
    cutoff_unit = ChoiceField(_l("Counted in"), required=False, blank=_l("No cut-off agreed"))
    cutoff_hour = wtforms.TimeField(
        _l("At"), [wtforms.validators.Optional()], description=_l("Leave empty for the hour of the service.")
    )
    max_decrease = WholeNumberField(_l("Afterwards at most so many fewer"), required=False)
    max_increase = WholeNumberField(_l("Afterwards at most so many more"), required=False)
    in_percent = wtforms.BooleanField(_l("Both counted in percent"))
    minimum_invoiced = WholeNumberField(_l("Minimum invoiced"), required=False)

    def set_up(self) -> None:
        kinds = sorted(g.hooks.hub.provider_kinds.values(), key=lambda kind: kind.order)
        self.kinds.choices = [(kind.code, kind.title) for kind in kinds]
        self.language.offer([(code, own_name(code)) for code in ("fr", "en")])
        self.state.offer([(str(code), title) for code, title in words.STATES.items()])
        self.cutoff_unit.offer(list(words.UNITS.items()))

    # one for each half: a field that may stay empty is not asked when it is
    def validate_cutoff_n(self, field: wtforms.Field) -> None:
        if field.data is not None and not self.cutoff_unit.data:
            raise wtforms.ValidationError(_("Give both: how many days, and how they are counted."))

    def validate_cutoff_unit(self, field: wtforms.Field) -> None:
        if field.data and self.cutoff_n.data is None:
            raise wtforms.ValidationError(_("Give both: how many days, and how they are counted."))


class LineForm(wtforms.Form):
    """One line of an order; an empty label leaves the line out."""

    class Meta(Messages):
        pass

    label = TextField(_l("What"), required=False, maximum=300)
    quantity = WholeNumberField(_l("Quantity"), required=False)
    unit_net = MoneyField(_l("Unit price, net"), required=False)
    vat_rate = ChoiceField(_l("VAT"), required=False, coerce=number_or_none)

    def offer_rates(self) -> None:
        self.vat_rate.offer([(rate, words.rate_in_words(rate)) for rate in words.VAT_RATES])

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse half a line; an optional field that is left empty skips validators of its own."""
        fine: bool = super().validate(extra_validators)
        if self.label.data:
            if self.quantity.data is None and not self.quantity.errors:
                self.quantity.errors = [_("Write a whole number, such as 12.")]
            if self.unit_net.data is None and not self.unit_net.errors:
                self.unit_net.errors = [_("Write an amount in euros, such as 1234.50.")]
        elif (self.quantity.data or self.unit_net.data) and not self.label.errors:
            self.label.errors = [_("Say what this line is for, or empty it.")]
        return fine and not self.errors


class OrderForm(VersionedForm):
    """A quote or an order, with its lines."""

    title = TextField(_l("Title"))
    kind = ChoiceField(_l("Kind of service"), required=False, blank=_l("Not said"))
    needed_by = DayField(_l("Needed by"), required=False)
    lines = wtforms.FieldList(wtforms.FormField(LineForm), min_entries=0, max_entries=200)
    lines_seen = wtforms.HiddenField()
    choice_note = LongTextField(_l("Why this quote was chosen"), maximum=2000)
    engagement_number = TextField(_l("Engagement number"), required=False, maximum=60)
    reserve = LongTextField(_l("Reserve at service done"), maximum=2000)
    invoice_reference = TextField(_l("Invoice reference"), required=False, maximum=60)
    invoice_due = DayField(_l("Invoice expected by"), required=False)
    other_lines: Sequence[Line] | None = None  # what somebody else saved meanwhile

    def set_up(self) -> None:
        kinds = sorted(g.hooks.hub.provider_kinds.values(), key=lambda kind: kind.order)
        self.kind.offer([(kind.code, kind.title) for kind in kinds])
        for entry in self.lines.entries:
            entry.form.offer_rates()
        if not self.is_submitted():
            self.add_empty_lines(4)

    def add_empty_lines(self, number: int = 3) -> None:
        for _n in range(min(number, self.lines.max_entries - len(self.lines.entries))):
            self.lines.append_entry({"vat_rate": 2000}).form.offer_rates()

    def show_lines(self, stored: Sequence[Line]) -> None:
        """Fill the stored lines in, before some empty ones."""
        while self.lines.entries:
            self.lines.pop_entry()
        for line in stored:
            self.lines.append_entry(asdict(line)).form.offer_rates()
        self.add_empty_lines(2)
        self.lines_seen.data = fingerprint(stored)

    def given_lines(self) -> list[Line]:
        forms = [entry.form for entry in self.lines.entries if entry.form.label.data]
        return [
            Line(form.label.data, form.quantity.data, form.unit_net.data, form.vat_rate.data or 0) for form in forms
        ]

    def changed_lines(self, stored: Sequence[Line]) -> list[Line] | None:
        """Return the lines if they were changed here, else None; EditedMeanwhile if somebody else changed them too."""
        given = self.given_lines()
        if given == list(stored) or fingerprint(given) == self.lines_seen.data:
            return None
        if fingerprint(stored) != self.lines_seen.data:
            self.conflicted, self.other_lines = True, stored
            self.lines_seen.data, self.lines_seen.raw_data = fingerprint(stored), None
            raise EditedMeanwhile
        return given

    @property
    def error_rows(self) -> list[tuple[str, str, str]]:
        """Return the errors with those of the lines at their own fields."""
        rows = [("", "", message) for message in self.refused]
        if self.other_lines is not None:
            rows.append(
                ("lines", _("Lines"), _("Somebody else saved other lines meanwhile. They are shown below yours."))
            )
        for item in self:
            if item is not self.lines:
                rows += field_errors([item])
                continue
            for number, entry in enumerate(self.lines.entries, start=1):
                rows += field_errors(entry.form, prefix=_("Line %(number)s – ", number=number))
        return rows


def fingerprint(lines: Sequence[Line]) -> str:
    """Return what the form remembers of the lines that it showed."""
    return digest([" ".join(map(str, (number, *astuple(line)))) for number, line in enumerate(lines)])
