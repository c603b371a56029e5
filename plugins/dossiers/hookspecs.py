"""The hook that dossiers owns; other plugins implement it with ``@hookimpl(optionalhook=True)``."""

from __future__ import annotations

from collections.abc import Iterable

from eventhub.api import Delegation, DossierSection, Event, Participant, Provider, hookspec


@hookspec
def dossier_sections(event: Event, audience: Event | Delegation | Participant | Provider) -> Iterable[DossierSection]:
    """Return sections of a dossier, read once from the data and then said in each language.

    The audience tells the dossier: the event for the programme dossier, which is public, so no name of a participant
    and no contact in it; a participant for their own. A failing implementation holds back the publication, for an
    edition without a part of it must not be frozen.

    Example: field visits return "Your visit", with its meeting point, for a participant who has one.
    """
    return ()
