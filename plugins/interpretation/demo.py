"""The interpretation of the reference event: French and English, on Tuesday, on visit D and on Thursday.

All of it is fictional. Seeded faults: two interpreters are booked for a Tuesday block that now lasts five hours; one of
visit D's is also booked for a rehearsal that begins before the visit ends; the slides of two challenge owners are
missing. The flash report has no interpretation and nobody has decided so: nine people cannot follow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from eventhub.api import Demo, OrderState, Provider, programme, providers, spaced, told_at

from . import booking, documents, domain, interpreters
from .booking import Wanted
from .domain import Pack
from .interpreters import AGENCY, FREELANCE
from .models import AssignmentState, NeedState
from .rules import Mode

PARIS = ZoneInfo("Europe/Paris")
BOOTH = "FR/EN"
IN_BOOTH = ("tue_opening", "tue_input", "tue_pitches", "thu_presentations", "thu_closing")
TUESDAY, THURSDAY = IN_BOOTH[:3], IN_BOOTH[3:]
AT_TABLES = ("tue_teams", "wed_design", "wed_mentors", "thu_design", "thu_rehearsal")
AT_TABLES_REASON = (
    "Travail par tables : une personne bilingue de l’équipe d’accueil s’assied à chaque table francophone."
)
PROFILE_REASON = "L’agence travaille selon les conditions de l’AIIC Canada, que le marché cite."
ALL_THE_SAME = "La répétition n’attend que le retour du car ; Iris Exemple part de Vizille avant la fin de la visite."


def at(text: str) -> datetime:
    """Return "01-30 11:00" of 2025 on the clock of Grenoble."""
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=PARIS)


@dataclass(frozen=True)
class Quote:
    title: str
    lines: tuple[providers.Line, ...]
    choice_note: str = ""  # empty: it was declined
    engagement_number: str = ""


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    domicile: str
    a: str
    b: str
    c: str = ""


@dataclass(frozen=True)
class Firm:
    """A provider with its two quotes and its interpreters; the day rate is net, in cents."""

    key: str
    name: str
    kind: str
    email: str
    terms: str
    rate: int
    quotes: tuple[Quote, ...]
    people: tuple[Person, ...]


FIRMS = (
    Firm(
        "interpretation_agency",
        "Parole d’Isère (agence fictive)",
        AGENCY,
        "interpretes@example.org",
        "Annulation de 2 à 7 jours avant : 50 % ; moins de 48 h avant : 100 %.",
        780_00,
        (
            Quote(
                "Interprétation simultanée français-anglais, mardi et jeudi",
                (
                    providers.Line("Interprète de conférence, par jour", 4, 780_00),
                    providers.Line("Préparation et coordination", 1, 180_00),
                ),
                "Deux interprètes suffisent pour le mardi de 14 h à 17 h 30 et le jeudi de 14 h à 17 h.",
                "2025-000146",
            ),
            Quote(
                "Interprétation simultanée à trois interprètes, mardi et jeudi",
                (providers.Line("Interprète de conférence, par jour", 6, 760_00),),
            ),
        ),
        (
            Person("nadege", "Nadège Exemple (fictive)", "Grenoble", "fr", "en", "es"),
            Person("owen", "Owen Exemple (fictif)", "Lyon", "en", "fr", "de"),
            Person("solene", "Solène Exemple (fictive)", "Chambéry", "fr", "en", "it"),
        ),
    ),
    Firm(
        "freelance_1",
        "Iris Exemple (fictive)",
        FREELANCE,
        "iris@example.org",
        "Tarif à la journée, repas compris.",
        560_00,
        (
            Quote(
                "Visite D et répétition, mercredi 26 mars",
                (providers.Line("Interprète de liaison, la journée", 1, 560_00),),
                "Connaît Vizille et le matériel de visite guidée.",
                "2025-000188",
            ),
            Quote(
                "Visites C et D, mercredi 26 mars", (providers.Line("Interprète de liaison, la journée", 2, 590_00),)
            ),
        ),
        (Person("iris", "Iris Exemple (fictive)", "Grenoble", "fr", "en"),),
    ),
    Firm(
        "freelance_2",
        "Tom Exemple (fictif)",
        FREELANCE,
        "tom@example.org",
        "Tarif à la journée, repas compris.",
        540_00,
        (
            Quote(
                "Visite D, mercredi 26 mars",
                (providers.Line("Interprète de liaison, la journée", 1, 540_00),),
                "La moins chère des offres pour un second interprète.",
                "2025-000189",
            ),
            Quote("Visite D avec location du matériel", (providers.Line("Forfait de la journée", 1, 760_00),)),
        ),
        (Person("tom", "Tom Exemple (fictif)", "Voiron", "en", "fr"),),
    ),
)
# Owners of the challenges, in the order of the pitches; the first two have not sent their slides
MISSING = ("prague", "rotterdam")
RECEIVED = {
    "bordeaux": "03-11 09:10",
    "ariege": "03-11 16:45",
    "reykjavik": "03-11 11:20",
    "aix_marseille": "03-12 18:05",
}
SLIDES = {
    "prague": "Co-creation tool for sustainable urban development: slides",
    "bordeaux": "Gestion collaborative des inondations : diaporama",
    "rotterdam": "Embedding the climate citizens’ assembly: slides",
    "ariege": "Innovation dans le logement : diaporama",
    "reykjavik": "From individual to collective: slides",
    "aix_marseille": "Précarité énergétique dans le logement social : diaporama",
}
SLIDES_DUE = date(2025, 3, 18)


def tell(demo: Demo) -> None:
    """Write what is asked for, who supplies it, who is booked, and which documents are missing."""
    with told_at(at("01-10 10:00")):
        _needs(demo)
    people: dict[str, int] = {}
    for firm in FIRMS:
        people |= _firm(demo, firm)
    _bookings(demo, people)
    _documents(demo)
    with told_at(at("03-11 17:30")):
        domain.mark_pack(demo.event, Pack.FIRST, True, by=demo.by)


def _needs(demo: Demo) -> None:
    stored = domain.settings_for_change(demo.event)
    choice = {"profile": "aiic_canada", "reason": PROFILE_REASON}
    domain.change_settings(demo.event, stored, choice, by=demo.by)
    for key in IN_BOOTH:
        _need(demo, key, "fr", "en", Mode.SIMULTANEOUS, booth=BOOTH, both_ways=True)
    _need(demo, "visit_d", "fr", "en", Mode.TOUR_GUIDE)
    for key in AT_TABLES:
        reason = spaced(AT_TABLES_REASON, "fr")
        _need(demo, key, "en", "fr", Mode.WHISPERED, state=NeedState.WAIVED, reason=reason)


def _need(
    demo: Demo, key: str, source: str, target: str, mode: Mode, *, both_ways: bool = False, **facts: object
) -> None:
    item = programme.item_for_change(demo.event, demo.items[key])
    given = {"from_language": source, "to_language": target, "mode": mode, **facts}
    domain.add_needs(demo.event, item, given, both_ways=both_ways, by=demo.by)


# --- providers ------------------------------------------------------------------------------------------------------


def _firm(demo: Demo, firm: Firm) -> dict[str, int]:
    """Write the provider with its quotes, then its interpreters; returns their ids by key."""
    with told_at(at("01-30 11:00")):
        facts = {"name": firm.name, "kinds": [firm.kind], "contact_name": firm.people[0].name, "email": firm.email}
        found = providers.add(demo.event, {**facts, "terms": spaced(firm.terms, "fr")}, by=demo.by)
        demo.providers[firm.key] = found.id
        orders = [_ask(demo, found, firm, quote) for quote in firm.quotes]
    for quote, order_id in zip(firm.quotes, orders, strict=True):
        _decide(demo, quote, order_id)
    with told_at(at("02-17 09:00")):
        return {
            person.key: interpreters.add(
                demo.event,
                {
                    "name": person.name,
                    "provider_id": found.id,
                    "a_languages": person.a.split(),
                    "b_languages": person.b.split(),
                    "c_languages": person.c.split(),
                    "domicile": person.domicile,
                    "day_rate": firm.rate,
                },
                by=demo.by,
            ).id
            for person in firm.people
        }


def _ask(demo: Demo, found: Provider, firm: Firm, quote: Quote) -> int:
    facts = {"title": spaced(quote.title, "fr"), "kind": firm.kind}
    return providers.add_order(demo.event, found, facts, quote.lines, by=demo.by).id


def _decide(demo: Demo, quote: Quote, order_id: int) -> None:
    """Let the quote arrive, then choose and order it, or decline it."""
    steps = [("02-06 09:30", OrderState.RECEIVED)]
    if quote.choice_note:
        steps += [
            ("02-12 15:50", OrderState.SELECTED),
            ("02-14 10:50", OrderState.ORDERED),
            ("02-17 08:40", OrderState.CONFIRMED),
        ]
    else:
        steps += [("02-12 15:55", OrderState.DECLINED)]
    for moment, state in steps:
        with told_at(at(moment)):
            found = providers.order_for_change(demo.event, order_id)
            if state is OrderState.SELECTED:
                note = {"choice_note": spaced(quote.choice_note, "fr")}
                providers.change_order(demo.event, found, note, None, by=demo.by)
            if state is OrderState.ORDERED:
                number = {"engagement_number": quote.engagement_number}
                providers.change_order(demo.event, found, number, None, by=demo.by)
            providers.move_order(demo.event, found, state, by=demo.by, hooks=demo.hooks)


# --- who works where ------------------------------------------------------------------------------------------------


def _bookings(demo: Demo, people: dict[str, int]) -> None:
    with told_at(at("02-17 09:30")):
        for key in ("nadege", "owen"):
            _book(demo, people[key], [*TUESDAY, *THURSDAY])
        for key in ("iris", "tom"):
            _book(demo, people[key], ["visit_d"])
    with told_at(at("03-05 14:20")):
        _book(demo, people["iris"], ["wed_rehearsal"], anyway=True, reason=spaced(ALL_THE_SAME, "fr"))


def _book(demo: Demo, interpreter_id: int, keys: Sequence[str], *, anyway: bool = False, reason: str = "") -> None:
    person = interpreters.interpreter_for_change(demo.event, interpreter_id)
    items = [demo.items[key] for key in keys]
    wanted = Wanted(items, state=AssignmentState.FIRM, anyway=anyway, reason=reason)
    booking.book(demo.event, person, wanted, by=demo.by)


def _documents(demo: Demo) -> None:
    expected: dict[str, int] = {}
    with told_at(at("03-10 09:40")):
        for key, title in SLIDES.items():
            facts = {
                "item_id": demo.items["thu_presentations"],
                "title": spaced(title, "fr") if title.endswith("diaporama") else title,
                "delegation_id": demo.delegations[key],
                "due_on": SLIDES_DUE,
            }
            found = documents.add(demo.event, facts, by=demo.by)
            documents.ask(demo.event, found, by=demo.by)
            expected[key] = found.id
    for key, moment in RECEIVED.items():
        with told_at(at(moment)):
            found = documents.document_for_change(demo.event, expected[key])
            documents.mark(demo.event, found, True, by=demo.by)
    with told_at(at("03-12 10:15")):
        for key in MISSING:
            documents.ask(demo.event, documents.document_for_change(demo.event, expected[key]), by=demo.by)
