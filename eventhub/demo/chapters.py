"""The core's chapter of the reference event: what happened until 13 March 2025, through the domain functions.

The story is a list of steps, each with its moment; they are told in order of time with the clock pinned at each, so
that the journal reads as it would have been written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from eventhub.access import members
from eventhub.access.models import EventRole, User
from eventhub.activity import Actor
from eventhub.delegations import completeness, needs, stages
from eventhub.delegations import domain as delegations
from eventhub.delegations.models import Delegation, Direction, Participant
from eventhub.delegations.registration import ACCESS
from eventhub.demo import Demo, guests, names, reference, suppliers, told_at
from eventhub.events import domain as events
from eventhub.events import programme
from eventhub.events.models import Event, EventState
from eventhub.providers import domain as providers
from eventhub.providers.models import OrderState

CREATED_ON = reference.paris("2024-12-02 10:00")
PLANNED_ON = reference.paris("2024-12-02 10:30")
PROGRAMME_ON = reference.paris("2025-01-09 14:00")
OPENED_ON = reference.paris("2025-01-27 09:30")
GUEST = Actor("guest")  # the head of a delegation, with the link that the invitation brought


@dataclass(frozen=True)
class Step:
    """Something that happened; steps of one moment keep the order in which they are written."""

    on: datetime
    tell: Callable[[], object]


def create(owner: User, plugins: list[str]) -> Event:
    """Write the reference event in draft, as its owner did in December."""
    with told_at(CREATED_ON):
        return events.create(
            title=reference.TITLE.texts,
            slug=reference.SLUG,
            starts_on=reference.STARTS_ON,
            ends_on=reference.ENDS_ON,
            languages=reference.LANGUAGES,
            by=owner,
            plugins=plugins,
            summary=reference.SUMMARY.localized,
            funding_sentence=reference.FUNDING.localized,
            city="Grenoble",
            host=reference.HOST,
            co_organisers=reference.CO_ORGANISERS,
            registration_closes_at=reference.REGISTRATION_CLOSES,
            budget_net=reference.BUDGET_NET,
            reply_to=reference.REPLY_TO,
            is_fictional=True,
        )


def tell(demo: Demo) -> None:
    """Tell the core's part: places, programme, delegations and providers; leaves their ids in ``demo``."""
    with told_at(PLANNED_ON):
        events.change_state(demo.event, EventState.PLANNING, by=demo.by, hooks=demo.hooks)
        team = _team(demo)
    with told_at(PROGRAMME_ON):
        _places_and_programme(demo, team)
    with told_at(OPENED_ON):
        deadlines = {"travel_closes_at": reference.TRAVEL_CLOSES, "travel_grace": reference.TRAVEL_GRACE}
        stages.set_deadlines(demo.event, deadlines, by=demo.by, hooks=demo.hooks)
        events.change_state(demo.event, EventState.OPEN, by=demo.by, hooks=demo.hooks)
        _delegations(demo, team)
    steps = [*_changes(demo, team), *_registrations(demo, team), *_purchases(demo, team)]
    for step in sorted(steps, key=lambda step: step.on):
        with told_at(step.on):
            step.tell()
    _note_people(demo)


def _team(demo: Demo) -> Mapping[str, Actor]:
    """Give the colleagues their roles; returns who acts in each."""
    return {
        role: members.invite(demo.event, email, name, EventRole(role), by=demo.by).user.actor
        for email, name, role in reference.COLLEAGUES
    }


# --- places and programme -------------------------------------------------------------------------------------------


def _places_and_programme(demo: Demo, team: Mapping[str, Actor]) -> None:
    by = team["programme"]
    for venue in reference.VENUES:
        facts = {"name": venue.name, "address": venue.address, "access": venue.access.texts, "step_free": True}
        written = events.add_venue(demo.event, facts, by=by)
        for room in venue.rooms:
            facts = {"name": room.name, "capacity": room.capacity, "booths": room.booths, "step_free": True}
            demo.rooms[room.key] = events.add_room(demo.event, written.id, facts, by=by).id
    for item in reference.PROGRAMME:
        demo.items[item.key] = _write_item(demo, item, by)


