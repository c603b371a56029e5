"""Forms of providers and orders."""

from __future__ import annotations

import wtforms
from flask import g

from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import own_name
from eventhub.providers import words
from eventhub.providers.domain import Line
from eventhub.providers.models import Order
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
from eventhub.web.forms import Section, VersionedForm


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


class LineForm(Section):
    """One line of an order; an empty label leaves the line out."""

    label = TextField(_l("What"), required=False, maximum=300)
    quantity = WholeNumberField(_l("Quantity"), required=False)
    unit_net = MoneyField(_l("Unit price, net"), required=False)
    vat_rate = ChoiceField(_l("VAT"), required=False, coerce=number_or_none)

    def set_up(self, event: object = None) -> None:
        self.vat_rate.offer([(2000, "20 %"), (1000, "10 %"), (550, "5,5 %"), (0, "0 %")])

    def validate_label(self, field: wtforms.Field) -> None:
        if not field.data and (self.quantity.data or self.unit_net.data):
            raise wtforms.ValidationError(_("Say what this line is for, or empty it."))

    def validate_quantity(self, field: wtforms.Field) -> None:
        if self.label.data and field.data is None and not field.errors:
            raise wtforms.ValidationError(_("Write a whole number, such as 12."))

    def validate_unit_net(self, field: wtforms.Field) -> None:
        if self.label.data and field.data is None and not field.errors:
            raise wtforms.ValidationError(_("Write an amount in euros, such as 1234.50."))


class OrderForm(VersionedForm):
    """A quote or an order, with its lines."""

    title = TextField(_l("Title"))
    kind = ChoiceField(_l("Kind of service"), required=False, blank=_l("Not said"))
    needed_by = DayField(_l("Needed by"), required=False)
    lines = wtforms.FieldList(wtforms.FormField(LineForm), min_entries=0)
    choice_note = LongTextField(_l("Why this quote was chosen"), maximum=2000)
    engagement_number = TextField(_l("Engagement number"), required=False, maximum=60)
    reserve = LongTextField(_l("Reserve at service done"), maximum=2000)
    invoice_reference = TextField(_l("Invoice reference"), required=False, maximum=60)
    invoice_due = DayField(_l("Invoice expected by"), required=False)

    def set_up(self) -> None:
        kinds = sorted(g.hooks.hub.provider_kinds.values(), key=lambda kind: kind.order)
        self.kind.offer([(kind.code, kind.title) for kind in kinds])
        if not self.is_submitted():
            for _n in range(max(2, 5 - len(self.lines.entries))):
                self.lines.append_entry({"vat_rate": 2000})
        for entry in self.lines.entries:
            entry.form.set_up()

    def given_lines(self) -> list[Line]:
        return [
            Line(
                entry.form.label.data, entry.form.quantity.data, entry.form.unit_net.data, entry.form.vat_rate.data or 0
            )
            for entry in self.lines.entries
            if entry.form.label.data
        ]

    def show_lines(self, order: Order) -> None:
        """Fill the stored lines in, before the empty ones."""
        while self.lines.entries:
            self.lines.pop_entry()
        for line in order.lines:
            self.lines.append_entry(
                {"label": line.label, "quantity": line.quantity, "unit_net": line.unit_net, "vat_rate": line.vat_rate}
            )
        for _n in range(2):
            self.lines.append_entry({"vat_rate": 2000})
        for entry in self.lines.entries:
            entry.form.set_up()
