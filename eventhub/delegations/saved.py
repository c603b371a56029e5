"""Filters, columns and orders of a list under a name: an organiser's own, or shared with colleagues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import sqlalchemy as sa

from eventhub import clock
from eventhub.activity import Actor
from eventhub.db import session
from eventhub.delegations.models import SavedFilter
from eventhub.errors import NotFound, Refused
from eventhub.events.models import Event
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import sort_key

LISTS = ("delegations", "people")
MOST = 30


class NamelessFilter(Refused):
    message = _l("Give these filters a name, so that you find them again.")
    field = "name"


class TooManyFilters(Refused):
    message = _l("You have %(count)s saved filters of this list already. Delete one that you do not use any more.")


class TooLong(Refused):
    message = _l("These filters are too long to be saved. Search for something shorter.")


def of(event: Event, what: str = "", *, by: Actor) -> list[SavedFilter]:
    """Return those that this organiser can use, by name: their own and those that colleagues share."""
    query = sa.select(SavedFilter).where(
        SavedFilter.event_id == event.id,
        SavedFilter.deleted_at.is_(None),
        (SavedFilter.user_id == by.id) | SavedFilter.shared.is_(True),
    )
    if what:
        query = query.where(SavedFilter.list == what)
    found = session().scalars(query.limit(200))
    return sorted(found, key=lambda row: (row.user_id != by.id, sort_key(row.name), row.id))


def save(
    event: Event, what: str, name: str, arguments: Mapping[str, Iterable[str]], *, shared: bool, by: Actor
) -> SavedFilter:
    """Keep the query of a list under this name; the same name of one's own again means these filters from now on."""
    if what not in LISTS:
        raise NotFound("list", what)
    name = check_name(name)
    query = urlencode({key: list(values) for key, values in arguments.items()}, doseq=True)
    if len(query) > 2000:
        raise TooLong
    own = [row for row in of(event, what, by=by) if row.user_id == by.id]
    found = next((row for row in own if sort_key(row.name) == sort_key(name)), None)
    if found is None:
        if len(own) >= MOST:
            raise TooManyFilters(count=MOST)
        found = SavedFilter(event_id=event.id, user_id=by.id, list=what)
        session().add(found)
    found.name, found.query, found.shared = name, query, shared
    session().flush()
    return found


def check_name(name: str) -> str:
    name = name.strip()[:80]
    if not name:
        raise NamelessFilter
    return name


def own(event: Event, filter_id: int, *, by: Actor) -> SavedFilter:
    """Return one's own saved filter; a colleague's is theirs to change, and NotFound."""
    found = session().get(SavedFilter, filter_id)
    if found is None or found.event_id != event.id or found.user_id != by.id:
        raise NotFound("saved filter", filter_id)
    return found


def change(event: Event, filter_id: int, name: str, *, shared: bool, by: Actor) -> SavedFilter:
    found = own(event, filter_id, by=by)
    found.name, found.shared = check_name(name), shared
    return found


def set_deleted(event: Event, filter_id: int, deleted: bool, *, by: Actor) -> SavedFilter:
    """Delete the saved filter, or take it back."""
    found = own(event, filter_id, by=by)
    found.deleted_at = clock.now() if deleted else None
    return found
