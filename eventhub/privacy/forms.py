"""Forms of personal data: a wording of the notice, days of retention, a request and its answer."""

from __future__ import annotations

import wtforms
from flask import g

from eventhub.delegations import domain as delegations
from eventhub.i18n import lazy_gettext as _l
from eventhub.privacy import words
from eventhub.web.fields import ChoiceField, DayField, LocalizedField, LongTextField, WholeNumberField, number_or_none
from eventhub.web.forms import Form


class NoticeForm(Form):
    """A new wording of what people are told or asked."""

    text = LocalizedField(_l("Wording"), multiline=True, maximum=4000)
    changed = LocalizedField(
        _l("What has changed, in a sentence"),
        required=False,
        maximum=300,
        description=_l("People read it beside the new wording."),
    )
    material = wtforms.BooleanField(
        _l("This matters to people: ask again those who agreed to an older wording"),
        description=_l(
            "Leave it empty for a mended mistake or a clearer sentence. A consent that is asked again holds "
            "until the person answers."
        ),
    )


class DaysForm(Form):
    """How long one kind of data is kept."""

    days = WholeNumberField(_l("Days after the event"), minimum=1, maximum=36_500)


class RequestForm(Form):
    """What somebody asks for."""

    participant_id = ChoiceField(_l("Person"), blank=_l("Choose"), coerce=number_or_none)
    kind = ChoiceField(_l("What they ask for"), blank=_l("Choose"))
    received_on = DayField(_l("Received on"))
    note = LongTextField(
        _l("Note"), maximum=500, description=_l("How it came, for instance. It is erased with their data.")
    )

    def set_up(self) -> None:
        self.participant_id.offer(
            [(one.id, f"{one.name} – {one.delegation.name}") for one in delegations.people(g.event)]
        )
        self.kind.offer([(str(code), title) for code, title in words.REQUEST_KINDS.items()])


class AnswerForm(Form):
    """What was answered."""

    answer = LongTextField(_l("Answer"), maximum=500, description=_l("Why it is refused, or what was done."))
