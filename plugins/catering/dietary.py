"""Dietary needs: what is asked and never why, sealed at rest, counted by default, read by name only where recorded.

Health data (GDPR art. 9; a diet may reveal a religion): nothing is kept without consent, what somebody else typed stays
unconfirmed until the person consents, and withdrawing destroys it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from eventhub.api import (
    Actor,
    Event,
    KeyDestroyed,
    LocalizedText,
    Participant,
    Refused,
    Vault,
    Verb,
    _l,
    activity,
    clock,
    delegations,
    locked,
    needs,
    notices,
    outbox,
    session,
    sort_key,
)
from plugins.catering.models import DietaryNeed

# Neutral words: the journal must not tell who has a need and who has none
DECLARED = Verb("catering:answered", _l("Question about meals answered"), private=True)
CONFIRMED = Verb("catering:confirmed", _l("Answer about meals confirmed by the person"), private=True)
WITHDRAWN = Verb("catering:withdrawn", _l("Answer about meals withdrawn and destroyed"), private=True)
READ = Verb("catering:needs_read", _l("List of named dietary needs read"))
EXPORTED = Verb("catering:needs_exported", _l("List of named dietary needs exported"))

PURPOSE = "catering.needs"
CONSENT_VERSION = "2025-01"
# What consent is asked for until an organiser publishes a wording of the event's own
WORDINGS = {
    CONSENT_VERSION: LocalizedText.of(
        fr=(
            "J’accepte que l’équipe de restauration lise ces besoins, que les traiteurs les reçoivent sous forme de "
            "nombres sans noms, et qu’ils soient détruits 30 jours après l’évènement. Je peux revenir sur cet accord "
            "à tout moment sur ma page."
        ),
        en=(
            "I agree that the catering team reads these needs, that caterers get them as numbers without names, and "
            "that they are destroyed 30 days after the event. I can withdraw this at any time on my page."
        ),
    )
}
RETENTION_DAYS = 30

STANDARD = ""
WITHHELD = "withheld"
DIETS = ("vegetarian", "vegan", "pescatarian", "no_pork", "no_beef", "lactose_free")
# Regulation (EU) 1169/2011, annex II, in its order; a code's number there is its place here plus one
ALLERGENS = (
    "gluten",
    "crustaceans",
    "eggs",
    "fish",
    "peanuts",
    "soya",
    "milk",
    "tree_nuts",
    "celery",
    "mustard",
    "sesame",
    "sulphites",
    "lupin",
    "molluscs",
)


class OnlyThePerson(Refused):
    message = _l(
        "%(name)s has answered the question about meals themselves: only they can change it, on their own page. "
        "Leave their part empty."
    )


class NothingToConfirm(Refused):
    message = _l("There is nothing to confirm any more. Reload the page to see what is stored.")


@dataclass(frozen=True)
class Need:
    """What one person eats: a diet, the allergens to keep off the plate, those dangerous even in traces, a note."""

    diet: str = STANDARD
    mild: tuple[str, ...] = ()
    severe: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        # one order and one severity per allergen, so that equal needs are equal
        object.__setattr__(self, "severe", tuple(code for code in ALLERGENS if code in self.severe))
        object.__setattr__(
            self, "mild", tuple(code for code in ALLERGENS if code in self.mild and code not in self.severe)
        )

    @property
    def allergens(self) -> tuple[tuple[str, bool], ...]:
        """Return (code, whether severe) in the regulation's order."""
        return tuple((code, code in self.severe) for code in ALLERGENS if code in self.severe or code in self.mild)

    @property
    def any(self) -> bool:
        """Tell whether there is something that may only be kept with consent; to prefer not to say is no need."""
        return bool(self.diet not in {STANDARD, WITHHELD} or self.mild or self.severe or self.note)

    @property
    def answered(self) -> bool:
        return self != Need()

    def to_json(self) -> dict[str, Any]:
        return {"diet": self.diet, "mild": list(self.mild), "severe": list(self.severe), "note": self.note}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Need:
        return cls(value["diet"], tuple(value["mild"]), tuple(value["severe"]), value["note"])


@dataclass(frozen=True)
class Declared:
    """A need as it is stored, and whether the person themselves said so."""

    need: Need
    confirmed: bool


# --- reading --------------------------------------------------------------------------------------------------------


