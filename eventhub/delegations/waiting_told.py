"""What the waiting list tells the rest: checks, deadlines, the public page, copies of an event, personal data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import url_for

from eventhub import activity, clock
from eventhub.contributions import Check, Deadline, PersonalData, PublicLink, Severity
from eventhub.db import session
from eventhub.delegations import capacity, offers, places, waiting, words_waiting
from eventhub.delegations.models import Participant
from eventhub.delegations.models_waiting import OpenRegistration, RequestState, SeatRequest
from eventhub.errors import Refused
from eventhub.events.domain import shifted
from eventhub.events.models import Event
from eventhub.i18n import format_list, ngettext
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l


def checks(event: Event) -> Iterable[Check]:
    """Find who waits although seats are free, who can never be served, and kinds that are full."""
    query = waiting.list_query(event).where(SeatRequest.state == RequestState.WAITING)
    waits = list(session().scalars(query))
    counts = places.counts(event.id) if waits else {}
    for kind in sorted({one.kind for one in waits}):
        title = words_waiting.kind_title(kind)
        names = format_list(one.name for one in waits if one.kind == kind)
        number = sum(one.kind == kind for one in waits)
        free = capacity.free(counts, kind)
        if free:
            yield _check(
                "waiting_beside_free",
                kind,
                Severity.AT_RISK,
                ngettext(
                    "%(kind)s: %(num)s seat stands free while organisations wait",
                    "%(kind)s: %(num)s seats stand free while organisations wait",
                    free,
                    kind=title,
                ),
                names,
                _("Offer them, or raise the limit"),
            )
        else:
            yield _check(
                "full",
                kind,
                Severity.TO_COMPLETE,
                ngettext(
                    "%(kind)s: all seats are given, and %(num)s organisation waits",
                    "%(kind)s: all seats are given, and %(num)s organisations wait",
                    number,
                    kind=title,
                ),
                names,
                _("See the waiting list"),
            )
    for one in waits:
        if not capacity.can_ever_fit(counts, one.kind, one.seats):
            yield _check(
                "never_fits",
                str(one.id),
                Severity.AT_RISK,
                ngettext(
                    "%(name)s waits for %(num)s seat, more than the limit gives",
                    "%(name)s waits for %(num)s seats, more than the limit gives",
                    one.seats,
                    name=one.name,
                ),
                words_waiting.kind_title(one.kind),
                _("Offer fewer, or raise the limit"),
                url_for("delegations_waiting.show", request_id=one.id),
            )


def _check(
    rule: str, subject: str, severity: Severity, title: str, why: str, action: str, url: str | None = None
) -> Check:
    place = url or url_for("delegations_waiting.index")
    return Check(f"delegations.{rule}", subject, severity, title, why, place, action, "delegations")


def deadlines(event: Event) -> Iterable[Deadline]:
    """Return the offers whose time runs; what was answered is a deadline no more."""
    query = waiting.list_query(event).where(SeatRequest.state == RequestState.OFFERED)
    for one in session().scalars(query):
        if one.offer_expires_at is not None:
            yield Deadline(
                one.offer_expires_at,
                ngettext(
                    "Offer of %(num)s seat to %(name)s ends",
                    "Offer of %(num)s seats to %(name)s ends",
                    one.offered_seats,
                    name=one.name,
                ),
                _("then its seats go to the next on the waiting list"),
                url_for("delegations_waiting.show", request_id=one.id),
                component="delegations",
            )


def public_links(event: Event) -> Iterable[PublicLink]:
    """Invite organisations to register, while they can."""
    rules = offers.settings_of(event.id)
    try:
        waiting.check_open(event, rules, clock.now())
    except Refused:
        return
    yield PublicLink(_("Register your organisation"), url_for("delegations_open.ask"), 5)


def copy(source: Event, target: Event, shift: timedelta) -> None:
    """Give the copy of an event the limits and the rules of the first, its registration closed."""
    limits = {kind: count.capacity for kind, count in places.counts(source.id).items() if count.capacity is not None}
    if limits:
        places.set_limits(target.id, limits)
    rules = session().scalar(sa.select(OpenRegistration).where(OpenRegistration.event_id == source.id))
    if rules is not None:
        session().add(
            OpenRegistration(
                event_id=target.id,
                is_open=False,
                kinds=rules.kinds,
                opens_at=shifted(rules.opens_at, shift, source) if rules.opens_at else None,
                closes_at=shifted(rules.closes_at, shift, source) if rules.closes_at else None,
                seats_each=rules.seats_each,
                offer_hours=rules.offer_hours,
                patience_hours=rules.patience_hours,
            )
        )


def _asked_by(ids: Iterable[int]) -> list[tuple[int, SeatRequest]]:
    """Return (participant id, request) where a participant's address is the one that asked."""
    same = sa.and_(
        SeatRequest.event_id == Participant.event_id,
        sa.func.lower(SeatRequest.contact_email) == sa.func.lower(Participant.email),
    )
    query = sa.select(Participant.id, SeatRequest).join(SeatRequest, same)
    query = query.where(Participant.id.in_(list(ids)), Participant.email != "")
    return [(person_id, request) for person_id, request in session().execute(query)]


def export(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for person_id, one in _asked_by(ids):
        found.setdefault(person_id, {})[one.name] = f"{one.contact_name}, {one.contact_email}, {one.asked_at:%Y-%m-%d}"
    return found


def erase(ids: Iterable[int]) -> None:
    """Blank the contact of the requests; what the organisation asked for stays counted."""
    requests = [request for _person_id, request in _asked_by(ids)]
    for one in requests:
        one.contact_name = one.contact_email = ""
    activity.blank("seat_request", [one.id for one in requests])


# its name comes before the identity's, whose erasure takes the address away by which requests are found
REQUESTS = PersonalData(
    "delegations.asked_seats",
    _l("Name and address of whoever asked for seats"),
    _l("To prove the address, to offer seats and to tell of them"),
    _l("Public interest mission (GDPR art. 6.1.e)"),
    30,
    export,
    erase,
)
