"""The field visits of the reference event: five visits, 59 people who rank them, and the places as published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from eventhub.api import Actor, Demo, Participant, get, programme, told_at

from . import allocation, domain, standing, wishes
from .models import SlotState, Visit, WayThere


@dataclass(frozen=True)
class VisitFacts:
    """A visit; title, description and time are those of its programme item. The meeting point is (French, English)."""

    item: str
    site: str
    host: str
    meeting_point: tuple[str, str]
    way_there: WayThere
    languages: tuple[str, ...]
    walking_level: int
    minimum: int
    maximum: int
    step_free: bool = False
    packed_lunch: bool = False


# 69 seats. Sites are real places; hosts and meeting points are fictional.
VISITS = {
    "A": VisitFacts(
        "visit_a",
        "GrandAlpe",
        "Équipe du projet urbain (fictive)",
        ("Arrêt de tram « Exemple », quai direction sud", "Tram stop “Exemple”, southbound platform"),
        WayThere.TRAM,
        ("fr", "en"),
        1,
        8,
        16,
        step_free=True,
    ),
    "B": VisitFacts(
        "visit_b",
        "Chronovélo",
        "Service des mobilités (fictif)",
        ("Place de l’Exemple, devant les vélos prêtés", "Place de l’Exemple, beside the bicycles on loan"),
        WayThere.BICYCLE,
        ("fr", "en"),
        2,
        6,
        12,
    ),
    "C": VisitFacts(
        "visit_c",
        "Champagnier",
        "Collectif de la voie verte (fictif)",
        ("Quai des cars, premier minibus", "Coach stop, first minibus"),
        WayThere.COACH,
        ("en",),
        2,
        6,
        14,
        packed_lunch=True,
    ),
    "D": VisitFacts(  # spoken in French, with a tour-guide set into English
        "visit_d",
        "Vizille",
        "Mairie et autrices de la bande dessinée (fictives)",
        ("Quai des cars, grand car", "Coach stop, the large coach"),
        WayThere.COACH,
        ("fr", "en"),
        1,
        8,
        15,
        packed_lunch=True,
    ),
    "E": VisitFacts(
        "visit_e",
        "Les Vouillants",
        "Garde forestier (fictif)",
        ("Quai des cars, second minibus", "Coach stop, second minibus"),
        WayThere.COACH,
        ("en",),
        3,
        6,
        12,
        packed_lunch=True,
    ),
}

CATALOGUE_ON = "2025-02-03 10:00"
WISHES_CLOSE_AT = "2025-03-12 23:59"
PUBLISHED_ON = "2025-03-13 08:40"
GUEST = Actor("guest")

# When a delegation gave its wishes, and those of its people, the head first. First wishes: 20 for B, 18 for E, 8 for A,
# 7 for C, 6 for D. reykjavik-4 arrives on Wednesday at 16:00 and is not asked; tampere-2 can only go to A. They are
# chosen so that the ranks and the load of each visit are the same in every optimal plan, whatever the ids of people.
WISHES = {
    "bordeaux": ("2025-03-03 09:20", "BED ECA BED DAB ADB"),
    "tampere": ("2025-03-03 15:05", "BEA ABC ECB"),
    "prague": ("2025-03-04 10:30", "BDC BEA EBD ACD EBC"),
    "rotterdam": ("2025-03-04 16:45", "BED EDB ECB DAC CBE"),
    "reykjavik": ("2025-03-05 09:00", "EDC BDE EBA"),
    "barcelona": ("2025-03-05 11:25", "BEA BDC EBC CEB"),
    "aix_marseille": ("2025-03-05 17:10", "BED EBA ABD DAB BAD"),
    "eurocities": ("2025-03-06 10:05", "EBA BEA CEB DBA"),
    "ariege": ("2025-03-06 14:30", "EDC BDA DBA ADB"),
    "turin": ("2025-03-07 09:50", "BEA EBA CAD EBA"),
    "lisbon": ("2025-03-07 12:15", "AEB BDC EBC"),
    "krakow": ("2025-03-10 10:40", "CBE BEA EBC"),
    "ghent": ("2025-03-11 17:30", "BEA EDB BDA CAB"),
    "brussels": ("2025-03-12 18:55", "DAB BED ABC"),
}
COMPANIONS = {"grenoble-4": "BEA", "grenoble-5": "EBD", "grenoble-6": "CDA", "grenoble-7": "ABC"}
COMPANIONS_ON = "2025-03-12 09:15"


def tell(demo: Demo) -> None:
    """Write the catalogue, give everybody's wishes, and publish the plan."""
    with told_at(_moment(demo, CATALOGUE_ON)):
        slots = _catalogue(demo)
    for key, (on, ranked) in sorted(WISHES.items(), key=lambda entry: entry[1][0]):
        people = {f"{key}-{number}": one for number, one in enumerate(ranked.split(), start=1)}
        _wish(demo, people, slots, on, GUEST)
    _wish(demo, COMPANIONS, slots, COMPANIONS_ON, demo.by)
    with told_at(_moment(demo, PUBLISHED_ON)):
        now, problem = allocation.current(demo.event, 1)
        plan = allocation.solved(now, problem, seconds=60)
        run = allocation.propose(demo.event, 1, plan, by=demo.by)
        allocation.publish(demo.event, run.id, by=demo.by)


def _moment(demo: Demo, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=demo.event.zone)


def _catalogue(demo: Demo) -> dict[str, int]:
    """Write the rules and the visits; returns the departure of each letter."""
    rules = domain.settings_for_change(demo.event)
    changes = {"per_delegation": 2, "wishes_asked": 3, "wishes_close_at": _moment(demo, WISHES_CLOSE_AT)}
    domain.change_settings(demo.event, rules, changes, by=demo.by)
    return {letter: _visit(demo, facts).slots[0].id for letter, facts in VISITS.items()}


def _visit(demo: Demo, facts: VisitFacts) -> Visit:
    item = programme.item(demo.event, demo.items[facts.item])
    french, english = facts.meeting_point
    return domain.add(
        demo.event,
        {
            "title": {code: half.text for code, half in item.title},
            "description": {code: half.text for code, half in item.description},
            "site": facts.site,
            "host": facts.host,
            "guide_id": None,
            "meeting_point": {"fr": french, "en": english},
            "way_there": facts.way_there,
            "languages": list(facts.languages),
            "walking_level": facts.walking_level,
            "step_free": facts.step_free,
            "packed_lunch": facts.packed_lunch,
        },
        {"item_id": item.id, "minimum": facts.minimum, "maximum": facts.maximum, "state": SlotState.OPEN, "wave": 1},
        by=demo.by,
    )


def _wish(demo: Demo, ranked: dict[str, str], slots: dict[str, int], on: str, by: Actor) -> None:
    with told_at(_moment(demo, on)):
        now = standing.standing(demo.event, 1)
        assert now is not None
        for key, letters in ranked.items():
            person = get(Participant, demo.people[key], event_id=demo.event.id)
            wanted = [slots[letter] for letter in letters]
            wishes.choose(demo.event, now, person, wanted, abstains=False, by=by)
