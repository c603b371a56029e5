"""What can be done with a request for seats: asked, confirmed, accepted, refused, left; offered, moved up, removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from eventhub import activity, clock
from eventhub.activity import Actor, Verb
from eventhub.db import session
from eventhub.delegations import capacity, domain, offers, places
from eventhub.delegations.capacity import Waiting
from eventhub.delegations.models import Delegation
from eventhub.delegations.models_waiting import ON_THE_LIST, OVER, OpenRegistration, RequestState, SeatRequest
from eventhub.errors import NotFound, Refused
from eventhub.events.domain import apply, check_not_frozen, is_public, takes_registrations
from eventhub.events.models import Event
from eventhub.i18n import format_moment, sort_key
from eventhub.i18n import lazy_gettext as _l

ASKED = Verb("delegations:seats_asked", _l("Seats asked for on the public page"))
WAITS = Verb("delegations:seats_awaited", _l("Address confirmed; put on the waiting list"))
REGISTERED = Verb("delegations:seats_taken", _l("Address confirmed; seats taken"))
ACCEPTED = Verb("delegations:offer_accepted", _l("Offer of seats accepted"))
DECLINED = Verb("delegations:offer_declined", _l("Offer of seats declined"))
LEFT = Verb("delegations:list_left", _l("Waiting list left"))
REMOVED = Verb("delegations:list_removed", _l("Taken off the waiting list"))
MOVED_UP = Verb("delegations:list_moved_up", _l("Moved up on the waiting list"))
RULES_CHANGED = Verb("delegations:seat_rules_changed", _l("Limits of seats or open registration changed"))

MAILS_A_DAY = 3  # links to confirm that one address is sent


class NotOpenNow(Refused):
    message = _l("Organisations cannot register by themselves at the moment. Write to the organisers.")


class OpensLater(Refused):
    message = _l("Registration opens on %(when)s. Come back then: nothing was saved.")


class RegistrationOver(Refused):
    message = _l("Registration closed on %(when)s. Write to the organisers if you would still like to come.")


class KindNotOpen(Refused):
    message = _l("These seats are given by invitation only. Choose another kind.")
    field = "kind"


class TooManySeats(Refused):
    message = _l("An organisation may ask for %(most)s seats at most. Ask for fewer, or write to the organisers.")
    field = "seats"


class OrganisationKnown(Refused):
    message = _l("“%(name)s” is registered already. Ask your colleagues who has the link, or write to the organisers.")
    field = "name"


class OrganisationWaits(Refused):
    message = _l("“%(name)s” is on the waiting list already. The mail about it has the link to its page.")
    field = "name"


class TooManyMails(Refused):
    message = _l(
        "Several links were sent to this address today. Look for our mail, also among the unwanted ones, "
        "or write to the organisers."
    )
    field = "contact_email"


class OfferOver(Refused):
    message = _l("The time of this offer is over, and its seats went to the next on the list. You can register anew.")


class NoOffer(Refused):
    message = _l("There is no offer to answer any more. Reload the page to see where your request stands.")


class NotOnTheList(Refused):
    message = _l("This request is not on the waiting list any more. Reload the page to see where it stands.")


class NotEnoughFree(Refused):
    message = _l("Only %(free)s of these seats are free now. Offer fewer, or raise the limit first.")
    field = "seats"


class FirstAlready(Refused):
    message = _l("This request is the first of its kind already.")


# --- reading --------------------------------------------------------------------------------------------------------


def request_of(event: Event, request_id: int) -> SeatRequest:
    """Return the request as it is now; NotFound for an id of another event."""
    query = sa.select(SeatRequest).where(SeatRequest.id == request_id, SeatRequest.event_id == event.id)
    found = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("seat_request", request_id)
    return found


@dataclass(frozen=True)
class Line:
    """Who waits: {request id: its number on the list of its kind}, and {kind: how many}."""

    positions: Mapping[int, int]
    numbers: Mapping[str, int]


def line(event_id: int) -> Line:
    """Return who waits, in one statement."""
    query = (
        sa.select(SeatRequest.id, SeatRequest.kind)
        .where(SeatRequest.event_id == event_id, SeatRequest.state == RequestState.WAITING)
        .order_by(SeatRequest.place, SeatRequest.id)
    )
    numbers: dict[str, int] = {}
    positions: dict[int, int] = {}
    for request_id, kind in session().execute(query):
        positions[request_id] = numbers[kind] = numbers.get(kind, 0) + 1
    return Line(positions, numbers)


SHOWN = {
    "": ON_THE_LIST,
    "registered": (RequestState.REGISTERED,),
    "over": OVER,
    "unconfirmed": (RequestState.UNCONFIRMED,),
}


def list_query(event: Event, *, show: str = "", search: str = "", kind: str = "") -> sa.Select[SeatRequest]:
    """Return the query of the organisers' list; the search ignores case and accents."""
    query = sa.select(SeatRequest).where(
        SeatRequest.event_id == event.id, SeatRequest.state.in_(SHOWN.get(show, ON_THE_LIST))
    )
    if search:
        query = query.where(SeatRequest.sort_key.contains(sort_key(search), autoescape=True))
    if kind:
        query = query.where(SeatRequest.kind == kind)
    if show in {"", "unconfirmed"}:
        # offers first: their time runs
        return query.order_by(SeatRequest.state != RequestState.OFFERED, SeatRequest.place, SeatRequest.id)
    return query.order_by(SeatRequest.closed_at.desc(), SeatRequest.id.desc())


