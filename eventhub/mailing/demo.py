"""The mail of the reference event: a reminder that its organiser has drafted and not sent yet."""

from __future__ import annotations

from datetime import timedelta

from eventhub.demo import Demo, reference, told_at
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
    with told_at(reference.NOW - timedelta(minutes=30)):
        domain.create(demo.event, facts, by=demo.by, hooks=demo.hooks)
