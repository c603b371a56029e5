"""What can be done with a delegation: invite, register and submit, confirm, decline, withdraw, archive.

Who sits on its seats is in ``seats`` and ``roster``, how far its registration is in ``completeness``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import activity, clock, hookspecs, outbox
from eventhub.access import links
from eventhub.activity import Actor, Verb
from eventhub.db import get, session
from eventhub.delegations import offers, places, seats, stages, words
from eventhub.delegations.arrivals import arrive as arrive
from eventhub.delegations.arrivals import depart as depart
from eventhub.delegations.arrivals import mark_no_show as mark_no_show
from eventhub.delegations.arrivals import take_back_arrival as take_back_arrival
from eventhub.delegations.arrivals import take_back_departure as take_back_departure
from eventhub.delegations.arrivals import take_back_no_show as take_back_no_show
from eventhub.delegations.completeness import Completeness
from eventhub.delegations.lists import names as names
from eventhub.delegations.lists import people_query as people_query
from eventhub.delegations.lists import with_seats as with_seats
from eventhub.delegations.models import (
    ABSENT,
    HERE,
    Delegation,
    DelegationRole,
    DelegationState,
    Participant,
    ParticipantState,
    Seat,
)
from eventhub.delegations.models import COMING as COMING
from eventhub.delegations.roster import save_people as save_people
from eventhub.delegations.seats import Person as Person
from eventhub.delegations.travel import Travel as Travel
from eventhub.delegations.travel import save_travel as save_travel
from eventhub.errors import NotFound, Refused
from eventhub.events.domain import apply, check_not_frozen
from eventhub.events.models import Event, EventState
from eventhub.hub import Hooks
from eventhub.i18n import format_moment, sort_key
from eventhub.i18n import lazy_gettext as _l

CREATED = Verb("delegations:created", _l("Delegation added"))
INVITED = Verb("delegations:invited", _l("Invitation sent"))
CHANGED = Verb("delegations:changed", _l("Delegation changed"))
SUBMITTED = Verb("delegations:submitted", _l("Registration submitted"))
CONFIRMED = Verb("delegations:confirmed", _l("Delegation confirmed"))
DECLINED = Verb("delegations:declined", _l("Delegation declined"))
WITHDRAWN = Verb("delegations:withdrawn", _l("Delegation withdrew"))
REOPENED = Verb("delegations:reopened", _l("Registration taken up again"))
ARCHIVED = Verb("delegations:archived", _l("Delegation archived"))
RESTORED = Verb("delegations:restored", _l("Delegation taken back out of the archive"))
LINK_SHOWN = Verb("delegations:link_shown", _l("Personal link made and shown"))
LINKS_REVOKED = Verb("delegations:links_revoked", _l("Personal links withdrawn"))


class RegistrationClosed(Refused):
    message = _l("Registration closed on %(when)s. Write to the organisers; your data so far are safe.")


class RegistrationNotOpen(Refused):
    message = _l(
        "Registration for this event is not open at the moment. Your data so far are safe; "
        "write to the organisers if something must change."
    )


class NotComing(Refused):
    message = _l(
        "This delegation has declined, withdrawn or been archived. The organisers can take its registration up again."
    )


class NothingToSubmit(Refused):
    message = _l("Name at least one person before you submit; the other seats may stay held without a name.")


class NoContact(Refused):
    message = _l("This delegation has no e-mail address yet. Add one, then send the invitation.")


class NameTaken(Refused):
    message = _l("A delegation called “%(name)s” is already there. Give this one another name, or edit the first.")
    field = "name"


class StateNotPossible(Refused):
    message = _l("This is not possible in the present state of the delegation. Reload the page to see what is.")


def hosts(person: Delegation | Participant) -> bool:
    """Tell whether this is the host team, or one of them."""
    delegation = person if isinstance(person, Delegation) else person.delegation
    return delegation.role == DelegationRole.HOST


# --- reading --------------------------------------------------------------------------------------------------------


def delegation(event: Event, delegation_id: int) -> Delegation:
    return get(Delegation, delegation_id, event_id=event.id)


def locked_delegation(event: Event, delegation_id: int) -> Delegation:
    """Return the delegation locked, with its seats as they are now; call it first in the transaction."""
    return with_seats(event, delegation_id, lock=True)


def with_travel() -> Any:
    """Return the option that loads travel with the people, in one more statement."""
    return orm.selectinload(Participant.legs)


def people(event: Event) -> list[Participant]:
    """Return everybody who is still coming, with delegation and travel, in two statements."""
    query = people_query(event).options(with_travel())
    return list(session().scalars(query).unique())


def participant(event: Event, participant_id: int) -> Participant:
    """Return the person with their delegation and travel, in one statement; NotFound for an id of another event."""
    query = (
        sa.select(Participant)
        .where(Participant.id == participant_id, Participant.event_id == event.id)
        .options(orm.joinedload(Participant.delegation), orm.joinedload(Participant.legs))
    )
    found = session().scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound("participant", participant_id)
    return found


def is_expected(person: Participant) -> bool:
    """Tell whether this person is coming, as far as anybody knows."""
    return person.state in COMING and person.delegation.state not in ABSENT and person.delegation.archived_at is None


def unnamed_seats(event: Event) -> dict[int, int]:
    """Return {delegation id: seats held without a name} of those still coming."""
    query = sa.select(Delegation.id, Delegation.quota - Delegation.seats_named).where(
        Delegation.event_id == event.id, Delegation.archived_at.is_(None), Delegation.state.not_in(ABSENT)
    )
    return {key: held for key, held in session().execute(query) if held > 0}


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
        event_id=event.id, reference=new_reference(), sort_key=sort_key(facts["name"]), state=DelegationState.INVITED
    )
    apply(new, facts)
    places.take(event.id, *places.held(new))
    new.seats = [Seat(event_id=event.id, position=number) for number in range(1, new.quota + 1)]
    session().add(new)
    activity.record(by, CREATED, new)
    return new


def new_reference() -> str:
    """Return a reference that people can read out: no letters or digits that look alike."""
    return "".join(secrets.choice("ABCDEFGHJKLMNPQRTUVWXY346789") for _n in range(6))


def change(event: Event, found: Delegation, changes: Mapping[str, Any], *, by: Actor, hooks: Hooks) -> None:
    """Change a delegation that was locked in this transaction; a new quota adds or frees unnamed seats."""
    check_not_frozen(event)
    held = places.held(found)
    if "name" in changes:
        check_name(event, changes["name"], found.id)
        found.sort_key = sort_key(changes["name"])
    apply(found, changes)
    differences = activity.differences(found)  # before fitting the seats writes, and they are no differences any more
    differences.pop("sort_key", None)
    if "quota" in changes:
        seats.fit_seats(found)
    if differences:
        hooks.before(hookspecs.before_change, event=event, subject=found, changes=differences)
        offers.follow(event, held, found)
        activity.record(by, CHANGED, found, differences)
        hooks.after(hookspecs.after_change, event=event, subject=found, changes=differences)


def check_coming(found: Delegation) -> None:
    if found.archived_at is not None or found.state in ABSENT:
        raise NotComing


def invite(event: Event, found: Delegation, *, by: Actor) -> outbox.MailMessage:
    """Send the head of the delegation the link to register."""
    check_not_frozen(event)
    check_coming(found)
    if not found.contact_email:
        raise NoContact
    found.invited_at = clock.now()
    activity.record(by, INVITED, found)
    return _write_to_head(event, found, "invitation", by)


def welcome(event: Event, found: Delegation, *, by: Actor) -> outbox.MailMessage:
    """Tell an organisation that registered by itself that it has its seats, with the link to name its people."""
    return _write_to_head(event, found, "seats_taken", by)


def _write_to_head(event: Event, found: Delegation, kind: str, by: Actor, **values: object) -> outbox.MailMessage:
    """Post a mail of this kind, with the head's personal link; its template gets the delegation and its deadline."""
    return outbox.post(
        kind,
        found.contact_email,
        found.contact_language,
        by=by,
        event=event,
        about=found,
        link=("delegation", found.id),
        delegation=found,
        closes=deadline(event, found),
        stages=stages.apart(event, found),
        **values,
    )


