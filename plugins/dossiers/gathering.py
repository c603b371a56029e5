"""Where a dossier is gathered: the event's facts, and the sections of every component, once for all languages."""

from __future__ import annotations

from flask import current_app, g

from eventhub.api import Event, Hooks, LocalizedEntry, Participant, activity, hookspecs

from . import hookspecs as own_hookspecs
from .composition import Composition
from .models import Kind


def hooks_of(event: Event) -> Hooks:
    hooks: Hooks = current_app.extensions["hub"].for_event(event)
    return hooks


def texts(event: Event) -> list[LocalizedEntry]:
    """Return every text that guests read, of every component."""
    return hooks_of(event).collect(hookspecs.localized_texts, event=event)


def gather(event: Event, audience: Event | Participant) -> Composition:
    """Return the dossier of the event, or of a participant, as things stand."""
    sections = hooks_of(event).collect(own_hookspecs.dossier_sections, event=event, audience=audience)
    # the hub leaves a failing plugin out and notes it for the page; an edition must know
    failures: dict[str, str] = g.get("hook_failures", {})
    person = audience if isinstance(audience, Participant) else None
    return Composition(
        kind=Kind.PARTICIPANT if person else Kind.PROGRAMME,
        event_title=event.title,
        city=event.city,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        author=event.host,
        sections=tuple(sections),
        revision=activity.revision(event.id),
        person=person.name if person else "",
        failed=tuple(plugin for plugin, hook in failures.items() if hook == "dossier_sections"),
    )
