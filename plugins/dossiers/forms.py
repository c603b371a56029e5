"""Forms of dossiers."""

from __future__ import annotations

from eventhub.api import (
    ChoiceField,
    Form,
    LocalizedField,
    SeveralField,
    TextField,
    VersionedForm,
    WholeNumberField,
    _l,
    _lp,
)

from . import words


class SectionForm(VersionedForm):
    """A text of our own."""

    title = LocalizedField(_l("Title"))
    text = LocalizedField(
        _l("Text"),
        multiline=True,
        maximum=20_000,
        description=_l(
            "Markdown: # for a heading, ** for strong words, - for a list, a blank line between paragraphs."
        ),
    )
    kinds = SeveralField(_l("Stands in"), required=True)
    place = ChoiceField(_lp("text in a dossier", "Place"))

    def set_up(self) -> None:
        self.kinds.choices = [(kind.value, title) for kind, title in words.KIND_CHOICES]
        self.place.offer([(place.value, title) for place, title in words.PLACE_CHOICES])


class PublishForm(Form):
    """Which languages go out, and why in spite of gaps."""

    languages = SeveralField(_l("Languages"), required=True)
    reason = TextField(
        _l("Why it may go out with gaps"),
        required=False,
        maximum=500,
        description=_l("Only for a language that is not complete. Your colleagues read it beside the edition."),
    )


class CopiesForm(Form):
    """Why everybody's own dossier may be made in spite of gaps."""

    reason = TextField(
        _l("Why they may go out with gaps"),
        required=False,
        maximum=500,
        description=_l("Only when a language is not complete. It is kept in the journal of the event."),
    )


class PlanForm(VersionedForm):
    """When editions are due."""

    first_days = WholeNumberField(_l("First edition, days before the event"), minimum=1, maximum=365)
    final_days = WholeNumberField(_l("Final edition, days before the event"), minimum=0, maximum=365)
