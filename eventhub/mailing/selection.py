"""Whom a mailing is for: the filters of the lists and a segment, chosen anew each time; one mail for an address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub import clock, hookspecs
from eventhub.contributions import MailRecipient
from eventhub.db import get, session
from eventhub.delegations import domain as delegations
from eventhub.delegations import lists
from eventhub.delegations.models import ABSENT, Delegation, DelegationState, Participant, Seat
from eventhub.events.models import Event, ProgrammeItem
from eventhub.hub import Hooks
from eventhub.mailing import gaps
from eventhub.mailing.models import Mailing, MailingKind, To
from eventhub.outbox import MailMessage, MailState

Key = tuple[str, int]  # ("delegation", 12) for its head, ("participant", 34)
STAGES = ("people", "travel", "needs", "choices")
ARGUMENTS = 30  # of a list, kept with a draft
LIVE = (MailState.QUEUED, MailState.SENT)


class Segment(StrEnum):
    ALL = "all"
    INCOMPLETE = "incomplete"
    NOT_INVITED = "not_invited"
    PEOPLE = "people"
    TRAVEL = "travel"
    NEEDS = "needs"
    CHOICES = "choices"


class Reason(StrEnum):
    """Why somebody whom the filters find gets no mail."""

    NO_ADDRESS = "no_address"
    NOT_COMING = "not_coming"
    REMINDED = "reminded"
    NOTHING_MISSING = "nothing_missing"


@dataclass(frozen=True)
class Letter:
    """One mail to one address: everybody who shares it. The first decides the language."""

    address: str
    language: str
    keys: tuple[Key, ...]
    members: tuple[MailRecipient, ...]

    @property
    def names(self) -> list[str]:
        return [name_of(member) for member in self.members]


@dataclass(frozen=True)
class Selection:
    """The letters, those who get none and why, and for whom the head of the delegation is written to instead."""

    letters: tuple[Letter, ...] = ()
    left_out: Mapping[Reason, Sequence[str]] = field(default_factory=dict)
    instead: tuple[str, ...] = ()

    @property
    def keys(self) -> frozenset[Key]:
        return frozenset(key for letter in self.letters for key in letter.keys)

    @property
    def languages(self) -> Counter[str]:
        """Return how many mails there are in each language."""
        return Counter(letter.language for letter in self.letters)

    @property
    def merged(self) -> list[Letter]:
        return [letter for letter in self.letters if len(letter.members) > 1]


def name_of(member: MailRecipient) -> str:
    return member.participant.name if member.participant else member.delegation.name


def key_of(member: MailRecipient) -> Key:
    if member.participant:
        return "participant", member.participant.id
    return "delegation", member.delegation.id


def written_keys(keys: Iterable[Key]) -> str:
    """Return keys as a form carries them: "d12 p34"."""
    return " ".join(sorted(f"{kind[0]}{key}" for kind, key in keys))


def read_keys(text: str) -> frozenset[Key]:
    """Read them back; what is not a key is nobody."""
    kinds = {"d": "delegation", "p": "participant"}
    words = (word for word in text.split() if word[:1] in kinds and word[1:].isdecimal() and len(word) < 12)
    return frozenset((kinds[word[0]], int(word[1:])) for word in words)


def language_of(event: Event, wanted: str) -> str:
    """Return the language in which somebody is written to: theirs, else English, else the event's first."""
    if wanted in event.languages:
        return wanted
    return "en" if "en" in event.languages else event.languages[0]


def choose(event: Event, mailing: Mailing, *, hooks: Hooks) -> Selection:
    """Return who gets this mailing as things stand now, in a fixed number of statements."""
    instead: list[str] = []
    if mailing.kind == MailingKind.URGENT:
        found = _concerned(event, mailing, hooks, instead)
    elif mailing.to == To.HEADS:
        found = [MailRecipient(row) for row in _delegations(event, mailing, hooks)]
    else:
        found = [MailRecipient(row.delegation, row) for row in _people(event, mailing, hooks)]
    left_out: dict[Reason, list[str]] = {}
    kept = _remaining(event, mailing, found, left_out, hooks)
    return Selection(tuple(_letters(event, kept)), left_out, tuple(instead))


# --- finding --------------------------------------------------------------------------------------------------------


def _arguments(filters: Mapping[str, Any], **more: str) -> dict[str, str]:
    """Return the query arguments of the list, without what is the mailing's own."""
    return {name: str(value) for name, value in filters.items() if name not in {"list", "segment", "item"}} | more


