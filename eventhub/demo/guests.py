"""Who comes to the reference event: 15 delegations, 66 seats, 64 named people, all of them fictional.

Languages understood decide who can follow what. Of the 64: 55 understand English and 9 do not (three of PETR Ariège,
two of Bordeaux Métropole, three of Aix-Marseille-Provence, one of the host team; all of them understand French); 39
understand French and 25 do not. One of Reykjavík is not there before Wednesday 16:00, so that of 63 people at the
Tuesday plenaries 9 cannot follow English and 24 cannot follow French.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from eventhub.delegations.models import DelegationRole, Direction, TravelMode
from eventhub.delegations.needs import Access
from eventhub.demo.reference import paris


@dataclass(frozen=True)
class Leg:
    """How and when people arrive or leave; ``at`` like "03-24 16:40", empty for those who live nearby."""

    mode: str
    number: str = ""
    place: str = ""
    on: str = ""

    @property
    def at(self) -> datetime | None:
        return paris(f"2025-{self.on}") if self.on else None


@dataclass(frozen=True)
class Seat:
    """A named seat: what the person does, and the languages understood in a meeting."""

    function: str
    languages: str


@dataclass(frozen=True)
class Party:
    """A delegation: its seats in order (the head first), how it travels, and when it did what.

    ``quota`` above the number of seats holds the rest unnamed. ``names`` is (pool, number of the first name in it).
    ``submitted`` is None for one that only saved; ``confirmed`` is None while the organisers have not answered.
    """

    key: str
    name: str
    city: str
    country: str
    role: str
    quota: int
    language: str
    names: tuple[str, int]
    seats: tuple[Seat, ...]
    arrival: Leg
    departure: Leg
    named: datetime
    submitted: datetime | None
    confirmed: datetime | None = None


OWNER, PARTICIPANT = DelegationRole.CHALLENGE_OWNER, DelegationRole.PARTICIPANT
TRAIN, PLANE, CAR, LOCAL = TravelMode.TRAIN, TravelMode.PLANE, TravelMode.CAR, TravelMode.LOCAL
STATION, LYON, GENEVA = "Grenoble", "Lyon-Saint-Exupéry", "Genève-Cointrin"
NEARBY = Leg(LOCAL)
INVITED = paris("2025-01-27 10:00")
NOTE = "Démonstration : l’organisation existe, ces personnes sont inventées."

# Everybody but reykjavik-4 is in Grenoble before noon on Tuesday and leaves after the departures of Thursday, so that
# each item of the programme has 64 people, 63 until Wednesday 16:00.
PARTIES = (
    Party(
        "prague",
        "Prague",
        "Prague",
        "CZ",
        OWNER,
        5,
        "en",
        ("CZ", 0),
        (
            Seat("Head of urban development", "cs en"),
            Seat("Urban planner", "cs en de"),
            Seat("Participation officer", "cs en fr"),
            Seat("Data analyst", "cs en"),
            Seat("Neighbourhood coordinator", "cs en"),
        ),
        Leg(PLANE, "XF 204", LYON, "03-24 16:40"),
        Leg(PLANE, "XF 205", LYON, "03-28 10:25"),
        paris("2025-02-20 10:05"),
        paris("2025-02-20 10:40"),
        paris("2025-02-21 09:15"),
    ),
    Party(
        "bordeaux",
        "Bordeaux Métropole",
        "Bordeaux",
        "FR",
        OWNER,
        5,
        "fr",
        ("FR", 0),
        (
            Seat("Directrice de l’eau et des risques", "fr en"),
            Seat("Chef de projet inondations", "fr en es"),
            Seat("Chargée de la participation", "fr en"),
            Seat("Ingénieur hydraulicien", "fr"),
            Seat("Habitante, membre du comité de rivière", "fr"),
        ),
        Leg(TRAIN, "XF 8531", STATION, "03-24 21:18"),
        Leg(TRAIN, "XF 6940", STATION, "03-27 18:16"),
        paris("2025-02-18 14:20"),
        paris("2025-02-18 15:05"),
        paris("2025-02-19 08:50"),
    ),
    Party(
        "rotterdam",
        "Rotterdam",
        "Rotterdam",
        "NL",
        OWNER,
        5,
        "en",
        ("NL", 0),
        (
            Seat("Programme manager, climate citizens’ assembly", "nl en de"),
            Seat("Adviser on democratic innovation", "nl en"),
            Seat("Policy officer, climate", "nl en fr"),
            Seat("Secretary of the assembly", "nl en"),
            Seat("Researcher on participation", "nl en"),
        ),
        Leg(TRAIN, "XF 9317", STATION, "03-24 19:47"),
        Leg(TRAIN, "XF 9320", STATION, "03-28 08:13"),
        paris("2025-02-24 11:30"),
        paris("2025-02-24 12:10"),
        paris("2025-02-25 09:05"),
    ),
    Party(
        "ariege",
        "PETR Ariège",
        "Foix",
        "FR",
        OWNER,
        4,
        "fr",
        ("FR", 5),
        (
            Seat("Directeur du pôle territorial", "fr en"),
            Seat("Chargée de mission habitat", "fr es"),
            Seat("Animateur territorial", "fr"),
            Seat("Habitante, membre du conseil de développement", "fr es"),
        ),
        Leg(CAR, "", STATION, "03-24 20:30"),
        Leg(CAR, "", STATION, "03-27 17:45"),
        paris("2025-02-26 17:00"),
        paris("2025-02-26 17:50"),
        paris("2025-02-27 10:20"),
    ),
    Party(
        "reykjavik",
        "Reykjavík",
        "Reykjavík",
        "IS",
        OWNER,
        4,
        "en",
        ("IS", 0),
        (
            Seat("Director of climate strategy", "is en da"),
            Seat("Project manager, carbon neutrality", "is en"),
            Seat("Community engagement lead", "is en fr"),
            Seat("Behavioural scientist", "is en"),
        ),
        Leg(PLANE, "XF 560", GENEVA, "03-24 15:30"),
        Leg(PLANE, "XF 561", GENEVA, "03-28 12:55"),
        paris("2025-02-21 13:10"),
        paris("2025-02-21 13:55"),
        paris("2025-02-24 09:40"),
    ),
    Party(
        "aix_marseille",
        "Aix-Marseille-Provence",
        "Marseille",
        "FR",
        OWNER,
        5,
        "fr",
        ("FR", 9),
        (
            Seat("Directeur de l’habitat", "fr en it"),
            Seat("Cheffe de projet précarité énergétique", "fr en"),
            Seat("Chargé d’opérations, bailleur social", "fr"),
            Seat("Médiatrice sociale", "fr ar"),
            Seat("Représentant des locataires", "fr"),
        ),
        Leg(TRAIN, "XF 17704", STATION, "03-25 10:42"),
        Leg(TRAIN, "XF 17719", STATION, "03-27 18:16"),
        paris("2025-03-05 09:30"),
        paris("2025-03-05 10:45"),
    ),
    Party(
        "barcelona",
        "Barcelona",
        "Barcelona",
        "ES",
        PARTICIPANT,
        4,
        "en",
        ("ES", 0),
        (
            Seat("Head of active democracy", "ca es en fr"),
            Seat("Climate plan officer", "ca es en"),
            Seat("Facilitator", "ca es en fr"),
            Seat("Digital participation officer", "ca es en"),
        ),
        Leg(TRAIN, "XF 9702", STATION, "03-24 18:34"),
        Leg(TRAIN, "XF 9713", STATION, "03-28 07:41"),
        paris("2025-02-25 16:15"),
        paris("2025-02-25 16:50"),
        paris("2025-02-26 09:00"),
    ),
    Party(
        "ghent",
        "Ghent",
        "Ghent",
        "BE",
        PARTICIPANT,
        4,
        "en",
        ("BE-GENT", 0),
        (
            Seat("Climate director", "nl en fr"),
            Seat("Adviser, energy districts", "nl en fr"),
            Seat("Citizens’ budget officer", "nl en"),
            Seat("Urban ecologist", "nl en fr"),
        ),
        Leg(TRAIN, "XF 9864", STATION, "03-24 17:52"),
        Leg(TRAIN, "XF 9871", STATION, "03-28 09:10"),
        paris("2025-02-24 15:00"),
        paris("2025-02-24 15:25"),
        paris("2025-02-25 09:20"),
    ),
    Party(  # turin-4 will not show up on the day; nobody knows yet
        "turin",
        "Turin",
        "Turin",
        "IT",
        PARTICIPANT,
        4,
        "en",
        ("IT", 0),
        (
            Seat("Head of environmental transition", "it en fr"),
            Seat("Co-design officer", "it en"),
            Seat("Mobility planner", "it en fr"),
            Seat("Food policy officer", "it en"),
        ),
        Leg(TRAIN, "XF 9244", STATION, "03-25 10:58"),
        Leg(TRAIN, "XF 9249", STATION, "03-27 17:52"),
        paris("2025-03-06 18:05"),
        paris("2025-03-06 18:40"),
    ),
    Party(
        "tampere",
        "Tampere",
        "Tampere",
        "FI",
        PARTICIPANT,
        3,
        "en",
        ("FI", 0),
        (
            Seat("Development manager, carbon-neutral city", "fi en sv"),
            Seat("Accessibility and participation specialist", "fi en"),
            Seat("Youth council coordinator", "fi en"),
        ),
        Leg(PLANE, "XF 1573", LYON, "03-24 17:20"),
        Leg(PLANE, "XF 1574", LYON, "03-28 13:35"),
        paris("2025-02-19 08:25"),
        paris("2025-02-19 09:00"),
        paris("2025-02-20 08:45"),
    ),
    Party(  # incomplete: the fourth seat is held without a name
        "lisbon",
        "Lisbon",
        "Lisbon",
        "PT",
        PARTICIPANT,
        4,
        "en",
        ("PT", 0),
        (
            Seat("Coordinator, citizens’ council", "pt en fr"),
            Seat("Climate adaptation officer", "pt en"),
            Seat("Sociologist", "pt en es"),
        ),
        Leg(PLANE, "XF 470", LYON, "03-24 18:05"),
        Leg(PLANE, "XF 471", LYON, "03-28 14:20"),
        paris("2025-03-07 11:15"),
        paris("2025-03-07 11:50"),
    ),
    Party(  # incomplete: the fourth seat is held without a name
        "krakow",
        "Kraków",
        "Kraków",
        "PL",
        PARTICIPANT,
        4,
        "en",
        ("PL", 1),
        (
            Seat("Deputy head of climate policy", "pl en"),
            Seat("Air quality expert", "pl en de"),
            Seat("Citizens’ panel organiser", "pl en uk"),
        ),
        Leg(PLANE, "XF 1366", LYON, "03-24 20:15"),
        Leg(PLANE, "XF 1367", LYON, "03-28 11:05"),
        paris("2025-03-10 09:35"),
        paris("2025-03-10 10:10"),
    ),
    Party(  # incomplete: saved, not submitted; nobody but the head has given travel, and brussels-3 no function
        "brussels",
        "Brussels",
        "Brussels",
        "BE",
        PARTICIPANT,
        3,
        "fr",
        ("BE-BRUXELLES", 0),
        (
            Seat("Responsable de la participation", "fr nl en"),
            Seat("Conseiller climat", "fr en"),
            Seat("", "fr nl en"),
        ),
        Leg(TRAIN, "XF 9826", STATION, "03-24 16:08"),
        Leg(TRAIN, "XF 9835", STATION, "03-28 08:52"),
        paris("2025-03-12 18:30"),
        None,
    ),
    Party(
        "eurocities",
        "Eurocities",
        "Brussels",
        "BE",
        DelegationRole.OBSERVER,
        4,
        "en",
        ("EU", 0),
        (
            Seat("Programme lead", "el en fr"),
            Seat("Project coordinator", "bg en"),
            Seat("Policy adviser", "en ga fr"),
            Seat("Communication officer", "lv en fr"),
        ),
        Leg(TRAIN, "XF 9810", STATION, "03-25 11:08"),
        Leg(TRAIN, "XF 9837", STATION, "03-27 18:16"),
        paris("2025-03-03 14:45"),
        paris("2025-03-03 15:20"),
        paris("2025-03-04 09:30"),
    ),
    Party(
        "grenoble",
        "Grenoble-Alpes Métropole",
        "Grenoble",
        "FR",
        DelegationRole.HOST,
        8,
        "fr",
        ("FR", 14),
        (
            Seat("Responsable de la rencontre", "fr en"),
            Seat("Chargé du programme", "fr en"),
            Seat("Logistique", "fr en es"),
            Seat("Accueil des délégations", "fr en de"),
            Seat("Guide des visites de terrain", "fr en"),
            Seat("Animateur", "fr en it"),
            Seat("Communication", "fr en"),
            Seat("Régie des salles", "fr"),
        ),
        NEARBY,
        NEARBY,
        paris("2025-02-17 09:00"),
        paris("2025-02-17 09:40"),
        paris("2025-02-17 14:00"),
    ),
)

# --- what is different for one person -------------------------------------------------------------------------------

LATE = {("reykjavik-4", Direction.ARRIVAL): Leg(TRAIN, "XF 5117", STATION, "03-26 16:00")}
TRAVEL_UNKNOWN = frozenset({"brussels-2", "brussels-3"})


@dataclass(frozen=True)
class Swap:
    """Somebody takes a seat over: ``seat`` is of the one who comes, ``left`` the number of the name that goes."""

    on: datetime
    handed_in: datetime
    person: str
    left: int
    seat: Seat


# The third seat of Ghent was named and confirmed with somebody else: Pieterjan Claeyssens (the sixth name of the pool)
# gave it up, Griet Vandermeulen sits there now
SWAP = Swap(
    paris("2025-03-11 16:40"), paris("2025-03-11 16:55"), "ghent-3", 5, Seat("Adviser, participatory budget", "nl en")
)

# {person: (what they need, whether they said it themselves)}; what a head declares stays unconfirmed.
# tampere-2 uses a wheelchair: of the visits only A is possible. Walking level 1 rules out B, C and E; level 2 rules
# out E.
ACCESS = {
    "tampere-2": (Access(step_free=True, walking_level=1), True),
    "rotterdam-4": (Access(walking_level=1), True),
    "ariege-4": (Access(walking_level=1), False),
    "bordeaux-5": (Access(walking_level=2), False),
    "grenoble-7": (Access(walking_level=2), True),
    "turin-3": (Access(hearing=True), True),
    "prague-4": (Access(sight=True, other="Documents en grands caractères / large print"), True),
}

# Numbers that the French regulator keeps for fiction (ARCEP, 06 39 98 xx xx)
PHONES = {
    "bordeaux": "+33 6 39 98 00 11",
    "ariege": "+33 6 39 98 00 12",
    "aix_marseille": "+33 6 39 98 00 13",
    "grenoble": "+33 6 39 98 00 14",
}
