"""The reference event as tables: the event, its places, its programme.

Hosts, dilemmas, challenges and their owners are public facts; people, providers, places and details of organisation are
fictional, and the event says so. Who comes is in ``guests``, who supplies in ``suppliers``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from eventhub.documents.spacing import spaced
from eventhub.events.models import ItemAudience, ItemKind
from eventhub.localized import LocalizedText, State

PARIS = ZoneInfo("Europe/Paris")


def paris(text: str) -> datetime:
    """Return "2025-03-13 09:00" on the clock of Grenoble."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@dataclass(frozen=True)
class Both:
    """A text in French and in English, both read by a second person."""

    fr: str
    en: str

    @property
    def texts(self) -> Mapping[str, str]:
        """Return the halves as forms give them, the French one with its no-break spaces."""
        return {"fr": spaced(self.fr, "fr"), "en": self.en}

    @property
    def localized(self) -> LocalizedText:
        return LocalizedText.of(State.REVIEWED, **self.texts)


NOTHING = Both("", "")

# The moment at which the demonstration stands: Thursday 13 March 2025, D−12
NOW = paris("2025-03-13 09:00")

# --- the event ------------------------------------------------------------------------------------------------------

SLUG = "climate-democracy-lab"
OWNER = ("organiser@example.org", "Camille Démo (fictive)")
COLLEAGUES = (  # address, name, role on the event
    ("programme@example.org", "Inès Exemple (fictive)", "programme"),
    ("logistique@example.org", "Théo Exemple (fictif)", "logistics"),
    ("repas@example.org", "Maud Exemple (fictive)", "catering"),
    ("accueil@example.org", "Yannis Exemple (fictif)", "welcome"),
    ("lecture@example.org", "Odile Exemple (fictive)", "reader"),
)
TITLE = Both("Climate Democracy Lab", "Climate Democracy Lab")
SUMMARY = Both(
    "Pendant trois jours, 50 à 70 personnes venues de villes et de territoires d’Europe travaillent ensemble, pour "
    "l’essentiel en anglais, sur le rôle des habitants dans la transition climatique. Organisée par Eurocities et "
    "Grenoble-Alpes Métropole dans le cadre de Nets4Dem, la rencontre est la deuxième du genre, après Barcelone "
    "(17–19 septembre 2024).\n\n"
    "Quatre dilemmes la traversent : long ou court terme, local ou global, riches ou pauvres, individuel ou collectif. "
    "Six territoires apportent chacun un défi ; les participants en choisissent un et forment six équipes.\n\n"
    "Les personnes, les prestataires, les lieux et les détails d’organisation présentés ici sont fictifs.",
    "For three days, 50 to 70 people from cities and regions of Europe work together, mostly in English, on the role "
    "of residents in the climate transition. Held by Eurocities and Grenoble-Alpes Métropole within Nets4Dem, the "
    "meeting is the second of its kind, after Barcelona (17–19 September 2024).\n\n"
    "Four dilemmas run through it: long or short term, local or global, rich or poor, individual or collective. Six "
    "territories each bring a challenge; participants choose one and form six teams.\n\n"
    "The people, providers, places and details of organisation shown here are fictional.",
)
FUNDING = Both(
    "Mention de financement fictive : rencontre d’exemple, sans financeur réel.",
    "Fictional funding statement: a sample meeting without a real funder.",
)
STARTS_ON, ENDS_ON = date(2025, 3, 25), date(2025, 3, 27)
HOST, CO_ORGANISERS = "Grenoble-Alpes Métropole", "Eurocities, Nets4Dem"
LANGUAGES = ("fr", "en")
# A week before the event: at D−12 the deadline still lies ahead, five days away, and three delegations owe something
REGISTRATION_CLOSES = paris("2025-03-18 23:59")
# Trains are booked last: who travels how may still change the day before the last order of seats on the coach
TRAVEL_CLOSES, TRAVEL_GRACE = paris("2025-03-20 18:00"), 60
BUDGET_NET = 38_000_00  # cents; below the 40,000 € of the procurement threshold
REPLY_TO = "accueil@example.org"