def _delegations_query(event: Event, filters: Mapping[str, Any]) -> sa.Select[Delegation]:
    """Return those that the list shows, of the segment; an archived delegation is never written to."""
    segment = filters.get("segment", Segment.ALL)
    more = {"show": "incomplete"} if segment == Segment.INCOMPLETE else {}
    query = lists.delegations_matching(event, _arguments(filters, **more)).where(Delegation.archived_at.is_(None))
    if segment == Segment.NOT_INVITED:
        query = query.where(Delegation.invited_at.is_(None), Delegation.state == DelegationState.INVITED)
    return query


def of_people(mailing: Mailing) -> bool:
    """Tell whether the filters are those of the list of people."""
    return bool(mailing.filters.get("list") == "people")


def _delegations(event: Event, mailing: Mailing, hooks: Hooks) -> list[Delegation]:
    if of_people(mailing):
        shown = lists.people_matching(event, _arguments(mailing.filters), hooks=hooks)
        ids = shown.with_only_columns(Participant.delegation_id).order_by(None)
        query = _delegations_query(event, _only_segment(mailing)).where(Delegation.id.in_(ids))
    else:
        query = _delegations_query(event, mailing.filters)
    if _needs_gaps(mailing):
        query = query.options(with_all())
    return list(session().scalars(query))


def _only_segment(mailing: Mailing) -> dict[str, Any]:
    return {"segment": mailing.filters.get("segment", Segment.ALL)}


def with_all() -> Any:
    """Return the option that loads seats, people and travel with delegations, in one more statement."""
    return orm.selectinload(Delegation.seats).joinedload(Seat.participant).joinedload(Participant.legs)


def _people(event: Event, mailing: Mailing, hooks: Hooks) -> list[Participant]:
    if of_people(mailing):
        query = lists.people_matching(event, _arguments(mailing.filters), hooks=hooks)
        narrowed = _only_segment(mailing)
    else:
        query, narrowed = lists.people_query(event), dict(mailing.filters)
    if narrowed.get("segment") in STAGES:
        narrowed.pop("segment")  # what the person owes is looked at one by one
    if any(value not in {"", Segment.ALL} for value in narrowed.values()):
        ids = _delegations_query(event, narrowed).with_only_columns(Delegation.id).order_by(None)
        query = query.where(Participant.delegation_id.in_(ids))
    if _needs_gaps(mailing):
        query = query.options(delegations.with_travel())
    return list(session().scalars(query).unique())


def _concerned(event: Event, mailing: Mailing, hooks: Hooks, instead: list[str]) -> list[MailRecipient]:
    """Return exactly those who are expected at the item, or belong to the delegation, or come at all."""
    chosen = str(mailing.filters.get("delegation", ""))
    query = lists.people_query(event)
    people = list(session().scalars(query.where(Participant.delegation_id == int(chosen)) if is_id(chosen) else query))
    if item := item_of(event, mailing):
        there = hooks.collect(hookspecs.attendances, event=event, items=[item])
        ids = {attendance.participant_id for attendance in there if attendance.item_id == item.id}
        people = [person for person in people if person.id in ids]
    heads: dict[int, MailRecipient] = {}
    found: list[MailRecipient] = []
    for person in people:
        if mailing.to == To.PEOPLE and person.email:
            found.append(MailRecipient(person.delegation, person))
            continue
        if mailing.to == To.PEOPLE and person.delegation.contact_email:
            instead.append(person.name)
        heads.setdefault(person.delegation_id, MailRecipient(person.delegation))
    return [*found, *heads.values()]


def item_of(event: Event, mailing: Mailing) -> ProgrammeItem | None:
    """Return the programme item that an urgent mailing is about."""
    key = str(mailing.filters.get("item", ""))
    if mailing.kind != MailingKind.URGENT or not is_id(key):
        return None
    return get(ProgrammeItem, int(key), event_id=event.id)


def is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


# --- leaving out ----------------------------------------------------------------------------------------------------


def _needs_gaps(mailing: Mailing) -> bool:
    return mailing.kind == MailingKind.REMINDER or mailing.filters.get("segment") in STAGES


