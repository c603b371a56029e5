"""The journal of a delegation and of its people, as their pages tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eventhub.activity import ActivityEntry
from eventhub.delegations import words
from eventhub.delegations.forms import DelegationForm, PersonSection, TravelSection
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import locale
from eventhub.web.context import history_lines
from eventhub.web.forms import labels_of

LABELS = labels_of(DelegationForm, PersonSection, TravelSection) | {
    "state": _l("State"),
    "fare_paid_by": _l("Who pays for the journey"),
    "fare_state": _l("Reimbursement"),
    "links": _l("Links that worked"),
    "archived_at": _l("Archived"),
}


def lines(entries: Iterable[ActivityEntry], about: Mapping[int, str] | None = None) -> list[dict[str, Any]]:
    """Return the lines of the ``history`` macro; ``about`` names the person whom an entry (by its id) is about."""
    shown = list(entries)
    spoken = locale()
    said = {
        "state": words.STATES | words.PARTICIPANT_STATES,
        "role": words.ROLES,
        "country": spoken.territories,
        "contact_language": spoken.languages,
        "document_language": spoken.languages,
        "languages": spoken.languages,
        "paid_by": words.PAYERS,
        "fare_paid_by": words.PAYERS,
        "fare_state": words.FARE_STATES,
        "arrival_mode": words.MODES,
        "departure_mode": words.MODES,
    }
    told = history_lines(shown, LABELS, said)
    for entry, line in zip(shown, told, strict=True):
        # what has no label, such as the ids of a substitution, is for programs
        line["changes"] = [
            change for name, change in zip(entry.changes or {}, line["changes"], strict=True) if name in LABELS
        ]
        if about and entry.id in about:
            line["what"] = _("%(sentence)s: %(name)s", sentence=line["what"], name=about[entry.id])
    return told
