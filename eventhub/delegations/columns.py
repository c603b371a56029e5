"""The columns of the lists of delegations and of people, as pages show them and as exports write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import structlog

from eventhub.contributions import PeopleColumn
from eventhub.delegations import lists, words
from eventhub.delegations.completeness import Counted
from eventhub.delegations.models import Delegation
from eventhub.events.models import Event
from eventhub.hub import note_failure
from eventhub.i18n import country_name, language_name
from eventhub.i18n import gettext as _
from eventhub.web.lists import Column

log = structlog.get_logger(__name__)


def of_delegations(event: Event) -> list[Column[Delegation]]:
    """Return the columns of the list of delegations; their completeness takes one statement a batch."""
    progress: dict[int, Counted] = {}

    def count(rows: Sequence[Delegation]) -> None:
        if new := [row for row in rows if row.id not in progress]:  # two columns show parts of it
            progress.update(lists.counted(new))

    def closes(row: Delegation) -> object:
        moment = row.closes_at or event.registration_closes_at
        return moment.astimezone(event.zone) if moment else ""

    return [
        Column("name", _("Delegation"), lambda row: row.name),
        Column("city", _("City"), lambda row: row.city, shown=False),
        Column("country", _("Country"), lambda row: country_name(row.country)),
        Column("role", _("Role"), lambda row: str(words.ROLES[row.role]), shown=False),
        Column("named", _("Named"), lambda row: row.seats_named, numeric=True),
        Column("quota", _("Seats"), lambda row: row.quota, numeric=True),
        Column("complete", _("Complete (%)"), lambda row: progress[row.id].percent, numeric=True, prepare=count),
        Column("missing", _("Missing"), lambda row: progress[row.id].missing, prepare=count),
        Column("state", _("State"), lambda row: str(words.STATES[row.state])),
        Column("contact_name", _("Head of delegation"), lambda row: row.contact_name, shown=False),
        Column("contact_email", _("E-mail"), lambda row: row.contact_email, shown=False),
        Column("contact_phone", _("Phone"), lambda row: row.contact_phone, shown=False),
        Column("language", _("Language of mails"), lambda row: language_name(row.contact_language), shown=False),
        Column("closes", _("Registers until"), closes, shown=False),
        Column("reference", _("Reference"), lambda row: row.reference, shown=False),
    ]


def of_people(event: Event, added: Sequence[PeopleColumn] = ()) -> list[Column[Any]]:
    """Return the columns of the list of people (rows of ``lists.lines_of``), those that plugins add at its end."""
    zone = event.zone
    names = lru_cache(maxsize=None)(language_name)
    country = lru_cache(maxsize=None)(country_name)
    states = {code: str(title) for code, title in words.PARTICIPANT_STATES.items()}

    return [
        Column("name", _("Name"), lambda row: row.name),
        Column("function", _("Function"), lambda row: row.function),
        Column("delegation", _("Delegation"), lambda row: row.delegation),
        Column("country", _("Country"), lambda row: country(row.country), shown=False),
        Column("email", _("E-mail"), lambda row: row.email, shown=False),
        Column("phone", _("Phone"), lambda row: row.phone, shown=False),
        Column("languages", _("Languages understood"), lambda row: [names(code) for code in row.languages]),
        Column("arrival", _("Arrival"), lambda row: row.arrival.astimezone(zone) if row.arrival else ""),
        Column("departure", _("Departure"), lambda row: row.departure.astimezone(zone) if row.departure else ""),
        Column("state", _("State"), lambda row: states[row.state]),
        *(_added(column) for column in added),
    ]


def _added(column: PeopleColumn) -> Column[Any]:
    known: dict[int, str] = {}

    def prepare(rows: Sequence[Any]) -> None:
        try:
            answer: Mapping[int, Any] = column.values([row.id for row in rows])
            known.update({key: str(text) for key, text in answer.items()})
        except Exception:  # whatever it is: the list of people must stand without a plugin's column
            plugin = column.key.partition(".")[0]
            log.exception("column_failed", plugin=plugin, column=column.key)
            note_failure(plugin, "people_columns")

    return Column(column.key, column.label, lambda row: known.get(row.id, ""), shown=False, prepare=prepare)