# --- the public page ------------------------------------------------------------------------------------------------


def is_offered(event: Event, rules: OpenRegistration) -> bool:
    """Tell whether the public page of the event invites organisations to register, now or soon."""
    return is_public(event) and rules.is_open


def check_open(event: Event, rules: OpenRegistration, moment: datetime) -> None:
    """Refuse while the event takes no organisations that come by themselves."""
    if not is_offered(event, rules):
        raise NotOpenNow
    if rules.opens_at is not None and moment < rules.opens_at:
        raise OpensLater(when=format_moment(rules.opens_at, event.zone))
    if rules.closes_at is not None and moment > rules.closes_at:
        raise RegistrationOver(when=format_moment(rules.closes_at, event.zone))
    if not takes_registrations(event, moment):
        closes = event.registration_closes_at
        raise RegistrationOver(when=format_moment(closes, event.zone)) if closes and moment > closes else NotOpenNow


def check_asked(event: Event, rules: OpenRegistration, kind: str, seats: int) -> None:
    if kind not in rules.kinds:
        raise KindNotOpen
    if seats > rules.seats_each:
        raise TooManySeats(most=rules.seats_each)


def check_unknown(event: Event, name: str, own_id: int | None = None) -> None:
    """Refuse an organisation that comes or waits already; case and accents make no other one."""
    key = sort_key(name)
    delegations = sa.select(Delegation.id, sa.literal(True)).where(
        Delegation.event_id == event.id, Delegation.sort_key == key, Delegation.archived_at.is_(None)
    )
    waiting = sa.select(SeatRequest.id, sa.literal(False)).where(
        SeatRequest.event_id == event.id,
        SeatRequest.sort_key == key,
        SeatRequest.state.in_(ON_THE_LIST),
        SeatRequest.id != (own_id or 0),
    )
    for _id, registered in session().execute(delegations.union_all(waiting)):
        raise (OrganisationKnown if registered else OrganisationWaits)(name=name)