def revoke_links(found: Delegation, *, by: Actor) -> int:
    """Withdraw every link to this registration; whoever has it open is asked for a new one."""
    count = links.revoke("delegation", found.id) + links.revoke("seat", *(seat.id for seat in found.seats))
    activity.record(by, LINKS_REVOKED, found, {"links": [count, 0]})
    return count


def confirm(event: Event, found: Delegation, *, by: Actor, hooks: Hooks) -> None:
    """Confirm a submitted delegation with its people, and tell its head."""
    check_not_frozen(event)
    if not possible(found).confirm:
        raise StateNotPossible
    _move(event, found, DelegationState.CONFIRMED, CONFIRMED, by, hooks)
    seats.change_states(event, found, ParticipantState.REGISTERED, ParticipantState.CONFIRMED, hooks=hooks)
    if found.contact_email:
        _write_to_head(event, found, "confirmed", by)


def withdraw(event: Event, found: Delegation, reason: str, *, by: Actor, hooks: Hooks) -> None:
    """Take the whole delegation out; its people's places become free, its data stay until retention removes them."""
    _leave(event, found, DelegationState.WITHDRAWN, WITHDRAWN, reason, by, hooks)


def decline(event: Event, found: Delegation, reason: str, *, by: Actor, hooks: Hooks) -> None:
    """Answer the invitation with no; a delegation that has named people withdraws them."""
    if found.seats_named:
        withdraw(event, found, reason, by=by, hooks=hooks)
    else:
        _leave(event, found, DelegationState.DECLINED, DECLINED, reason, by, hooks)


def _leave(
    event: Event, found: Delegation, state: DelegationState, verb: Verb, reason: str, by: Actor, hooks: Hooks
) -> None:
    check_not_frozen(event)
    if not possible(found).withdraw:
        raise StateNotPossible
    held = places.held(found)
    found.reason = reason[:500]
    _move(event, found, state, verb, by, hooks)
    offers.follow(event, held, found)
    for coming in COMING:
        seats.change_states(event, found, coming, ParticipantState.CANCELLED, hooks=hooks)


