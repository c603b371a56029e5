"""Access needs: sealed at rest; others read booleans, never a reason. And consents, by purpose and wording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from eventhub import activity, clock
from eventhub.activity import Actor, Verb
from eventhub.db import session
from eventhub.delegations.models import AccessNeed, Consent, Participant
from eventhub.encryption import Vault
from eventhub.i18n import language as spoken
from eventhub.i18n import lazy_gettext as _l
from eventhub.localized import LocalizedText

DECLARED = Verb("delegations:access_declared", _l("Access needs declared"), private=True)
WALKING_LEVELS = (1, 2, 3)
ACCESS = "delegations.access"
# What consent is asked for until an organiser publishes a wording of the event's own
ACCESS_WORDINGS = {
    "2025-01": LocalizedText.of(
        fr=(
            "J’accepte que les organisateurs conservent ces besoins jusqu’à 30 jours après l’évènement, pour préparer "
            "l’accessibilité, et pour rien d’autre."
        ),
        en=(
            "I agree that the organisers keep these needs until 30 days after the event, to prepare access, and for "
            "nothing else."
        ),
    )
}


@dataclass(frozen=True)
class Access:
    """What somebody needs to take part; ``walking_level`` is the highest that suits (1 easy, 3 hilly), None for any."""

    step_free: bool = False
    walking_level: int | None = None
    hearing: bool = False
    sight: bool = False
    other: str = ""

    @property
    def any(self) -> bool:
        return self != Access()


def access_of(event_id: int, participant_ids: Iterable[int] | None = None) -> dict[int, Access]:
    """Return {participant id: needs} of those who declared some, in two statements; for solvers and checks.

    What pages show of it is the reader's permission to decide; ``other`` is for its owner only.
    """
    query = sa.select(AccessNeed.participant_id, AccessNeed.sealed).where(AccessNeed.event_id == event_id)
    if participant_ids is not None:
        query = query.where(AccessNeed.participant_id.in_(list(participant_ids)))
    rows = session().execute(query).all()
    if not rows:
        return {}
    vault = Vault(event_id)
    return {participant_id: Access(**vault.open(sealed)) for participant_id, sealed in rows}


def declare(person: Participant, access: Access, *, by: Actor) -> None:
    """Seal the person's needs; no need at all removes the row."""
    row = session().scalar(sa.select(AccessNeed).where(AccessNeed.participant_id == person.id))
    if not access.any:
        if row is not None:
            session().delete(row)
            activity.record(by, DECLARED, person)
        return
    vault = Vault(person.event_id)
    if row is not None and Access(**vault.open(row.sealed)) == access:
        return
    sealed = vault.seal(
        asdict(access)
    )  # asks for the event's key, and a query must not flush a row without its content
    if row is None:
        row = AccessNeed(event_id=person.event_id, participant_id=person.id)
        session().add(row)
    row.sealed, row.declared_at = sealed, clock.now()
    activity.record(by, DECLARED, person)


def consents(participant_ids: Iterable[int], purpose: str) -> dict[int, Consent]:
    """Return {participant id: consent that holds} for the purpose."""
    query = sa.select(Consent).where(
        Consent.participant_id.in_(list(participant_ids)),
        Consent.purpose == purpose,
        Consent.withdrawn_at.is_(None),
    )
    return {row.participant_id: row for row in session().scalars(query)}


def give_consent(person: Participant, purpose: str, text_version: str, *, confirmed: bool) -> Consent:
    """Record a consent in the present language; one given for somebody stays unconfirmed until they confirm it."""
    held = consents([person.id], purpose).get(person.id)
    if held is not None and held.text_version == text_version:
        held.confirmed = held.confirmed or confirmed
        return held
    if held is not None:
        held.withdrawn_at = clock.now()
    row = Consent(
        event_id=person.event_id,
        participant_id=person.id,
        purpose=purpose,
        text_version=text_version,
        language=spoken(),
        confirmed=confirmed,
        given_at=clock.now(),
    )
    session().add(row)
    return row


def withdraw_consent(person: Participant, purpose: str) -> bool:
    """Withdraw a consent; the caller removes what it allowed. Returns whether there was one."""
    held = consents([person.id], purpose).get(person.id)
    if held is None:
        return False
    held.withdrawn_at = clock.now()
    return True
