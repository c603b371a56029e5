"""One act on many delegations: who is touched, who is not and why; then all of it in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventhub.activity import Actor
from eventhub.db import session
from eventhub.delegations import domain, matching
from eventhub.delegations.models import Delegation, DelegationState
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l


class OneRefuses(Refused):
    message = _l("Nothing was changed, because of %(name)s: %(why)s")


class NoDay(Refused):
    message = _l("Give the day and the hour until which they can register.")
    field = "closes_at"


@dataclass(frozen=True)
class Order:
    """Who asks for the act, and what it needs beside the delegation."""

    event: Event
    by: Actor
    hooks: Hooks
    closes_at: datetime | None = None


@dataclass(frozen=True)
class Act:
    """Something to do with many delegations. ``obstacle`` says why one is left out, or ""; ``undo`` names its undo."""

    label: Any
    obstacle: Callable[[Delegation], str]
    do: Callable[[Order, Delegation], object]
    undo: str = ""
    offered: bool = True


def _not_coming(found: Delegation) -> str:
    if found.archived_at is not None:
        return _("It is archived.")
    return "" if domain.possible(found).withdraw else _("It declined or withdrew.")


def _not_invited(found: Delegation) -> str:
    return _not_coming(found) or ("" if found.contact_email else _("It has no e-mail address."))


def _not_confirmed(found: Delegation) -> str:
    if domain.possible(found).confirm:
        return ""
    waiting = found.state in {DelegationState.INVITED, DelegationState.REGISTERING}
    return _not_coming(found) or (_("It has not submitted yet.") if waiting else _("It is confirmed already."))


def _set_deadline(order: Order, found: Delegation) -> None:
    if order.closes_at is None:
        raise NoDay
    domain.change(order.event, found, {"closes_at": order.closes_at}, by=order.by, hooks=order.hooks)


def _archive(order: Order, found: Delegation, archived: bool) -> None:
    domain.set_archived(order.event, found, archived, by=order.by, hooks=order.hooks)


ACTS: dict[str, Act] = {
    "invite": Act(
        _l("Send the invitation"), _not_invited, lambda order, found: domain.invite(order.event, found, by=order.by)
    ),
    "confirm": Act(
        _l("Confirm"),
        _not_confirmed,
        lambda order, found: domain.confirm(order.event, found, by=order.by, hooks=order.hooks),
    ),
    "deadline": Act(_l("Set their deadline"), _not_coming, _set_deadline),
    "archive": Act(
        _l("Archive"),
        lambda found: _("It is archived already.") if found.archived_at else "",
        lambda order, found: _archive(order, found, True),
        undo="restore",
    ),
    "restore": Act(
        _l("Take back out of the archive"),
        lambda found: "" if found.archived_at else _("It is in use already."),
        lambda order, found: _archive(order, found, False),
        offered=False,
    ),
}


@dataclass(frozen=True)
class Preview:
    """Whom an act touches, and whom it leaves out with the reason in words."""

    touched: Sequence[Delegation]
    left_out: Sequence[tuple[Delegation, str]]

    @property
    def mark(self) -> str:
        """Return a fingerprint of who is touched: what was confirmed must be what is done."""
        ids = ",".join(str(row.id) for row in sorted(self.touched, key=lambda row: row.id))
        return hashlib.sha256(ids.encode()).hexdigest()[:16]


def preview(rows: Iterable[Delegation], act: Act) -> Preview:
    told = [(row, act.obstacle(row)) for row in rows]
    return Preview([row for row, why in told if not why], [(row, why) for row, why in told if why])


def chosen(event: Event, ids: Iterable[int], args: Any, *, every: bool) -> list[Delegation]:
    """Return the delegations ticked, or all that match the filters; an id of another event is nobody."""
    query = matching.delegations_matching(event, args)
    if not every:
        query = matching.delegations_ticked(event, list(ids))
    return list(session().scalars(query.execution_options(populate_existing=True)))


def perform(touched: Sequence[Delegation], act: Act, order: Order) -> int:
    """Do it for each, locked one after the other; one that refuses takes all back. Returns how many were touched."""
    for row in sorted(touched, key=lambda row: row.id):
        found = domain.locked_delegation(order.event, row.id)
        try:
            act.do(order, found)
        except NoDay:
            raise
        except Refused as refusal:
            raise OneRefuses(name=found.name, why=str(refusal)) from refusal
    return len(touched)