# --- places ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoomFacts:
    key: str
    name: str
    capacity: int
    booths: int = 0


@dataclass(frozen=True)
class VenueFacts:
    name: str
    address: str
    access: Both
    rooms: tuple[RoomFacts, ...]


VENUES = (
    VenueFacts(
        "Maison des Alpes (lieu fictif)",
        "1 place de l’Exemple, 38000 Grenoble",
        Both(
            "Tramway, arrêt « Exemple », à trois minutes à pied. Entrée de plain-pied côté place ; un ascenseur "
            "dessert toutes les salles.",
            "Tram stop “Exemple”, three minutes on foot. Step-free entrance from the square; a lift serves every room.",
        ),
        (
            RoomFacts("plenary", "Salle Belledonne", 120, booths=1),  # one booth: a second language would not fit
            RoomFacts("workshop_1", "Atelier Chartreuse", 72),  # six tables of twelve
            RoomFacts("workshop_2", "Atelier Vercors", 40),
            RoomFacts("restaurant", "Restaurant", 90),
            RoomFacts("foyer", "Foyer", 120),
        ),
    ),
    VenueFacts(
        "Halle aux Noix (lieu fictif)",
        "2 quai de l’Exemple, 38000 Grenoble",
        Both(
            "À dix minutes à pied de la Maison des Alpes, le long de l’Isère ; accès de plain-pied.",
            "Ten minutes on foot from the Maison des Alpes, along the Isère; step-free access.",
        ),
        (RoomFacts("dinner", "Grande table", 80),),
    ),
)

# --- programme ------------------------------------------------------------------------------------------------------


def _first_and_last(times: str) -> tuple[datetime, datetime]:
    """Return when "2025-03-25 12:00–13:45" begins and ends."""
    begins, _, hour = times.partition("–")
    return paris(begins), paris(f"{begins.partition(' ')[0]} {hour}")


@dataclass(frozen=True)
class ItemFacts:
    """One programme item; ``times`` like "2025-03-25 12:00–13:45", floor languages like "fr en"."""

    key: str
    times: str
    kind: str
    title: Both
    description: Both = NOTHING
    room: str | None = None
    floor: str = ""
    audience: str = ItemAudience.EVERYONE
    capacity: int | None = None

    @property
    def starts_at(self) -> datetime:
        return _first_and_last(self.times)[0]

    @property
    def ends_at(self) -> datetime:
        return _first_and_last(self.times)[1]


TUE, WED, THU = "2025-03-25", "2025-03-26", "2025-03-27"
BOOTH = Both(
    "Interprétation simultanée entre le français et l’anglais.",
    "Simultaneous interpretation between French and English.",
)


def _with_booth(fr: str, en: str) -> Both:
    return Both(f"{fr} {BOOTH.fr}", f"{en} {BOOTH.en}")


