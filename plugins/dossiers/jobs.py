"""The long work: editions in every language and format, and everybody's own dossier."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import current_app, url_for

from eventhub.api import (
    Event,
    JobKind,
    Participant,
    TimedOut,
    TooLarge,
    _,
    _l,
    activity,
    clock,
    delegations,
    format_list,
    get,
    jobs,
    language_name,
    locked,
    ngettext,
    render_pdf,
    speaking,
    transaction,
)

from . import copies, domain, gathering
from .domain import Draft, Rendition
from .models import Edition, Kind
from .standalone import standalone

TRIES = 3  # compositions, when somebody saves in the middle of one
EVERY = 5  # people between two reports of progress


@contextmanager
def at_the_desk(run: jobs.JobRun) -> Iterator[Event]:
    """Work on the job's event as in a request, for texts and agendas come with the addresses of their pages."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.test_request_context(base_url=app.config["BASE_URL"]), speaking(run.payload["speaks"]):
        yield get(Event, run.event_id or 0)


def publish(run: jobs.JobRun) -> None:
    """Compose once, render every language as web page and PDF, then freeze them all or none."""
    with at_the_desk(run) as event:
        frozen = domain.of_job(run.job_id)
        if not frozen:
            drafts = composed(run, event)
            renditions = []
            for done, draft in enumerate(drafts):
                run.progress(done, len(drafts))
                renditions.append(rendered(draft))
            run.progress(len(drafts), len(drafts))
            with transaction():
                frozen = domain.freeze(locked(Event, event.id), renditions, by=run.asked_by, job_id=run.job_id)
        run.result = told(event, frozen)


def told(event: Event, frozen: list[Edition]) -> dict[str, str]:
    names = format_list(language_name(edition.language) for edition in frozen)
    text = _("Edition %(number)s is published: %(languages)s.", number=frozen[0].number, languages=names)
    return {"url": url_for("dossiers.index", event=event.slug), "text": text}


def composed(run: jobs.JobRun, event: Event) -> list[Draft]:
    """Return the drafts of all languages from one state of the data: nothing was saved while they were gathered."""
    languages, reason = run.payload["languages"], run.payload["reason"]
    for _attempt in range(TRIES):
        with transaction():
            found = domain.gates(event, Kind.PROGRAMME, gathering.texts(event))
            domain.check_may_go_out(event, Kind.PROGRAMME, languages, reason, found, hooks=gathering.hooks_of(event))
            composition = gathering.gather(event, event)
            drafts = domain.drafts(event, composition, languages, reason, found, clock.now())
            if activity.revision(event.id) == composition.revision:
                return drafts
    raise domain.NumberTaken


def rendered(draft: Draft) -> Rendition:
    pdf, replaced = printed(draft)
    return Rendition(draft, standalone(draft.document), pdf, replaced)


def printed(draft: Draft) -> tuple[bytes, tuple[str, ...]]:
    try:
        made = render_pdf(draft.document, timestamp=draft.published_at)
    except (TimedOut, TooLarge) as error:
        raise domain.TooMuch from error
    return made.pdf, tuple(glyph.name for glyph in made.replaced_glyphs)


def make_copies(run: jobs.JobRun) -> None:
    """Make the dossier of everybody who is coming, in their language; a broken section stops the whole."""
    with at_the_desk(run) as event:
        ids = [person.id for person in delegations.people(event)]
        kept = []
        for done, participant_id in enumerate(ids):
            if done % EVERY == 0:
                run.progress(done, len(ids))
            if make_copy(event, participant_id, clock.now()):
                kept.append(participant_id)
        with transaction():
            copies.forget_others(event, kept)
        run.progress(len(ids), len(ids))
        count = len(kept)
        run.result = {
            "url": url_for("dossiers_people.index", event=event.slug),
            "text": ngettext("%(num)d dossier is ready.", "%(num)d dossiers are ready.", count),
        }


def make_copy(event: Event, participant_id: int, moment: datetime) -> bool:
    person = get(Participant, participant_id, event_id=event.id)
    language = copies.language_of(event, person)
    composition = gathering.gather(event, person)
    domain.check_whole(composition)
    try:
        pdf = render_pdf(composition.document(language), timestamp=moment).pdf
    except (TimedOut, TooLarge) as error:
        raise domain.TooMuch from error
    with transaction():
        return copies.keep(event, participant_id, language, pdf, moment)


PUBLISH = JobKind("dossiers.publish", _l("Publish the programme dossier"), publish)
COPIES = JobKind("dossiers.copies", _l("Make participants' own dossiers"), make_copies)
