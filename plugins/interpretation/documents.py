"""Slides and texts that interpreters need beforehand: who owes them, when they were asked for, whether they came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    Actor,
    Delegation,
    Event,
    ProgrammeItem,
    Refused,
    Verb,
    _l,
    activity,
    clock,
    events,
    get,
    locked,
    outbox,
    session,
)

from . import domain
from .domain import Pack
from .models import ExpectedDocument, Settings

ADDED = Verb("interpretation:document_added", _l("Document for interpreters expected"))
CHANGED = Verb("interpretation:document_changed", _l("Expected document changed"))
ASKED = Verb("interpretation:document_asked", _l("Document asked for"))
RECEIVED = Verb("interpretation:document_received", _l("Document marked as received, or not"))
ARCHIVED = Verb("interpretation:document_archived", _l("Expected document archived"))
RESTORED = Verb("interpretation:document_restored", _l("Expected document taken back"))

FACTS = ("item_id", "title", "delegation_id", "owner", "due_on")
WARNED_BEFORE = timedelta(days=7)  # of the final pack: time for one more reminder and an answer


class NoOwner(Refused):
    message = _l("Say who owes the document: a delegation, or somebody by name.")
    field = "delegation_id"


class UnknownItem(Refused):
    message = _l("This item is not in the programme. Choose another.")
    field = "item_id"


class UnknownDelegation(Refused):
    message = _l("This delegation is not one of the event's. Choose another.")
    field = "delegation_id"


class IsThere(Refused):
    message = _l("This document is here already. There is nothing to ask for.")


class AskedToday(Refused):
    message = _l("It was asked for today already. Give its owner a day to answer.")


class NoAddress(Refused):
    message = _l("%(name)s has no e-mail address. Write it on the delegation's page, then ask again.")


def list_query(
    event: Event,
    *,
    show: str = "",
    item_id: int | None = None,
    delegation_id: int | None = None,
    archived: bool = False,
) -> sa.Select[ExpectedDocument]:
    """Return the query of the list, items and delegations with it; ``show`` is "missing", "received" or all."""
    query = (
        sa.select(ExpectedDocument)
        .join(ExpectedDocument.item)
        .where(ExpectedDocument.event_id == event.id)
        .where(ExpectedDocument.archived_at.is_not(None) if archived else ExpectedDocument.archived_at.is_(None))
        .options(orm.contains_eager(ExpectedDocument.item), orm.joinedload(ExpectedDocument.delegation))
        .order_by(ProgrammeItem.starts_at, ProgrammeItem.id, ExpectedDocument.id)
    )
    if show == "missing":
        query = query.where(ExpectedDocument.received_at.is_(None))
    if show == "received":
        query = query.where(ExpectedDocument.received_at.is_not(None))
    if item_id:
        query = query.where(ExpectedDocument.item_id == item_id)
    if delegation_id:
        query = query.where(ExpectedDocument.delegation_id == delegation_id)
    return query


def documents(event: Event, *, show: str = "", item_id: int | None = None) -> list[ExpectedDocument]:
    return list(session().scalars(list_query(event, show=show, item_id=item_id)))


def document(event: Event, document_id: int) -> ExpectedDocument:
    return get(ExpectedDocument, document_id, event_id=event.id)


def document_for_change(event: Event, document_id: int) -> ExpectedDocument:
    """Return the document locked; call it first in the transaction."""
    return locked(ExpectedDocument, document_id, event_id=event.id)


def endangered(event: Event, settings: Settings, found: ExpectedDocument, now: datetime) -> bool:
    """Tell whether a document that is missing is overdue, or about to miss the final pack."""
    if found.received_at is not None:
        return False
    overdue = found.due_on is not None and found.due_on < now.astimezone(event.zone).date()
    warned_from = domain.pack_due(event, settings, Pack.FINAL).date() - WARNED_BEFORE
    return overdue or now.astimezone(event.zone).date() >= warned_from


def _check(event: Event, found: ExpectedDocument) -> None:
    item = session().get(ProgrammeItem, found.item_id)
    if item is None or item.event_id != event.id:
        raise UnknownItem
    if found.delegation_id is not None:
        owner = session().get(Delegation, found.delegation_id)
        if owner is None or owner.event_id != event.id:
            raise UnknownDelegation
    elif not found.owner:
        raise NoOwner


def add(event: Event, facts: Mapping[str, Any], *, by: Actor) -> ExpectedDocument:
    """Write that interpreters expect a document; nobody is asked yet."""
    events.check_not_frozen(event)
    new = ExpectedDocument(event_id=event.id, owner="", asked_on=[])
    with session().no_autoflush:
        events.apply(new, facts)
        _check(event, new)
    session().add(new)
    activity.record(by, ADDED, new)
    return new


def change(event: Event, found: ExpectedDocument, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change a document that was locked in this transaction."""
    events.check_not_frozen(event)
    with session().no_autoflush:
        events.apply(found, changes)
        _check(event, found)
    activity.edited(by, CHANGED, found)


def ask(event: Event, found: ExpectedDocument, *, by: Actor) -> bool:
    """Ask the owner for the document and note the day; returns whether a mail leaves.

    A delegation is written to at its contact's address, in its language. Whoever is owner by name is asked by the
    organisers themselves: only the day is noted. Once a day at most.
    """
    events.check_not_frozen(event)
    if found.received_at is not None:
        raise IsThere
    today = clock.today(event.zone)
    if today.isoformat() in found.asked_on:
        raise AskedToday
    owner = found.delegation
    if owner is not None and not owner.contact_email:
        raise NoAddress(name=owner.name)
    found.asked_on = [*found.asked_on, today.isoformat()]
    activity.edited(by, ASKED, found)
    if owner is None:
        return False
    outbox.post(
        "interpretation_document",
        owner.contact_email,
        owner.contact_language,
        by=by,
        event=event,
        about=found,
        document=found,
        delegation=owner,
        again=len(found.asked_on) > 1,
    )
    return True


def mark(event: Event, found: ExpectedDocument, received: bool, *, by: Actor) -> None:
    """Note that the document is here, or that it is not after all."""
    events.check_not_frozen(event)
    found.received_at = clock.now() if received else None
    activity.edited(by, RECEIVED, found)


def set_archived(event: Event, found: ExpectedDocument, archived: bool, *, by: Actor) -> None:
    """Archive the document or take it back; nothing is destroyed."""
    events.check_not_frozen(event)
    found.archived_at = clock.now() if archived else None
    activity.record(by, ARCHIVED if archived else RESTORED, found)


def items(event: Event) -> list[ProgrammeItem]:
    """Return the programme items that documents are expected for, in order of time."""
    query = (
        sa.select(ProgrammeItem)
        .where(ProgrammeItem.id.in_(sa.select(ExpectedDocument.item_id).where(ExpectedDocument.event_id == event.id)))
        .order_by(ProgrammeItem.starts_at, ProgrammeItem.id)
    )
    return list(session().scalars(query))
