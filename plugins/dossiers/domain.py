"""What can be done with dossiers: write texts, see what is missing, publish editions that never change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    Actor,
    Document,
    Event,
    Hooks,
    LocalizedEntry,
    LocalizedText,
    NotFound,
    Participant,
    Refused,
    State,
    Verb,
    _,
    _l,
    activity,
    clock,
    delegations,
    events,
    format_day,
    format_list,
    get,
    hookspecs,
    jobs,
    language_name,
    locked,
    session,
    speaking,
)

from .composition import Composition, content_of, fingerprint, sha256
from .models import Edition, EditionState, Kind, PersonalCopy, Plan, Section

SECTION_ADDED = Verb("dossiers:section_added", _l("Text added to the dossiers"))
SECTION_CHANGED = Verb("dossiers:section_changed", _l("Text of the dossiers changed"))
READ_AGAIN = Verb("dossiers:read_again", _l("Translation of a text read again and kept"))
SECTION_ARCHIVED = Verb("dossiers:section_archived", _l("Text of the dossiers archived"))
SECTION_RESTORED = Verb("dossiers:section_restored", _l("Text of the dossiers taken back out of the archive"))
PUBLISHED = Verb("dossiers:published", _l("Edition published"))
COPIES_ASKED = Verb("dossiers:copies_asked", _l("Participants' own dossiers made"))
PLAN_CHANGED = Verb("dossiers:plan_changed", _l("Due dates of editions changed"))

FIRST_DAYS, FINAL_DAYS = 21, 7
FINAL_SINCE = timedelta(days=7)  # an edition of the week before the final one's date counts as final
DUE_AT = time(18)  # the end of a working day, in the event's zone


class NothingChosen(Refused):
    message = _l("Choose at least one language.")
    field = "languages"


class NotComplete(Refused):
    message = _l(
        "Texts are missing or stale in %(languages)s. Complete them, or write why the dossier may go out like this."
    )
    field = "reason"


class PartMissing(Refused):
    message = _l(
        "The part of “%(plugin)s” could not be made, and a dossier without it must not be frozen. "
        "Try again, or tell an administrator."
    )


class TooMuch(Refused):
    message = _l("The PDF could not be made: the dossier is too long. Shorten its texts, then publish again.")


class WrongOrder(Refused):
    message = _l("The final edition comes after the first: give it fewer days.")
    field = "final_days"


class NumberTaken(RuntimeError):
    """Another publication took the edition's number meanwhile; the job tries again."""


# --- texts of our own -----------------------------------------------------------------------------------------------


def sections(event: Event, *, archived: bool = False) -> list[Section]:
    """Return the free sections in the order in which dossiers print them, in one statement."""
    query = (
        sa.select(Section)
        .where(Section.event_id == event.id)
        .where(Section.archived_at.is_not(None) if archived else Section.archived_at.is_(None))
        .order_by(Section.place.desc(), Section.position, Section.id)  # "before" sorts after "after"
    )
    return list(session().scalars(query))


def section(event: Event, section_id: int) -> Section:
    return get(Section, section_id, event_id=event.id)


def section_for_change(event: Event, section_id: int) -> Section:
    """Return the section locked; call it first in the transaction."""
    return locked(Section, section_id, event_id=event.id)


def add_section(event: Event, facts: Mapping[str, Any], *, by: Actor) -> Section:
    """Write a new text, last of those at its place."""
    events.check_not_frozen(event)
    new = Section(event_id=event.id, title=LocalizedText(), text=LocalizedText())
    events.apply(new, facts)
    new.position = _next_position(event, new.place)
    session().add(new)
    activity.record(by, SECTION_ADDED, new)
    return new