def _write_item(demo: Demo, item: reference.ItemFacts, by: Actor) -> int:
    facts = {
        "kind": item.kind,
        "title": item.title.texts,
        "description": item.description.texts,
        "starts_at": item.starts_at,
        "ends_at": item.ends_at,
        "room_id": demo.rooms[item.room] if item.room else None,
        "floor_languages": item.floor.split(),
        "audience": item.audience,
        "capacity": item.capacity,
    }
    return programme.add_item(demo.event, facts, by=by, hooks=demo.hooks).id


def _changes(demo: Demo, team: Mapping[str, Actor]) -> Iterator[Step]:
    """Let the pitches overrun, as decided in March."""

    def move(change: reference.ItemMove) -> None:
        item = programme.item_for_change(demo.event, demo.items[change.key])
        times = {"starts_at": change.starts_at, "ends_at": change.ends_at}
        programme.change_item(demo.event, item, times, by=team["programme"], hooks=demo.hooks)

    for change in reference.OVERRUN:
        yield Step(change.on, partial(move, change))


# --- delegations ----------------------------------------------------------------------------------------------------


def _person(party: guests.Party, n: int, seat_id: int) -> delegations.Person:
    """Return what the form says of the n-th person of the party, counted from 1."""
    pool, first = party.names
    return _named(party, n, seat_id, names.name(pool, first + n - 1), party.seats[n - 1])


def _named(party: guests.Party, n: int, seat_id: int, name: str, seat: guests.Seat) -> delegations.Person:
    languages = tuple(seat.languages.split())
    return delegations.Person(
        seat_id,
        name,
        seat.function,
        names.address(name, f"{party.key}.{n}"),
        guests.PHONES.get(party.key, "") if n == 1 else "",
        languages,
        "fr" if "en" not in languages or party.language == "fr" else "en",
        is_head=n == 1,
    )


def _delegations(demo: Demo, team: Mapping[str, Actor]) -> None:
    """Write the delegations, every seat held; the guests' get their invitation, the host team needs none."""
    for party in guests.PARTIES:
        head = _person(party, 1, 0)
        facts = {
            "name": party.name,
            "city": party.city,
            "country": party.country,
            "role": party.role,
            "quota": party.quota,
            "contact_name": head.name,
            "contact_email": head.email,
            "contact_phone": head.phone,
            "contact_language": party.language,
            "note": guests.NOTE,
        }
        found = delegations.add(demo.event, facts, by=team["welcome"])
        demo.delegations[party.key] = found.id
        if not delegations.hosts(found):
            delegations.invite(demo.event, found, by=team["welcome"])


def _registrations(demo: Demo, team: Mapping[str, Actor]) -> Iterator[Step]:
    for party in guests.PARTIES:
        by = team["welcome"] if party.key == "grenoble" else GUEST
        yield Step(party.named, partial(_register, demo, party, by))
        if party.submitted:
            yield Step(party.submitted, partial(_submit, demo, party, by))
        if party.confirmed:
            yield Step(party.confirmed, partial(_confirm, demo, party, team["welcome"]))
    yield Step(guests.SWAP.on, partial(_swap, demo))
    yield Step(guests.SWAP.handed_in, partial(_submit, demo, _party(guests.SWAP.person), GUEST))


def _party(person: str) -> guests.Party:
    return next(party for party in guests.PARTIES if party.key == person.rpartition("-")[0])


def _locked(demo: Demo, key: str) -> Delegation:
    return delegations.locked_delegation(demo.event, demo.delegations[key])


def _register(demo: Demo, party: guests.Party, by: Actor) -> None:
    """Name the people, then write their travel and their access needs, as the form does step by step."""
    found = _locked(demo, party.key)
    people = [_person(party, n, seat.id) for n, seat in enumerate(found.seats[: len(party.seats)], start=1)]
    if party.key == "ghent":
        swap, n = guests.SWAP, int(guests.SWAP.person.rpartition("-")[2])
        people[n - 1] = _named(
            party, n, people[n - 1].seat_id, names.name(party.names[0], swap.left), party.seats[n - 1]
        )
    delegations.save_people(demo.event, found, people, by=by, hooks=demo.hooks)
    for seat in found.seats:
        if seat.participant is not None:
            _say_the_rest(demo, party, f"{party.key}-{seat.position}", seat.participant, by)


