"""The dossiers' own sections, each made of facts that were read before; pure.

What a language lacks is a Missing block; inside a table, where no block can stand, the cell says so and a Missing block
under the table counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from eventhub.api import (
    AgendaItem,
    Block,
    Callout,
    DefinitionList,
    DossierSection,
    Heading,
    LocalizedText,
    Missing,
    Paragraph,
    Run,
    State,
    Table,
    Text,
    _,
    _l,
    blocks_from_markdown,
    country_name,
    delegation_words,
    format_day,
    format_days,
    format_list,
    format_moment,
    format_times,
    language_name,
    ngettext,
    pgettext,
)

GLANCE, OWN_AGENDA, FREE_BEFORE, PRACTICAL, AGENDA, PEOPLE, FREE_AFTER, FUNDING = 10, 15, 20, 30, 40, 60, 70, 95


@dataclass(frozen=True)
class Glance:
    """What the first section says of the event."""

    summary: LocalizedText
    starts_on: date
    ends_on: date
    city: str
    host: str
    co_organisers: str
    languages: tuple[str, ...]
    contact: str


def at_a_glance(facts: Glance) -> DossierSection:
    def blocks(language: str) -> Sequence[Block]:
        held_by = format_list(filter(None, (facts.host, facts.co_organisers)))
        entries: list[tuple[Text, Text]] = [(_("When"), format_days(facts.starts_on, facts.ends_on))]
        if facts.city:
            entries.append((_("Where"), facts.city))
        if held_by:
            entries.append((_("Held by"), held_by))
        entries.append((_("Languages"), format_list(map(language_name, facts.languages))))
        if facts.contact:
            entries.append((_("Write to us"), (Run(facts.contact, href=f"mailto:{facts.contact}"),)))
        summary = written(facts.summary, language, _("the summary of the event")) if facts.summary else ()
        return [*summary, DefinitionList(tuple(entries))]

    return DossierSection("dossiers.glance", _l("At a glance"), blocks, order=GLANCE)


@dataclass(frozen=True)
class Place:
    """A venue as a dossier describes it; rooms with their seats."""

    name: str
    address: str
    access: LocalizedText
    step_free: bool
    rooms: tuple[tuple[str, int], ...]


def practical(places: Sequence[Place]) -> DossierSection:
    def blocks(language: str) -> Iterable[Block]:
        for place in places:
            yield Heading(1, place.name)
            if place.address:
                yield Paragraph(place.address)
            if place.access:
                yield from written(place.access, language, _("how to get to %(place)s", place=place.name))
            if place.step_free:
                yield Paragraph(_("You can come in and reach the rooms without a step."))
            if place.rooms:
                yield Table(
                    (_("Room"), _("Seats")),
                    tuple((name, str(seats) if seats else "–") for name, seats in place.rooms),
                    caption=_("Rooms of %(place)s", place=place.name),
                    alignments=("start", "end"),
                    row_headers=True,
                )

    return DossierSection(
        "dossiers.practical", _l("Practical information"), lambda code: tuple(blocks(code)), order=PRACTICAL
    )


def agenda(items: Sequence[AgendaItem], zone: ZoneInfo, *, own: bool) -> DossierSection:
    """Return the agenda, a table for each day; ``own`` when it is a participant's."""
    ordered = sorted(items, key=lambda item: (item.starts_at, item.ends_at))

    def day_of(item: AgendaItem) -> date:
        return item.starts_at.astimezone(zone).date()

    def blocks(language: str) -> Iterable[Block]:
        if not ordered:
            yield Paragraph(_("Nothing is planned yet."))
        for day, group in groupby(ordered, day_of):
            lines = list(group)
            yield Heading(1, format_day(day))
            yield Table(
                (pgettext("column of an agenda", "Time"), pgettext("column of an agenda", "What and where")),
                tuple(
                    (format_times(item.starts_at, item.ends_at, zone), _what_and_where(item, language))
                    for item in lines
                ),
                row_headers=True,
            )
            lacking = sum(_lacks(item, language) for item in lines)
            if lacking:
                yield Missing(
                    ngettext(
                        "%(num)d item of this day is not translated into %(language)s yet.",
                        "%(num)d items of this day are not translated into %(language)s yet.",
                        lacking,
                        language=language_name(language),
                    )
                )

    title, order = (_l("Your agenda"), OWN_AGENDA) if own else (_l("Agenda"), AGENDA)
    return DossierSection("dossiers.agenda", title, lambda code: tuple(blocks(code)), order=order)


def _lacks(item: AgendaItem, language: str) -> bool:
    return item.title.text(language) is None or bool(item.note and item.note.text(language) is None)


