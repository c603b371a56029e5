"""Lists: pages of rows, filters in the URL, and the columns that the page and its exports share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import request, url_for

from eventhub.db import session

T = TypeVar("T")
PER_PAGE = 50


@dataclass(frozen=True)
class Column(Generic[T]):
    """A column of a list: its key and heading, and the value of a row as exports write it."""

    key: str
    label: Any
    value: Callable[[T], Any]
    numeric: bool = False


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
    """Return the page that the URL asks for, in two statements whatever the number of rows."""
    count = sa.select(sa.func.count()).select_from(query.order_by(None).subquery())
    total = session().scalar(count) or 0
    pages = max(1, -(-total // per_page))
    number = min(max(1, request.args.get("page", 1, int)), pages)
    rows = session().scalars(query.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(list(rows), number, total, per_page)


def wanted_export() -> str | None:
    """Return "csv" or "xlsx" when the URL asks for the list as a file."""
    wanted = request.args.get("format")
    return wanted if wanted in {"csv", "xlsx"} else None


def table(columns: Iterable[Column[T]], rows: Iterable[T]) -> tuple[list[str], list[list[Any]]]:
    """Return the headings and the cells of an export."""
    chosen = list(columns)
    return [str(column.label) for column in chosen], [[column.value(row) for column in chosen] for row in rows]