def _remaining(
    event: Event, mailing: Mailing, found: list[MailRecipient], left_out: dict[Reason, list[str]], hooks: Hooks
) -> list[tuple[str, MailRecipient]]:
    """Return (address, recipient) of those who get the mailing, and note the others under the reason."""
    segment = str(mailing.filters.get("segment", ""))
    missing = gaps.of(event, found, hooks=hooks) if _needs_gaps(mailing) else {}
    lately = reminded_since(event, clock.now() - timedelta(hours=mailing.quiet_hours)) if _is_quiet(mailing) else set()
    kept = []
    for member in found:
        address = (member.participant.email if member.participant else member.delegation.contact_email).strip()
        owed = missing.get(key_of(member), ())
        if segment in STAGES and not any(one.stage == segment for one in owed):
            continue  # not of the segment: nothing to explain
        reason = None
        if member.delegation.state in ABSENT and not _asked_for(mailing, member.delegation.state):
            reason = Reason.NOT_COMING
        elif mailing.kind == MailingKind.REMINDER and not owed:
            reason = Reason.NOTHING_MISSING
        elif not address:
            reason = Reason.NO_ADDRESS
        elif address.casefold() in lately:
            reason = Reason.REMINDED
        if reason is None:
            kept.append((address, member))
        else:
            left_out.setdefault(reason, []).append(name_of(member))
    return kept


def _asked_for(mailing: Mailing, state: str) -> bool:
    """Tell whether those who do not come are written to: only by a message whose filter names their state."""
    return mailing.kind == MailingKind.MESSAGE and mailing.filters.get("state") == state


def _is_quiet(mailing: Mailing) -> bool:
    return mailing.kind == MailingKind.REMINDER and mailing.quiet_hours > 0


def reminded_since(event: Event, moment: datetime) -> set[str]:
    """Return the addresses, without case, that a reminder has been written to since then."""
    query = sa.select(MailMessage.recipient).where(
        MailMessage.event_id == event.id,
        MailMessage.kind == MailingKind.REMINDER,
        MailMessage.state.in_(LIVE),
        MailMessage.created_at > moment,
    )
    return {address.casefold() for address in session().scalars(query)}


def _letters(event: Event, kept: Iterable[tuple[str, MailRecipient]]) -> list[Letter]:
    """Return one letter for each address; whoever shares it stands in the same one."""
    together: dict[str, tuple[str, list[MailRecipient]]] = {}
    for address, member in kept:
        together.setdefault(address.casefold(), (address, []))[1].append(member)
    letters = []
    for address, members in together.values():
        first = members[0]
        wanted = (first.participant.document_language if first.participant else "") or first.delegation.contact_language
        keys = tuple(key_of(member) for member in members)
        letters.append(Letter(address, language_of(event, wanted), keys, tuple(members)))
    return letters


def for_text(event: Event, mailing: Mailing, letters: Sequence[Letter], *, missing: bool) -> Sequence[Letter]:
    """Return letters just chosen, with what the text needs of them loaded: seats and travel for what is missing."""
    if missing and not _needs_gaps(mailing):
        return read_again(event, letters, whole=True)
    return letters


def read_again(event: Event, letters: Sequence[Letter], *, whole: bool) -> list[Letter]:
    """Return these letters with their people as the present transaction sees them, in two or three statements."""
    keys = [key for letter in letters for key in letter.keys]
    heads = sa.select(Delegation).where(
        Delegation.event_id == event.id, Delegation.id.in_([key for kind, key in keys if kind == "delegation"])
    )
    people = (
        sa.select(Participant)
        .where(Participant.event_id == event.id, Participant.id.in_([key for k, key in keys if k == "participant"]))
        .options(orm.joinedload(Participant.delegation))
    )
    if whole:
        heads, people = heads.options(with_all()), people.options(delegations.with_travel())
    fresh = {"populate_existing": True}
    found: dict[Key, MailRecipient] = {}
    for delegation in session().scalars(heads.execution_options(**fresh)):
        found["delegation", delegation.id] = MailRecipient(delegation)
    for person in session().scalars(people.execution_options(**fresh)).unique():
        found["participant", person.id] = MailRecipient(person.delegation, person)
    read = []
    for letter in letters:
        there = tuple(key for key in letter.keys if key in found)
        if there:
            read.append(Letter(letter.address, letter.language, there, tuple(found[key] for key in there)))
    return read


def names_of(event: Event, keys: Iterable[Key]) -> list[str]:
    """Return the names behind the keys, by name."""
    chosen = list(keys)
    names: list[tuple[str, str]] = []
    for kind, model in (("delegation", Delegation), ("participant", Participant)):
        ids = [key for of, key in chosen if of == kind]
        if ids:
            query = sa.select(model.sort_key, model.name).where(model.event_id == event.id, model.id.in_(ids[:500]))
            names += [(row.sort_key, row.name) for row in session().execute(query)]
    return [name for _sort_key, name in sorted(names)]