def reopen(event: Event, found: Delegation, *, by: Actor, hooks: Hooks) -> None:
    """Let the delegation register again after it submitted, declined or withdrew; whoever had a seat has it still."""
    check_not_frozen(event)
    if not possible(found).reopen:
        raise StateNotPossible
    held = places.held(found)
    state = DelegationState.REGISTERING if found.seats_named else DelegationState.INVITED
    _move(event, found, state, REOPENED, by, hooks)
    offers.follow(event, held, found)
    found.reason = ""
    seats.change_states(event, found, ParticipantState.CANCELLED, ParticipantState.REGISTERED, hooks=hooks)


def set_archived(event: Event, found: Delegation, archived: bool, *, by: Actor, hooks: Hooks) -> None:
    """Archive the delegation or take it back; nothing is destroyed, and nobody of an archived one is expected."""
    check_not_frozen(event)
    if not archived:
        check_name(event, found.name, found.id)
    held = places.held(found)
    differences = {"archived_at": [None, "archived"] if archived else ["archived", None]}
    hooks.before(hookspecs.before_change, event=event, subject=found, changes=differences)
    found.archived_at = clock.now() if archived else None
    offers.follow(event, held, found)
    activity.record(by, ARCHIVED if archived else RESTORED, found)
    hooks.after(hookspecs.after_change, event=event, subject=found, changes=differences)


@dataclass(frozen=True)
class Possible:
    """What organisers can do with a delegation as it is now."""

    invite: bool
    confirm: bool
    reopen: bool
    withdraw: bool


def possible(found: Delegation) -> Possible:
    kept = found.archived_at is None
    coming = kept and found.state not in ABSENT
    submitted = {DelegationState.SUBMITTED, DelegationState.ROSTER_INCOMPLETE}
    begun = found.state not in {DelegationState.INVITED, DelegationState.REGISTERING}
    here = found.state in HERE
    return Possible(coming, kept and found.state in submitted, kept and begun and not here, coming and not here)


def _move(event: Event, found: Delegation, state: DelegationState, verb: Verb, by: Actor, hooks: Hooks) -> None:
    differences = {"state": [found.state, state.value]}
    hooks.before(hookspecs.before_change, event=event, subject=found, changes=differences)
    found.state = state
    activity.record(by, verb, found, differences)
    hooks.after(hookspecs.after_change, event=event, subject=found, changes=differences)


# --- the guest's side -----------------------------------------------------------------------------------------------


def deadline(event: Event, found: Delegation) -> datetime | None:
    """Return until when something of the registration may be changed: the last deadline of its stages."""
    return stages.last(event, found).at


def check_open(event: Event, found: Delegation, moment: datetime) -> None:
    """Refuse after the last deadline and its grace, and while the event takes no registrations."""
    check_coming(found)
    closes = stages.last(event, found)
    if closes.at is not None and closes.over(moment):
        raise RegistrationClosed(when=format_moment(closes.at, event.zone))
    if event.state != EventState.OPEN or event.archived_at is not None:
        raise RegistrationNotOpen


def check_stage_open(event: Event, found: Delegation, stage: str, moment: datetime) -> None:
    """Refuse a change of this stage after its deadline and grace; other stages may be open still."""
    check_open(event, found, moment)
    stages.check_stage_open(event, found, stage, moment)


def check_correctable(event: Event, person: Participant) -> None:
    """Refuse to correct one's own data when there is nothing to prepare any more; the deadline does not matter here."""
    check_not_frozen(event)
    if not is_expected(person):
        raise NotComing


def is_submitted(found: Delegation) -> bool:
    """Tell whether the registration was handed in as it is now: nothing was saved since."""
    waiting = {DelegationState.INVITED, DelegationState.REGISTERING} | ABSENT
    return found.submitted_at is not None and found.saved_at is None and found.state not in waiting


# Further along than submitted: handing changes in does not take it back
PAST_SUBMISSION = frozenset({DelegationState.CONFIRMED, DelegationState.ARRIVED, DelegationState.DEPARTED})


def submit(event: Event, found: Delegation, progress: Completeness, *, by: Actor, hooks: Hooks) -> None:
    """Hand the registration in; incomplete is allowed and stays visible, nameless is not. Twice is once."""
    check_open(event, found, clock.now())
    if found.seats_named == 0:
        raise NothingToSubmit
    if is_submitted(found):
        return
    hooks.before(hookspecs.before_registration, event=event, delegation=found)
    found.submitted_at, found.saved_at = clock.now(), None
    state = DelegationState.SUBMITTED if progress.complete else DelegationState.ROSTER_INCOMPLETE
    _move(event, found, DelegationState(found.state) if found.state in PAST_SUBMISSION else state, SUBMITTED, by, hooks)
    if found.contact_email:
        _write_to_head(event, found, "registered", by, progress=progress, words=words)
    hooks.after(hookspecs.after_registration, event=event, delegation=found)
