"""Who supplies the reference event, as far as the core knows: providers, their cut-offs, quotes and orders.

All are fictional. Each has two quotes, one of them declined; caterers and interpreters come with their plugins. Net
amounts in cents. What the core orders adds up to 17,340 €: some 20,000 € of the budget are left for the plugins' part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from eventhub.demo.reference import paris
from eventhub.providers.cutoff import DayUnit
from eventhub.providers.domain import Line
from eventhub.providers.models import OrderState

STANDARD, REDUCED = 2000, 1000  # VAT in hundredths of a percent: 20 %, and 10 % for nights
REQUESTED_ON = paris("2025-01-30 11:00")


@dataclass(frozen=True)
class Step:
    """A move of an order along its chain on a day of the story."""

    on: datetime
    state: OrderState


@dataclass(frozen=True)
class OrderFacts:
    title: str
    lines: tuple[Line, ...]
    steps: tuple[Step, ...]
    choice_note: str = ""
    engagement_number: str = ""
    reserve: str = ""
    needed_by: date | None = None
    invoice_due: date | None = None


@dataclass(frozen=True)
class ProviderFacts:
    """A provider; ``cutoff`` is (days, unit, how many may go, how many may come), or None where none is agreed."""

    key: str
    name: str
    kind: str
    contact: str
    email: str
    terms: str
    orders: tuple[OrderFacts, ...]
    cutoff: tuple[int, DayUnit, int, int] | None = None


def _chain(selected: str, ordered: str = "", confirmed: str = "", done: str = "") -> tuple[Step, ...]:
    """Return the steps of a quote that was chosen, up to where its dates go."""
    steps = [Step(paris("2025-02-06 09:30"), OrderState.RECEIVED), Step(paris(selected), OrderState.SELECTED)]
    for moment, state in (
        (ordered, OrderState.ORDERED),
        (confirmed, OrderState.CONFIRMED),
        (done, OrderState.SERVICE_DONE),
    ):
        if moment:
            steps.append(Step(paris(moment), state))
    return tuple(steps)


DECLINED = (Step(paris("2025-02-07 10:00"), OrderState.RECEIVED), Step(paris("2025-02-12 15:45"), OrderState.DECLINED))

PROVIDERS = (
    ProviderFacts(
        "sound",
        "Résonance Isère (entreprise fictive)",
        "sound",
        "Basile Exemple",
        "sono@example.org",
        "Montage la veille au soir. Annulation à moins de 7 jours : 50 %.",
        (
            OrderFacts(
                "Sonorisation et cabine d’interprétation",
                (
                    Line("Sonorisation de la plénière, par jour", 3, 460_00),
                    Line("Cabine à deux postes avec technicien, par jour", 2, 520_00),  # Tuesday and Thursday
                    Line("Récepteur et casque", 72, 3_50),
                ),
                _chain("2025-02-12 15:30", "2025-02-14 10:10", "2025-02-17 09:20"),
                "Seule offre dont la cabine entre dans la salle ; un technicien reste présent pendant les plénières.",
                "2025-000142",
            ),
            OrderFacts(
                "Sonorisation, cabine et captation vidéo",
                (Line("Formule complète, trois jours", 1, 4_150_00),),
                DECLINED,
            ),
        ),
    ),
    ProviderFacts(
        "coach",
        "Cars des Trois Massifs (entreprise fictive)",
        "coach",
        "Sabine Exemple",
        "cars@example.org",
        "Le nombre de places est définitif trois jours ouvrés avant le départ.",
        (
            OrderFacts(
                "Cars des visites du mercredi 26 mars",
                (
                    Line("Car de 50 places pour Vizille, aller et retour", 1, 620_00, REDUCED),
                    Line("Minibus pour Champagnier et les Vouillants, aller et retour", 2, 310_00, REDUCED),
                ),
                _chain("2025-02-12 15:35", "2025-02-14 10:20", "2025-02-18 16:00"),
                "Offre la moins chère des deux, avec un car accessible en fauteuil sur demande.",
                "2025-000143",
            ),
            OrderFacts(
                "Trois minibus, mercredi 26 mars",
                (Line("Minibus de 20 places, la demi-journée", 3, 480_00, REDUCED),),
                DECLINED,
            ),
        ),
        (3, DayUnit.OUVRE, 5, 2),
    ),
    ProviderFacts(
        "hotel_1",
        "Hôtel du Vercors (établissement fictif)",
        "hotel",
        "Réception",
        "hotel1@example.org",
        "Annulation sans frais jusqu’à sept jours avant l’arrivée.",
        (
            OrderFacts(
                "Douze chambres, du 24 au 27 mars",
                (Line("Nuit avec petit-déjeuner", 36, 82_00, REDUCED),),
                _chain("2025-02-12 15:38", "2025-02-14 10:30", "2025-02-19 11:30"),
                "À cinq minutes à pied ; deux chambres accessibles de plain-pied.",
                "2025-000144",
            ),
            OrderFacts(
                "Douze chambres en demi-pension",
                (Line("Nuit en demi-pension", 36, 109_00, REDUCED),),
                DECLINED,
            ),
        ),
        (7, DayUnit.CALENDAIRE, 2, 2),
    ),
    ProviderFacts(
        "hotel_2",
        "Hôtel du Drac (établissement fictif)",
        "hotel",
        "Réception",
        "hotel2@example.org",
        "Annulation sans frais jusqu’à sept jours avant l’arrivée.",
        (
            OrderFacts(
                "Huit chambres, du 24 au 27 mars",
                (Line("Nuit avec petit-déjeuner", 24, 74_00, REDUCED),),
                _chain("2025-02-26 14:00", "2025-03-04 10:00"),  # ordered, and the hotel has not confirmed yet
                "Complète le premier hôtel au même tarif que les années précédentes.",
                "2025-000187",
            ),
            OrderFacts(
                "Huit chambres, tarif non remboursable",
                (Line("Nuit sans petit-déjeuner", 24, 69_00, REDUCED),),
                DECLINED,
            ),
        ),
        (7, DayUnit.CALENDAIRE, 2, 2),
    ),
    ProviderFacts(
        "venue",
        "Maison des Alpes (lieu fictif)",
        "venue",
        "Bureau des réservations",
        "maison@example.org",
        "Clés remises la veille à 17 h. Le ménage est compris.",
        (
            OrderFacts(
                "Location des salles, trois jours",
                (Line("Salle plénière, deux ateliers, foyer et restaurant, par jour", 3, 1_200_00),),
                _chain("2025-02-12 15:20", "2025-02-13 09:00", "2025-02-13 17:30"),
                "La seule salle de la ville de plain-pied avec une place pour la cabine.",
                "2025-000139",
            ),
            OrderFacts(
                "Location avec la grande salle du conseil",
                (Line("Toutes les salles, par jour", 3, 1_850_00),),
                DECLINED,
            ),
        ),
    ),
    ProviderFacts(
        "facilitators",
        "Coopérative Déclic (entreprise fictive)",
        "facilitator",
        "Marin Exemple",
        "declic@example.org",
        "Préparation et animation facturées à part.",
        (
            OrderFacts(  # Seeded fault: the service is done, its invoice was due on 7 March and has not come
                "Conception de la méthode et atelier préparatoire",
                (Line("Conception et atelier du 20 février", 1, 1_800_00),),
                _chain("2025-02-12 15:25", "2025-02-13 09:10", "2025-02-13 18:00", "2025-02-21 10:00"),
                "Méthode éprouvée sur des budgets participatifs, en français et en anglais.",
                "2025-000140",
                reserve="Compte rendu de l’atelier remis avec deux jours de retard.",
                invoice_due=date(2025, 3, 7),
            ),
            OrderFacts(
                "Animation des trois jours",
                (Line("Deux animateurs, par jour", 3, 1_100_00),),
                _chain("2025-02-12 15:28", "2025-02-14 10:40", "2025-02-17 14:15"),
                "Même équipe que pour la préparation.",
                "2025-000145",
            ),
            OrderFacts(
                "Animation des trois jours avec un facilitateur graphique",
                (Line("Trois intervenants, par jour", 3, 1_750_00),),
                DECLINED,
            ),
        ),
    ),
    ProviderFacts(
        "printer",
        "Imprimerie du Grésivaudan (entreprise fictive)",
        "printer",
        "Atelier",
        "imprimerie@example.org",
        "Fichiers à remettre cinq jours ouvrés avant la livraison.",
        (
            OrderFacts(  # selected, not ordered: a deadline of the coming week
                "Dossiers, badges et signalétique",
                (
                    Line("Dossier imprimé et badge", 70, 6_50),
                    Line("Signalétique des salles", 1, 180_00),
                ),
                _chain("2025-03-06 11:00"),
                "Livraison à vélo comprise, papier recyclé.",
                needed_by=date(2025, 3, 18),
            ),
            OrderFacts(
                "Dossiers en couleur, badges et bâche",
                (Line("Formule complète", 1, 1_240_00),),
                DECLINED,
            ),
        ),
    ),
)
