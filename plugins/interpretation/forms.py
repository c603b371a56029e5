"""Forms of interpretation: settings, needs, interpreters, bookings and documents."""

from __future__ import annotations

from collections.abc import Iterable

import wtforms
from flask import g

from eventhub.api import (
    ChoiceField,
    DayField,
    EmailField,
    Form,
    ItemKind,
    LanguageField,
    LanguagesField,
    LongTextField,
    MoneyField,
    ProgrammeItem,
    SeveralField,
    TextField,
    VersionedForm,
    WholeNumberField,
    _l,
    delegations,
    format_day,
    format_time,
    language,
    number_or_none,
    programme,
)

from . import domain, interpreters, words
from .models import AssignmentState, ExpectedDocument, Interpreter, NeedState
from .profiles import PROFILES

SILENT_KINDS = frozenset({ItemKind.MEAL, ItemKind.BREAK, ItemKind.TRANSFER})


def item_label(item: ProgrammeItem) -> str:
    """Return "Tue 25 Mar, 14:00 – Opening plenary"."""
    day = format_day(item.starts_at.astimezone(g.event.zone).date(), "EEE d MMM")
    return f"{day}, {format_time(item.starts_at, g.event.zone)} – {item.title.label(language())}"


def put_first(field: ChoiceField, codes: Iterable[str]) -> None:
    """Offer the event's languages before all the others."""
    first = list(codes)
    known = dict(field.choices or ())
    rest = [pair for pair in field.choices or () if pair[0] not in first]
    field.choices = [(code, known[code]) for code in first if code in known] + rest


class SettingsForm(VersionedForm):
    """Which rules check the teams, and what else is counted."""

    profile = ChoiceField(_l("Staffing profile"))
    reason = LongTextField(
        _l("Why this profile"),
        maximum=500,
        description=_l("Asked for unless the strictest profile is chosen; your colleagues will read it."),
    )
    reserve_percent = WholeNumberField(
        _l("Reserve of headsets, in %"), maximum=100, description=_l("Ordered on top of one headset per listener.")
    )
    first_pack_days = WholeNumberField(_l("First pack leaves so many days before the event"), minimum=1, maximum=120)
    final_pack_days = WholeNumberField(_l("Final pack leaves so many days before the event"), maximum=120)

    def set_up(self) -> None:
        self.profile.offer([(name, words.profile_title(name)) for name in PROFILES])


class NeedForm(VersionedForm):
    """One direction of interpretation at an item."""

    from_language = LanguageField(_l("Interpreted from"))
    to_language = LanguageField(_l("Interpreted into"))
    mode = ChoiceField(
        _l("Mode of interpretation"),
        description=_l(
            "Whispering serves two listeners at most; a tour-guide set about twenty; consecutive doubles the time."
        ),
    )
    booth = TextField(
        _l("Booth or team"),
        required=False,
        maximum=60,
        description=_l("Items with the same booth are one team’s work: breaks of up to half an hour are counted in."),
    )
    listeners = WholeNumberField(
        _l("Listeners"),
        required=False,
        maximum=20_000,
        description=_l("Leave empty to count them from who attends and what they understand."),
    )
    state = ChoiceField(_l("State"))
    reason = LongTextField(_l("Why nobody interprets here"), maximum=500, description=_l("Only for a need you waive."))

    def set_up(self) -> None:
        for field in (self.from_language, self.to_language):
            put_first(field, g.event.languages)
        self.mode.offer([(str(code), title) for code, title in words.MODES.items()])
        chosen = (NeedState.TO_COVER, NeedState.WAIVED)
        self.state.offer([(str(code), words.NEED_STATES[code]) for code in chosen])


class NewNeedForm(NeedForm):
    """A need, and perhaps the one back."""

    both_ways = wtforms.BooleanField(_l("And back, in the same booth"))


