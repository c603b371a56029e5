"""What field visits tell the pages of an event: figures, what does not fit, deadlines, agendas, attendances, texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import url_for

from eventhub.api import (
    AgendaItem,
    Attendance,
    Card,
    Check,
    Deadline,
    Delegation,
    Event,
    Half,
    ItemKind,
    LocalizedEntry,
    LocalizedText,
    MealAt,
    Panel,
    Participant,
    PeopleColumn,
    ProgrammeItem,
    Provider,
    PublicLink,
    Severity,
    _,
    _l,
    clock,
    events,
    format_list,
    language,
    ngettext,
    session,
)

from . import allocation, domain, places, standing, words
from .models import Allocation, Slot
from .standing import Standing

ORDER = 30
NEAR = timedelta(days=14)  # an allocation that is not public two weeks before the visits leaves no time to answer it
SHOWN = 8  # names in the explanation of a check


def some(names: Iterable[str]) -> str:
    listed = list(names)
    if len(listed) <= SHOWN:
        return format_list(listed)
    return _("%(names)s and others", names=", ".join(listed[:SHOWN]))


# --- the dashboard --------------------------------------------------------------------------------------------------


def cards(event: Event) -> Iterable[Card]:
    waves = standing.standings(event)
    wanted, placed = sum(len(now.to_place) for now in waves), sum(len(now.placed) for now in waves)
    if not wanted:
        return
    first = sum(now.allocations[person.id].rank == 1 for now in waves for person in now.placed)
    yield Card(
        _("Visits placed"),
        str(placed),
        _("of %(total)s", total=wanted),
        note=ngettext("%(num)d in their first wish", "%(num)d in their first wish", first) if placed else None,
        share=placed / wanted,
        url=url_for("field_visits_allocation.show"),
        order=ORDER,
    )


def deadlines(event: Event) -> Iterable[Deadline]:
    closes = domain.settings(event).wishes_close_at
    if closes is None:
        return
    waves = standing.standings(event)
    yield Deadline(
        closes,
        _("Wishes for the field visits close"),
        _("Guests can change them until then; organisers afterwards too."),
        url_for("field_visits_people.index", show="silent"),
        done=not any(now.silent for now in waves) or allocation.published_waves(event) >= {now.wave for now in waves},
        component="field_visits",
        order=ORDER,
    )


def checks(event: Event) -> Iterable[Check]:
    waves = standing.standings(event)
    published = allocation.published_waves(event)
    access = standing.access_of(event) if any(now.allocations for now in waves) else {}
    for now in waves:
        if now.wave in published:
            yield from _unplaced(now)
        else:
            yield from _before_publication(event, now)
        yield from _places(now, access)
    yield from _without_departure(event)


def _before_publication(event: Event, now: Standing) -> Iterable[Check]:
    closes, moment = now.settings.wishes_close_at, clock.now()
    closed = closes is not None and moment > closes
    if now.silent:
        yield Check(
            "field_visits.wishes_missing",
            str(now.wave),
            Severity.AT_RISK if closed else Severity.TO_COMPLETE,
            ngettext(
                "%(num)d person has not chosen a field visit",
                "%(num)d people have not chosen a field visit",
                len(now.silent),
            ),
            some(person.name for person in now.silent),
            url_for("field_visits_people.index", show="silent"),
            _("See who has not chosen"),
            "field_visits",
            ORDER,
        )
    starts = min((slot.item.starts_at for slot in now.slots), default=None)
    if starts is not None and now.to_place and (closed or starts - moment <= NEAR):
        yield Check(
            "field_visits.not_published",
            str(now.wave),
            Severity.AT_RISK,
            _("The places on the field visits are not published yet"),
            _("Wishes are closed.")
            if closed
            else _("The first visit is on %(when)s.", when=words.when(event, _first(now))),
            url_for("field_visits_allocation.show", round=now.wave),
            _("Compute and publish them"),
            "field_visits",
            ORDER,
        )


def _first(now: Standing) -> Slot:
    return min(now.slots, key=lambda slot: slot.item.starts_at)


def _unplaced(now: Standing) -> Iterable[Check]:
    without = [person for person in now.to_place if person.id not in now.allocations]
    if without:
        yield Check(
            "field_visits.unplaced",
            str(now.wave),
            Severity.AT_RISK,
            ngettext(
                "%(num)d person has no place on a field visit",
                "%(num)d people have no place on a field visit",
                len(without),
            ),
            some(person.name for person in without),
            url_for("field_visits_allocation.show", round=now.wave),
            _("See what stands in the way"),
            "field_visits",
            ORDER,
        )


def _places(now: Standing, access: Any) -> Iterable[Check]:
    """Find places that do not hold, and departures that would leave with too few people."""
    misplaced = standing.misplaced(now, access)
    if misplaced:
        yield Check(
            "field_visits.out_of_date",
            str(now.wave),
            Severity.BREAKS_RULE,
            ngettext(
                "%(num)d person has a place on a field visit that cannot be theirs any more",
                "%(num)d people have a place on a field visit that cannot be theirs any more",
                len(misplaced),
            ),
            _("Somebody left, or something about people or visits has changed. A new plan moves as few as possible."),
            url_for("field_visits_allocation.show", round=now.wave),
            _("Compute a new plan"),
            "field_visits",
            ORDER,
        )
    for slot in now.slots:
        count = now.coming_with[slot.id]
        if 0 < count < slot.minimum:
            yield Check(
                "field_visits.below_minimum",
                str(slot.id),
                Severity.AT_RISK,
                _("“%(visit)s” is below its minimum", visit=words.name(slot)),
                ngettext(
                    "%(num)d person has a place, and at least %(minimum)s are needed.",
                    "%(num)d people have a place, and at least %(minimum)s are needed.",
                    count,
                    minimum=slot.minimum,
                ),
                url_for("field_visits.slot", slot_id=slot.id),
                _("See who goes there"),
                "field_visits",
                ORDER,
            )


def _without_departure(event: Event) -> Iterable[Check]:
    items = domain.free_items(event)
    if items:
        yield Check(
            "field_visits.item_without_visit",
            "all",
            Severity.TO_COMPLETE,
            ngettext(
                "%(num)d visit of the programme is not in the catalogue",
                "%(num)d visits of the programme are not in the catalogue",
                len(items),
            ),
            some(item.title.label(language()) for item in items),
            url_for("field_visits.create", item=items[0].id),
            _("Write it into the catalogue"),
            "field_visits",
            ORDER,
        )


# --- who is where ---------------------------------------------------------------------------------------------------


def attendances(event: Event, items: Sequence[ProgrammeItem]) -> Iterable[Attendance]:
    visits = [item.id for item in items if item.kind == ItemKind.VISIT]
    if not visits:
        return
    for one in places.attending(event, visits):
        meal = MealAt.PACKED if one.packed_lunch else MealAt.NONE
        yield Attendance(one.participant_id, one.item_id, one.starts_at, one.ends_at, meal, ORDER)


def agenda(event: Event, audience: Event | Delegation | Participant | Provider) -> Iterable[AgendaItem]:
    """Return a participant's or a delegation's own visits, or those that a provider guides."""
    if isinstance(audience, Participant):
        for place in places.of_people(event, only(audience)):
            yield line(event, place.slot)
    elif isinstance(audience, Delegation):
        found = places.of_people(event, of(event, audience))
        for _slot, group in groupby(sorted(found, key=lambda place: place.slot_id), lambda place: place.slot_id):
            together = list(group)
            yield line(event, together[0].slot, [place.participant.name for place in together])
    elif isinstance(audience, Provider):
        for slot in domain.slots(event):
            if slot.offered and slot.visit.guide_id == audience.id:
                yield line(event, slot)


def only(person: Participant) -> sa.Select[int]:
    return sa.select(Participant.id).where(Participant.id == person.id)


def of(event: Event, delegation: Delegation) -> sa.Select[int]:
    return standing.coming(event).where(Participant.delegation_id == delegation.id)


def line(event: Event, slot: Slot, names: Sequence[str] = ()) -> AgendaItem:
    """Return a visit as a line of an agenda, its meeting point in the note; a delegation's names who goes."""
    title = slot.visit.title
    if names:
        title = LocalizedText({code: Half(f"{half.text} ({', '.join(names)})", half.state) for code, half in title})
    note = words.in_each(event, slot.visit.meeting_point, _l("Meeting point"))
    return AgendaItem(
        slot.item.starts_at, slot.item.ends_at, title, slot.visit.site, note, ItemKind.VISIT, slot.item_id, ORDER
    )


