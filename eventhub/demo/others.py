"""Events beside the reference one: an empty one, one in three languages, a cycle of workshops, a big one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from eventhub.access.models import User
from eventhub.activity import Actor
from eventhub.db import Model, session
from eventhub.delegations import domain as delegations
from eventhub.delegations.models import (
    Delegation,
    DelegationRole,
    DelegationState,
    Participant,
    ParticipantState,
    Seat,
    SeatState,
)
from eventhub.demo import names
from eventhub.demo.reference import LANGUAGES, OWNER, paris
from eventhub.documents.spacing import spaced
from eventhub.events import domain as events
from eventhub.events import programme
from eventhub.events.models import Event, EventState, ItemKind, ProgrammeItem
from eventhub.hub import Hooks, Hub
from eventhub.i18n import sort_key

EMPTY, ALPINE, CYCLE = "evenement-vide", "forum-alpin", "cycle-vivre-le-climat"


def tell(owner: User, hub: Hub) -> None:
    """Write the three small ones."""
    empty(owner, hub)
    alpine(owner, hub)
    cycle(owner, hub)


def _event(owner: User, hub: Hub, slug: str, titles: Mapping[str, str], days: tuple[date, date], **facts: Any) -> Event:
    return events.create(
        title=_texts(titles),
        slug=slug,
        starts_on=days[0],
        ends_on=days[1],
        languages=list(titles),
        by=owner,
        plugins=[component.name for component in hub.plugins() if component.active],
        is_fictional=True,
        **facts,
    )


def _texts(halves: Mapping[str, str]) -> dict[str, str]:
    return {language: spaced(text, language) for language, text in halves.items()}


def _between(day: date, hours: str, zone: ZoneInfo) -> dict[str, datetime]:
    """Return the times of "09:00–10:30" on the day."""
    begins, _, ends = hours.partition("–")
    return {
        "starts_at": datetime.combine(day, time.fromisoformat(begins), zone),
        "ends_at": datetime.combine(day, time.fromisoformat(ends), zone),
    }


def _item(
    event: Event,
    kind: ItemKind,
    titles: Mapping[str, str],
    day: date,
    hours: str,
    room_id: int | None,
    languages: Sequence[str],
    *,
    by: Actor,
    hooks: Hooks,
) -> ProgrammeItem:
    facts = {"kind": kind, "title": _texts(titles), "room_id": room_id, "floor_languages": list(languages)}
    return programme.add_item(event, facts | _between(day, hours, event.zone), by=by, hooks=hooks)


def _room(event: Event, venue: str, address: str, room: str, capacity: int, *, by: Actor) -> int:
    place = events.add_venue(event, {"name": venue, "address": address, "step_free": True}, by=by)
    session().flush()
    facts = {"name": room, "capacity": capacity, "booths": 1, "step_free": True}
    written = events.add_room(event, place.id, facts, by=by)
    session().flush()
    return written.id


# --- small ones -----------------------------------------------------------------------------------------------------


def empty(owner: User, hub: Hub) -> Event:
    """Write an event about which nothing is known yet but its days."""
    titles = {"fr": "Évènement encore vide (fictif)", "en": "An event still empty (fictional)"}
    return _event(owner, hub, EMPTY, titles, (date(2025, 9, 18), date(2025, 9, 18)), city="Grenoble")


# (day, kind, hours, floor languages, titles): the Italian of one title is still missing, which the truth page must find
ALPINE_ITEMS: tuple[tuple[int, ItemKind, str, str, dict[str, str]], ...] = (
    (12, ItemKind.PLENARY, "09:30–11:00", "it fr", {"fr": "Ouverture", "it": "Apertura", "en": "Opening"}),
    (12, ItemKind.BREAK, "11:00–11:30", "", {"fr": "Pause", "it": "Pausa", "en": "Break"}),
    (
        12,
        ItemKind.WORKSHOP,
        "11:30–13:00",
        "it fr",
        {"fr": "Vallées sans voiture", "it": "Valli senza auto", "en": "Valleys without cars"},
    ),
    (12, ItemKind.MEAL, "13:00–14:30", "", {"fr": "Déjeuner", "it": "Pranzo", "en": "Lunch"}),
    (
        12,
        ItemKind.WORKSHOP,
        "14:30–16:30",
        "en",
        {"fr": "Eau et neige : partager ce qui manque", "en": "Water and snow: sharing what is scarce"},
    ),
    (
        13,
        ItemKind.PLENARY,
        "09:30–12:00",
        "it fr en",
        {"fr": "Engagements des territoires", "it": "Impegni dei territori", "en": "What each territory commits to"},
    ),
)
# The French of this one changes after the others were read: Italian and English become stale
ALPINE_REWRITTEN = ("Ouverture", "Ouverture et mots d’accueil")


def alpine(owner: User, hub: Hub) -> Event:
    """Write a meeting in three languages, in Turin, with a missing half and two stale ones."""
    titles = {
        "fr": "Forum alpin des territoires (fictif)",
        "it": "Forum alpino dei territori (fittizio)",
        "en": "Alpine Forum of Territories (fictional)",
    }
    days = (date(2025, 6, 12), date(2025, 6, 13))
    facts = {"city": "Turin", "country": "IT", "time_zone": "Europe/Rome"}
    event = _event(owner, hub, ALPINE, titles, days, registration_closes_at=paris("2025-05-16 18:00"), **facts)
    by, hooks = owner.actor, hub.for_event(event)
    events.change_state(event, EventState.PLANNING, by=by, hooks=hooks)
    room = _room(event, "Casa delle Alpi (luogo fittizio)", "Piazza dell’Esempio 1, Torino", "Sala Monviso", 80, by=by)
    for day, kind, hours, floor, texts in ALPINE_ITEMS:
        on = date(2025, 6, day)
        item = _item(event, kind, texts, on, hours, room, floor.split(), by=by, hooks=hooks)
        if texts["fr"] == ALPINE_REWRITTEN[0]:
            # a form hands in all the halves: those left as they were become stale
            halves = texts | {"fr": ALPINE_REWRITTEN[1]}
            programme.change_item(event, item, {"title": halves}, by=by, hooks=hooks)
    for n, (name, country, language) in enumerate((("Torino", "IT", "en"), ("Briançon", "FR", "fr"))):
        contact: dict[str, object] = {
            "name": name,
            "city": name,
            "country": country,
            "role": DelegationRole.PARTICIPANT,
            "quota": 5,
        }
        contact |= {"contact_email": f"forum.alpin.{n + 1}@example.org", "contact_language": language}
        delegations.add(event, contact, by=by)
    return event


# (axis, dates of the two workshops and of the visit, what is visited)
AXES = (
    ("Se loger", (date(2025, 4, 3), date(2025, 4, 10), date(2025, 4, 12)), "un chantier de rénovation"),
    ("Se déplacer", (date(2025, 5, 6), date(2025, 5, 13), date(2025, 5, 17)), "un pôle d’échanges"),
    ("Se nourrir", (date(2025, 6, 3), date(2025, 6, 10), date(2025, 6, 14)), "une ferme et un marché"),
)
SEMINAR_ON = date(2025, 6, 26)


def cycle(owner: User, hub: Hub) -> Event:
    """Write a cycle of citizens' workshops in French: three axes of two evenings and a half day, then a seminar."""
    titles = {"fr": "Cycle « Vivre le climat » (fictif)"}
    days = (AXES[0][1][0], SEMINAR_ON)
    event = _event(owner, hub, CYCLE, titles, days, city="Grenoble", registration_closes_at=paris("2025-03-28 18:00"))
    by, hooks = owner.actor, hub.for_event(event)
    events.change_state(event, EventState.PLANNING, by=by, hooks=hooks)
    room = _room(
        event, "Maison des habitants (lieu fictif)", "3 rue de l’Exemple, 38000 Grenoble", "Grande salle", 60, by=by
    )

    def add(kind: ItemKind, title: str, day: date, hours: str, where: int | None) -> None:
        _item(event, kind, {"fr": title}, day, hours, where, ["fr"], by=by, hooks=hooks)

    for axis, (first, second, half_day), site in AXES:
        add(ItemKind.WORKSHOP, f"{axis} : premier atelier", first, "18:00–20:30", room)
        add(ItemKind.WORKSHOP, f"{axis} : second atelier", second, "18:00–20:30", room)
        add(ItemKind.VISIT, f"{axis} : visite, {site}", half_day, "09:00–12:30", None)
    add(ItemKind.PLENARY, "Séminaire de restitution", SEMINAR_ON, "14:00–17:30", room)
    add(ItemKind.MEAL, "Buffet de clôture", SEMINAR_ON, "17:30–19:00", room)
    for group, seats in (("Habitantes et habitants tirés au sort", 40), ("Associations et agents", 15)):
        facts = {"name": group, "city": "Grenoble", "country": "FR", "role": DelegationRole.PARTICIPANT, "quota": seats}
        delegations.add(event, facts | {"contact_email": OWNER[0], "contact_language": "fr"}, by=by)
    return event


