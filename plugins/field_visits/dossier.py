"""The visits in dossiers: the catalogue, a participant's own visit, and who of a delegation goes where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from eventhub.api import (
    Block,
    DefinitionList,
    Delegation,
    DossierSection,
    Event,
    Heading,
    LocalizedText,
    Missing,
    Paragraph,
    Participant,
    Provider,
    Table,
    Text,
    _,
    _l,
    format_list,
    language_name,
)

from . import contributions, domain, places, words
from .models import Slot, Visit

CATALOGUE, YOURS = 55, 42  # the catalogue after the agenda, one's own visit right under it


@dataclass(frozen=True)
class Facts:
    """A visit as a dossier tells of it: values only, for it is said in each language after the data were read."""

    title: LocalizedText
    description: LocalizedText
    meeting_point: LocalizedText
    times: tuple[tuple[datetime, datetime], ...]
    zone: ZoneInfo
    site: str
    host: str
    way_there: str
    languages: tuple[str, ...]
    walking_level: int
    step_free: bool
    packed_lunch: bool


def facts(event: Event, visit: Visit, slots: Sequence[Slot]) -> Facts:
    return Facts(
        visit.title,
        visit.description,
        visit.meeting_point,
        tuple((slot.item.starts_at, slot.item.ends_at) for slot in slots),
        event.zone,
        visit.site,
        visit.host,
        visit.way_there,
        tuple(visit.languages),
        visit.walking_level,
        visit.step_free,
        visit.packed_lunch,
    )


def sections(event: Event, audience: Event | Delegation | Participant | Provider) -> Iterable[DossierSection]:
    if isinstance(audience, Participant):
        found = places.of_people(event, contributions.only(audience))
        if found:
            yours = [facts(event, place.slot.visit, [place.slot]) for place in found]
            title = _l("Your visit") if len(yours) == 1 else _l("Your visits")
            yield DossierSection("field_visits.yours", title, lambda code: blocks(yours, code), order=YOURS)
    elif isinstance(audience, Delegation):
        found = places.of_people(event, contributions.of(event, audience))
        if found:
            rows = [(place.participant.name, facts(event, place.slot.visit, [place.slot])) for place in found]
            title = _l("Your delegation on the field visits")
            yield DossierSection("field_visits.delegation", title, lambda code: who_goes_where(rows, code), order=YOURS)
    if not isinstance(audience, Provider):
        offered = [
            facts(event, visit, slots)
            for visit in domain.catalogue(event)
            if (slots := [slot for slot in visit.slots if slot.offered])
        ]
        if offered:
            title = _l("Field visits")
            yield DossierSection("field_visits.catalogue", title, lambda code: blocks(offered, code), order=CATALOGUE)


def blocks(visits: Iterable[Facts], code: str) -> Sequence[Block]:
    """Return each visit under its own heading, with what one must know to come."""
    found: list[Block] = []
    for one in visits:
        own = one.title.text(code)
        found.append(Heading(1, own or _("A visit without a title in this language")))
        if own is None:
            found.append(
                Missing(_("The title of this visit is missing in %(language)s.", language=language_name(code)))
            )
        description = one.description.text(code)
        if description:
            found.append(Paragraph(description))
        elif one.description:
            found.append(
                Missing(_("The description of this visit is missing in %(language)s.", language=language_name(code)))
            )
        found.append(DefinitionList(tuple(_entries(one, code))))
        if one.meeting_point and one.meeting_point.text(code) is None:
            found.append(
                Missing(_("The meeting point of this visit is missing in %(language)s.", language=language_name(code)))
            )
    return found


def when(one: Facts) -> str:
    return format_list(words.times(starts_at, ends_at, one.zone) for starts_at, ends_at in one.times)


def _entries(one: Facts, code: str) -> Iterable[tuple[Text, Text]]:
    yield _("When"), when(one)
    meeting_point = one.meeting_point.text(code)
    if meeting_point:
        yield _("Meeting point"), meeting_point
    yield _("Way there"), str(words.WAYS[one.way_there])
    if one.site:
        yield _("Site"), one.site
    if one.host:
        yield _("Received by"), one.host
    yield _("Languages spoken or interpreted"), format_list(language_name(language) for language in one.languages)
    yield _("Walking"), str(words.LEVELS[one.walking_level])
    yield _("Step-free"), words.yes_or_no(one.step_free)
    if one.packed_lunch:
        yield _("Lunch"), _("A packed lunch is handed out for this visit.")


def who_goes_where(rows: Iterable[tuple[str, Facts]], code: str) -> Sequence[Block]:
    lines: list[tuple[Text, ...]] = []
    lacking = 0
    for name, one in rows:
        title = one.title.text(code)
        lacking += title is None
        lines.append((name, title or _("Title not translated yet"), when(one)))
    found: list[Block] = [Table((_("Name"), _("Field visit"), _("When")), tuple(lines), row_headers=True)]
    if lacking:
        found.append(Missing(_("The title of a visit is missing in %(language)s.", language=language_name(code))))
    return found
