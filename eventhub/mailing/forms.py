"""The form of a mailing, and the confirmation that sends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import wtforms
from flask import g

from eventhub.delegations import lists
from eventhub.delegations import words as delegation_words
from eventhub.events import programme
from eventhub.i18n import country_name, language, sort_key
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.mailing import words
from eventhub.mailing.models import Mailing, MailingKind
from eventhub.mailing.selection import Segment
from eventhub.web.fields import ChoiceField, LocalizedField, WholeNumberField
from eventhub.web.forms import Form, VersionedForm

NARROWING = ("segment", "country", "state", "role", "item", "delegation")
FIELDS_OF = {
    MailingKind.MESSAGE: ("to", "segment", "country", "state", "role"),
    MailingKind.REMINDER: ("to", "segment", "country", "state", "role", "quiet_hours"),
    MailingKind.INVITATION: ("segment", "country", "role"),
    MailingKind.URGENT: ("item", "delegation", "to"),
}
SEGMENTS_OF = {
    MailingKind.MESSAGE: tuple(Segment),
    MailingKind.REMINDER: (Segment.INCOMPLETE, Segment.PEOPLE, Segment.TRAVEL, Segment.NEEDS, Segment.CHOICES),
    MailingKind.INVITATION: (Segment.NOT_INVITED, Segment.ALL),
    MailingKind.URGENT: (),
}


def items() -> list[tuple[str, str]]:
    """Return the programme items of the event, in order of time."""
    shown = (item for item in programme.items(g.event))
    return [(str(item.id), f"{programme.when(g.event, item)} · {item.title.label(language())}") for item in shown]


class MailingForm(VersionedForm):
    """Whom a mailing is for, and its text in every language of the event."""

    item = ChoiceField(
        _l("Programme item"),
        required=False,
        blank=_l("The whole event"),
        description=_l("Exactly those who are expected there are written to."),
    )
    delegation = ChoiceField(_l("Only this delegation"), required=False, blank=_l("All delegations"))
    to = ChoiceField(_l("To"))
    segment = ChoiceField(_l("Who"))
    country = ChoiceField(_l("Country"), required=False, blank=_l("All countries"))
    state = ChoiceField(_l("State of the delegation"), required=False, blank=_l("All states"))
    role = ChoiceField(_l("Role"), required=False, blank=_l("All roles"))
    quiet_hours = WholeNumberField(
        _l("Hours without a second reminder"),
        maximum=720,
        description=_l("Whoever had a reminder within so many hours is left out; 0 reminds everybody again."),
    )
    subject = LocalizedField(_l("Subject"), maximum=200)
    body = LocalizedField(_l("Text"), multiline=True, maximum=10_000)

    def __init__(self, *args: Any, kind: str, people: bool = False, **kwargs: Any) -> None:
        self.kind = MailingKind(kind)
        self.people = people  # the filters are those of the list of people, whose state is another
        super().__init__(*args, **kwargs)

    def set_up(self) -> None:
        shown = set(FIELDS_OF[self.kind]) - ({"state"} if self.people else set())
        for name in {"to", *NARROWING, "quiet_hours"} - shown:
            del self[name]
        offers: dict[str, Any] = {
            "to": lambda: [(str(code), title) for code, title in words.RECIPIENTS.items()],
            "segment": lambda: [(str(code), words.SEGMENTS[code]) for code in SEGMENTS_OF[self.kind]],
            "country": lambda: sorted(
                ((code, country_name(code)) for code in lists.countries(g.event)), key=lambda pair: sort_key(pair[1])
            ),
            "state": lambda: [(str(code), title) for code, title in delegation_words.STATES.items()],
            "role": lambda: [(str(code), title) for code, title in delegation_words.ROLES.items()],
            "item": items,
            "delegation": lambda: [(str(key), name) for key, name in lists.names(g.event)],
        }
        for name, offered in offers.items():
            if name in self:
                self[name].offer(offered())

    def validate_item(self, field: Any) -> None:
        if field.data and self.delegation.data:
            raise wtforms.ValidationError(_("Choose a programme item or a delegation, not both."))

    def typed(self) -> dict[str, Any]:
        """Return what the form holds."""
        return {item.short_name: item.data for item in self if item.short_name in SHOWN}


SHOWN = frozenset({"subject", "body", "to", "quiet_hours", *NARROWING})


def facts(kept: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mailing's facts from the values of its form; filters without a field there stay as they were kept."""
    own = {name: str(values[name] or "") for name in NARROWING if name in values}
    filters = {name: value for name, value in ({**kept, **own}).items() if value}
    return {"filters": filters} | {name: value for name, value in values.items() if name not in NARROWING}


def shown(found: Mailing) -> dict[str, Any]:
    """Return what the form of this mailing starts from."""
    narrowing = {name: str(found.filters.get(name, "")) for name in NARROWING}
    return {
        "subject": found.subject,
        "body": found.body,
        "to": str(found.to),
        "quiet_hours": found.quiet_hours,
        **narrowing,
    }


class ConfirmForm(Form):
    """The organiser has read it; ``seen`` is whom the page named."""

    seen = wtforms.HiddenField()
    other_language = wtforms.BooleanField(_l("Send the other language where a half is missing"))
