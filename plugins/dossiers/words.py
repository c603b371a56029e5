"""Kinds, places and states as the interface says them, with the tone of their badge."""

from __future__ import annotations

from typing import Any

from eventhub.api import _l, _lp

from .models import EditionState, Kind, Place

KINDS: dict[str, Any] = {
    Kind.PROGRAMME: _l("Programme dossier"),
    Kind.PARTICIPANT: _l("Participant dossier"),
}
PLACES: dict[str, Any] = {
    Place.BEFORE: _l("Before the agenda"),
    Place.AFTER: _l("After the agenda"),
}
KIND_CHOICES = [(kind, KINDS[kind]) for kind in Kind]
PLACE_CHOICES = [(place, PLACES[place]) for place in Place]
EDITION_STATES: dict[str, Any] = {
    EditionState.PUBLISHED: _lp("edition", "Published"),
    EditionState.SUPERSEDED: _lp("edition", "Superseded"),
}
EDITION_TONES = {EditionState.PUBLISHED: "good", EditionState.SUPERSEDED: "plain"}
FIELDS: dict[str, Any] = {
    "title": _l("Title"),
    "text": _l("Text"),
    "kinds": _l("Stands in"),
    "place": _lp("text in a dossier", "Place"),
    "position": _l("Rank"),
}
