"""The registration form in steps: the core's sections and plugins', stacked per step for all people of a delegation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from flask import request

from eventhub import clock, hookspecs
from eventhub.activity import Actor
from eventhub.contributions import FormSection
from eventhub.delegations import completeness, domain, needs, roster, seats, stages, travel, words
from eventhub.delegations.forms import AccessSection, PersonSection, TravelSection
from eventhub.delegations.models import Delegation, DelegationState, Direction, Participant, Seat
from eventhub.delegations.stages import STAGES as STAGES
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import gettext as _
from eventhub.i18n import isolated, sort_key
from eventhub.privacy import notices
from eventhub.web.forms import FormStack, digest, editable, read_base

OPTIONAL = ("needs", "choices")  # steps in which the core asks for nothing: answering with nothing is an answer
ACCESS = needs.ACCESS
FACTS = ("name", "function", "email", "phone", "languages", "document_language", "is_head")


def stage_questions() -> dict[str, str]:
    """Return what each step asks, as the heading of its page."""
    return {
        "people": _("Who is coming?"),
        "travel": _("How do you travel?"),
        "needs": _("What do you need?"),
        "choices": _("What do you choose?"),
    }


@dataclass
class Step:
    """One step of the form, ready to show, check and save."""

    event: Event
    delegation: Delegation
    stage: str
    stack: FormStack
    hooks: Hooks
    by: Actor
    people: list[seats.Person] = field(default_factory=list)
    asked: list[FormSection] = field(default_factory=list)  # those of plugins
    elsewhere: list[FormSection] = field(default_factory=list)  # what they ask of the delegation in other steps
    journeys: list[travel.Journey] = field(default_factory=list)

    def validate(self) -> bool:
        """Check every section; a person who was taken off meanwhile leaves a question, not a loss."""
        self._leave_out_who_leaves()
        fine = self.stack.validate()
        if self._orphans():
            self.stack.own.refuse(
                _(
                    "Somebody was taken off this delegation while you were writing. "
                    "Check what is left here, and save again."
                )
            )
            return False
        return fine

    def _leave_out_who_leaves(self) -> None:
        """Neither check nor save what plugins ask of somebody whom the same form takes off their seat."""
        if self.stage != "people":
            return
        sitting = {seat.id: seat.participant for seat in self.delegation.seats}
        staying = set()
        for part in self.stack.bound:
            person = sitting.get(part.section.subject_id or 0) if part.section.form is PersonSection else None
            if person is not None and not part.form.leaves and seats.same_person(person, _person(0, part.form)):
                staying.add(person.id)
        for part in self.stack.bound:
            part.left_out = part.section in self.asked and part.section.subject_id not in {None, *staying}

    def _orphans(self) -> set[str]:
        """Return the prefixes of posted sections that are there no more; a free seat that is has its own rule."""
        posted = {name.removesuffix("base") for name in request.form if re.search(r"-\d+-base$", name)}
        known = {part.form._prefix for part in self.stack.bound}
        seats_seen_free = {
            prefix for prefix in posted if prefix.startswith("person-") and not request.form.get(f"{prefix}participant")
        }
        return posted - known - seats_seen_free

    def save(self) -> seats.Saved:
        """Save every section; the people of all seats go through one domain call."""
        self._travel_together()
        self.stack.save()
        if self.stage == "people":
            return roster.save_people(self.event, self.delegation, self.people, by=self.by, hooks=self.hooks)
        travel.save_journeys(self.event, self.journeys, by=self.by, hooks=self.hooks)
        self.delegation.saved_at = clock.now()
        return seats.Saved()

    def _travel_together(self) -> None:
        """Give whoever travels with somebody the other's travel, top down, so that it is typed once."""
        forms = {part.section.subject_id: part.form for part in self.stack.bound if part.section.name == "travel"}
        for form in forms.values():
            if "travels_with" not in form or not form.travels_with.data:
                continue
            for item in editable(forms[form.travels_with.data]):
                if item.short_name in form and item.short_name not in {"travels_with", "claimed"}:
                    form[item.short_name].data = item.data


def build(event: Event, found: Delegation, stage: str, *, hooks: Hooks, by: Actor) -> Step:
    """Return the step with its sections; inside a transaction, what it shows was read under the lock."""
    people: list[seats.Person] = []
    journeys: list[travel.Journey] = []
    persons = people_of(found)
    sections: list[FormSection] = []
    asked = plugin_sections(event, persons, (stage,), hooks=hooks)
    of_all = delegation_sections(event, found, hooks=hooks)
    asked += [section for section in of_all if section.stage == stage]
    if stage == "people":
        sections = _person_sections(event, found, people)
    elif stage == "travel":
        sections = [travel_section(person, journeys, by=by) for person in persons]
    elif stage == "needs":
        sections = access_sections(event, persons, own=False, by=by)
    stack = FormStack(event, _person_by_person(found, sections, asked) if asked else sections)
    if stage == "people" and stack.submitted:
        _ask_where_somebody_else_sits(stack)
    elsewhere = [section for section in of_all if section.stage != stage]
    return Step(event, found, stage, stack, hooks, by, people, asked, elsewhere, journeys)


