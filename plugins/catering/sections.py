"""The question about meals in the guests' forms: one section per person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import g

from eventhub.api import Event, FormSection, Participant, _
from plugins.catering import dietary
from plugins.catering.dietary import Declared, Need
from plugins.catering.forms import NeedSection

TEMPLATE = "catering/section.html"


def sections(event: Event, stage: str, participants: Sequence[Participant], own: bool) -> Iterable[FormSection]:
    """Return the section of each person; only the person reads back what is stored, anybody else that something is."""
    if stage != "needs" or not participants:
        return []
    ids = [person.id for person in participants]
    if own:
        stored = dietary.of_event(event, ids)
        return [_own_section(event, person, stored.get(person.id)) for person in participants]
    answered = dietary.answered_by(ids)
    return [_section_for(event, person, answered.get(person.id)) for person in participants]


def _own_section(event: Event, person: Participant, known: Declared | None) -> FormSection:
    def save(form: NeedSection) -> None:
        dietary.declare(event, person, form.answer, own=True, by=g.actor)

    hint = ""
    if known and known.need.any and not known.confirmed:
        hint = _("Somebody of your delegation answered this for you. Correct it if need be, then agree or empty it.")
    return FormSection(
        "catering",
        _("Meals"),
        partial(NeedSection, own=True),
        save,
        "needs",
        person.id,
        own_values(known),
        hint,
        TEMPLATE,
        order=20,
    )


def own_values(known: Declared | None) -> Mapping[str, Any]:
    need = known.need if known else Need()
    return {
        "diet": need.diet,
        "mild": list(need.mild),
        "severe": list(need.severe),
        "note": need.note,
        "consent": bool(known and known.confirmed and need.any),
    }


def _section_for(event: Event, person: Participant, confirmed: bool | None) -> FormSection:
    """Return the section that somebody else fills in: empty, whatever is stored (``confirmed`` None: nothing is)."""

    def save(form: NeedSection) -> None:
        dietary.declare(event, person, form.need, own=False, by=g.actor)

    hint = ""
    if confirmed is False:
        hint = _("Declared, and shown to nobody here. It waits for this person to agree. Fill in only to replace it.")
    elif confirmed:
        hint = _("This person has answered themselves. Leave this part empty: only they can change it.")
    title = _("%(name)s: meals", name=person.name)
    return FormSection("catering", title, NeedSection, save, "needs", person.id, {}, hint, TEMPLATE, order=20)
