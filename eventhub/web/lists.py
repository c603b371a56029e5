"""Lists: pages of rows, filters in the URL, and the columns that the page and its exports share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import request, url_for

from eventhub.db import session

T = TypeVar("T")
PER_PAGE = 50
BATCH = 500  # rows of an export that are read at a time


@dataclass(frozen=True)
class Column(Generic[T]):
    """A column of a list: its key and heading, and the value of a row as exports write it.

    ``shown`` tells whether the list shows it until somebody chooses columns. ``prepare(rows)`` reads what the values of
    many rows need, in a fixed number of statements.
    """

    key: str
    label: Any
    value: Callable[[T], Any]
    numeric: bool = False
    shown: bool = True
    prepare: Callable[[Sequence[T]], None] | None = None


@dataclass(frozen=True)
class Head:
    """The head of a column on a page: ``url`` sorts by it, ``sort`` says how the table is sorted now."""

    key: str
    label: Any
    numeric: bool = False
    url: str | None = None
    sort: str | None = None


@dataclass(frozen=True)
class Chosen(Generic[T]):
    """The columns of a list: all of them, and those that the address asks for, the first one always."""

    known: Sequence[Column[T]]
    columns: Sequence[Column[T]] = field(default=())

    def has(self, key: str) -> bool:
        return any(column.key == key for column in self.columns)

    def prepare(self, rows: Sequence[T]) -> None:
        for column in self.columns:
            if column.prepare is not None and rows:
                column.prepare(rows)

    def heads(self, orders: Iterable[str], default: str) -> list[Head]:
        """Return the heads; a press on the one that sorts already turns the order round."""
        wanted = request.args.get("sort") or default
        return [self._head(column, wanted) if column.key in orders else _plain_head(column) for column in self.columns]

    def _head(self, column: Column[T], wanted: str) -> Head:
        now = {column.key: "ascending", f"-{column.key}": "descending"}.get(wanted)
        url = here(sort=f"-{column.key}" if now == "ascending" else column.key, page=None)
        return Head(column.key, column.label, column.numeric, url, now)

    def cells(self, rows: Iterable[Sequence[T]]) -> Iterator[list[Any]]:
        """Yield the cells of an export, from rows that come in batches."""
        for batch in rows:
            self.prepare(batch)
            for row in batch:
                yield [column.value(row) for column in self.columns]


def _plain_head(column: Column[Any]) -> Head:
    return Head(column.key, column.label, column.numeric)


def chosen(columns: Sequence[Column[T]]) -> Chosen[T]:
    """Return the columns, with those that the address asks for ("column=city&column=state")."""
    wanted = request.args.getlist("column")
    known = {column.key for column in columns}
    if not known.intersection(wanted):
        return Chosen(columns, [column for column in columns if column.shown])
    first, *rest = columns
    return Chosen(columns, [first, *(column for column in rest if column.key in wanted)])


def batches(query: sa.Select[T]) -> Iterator[Sequence[T]]:
    """Yield the rows of a query in batches, read as they are needed: the first is there before the last is read."""
    result: Any = session().execute(query.execution_options(yield_per=BATCH))
    yield from (result.scalars() if is_of_one(query) else result).partitions(BATCH)


def is_of_one(query: sa.Select[Any]) -> bool:
    """Tell whether a row of the query is one record, not several columns."""
    return len(query.column_descriptions) == 1


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list."""

    rows: Sequence[T]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def first_row(self) -> int:
        return min(self.total, (self.number - 1) * self.per_page + 1)

    @property
    def last_row(self) -> int:
        return min(self.total, self.number * self.per_page)

    def url(self, number: int) -> str:
        """Return the address of another page with the same filters."""
        return here(page=number)


def here(**changes: Any) -> str:
    """Return the present address with some of its query changed; None or "" takes a part out."""
    arguments = {**kept_query(), **(request.view_args or {}), **changes}
    assert request.endpoint is not None
    return url_for(
        request.endpoint, **{key: value for key, value in arguments.items() if value not in (None, "", [""])}
    )


def elsewhere(endpoint: str, **more: str) -> str:
    """Return the address of another page about the rows of this list: the same filters, and some more of its own."""
    kept = {name: values for name, values in kept_query().items() if name not in {"page", "format"}}
    pairs = [(name, value) for name, values in kept.items() if name not in more for value in values if value]
    return f"{url_for(endpoint)}?{urlencode([*more.items(), *pairs])}"


def kept_query() -> dict[str, list[str]]:
    """Return the query of the present address without what url_for would take for a part of the path or an option."""
    path = request.url_rule.arguments if request.url_rule else ()
    return {key: values for key, values in request.args.lists() if key not in path and not key.startswith("_")}


def paginate(query: sa.Select[T], *, per_page: int = PER_PAGE) -> Page[T]:
    """Return the page that the URL asks for, in two statements whatever the number of rows; plain rows take one."""
    wanted = min(max(1, request.args.get("page", 1, int)), 1_000_000)
    if not is_of_one(query):
        rows = session().execute(_page_of(query.add_columns(_counted(query).scalar_subquery()), wanted, per_page)).all()
        if rows or wanted == 1:
            return Page(rows, wanted, rows[0][-1] if rows else 0, per_page)  # type: ignore[arg-type]  # rows for a T
    total = total_of(query)
    number = min(wanted, max(1, -(-total // per_page)))
    result: Any = session().execute(_page_of(query, number, per_page))
    found = result.scalars().unique().all() if is_of_one(query) else result.all()
    return Page(list(found), number, total, per_page)


def _page_of(query: sa.Select[Any], number: int, per_page: int) -> sa.Select[Any]:
    return query.limit(per_page).offset((number - 1) * per_page)


def _counted(query: sa.Select[Any]) -> sa.Select[int]:
    ids = query.order_by(None).with_only_columns(sa.literal(1), maintain_column_froms=True)
    return sa.select(sa.func.count()).select_from(ids.subquery())


def total_of(query: sa.Select[Any]) -> int:
    """Return how many rows the query has, without reading their columns."""
    return session().scalar(_counted(query)) or 0


def kept_arguments(*names: str) -> Mapping[str, list[str]]:
    """Return the query of the present address but for these names: what a form of the page sends along."""
    return {key: values for key, values in kept_query().items() if key not in names and any(values)}


def wanted_export() -> str | None:
    """Return "csv" or "xlsx" when the URL asks for the list as a file."""
    wanted = request.args.get("format")
    return wanted if wanted in {"csv", "xlsx"} else None


def table(columns: Iterable[Column[T]], rows: Iterable[T]) -> tuple[list[str], list[list[Any]]]:
    """Return the headings and the cells of an export."""
    chosen = list(columns)
    return [str(column.label) for column in chosen], [[column.value(row) for column in chosen] for row in rows]
