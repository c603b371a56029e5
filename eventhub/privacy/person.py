"""One person's data in all components: what is held, an export, and their erasure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from eventhub import activity, clock, db
from eventhub.activity import Actor, Verb
from eventhub.contributions import OwnFile, PersonalData
from eventhub.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from eventhub.delegations.models import Participant
    from eventhub.hub import Hub

ERASED = Verb("privacy:erased", _l("Personal data erased"))
IDENTITY = "delegations.identity"


def holdings(hub: Hub) -> list[PersonalData]:
    """Return what all components hold, by name; data stay declared while a plugin is disabled on an event."""
    return [hub.personal_data[name] for name in sorted(hub.personal_data)]


def in_order_of_erasure(found: Iterable[PersonalData]) -> list[PersonalData]:
    """Return the holdings with those last that are found by the person's name, and the name itself at the very end."""
    return sorted(found, key=lambda one: (one.name == IDENTITY, one.name.startswith("privacy."), one.name))


def export(hub: Hub, participant_id: int) -> dict[str, Any]:
    """Return {what: {label: value}} of everything held about the person."""
    return {
        "exported_at": clock.now().isoformat(),
        "data": {
            str(holding.title): dict(holding.export([participant_id]).get(participant_id, {}))
            for holding in holdings(hub)
        },
    }


def files(hub: Hub, participant_id: int) -> list[OwnFile]:
    """Return the files that components keep of the person."""
    return [file for holding in holdings(hub) if holding.files for file in holding.files(participant_id)]


def erase(hub: Hub, person: Participant, *, by: Actor) -> None:
    """Erase the person from every component inside the caller's transaction; only that it was done is recorded."""
    for holding in in_order_of_erasure(holdings(hub)):
        holding.erase([person.id])
    activity.record(by, ERASED, person)
    db.afterwards(db.empty_log)