def _say_the_rest(demo: Demo, party: guests.Party, key: str, person: Participant, by: Actor) -> None:
    if key not in guests.TRAVEL_UNKNOWN:
        legs = {Direction.ARRIVAL: party.arrival, Direction.DEPARTURE: party.departure}
        travel = [_travel(direction, guests.LATE.get((key, direction), leg)) for direction, leg in legs.items()]
        delegations.save_travel(demo.event, person, travel, by=by, hooks=demo.hooks)
    if key in guests.ACCESS:
        access, own = guests.ACCESS[key]
        needs.declare(person, access, by=by)
        needs.give_consent(person, ACCESS, next(reversed(needs.ACCESS_WORDINGS)), confirmed=own)


def _travel(direction: Direction, leg: guests.Leg) -> delegations.Travel:
    return delegations.Travel(direction, leg.mode, leg.number, leg.place, leg.at)


def _submit(demo: Demo, party: guests.Party, by: Actor) -> None:
    """Hand the registration in; what plugins ask of people is told after this chapter, so the core counts alone."""
    found = _locked(demo, party.key)
    delegations.submit(demo.event, found, completeness.of(found), by=by, hooks=demo.hooks)


def _confirm(demo: Demo, party: guests.Party, by: Actor) -> None:
    delegations.confirm(demo.event, _locked(demo, party.key), by=by, hooks=demo.hooks)


def _swap(demo: Demo) -> None:
    """Let somebody else of Ghent take the seat: another name at another address substitutes, and leaves its trace."""
    swap = guests.SWAP
    party, n = _party(swap.person), swap.person.rpartition("-")[2]
    found = _locked(demo, party.key)
    seat = found.seats[int(n) - 1]
    comes = _named(party, int(n), seat.id, names.name(party.names[0], party.names[1] + int(n) - 1), swap.seat)
    delegations.save_people(demo.event, found, [comes], by=GUEST, hooks=demo.hooks)
    assert seat.participant is not None
    _say_the_rest(demo, party, swap.person, seat.participant, GUEST)


def _note_people(demo: Demo) -> None:
    """Leave the ids of those who sit there now in ``demo.people``."""
    for key, delegation_id in demo.delegations.items():
        for seat in delegations.with_seats(demo.event, delegation_id).seats:
            if seat.participant_id is not None:
                demo.people[f"{key}-{seat.position}"] = seat.participant_id


# --- providers ------------------------------------------------------------------------------------------------------


def _purchases(demo: Demo, team: Mapping[str, Actor]) -> Iterator[Step]:
    by = team["logistics"]
    orders: dict[str, int] = {}

    def ask(provider: suppliers.ProviderFacts) -> None:
        found = providers.add(demo.event, _provider_facts(provider), by=by)
        for order in provider.orders:
            facts = {"title": order.title, "kind": provider.kind, "needed_by": order.needed_by}
            written = providers.add_order(demo.event, found, facts, order.lines, by=by)
            orders[order.title] = written.id
        demo.providers[provider.key] = found.id

    def move(order: suppliers.OrderFacts, state: OrderState) -> None:
        found = providers.order_for_change(demo.event, orders[order.title])
        providers.change_order(demo.event, found, _notes(order, state), None, by=by)
        providers.move_order(demo.event, found, state, by=by, hooks=demo.hooks)

    for provider in suppliers.PROVIDERS:
        yield Step(suppliers.REQUESTED_ON, partial(ask, provider))
        for order in provider.orders:
            for step in order.steps:
                yield Step(step.on, partial(move, order, step.state))


def _provider_facts(provider: suppliers.ProviderFacts) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": provider.name,
        "kinds": [provider.kind],
        "contact_name": provider.contact,
        "email": provider.email,
        "terms": provider.terms,
    }
    if provider.cutoff:
        n, unit, decrease, increase = provider.cutoff
        facts |= {"cutoff_n": n, "cutoff_unit": unit, "max_decrease": decrease, "max_increase": increase}
    return facts


def _notes(order: suppliers.OrderFacts, state: OrderState) -> dict[str, object]:
    """Return what the step asks the organiser to write down."""
    notes: dict[OrderState, dict[str, object]] = {
        OrderState.SELECTED: {"choice_note": order.choice_note},
        OrderState.ORDERED: {"engagement_number": order.engagement_number},
        OrderState.SERVICE_DONE: {"reserve": order.reserve, "invoice_due": order.invoice_due},
    }
    return notes.get(state, {})