# --- texts, links, panels -------------------------------------------------------------------------------------------


def texts(event: Event) -> Iterable[LocalizedEntry]:
    for visit in domain.catalogue(event):
        url = url_for("field_visits.edit", event=event.slug, visit_id=visit.id)
        name = visit.title.label(language())
        key = f"field_visits.visit.{visit.id}"
        yield LocalizedEntry(f"{key}.title", name, visit.title, url, order=ORDER)
        if visit.description:
            label = _("%(title)s: description", title=name)
            yield LocalizedEntry(f"{key}.description", label, visit.description, url, order=ORDER)
        if visit.meeting_point:
            label = _("%(title)s: meeting point", title=name)
            yield LocalizedEntry(f"{key}.meeting_point", label, visit.meeting_point, url, order=ORDER)


def public_links(event: Event) -> Iterable[PublicLink]:
    if events.is_public(event) and any(slot.offered for slot in domain.slots(event)):
        yield PublicLink(_("Field visits"), url_for("field_visits_public.index", event=event.slug), ORDER)


def own_links(event: Event) -> Iterable[PublicLink]:
    return public_links(event)


def panels(event: Event, person: Participant) -> Iterable[Panel]:
    """Return the person's wishes and place, for organisers."""
    rounds = [
        (now, words.names(event, now.slots), now.ranked(person), now.slot_of(person))
        for now in standing.standings(event, [person])
        if now.asked(person)
    ]
    if rounds:
        yield Panel(
            _("Field visits"),
            "field_visits/panel.html",
            {"rounds": rounds, "person": person, "visit_words": words},
            ORDER,
        )


# --- the list of people ---------------------------------------------------------------------------------------------


def people_columns(event: Event) -> Iterable[PeopleColumn]:
    """Yield the visit of each person; the places of several waves stand one after the other."""
    names = words.names(event, (slot for slot in domain.slots(event) if slot.offered))
    if not names:
        return

    def values(ids: Sequence[int]) -> dict[int, str]:
        places = (
            sa.select(Allocation.participant_id, Allocation.slot_id)
            .where(Allocation.participant_id.in_(ids), Allocation.slot_id.in_(names))
            .order_by(Allocation.wave)
        )
        told: dict[int, list[str]] = {}
        for person, slot in session().execute(places):
            told.setdefault(person, []).append(names[slot])
        return {person: " · ".join(found) for person, found in told.items()}

    def having(code: str) -> sa.Select[int]:
        if code == "none":
            placed = sa.select(Allocation.participant_id).where(Allocation.slot_id.in_(names))
            return sa.select(Participant.id).where(Participant.event_id == event.id, Participant.id.not_in(placed))
        return sa.select(Allocation.participant_id).where(Allocation.slot_id == int(code))

    choices = [("none", _("No place yet")), *((str(key), name) for key, name in names.items())]
    yield PeopleColumn("field_visits.visit", _("Field visit"), values, choices, having, ORDER)