def ask(event: Event, facts: Mapping[str, Any], *, by: Actor) -> SeatRequest:
    """Write down what an organisation asks for, and send it the link that proves its address; no seat moves yet.

    The same form sent twice is one request, and the link is sent again.
    """
    rules, moment = offers.settings_of(event.id), clock.now()
    check_open(event, rules, moment)
    check_asked(event, rules, facts["kind"], facts["seats"])
    check_unknown(event, facts["name"])
    query = sa.select(SeatRequest).where(
        SeatRequest.event_id == event.id,
        SeatRequest.contact_email == facts["contact_email"],
        SeatRequest.asked_at > moment - timedelta(days=1),
    )
    earlier = list(session().scalars(query))
    if sum(one.mails for one in earlier) >= MAILS_A_DAY:
        raise TooManyMails
    key = sort_key(facts["name"])
    unconfirmed = (one for one in earlier if one.state == RequestState.UNCONFIRMED and one.sort_key == key)
    found = next(unconfirmed, None)
    if found is not None:
        found.mails += 1
    else:
        found = SeatRequest(event_id=event.id, state=RequestState.UNCONFIRMED, asked_at=moment, mails=1)
        session().add(found)
    apply_facts(found, facts, key)
    activity.record(by, ASKED, found)
    offers.write(event, found, "seats_confirm", by)
    return found


def apply_facts(found: SeatRequest, facts: Mapping[str, Any], key: str) -> None:
    for name, value in facts.items():
        setattr(found, name, value)
    found.sort_key = key


def confirm(event: Event, request_id: int, *, by: Actor) -> SeatRequest:
    """Take the seats for a request whose address is proved, or put it on the waiting list; twice is once."""
    counts = places.lock(event.id)
    found = request_of(event, request_id)
    if found.state != RequestState.UNCONFIRMED:
        return found
    rules, moment = offers.settings_of(event.id), clock.now()
    check_open(event, rules, moment)
    check_asked(event, rules, found.kind, found.seats)
    check_unknown(event, found.name, found.id)
    others = offers.on_the_list(event.id) if capacity.free(counts, found.kind) else []
    waiting = {one.id: one for one in others if one.state == RequestState.WAITING}
    own = Waiting(found.id, found.kind, found.seats, found.accepts_fewer)
    plan = capacity.plan(
        counts, [*offers.waiting_as_seen(waiting.values()), own], moment, timedelta(hours=rules.patience_hours)
    )
    if plan.seats_of(found.id) == found.seats:
        _register(event, found, found.seats, REGISTERED, by)
        return found
    found.state, found.confirmed_at = RequestState.WAITING, moment
    found.place = 1 + (session().scalar(_last_place(event.id)) or 0)
    activity.record(by, WAITS, found)
    offers.carry_out(event, plan, {**waiting, found.id: found}, rules, counts)
    if found.state == RequestState.WAITING:
        number = line(event.id).positions[found.id]
        offers.write(event, found, "seats_waiting", by, position=number, rules=rules)
    return found


def _last_place(event_id: int) -> sa.Select[int]:
    return sa.select(sa.func.max(SeatRequest.place)).where(
        SeatRequest.event_id == event_id, SeatRequest.state.in_(ON_THE_LIST)
    )


FACTS = ("name", "city", "country", "contact_name", "contact_email", "contact_language")


def _register(event: Event, found: SeatRequest, seats: int, verb: Verb, by: Actor) -> Delegation:
    facts = {name: getattr(found, name) for name in FACTS}
    new = domain.add(event, facts | {"role": found.kind, "quota": seats, "invited_at": clock.now()}, by=by)
    found.confirmed_at = found.confirmed_at or clock.now()
    offers.close(found, RequestState.REGISTERED)
    found.delegation_id = new.id
    activity.record(by, verb, found, {"seats": [0, seats]})
    domain.welcome(event, new, by=by)
    return new


# --- whoever waits --------------------------------------------------------------------------------------------------


def accept(event: Event, request_id: int, *, by: Actor) -> SeatRequest:
    """Turn an offer into a delegation with its seats; a second tab finds it done."""
    counts = places.lock(event.id)
    found = request_of(event, request_id)
    if found.state == RequestState.REGISTERED:
        return found
    check_offer(found, clock.now())
    if not takes_registrations(event, clock.now()):
        raise NotOpenNow
    check_unknown(event, found.name, found.id)
    seats = found.offered_seats
    places.shift(event.id, found.kind, offered=-seats, known=counts)
    _register(event, found, seats, ACCEPTED, by)
    return found


