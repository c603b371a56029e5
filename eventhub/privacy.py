"""The registry of personal data at work: what is held, an export of one person, their erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eventhub import activity, clock
from eventhub.activity import Actor, Verb
from eventhub.contributions import PersonalData
from eventhub.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from eventhub.delegations.models import Participant
    from eventhub.hub import Hub

ERASED = Verb("privacy:erased", _l("Personal data erased"))


def holdings(hub: Hub) -> list[PersonalData]:
    """Return what all components hold, by name; data stay declared while a plugin is disabled on an event."""
    return [hub.personal_data[name] for name in sorted(hub.personal_data)]


def export(hub: Hub, participant_id: int) -> dict[str, Any]:
    """Return {what: {label: value}} of everything held about the person."""
    return {
        "exported_at": clock.now().isoformat(),
        "data": {
            str(holding.title): dict(holding.export([participant_id]).get(participant_id, {}))
            for holding in holdings(hub)
        },
    }


def erase(hub: Hub, person: Participant, *, by: Actor) -> None:
    """Erase the person from every component inside the caller's transaction; only that it was done is recorded."""
    for holding in holdings(hub):
        holding.erase([person.id])
    activity.record(by, ERASED, person)