def _person_by_person(found: Delegation, own: list[FormSection], asked: list[FormSection]) -> list[FormSection]:
    """Return the core's sections, each before what plugins ask of the same person; those of nobody come first."""
    seat_of = {seat.participant_id: seat.id for seat in found.seats if seat.participant_id is not None}
    order = {seat.id: index for index, seat in enumerate(found.seats)}

    def place(section: FormSection) -> int:
        if section.subject_id is None:
            return -1
        seat = section.subject_id if section.form is PersonSection else seat_of.get(section.subject_id)
        return order.get(seat or 0, len(order))

    return sorted([*own, *asked], key=place)


def closed_because(event: Event, found: Delegation, moment: datetime, stage: str = "") -> str:
    """Return why this registration, or this stage of it, takes no changes at the moment, or ""."""
    try:
        domain.check_open(event, found, moment)
        if stage:
            stages.check_stage_open(event, found, stage, moment)
    except Refused as refusal:
        return str(refusal)
    return ""


def open_stages(event: Event, found: Delegation, moment: datetime) -> tuple[str, ...]:
    """Return the stages that take changes at the moment."""
    return tuple(stage for stage in STAGES if not closed_because(event, found, moment, stage))


def people_of(found: Delegation) -> list[Participant]:
    return [seat.participant for seat in found.seats if seat.participant is not None]


def plugin_sections(
    event: Event, persons: Sequence[Participant], stages: Iterable[str] = STAGES, *, hooks: Hooks, own: bool = False
) -> list[FormSection]:
    """Return the sections of all plugins in these stages."""
    if not persons:
        return []
    return [
        section
        for stage in stages
        for section in hooks.collect(
            hookspecs.participant_form_sections, event=event, stage=stage, participants=persons, own=own
        )
    ]


def delegation_sections(event: Event, found: Delegation, *, hooks: Hooks) -> list[FormSection]:
    """Return what plugins ask of the delegation as a whole, in all stages."""
    return hooks.collect(hookspecs.delegation_form_sections, event=event, delegation=found)


@dataclass(frozen=True)
class Standing:
    """Where a registration stands: what is given, and the steps that have something to fill in."""

    progress: completeness.Completeness
    stages: tuple[str, ...]

    def done(self, found: Delegation, stage: str) -> bool:
        """Tell whether nothing is owed in the step. Needs owe nothing, so they count once the whole is handed in."""
        if not found.seats_named or any(missing.stage == stage for missing in self.progress.missing):
            return False
        return stage not in OPTIONAL or found.submitted_at is not None


def standing(event: Event, found: Delegation, *, hooks: Hooks, shown: Step | None = None) -> Standing:
    """Return where the registration stands; plugins are not asked again for the step that is shown already."""
    persons = people_of(found)
    asked = [*shown.asked, *shown.elsewhere] if shown else delegation_sections(event, found, hooks=hooks)
    asked += plugin_sections(event, persons, [s for s in STAGES if shown is None or s != shown.stage], hooks=hooks)
    choices = not persons or any(section.stage == "choices" for section in asked)
    stages = tuple(stage for stage in STAGES if stage != "choices" or choices)
    return Standing(completeness.of(found, asked), stages)


# --- people ---------------------------------------------------------------------------------------------------------


def _person_sections(event: Event, found: Delegation, people: list[seats.Person]) -> list[FormSection]:
    """Return a section per seat, and one per seat that the organisers took back while somebody was typed on it."""
    sections = [_person_section(event, found, number, seat, people) for number, seat in enumerate(found.seats, start=1)]
    known = {seat.id for seat in found.seats}
    posted = (re.fullmatch(r"person-(\d{1,15})-name", name) for name in request.form)
    typed = {int(match[1]) for match in posted if match and request.form[match[0]].strip()}
    taken_back = {seat_id for seat_id in typed - known if not _posted(seat_id, "participant")}
    free = _defaults(event, found)
    for seat_id in sorted(taken_back)[: found.quota]:
        title = _("A seat that was taken back")
        hint = _("The organisers have reduced the number of seats meanwhile.")
        save = _saving(people, seat_id, newcomer=True)
        sections.append(
            FormSection("person", title, PersonSection, save, "people", seat_id, free, hint, complete=False)
        )
    return sections


def _person_section(
    event: Event, found: Delegation, number: int, seat: Seat, people: list[seats.Person]
) -> FormSection:
    person = seat.participant
    title = _("Seat %(number)s", number=number)
    if person is None:
        values = _defaults(event, found)
        if number == 1 and found.state == DelegationState.INVITED and found.contact_name:
            # nobody should have to type what they gave the organisers already
            email, phone = found.contact_email, found.contact_phone
            values |= {"name": found.contact_name, "email": email, "phone": phone, "is_head": True}
        save = _saving(people, seat.id)
        return FormSection("person", title, PersonSection, save, "people", seat.id, values, complete=False)
    if _is_newcomer(seat, person):
        hint = _("%(name)s was given this seat meanwhile. We give yours another one, if one is left.", name=person.name)
        save = _saving(people, seat.id, newcomer=True)
        values = _defaults(event, found)
        return FormSection("person", title, PersonSection, save, "people", seat.id, values, hint, complete=False)
    gaps = completeness.person_missing(person)
    return FormSection(
        "person",
        _("Seat %(number)s: %(name)s", number=number, name=isolated(person.name)),
        PersonSection,
        _saving(people, seat.id),
        "people",
        seat.id,
        {**{name: getattr(person, name) for name in FACTS}, "participant": str(person.id)},
        complete=not gaps,
        missing=tuple(gaps),
    )