class InterpreterForm(VersionedForm):
    """What organisers know of an interpreter."""

    name = TextField(_l("Name"))
    provider_id = ChoiceField(
        _l("Under contract with"),
        required=False,
        blank=_l("Nobody yet: add them as a freelance provider"),
        coerce=number_or_none,
    )
    email = EmailField(
        _l("E-mail of the freelance"), required=False, description=_l("An agency’s address is on its own page.")
    )
    a_languages = LanguagesField(_l("A languages"), required=True, description=_l("Mother tongue: they work into it."))
    b_languages = LanguagesField(_l("B languages"), description=_l("Active: they work into these as well."))
    c_languages = LanguagesField(_l("C languages"), description=_l("Understood only: they work from these."))
    domicile = TextField(
        _l("Professional domicile"), required=False, description=_l("The town from which travel is paid.")
    )
    day_rate = MoneyField(_l("Day rate, net of VAT, in euros"), required=False)

    def set_up(self) -> None:
        self.provider_id.offer([(row.id, row.name) for row in interpreters.employers(g.event)])
        for field in (self.a_languages, self.b_languages, self.c_languages):
            chosen = [code for code in field.data or () if code not in g.event.languages]
            field.put_first([*g.event.languages, *chosen])
            field.folded = len(g.event.languages) + len(chosen)

    def also_offer(self, found: Interpreter) -> None:
        """Keep a provider choosable who was archived since."""
        if found.provider_id not in {value for value, _label in self.provider_id.choices}:
            self.provider_id.choices = [*self.provider_id.choices, (found.provider_id, found.provider.name)]

    def without_new_provider(self) -> None:
        """Ask nothing that only a new freelance is asked."""
        del self.email
        self.provider_id.choices = [pair for pair in self.provider_id.choices if pair[0] != ""]


class BookingForm(Form):
    """Somebody, for one item or several; the last two fields for what does not fit."""

    interpreter_id = ChoiceField(_l("Interpreter"), blank=_l("Choose somebody"), coerce=number_or_none)
    item_ids = SeveralField(_l("Booked for"), required=True, coerce=number_or_none)
    booth = TextField(
        _l("Booth or team"),
        required=False,
        maximum=60,
        description=_l("Only where an item has several teams; left empty, it is the item’s own."),
    )
    state = ChoiceField(_l("State"))
    anyway = wtforms.BooleanField(_l("Book all the same"))
    reason = LongTextField(_l("Why all the same"), maximum=500, description=_l("Your colleagues will read it."))

    def set_up(self) -> None:
        people = interpreters.interpreters(g.event)
        self.interpreter_id.offer([(person.id, person_label(person)) for person in people])
        needed = domain.needs_by_item(g.event)
        chosen = set(self.item_ids.data or ())
        self.item_ids.choices = [
            (item.id, item_label(item))
            for item in programme.active_items(g.event)
            if item.kind not in SILENT_KINDS or item.id in needed or item.id in chosen
        ]
        offered = (AssignmentState.OPTION, AssignmentState.FIRM)
        self.state.offer([(str(code), words.BOOKING_STATES[code]) for code in offered])


def person_label(person: Interpreter) -> str:
    held = "/".join(code.upper() for code in (*person.a_languages, *person.b_languages))
    return (
        f"{person.name} – {person.provider.name} ({held})"
        if person.name != person.provider.name
        else (f"{person.name} ({held})")
    )


class DocumentForm(VersionedForm):
    """What interpreters expect, and from whom."""

    item_id = ChoiceField(_l("In the programme"), coerce=number_or_none)
    title = TextField(_l("Document"), description=_l("Example: slides of the presentation"))
    delegation_id = ChoiceField(
        _l("Delegation that owes it"), required=False, blank=_l("Somebody else"), coerce=number_or_none
    )
    owner = TextField(
        _l("Or somebody else"), required=False, description=_l("A name or an office; you ask them yourself.")
    )
    due_on = DayField(_l("Due on"), required=False)

    def set_up(self) -> None:
        items = [item for item in programme.active_items(g.event) if item.kind not in SILENT_KINDS]
        self.item_id.offer([(item.id, item_label(item)) for item in items])
        self.delegation_id.offer([(key, str(name)) for key, name in delegations.names(g.event)])

    def also_offer(self, found: ExpectedDocument) -> None:
        """Keep what the document already has choosable: an item cancelled since, a delegation archived since."""
        if found.item_id not in {value for value, _label in self.item_id.choices}:
            self.item_id.choices = [*self.item_id.choices, (found.item_id, item_label(found.item))]
        if found.delegation and found.delegation_id not in {value for value, _label in self.delegation_id.choices}:
            self.delegation_id.choices = [
                *self.delegation_id.choices,
                (found.delegation_id, found.delegation.name),
            ]
