"""Ready-made texts of mailings, in every language of the event that the interface speaks; organisers rewrite them."""

from __future__ import annotations

from eventhub.events.models import Event
from eventhub.i18n import LANGUAGES, speaking
from eventhub.i18n import gettext as _
from eventhub.localized import LocalizedText
from eventhub.mailing.models import MailingKind, To


def ready_made(event: Event, kind: str, to: str, *, item: bool = False) -> tuple[LocalizedText, LocalizedText]:
    """Return (subject, body) to start from."""
    subjects: dict[str, str] = {}
    bodies: dict[str, str] = {}
    for code in event.languages:
        if code in LANGUAGES:
            with speaking(code):
                subjects[code], paragraphs = _text(event, kind, to, item)
                bodies[code] = "\n\n".join([_("Dear {name},"), *paragraphs, "{host}"]) if paragraphs else ""
    return LocalizedText().rewritten(subjects), LocalizedText().rewritten(bodies)


def _text(event: Event, kind: str, to: str, item: bool) -> tuple[str, list[str]]:
    until = [_("Please do so until {deadline}.")] if event.registration_closes_at else []
    if kind == MailingKind.REMINDER and to == To.HEADS:
        return _("What is still missing for {delegation}: {event}"), [
            _("The registration of {delegation} for “{event}” ({dates}) is not complete yet. Still missing:"),
            "{missing}",
            _("This link opens it, without an account or a password:"),
            "{link}",
            *until,
        ]
    if kind == MailingKind.REMINDER:
        return _("What is still missing from you: {event}"), [
            _("We look forward to meeting you at “{event}” ({dates}). From you we still need:"),
            "{missing}",
            _("Your own page is here, without an account or a password:"),
            "{link}",
            *until,
        ]
    if kind == MailingKind.INVITATION:
        return _("Your delegation at “{event}”: please register"), [
            _("We are glad to welcome {delegation} to “{event}” ({dates}). Held for you: {seats}."),
            _("This link opens your registration, without an account. It is yours: please do not pass it on."),
            "{link}",
            *([_("Please register until {deadline}.")] if event.registration_closes_at else []),
            _("If you cannot come, the same link lets you say so."),
        ]
    if kind == MailingKind.URGENT and item:
        return _("Change: {item}"), [_("Please note a change for “{item}” ({hours}):"), "…"]
    return "", []
