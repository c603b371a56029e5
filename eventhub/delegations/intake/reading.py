"""One row of a roster as values: what it says of a delegation, of a person, and what of it cannot be read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventhub.delegations.intake import cells
from eventhub.delegations.intake.columns import BY_CODE, Column
from eventhub.i18n import sort_key


@dataclass(frozen=True)
class Problem:
    """Something to tell about a row: the key of its sentence in ``said``, the index of the column, its values."""

    code: str
    column: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> list[Any]:
        return [self.code, self.column, dict(self.values)]


@dataclass
class Said:
    """What one row says; an empty cell says nothing."""

    line: int
    delegation: dict[str, Any] = field(default_factory=dict)
    person: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


SIMPLE: dict[str, Callable[[str], Any]] = {
    "delegation": cells.text,
    "reference": lambda value: cells.text(value.upper(), 20),
    "city": cells.text,
    "country": cells.country,
    "role": cells.role,
    "seats": cells.seats,
    "name": cells.text,
    "first_name": cells.text,
    "last_name": cells.text,
    "function": cells.text,
    "email": cells.email,
    "languages": cells.languages,
    "document_language": cells.language,
}
DELEGATION = frozenset({"delegation", "reference", "city", "country", "role", "seats"})
# What the row of our template that shows how to fill it says in its first cell
EXAMPLE_MARKS = ("exemple", "example")


def is_example(row: Sequence[str]) -> bool:
    """Tell whether this is the example row of our template: "Example, to delete: …"."""
    return bool(row) and sort_key(row[0]).partition(":")[0].strip() in EXAMPLE_MARKS and ":" in row[0]


class Reader:
    """Reads row after row of one file.

    ``country_of`` tells the country of a known delegation by what the row says of it, for phone numbers without one.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        zone: ZoneInfo,
        languages: Sequence[str],
        country: str,
        country_of: Callable[[Mapping[str, Any]], str | None],
        fill_down: bool = False,
    ) -> None:
        self.places = {column.field: index for index, column in enumerate(columns) if column.field}
        self.width = len(columns)
        self.zone, self.languages, self.country, self.country_of = zone, languages, country, country_of
        self.fill_down = fill_down
        self.above = ""
        self.simple = [(code, index, SIMPLE[code]) for code, index in self.places.items() if code in SIMPLE]

    def read(self, line: int, row: Sequence[str]) -> Said:
        said = Said(line)
        given: dict[str, Any] = {}
        for index, cell in enumerate(row[self.width :], start=self.width):
            if cell.strip():
                said.problems.append(Problem("ragged", index))
                break
        for code, index, parse in self.simple:
            value = self._cell(said, row, index)
            if not value:
                continue
            try:
                given[code] = parse(value)
            except cells.Wrong as wrong:
                said.problems.append(Problem(wrong.code, index, wrong.values))
        if self.fill_down and not given.get("delegation") and "reference" not in given and self.above:
            given["delegation"] = self.above
        self.above = given.get("delegation") or self.above
        said.delegation = {code: value for code, value in given.items() if code in DELEGATION}
        said.person = {code: value for code, value in given.items() if code not in DELEGATION}
        self._name(said)
        self._number(said, row)
        self._head(said, row)
        self._phone(said, row)
        self._document_language(said)
        for code in ("arrival", "departure"):
            self._moment(said, row, code)
        self._order(said)
        return said

    def _cell(self, said: Said, row: Sequence[str], index: int | None) -> str:
        if index is None or index >= len(row):
            return ""
        raw = row[index]
        value = cells.tidy(raw)
        if value != raw and cells.had_invisible(raw, value):
            said.notes.append(Problem("invisible", index))
        return value

    def _name(self, said: Said) -> None:
        parts = [said.person.pop(code, "") for code in ("first_name", "last_name")]
        if "name" not in said.person and any(parts):
            name = " ".join(filter(None, parts))
            if len(name) > 200:
                said.problems.append(Problem("too_long", self.places.get("last_name"), {"most": 200}))
            said.person["name"] = name

    def _number(self, said: Said, row: Sequence[str]) -> None:
        value = self._cell(said, row, self.places.get("person_id"))
        if not value:
            return
        if value.isdecimal() and len(value) < 10:
            said.person["id"] = int(value)
        else:
            said.problems.append(Problem("person_id", self.places["person_id"]))

    def _head(self, said: Said, row: Sequence[str]) -> None:
        """A tick says that this person leads the delegation; a name says who does."""
        value = self._cell(said, row, self.places.get("head"))
        if not value:
            return
        ticked = cells.yes_or_no(value)
        if ticked is not None:
            said.person["is_head"] = ticked
        elif len(value) > 200:
            said.problems.append(Problem("too_long", self.places["head"], {"most": 200}))
        else:
            said.delegation["head"] = value
            if "name" in said.person:
                said.person["is_head"] = sort_key(value) == sort_key(said.person["name"])

    def _phone(self, said: Said, row: Sequence[str]) -> None:
        value = self._cell(said, row, self.places.get("phone"))
        if not value:
            return
        region = said.delegation.get("country") or self.country_of(said.delegation) or self.country
        try:
            said.person["phone"] = cells.phone(value, region)
        except cells.Wrong as wrong:
            said.problems.append(Problem(wrong.code, self.places["phone"], wrong.values))

    def _document_language(self, said: Said) -> None:
        code = said.person.get("document_language")
        if code and code not in self.languages:
            del said.person["document_language"]
            said.notes.append(Problem("not_spoken", self.places["document_language"], {"language": code}))

    def _moment(self, said: Said, row: Sequence[str], code: str) -> None:
        day, hour = (self._cell(said, row, self.places.get(name)) for name in (code, f"{code}_time"))
        if not day:
            if hour:
                said.notes.append(Problem("no_day", self.places[f"{code}_time"]))
            return
        try:
            found = cells.moment(day, hour, self.zone)
        except cells.Wrong as wrong:
            place = self.places[f"{code}_time" if wrong.code == "time" and hour else code]
            said.problems.append(Problem(wrong.code, place))
            return
        if found is None:
            said.notes.append(Problem("no_hour", self.places[code]))
        else:
            said.person[code] = found

    def _order(self, said: Said) -> None:
        arrival, departure = said.person.get("arrival"), said.person.get("departure")
        if isinstance(arrival, datetime) and isinstance(departure, datetime) and departure <= arrival:
            said.problems.append(Problem("order", self.places["departure"]))


def said_of_column(column: int | None, columns: Sequence[Column]) -> str:
    """Return the heading of a column as messages name it; its field where the file gives none."""
    if column is None or column >= len(columns):
        return ""
    found = columns[column]
    return found.heading.strip()[:60] or (str(BY_CODE[found.field].title) if found.field else "")
