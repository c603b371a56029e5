"""What interpretation tells the pages of an event: what does not fit, what is due, who is where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import current_app, url_for

from eventhub.api import (
    AgendaItem,
    Card,
    Check,
    Deadline,
    Event,
    Half,
    Hooks,
    ItemKind,
    LocalizedText,
    Panel,
    ProgrammeItem,
    Provider,
    Severity,
    State,
    _,
    clock,
    format_day,
    format_list,
    format_time,
    language,
    ngettext,
    programme,
    speaking,
)

from . import booking, documents, domain, interpreters, situation, words
from .booking import Wanted
from .domain import Pack
from .models import Assignment, ExpectedDocument, Interpreter
from .plan import in_booths
from .rules import Lunch, TeamSize
from .sessions import LONGEST_BREAK
from .situation import Line, Situation
from .staffing import Violation

COMPONENT = "interpretation"
ARRIVAL = timedelta(minutes=30)  # AICE: on site 30 minutes before
FIRST_LUNCH = time(11)  # a meal that begins earlier is a breakfast
LONGEST_SUBJECT = 80  # of a check, as waivers keep it


def hooks_of(event: Event) -> Hooks:
    hooks: Hooks = current_app.extensions["hub"].for_event(event)
    return hooks


def cards(event: Event) -> Iterable[Card]:
    found = situation.of(event)
    if found.asking:
        covered = sum(line.covered for line in found.asking)
        yield Card(
            _("Items interpreted"),
            str(covered),
            _("of %(total)s", total=len(found.asking)),
            note=_("with a team that fits %(profile)s", profile=words.profile_title(found.settings.profile)),
            share=covered / len(found.asking),
            url=url_for("interpretation.index"),
            order=35,
        )


# --- what does not fit ----------------------------------------------------------------------------------------------


def checks(event: Event) -> Iterable[Check]:
    found = situation.of(event, hooks_of(event))
    yield from staffing_checks(found)
    yield from lunch_checks(event, found)
    yield from _stray_checks(found)
    yield from _booth_checks(found)
    yield from document_checks(event, found)
    yield from _left_out_checks(event, found)


def finding(found: Situation, violation: Violation) -> str:
    """Return what does not fit in one line, items and people by name."""
    return words.finding(violation, found.titles(violation.items, language()), found.names(violation.interpreters))


def staffing_checks(found: Situation) -> Iterable[Check]:
    """Return each broken rule once; a team that nobody belongs to yet is at risk, but has broken nothing."""
    seen = set()
    for violation in found.violations:
        nobody = isinstance(violation.rule, TeamSize) and not violation.parameters["assigned"]
        rule = f"{COMPONENT}.{'nobody' if nobody else violation.rule_id}"
        subject = subject_of(violation)
        if (rule, subject) in seen:
            continue
        seen.add((rule, subject))
        yield Check(
            rule,
            subject,
            Severity.AT_RISK if nobody else violation.severity,
            finding(found, violation),
            words.rule(violation),
            where(violation),
            _("Book somebody") if nobody else _("See the team"),
            COMPONENT,
        )


def subject_of(violation: Violation) -> str:
    """Return what a waiver remembers: these items with these people; with others it is another matter."""
    items, people = ("-".join(map(str, ids)) for ids in (violation.items, violation.interpreters))
    return f"{items}:{people}"[:LONGEST_SUBJECT]


def where(violation: Violation) -> str:
    if violation.items:
        return url_for("interpretation.item", item_id=violation.items[0])
    return url_for("interpretation_people.show", interpreter_id=violation.interpreters[0])


def lunch_checks(event: Event, found: Situation) -> Iterable[Check]:
    """Find lunches of the programme that are too short, on days on which interpreters work."""
    working = {line.item.starts_at.astimezone(event.zone).date() for line in found.lines if line.bookings}
    meals = [line.item for line in found.lines if line.item.kind == ItemKind.MEAL]
    for rule in found.profile.of(Lunch):
        for item in meals:
            begins = item.starts_at.astimezone(event.zone)
            at_noon = FIRST_LUNCH <= begins.time() < rule.closes
            if begins.date() in working and at_noon and item.minutes < rule.least:
                yield Check(
                    f"{COMPONENT}.short_lunch",
                    str(item.id),
                    Severity.AT_RISK,
                    ngettext(
                        "“%(title)s” lasts %(num)d minute",
                        "“%(title)s” lasts %(num)d minutes",
                        item.minutes,
                        title=item.title.label(language()),
                    ),
                    _(
                        "%(when)s. Interpreters work that day and have at least an hour for lunch.",
                        when=programme.when(event, item),
                    ),
                    url_for("events_programme.edit", item_id=item.id),
                    _("Edit the programme"),
                    COMPONENT,
                )


def _stray_checks(found: Situation) -> Iterable[Check]:
    gone: dict[int, list[Assignment]] = {}
    for each in found.stray:
        gone.setdefault(each.item_id, []).append(each)
    for item_id, bookings in gone.items():
        yield Check(
            f"{COMPONENT}.to_cancel",
            str(item_id),
            Severity.AT_RISK,
            ngettext(
                "%(num)d booking is to be cancelled: “%(title)s” does not take place",
                "%(num)d bookings are to be cancelled: “%(title)s” does not take place",
                len(bookings),
                title=bookings[0].item.title.label(language()),
            ),
            format_list(each.interpreter.name for each in bookings),
            url_for("interpretation.item", item_id=item_id),
            _("Cancel the bookings"),
            COMPONENT,
        )


def _booth_checks(found: Situation) -> Iterable[Check]:
    for line in found.asking:
        room, booths = line.item.room, len(in_booths(line.asked))
        if room is None or booths <= room.booths:
            continue
        yield Check(
            f"{COMPONENT}.no_booth",
            str(line.item.id),
            Severity.AT_RISK,
            ngettext(
                "“%(title)s” needs %(num)d booth; %(room)s takes %(free)s",
                "“%(title)s” needs %(num)d booths; %(room)s takes %(free)s",
                booths,
                title=line.item.title.label(language()),
                room=room.name,
                free=room.booths,
            ),
            _("A mobile booth for two stands on 1.60 m × 1.60 m and is 2.00 m high."),
            url_for("events_programme.edit_room", room_id=room.id),
            _("Say how many booths fit in"),
            COMPONENT,
        )


def document_checks(event: Event, found: Situation) -> Iterable[Check]:
    """Find documents that are overdue or about to miss the final pack, one check per item."""
    now = clock.now()
    expected: dict[int, list[ExpectedDocument]] = {}
    for one in documents.documents(event):
        expected.setdefault(one.item_id, []).append(one)
    for item_id, owed in expected.items():
        missing = [one for one in owed if documents.endangered(event, found.settings, one, now)]
        if missing:
            yield Check(
                f"{COMPONENT}.documents_missing",
                str(item_id),
                Severity.AT_RISK,
                _(
                    "%(missing)s of %(total)s documents of “%(title)s” are missing",
                    missing=len(missing),
                    total=len(owed),
                    title=owed[0].item.title.label(language()),
                ),
                _missing_in_words(event, found, missing),
                url_for("interpretation_documents.index", item=item_id, show="missing"),
                _("Ask again"),
                COMPONENT,
            )


def _missing_in_words(event: Event, found: Situation, missing: Sequence[ExpectedDocument]) -> str:
    pack = domain.pack_due(event, found.settings, Pack.FINAL).date()
    owners = "; ".join(f"{one.owner_name}, {asked_in_words(one)}" for one in missing)
    return _("%(owners)s. The final pack leaves on %(day)s.", owners=owners, day=format_day(pack, "long"))


def asked_in_words(found: ExpectedDocument) -> str:
    """Return "asked on 10 and 12 March"."""
    if not found.asked:
        return _("not asked yet")
    days = format_list(format_day(day, "d MMMM") for day in found.asked)
    return _("asked on %(days)s", days=days)


def _left_out_checks(event: Event, found: Situation) -> Iterable[Check]:
    for line in found.lines:
        if not line.unplanned:
            continue
        title = line.item.title.label(language())
        yield Check(
            f"{COMPONENT}.left_out",
            str(line.item.id),
            Severity.TO_COMPLETE,
            left_in_words(line, title),
            programme.when(event, line.item),
            url_for("interpretation.item", item_id=line.item.id),
            _("Decide who interprets") if not line.needs else _("See the needs"),
            COMPONENT,
        )


def left_in_words(line: Line, title: str) -> str:
    if line.needs:
        return ngettext(
            "%(num)d of %(total)s cannot follow “%(title)s”, even with the interpretation planned",
            "%(num)d of %(total)s cannot follow “%(title)s”, even with the interpretation planned",
            line.following.left,
            total=line.following.attending,
            title=title,
        )
    return ngettext(
        "%(num)d of %(total)s cannot follow “%(title)s”, and nothing is planned for them",
        "%(num)d of %(total)s cannot follow “%(title)s”, and nothing is planned for them",
        line.following.left,
        total=line.following.attending,
        title=title,
    )


# --- what is due ----------------------------------------------------------------------------------------------------


def deadlines(event: Event) -> Iterable[Deadline]:
    """Return when the packs leave, where somebody is to be interpreted at all."""
    if not any(not need.waived for needs in domain.needs_by_item(event).values() for need in needs):
        return
    settings = domain.settings(event)
    for pack, days in ((Pack.FIRST, settings.first_pack_days), (Pack.FINAL, settings.final_pack_days)):
        yield Deadline(
            domain.pack_due(event, settings, pack),
            str(words.PACKS[pack]),
            ngettext("%(num)d day before the event", "%(num)d days before the event", days),
            url_for("interpretation_documents.index"),
            done=domain.pack_sent_at(settings, pack) is not None,
            component=COMPONENT,
        )


# --- a provider's side ----------------------------------------------------------------------------------------------


def agenda(event: Event, audience: object) -> Iterable[AgendaItem]:
    """Return a provider's items: who works there, and when they are on site."""
    if not isinstance(audience, Provider):
        return
    booked: dict[int, list[Assignment]] = {}
    for each in booking.live(event, provider_id=audience.id):
        booked.setdefault(each.item_id, []).append(each)
    before: datetime | None = None
    for item in programme.active_items(event):
        if item.id in booked:
            arrives = before is None or item.starts_at - before > LONGEST_BREAK
            before = max(before, item.ends_at) if before else item.ends_at
            yield AgendaItem(
                item.starts_at,
                item.ends_at,
                item.title,
                programme.place(item),
                _note(event, item, booked[item.id], arrives),
                COMPONENT,
                item.id,
            )


