"""Kinds, states, segments and reasons as the interface says them, with the tone of their badge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from eventhub.delegations import words as delegation_words
from eventhub.i18n import country_name, language_name
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.mailing.models import MailingKind, MailingState, To
from eventhub.mailing.selection import Reason, Segment
from eventhub.outbox import MailState, link_place

KINDS: dict[str, Any] = {
    MailingKind.MESSAGE: _lp("kind of a mailing", "Message"),
    MailingKind.REMINDER: _lp("kind of a mailing", "Reminder"),
    MailingKind.INVITATION: _lp("kind of a mailing", "Invitation"),
    MailingKind.URGENT: _lp("kind of a mailing", "Urgent"),
}
NEW: dict[str, Any] = {
    MailingKind.MESSAGE: _l("New message"),
    MailingKind.REMINDER: _l("New reminder"),
    MailingKind.INVITATION: _l("New invitation"),
    MailingKind.URGENT: _l("New urgent message"),
}
STATES: dict[str, Any] = {
    MailingState.DRAFT: _lp("state of a mailing", "Draft"),
    MailingState.SENDING: _lp("state of a mailing", "Being written"),
    MailingState.SENT: _lp("state of a mailing", "Sent"),
    MailingState.CANCELLED: _lp("state of a mailing", "Held back"),
}
TONES = {
    MailingState.DRAFT: "plain",
    MailingState.SENDING: "on",
    MailingState.SENT: "good",
    MailingState.CANCELLED: "warn",
}
RECIPIENTS: dict[str, Any] = {
    To.HEADS: _l("The heads of delegation"),
    To.PEOPLE: _l("The people themselves"),
}
SEGMENTS: dict[str, Any] = {
    Segment.ALL: _l("Everybody who comes"),
    Segment.INCOMPLETE: _l("Those whose registration is not complete"),
    Segment.NOT_INVITED: _l("Those who are not invited yet"),
    Segment.PEOPLE: _l("Those who lack names or facts of people"),
    Segment.TRAVEL: _l("Those who lack travel"),
    Segment.NEEDS: _l("Those who lack needs"),
    Segment.CHOICES: _l("Those who lack choices"),
}
REASONS: dict[str, Any] = {
    Reason.NO_ADDRESS: _l("No e-mail address"),
    Reason.NOT_COMING: _l("Declined or withdrew"),
    Reason.REMINDED: _l("Had a reminder lately"),
    Reason.NOTHING_MISSING: _l("Nothing is missing"),
}
MAIL_STATES: dict[str, Any] = {
    MailState.QUEUED: _lp("state of a mail", "Waiting"),
    MailState.SENT: _lp("state of a mail", "Sent"),
    MailState.BOUNCED: _lp("state of a mail", "Came back"),
    MailState.FAILED: _lp("state of a mail", "Failed"),
    MailState.CANCELLED: _lp("state of a mail", "Held back"),
}
MAIL_TONES = {
    MailState.QUEUED: "warn",
    MailState.SENT: "good",
    MailState.BOUNCED: "stop",
    MailState.FAILED: "stop",
    MailState.CANCELLED: "plain",
}


def filters_in_words(filters: Mapping[str, Any], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return (label, value) of the filters that narrow a mailing; ``names`` are those of delegations."""
    said: dict[str, tuple[str, Callable[[str], str]]] = {
        "segment": (_("Who"), lambda code: str(SEGMENTS.get(code, code)) if code != Segment.ALL else ""),
        "country": (_("Country"), country_name),
        "state": (
            _("State"),
            lambda code: str((delegation_words.STATES | delegation_words.PARTICIPANT_STATES).get(code, code)),
        ),
        "stage": (_("Lacks"), lambda code: str(SEGMENTS.get(code, code))),
        "arrives": (_("Arrives"), str),
        "role": (_("Role"), lambda code: str(delegation_words.ROLES.get(code, code))),
        "q": (_("Words searched"), str),
        "language": (_("Understands"), language_name),
        "delegation": (_("Delegation"), lambda key: names.get(int(key), "") if str(key).isdecimal() else ""),
        "show": (_("List"), lambda code: _("Not complete") if code == "incomplete" else ""),
    }
    lines = []
    for name, value in filters.items():
        if name in said and value:
            label, words = said[name]
            lines.append((label, words(str(value))))
        elif name not in {"list", "item", "sort", "columns"} and value:
            lines.append((name, str(value)))
    return [(label, text) for label, text in lines if text]


def readable(text: str, links: int) -> str:
    """Return a mail's text with its personal links said in words: they are made when it leaves."""
    for number in range(links):
        text = text.replace(link_place(number), _("[the personal link, made when the mail leaves]"))
    return text
