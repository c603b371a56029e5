"""The questions of the reference event, all of them optional, and what some people answered; both are fictional."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from eventhub.api import Actor, Delegation, Demo, Participant, get, spaced, told_at

from . import answers, domain
from .models import Kind, Question

ADDED_ON = "2025-02-04 11:00"
ANSWERED_ON = "2025-03-06 15:20"
GUEST = Actor("guest")

SIZES = (("Petite", "Small"), ("Moyenne", "Medium"), ("Grande", "Large"), ("Très grande", "Extra large"))
# The size of each person who answered, as its place in SIZES; and who agrees to be photographed
SIZED = {"prague-1": 2, "prague-2": 1, "prague-3": 1, "prague-4": 3, "ghent-1": 0, "ghent-2": 1, "turin-1": 2}
PHOTOGRAPHED = {"prague-1": "yes", "prague-2": "yes", "prague-3": "no", "ghent-1": "yes", "turin-1": "yes"}
EVE = {"prague-1": ("yes", "2025-03-24"), "prague-2": ("yes", "2025-03-24"), "ghent-1": ("no", None)}
STALL = {
    "prague": "Two roll-up banners about the climate budget of residents.",
    "ghent": "A model of a street without cars, 60 by 40 cm.",
}


def tell(demo: Demo) -> None:
    """Write five questions, and answers of a few people and of two delegations."""
    with told_at(_moment(demo, ADDED_ON)):
        asked = _questions(demo)
    with told_at(_moment(demo, ANSWERED_ON)):
        known = answers.sheet(domain.questions(demo.event), [], [])
        for key in sorted(SIZED.keys() | PHOTOGRAPHED.keys() | EVE.keys()):
            person = get(Participant, demo.people[key], event_id=demo.event.id)
            eve, day = EVE.get(key, (None, None))
            said = {
                asked["size"].id: f"c{SIZED[key] + 1}" if key in SIZED else None,
                asked["photo"].id: PHOTOGRAPHED.get(key),
                asked["eve"].id: eve,
                asked["eve_day"].id: day,
            }
            answers.save(demo.event, known, person, said, by=GUEST)
        for key, text in STALL.items():
            delegation = get(Delegation, demo.delegations[key], event_id=demo.event.id)
            answers.save(demo.event, known, delegation, {asked["stall"].id: text}, by=GUEST)


def _moment(demo: Demo, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=demo.event.zone)


def _questions(demo: Demo) -> dict[str, Question]:
    def ask(kind: Kind, fr: str, en: str, **facts: Any) -> Question:
        given: dict[str, Any] = {"label": _both(fr, en), "scope": "person", "stage": "choices", "required": False}
        return domain.add(demo.event, kind, given | facts, by=demo.by)

    eve = ask(
        Kind.YES_NO,
        "Arrivez-vous avant l’ouverture, pour la soirée d’accueil (fictive) ?",
        "Do you arrive before the opening, for the welcome evening (fictional)?",
        stage="travel",
    )
    eve_day = ask(Kind.DATE, "Quel jour ?", "On which day?", stage="travel", required=True, condition=[f"{eve.id}:yes"])
    sizes = {f"choice_new{number:02}": _both(*names) for number, names in enumerate(SIZES, start=1)}
    size = ask(Kind.CHOICE, "Taille de tee-shirt", "T-shirt size", **sizes)
    photo = ask(
        Kind.YES_NO,
        "Acceptez-vous d’apparaître sur les photos de la rencontre ?",
        "May photographs of the meeting show you?",
        help=_both(
            "Vous pouvez changer d’avis à tout moment, ici ou auprès de l’accueil.",
            "You can change your mind at any time, here or at the welcome desk.",
        ),
    )
    stall = ask(
        Kind.LONG_TEXT,
        "Qu’apportez-vous pour la table des villes ?",
        "What do you bring for the table of cities?",
        scope="delegation",
    )
    return {"eve": eve, "eve_day": eve_day, "size": size, "photo": photo, "stall": stall}


def _both(fr: str, en: str) -> Mapping[str, str]:
    return {"fr": spaced(fr, "fr"), "en": en}