def _note(event: Event, item: ProgrammeItem, bookings: Sequence[Assignment], arrives: bool) -> LocalizedText:
    """Return who works there in each language of the event; the hour on site where a stretch of work begins."""
    halves = {}
    for code in event.languages:
        with speaking(code):
            if language() != code:  # the interface does not speak it: the half stays missing
                continue
            who = format_list(each.interpreter.name for each in bookings)
            hour = format_time(item.starts_at - ARRIVAL, event.zone)
            halves[code] = _("%(who)s; on site at %(hour)s", who=who, hour=hour) if arrives else who
    return LocalizedText({code: Half(text, State.REVIEWED) for code, text in halves.items()})


@dataclass(frozen=True)
class Roster:
    """One interpreter of a provider, with what they are booked for."""

    interpreter: Interpreter
    bookings: tuple[Assignment, ...]


def provider_panels(event: Event, provider: Provider) -> Iterable[Panel]:
    """Return a freelance's or an agency's interpreters, their languages and bookings."""
    people = interpreters.of_provider(provider)
    if not people and not interpreters.supplies(provider):
        return
    bookings = booking.live(event, provider_id=provider.id)
    rosters = [Roster(one, tuple(each for each in bookings if each.interpreter_id == one.id)) for one in people]
    yield Panel(
        _("Interpreters"),
        "interpretation/provider_panel.html",
        {"rosters": rosters, "words": words, "programme": programme, "provider": provider},
    )


# --- before a booking -----------------------------------------------------------------------------------------------


def would_break(event: Event, interpreter_id: int, wanted: Wanted) -> list[tuple[str, str]]:
    """Return what a booking would break, as (what, rule), for the form that comes back."""
    person = interpreters.interpreter(event, interpreter_id)
    titles = {item.id: item.title.label(language()) for item in programme.active_items(event)}
    return [
        (words.finding(found, [titles[key] for key in found.items], [person.name]), words.rule(found))
        for found in booking.weigh(event, person, wanted)
    ]
