"""The reference event's meals: two caterers, who eats what, and orders. Everything here is fictional.

Diets and allergens are given to fixed people, so that the counts in the tests can be made by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from eventhub.api import Actor, Demo, Order, OrderState, Participant, Provider, get, providers, told_at
from plugins.catering import dietary, domain
from plugins.catering.dietary import Need
from plugins.catering.models import Meal, Service

PARIS = ZoneInfo("Europe/Paris")
QUOTED_ON = datetime(2025, 2, 6, 10, 30, tzinfo=PARIS)
PLANNED_ON = datetime(2025, 2, 11, 15, 0, tzinfo=PARIS)
ORDERED_ON = datetime(2025, 2, 14, 11, 0, tzinfo=PARIS)
ANSWERED_ON = datetime(2025, 3, 12, 19, 0, tzinfo=PARIS)  # the last of those who come were named half an hour before
REDUCED = 1000  # VAT on meals: 10 %, in hundredths of a percent

SERVED = "caterer_served"
PACKED = "caterer_packed"

CATERERS: dict[str, dict[str, Any]] = {
    SERVED: {
        "name": "Table des Trois Massifs (entreprise fictive)",
        "contact_name": "Rose Exemple",
        "email": "table@example.org",
        "terms": "Effectif définitif huit jours ouvrables avant, à midi ; ensuite trois de plus ou deux de moins.",
        "cutoff_n": 8,
        "cutoff_unit": "ouvrable",
        "cutoff_hour": time(12),  # the contract names the day only; noon, so that a day's meals are final together
        "max_increase": 3,
        "max_decrease": 2,
    },
    PACKED: {
        "name": "Le Panier du Drac (entreprise fictive)",
        "contact_name": "Lucien Exemple",
        "email": "panier@example.org",
        "terms": "Effectif définitif 48 h ouvrées avant la remise ; ensuite trois paniers de plus ou deux de moins.",
        # 48 h ouvrées are two jours ouvrés at the same hour, so it has no hour of its own
        "cutoff_n": 2,
        "cutoff_unit": "ouvre",
        "max_increase": 3,
        "max_decrease": 2,
    },
}

# key of the item: how it is served
MEALS: dict[str, Service] = {
    "tue_buffet": Service.BUFFET,
    "tue_break": Service.BREAK,
    "tue_dinner": Service.SEATED,
    "wed_break": Service.BREAK,
    "wed_lunch": Service.SEATED,
    "wed_break_2": Service.BREAK,
    "wed_dinner": Service.SEATED,
    "thu_break": Service.BREAK,
    "thu_lunch": Service.SEATED,
}
PACKED_VISITS = ("visit_c", "visit_d", "visit_e")
PACKED_REPLACES = "wed_lunch"

VEGETARIAN = Need("vegetarian")
VEGAN = Need("vegan")
NO_PORK = Need("no_pork")
# 14 vegetarian (two without gluten), 6 vegan (one with a severe allergy to tree nuts), 5 no pork, 1 lactose-free; apart
# from those one without gluten, one without tree nuts, one without sesame
NEEDS: dict[str, Need] = {
    "prague-2": VEGETARIAN,
    "bordeaux-1": VEGETARIAN,
    "bordeaux-4": Need("vegetarian", mild=("gluten",)),
    "rotterdam-3": VEGETARIAN,
    "ariege-2": VEGETARIAN,
    "aix_marseille-2": VEGETARIAN,
    "barcelona-3": VEGETARIAN,
    "ghent-1": VEGETARIAN,
    "ghent-3": Need("vegetarian", mild=("gluten",)),
    "turin-2": VEGETARIAN,
    "lisbon-1": VEGETARIAN,
    "brussels-2": VEGETARIAN,
    "eurocities-4": VEGETARIAN,
    "grenoble-3": VEGETARIAN,
    "prague-5": VEGAN,
    "rotterdam-1": VEGAN,
    "reykjavik-3": Need("vegan", severe=("tree_nuts",)),
    "tampere-1": VEGAN,
    "krakow-2": VEGAN,
    "grenoble-7": VEGAN,
    "bordeaux-5": NO_PORK,
    "aix_marseille-4": NO_PORK,
    "barcelona-1": NO_PORK,
    "brussels-3": NO_PORK,
    "grenoble-5": NO_PORK,
    "tampere-3": Need("lactose_free"),
    "ariege-4": Need(mild=("gluten",)),
    "turin-4": Need(mild=("tree_nuts",)),
    "reykjavik-1": Need(mild=("sesame",)),
}

Line = providers.Line
SERVED_LINES = (
    Line("Buffet d’accueil, mardi midi", 66, 22_00, REDUCED),
    Line("Déjeuner assis, mercredi midi", 30, 26_00, REDUCED),
    Line("Déjeuner assis, jeudi midi", 66, 26_00, REDUCED),
    Line("Dîner, mardi et mercredi soir", 132, 32_00, REDUCED),
    Line("Pause, quatre services", 264, 4_50, REDUCED),
)
PACKED_LINES = (Line("Panier-repas, mercredi midi", 36, 14_50, REDUCED),)

QUOTES = {
    SERVED: (
        ("Repas et pauses des trois jours", SERVED_LINES),
        ("Repas servis à table, vin compris", (Line("Formule complète, par personne", 66, 189_00, REDUCED),)),
    ),
    PACKED: (
        ("Paniers-repas des visites", PACKED_LINES),
        ("Paniers-repas avec boisson chaude", (Line("Panier-repas et thermos", 36, 18_00, REDUCED),)),
    ),
}
CHOICE_NOTES = {
    "Repas et pauses des trois jours": "Produits de saison, allergènes suivis plat par plat, service à table compris.",
    "Paniers-repas des visites": "Emballages consignés ; remise au départ de chaque visite.",
}


def tell(demo: Demo) -> None:
    """Write the caterers with their quotes, the meals, and what people eat, each at its moment."""
    with told_at(QUOTED_ON):
        orders = [(tell_caterer(demo, SERVED), "2025-000146"), (tell_caterer(demo, PACKED), "2025-000147")]
    with told_at(PLANNED_ON):
        tell_meals(demo)
    with told_at(ORDERED_ON):
        for order, engagement_number in orders:
            buy(demo, order, engagement_number)
    with told_at(ANSWERED_ON):
        tell_needs(demo)


def tell_meals(demo: Demo) -> None:
    meals = {key: plan(demo, service, SERVED, (key,), None) for key, service in MEALS.items() if key in demo.items}
    visits = tuple(key for key in PACKED_VISITS if key in demo.items)
    if visits:
        plan(demo, Service.PACKED, PACKED, visits, meals.get(PACKED_REPLACES))


def plan(demo: Demo, service: Service, provider: str, items: tuple[str, ...], replaces: Meal | None) -> Meal:
    facts: Mapping[str, Any] = {
        "service": service.value,
        "provider_id": demo.providers[provider],
        "replaces_id": replaces.id if replaces else None,
    }
    return domain.add(demo.event, facts, [demo.items[key] for key in items], by=demo.by)


def tell_needs(demo: Demo) -> None:
    """Let each person say what they eat, on their own page: confirmed, with their consent."""
    for key, need in NEEDS.items():
        person = get(Participant, demo.people[key], event_id=demo.event.id)
        dietary.declare(demo.event, person, need, own=True, by=Actor("guest"))


# --- orders ---------------------------------------------------------------------------------------------------------


def tell_caterer(demo: Demo, key: str) -> Order:
    """Write a caterer with two quotes, one of them declined; returns the other."""
    found = providers.add(demo.event, {"kinds": ["caterer"], "language": "fr", **CATERERS[key]}, by=demo.by)
    demo.providers[key] = found.id
    kept = quote(demo, found, *QUOTES[key][0])
    dearer = quote(demo, found, *QUOTES[key][1])
    move(demo, dearer, OrderState.DECLINED)
    return kept


def quote(demo: Demo, provider: Provider, title: str, lines: Sequence[providers.Line]) -> Order:
    order = providers.add_order(demo.event, provider, {"title": title, "kind": "caterer"}, lines, by=demo.by)
    move(demo, order, OrderState.RECEIVED)
    return order


def buy(demo: Demo, order: Order, engagement_number: str) -> None:
    said = {"choice_note": CHOICE_NOTES[order.title], "engagement_number": engagement_number}
    providers.change_order(demo.event, order, said, None, by=demo.by)
    for state in (OrderState.SELECTED, OrderState.ORDERED, OrderState.CONFIRMED):
        move(demo, order, state)


def move(demo: Demo, order: Order, state: OrderState) -> None:
    providers.move_order(demo.event, order, state, by=demo.by, hooks=demo.hooks)
