"""Forms: what organisers say of a meal, and what guests say of what they eat."""

from __future__ import annotations

from typing import Any

import wtforms
from flask import g

from eventhub.api import (
    ChoiceField,
    Form,
    ItemKind,
    LongTextField,
    ProgrammeItem,
    Section,
    SeveralField,
    TextField,
    VersionedForm,
    WholeNumberField,
    _,
    _l,
    cutoff,
    format_day,
    format_time,
    language,
    notices,
    number_or_none,
    programme,
    providers,
)
from plugins.catering import domain, words
from plugins.catering.dietary import ALLERGENS, PURPOSE, STANDARD, WITHHELD, WORDINGS, Need
from plugins.catering.models import SERVED, Meal

UNITS: dict[cutoff.DayUnit, Any] = {
    cutoff.DayUnit.CALENDAIRE: _l("calendar days (every day)"),
    cutoff.DayUnit.OUVRABLE: _l("working days, Monday to Saturday"),
    cutoff.DayUnit.OUVRE: _l("working days, Monday to Friday"),
}


def item_label(item: ProgrammeItem) -> str:
    """Return "Tue 25 March, 12:00 – Welcome buffet"."""
    day = format_day(item.starts_at.astimezone(g.event.zone).date(), "EEE d MMMM")
    return f"{day}, {format_time(item.starts_at, g.event.zone)} – {item.title.label(language())}"


class MealForm(VersionedForm):
    """What organisers know of a meal."""

    service = ChoiceField(_l("Service"))
    item_ids = SeveralField(
        _l("In the programme"),
        description=_l("A served meal belongs to one meal or break; packed lunches belong to the visits they are for."),
        required=True,
        coerce=int,
    )
    name = TextField(
        _l("Name for colleagues"), required=False, description=_l("Leave empty to use the title in the programme.")
    )
    provider_id = ChoiceField(_l("Caterer"), required=False, blank=_l("Not chosen yet"), coerce=number_or_none)
    replaces_id = ChoiceField(
        _l("Replaces"),
        required=False,
        blank=_l("Nothing"),
        coerce=number_or_none,
        description=_l("For packed lunches: whoever carries one is not counted at this served meal."),
    )
    note = LongTextField(_l("Note for colleagues"), maximum=4000)
    cutoff_n = WholeNumberField(
        _l("Quantities are final so many days before"),
        required=False,
        maximum=365,
        description=_l("Leave empty to use what is agreed with the caterer."),
    )
    cutoff_unit = ChoiceField(_l("Counted in"), required=False, blank=_l("As agreed with the caterer"))
    cutoff_hour = wtforms.TimeField(
        _l("At"), [wtforms.validators.Optional()], description=_l("Leave empty for the hour of the service.")
    )
    max_decrease = WholeNumberField(_l("Afterwards at most so many fewer"), required=False)
    max_increase = WholeNumberField(_l("Afterwards at most so many more"), required=False)
    in_percent = wtforms.BooleanField(_l("Both counted in percent"))
    minimum_invoiced = WholeNumberField(_l("Minimum invoiced"), required=False)

    def set_up(self) -> None:
        self.service.offer([(str(code), title) for code, title in words.SERVICES.items()])
        wanted = {*domain.TABLE_KINDS, ItemKind.VISIT}
        items = [item for item in programme.active_items(g.event) if item.kind in wanted]
        free = domain.items_without_meal(g.event, items)
        self.item_ids.choices = [(item.id, item_label(item)) for item in free]
        caterers = providers.of_kind(g.event, words.CATERER.code)
        self.provider_id.offer([(row.id, row.name) for row in caterers])
        served = [meal for meal in domain.meals(g.event) if meal.service in SERVED]
        self.replaces_id.offer([(meal.id, meal_label(meal)) for meal in served])
        self.cutoff_unit.offer([(code.value, title) for code, title in UNITS.items()])

    def also_offer(self, meal: Meal) -> None:
        """Offer what the meal already has: its items, a caterer that was archived since."""
        if meal.provider and meal.provider_id not in {value for value, _label in self.provider_id.choices}:
            self.provider_id.choices = [*self.provider_id.choices, (meal.provider_id, meal.provider.name)]
        known = {value for value, _label in self.item_ids.choices}
        own = [(item.id, item_label(item)) for item in meal.items if item.id not in known]
        self.item_ids.choices = [*own, *self.item_ids.choices]

    # one for each half: a field that may stay empty is not asked when it is
    def validate_cutoff_n(self, field: wtforms.Field) -> None:
        if field.data is not None and not self.cutoff_unit.data:
            raise wtforms.ValidationError(_("Give both: how many days, and how they are counted."))

    def validate_cutoff_unit(self, field: wtforms.Field) -> None:
        if field.data and self.cutoff_n.data is None:
            raise wtforms.ValidationError(_("Give both: how many days, and how they are counted."))