def check_offer(found: SeatRequest, moment: datetime) -> None:
    if found.state == RequestState.EXPIRED or (found.state == RequestState.OFFERED and offers.is_over(found, moment)):
        raise OfferOver
    if found.state != RequestState.OFFERED:
        raise NoOffer


def decline(event: Event, request_id: int, *, by: Actor) -> None:
    """Say no to an offer; its seats go to the next."""
    counts = places.lock(event.id)
    found = request_of(event, request_id)
    check_offer(found, clock.now())
    offers.take_back(event, found, RequestState.DECLINED, counts)
    activity.record(by, DECLINED, found)
    offers.pass_on(event)


def leave(event: Event, request_id: int, *, by: Actor) -> None:
    """Leave the list, or give back an offer."""
    _end(event, request_id, RequestState.LEFT, LEFT, None, by)


# --- the organiser's side -------------------------------------------------------------------------------------------


def remove(event: Event, request_id: int, reason: str, *, by: Actor) -> None:
    """Take a request off the list, with a reason that whoever asked can read; its offer goes to the next."""
    check_not_frozen(event)
    found = _end(event, request_id, RequestState.REMOVED, REMOVED, {"reason": ["", reason]}, by)
    offers.write(event, found, "seats_removed", by, reason=reason)


def _end(
    event: Event, request_id: int, state: RequestState, verb: Verb, changes: dict[str, Any] | None, by: Actor
) -> SeatRequest:
    counts = places.lock(event.id)
    found = request_of(event, request_id)
    if found.state not in ON_THE_LIST:
        raise NotOnTheList
    offers.take_back(event, found, state, counts)
    activity.record(by, verb, found, changes)
    offers.pass_on(event)
    return found


def offer_now(event: Event, request_id: int, seats: int, reason: str, *, by: Actor) -> None:
    """Offer free seats to a request out of turn, all it asked for or fewer; the reason is kept."""
    check_not_frozen(event)
    counts = places.lock(event.id)
    found = request_of(event, request_id)
    if found.state != RequestState.WAITING:
        raise NotOnTheList
    if not takes_registrations(event, clock.now()):
        raise domain.RegistrationNotOpen
    free = capacity.free(counts, found.kind)
    if seats > free:
        raise NotEnoughFree(free=free)
    if seats > found.seats:
        raise TooManySeats(most=found.seats)
    offers.offer(event, found, seats, offers.settings_of(event.id), counts, by=by, reason=reason)


def move_up(event: Event, request_id: int, reason: str, *, by: Actor) -> None:
    """Let a request change places with the one before it of its kind; the reason is kept."""
    check_not_frozen(event)
    places.lock(event.id)
    waiting = [one for one in offers.on_the_list(event.id) if one.state == RequestState.WAITING]
    found = next((one for one in waiting if one.id == request_id), None)
    if found is None:
        raise NotOnTheList
    ahead = [one for one in waiting[: waiting.index(found)] if one.kind == found.kind]
    if not ahead:
        raise FirstAlready
    found.place, ahead[-1].place = ahead[-1].place, found.place
    activity.record(by, MOVED_UP, found, {"reason": ["", reason]})
    offers.pass_on(event)


def change_rules(event: Event, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change the limits of seats and the settings of open registration; what becomes free is passed on at once."""
    check_not_frozen(event)
    limits = {name.removeprefix("capacity_"): value for name, value in changes.items() if name.startswith("capacity_")}
    told: dict[str, Any] = dict(places.set_limits(event.id, limits))
    rules = offers.settings_of(event.id)
    session().add(rules)
    apply(rules, {name: value for name, value in changes.items() if not name.startswith("capacity_")})
    told |= {name: pair for name, pair in activity.differences(rules).items() if name in changes}
    if told:
        activity.record(by, RULES_CHANGED, rules, told)
    session().flush()
    offers.pass_on(event)