# --- the big one ----------------------------------------------------------------------------------------------------

SEATS_OF_A_GROUP = 50
CHUNK = 1000  # rows a statement: SQLite takes 32,766 variables at most
MANY_ON = date(2025, 5, 15)
MANY_ITEMS = (
    (ItemKind.PLENARY, "09:30–11:00", "Plénière d’ouverture", "Opening plenary", "fr en"),
    (ItemKind.BREAK, "11:00–11:30", "Pause", "Break", ""),
    (ItemKind.PLENARY, "11:30–13:00", "Questions au territoire", "Questions to the territory", "fr en"),
    (ItemKind.MEAL, "13:00–14:30", "Déjeuner", "Lunch", ""),
    (ItemKind.WORKSHOP, "14:30–16:30", "Tables de débat", "Debating tables", "fr"),
    (ItemKind.PLENARY, "16:45–17:30", "Vote et clôture", "Vote and closing", "fr en"),
)


def many(owner: User, hub: Hub, people: int) -> Event:
    """Write a plain event with so many named people, in groups of fifty, for measurements.

    People are written in bulk, past the domain functions that would take minutes; the counters are what those functions
    would have left. Twice with the same number refuses with SlugTaken.
    """
    titles = {"fr": f"Assemblée de {people} personnes (fictive)", "en": f"Assembly of {people} people (fictional)"}
    closes = paris("2025-05-02 18:00")
    event = _event(owner, hub, f"assembly-{people}", titles, (MANY_ON, MANY_ON), registration_closes_at=closes)
    by, hooks = owner.actor, hub.for_event(event)
    events.change_state(event, EventState.PLANNING, by=by, hooks=hooks)
    events.change_state(event, EventState.OPEN, by=by, hooks=hooks)
    room = _room(
        event, "Palais des sports (lieu fictif)", "4 place de l’Exemple, 38000 Grenoble", "Arène", people, by=by
    )
    for kind, hours, fr, en, floor in MANY_ITEMS:
        _item(event, kind, {"fr": fr, "en": en}, MANY_ON, hours, room, floor.split(), by=by, hooks=hooks)
    quotas = [min(SEATS_OF_A_GROUP, people - start) for start in range(0, people, SEATS_OF_A_GROUP)]
    groups = _insert(Delegation, (_group(event, n, quota) for n, quota in enumerate(quotas)))
    places = [
        (group, position) for group, quota in zip(groups, quotas, strict=True) for position in range(1, quota + 1)
    ]
    persons = _insert(Participant, (_somebody(event, n, group, at) for n, (group, at) in enumerate(places)))
    _insert(
        Seat,
        (
            {
                "event_id": event.id,
                "delegation_id": group,
                "position": position,
                "participant_id": person,
                "state": SeatState.COMPLETE,
            }
            for (group, position), person in zip(places, persons, strict=True)
        ),
    )
    return event


