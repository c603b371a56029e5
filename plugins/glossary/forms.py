"""Forms of the lexicon."""

from __future__ import annotations

import wtforms

from eventhub.api import ChoiceField, Form, LocalizedField, TextField, VersionedForm, _l

from . import words


class TermForm(VersionedForm):
    """A term with its definition."""

    term = LocalizedField(_l("Term"))
    definition = LocalizedField(
        _l("Plain definition"),
        multiline=True,
        maximum=1000,
        description=_l("One or two sentences for somebody who is new to the subject."),
    )
    domain = TextField(
        _l("Domain"), required=False, maximum=80, description=_l("Example: climate, participation, territory")
    )
    state = ChoiceField(_l("State"))
    is_acronym = wtforms.BooleanField(
        _l("This is an acronym"), description=_l("Texts may then use it without explaining it.")
    )

    def set_up(self) -> None:
        self.state.offer([(code.value, title) for code, title in words.STATE_CHOICES])


class IgnoreForm(Form):
    """An acronym that needs no explanation."""

    acronym = TextField(_l("Acronym"), maximum=40)
