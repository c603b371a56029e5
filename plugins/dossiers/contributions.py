"""What dossiers tell the pages of an event, and the sections that are their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from flask import url_for

from eventhub.api import (
    ABSENT,
    Card,
    Check,
    Deadline,
    Delegation,
    DossierSection,
    Event,
    LocalizedEntry,
    Participant,
    PersonalData,
    PublicLink,
    Severity,
    Venue,
    _,
    _l,
    events,
    format_list,
    hookspecs,
    language,
    language_name,
    ngettext,
    session,
)

from . import copies, domain, due, gathering, own_texts
from . import sections as built
from .models import Kind, PersonalCopy, Place

KEPT_DAYS = 30  # a personal copy is of no use once everybody is back home
SHOWN = 5  # names in the explanation of a check


# --- the sections of a dossier --------------------------------------------------------------------------------------


def sections(event: Event, audience: Any) -> Iterable[DossierSection]:
    """Return the dossiers' own sections for the event or a participant; nothing for another audience yet."""
    person = audience if isinstance(audience, Participant) else None
    if person is None and not isinstance(audience, Event):
        return
    kind = Kind.PARTICIPANT if person else Kind.PROGRAMME
    yield built.at_a_glance(_glance(event))
    if person:
        yield built.about_you(_reader(person), event.zone)
    for row in own_texts.sections(event):
        if kind in row.kinds:
            order = built.FREE_BEFORE if row.place == Place.BEFORE else built.FREE_AFTER
            yield built.free(f"dossiers.section.{row.id}", row.title, row.text, order)
    places = [_place(venue) for venue in events.venues(event)]
    if places:
        yield built.practical(places)
    items = gathering.hooks_of(event).collect(hookspecs.agenda_items, event=event, audience=audience)
    yield built.agenda(items, event.zone, own=person is not None)
    companies = [] if person else _companies(event)
    if companies:
        yield built.delegations(companies)
    if event.funding_sentence:
        yield built.funding(event.funding_sentence)


def _glance(event: Event) -> built.Glance:
    return built.Glance(
        event.summary,
        event.starts_on,
        event.ends_on,
        event.city,
        event.host,
        event.co_organisers,
        tuple(event.languages),
        event.reply_to,
    )


def _place(venue: Venue) -> built.Place:
    rooms = tuple((room.name, room.capacity) for room in venue.rooms if room.archived_at is None)
    return built.Place(venue.name, venue.address, venue.access, venue.step_free, rooms)


def _companies(event: Event) -> list[built.Company]:
    query = (
        sa.select(Delegation)
        .where(Delegation.event_id == event.id, Delegation.archived_at.is_(None), Delegation.state.not_in(ABSENT))
        .order_by(Delegation.sort_key)
    )
    rows = session().scalars(query)
    return [built.Company(row.name, row.city, row.country, row.role, row.quota) for row in rows]


def _reader(person: Participant) -> built.Reader:
    legs = sorted(person.legs, key=lambda leg: leg.direction)  # arrival, then departure
    return built.Reader(
        person.name,
        person.function,
        person.delegation.name,
        tuple(person.languages),
        tuple(built.Leg(leg.direction, leg.mode, leg.number, leg.place, leg.at) for leg in legs),
    )


# --- the pages of an event ------------------------------------------------------------------------------------------


def texts(event: Event) -> Iterable[LocalizedEntry]:
    """Return the titles and texts of free sections."""
    for row in own_texts.sections(event):
        url = url_for("dossiers_texts.edit", event=event.slug, section_id=row.id)
        name = row.title.label(language())
        key = f"dossiers.section.{row.id}"
        yield LocalizedEntry(f"{key}.title", name, row.title, url, order=60)
        yield LocalizedEntry(f"{key}.text", _("%(title)s: text", title=name), row.text, url, order=61)


def checks(event: Event) -> Iterable[Check]:
    for gate in domain.gates(event, Kind.PROGRAMME, gathering.texts(event)):
        if not gate.complete:
            name = language_name(gate.language)
            yield Check(
                "dossiers.incomplete",
                gate.language,
                Severity.TO_COMPLETE,
                ngettext(
                    "%(num)d text keeps the programme dossier from being published in %(language)s",
                    "%(num)d texts keep the programme dossier from being published in %(language)s",
                    len(gate.gaps),
                    language=name,
                ),
                _some([gap.entry.label for gap in gate.gaps]),
                url_for("dossiers.index"),
                _("See what is missing"),
                "dossiers",
            )
    for row in own_texts.sections(event):
        for code in own_texts.stale_in(row, event.languages):
            yield Check(
                "dossiers.stale",
                f"{row.id}-{code}",
                Severity.TO_COMPLETE,
                _(
                    "“%(title)s” is not up to date in %(language)s",
                    title=row.title.label(language()),
                    language=language_name(code),
                ),
                _("The text changed after its translation was read."),
                url_for("dossiers_texts.edit", section_id=row.id),
                _("Read the translation again"),
                "dossiers",
            )


def _some(names: list[str]) -> str:
    if len(names) <= SHOWN:
        return format_list(names)
    return _("%(names)s and others", names=", ".join(names[:SHOWN]))


def deadlines(event: Event) -> Iterable[Deadline]:
    days_before, published = due.of(event), [edition.published_at for edition in domain.editions(event)]
    final = due.moment(event, days_before.final_days)
    for at, days, title, met in (
        (
            due.moment(event, days_before.first_days),
            days_before.first_days,
            _("First edition of the programme dossier"),
            bool(published),
        ),
        (
            final,
            days_before.final_days,
            _("Final edition of the programme dossier"),
            any(moment >= final - due.FINAL_SINCE for moment in published),
        ),
    ):
        note = ngettext("%(num)d day before the event", "%(num)d days before the event", days)
        yield Deadline(at, title, note, url_for("dossiers.index"), done=met, component="dossiers")


def cards(event: Event) -> Iterable[Card]:
    found = domain.gates(event, Kind.PROGRAMME, gathering.texts(event))
    ready = sum(gate.complete for gate in found)
    latest = domain.editions(event)[:1]
    yield Card(
        _("Languages ready for the dossier"),
        str(ready),
        _("of %(total)s", total=len(found)),
        note=_("Edition %(number)s is out", number=latest[0].number) if latest else _("No edition is out yet"),
        share=sum(gate.share for gate in found) / len(found) if found else None,
        url=url_for("dossiers.index"),
        order=70,
    )


def public_links(event: Event) -> Iterable[PublicLink]:
    if events.is_public(event) and domain.present(domain.editions(event)):
        yield PublicLink(_("Programme dossier"), url_for("dossiers_public.show"), 30)


def own_links(event: Event, participant: Participant) -> Iterable[PublicLink]:
    yield PublicLink(_("Your dossier"), url_for("dossiers_me.own", participant_id=participant.id), 30)


# --- personal data --------------------------------------------------------------------------------------------------


def export_copies(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    rows = session().scalars(sa.select(PersonalCopy).where(PersonalCopy.participant_id.in_(list(ids))))
    return {
        row.participant_id: {
            _("Made on"): row.made_at,
            _("Language"): row.language,
            _("SHA-256 of the PDF"): row.pdf_sha256,
        }
        for row in rows
    }


PERSONAL_DATA = (
    PersonalData(
        "dossiers.copies",
        _l("One's own dossier, as it was made for printing"),
        _l("To hand everybody their own agenda"),
        _l("Public interest mission (GDPR art. 6.1.e)"),
        KEPT_DAYS,
        export_copies,
        copies.erase,
        holders=copies.holders,
        files=copies.own_files,
    ),
)