def of_event(event: Event, participant_ids: Iterable[int] | None = None) -> dict[int, Declared]:
    """Return {participant id: what is declared}, in two statements; for counting, and for pages that record the read.

    What can no longer be opened, since its key was destroyed, is gone and counts as nothing.
    """
    query = sa.select(DietaryNeed).where(DietaryNeed.event_id == event.id)
    if participant_ids is not None:
        query = query.where(DietaryNeed.participant_id.in_(list(participant_ids)))
    return _opened(event.id, session().scalars(query))


def of_person(person: Participant) -> Declared | None:
    row = _row(person)
    return _opened(person.event_id, [row]).get(person.id) if row else None


def _opened(event_id: int, rows: Iterable[DietaryNeed]) -> dict[int, Declared]:
    vault = Vault(event_id)
    try:
        return {row.participant_id: Declared(Need.from_json(vault.open(row.sealed)), row.confirmed) for row in rows}
    except KeyDestroyed:
        return {}


def answered_by(participant_ids: Iterable[int]) -> dict[int, bool]:
    """Return {participant id: whether they said so themselves} of those with an answer, without opening any."""
    query = sa.select(DietaryNeed.participant_id, DietaryNeed.confirmed).where(
        DietaryNeed.participant_id.in_(list(participant_ids))
    )
    return {row.participant_id: row.confirmed for row in session().execute(query)}


def unconfirmed(event: Event) -> int:
    """Return how many of those who are coming have a need that they have not confirmed themselves."""
    coming = delegations.people_query(event).with_only_columns(Participant.id).order_by(None).subquery()
    query = sa.select(sa.func.count()).where(
        DietaryNeed.event_id == event.id,
        DietaryNeed.confirmed.is_(False),
        DietaryNeed.participant_id.in_(sa.select(coming.c.id)),
    )
    return session().scalar(query) or 0


def _row(person: Participant) -> DietaryNeed | None:
    return session().scalar(sa.select(DietaryNeed).where(DietaryNeed.participant_id == person.id))


def _locked_row(person: Participant) -> DietaryNeed | None:
    """Return the person's row once nobody else can write it; there may be none to lock, so the person is."""
    locked(Participant, person.id)
    return _row(person)


# --- the guest's side -----------------------------------------------------------------------------------------------


def declare(event: Event, person: Participant, need: Need, *, own: bool, by: Actor) -> None:
    """Seal what was said; an empty answer of the person themselves destroys what was there.

    What somebody else says waits for the person, who is asked by mail, and never replaces the person's own words.
    """
    if not own and not need.answered:
        return  # whoever cannot read what is stored says nothing by leaving it empty
    row = _locked_row(person)
    if not own:
        check_not_their_own(person, row)
    if not need.answered:
        if row is not None:
            destroy(person, row, by=by)
        return
    vault = Vault(event.id)
    known = Need.from_json(vault.open(row.sealed)) if row is not None else None
    if row is not None and known == need and row.confirmed == own:
        return
    sealed = vault.seal(need.to_json())  # before the row is in the session: fetching the key flushes
    if row is None:
        row = DietaryNeed(event_id=event.id, participant_id=person.id, sealed=sealed)
        session().add(row)
    row.sealed, row.confirmed, row.declared_at = sealed, own, clock.now()
    activity.record(by, CONFIRMED if own and known == need else DECLARED, row)
    if need.any:
        needs.give_consent(person, PURPOSE, consent_version(event.id), confirmed=own)
    else:
        needs.withdraw_consent(person, PURPOSE)
    if not own and person.email:
        ask_to_confirm(event, person, by=by)


def consent_version(event_id: int) -> str:
    """Return what a consent given now records: which wording was shown."""
    return notices.label_of(event_id, PURPOSE, WORDINGS)


def check_not_their_own(person: Participant, row: DietaryNeed | None) -> None:
    if row is not None and row.confirmed:
        raise OnlyThePerson(name=person.name)


def ask_to_confirm(event: Event, person: Participant, *, by: Actor) -> None:
    """Write to the person: somebody answered for them, and only they can consent. The mail names no need."""
    language = person.document_language or person.delegation.contact_language
    outbox.post(
        "catering_confirm",
        person.email,
        language,
        by=by,
        event=event,
        about=person,
        link=("participant", person.id),
        person=person,
    )


def confirm(person: Participant, *, by: Actor) -> None:
    """Take the person's consent to what somebody else typed."""
    row = _locked_row(person)
    if row is None or row.confirmed:
        raise NothingToConfirm
    row.confirmed = True
    needs.give_consent(person, PURPOSE, consent_version(person.event_id), confirmed=True)
    activity.record(by, CONFIRMED, row)


