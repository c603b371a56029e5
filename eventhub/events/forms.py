"""Forms of events, venues, rooms and programme items."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import wtforms
from flask import g

from eventhub.events import words
from eventhub.events.domain import room_choices
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.web.fields import (
    ChoiceField,
    CountryField,
    DayField,
    EmailField,
    LanguagesField,
    LocalizedField,
    LongTextField,
    MomentField,
    MoneyField,
    TextField,
    WholeNumberField,
    number_or_none,
)
from eventhub.web.forms import Form, VersionedForm


def check_slug(form: Any, field: Any) -> None:
    import re

    if field.data and not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,59}", field.data):
        raise wtforms.ValidationError(_("Use lower-case letters, digits and dashes only, such as climate-lab-2025."))


def check_zone(form: Any, field: Any) -> None:
    if field.data not in available_timezones():
        raise wtforms.ValidationError(_("This is not a time zone. Example: Europe/Paris"))


class NewEventForm(Form):
    """What an event needs to exist; the rest follows on its settings page."""

    title = LocalizedField(_l("Title"), required=True)
    slug = TextField(
        _l("Address"),
        required=False,
        maximum=60,
        description=_l("Part of the public address. Left empty, it is made of the title."),
    )
    starts_on = DayField(_l("First day"))
    ends_on = DayField(_l("Last day"))
    city = TextField(_l("City"), required=False)
    languages = LanguagesField(
        _l("Working languages"),
        required=True,
        description=_l(
            "Guests read everything in these languages; the first chosen below is where texts are written first."
        ),
    )
    source_language = ChoiceField(_l("Language in which texts are written first"))

    def validate_slug(self, field: Any) -> None:
        check_slug(self, field)

    def set_up(self) -> None:
        self.languages.put_first(["fr", "en"])
        self.source_language.offer(list(self.languages.choices or ()))

    def ordered_languages(self) -> list[str]:
        """Return the chosen languages, the source first."""
        first = self.source_language.data
        rest = [code for code in self.languages.data or [] if code != first]
        return [first, *rest]


class CopyForm(Form):
    """Where and when the copy of an event takes place."""

    title = LocalizedField(_l("Title"))
    slug = TextField(
        _l("Address"),
        required=False,
        maximum=60,
        description=_l("Part of the public address. Left empty, it is made of the title."),
    )
    starts_on = DayField(_l("First day"), description=_l("Every date of the programme moves with it."))

    def validate_slug(self, field: Any) -> None:
        check_slug(self, field)


class SettingsForm(VersionedForm):
    """The facts of an event."""

    title = LocalizedField(_l("Title"))
    summary = LocalizedField(_l("Summary"), required=False, maximum=2000, multiline=True)
    slug = TextField(
        _l("Address"),
        maximum=60,
        description=_l("Links that were already sent keep the old address and stop working when it changes."),
    )
    starts_on = DayField(_l("First day"))
    ends_on = DayField(_l("Last day"))
    time_zone = TextField(_l("Time zone"), maximum=60, description=_l("Example: Europe/Paris"))
    country = CountryField(_l("Country"))
    subdivision = TextField(
        _l("Subdivision for public holidays"),
        required=False,
        maximum=20,
        description=_l("Only where it has holidays of its own, such as 57 for Moselle."),
    )
    city = TextField(_l("City"), required=False)
    host = TextField(_l("Host"), required=False, maximum=300)
    co_organisers = TextField(_l("Co-organisers"), required=False, maximum=300)
    languages = LanguagesField(_l("Working languages"), required=True)
    funding_sentence = LocalizedField(
        _l("Funder's sentence"),
        required=False,
        maximum=1000,
        multiline=True,
        description=_l("Printed on documents as the funder asks."),
    )
    registration_closes_at = MomentField(
        _l("Registration closes"), required=False, description=_l("In the event's time zone.")
    )
    grace_minutes = WholeNumberField(_l("Grace after the deadline, in minutes"), maximum=10_080)
    planning_rate = WholeNumberField(_l("Share of unnamed seats counted for meals and rooms, in %"), maximum=100)
    budget_net = MoneyField(_l("Budget, net of VAT, in euros"), required=False)
    reply_to = EmailField(_l("Answers to mails go to"), required=False)
    mail_sender = TextField(
        _l("Mails are sent in the name of"),
        required=False,
        description=_l("Shown beside the site's address. Left empty, mails carry the name of the site."),
    )

    def set_up(self) -> None:
        self.registration_closes_at.zone = g.event.zone if g.get("event") else ZoneInfo("UTC")
        if g.get("event"):
            self.languages.put_first(g.event.languages)

    def validate_slug(self, field: Any) -> None:
        check_slug(self, field)

    def validate_time_zone(self, field: Any) -> None:
        check_zone(self, field)


class ItemForm(VersionedForm):
    """A programme item."""

    kind = ChoiceField(_l("Kind"))
    title = LocalizedField(_l("Title"))
    description = LocalizedField(_l("Description"), required=False, maximum=4000, multiline=True)
    starts_at = MomentField(_l("Begins"))
    ends_at = MomentField(_l("Ends"))
    room_id = ChoiceField(_l("Room"), required=False, blank=_l("No room yet"), coerce=number_or_none)
    floor_languages = LanguagesField(_l("Languages spoken on the floor"))
    audience = ChoiceField(_l("For whom"))
    capacity = WholeNumberField(_l("Capacity"), required=False, description=_l("Leave empty when everybody fits."))
    state = ChoiceField(_l("State"))

    def set_up(self) -> None:
        event = g.event
        self.starts_at.zone = self.ends_at.zone = event.zone
        self.kind.offer([(str(code), title) for code, title in words.ITEM_KINDS.items()])
        self.state.offer([(str(code), title) for code, title in words.ITEM_STATES.items()])
        self.audience.offer([(str(code), title) for code, title in words.AUDIENCES.items()])
        self.room_id.offer(room_choices(event))
        self.floor_languages.put_first(event.languages)


class VenueForm(VersionedForm):
    """A place with rooms."""

    name = TextField(_l("Name"))
    address = TextField(_l("Address"), required=False, maximum=400)
    access = LocalizedField(_l("How to get there"), required=False, maximum=2000, multiline=True)
    step_free = wtforms.BooleanField(_l("Step-free from the street to the rooms"))


class RoomForm(VersionedForm):
    """A room of a venue."""

    name = TextField(_l("Name"))
    capacity = WholeNumberField(_l("Seats"))
    booths = WholeNumberField(_l("Interpreters' booths that fit in"), maximum=20)
    step_free = wtforms.BooleanField(_l("Step-free"))


class WaiverForm(Form):
    """Why a check may stay as it is."""

    reason = LongTextField(
        _l("Reason"), required=True, maximum=500, description=_l("Your colleagues will read it beside the check.")
    )
