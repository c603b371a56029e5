"""What can be done with a delegation: invite, name people, submit, confirm, decline, withdraw."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, clock, hookspecs, outbox
from eventhub.access import links
from eventhub.activity import Actor, Verb
from eventhub.db import get, locked, session
from eventhub.delegations.models import (
    Delegation,
    DelegationRole,
    DelegationState,
    Direction,
    Participant,
    ParticipantState,
    Seat,
    SeatState,
    Substitution,
    TravelLeg,
)
from eventhub.errors import Refused
from eventhub.events.domain import apply, check_not_frozen
from eventhub.events.models import Event, EventState
from eventhub.hub import Hooks
from eventhub.i18n import format_moment, sort_key
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l

CREATED = Verb("delegations:created", _l("Delegation added"))
INVITED = Verb("delegations:invited", _l("Invitation sent"))
CHANGED = Verb("delegations:changed", _l("Delegation changed"))
NAMED = Verb("delegations:named", _l("Person named to a seat"))
PERSON_CHANGED = Verb("delegations:person_changed", _l("Person's data changed"))
PERSON_REMOVED = Verb("delegations:person_removed", _l("Person taken off the delegation"))
SUBSTITUTED = Verb("delegations:substituted", _l("Person substituted"))
SUBMITTED = Verb("delegations:submitted", _l("Registration submitted"))
CONFIRMED = Verb("delegations:confirmed", _l("Delegation confirmed"))
DECLINED = Verb("delegations:declined", _l("Delegation declined"))
WITHDRAWN = Verb("delegations:withdrawn", _l("Delegation withdrew"))
REOPENED = Verb("delegations:reopened", _l("Registration taken up again"))
ARCHIVED = Verb("delegations:archived", _l("Delegation archived"))
RESTORED = Verb("delegations:restored", _l("Delegation taken back out of the archive"))
LINKS_REVOKED = Verb("delegations:links_revoked", _l("Personal links withdrawn"))

ABSENT = frozenset({DelegationState.DECLINED, DelegationState.WITHDRAWN})
COMING = frozenset(
    {ParticipantState.INVITED, ParticipantState.REGISTERED, ParticipantState.CONFIRMED, ParticipantState.ARRIVED}
)


class QuotaExceeded(Refused):
    message = _l("All %(quota)s seats of this delegation are taken. Ask the organisers for one more, or free a seat first.")


class QuotaBelowNamed(Refused):
    message = _l("%(named)s people are already named: the quota cannot go below that. Take somebody off first.")
    field = "quota"


class RegistrationClosed(Refused):
    message = _l("Registration closed on %(when)s. Write to the organisers; your data so far are safe.")


class RegistrationNotOpen(Refused):
    message = _l("Registration for this event is not open at the moment. Your data so far are safe; write to the organisers if something must change.")


class NotComing(Refused):
    message = _l("This delegation has declined or withdrawn. Ask the organisers to take its registration up again.")


class NothingToSubmit(Refused):
    message = _l("Name at least one person before you submit; the other seats may stay held without a name.")


class NoContact(Refused):
    message = _l("This delegation has no e-mail address yet. Add one, then send the invitation.")


class NameTaken(Refused):
    message = _l("A delegation called “%(name)s” is already there. Give this one another name, or edit the first.")
    field = "name"


class StateNotPossible(Refused):
    message = _l("This is not possible in the present state of the delegation. Reload the page to see what is.")


class EmailTwice(Refused):
    message = _l("%(email)s stands for two people of this delegation. Each person needs an address of their own, or none.")


def hosts(person: Delegation | Participant) -> bool:
    """Tell whether this is the host team, or one of them."""
    delegation = person if isinstance(person, Delegation) else person.delegation
    return delegation.role == DelegationRole.HOST


# --- reading --------------------------------------------------------------------------------------------------------


def delegation(event: Event, delegation_id: int) -> Delegation:
    return get(Delegation, delegation_id, event_id=event.id)


def with_seats(event: Event, delegation_id: int) -> Delegation:
    """Return the delegation with seats, people and travel, in a fixed number of statements."""
    query = (
        sa.select(Delegation)
        .where(Delegation.id == delegation_id, Delegation.event_id == event.id)
        .options(
            orm.selectinload(Delegation.seats).joinedload(Seat.participant).selectinload(Participant.legs),
        )
        .execution_options(populate_existing=True)
    )
    found = session().scalars(query).unique().one_or_none()
    if found is None:
        return get(Delegation, delegation_id, event_id=event.id)  # raises NotFound
    return found


def list_query(
    event: Event, *, search: str = "", state: str = "", country: str = "", archived: bool = False
) -> sa.Select[tuple[Delegation]]:
    """Return the query of the list; the search ignores case and accents."""
    query = (
        sa.select(Delegation)
        .where(Delegation.event_id == event.id)
        .where(Delegation.archived_at.is_not(None) if archived else Delegation.archived_at.is_(None))
        .order_by(Delegation.sort_key, Delegation.id)
    )
    if search:
        query = query.where(Delegation.sort_key.contains(sort_key(search), autoescape=True))
    if state:
        query = query.where(Delegation.state == state)
    if country:
        query = query.where(Delegation.country == country)
    return query


def people_query(
    event: Event, *, search: str = "", delegation_id: int | None = None, language: str = ""
) -> sa.Select[tuple[Participant]]:
    """Return the query of everybody who is still coming, with their delegations."""
    query = (
        sa.select(Participant)
        .join(Delegation, Participant.delegation_id == Delegation.id)
        .where(Participant.event_id == event.id, Participant.state.in_(COMING), Delegation.archived_at.is_(None))
        .where(Delegation.state.not_in(ABSENT))
        .options(orm.contains_eager(Participant.delegation))
        .order_by(Participant.sort_key, Participant.id)
    )
    if search:
        query = query.where(Participant.sort_key.contains(sort_key(search), autoescape=True))
    if delegation_id:
        query = query.where(Participant.delegation_id == delegation_id)
    if language:
        # portable between JSON on SQLite and JSONB on PostgreSQL: codes are quoted inside the array
        query = query.where(sa.cast(Participant.languages, sa.Text).contains(f'"{language}"', autoescape=True))
    return query


def with_travel() -> Any:
    """Return the option that loads travel with the people, in one more statement."""
    return orm.selectinload(Participant.legs)


def people(event: Event) -> list[Participant]:
    """Return everybody who is still coming, with delegation and travel, in two statements."""
    query = people_query(event).options(with_travel())
    return list(session().scalars(query).unique())


def participant(event: Event, participant_id: int) -> Participant:
    return get(Participant, participant_id, event_id=event.id)


def unnamed_seats(event: Event) -> dict[int, int]:
    """Return {delegation id: seats held without a name} of those still coming."""
    query = sa.select(Delegation.id, Delegation.quota - Delegation.seats_named).where(
        Delegation.event_id == event.id, Delegation.archived_at.is_(None), Delegation.state.not_in(ABSENT)
    )
    return {key: held for key, held in session().execute(query).tuples() if held > 0}


# --- completeness ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """Something that a delegation still owes, and the step of the form where it is given."""

    what: str
    stage: str


@dataclass(frozen=True)
class Completeness:
    """How far a registration is: parts given of parts asked, and what is missing in words."""

    given: int
    asked: int
    missing: tuple[Missing, ...] = field(default=())

    @property
    def percent(self) -> int:
        return 100 if self.asked == 0 else round(100 * self.given / self.asked)

    @property
    def complete(self) -> bool:
        return self.given == self.asked


def person_missing(person: Participant) -> list[str]:
    """Return the core's own gaps in a person's data, in words."""
    gaps = []
    if not person.email and not person.delegation.contact_email:
        gaps.append(_("e-mail"))
    if not person.languages:
        gaps.append(_("languages understood"))
    if not person.function:
        gaps.append(_("function"))
    return gaps


def travel_missing(person: Participant) -> list[str]:
    gaps = []
    for direction, name in ((Direction.ARRIVAL, _("arrival")), (Direction.DEPARTURE, _("departure"))):
        leg = person.leg(direction)
        if leg is None or (leg.at is None and leg.mode != "local"):
            gaps.append(name)
    return gaps


def completeness(found: Delegation, sections: Sequence[Any] = ()) -> Completeness:
    """Count per seat: a name, the facts of the person, the travel; and what plugins' sections ask for."""
    given, asked = 0, 0
    missing: list[Missing] = []
    for seat in found.seats:
        asked += 3
        person = seat.participant
        if person is None:
            missing.append(Missing(_("Seat %(number)s has no name yet", number=seat.position), "people"))
            continue
        given += 1
        for stage, gaps in (("people", person_missing(person)), ("travel", travel_missing(person))):
            if gaps:
                missing += [Missing(f"{person.name}: {gap}", stage) for gap in gaps]
            else:
                given += 1
    for section in sections:
        asked += 1
        given += section.complete
        missing += [Missing(text, section.stage) for text in section.missing]
    return Completeness(given, asked, tuple(missing))


