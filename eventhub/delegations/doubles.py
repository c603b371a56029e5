"""Who may be on the lists twice: two people with one address, or with one name but for accents and capitals.

Guests are not stopped by it: two delegations may send the same person for a while, and two people may share a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa
from flask import url_for

from eventhub.contributions import Check, Severity
from eventhub.db import session
from eventhub.delegations.models import ABSENT, COMING, Delegation, Participant
from eventhub.events.models import Event
from eventhub.i18n import gettext as _

SHOWN = 20  # an import gone wrong must not bury the other checks


@dataclass(frozen=True)
class Listed:
    """Somebody on the lists, with the delegation that named them."""

    id: int
    name: str
    sort_key: str
    email: str
    delegation: str


@dataclass(frozen=True)
class Double:
    """Two who may be one; ``email`` is the address that they share, "" where it is the name."""

    first: Listed
    second: Listed
    email: str


def found(event: Event) -> list[Double]:
    """Return the pairs, by name, in one statement that reads no more people than these."""
    here = (
        Participant.event_id == event.id,
        Participant.state.in_(COMING),
        Delegation.archived_at.is_(None),
        Delegation.state.not_in(ABSENT),
    )
    address = sa.func.lower(Participant.email)

    def twice(what: sa.ColumnElement[str]) -> sa.Select[str]:
        query = sa.select(what).join(Delegation, Participant.delegation_id == Delegation.id).where(*here, what != "")
        return query.group_by(what).having(sa.func.count() > 1)

    names, addresses = twice(Participant.sort_key.expression), twice(address)
    query = (
        sa.select(Participant.id, Participant.name, Participant.sort_key, address, Delegation.name)
        .join(Delegation, Participant.delegation_id == Delegation.id)
        .where(*here, Participant.sort_key.in_(names) | address.in_(addresses))
        .order_by(Participant.sort_key, Participant.id)
        .limit(10 * SHOWN)
    )
    people = [Listed(*row) for row in session().execute(query)]
    return list(_pairs(people))[:SHOWN]


def _pairs(people: Iterable[Listed]) -> Iterator[Double]:
    """Yield each pair once, those of one address first."""
    by_address: dict[str, list[Listed]] = {}
    by_name: dict[str, list[Listed]] = {}
    for person in people:
        by_name.setdefault(person.sort_key, []).append(person)
        if person.email:
            by_address.setdefault(person.email, []).append(person)
    told = set()
    for groups, shared in ((by_address, True), (by_name, False)):
        for group in groups.values():
            for first, second in pairwise(group):
                if (first.id, second.id) not in told:
                    told.add((first.id, second.id))
                    yield Double(first, second, first.email if shared else "")


def checks(event: Event) -> Iterable[Check]:
    for pair in found(event):
        yield Check(
            "delegations.person_twice",
            f"{min(pair.first.id, pair.second.id)}-{max(pair.first.id, pair.second.id)}",
            Severity.AT_RISK,
            _(
                "%(first)s (%(one)s) and %(second)s (%(other)s) may be one person",
                first=pair.first.name,
                one=pair.first.delegation,
                second=pair.second.name,
                other=pair.second.delegation,
            ),
            _("They have one e-mail address, %(email)s.", email=pair.email)
            if pair.email
            else _("Their names differ in accents or capitals at most."),
            url_for("delegations.people", q=pair.email or pair.first.name),
            _("See both at the desk"),
            "delegations",
        )