def _insert(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Write the rows, some thousand a statement, and return their ids in order."""
    waiting = list(rows)
    ids: list[int] = []
    statement = sa.insert(model).returning(model.id, sort_by_parameter_order=True)
    for start in range(0, len(waiting), CHUNK):
        ids += session().scalars(statement, waiting[start : start + CHUNK]).all()
    return ids


def _group(event: Event, n: int, quota: int) -> dict[str, Any]:
    name = f"Groupe {n + 1:03}"
    return {
        "event_id": event.id,
        "reference": f"G{n + 1:05}",
        "name": name,
        "sort_key": sort_key(name),
        "city": "Grenoble",
        "country": "FR",
        "role": DelegationRole.PARTICIPANT,
        "quota": quota,
        "seats_named": quota,
        "contact_email": f"groupe.{n + 1}@example.org",
        "contact_language": LANGUAGES[n % 2],
        "state": DelegationState.CONFIRMED,
    }


def _somebody(event: Event, n: int, group: int, position: int) -> dict[str, Any]:
    pool = names.ONE_COUNTRY[n % len(names.ONE_COUNTRY)]
    name = names.name(pool, n // len(names.ONE_COUNTRY))
    return {
        "event_id": event.id,
        "delegation_id": group,
        "name": name,
        "sort_key": sort_key(name),
        "function": "Membre de l’assemblée",
        "email": f"personne.{n + 1}@example.org",
        "languages": ("fr", "en", "fr en")[n % 3].split(),
        "document_language": LANGUAGES[n % 3 == 1],
        "is_head": position == 1,
        "state": ParticipantState.CONFIRMED,
    }
