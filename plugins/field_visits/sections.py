"""The wishes in the guests' forms: one section per person and round of visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import g

from eventhub.api import Actor, Event, FormSection, Participant, _, delegations, format_moment

from . import standing, wishes, words
from .forms import WishSection, wish_section
from .standing import Standing


def sections(event: Event, stage: str, participants: Sequence[Participant], own: bool) -> Iterable[FormSection]:
    """Return the section of each person who is there when there is something to choose."""
    if stage != "choices" or not participants:
        return
    for now in standing.standings(event, participants):
        names = words.names(event, now.slots)
        asked = [person for person in participants if now.asked(person)]
        for place, person in enumerate(asked):
            made = section(event, now, person, names, own=own, by=g.actor)
            if made.template is None and not place:
                made = replace(made, template="field_visits/section.html")  # the link to the catalogue stands once
            yield replace(made, hint="") if place else made


def section(
    event: Event, now: Standing, person: Participant, names: dict[int, str], *, own: bool, by: Actor
) -> FormSection:
    """Return the section in which the person's wishes of one round are ranked."""
    closed = by.kind == "guest" and wishes.closed(now)
    ranked, asked = now.ranked(person), now.asked(person)
    count = max(asked, min(len(ranked), len(words.RANKS)))
    values: dict[str, Any] = {f"rank_{n}": ranked[n - 1] if n <= len(ranked) else None for n in range(1, count + 1)}
    values["abstains"] = person.id in now.abstaining

    def save(form: WishSection) -> None:
        abstains = bool(form.abstains.data) if "abstains" in form else person.id in now.abstaining
        wishes.choose(event, now, person, form.chosen, abstains=abstains, by=by)

    complete = closed or delegations.hosts(person) or now.has_chosen(person)
    title = _("Field visits") if own else _("%(name)s: field visits", name=person.name)
    offer = [(slot.id, label(now.slots_by_id[slot.id], names)) for slot in now.possible(person)]
    return FormSection(
        "field_visits" if now.wave == 1 else f"field_visits_{now.wave}",
        title,
        partial(wish_section(count), offer=offer, closed=closed),
        save,
        "choices",
        person.id,
        values,
        hint(event, now, person, closed=closed),
        "field_visits/closed.html" if closed else None,
        complete=complete,
        missing=() if complete else (_("%(name)s: wishes for the field visits", name=person.name),),
        order=30,
    )


def label(slot: Any, names: dict[int, str]) -> str:
    """Return what tells one visit from another in a list: its name, how one walks there, its languages."""
    return _(
        "%(visit)s – %(walking)s, %(languages)s",
        visit=names[slot.id],
        walking=str(words.LEVELS[slot.visit.walking_level]).lower(),
        languages=words.languages_of(slot.visit),
    )


def hint(event: Event, now: Standing, person: Participant, *, closed: bool) -> str:
    closes = now.settings.wishes_close_at
    if closed and closes is not None:
        return _(
            "Wishes could be given until %(when)s. Write to the organisers if yours must change.",
            when=format_moment(closes, event.zone),
        )
    said = [
        _("Places are given so that as many people as possible get what they wish: who answers first has no advantage.")
    ]
    if delegations.hosts(person):
        said.append(_("For the host team this is optional."))
    if closes is not None:
        said.append(_("You can change this until %(when)s.", when=format_moment(closes, event.zone)))
    return " ".join(said)