def withdraw(person: Participant, *, by: Actor) -> None:
    """Destroy the answer at the person's word, at any time and without a reason."""
    row = _locked_row(person)
    if row is not None:
        destroy(person, row, by=by)


def destroy(person: Participant, row: DietaryNeed, *, by: Actor) -> None:
    activity.record(by, WITHDRAWN, row)
    session().delete(row)
    session().flush()
    needs.withdraw_consent(person, PURPOSE)


# --- the named list -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """One line of the restricted list. What the person has not confirmed is not shown, only that it waits."""

    person: Participant
    need: Need | None


@dataclass(frozen=True)
class Wanted:
    """Which lines of the restricted list to show; empty shows all."""

    search: str = ""
    diet: str = ""
    allergen: str = ""
    severe: bool = False

    def __call__(self, line: Named) -> bool:
        if self.search and sort_key(self.search) not in line.person.sort_key:
            return False
        if not (self.diet or self.allergen or self.severe):
            return True
        need = line.need
        return need is not None and (
            (not self.diet or need.diet == self.diet)
            and (not self.allergen or self.allergen in need.mild + need.severe)
            and (not self.severe or bool(need.severe))
        )


def named(event: Event, *, by: Actor, wanted: Wanted | None = None, verb: Verb = READ) -> list[Named]:
    """Return the people who are coming and have a need, and record that somebody read them; in a transaction."""
    declared = of_event(event)
    people = session().scalars(delegations.people_query(event).where(Participant.id.in_(list(declared))))
    lines = [
        Named(person, declared[person.id].need if declared[person.id].confirmed else None)
        for person in people
        if declared[person.id].need.any
    ]
    shown = [line for line in lines if wanted is None or wanted(line)]
    activity.record(by, verb, event, {"people": [None, len(shown)]})
    return shown


def readings(event: Event, limit: int = 20) -> list[activity.ActivityEntry]:
    """Return who read named needs last, newest first."""
    query = (
        sa.select(activity.ActivityEntry)
        .where(activity.ActivityEntry.event_id == event.id, activity.ActivityEntry.verb.in_((READ.code, EXPORTED.code)))
        .order_by(activity.ActivityEntry.id.desc())
        .limit(limit)
    )
    return list(session().scalars(query))


# --- consent ----------------------------------------------------------------------------------------------------------


def confirmed_on_the_page(person: Participant, by: Actor) -> None:
    """Follow the person's yes: what somebody else typed is theirs now."""
    row = _locked_row(person)
    if row is not None and not row.confirmed:
        row.confirmed = True
        activity.record(by, CONFIRMED, row)


def withdrawn_on_the_page(person: Participant, by: Actor) -> None:
    withdraw(person, by=by)


# --- personal data --------------------------------------------------------------------------------------------------


def erase(participant_ids: Iterable[int]) -> None:
    """Destroy the needs of these people; figures told to caterers hold no person and stay right."""
    query = sa.select(DietaryNeed.id).where(DietaryNeed.participant_id.in_(list(participant_ids)))
    ids = list(session().scalars(query))
    session().execute(sa.delete(DietaryNeed).where(DietaryNeed.id.in_(ids)))
    activity.blank("catering_need", ids)


def holders(event_id: int) -> sa.Select[Any]:
    return sa.select(DietaryNeed.participant_id).where(DietaryNeed.event_id == event_id)


def merge(kept: Participant, dropped: Participant) -> None:
    """Keep what either of the two records of one person declared: no allergen is lost, the graver severity stays.

    Nobody is shown what was declared; where the two differ, it waits until the person confirms it.
    """
    other, own = _row(dropped), _locked_row(kept)
    if other is None:
        return
    if own is None:
        other.participant_id = kept.id
        return
    vault = Vault(kept.event_id)
    one, two = (Need.from_json(vault.open(row.sealed)) for row in (own, other))
    diet = one.diet if one.diet not in {STANDARD, WITHHELD} else two.diet
    note = "\n".join(dict.fromkeys(filter(None, (one.note, two.note))))
    both = Need(diet, (*one.mild, *two.mild), (*one.severe, *two.severe), note)
    own.confirmed = own.confirmed and (both == one or (other.confirmed and both == two))
    own.sealed = vault.seal(both.to_json())
    session().delete(other)
    session().flush()