# --- the organiser's side -------------------------------------------------------------------------------------------


def check_name(event: Event, name: str, own_id: int | None = None) -> None:
    taken = session().scalar(
        sa.select(Delegation.id).where(
            Delegation.event_id == event.id, Delegation.sort_key == sort_key(name), Delegation.archived_at.is_(None)
        )
    )
    if taken is not None and taken != own_id:
        raise NameTaken(name=name)


def add(event: Event, facts: Mapping[str, Any], *, by: Actor) -> Delegation:
    """Write a delegation with its seats held and unnamed; nothing is sent yet."""
    check_not_frozen(event)
    check_name(event, facts["name"])
    new = Delegation(
        event_id=event.id, reference=_reference(), sort_key=sort_key(facts["name"]), state=DelegationState.INVITED
    )
    apply(new, facts)
    new.seats = [Seat(event_id=event.id, position=number) for number in range(1, new.quota + 1)]
    session().add(new)
    activity.record(by, CREATED, new)
    return new


def _reference() -> str:
    """Return a reference that people can read out: no letters or digits that look alike."""
    return "".join(secrets.choice("ABCDEFGHJKLMNPQRTUVWXY346789") for _n in range(6))


def change(event: Event, found: Delegation, changes: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> None:
    """Change a delegation that was locked in this transaction; a new quota adds or frees unnamed seats."""
    check_not_frozen(event)
    if "name" in changes:
        check_name(event, changes["name"], found.id)
        found.sort_key = sort_key(changes["name"])
    apply(found, changes)
    if "quota" in changes:
        fit_seats(found)
    differences = activity.differences(found)
    if differences:
        hooks.before(hookspecs.before_change, event=event, subject=found, changes=differences)
        activity.record(by, CHANGED, found, differences)
        hooks.after(hookspecs.after_change, event=event, subject=found, changes=differences)


def fit_seats(found: Delegation) -> None:
    """Add unnamed seats up to the quota, or free unnamed ones above it."""
    if found.quota < found.seats_named:
        raise QuotaBelowNamed(named=found.seats_named)
    unnamed = [seat for seat in found.seats if seat.participant_id is None]
    for seat in unnamed[::-1][: max(0, len(found.seats) - found.quota)]:
        found.seats.remove(seat)
    last = max((seat.position for seat in found.seats), default=0)
    for number in range(last + 1, last + 1 + found.quota - len(found.seats)):
        found.seats.append(Seat(event_id=found.event_id, position=number))


def invite(event: Event, found: Delegation, *, by: Actor) -> outbox.MailMessage:
    """Send the head of the delegation the link to register."""
    check_not_frozen(event)
    if not found.contact_email:
        raise NoContact
    found.invited_at = clock.now()
    activity.record(by, INVITED, found)
    return outbox.post(
        "invitation",
        found.contact_email,
        found.contact_language,
        by=by,
        event=event,
        about=found,
        link=("delegation", found.id),
        delegation=found,
        closes=deadline(event, found),
    )


def revoke_links(found: Delegation, *, by: Actor) -> int:
    """Withdraw every link to this registration; whoever has it open is asked for a new one."""
    count = links.revoke("delegation", found.id)
    activity.record(by, LINKS_REVOKED, found, {"links": [count, 0]})
    return count


def confirm(event: Event, found: Delegation, *, by: Actor) -> None:
    """Confirm a submitted delegation and tell its head."""
    if found.state not in {DelegationState.SUBMITTED, DelegationState.ROSTER_INCOMPLETE}:
        raise StateNotPossible
    _move(found, DelegationState.CONFIRMED, CONFIRMED, by)
    if found.contact_email:
        outbox.post(
            "confirmed", found.contact_email, found.contact_language, by=by, event=event, about=found,
            link=("delegation", found.id), delegation=found,
        )


def withdraw(event: Event, found: Delegation, reason: str, *, by: Actor) -> None:
    """Take the whole delegation out; its people's places become free, its data stay until retention removes them."""
    _leave(found, DelegationState.WITHDRAWN, WITHDRAWN, reason, by)


def decline(event: Event, found: Delegation, reason: str, *, by: Actor) -> None:
    """Answer the invitation with no."""
    _leave(found, DelegationState.DECLINED, DECLINED, reason, by)


def _leave(found: Delegation, state: DelegationState, verb: Verb, reason: str, by: Actor) -> None:
    if found.state in ABSENT:
        raise StateNotPossible
    found.reason = reason[:500]
    _move(found, state, verb, by)


def reopen(event: Event, found: Delegation, *, by: Actor) -> None:
    """Let the delegation register again after it submitted, declined or withdrew."""
    check_not_frozen(event)
    if found.state in {DelegationState.INVITED, DelegationState.REGISTERING}:
        raise StateNotPossible
    _move(found, DelegationState.REGISTERING if found.seats_named else DelegationState.INVITED, REOPENED, by)


def set_archived(found: Delegation, archived: bool, *, by: Actor) -> None:
    found.archived_at = clock.now() if archived else None
    activity.record(by, ARCHIVED if archived else RESTORED, found)


def _move(found: Delegation, state: DelegationState, verb: Verb, by: Actor) -> None:
    differences = {"state": [found.state, state.value]}
    found.state = state
    activity.record(by, verb, found, differences)


# --- the guest's side -----------------------------------------------------------------------------------------------


def deadline(event: Event, found: Delegation) -> datetime | None:
    """Return the delegation's own deadline, or the event's."""
    return found.closes_at or event.registration_closes_at


def check_open(event: Event, found: Delegation, moment: datetime) -> None:
    """Refuse after the deadline and its grace, and while the event takes no registrations."""
    if found.archived_at is not None or found.state in ABSENT:
        raise NotComing
    closes = deadline(event, found)
    if closes is not None and moment > closes + timedelta(minutes=event.grace_minutes):
        raise RegistrationClosed(when=format_moment(closes, event.zone))
    if event.state != EventState.OPEN or event.archived_at is not None:
        raise RegistrationNotOpen


def locked_delegation(event: Event, delegation_id: int) -> Delegation:
    """Return the delegation locked, then its seats as they are now; call it first in the transaction."""
    locked(Delegation, delegation_id, event_id=event.id)
    return with_seats(event, delegation_id)


@dataclass(frozen=True)
class Person:
    """What a form says of one seat; an empty name holds the seat without one."""

    seat_id: int
    name: str
    function: str = ""
    email: str = ""
    phone: str = ""
    languages: tuple[str, ...] = ()
    document_language: str = ""
    is_head: bool = False


def save_people(event: Event, found: Delegation, people: Sequence[Person], *, by: Actor) -> None:
    """Name, correct, substitute or take off the people of several seats at once.

    ``found`` was locked in this transaction. Raises QuotaExceeded when the counter says that no seat is left, whatever
    the rows say.
    """
    check_not_frozen(event)
    check_emails(people)
    seats = {seat.id: seat for seat in found.seats}
    for person in people:
        seat = seats.get(person.seat_id)
        if seat is None:
            raise QuotaExceeded(quota=found.quota)
        _save_person(found, seat, person, by)
    if found.state == DelegationState.INVITED and found.seats_named:
        _move(found, DelegationState.REGISTERING, CHANGED, by)
    session().flush()


def check_emails(people: Iterable[Person]) -> None:
    seen: set[str] = set()
    for person in people:
        address = person.email.casefold()
        if address and address in seen:
            raise EmailTwice(email=person.email)
        seen.add(address)


def _save_person(found: Delegation, seat: Seat, person: Person, by: Actor) -> None:
    if not person.name:
        if seat.participant is not None:
            remove_person(found, seat, by=by)
        return
    if seat.participant is None:
        seat.participant = _named(found, person, by)
        seat.state = SeatState.NAMED
        return
    known = seat.participant
    if sort_key(known.name) != sort_key(person.name) and known.email and person.email and (
        known.email.casefold() != person.email.casefold()
    ):
        # another name and another address: another person, not a correction
        substitute(found, seat, person, by=by)
        return
    _write(known, person)
    activity.edited(by, PERSON_CHANGED, known)


def _write(participant: Participant, person: Person) -> None:
    participant.name, participant.sort_key = person.name, sort_key(person.name)
    participant.function, participant.email, participant.phone = person.function, person.email, person.phone
    participant.languages = list(person.languages)
    participant.document_language = person.document_language
    participant.is_head = person.is_head


def _named(found: Delegation, person: Person, by: Actor) -> Participant:
    take_seat(found)
    new = Participant(
        event_id=found.event_id, delegation_id=found.id, state=ParticipantState.REGISTERED, delegation=found, legs=[]
    )
    _write(new, person)
    session().add(new)
    activity.record(by, NAMED, new)
    return new


def take_seat(found: Delegation) -> None:
    """Count one more named seat, or refuse; a conditional write, and a CHECK in the database behind it."""
    taken = session().execute(
        sa.update(Delegation)
        .where(Delegation.id == found.id, Delegation.seats_named < Delegation.quota)
        .values(seats_named=Delegation.seats_named + 1)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise QuotaExceeded(quota=found.quota)
    orm.attributes.set_committed_value(found, "seats_named", found.seats_named + 1)


def remove_person(found: Delegation, seat: Seat, *, by: Actor) -> None:
    """Take the person off; the seat stays held. Their data stay until retention removes them."""
    person = seat.participant
    if person is None:
        return
    person.state = ParticipantState.CANCELLED
    seat.participant, seat.state = None, SeatState.UNNAMED
    found.seats_named -= 1
    activity.record(by, PERSON_REMOVED, person)


def substitute(found: Delegation, seat: Seat, person: Person, *, by: Actor) -> Participant:
    """Give the seat to somebody else and keep the trace; the counter does not move."""
    left = seat.participant
    assert left is not None
    left.state = ParticipantState.CANCELLED
    came = Participant(
        event_id=found.event_id, delegation_id=found.id, state=ParticipantState.REGISTERED, delegation=found, legs=[]
    )
    _write(came, person)
    session().add(came)
    session().flush()
    seat.participant, seat.state = came, SeatState.SUBSTITUTED
    session().add(
        Substitution(event_id=found.event_id, seat_id=seat.id, left_id=left.id, came_id=came.id, at=clock.now())
    )
    activity.record(by, SUBSTITUTED, came, {"instead_of": [left.id, came.id]})
    return came


@dataclass(frozen=True)
class Travel:
    """One leg as a form says it."""

    direction: Direction
    mode: str = ""
    number: str = ""
    place: str = ""
    at: datetime | None = None


def save_travel(person: Participant, travel: Iterable[Travel], *, by: Actor) -> None:
    """Write how and when the person arrives and leaves."""
    for given in travel:
        leg = person.leg(given.direction)
        if leg is None:
            leg = TravelLeg(event_id=person.event_id, direction=given.direction)
            person.legs.append(leg)
        leg.mode, leg.number, leg.place, leg.at = given.mode, given.number, given.place, given.at
    if any(leg in session().new or session().is_modified(leg) for leg in person.legs):
        activity.record(by, PERSON_CHANGED, person, {"travel": [None, "changed"]})


def submit(event: Event, found: Delegation, progress: Completeness, *, by: Actor, hooks: Hooks) -> None:
    """Hand the registration in; incomplete is allowed and stays visible, nameless is not."""
    check_open(event, found, clock.now())
    if found.seats_named == 0:
        raise NothingToSubmit
    hooks.before(hookspecs.before_registration, event=event, delegation=found)
    for seat in found.seats:
        if seat.participant is not None and seat.state == SeatState.NAMED and not person_missing(seat.participant):
            seat.state = SeatState.COMPLETE
    found.submitted_at = clock.now()
    state = DelegationState.SUBMITTED if progress.complete else DelegationState.ROSTER_INCOMPLETE
    _move(found, state, SUBMITTED, by)
    if found.contact_email:
        outbox.post(
            "registered", found.contact_email, found.contact_language, by=by, event=event, about=found,
            link=("delegation", found.id), delegation=found, progress=progress, closes=deadline(event, found),
        )
    hooks.after(hookspecs.after_registration, event=event, delegation=found)
