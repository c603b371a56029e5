"""The mail of the reference event: a reminder that its organiser has drafted and not sent yet."""

from __future__ import annotations

from eventhub.demo import Demo
from eventhub.mailing import domain, texts
from eventhub.mailing.models import MailingKind, To
from eventhub.mailing.selection import Segment


def tell(demo: Demo) -> None:
    """Write the draft, from the ready-made text, for the delegations that are not complete."""
    subject, body = texts.ready_made(demo.event, MailingKind.REMINDER, To.HEADS)
    facts = {
        "kind": MailingKind.REMINDER,
        "to": To.HEADS,
        "filters": {"segment": Segment.INCOMPLETE.value},
        "subject": {code: half.text for code, half in subject},
        "body": {code: half.text for code, half in body},
    }
    domain.create(demo.event, facts, by=demo.by, hooks=demo.hooks)