def _what_and_where(item: AgendaItem, language: str) -> Text:
    """Return title, place and description, a line each: two columns can still be read on a phone."""
    title, note = item.title.text(language), item.note.text(language)
    runs = [Run(title, bold=True) if title else Run(_("Title not translated yet"), italic=True)]
    if item.place:
        runs.append(Run("\n" + item.place))
    if note:
        runs.append(Run("\n" + note))
    elif item.note:
        runs += [Run("\n"), Run(_("Description not translated yet"), italic=True)]
    return tuple(runs)


@dataclass(frozen=True)
class Company:
    """A delegation as the public programme dossier names it: no person, no contact."""

    name: str
    city: str
    country: str
    role: str
    people: int


def delegations(companies: Sequence[Company]) -> DossierSection:
    def blocks(language: str) -> Sequence[Block]:
        people = sum(company.people for company in companies)
        rows = tuple(
            (
                company.name,
                ", ".join(filter(None, (company.city, country_name(company.country)))),
                str(delegation_words.ROLES[company.role]),
                str(company.people),
            )
            for company in companies
        )
        return [
            Paragraph(ngettext("%(num)d person is expected.", "%(num)d people are expected.", people)),
            Table(
                (
                    _("Delegation"),
                    pgettext("origin of a delegation", "From"),
                    _("Takes part as"),
                    pgettext("number", "People"),
                ),
                rows,
                alignments=("start", "start", "start", "end"),
                row_headers=True,
            ),
        ]

    return DossierSection("dossiers.delegations", _l("Who comes"), blocks, order=PEOPLE)


@dataclass(frozen=True)
class Leg:
    """A journey to or from the event, as the person declared it."""

    direction: str
    mode: str
    number: str
    place: str
    at: datetime | None


@dataclass(frozen=True)
class Reader:
    """The participant whose dossier it is, as registered."""

    name: str
    function: str
    delegation: str
    languages: tuple[str, ...]
    legs: tuple[Leg, ...]


def about_you(reader: Reader, zone: ZoneInfo) -> DossierSection:
    """Return what is registered about the reader, so that mistakes are seen before the event."""

    def journey(leg: Leg) -> str:
        mode = str(delegation_words.MODES[leg.mode]) if leg.mode in delegation_words.MODES else leg.mode
        when = format_moment(leg.at, zone) if leg.at else ""
        return " · ".join(filter(None, (when, " ".join(filter(None, (mode, leg.number))), leg.place)))

    def blocks(language: str) -> Sequence[Block]:
        entries: list[tuple[Text, Text]] = [(_("Name"), reader.name)]
        if reader.function:
            entries.append((_("Function"), reader.function))
        entries.append((_("Delegation"), reader.delegation))
        if reader.languages:
            entries.append((_("Languages you understand"), format_list(map(language_name, reader.languages))))
        entries += [
            (str(delegation_words.DIRECTIONS[leg.direction]), said) for leg in reader.legs if (said := journey(leg))
        ]
        return [
            Paragraph(_("This is what we have on record. If something is wrong, correct it on your own page.")),
            DefinitionList(tuple(entries)),
        ]

    return DossierSection("dossiers.you", _l("What we know about you"), blocks, order=PEOPLE)


def free(key: str, title: LocalizedText, text: LocalizedText, order: int) -> DossierSection:
    """Return a section that organisers wrote; a translation older than its source says so."""

    def blocks(language: str) -> Sequence[Block]:
        found = tuple(written(text, language, _("the text of this section")))
        if text.state(language) is not State.STALE:
            return found
        warning = Callout(
            (Paragraph(_("The original of this text has changed since it was translated.")),),
            title=_("Translation not up to date"),
            tone="warn",
        )
        return (warning, *found)

    return DossierSection(key, title, blocks, order=order)


def funding(sentence: LocalizedText) -> DossierSection:
    def blocks(language: str) -> Sequence[Block]:
        own = sentence.text(language)
        return [Paragraph(own) if own else gap(_("the funder's sentence"), language)]

    return DossierSection("dossiers.funding", _l("Funding"), blocks, order=FUNDING)


def written(text: LocalizedText, language: str, what: str) -> Iterable[Block]:
    """Return Markdown in the language as blocks, or the gap where it is missing."""
    own = text.text(language)
    return blocks_from_markdown(own) if own else (gap(what, language),)


def gap(what: str, language: str) -> Missing:
    """Return the block that stands where a text is missing; ``what`` names it."""
    return Missing(_("Not available in %(language)s yet: %(what)s.", language=language_name(language), what=what))
