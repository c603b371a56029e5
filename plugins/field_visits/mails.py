"""What organisers may write in their mails of somebody's visit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from eventhub.api import Event, MailPlaceholder, MailRecipient, Participant, _, _l, language

from . import places, standing, words
from .models import Allocation

ORDER = 30


def placeholders(event: Event, recipients: Sequence[MailRecipient]) -> Iterable[MailPlaceholder]:
    """Return ``{visit}``: a person's own place, or a line for each person of a delegation who has one."""
    held: dict[int, list[Allocation]] = {}
    if recipients:
        people: sa.Select[int] = standing.coming(event).where(
            Participant.delegation_id.in_({recipient.delegation.id for recipient in recipients})
        )
        for place in places.of_people(event, people):
            held.setdefault(place.participant.delegation_id, []).append(place)

    def visit(recipient: MailRecipient) -> str:
        found = held.get(recipient.delegation.id, ())
        if recipient.participant:
            own = [place for place in found if place.participant_id == recipient.participant.id]
            return "\n".join(said(event, place) for place in own)
        return "\n".join(
            _("- %(name)s: %(visit)s", name=place.participant.name, visit=said(event, place)) for place in found
        )

    yield MailPlaceholder("visit", _l("Their field visit, with its hours and meeting point"), visit, ORDER)


def said(event: Event, place: Allocation) -> str:
    """Return the visit, its hours and where to meet, as far as that is written in the present language."""
    title, when = place.slot.visit.title.label(language()), words.when(event, place.slot)
    if meeting := place.slot.visit.meeting_point.text(language()):
        return _("%(visit)s, %(when)s, meeting point: %(place)s", visit=title, when=when, place=meeting)
    return _("%(visit)s, %(when)s", visit=title, when=when)
