"""The interpreters of an event, each with the provider whose contract they work under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import (
    Actor,
    Event,
    Provider,
    Refused,
    Verb,
    _l,
    activity,
    clock,
    events,
    get,
    locked,
    providers,
    session,
    sort_key,
)

from .models import LIVE, Assignment, Interpreter

ADDED = Verb("interpretation:interpreter_added", _l("Interpreter added"))
CHANGED = Verb("interpretation:interpreter_changed", _l("Interpreter changed"))
ARCHIVED = Verb("interpretation:interpreter_archived", _l("Interpreter archived"))
RESTORED = Verb("interpretation:interpreter_restored", _l("Interpreter taken back out of the archive"))

FREELANCE, AGENCY = "interpreter", "interpretation_agency"
HIGHEST_RATE = 100_000_00  # cents; no day costs more, and the column holds it
KINDS = (FREELANCE, AGENCY)
FACTS = ("name", "provider_id", "a_languages", "b_languages", "c_languages", "domicile", "day_rate")


class UnknownProvider(Refused):
    message = _l("This provider is not one of the event's freelance interpreters or agencies. Choose another.")
    field = "provider_id"


class NoMotherTongue(Refused):
    message = _l("Choose at least one A language: an interpreter works into their mother tongue.")
    field = "a_languages"


class OneLanguageTwice(Refused):
    message = _l("A language is A, B or C, not two of them. Keep it once.")
    field = "b_languages"


class RateOutOfRange(Refused):
    message = _l("Write a day rate between 0 and 100,000 euros.")
    field = "day_rate"


class StillBooked(Refused):
    message = _l("%(name)s is still booked. Cancel the bookings first, then archive.")


def list_query(
    event: Event, *, search: str = "", language: str = "", provider_id: int | None = None, archived: bool = False
) -> sa.Select[Interpreter]:
    """Return the query of the list, with providers in the same statement; ``language`` is one they work with."""
    query = (
        sa.select(Interpreter)
        .where(Interpreter.event_id == event.id)
        .where(Interpreter.archived_at.is_not(None) if archived else Interpreter.archived_at.is_(None))
        .options(orm.joinedload(Interpreter.provider))
        .order_by(Interpreter.sort_key, Interpreter.id)
    )
    if search:
        query = query.where(Interpreter.sort_key.contains(sort_key(search), autoescape=True))
    if provider_id:
        query = query.where(Interpreter.provider_id == provider_id)
    if language:
        # portable between JSON on SQLite and JSONB on PostgreSQL: codes are quoted inside the array
        columns = (Interpreter.a_languages, Interpreter.b_languages, Interpreter.c_languages)
        query = query.where(
            sa.or_(*(sa.cast(column, sa.Text).contains(f'"{language}"', autoescape=True) for column in columns))
        )
    return query


def interpreters(event: Event) -> list[Interpreter]:
    return list(session().scalars(list_query(event)))


def of_provider(found: Provider) -> list[Interpreter]:
    query = (
        sa.select(Interpreter)
        .where(Interpreter.provider_id == found.id, Interpreter.archived_at.is_(None))
        .order_by(Interpreter.sort_key)
    )
    return list(session().scalars(query))


def interpreter(event: Event, interpreter_id: int) -> Interpreter:
    return get(Interpreter, interpreter_id, event_id=event.id)


def interpreter_for_change(event: Event, interpreter_id: int) -> Interpreter:
    """Return the interpreter locked; call it first in the transaction."""
    return locked(Interpreter, interpreter_id, event_id=event.id)


def employers(event: Event) -> list[Provider]:
    """Return the freelances and agencies in use, by name."""
    query = sa.select(Provider).where(Provider.event_id == event.id, Provider.archived_at.is_(None))
    return [found for found in session().scalars(query.order_by(Provider.sort_key)) if supplies(found)]


def supplies(found: Provider) -> bool:
    return bool(set(found.kinds) & set(KINDS))


def languages_in_use(event: Event) -> list[str]:
    """Return the languages that the event's interpreters hold, for the filter of the list."""
    found = interpreters(event)
    return sorted({code for one in found for code in (*one.a_languages, *one.b_languages, *one.c_languages)})


def check_languages(found: Interpreter) -> None:
    if not found.a_languages:
        raise NoMotherTongue
    held = [*found.a_languages, *found.b_languages, *found.c_languages]
    if len(held) != len(set(held)):
        raise OneLanguageTwice


def check_rate(found: Interpreter) -> None:
    if found.day_rate is not None and not 0 <= found.day_rate <= HIGHEST_RATE:
        raise RateOutOfRange


def check_provider(event: Event, provider_id: int) -> None:
    found = session().get(Provider, provider_id)
    if found is None or found.event_id != event.id or not supplies(found):
        raise UnknownProvider


def add(event: Event, facts: Mapping[str, Any], *, email: str = "", by: Actor) -> Interpreter:
    """Write an interpreter; without a provider, they become a freelance provider of their own name."""
    events.check_not_frozen(event)
    new = Interpreter(event_id=event.id, sort_key=sort_key(facts["name"]), b_languages=[], c_languages=[])
    with session().no_autoflush:
        events.apply(new, facts)
        check_languages(new)
        check_rate(new)
    if new.provider_id is None:
        new.provider_id = _freelance(event, new, email, by=by).id
    check_provider(event, new.provider_id)
    session().add(new)
    activity.record(by, ADDED, new)
    return new


def _freelance(event: Event, new: Interpreter, email: str, *, by: Actor) -> Provider:
    """Write the interpreter's own provider; mails to it speak their mother tongue where the event does."""
    spoken = next((code for code in event.languages if code in new.a_languages), event.languages[0])
    facts = {"name": new.name, "kinds": [FREELANCE], "contact_name": new.name, "email": email, "language": spoken}
    made = providers.add(event, facts, by=by)
    session().flush()
    return made


def change(event: Event, found: Interpreter, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change an interpreter who was locked in this transaction."""
    events.check_not_frozen(event)
    with session().no_autoflush:
        events.apply(found, changes)
        check_languages(found)
        check_rate(found)
        if "provider_id" in changes:
            check_provider(event, found.provider_id)
        found.sort_key = sort_key(found.name)
    activity.edited(by, CHANGED, found)


def set_archived(event: Event, found: Interpreter, archived: bool, *, by: Actor) -> None:
    """Archive the interpreter or take them back; whoever is still booked stays."""
    events.check_not_frozen(event)
    if archived and live_bookings([found.id]).get(found.id):
        raise StillBooked(name=found.name)
    found.archived_at = clock.now() if archived else None
    activity.record(by, ARCHIVED if archived else RESTORED, found)


def live_bookings(ids: Iterable[int]) -> dict[int, int]:
    """Return {interpreter id: bookings that hold}, in one statement."""
    query = (
        sa.select(Assignment.interpreter_id, sa.func.count())
        .where(Assignment.interpreter_id.in_(list(ids)), Assignment.state.in_(LIVE))
        .group_by(Assignment.interpreter_id)
    )
    return dict(session().execute(query).all())
