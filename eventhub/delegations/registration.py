"""The registration form in steps: the core's sections and plugins', stacked per step for all people of a delegation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eventhub import hookspecs
from eventhub.activity import Actor
from eventhub.contributions import FormSection
from eventhub.delegations import domain, needs
from eventhub.delegations.forms import ACCESS_CONSENT_VERSION, AccessSection, PersonSection, TravelSection
from eventhub.delegations.models import Delegation, Direction, Participant
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import gettext as _
from eventhub.web.forms import FormStack

STAGES = ("people", "travel", "needs", "choices")
ACCESS = "delegations.access"


def stage_titles() -> dict[str, str]:
    return {"people": _("People"), "travel": _("Travel"), "needs": _("Needs"), "choices": _("Choices")}


@dataclass
class Step:
    """One step of the form, ready to show, check and save."""

    event: Event
    delegation: Delegation
    stage: str
    stack: FormStack
    people: list[domain.Person] = field(default_factory=list)

    def save(self, by: Actor) -> None:
        """Save every section; the people of all seats go through one domain call."""
        self.stack.save()
        if self.stage == "people":
            domain.save_people(self.event, self.delegation, self.people, by=by)


def build(event: Event, found: Delegation, stage: str, *, hooks: Hooks, by: Actor) -> Step:
    """Return the step with its sections; inside a transaction, what it shows was read under the lock."""
    people: list[domain.Person] = []
    persons = [seat.participant for seat in found.seats if seat.participant is not None]
    sections: list[FormSection] = []
    if stage == "people":
        sections = [_person_section(seat, people) for seat in found.seats]
    elif stage == "travel":
        sections = [_travel_section(person, by) for person in persons]
    elif stage == "needs":
        sections = access_sections(event, persons, own=False, by=by)
    if stage in {"needs", "choices"}:
        sections += hooks.collect(
            hookspecs.participant_form_sections, event=event, stage=stage, participants=persons, own=False
        )
        order = {person.id: index for index, person in enumerate(persons)}
        sections.sort(key=lambda section: order.get(section.subject_id or 0, -1))
    return Step(event, found, stage, FormStack(event, sections), people)


def plugin_sections(event: Event, persons: Sequence[Participant], *, hooks: Hooks, own: bool) -> list[FormSection]:
    """Return the sections of all plugins, for counting what is complete."""
    if not persons:
        return []
    return [
        section
        for stage in ("needs", "choices")
        for section in hooks.collect(
            hookspecs.participant_form_sections, event=event, stage=stage, participants=persons, own=own
        )
    ]


def _person_section(seat: Any, people: list[domain.Person]) -> FormSection:
    person: Participant | None = seat.participant

    def save(form: PersonSection) -> None:
        people.append(
            domain.Person(
                seat.id,
                form.name.data or "",
                form.function.data or "",
                form.email.data or "",
                form.phone.data or "",
                tuple(form.languages.data or ()),
                form.document_language.data or "",
                bool(form.is_head.data),
            )
        )

    names = ("name", "function", "email", "phone", "languages", "document_language", "is_head")
    empty: dict[str, Any] = {**dict.fromkeys(names, ""), "languages": [], "is_head": False}
    return FormSection(
        "person",
        _("Seat %(number)s", number=seat.position),
        PersonSection,
        save,
        "people",
        seat.id,
        {name: getattr(person, name) for name in names} if person else empty,
    )


def _travel_section(person: Participant, by: Actor) -> FormSection:
    values: dict[str, Any] = {}
    for direction in Direction:
        leg = person.leg(direction)
        for name in ("mode", "number", "place", "at"):
            values[f"{direction.value}_{name}"] = getattr(leg, name) if leg else None if name == "at" else ""

    def save(form: TravelSection) -> None:
        domain.save_travel(
            person,
            [
                domain.Travel(
                    direction,
                    form[f"{direction.value}_mode"].data or "",
                    form[f"{direction.value}_number"].data or "",
                    form[f"{direction.value}_place"].data or "",
                    form[f"{direction.value}_at"].data,
                )
                for direction in Direction
            ],
            by=by,
        )

    return FormSection("travel", person.name, TravelSection, save, "travel", person.id, values)


def access_sections(event: Event, persons: Sequence[Participant], *, own: bool, by: Actor) -> list[FormSection]:
    """Return the section of access needs per person; only their owner reads them back."""
    if not persons:
        return []
    declared = needs.access_of(event.id, [person.id for person in persons])
    consents = needs.consents([person.id for person in persons], ACCESS)

    def section(person: Participant) -> FormSection:
        known = declared.get(person.id)

        def save(form: AccessSection) -> None:
            if not form.says_something and not own:
                return  # the head cannot see what is declared, so an empty form says nothing
            needs.declare(
                person,
                needs.Access(
                    bool(form.step_free.data),
                    form.walking_level.data or None,
                    bool(form.hearing.data),
                    bool(form.sight.data),
                    form.other.data or "",
                ),
                by=by,
            )
            if form.says_something:
                needs.give_consent(person, ACCESS, ACCESS_CONSENT_VERSION, confirmed=own)
            else:
                needs.withdraw_consent(person, ACCESS)

        values: dict[str, Any] = {}
        if own:
            shown = known or needs.Access()
            values = {
                "step_free": shown.step_free,
                "walking_level": shown.walking_level,
                "hearing": shown.hearing,
                "sight": shown.sight,
                "other": shown.other,
                "consent": person.id in consents,
            }
        hint = ""
        if known and not own:
            hint = _("Access needs are declared for this person and shown to nobody here. Fill in only to replace them.")
        title = _("Access") if own else _("%(name)s: access", name=person.name)
        return FormSection("access", title, AccessSection, save, "needs", person.id, values, hint, order=10)

    return [section(person) for person in persons]