def meal_label(meal: Meal) -> str:
    day = format_day(domain.day_of(g.event, meal), "EEE d MMMM")
    return f"{day} – {domain.title(g.event, meal)}"


class FreezeForm(Form):
    """The confirmation of figures as they were shown."""

    seen = wtforms.HiddenField()


class AmendForm(FreezeForm):
    """The same after the first time: what was agreed stays with the figures."""

    note = TextField(
        _l("What was agreed with the caterer"),
        maximum=500,
        description=_l("Example: one vegan more accepted by phone. No names."),
    )


class ExportForm(Form):
    """Which file of named needs to make."""

    format = ChoiceField(_l("File"))

    def set_up(self) -> None:
        self.format.offer([("xlsx", _("Excel (XLSX)")), ("csv", _("CSV"))])


class NeedSection(Section):
    """What one person eats, never why. ``own`` when the person fills it in themselves."""

    diet = ChoiceField(_l("Diet"), required=False, blank=_l("Nothing to mention"))
    mild = SeveralField(
        _l("Allergies and intolerances"),
        description=_l("What must stay off the plate. Leave empty if there is nothing."),
    )
    severe = SeveralField(
        _l("Severe allergies"), description=_l("What is dangerous even in traces. The kitchen takes special care.")
    )
    note = TextField(
        _l("Something else for the kitchen"),
        required=False,
        maximum=300,
        description=_l("What to serve or to avoid, not why."),
    )
    consent = wtforms.BooleanField()

    def __init__(self, *args: Any, own: bool = False, **options: Any) -> None:
        self.own = own
        super().__init__(*args, **options)

    def set_up(self, event: Any) -> None:
        # for somebody else there is nothing to withhold: leaving the part empty says nothing
        answers = words.ANSWERS if self.own else words.DIETS
        self.diet.offer(list(answers.items()))
        self.mild.choices = self.severe.choices = [(code, words.ALLERGENS[code]) for code in ALLERGENS]
        if self.own:
            self.consent.label.text = notices.words_of(event.id, PURPOSE, WORDINGS)
        else:
            self.consent.label.text = consent_text_for_others()

    @property
    def need(self) -> Need:
        return Need(
            self.diet.data or STANDARD,
            tuple(self.mild.data or ()),
            tuple(self.severe.data or ()),
            self.note.data or "",
        )

    @property
    def withdraws(self) -> bool:
        """Tell whether the person took back a consent that they had given: no other field need be emptied for that."""
        return self.own and bool(self.consent.object_data) and not self.consent.data

    @property
    def answer(self) -> Need:
        """Return what may be kept: nothing of it once consent is withdrawn, but that the person prefers not to say."""
        if not self.withdraws:
            return self.need
        return Need(WITHHELD) if self.need.diet == WITHHELD else Need()

    def validate_consent(self, field: Any) -> None:
        if self.need.any and not field.data and not self.withdraws:
            raise wtforms.ValidationError(
                _("We may keep these needs only with consent: tick the box, or empty the answers.")
            )


def consent_text_for_others() -> str:
    return _("This person knows that I declare this for them. It stays unconfirmed until they agree on their own page.")