# Seeded fault: three acronyms stay without explanation, in French only, GEMAPI, CRTE and OPAH (in wed_mentors; the
# dossier uses the same three). PETR, PCAEM, SCoT and C2D are in the lexicon; no other acronym stands in these texts.
PROGRAMME = (
    ItemFacts(
        "tue_buffet",
        f"{TUE} 12:00–13:45",
        ItemKind.MEAL,
        Both("Accueil et buffet", "Welcome and buffet"),
        Both("Remise des badges et déjeuner debout.", "Badges are handed out; lunch is taken standing."),
        "foyer",
    ),
    ItemFacts(
        "tue_opening",
        f"{TUE} 14:00–15:00",
        ItemKind.PLENARY,
        Both("Plénière d’ouverture", "Opening plenary"),
        _with_booth(
            "Mots de bienvenue, puis les trois jours en un coup d’œil.",
            "Words of welcome, then the three days at a glance.",
        ),
        "plenary",
        "fr en",
    ),
    ItemFacts(
        "tue_input",
        f"{TUE} 15:00–15:45",
        ItemKind.INPUT,
        Both("Quatre dilemmes de la démocratie climatique", "Four dilemmas of climate democracy"),
        Both(
            "Long ou court terme, local ou global, riches ou pauvres, individuel ou collectif : comment une ville "
            "tranche-t-elle avec ses habitants ? Exemples tirés du PCAEM, du SCoT et des travaux du C2D. Exposé en "
            "anglais, interprété en français.",
            "Long or short term, local or global, rich or poor, individual or collective: how does a city decide with "
            "its residents? With examples from the PCAEM, the SCoT and the work of the C2D. Given in English, "
            "interpreted into French.",
        ),
        "plenary",
        "en",
    ),
    ItemFacts("tue_break", f"{TUE} 15:45–16:15", ItemKind.BREAK, Both("Pause", "Break"), room="foyer"),
    ItemFacts(
        "tue_pitches",
        f"{TUE} 16:15–17:30",
        ItemKind.PLENARY,
        Both("Six défis en six présentations", "Six challenges in six pitches"),
        Both(
            "Chaque territoire présente le défi qu’il apporte :\n"
            "- Prague : un outil de co-création pour un développement urbain durable ;\n"
            "- Bordeaux Métropole : une gestion collaborative des inondations ;\n"
            "- Rotterdam : ancrer l’assemblée citoyenne pour le climat ;\n"
            "- PETR Ariège : un terrain d’entente sur l’innovation dans le logement ;\n"
            "- Reykjavík : de l’individuel au collectif, pour la neutralité carbone en 2030 ;\n"
            "- Aix-Marseille-Provence : la précarité énergétique dans le logement social.\n\n"
            f"{BOOTH.fr}",
            "Each territory presents the challenge that it brings:\n"
            "- Prague: a co-creation tool for sustainable urban development;\n"
            "- Bordeaux Métropole: collaborative flood management;\n"
            "- Rotterdam: embedding the climate citizens’ assembly;\n"
            "- PETR Ariège: common ground on housing innovation;\n"
            "- Reykjavík: from individual to collective, carbon neutral in 2030;\n"
            "- Aix-Marseille-Provence: energy poverty in social housing.\n\n"
            f"{BOOTH.en}",
        ),
        "plenary",
        "fr en",
    ),
    ItemFacts(
        "tue_teams",
        f"{TUE} 17:30–18:00",
        ItemKind.WORKSHOP,
        Both("Choix du défi et de l’équipe", "Choosing a challenge and a team"),
        Both(
            "Six panneaux, six équipes : chacun rejoint le défi qui lui parle.",
            "Six panels, six teams: everyone joins the challenge that speaks to them.",
        ),
        "foyer",
        "en",
    ),
    ItemFacts(
        "tue_dinner",
        f"{TUE} 19:30–22:00",
        ItemKind.MEAL,
        Both("Dîner de bienvenue", "Welcome dinner"),
        Both("Au restaurant de la Maison des Alpes.", "At the restaurant of the Maison des Alpes."),
        "restaurant",
    ),
    ItemFacts(
        "wed_design",
        f"{WED} 09:00–10:45",
        ItemKind.WORKSHOP,
        Both("Conception en équipe, première partie", "Design thinking, part one"),
        Both(
            "Comprendre le défi : qui est concerné, qui décide, qui manque autour de la table ?",
            "Understanding the challenge: who is concerned, who decides, who is missing at the table?",
        ),
        "workshop_1",
        "en",
    ),
    ItemFacts("wed_break", f"{WED} 10:45–11:00", ItemKind.BREAK, Both("Pause", "Break"), room="foyer"),
    ItemFacts(
        "wed_mentors",
        f"{WED} 11:00–12:30",
        ItemKind.WORKSHOP,
        Both("Tour des mentors", "Mentors’ round"),
        Both(
            "Les mentors passent de table en table et relient les idées aux cadres qui existent déjà, tels que la "
            "GEMAPI, le CRTE ou une OPAH.",
            "Mentors go from table to table and tie the ideas to what already exists, such as flood management, "
            "contracts between authorities or grants for renovation.",
        ),
        "workshop_1",
        "en",
    ),
    ItemFacts(
        # Seeded fault: 45 minutes before the coaches leave is short for a served lunch
        "wed_lunch",
        f"{WED} 12:30–13:15",
        ItemKind.MEAL,
        Both("Déjeuner, servi ou à emporter", "Lunch, served or packed"),
        Both(
            "Servi au restaurant ; panier-repas pour les visites C, D et E. Les cars partent aussitôt après.",
            "Served at the restaurant; a packed lunch for visits C, D and E. Coaches leave right after.",
        ),
        "restaurant",
    ),
    ItemFacts(
        "visit_a",
        f"{WED} 13:30–17:00",
        ItemKind.VISIT,
        Both("Visite A : GrandAlpe, un projet urbain", "Visit A: GrandAlpe, an urban project"),
        Both(
            "Comment un grand projet urbain se décide avec celles et ceux qui y vivent et y travaillent. Parcours "
            "facile, de plain-pied ; en français et en anglais.",
            "How a large urban project is decided with those who live and work there. An easy, step-free tour; in "
            "French and in English.",
        ),
        floor="fr en",
        capacity=16,
    ),
    ItemFacts(
        "visit_b",
        f"{WED} 13:30–17:00",
        ItemKind.VISIT,
        Both("Visite B : la Chronovélo à bicyclette", "Visit B: the Chronovélo by bicycle"),
        Both(
            "Le réseau cyclable de la métropole, à vélo ; vélos et casques prêtés. En français et en anglais.",
            "The metropolitan cycle network, on a bicycle; bicycles and helmets are lent. In French and in English.",
        ),
        floor="fr en",
        capacity=12,
    ),
    ItemFacts(
        "visit_c",
        f"{WED} 13:30–17:00",
        ItemKind.VISIT,
        Both("Visite C : la voie verte de Champagnier", "Visit C: the Champagnier greenway"),
        Both(
            "Une voie verte et ses usages, avec celles et ceux qui l’ont voulue. En anglais ; panier-repas.",
            "A greenway and its uses, with those who wanted it. In English; packed lunch.",
        ),
        floor="en",
        capacity=14,
    ),
    ItemFacts(
        "visit_d",
        f"{WED} 13:30–17:00",
        ItemKind.VISIT,
        Both(
            "Visite D : Vizille, le renouveau d’un bourg et la bande dessinée « Imagine Demain »",
            "Visit D: Vizille, renewal of a town and the “Imagine Demain” comics",
        ),
        Both(
            "Un centre-bourg qui se renouvelle et une bande dessinée pour en parler. À 45 minutes en car ; en "
            "français, avec audiophones pour l’anglais ; panier-repas.",
            "A town centre that renews itself, and comics to talk about it. 45 minutes by coach; in French, with a "
            "tour-guide set into English; packed lunch.",
        ),
        floor="fr",
        capacity=15,
    ),
    ItemFacts(
        "visit_e",
        f"{WED} 13:30–17:00",
        ItemKind.VISIT,
        Both("Visite E : marche en forêt aux Vouillants", "Visit E: forest walk, Vouillants"),
        Both(
            "La forêt aux portes de la ville, sur des sentiers pentus : de bonnes chaussures sont nécessaires. En "
            "anglais ; panier-repas.",
            "The forest at the gates of the city, on steep paths: good shoes are needed. In English; packed lunch.",
        ),
        floor="en",
        capacity=12,
    ),
    ItemFacts(
        "wed_rehearsal",
        f"{WED} 16:30–17:30",
        ItemKind.OTHER,
        Both("Répétition du point d’étape", "Rehearsal of the flash report"),
        Both(
            "Réglages avec la régie et l’interprète.", "Technical run-through with the sound desk and the interpreter."
        ),
        "workshop_2",
        "fr en",
        audience=ItemAudience.TEAM,
    ),
    ItemFacts(
        "wed_break_2",
        f"{WED} 17:00–17:30",
        ItemKind.BREAK,
        Both("Pause au retour des visites", "Break after the visits"),
        room="foyer",
    ),
    ItemFacts(
        "wed_flash",
        f"{WED} 17:30–18:15",
        ItemKind.PLENARY,
        Both("Point d’étape", "Flash report"),
        Both(
            "Trois minutes par équipe : ce que la visite a changé.",
            "Three minutes per team: what the visit has changed.",
        ),
        "plenary",
        "en",
    ),
    ItemFacts(
        "wed_dinner",
        f"{WED} 20:00–22:30",
        ItemKind.MEAL,
        Both("Dîner à la Halle aux Noix", "Dinner at the Halle aux Noix"),
        Both("À dix minutes à pied, le long de l’Isère.", "Ten minutes on foot, along the Isère."),
        "dinner",
    ),
    ItemFacts(
        "thu_design",
        f"{THU} 09:00–11:15",
        ItemKind.WORKSHOP,
        Both("Conception en équipe, deuxième partie", "Design thinking, part two"),
        Both(
            "De l’idée au premier pas : qui fait quoi, avec qui, d’ici à l’été ?",
            "From the idea to the first step: who does what, with whom, by the summer?",
        ),
        "workshop_1",
        "en",
    ),
    ItemFacts("thu_break", f"{THU} 11:15–11:30", ItemKind.BREAK, Both("Pause", "Break"), room="foyer"),
    ItemFacts(
        "thu_rehearsal",
        f"{THU} 11:30–12:30",
        ItemKind.WORKSHOP,
        Both("Répétition des présentations", "Rehearsal of the presentations"),
        Both("Dix minutes sur scène par équipe.", "Ten minutes on stage per team."),
        "plenary",
        "en",
    ),
    ItemFacts(
        "thu_lunch",
        f"{THU} 12:30–13:45",
        ItemKind.MEAL,
        Both("Déjeuner", "Lunch"),
        room="restaurant",
    ),
    ItemFacts(
        "thu_presentations",
        f"{THU} 14:00–16:00",
        ItemKind.PLENARY,
        Both("Présentations des six équipes", "Presentations of the six teams"),
        Both(
            "Quinze minutes par équipe, puis les questions des territoires. En anglais, interprété en français.",
            "Fifteen minutes per team, then questions from the territories. In English, interpreted into French.",
        ),
        "plenary",
        "en",
    ),
    ItemFacts(
        "thu_closing",
        f"{THU} 16:00–17:00",
        ItemKind.PLENARY,
        Both("Plénière de clôture", "Closing plenary"),
        _with_booth(
            "Ce que chaque territoire emporte, et la suite.", "What each territory takes home, and what comes next."
        ),
        "plenary",
        "fr en",
    ),
    ItemFacts(
        "thu_departures",
        f"{THU} 17:00–17:30",
        ItemKind.TRANSFER,
        Both("Départs", "Departures"),
        Both("Vers la gare et les hôtels.", "To the station and the hotels."),
    ),
)


@dataclass(frozen=True)
class ItemMove:
    """A change of an item's times, made on the day of the story."""

    on: datetime
    key: str
    times: str

    @property
    def starts_at(self) -> datetime:
        return _first_and_last(self.times)[0]

    @property
    def ends_at(self) -> datetime:
        return _first_and_last(self.times)[1]


# Seeded fault: asked for more questions after each pitch, the programme lead lets the pitches overrun to 19:00. The
# plenary block grows from 14:00–17:30, for which two interpreters are booked, to 14:00–19:00: five hours need three.
OVERRUN = (
    ItemMove(paris("2025-03-07 17:20"), "tue_teams", f"{TUE} 19:00–19:20"),
    ItemMove(paris("2025-03-07 17:25"), "tue_pitches", f"{TUE} 16:15–19:00"),
)
