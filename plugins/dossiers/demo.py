"""The dossiers of the reference event: three texts, one of them stale in English, one with acronyms nobody explains.

What the texts tell beyond the dates of Barcelona is made up for the demonstration. No edition is published.
"""

from __future__ import annotations

from dataclasses import dataclass

from eventhub.api import Demo, spaced

from . import own_texts
from .models import Kind, Place

BOTH = (Kind.PROGRAMME.value, Kind.PARTICIPANT.value)


@dataclass(frozen=True)
class Seed:
    """A text as the seed writes it; ``revised`` is the French text of a second save, after the English was read."""

    title: tuple[str, str]
    fr: str
    en: str
    kinds: tuple[str, ...]
    place: Place
    revised: str = ""


WELCOME = Seed(
    ("Bienvenue à Grenoble", "Welcome to Grenoble"),
    """Pendant trois jours, des équipes de villes européennes travaillent ensemble sur une même question : comment \
décider du climat **avec** les habitantes et les habitants ?

Vous choisissez un défi, vous formez une équipe, vous allez sur le terrain, vous construisez une réponse et vous la \
présentez à celles et ceux qui l’ont demandée.

# Comment lire ce dossier

- L’agenda dit où être et quand.
- Les informations pratiques disent comment venir.
- Le lexique explique les mots d’ici.

Une question sur place ? L’équipe d’accueil porte un badge vert.""",
    """For three days, teams from European cities work together on one question: how can we decide about the climate \
**with** the people who live there?

You choose a challenge, you form a team, you go into the field, you build an answer and you present it to those who \
asked for it.

# How to read this dossier

- The agenda says where to be and when.
- The practical information says how to get there.
- The lexicon explains the words used here.

A question on the spot? The welcome team wears a green badge.""",
    BOTH,
    Place.BEFORE,
)

# GEMAPI, CRTE and OPAH are the three acronyms that neither the texts nor the lexicon explain, in French only
CONTEXT = Seed(
    ("Décider ici : qui fait quoi", "Deciding here: who does what"),
    """Les communes ont confié à la Métropole le climat, l’eau, les transports et l’habitat.

Deux documents fixent le cap :

1. le PCAEM, pour le climat et l’air ;
2. le SCoT, à l’échelle de toute la région urbaine.

Trois cadres donnent les moyens : la GEMAPI contre les crues, le CRTE signé avec l’État, une OPAH pour chaque \
quartier à rénover. Le C2D donne son avis sur chacun d’eux.""",
    """The municipalities have entrusted the metropolitan authority with climate, water, transport and housing.

Two documents set the course:

1. the PCAEM, for the climate and the air;
2. the SCoT, for the whole urban region.

Three frameworks give the means: one against floods, one signed with the State, and one for each neighbourhood to be \
renovated. The C2D gives its opinion on each of them.""",
    BOTH,
    Place.BEFORE,
)

MINUTES = Seed(
    ("Compte rendu de Barcelone 2024", "Minutes of Barcelona 2024"),
    """Le premier laboratoire s’est tenu à Barcelone du 17 au 19 septembre 2024. Ce compte rendu est un texte de \
démonstration.

# Ce qui a été décidé

- Travailler à partir de dilemmes plutôt que de thèmes.
- Réserver une demi-journée au terrain.
- Présenter les résultats devant les porteurs de défi.

# Ce qui reste ouvert

Comment suivre les propositions une fois chacun rentré chez soi.""",
    """The first lab took place in Barcelona from 17 to 19 September 2024. These minutes are a text made for this \
demonstration.

# What was decided

- To work on dilemmas rather than on themes.
- To keep half a day for the field.
- To present the results to the challenge owners.

# What remains open

How to follow the proposals up once everybody is back home.""",
    (Kind.PROGRAMME.value,),
    Place.AFTER,
    """Le premier laboratoire s’est tenu à Barcelone du 17 au 19 septembre 2024. Ce compte rendu est un texte de \
démonstration.

# Ce qui a été décidé

- Travailler à partir de dilemmes plutôt que de thèmes.
- Réserver une demi-journée au terrain, en petits groupes.
- Présenter les résultats devant les porteurs de défi.
- Se revoir en visioconférence trois mois après chaque laboratoire.

# Ce qui reste ouvert

Qui tient à jour la liste des propositions entre deux rencontres.""",
)


def tell(demo: Demo) -> None:
    """Write the texts; the French minutes are revised after their translation was read."""
    for seed in (WELCOME, CONTEXT, MINUTES):
        section = own_texts.add_section(
            demo.event,
            {
                "title": {"fr": spaced(seed.title[0], "fr"), "en": seed.title[1]},
                "text": {"fr": spaced(seed.fr, "fr"), "en": seed.en},
                "kinds": list(seed.kinds),
                "place": seed.place.value,
            },
            by=demo.by,
        )
        if seed.revised:
            revised = {"text": {"fr": spaced(seed.revised, "fr"), "en": seed.en}}
            own_texts.change_section(demo.event, section, revised, by=demo.by)