def _defaults(event: Event, found: Delegation) -> dict[str, Any]:
    """Return what the form of a free seat starts from; a select always says something, so it starts from that."""
    spoken = found.contact_language if found.contact_language in event.languages else event.languages[0]
    start: dict[str, Any] = {**dict.fromkeys(FACTS, ""), "languages": [], "is_head": False}
    return start | {"document_language": spoken, "participant": ""}


def _posted(seat_id: int, name: str) -> str | None:
    return request.form.get(f"person-{seat_id}-{name}")


def _is_newcomer(seat: Seat, person: Participant) -> bool:
    """Tell whether somebody was typed where this form had shown a free seat, which is another's now.

    The same name is the same form sent twice, not a second person.
    """
    typed = (_posted(seat.id, "name") or "").strip()
    return _posted(seat.id, "participant") == "" and bool(typed) and sort_key(typed) != person.sort_key


def _ask_where_somebody_else_sits(stack: FormStack) -> None:
    """Make a conflict of what was changed about somebody whose seat is another's now: it is not the other's phone."""
    for part in stack.bound:
        if part.section.form is not PersonSection:
            continue
        form, now = part.form, part.section.values["participant"]
        seen = form.participant.data or ""
        if seen and seen != now:
            base = read_base(form.base.data)
            edited = any(digest(item.data) != base.get(item.short_name, digest(item.data)) for item in editable(form))
            if edited or form.leaves:
                form.base.data = json.dumps({**base, "name": ""})
            form.participant.data = now


def _saving(people: list[seats.Person], seat_id: int, *, newcomer: bool = False) -> Callable[[PersonSection], None]:
    def save(form: PersonSection) -> None:
        people.append(_person(seat_id, form, newcomer=newcomer))

    return save


def _person(seat_id: int, form: PersonSection, *, newcomer: bool = False) -> seats.Person:
    return seats.Person(
        seat_id,
        "" if form.leaves else form.name.data or "",
        form.function.data or "",
        form.email.data or "",
        form.phone.data or "",
        tuple(form.languages.data or ()),
        form.document_language.data or "",
        bool(form.is_head.data),
        newcomer,
    )


# --- travel ---------------------------------------------------------------------------------------------------------


def travel_section(person: Participant, journeys: list[travel.Journey], *, by: Actor, own: bool = False) -> FormSection:
    """Return the section of somebody's travel; what it says is put to ``journeys``, which are saved together."""
    values: dict[str, Any] = {}
    for direction in Direction:
        leg = person.leg(direction)
        for name in ("mode", "number", "place", "at"):
            values[f"{direction.value}_{name}"] = getattr(leg, name) if leg else None if name == "at" else ""
    values |= {"paid_by": person.fare_paid_by, "claimed": person.fare_claimed}
    settled = by.kind == "guest" and person.fare_state in travel.SETTLED

    def save(form: TravelSection) -> None:
        said = [
            travel.Travel(
                direction,
                form[f"{direction.value}_mode"].data or "",
                form[f"{direction.value}_number"].data or "",
                form[f"{direction.value}_place"].data or "",
                form[f"{direction.value}_at"].data,
            )
            for direction in Direction
        ]
        fare = travel.Fare(form.paid_by.data or "", form.claimed.data or None) if "claimed" in form else None
        journeys.append(travel.Journey(person, said, fare))

    gaps = tuple(completeness.travel_missing(person))
    hint = (
        _("Who pays: %(what)s. This cannot be changed any more.", what=words.fare_in_words(person)) if settled else ""
    )
    title = _("Your journey") if own else person.name
    form = partial(TravelSection, settled=settled, own=own)
    return FormSection("travel", title, form, save, "travel", person.id, values, hint, complete=not gaps, missing=gaps)


# --- access needs ---------------------------------------------------------------------------------------------------


def access_sections(event: Event, persons: Sequence[Participant], *, own: bool, by: Actor) -> list[FormSection]:
    """Return the section of access needs per person; only their owner reads them back."""
    if not persons:
        return []
    declared = needs.access_of(event.id, [person.id for person in persons])
    consents = needs.consents([person.id for person in persons], ACCESS) if own else {}

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
                label = notices.label_of(event.id, ACCESS, needs.ACCESS_WORDINGS)
                needs.give_consent(person, ACCESS, label, confirmed=own)
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
            hint = _(
                "Access needs are declared for this person and shown to nobody here. Fill in only to replace them."
            )
        title = _("Access") if own else _("%(name)s: access", name=isolated(person.name))
        return FormSection("access", title, AccessSection, save, "needs", person.id, values, hint, order=10)

    return [section(person) for person in persons]
