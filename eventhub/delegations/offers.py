"""Seats that became free go to those who wait: offers are made, held, and taken back when their time is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from eventhub import activity, clock, outbox
from eventhub.activity import SYSTEM, Actor, Verb
from eventhub.db import session
from eventhub.delegations import capacity, places
from eventhub.delegations.capacity import Count, Waiting
from eventhub.delegations.models import Delegation
from eventhub.delegations.models_waiting import ON_THE_LIST, OVER, OpenRegistration, RequestState, SeatRequest
from eventhub.events.domain import takes_registrations
from eventhub.events.models import Event
from eventhub.i18n import lazy_gettext as _l

OFFERED = Verb("delegations:seats_offered", _l("Seats offered from the waiting list"))
EXPIRED = Verb("delegations:offer_expired", _l("Offer of seats ran out"))

CONFIRM_WITHIN = timedelta(hours=48)  # a request whose address nobody confirmed is forgotten then
FORGET_AFTER = timedelta(days=30)  # the contact of a request that led to nothing is erased then


def settings_of(event_id: int) -> OpenRegistration:
    """Return the event's settings of open registration; what was never saved is as the defaults say."""
    found = session().scalar(sa.select(OpenRegistration).where(OpenRegistration.event_id == event_id))
    return found or defaults(event_id)


def defaults(event_id: int) -> OpenRegistration:
    return OpenRegistration(
        event_id=event_id, is_open=False, kinds=["participant"], seats_each=4, offer_hours=48, patience_hours=48
    )


def follow(event: Event, before: places.Held, found: Delegation) -> None:
    """Count what the delegation holds now instead of before; what it frees goes to those who wait."""
    after = places.held(found)
    if after == before:
        return
    places.move(event.id, before, after)
    if after[0] != before[0] or after[1] < before[1]:
        pass_on(event)


def waiting_as_seen(requests: Iterable[SeatRequest]) -> list[Waiting]:
    """Return the requests as the rule sees them."""
    return [Waiting(one.id, one.kind, one.seats, one.accepts_fewer, one.passed_since) for one in requests]


def on_the_list(event_id: int) -> list[SeatRequest]:
    """Return who waits or holds an offer, in the order of the list; the caller holds the lock of the counters."""
    query = (
        sa.select(SeatRequest)
        .where(SeatRequest.event_id == event_id, SeatRequest.state.in_(ON_THE_LIST))
        .order_by(SeatRequest.place, SeatRequest.id)
        .execution_options(populate_existing=True)
    )
    session().flush()  # populate_existing would forget what this transaction has not written yet
    return list(session().scalars(query))


def pass_on(event: Event) -> int:
    """Take back what ran out, then offer what is free by the rule; returns how many offers were made.

    Safe to call at any time, and twice: it begins with the lock of the counters.
    """
    counts = places.lock(event.id)
    requests = on_the_list(event.id)
    moment = clock.now()
    over = [one for one in requests if one.state == RequestState.OFFERED and is_over(one, moment)]
    for one in over:
        take_back(event, one, RequestState.EXPIRED, counts)
        activity.record(SYSTEM, EXPIRED, one)
        write(event, one, "seats_expired", SYSTEM)
    waiting = [one for one in requests if one.state == RequestState.WAITING]
    if not waiting or not takes_registrations(event, moment):
        return 0
    if over:
        counts = places.lock(event.id)
    rules = settings_of(event.id)
    plan = capacity.plan(counts, waiting_as_seen(waiting), moment, timedelta(hours=rules.patience_hours))
    carry_out(event, plan, {one.id: one for one in waiting}, rules, counts)
    return len(plan.offers)


def carry_out(
    event: Event,
    plan: capacity.Plan,
    waiting: Mapping[int, SeatRequest],
    rules: OpenRegistration,
    counts: Mapping[str, Count],
) -> None:
    """Make the offers of the plan, and note who was passed over for the first time."""
    for request_id, seats in plan.offers:
        if request_id in waiting:
            offer(event, waiting[request_id], seats, rules, counts, by=SYSTEM)
    for request_id in plan.passed:
        waiting[request_id].passed_since = waiting[request_id].passed_since or clock.now()


def offer(
    event: Event,
    found: SeatRequest,
    seats: int,
    rules: OpenRegistration,
    counts: Mapping[str, Count],
    *,
    by: Actor,
    reason: str = "",
) -> None:
    """Hold the seats for the request until the offer's time is over, at most until registration closes."""
    places.shift(event.id, found.kind, offered=seats, known=counts)
    expires = clock.now() + timedelta(hours=rules.offer_hours)
    if event.registration_closes_at is not None:
        last = event.registration_closes_at + timedelta(minutes=event.grace_minutes)
        expires = min(expires, last)
    found.state, found.offered_seats, found.offer_expires_at = RequestState.OFFERED, seats, expires
    changes: dict[str, list[object]] = {"offered_seats": [0, seats]}
    if reason:
        changes["reason"] = ["", reason]
    activity.record(by, OFFERED, found, changes)
    write(event, found, "seats_offered", by)


def take_back(event: Event, found: SeatRequest, state: RequestState, counts: Mapping[str, Count]) -> None:
    """End the request; the seats that an offer held are free again."""
    if found.offered_seats:
        places.shift(event.id, found.kind, offered=-found.offered_seats, known=counts)
    close(found, state)


def close(found: SeatRequest, state: RequestState) -> None:
    found.state, found.closed_at = state, clock.now()
    found.offered_seats, found.offer_expires_at = 0, None


def is_over(found: SeatRequest, moment: datetime) -> bool:
    return found.offer_expires_at is not None and found.offer_expires_at <= moment


def write(event: Event, found: SeatRequest, kind: str, by: Actor, **values: object) -> outbox.MailMessage:
    """Post a mail of this kind to whoever asked, with the personal link to the request."""
    return outbox.post(
        kind,
        found.contact_email,
        found.contact_language,
        by=by,
        event=event,
        about=found,
        link=("request", found.id),
        found=found,
        **values,
    )


def events_that_wait() -> list[int]:
    """Return the ids of the events on whose lists somebody stands."""
    query = sa.select(SeatRequest.event_id).where(SeatRequest.state.in_(ON_THE_LIST)).distinct()
    return list(session().scalars(query))


def forget(moment: datetime) -> None:
    """Delete requests that nobody confirmed, and erase the contact of those that ended long ago."""
    session().execute(
        sa.delete(SeatRequest).where(
            SeatRequest.state == RequestState.UNCONFIRMED, SeatRequest.asked_at < moment - CONFIRM_WITHIN
        )
    )
    session().execute(
        sa.update(SeatRequest)
        .where(
            SeatRequest.state.in_((*OVER, RequestState.REGISTERED)),
            SeatRequest.closed_at < moment - FORGET_AFTER,
            SeatRequest.contact_email != "",
        )
        .values(contact_name="", contact_email="")
        .execution_options(synchronize_session=False)
    )