def change_section(event: Event, changed: Section, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change a text that was locked in this transaction; halves left alone become stale where another changed."""
    events.check_not_frozen(event)
    with session().no_autoflush:
        moved = changes.get("place", changed.place) != changed.place
        events.apply(changed, changes)
        if moved:
            changed.position = _next_position(event, changed.place)
    activity.edited(by, SECTION_CHANGED, changed)


def _next_position(event: Event, place: str) -> int:
    last = session().scalar(
        sa.select(sa.func.max(Section.position)).where(Section.event_id == event.id, Section.place == place)
    )
    return (last or 0) + 1


def stale_in(row: Section, languages: Iterable[str]) -> list[str]:
    """Return the languages in which the title or the text is older than what it translates."""
    return [code for code in languages if State.STALE in (row.title.state(code), row.text.state(code))]


def read_again(event: Event, changed: Section, language: str, *, by: Actor) -> None:
    """Keep a translation whose source has changed: somebody read both, and it still holds."""
    events.check_not_frozen(event)
    for name in ("title", "text"):
        text: LocalizedText = getattr(changed, name)
        if text.state(language) is State.STALE:
            setattr(changed, name, text.written(language, text.text(language) or ""))
    activity.record(by, READ_AGAIN, changed, {"language": [None, language]})


def set_archived(event: Event, changed: Section, archived: bool, *, by: Actor) -> None:
    events.check_not_frozen(event)
    changed.archived_at = clock.now() if archived else None
    activity.record(by, SECTION_ARCHIVED if archived else SECTION_RESTORED, changed)


def reorder(event: Event, ids: Sequence[int], *, by: Actor) -> None:
    """Put the texts into this order; ids that are not the event's are passed over, texts not named keep their rank."""
    events.check_not_frozen(event)
    rows = {row.id: row for row in sections(event)}
    named = [rows[key] for key in dict.fromkeys(ids) if key in rows]
    for position, row in zip(sorted(row.position for row in named), named, strict=True):
        row.position = position
        activity.edited(by, SECTION_CHANGED, row)


# --- what a language lacks ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """A text that a language lacks, or whose source has changed since."""

    entry: LocalizedEntry
    state: State


@dataclass(frozen=True)
class Gate:
    """What keeps a dossier from being published in a language; ``total`` counts the texts that must be there."""

    language: str
    gaps: tuple[Gap, ...]
    total: int

    @property
    def complete(self) -> bool:
        return not self.gaps

    @property
    def share(self) -> float:
        return 1.0 if self.total == 0 else (self.total - len(self.gaps)) / self.total


def gates(event: Event, kind: Kind, entries: Iterable[LocalizedEntry]) -> list[Gate]:
    """Return the gate of each language of the event, for texts that stand in this kind of dossier."""
    elsewhere = {f"dossiers.section.{row.id}." for row in sections(event) if kind not in row.kinds}
    required = [
        entry
        for entry in entries
        if entry.required and not any(entry.key.startswith(beginning) for beginning in elsewhere)
    ]
    return [
        Gate(
            language,
            tuple(Gap(entry, entry.text.state(language)) for entry in required if entry.text.gaps([language])),
            len(required),
        )
        for language in event.languages
    ]


# --- publishing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Publication:
    """What ``before_publication`` is asked about: a dossier of this kind, in one language."""

    kind: Kind
    language: str


@dataclass(frozen=True)
class Draft:
    """An edition in one language, composed and not rendered yet."""

    kind: Kind
    number: int
    language: str
    document: Document
    published_at: datetime
    revision: int
    gaps: tuple[str, ...]
    waiver: str


@dataclass(frozen=True)
class Rendition:
    """A draft with what was made of it."""

    draft: Draft
    html: bytes
    pdf: bytes
    replaced: tuple[str, ...]


def check_may_go_out(
    event: Event, kind: Kind, languages: Sequence[str], reason: str, found: Sequence[Gate], *, hooks: Hooks
) -> None:
    """Refuse a language that lacks texts and has no reason to go out without, and let every plugin veto."""
    events.check_not_frozen(event)
    if not languages or not set(languages) <= set(event.languages):
        raise NothingChosen
    closed = [gate for gate in found if gate.language in languages and not gate.complete]
    if closed and not reason.strip():
        raise NotComplete(
            languages=format_list(f"{language_name(gate.language)} ({len(gate.gaps)})" for gate in closed)
        )
    for language in languages:
        hooks.before(hookspecs.before_publication, event=event, subject=Publication(kind, language), language=language)


def check_whole(composition: Composition) -> None:
    if composition.failed:
        raise PartMissing(plugin=composition.failed[0])


def ask_for_edition(
    event: Event, languages: Sequence[str], reason: str, found: Sequence[Gate], *, by: Actor, hooks: Hooks, speaks: str
) -> jobs.Job:
    """Check that the programme dossier may go out in these languages, then leave the work to a job."""
    check_may_go_out(event, Kind.PROGRAMME, languages, reason, found, hooks=hooks)
    payload = {"languages": list(languages), "reason": reason.strip(), "speaks": speaks}
    return jobs.enqueue("dossiers.publish", payload, event_id=event.id, by=by)


def ask_for_copies(
    event: Event, reason: str, found: Sequence[Gate], *, by: Actor, hooks: Hooks, speaks: str
) -> jobs.Job:
    """Check that participants' own dossiers may go out in every language, then leave the work to a job."""
    check_may_go_out(event, Kind.PARTICIPANT, event.languages, reason, found, hooks=hooks)
    activity.record(by, COPIES_ASKED, event, {"reason": [None, reason.strip()]} if reason.strip() else None)
    return jobs.enqueue("dossiers.copies", {"speaks": speaks}, event_id=event.id, by=by)


def next_number(event: Event, kind: Kind) -> int:
    last = session().scalar(
        sa.select(sa.func.max(Edition.number)).where(Edition.event_id == event.id, Edition.kind == kind)
    )
    return (last or 0) + 1


def drafts(
    event: Event,
    composition: Composition,
    languages: Sequence[str],
    reason: str,
    found: Sequence[Gate],
    moment: datetime,
) -> list[Draft]:
    """Return the dossier in each language, numbered and dated, all from this one composition."""
    check_whole(composition)
    number = next_number(event, composition.kind)
    lacking = {gate.language: tuple(gap.entry.key for gap in gate.gaps) for gate in found}
    return [
        Draft(
            composition.kind,
            number,
            language,
            composition.document(language, edition_line(number, moment, event, language)),
            moment,
            composition.revision,
            lacking[language],
            reason.strip() if lacking[language] else "",
        )
        for language in languages
    ]


def edition_line(number: int, moment: datetime, event: Event, language: str) -> str:
    """Return "Edition 2, 18 March 2025" in the language."""
    with speaking(language):
        day = format_day(moment.astimezone(event.zone).date(), "long")
        return _("Edition %(number)s, %(day)s", number=number, day=day)


def freeze(event: Event, renditions: Sequence[Rendition], *, by: Actor, job_id: int | None = None) -> list[Edition]:
    """Write the editions and supersede the ones before them in the same languages; ``event`` was locked."""
    kind = renditions[0].draft.kind
    if renditions[0].draft.number != next_number(event, kind):
        raise NumberTaken
    languages = [rendition.draft.language for rendition in renditions]
    for older in editions(event, kind):
        if older.language in languages and older.state == EditionState.PUBLISHED:
            older.state = EditionState.SUPERSEDED
    frozen = [_frozen(event, rendition, by, job_id) for rendition in renditions]
    session().add_all(frozen)
    session().flush()
    for edition in frozen:
        activity.record(
            by, PUBLISHED, edition, {"number": [None, edition.number], "language": [None, edition.language]}
        )
    return frozen


def _frozen(event: Event, rendition: Rendition, by: Actor, job_id: int | None) -> Edition:
    draft = rendition.draft
    return Edition(
        event_id=event.id,
        kind=draft.kind,
        number=draft.number,
        language=draft.language,
        state=EditionState.PUBLISHED,
        published_at=draft.published_at,
        published_by=by.id if by.kind == "user" else None,
        revision=draft.revision,
        job_id=job_id,
        gaps=list(draft.gaps),
        waiver=draft.waiver,
        replaced=list(rendition.replaced),
        content=content_of(draft.document),
        content_sha256=fingerprint(draft.document),
        html=rendition.html,
        html_sha256=sha256(rendition.html),
        pdf=rendition.pdf,
        pdf_sha256=sha256(rendition.pdf),
    )


# --- editions -------------------------------------------------------------------------------------------------------


def editions(event: Event, kind: Kind = Kind.PROGRAMME) -> list[Edition]:
    """Return the editions, newest first, without what weighs, in one statement."""
    query = (
        sa.select(Edition)
        .where(Edition.event_id == event.id, Edition.kind == kind)
        .order_by(Edition.number.desc(), Edition.language)
    )
    return list(session().scalars(query))


def present(found: Iterable[Edition]) -> dict[str, Edition]:
    """Return {language: its edition that is not superseded}."""
    return {edition.language: edition for edition in found if edition.state == EditionState.PUBLISHED}


def edition(event: Event, edition_id: int, *, weight: str) -> Edition:
    """Return an edition with one of its heavy columns: "content", "html" or "pdf"; NotFound otherwise."""
    return get_edition(sa.select(Edition).where(Edition.event_id == event.id, Edition.id == edition_id), weight)


def public_edition(event: Event, number: int, language: str, *, weight: str) -> Edition:
    """Return the programme dossier's edition with this number and language."""
    query = sa.select(Edition).where(
        Edition.event_id == event.id,
        Edition.kind == Kind.PROGRAMME,
        Edition.number == number,
        Edition.language == language,
    )
    return get_edition(query, weight)


def get_edition(query: sa.Select[Edition], weight: str) -> Edition:
    found = session().scalar(query.options(orm.undefer(getattr(Edition, weight))))
    if found is None:
        raise NotFound("edition")
    return found


def of_job(job_id: int) -> list[Edition]:
    """Return what a job has published: a job that runs twice publishes once."""
    return list(session().scalars(sa.select(Edition).where(Edition.job_id == job_id).order_by(Edition.language)))


# --- personal copies ------------------------------------------------------------------------------------------------


def language_of(event: Event, person: Participant) -> str:
    """Return the language of a person's own dossier: the one they asked for, one they understand, the event's first."""
    wishes = [person.document_language, *person.languages]
    return next((code for code in wishes if code in event.languages), event.languages[0])


def keep_copy(event: Event, participant_id: int, language: str, pdf: bytes, moment: datetime) -> bool:
    """Keep a person's dossier in place of an older one; False when they were erased or left meanwhile."""
    person = locked(Participant, participant_id, event_id=event.id)
    if person.erased_at is not None or not delegations.is_expected(person):
        return False
    copy = session().scalar(
        sa.select(PersonalCopy).where(PersonalCopy.event_id == event.id, PersonalCopy.participant_id == participant_id)
    )
    if copy is None:
        copy = PersonalCopy(event_id=event.id, participant_id=participant_id)
        session().add(copy)
    copy.language, copy.made_at, copy.pdf, copy.pdf_sha256 = language, moment, pdf, sha256(pdf)
    return True


def forget_others(event: Event, kept: Iterable[int]) -> None:
    """Delete the copies of people who are no longer among those kept."""
    session().execute(
        sa.delete(PersonalCopy).where(PersonalCopy.event_id == event.id, PersonalCopy.participant_id.not_in(list(kept)))
    )


def erase_copies(participant_ids: Iterable[int]) -> None:
    session().execute(sa.delete(PersonalCopy).where(PersonalCopy.participant_id.in_(list(participant_ids))))


def copies(event: Event) -> dict[int, PersonalCopy]:
    """Return {participant id: their copy, without its PDF}."""
    query = sa.select(PersonalCopy).where(PersonalCopy.event_id == event.id)
    return {copy.participant_id: copy for copy in session().scalars(query)}


@dataclass(frozen=True)
class CopyFile:
    """A personal copy as a file of the archive."""

    participant_id: int
    name: str
    delegation: str
    language: str
    made_at: datetime
    pdf: bytes


def copy_files(event: Event) -> Iterator[CopyFile]:
    """Yield every personal copy of people who are coming, by delegation and name, one PDF in memory at a time."""
    kept = copies(event)
    for person in sorted(delegations.people(event), key=lambda one: (one.delegation.sort_key, one.sort_key)):
        copy = kept.get(person.id)
        pdf = session().scalar(sa.select(PersonalCopy.pdf).where(PersonalCopy.id == copy.id)) if copy else None
        if copy is not None and pdf is not None:  # it may have been erased meanwhile
            yield CopyFile(person.id, person.name, person.delegation.name, copy.language, copy.made_at, pdf)


# --- when editions are due ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """Days before the event's first day."""

    first_days: int = FIRST_DAYS
    final_days: int = FINAL_DAYS


def plan(event: Event) -> Due:
    row = session().scalar(sa.select(Plan).where(Plan.event_id == event.id))
    return Due(row.first_days, row.final_days) if row else Due()


def change_plan(event: Event, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Set when editions are due; the event was locked in this transaction."""
    events.check_not_frozen(event)
    row = session().scalar(sa.select(Plan).where(Plan.event_id == event.id))
    if row is None:
        row = Plan(event_id=event.id, first_days=FIRST_DAYS, final_days=FINAL_DAYS)
        session().add(row)
        session().flush()
    events.apply(row, changes)
    if row.final_days >= row.first_days:
        raise WrongOrder
    activity.edited(by, PLAN_CHANGED, row)


def due_at(event: Event, days: int) -> datetime:
    return datetime.combine(event.starts_on - timedelta(days=days), DUE_AT, event.zone)


def copy_to(source: Event, target: Event) -> None:
    """Copy texts and due dates to another event; editions and personal copies stay."""
    for row in sections(source):
        session().add(
            Section(
                event_id=target.id,
                title=row.title,
                text=row.text,
                kinds=list(row.kinds),
                place=row.place,
                position=row.position,
            )
        )
    due = plan(source)
    if due != Due():
        session().add(Plan(event_id=target.id, first_days=due.first_days, final_days=due.final_days))
