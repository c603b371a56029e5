"""What keeps a dossier from being published, and its editions: numbered, frozen, superseded, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    Actor,
    Document,
    Event,
    Hooks,
    LocalizedEntry,
    NotFound,
    Refused,
    State,
    Verb,
    _,
    _l,
    activity,
    events,
    format_day,
    format_list,
    hookspecs,
    jobs,
    language_name,
    session,
    speaking,
)

from . import due, own_texts
from .composition import Composition, content_of, fingerprint, sha256
from .models import Edition, EditionState, Kind, Plan, Section

PUBLISHED = Verb("dossiers:published", _l("Edition published"))
COPIES_ASKED = Verb("dossiers:copies_asked", _l("Participants' own dossiers made"))


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


class NumberTaken(RuntimeError):
    """Another publication took the edition's number meanwhile; the job tries again."""


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
    elsewhere = {f"dossiers.section.{row.id}." for row in own_texts.sections(event) if kind not in row.kinds}
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


# --- copying an event -------------------------------------------------------------------------------------------------


def copy_to(source: Event, target: Event) -> None:
    """Copy texts and due dates to another event; editions and personal copies stay."""
    for row in own_texts.sections(source):
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
    days = due.of(source)
    if days != due.Due():
        session().add(Plan(event_id=target.id, first_days=days.first_days, final_days=days.final_days))
