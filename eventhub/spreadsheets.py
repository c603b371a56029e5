"""Exports that French Excel opens as they are: CSV with a BOM and semicolons, and XLSX; cells never become formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from flask import Response, stream_with_context

from eventhub import faults
from eventhub.i18n import sort_key

_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
_PHONE = re.compile(r"\+[\d\s().\u00a0-]{5,24}")
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
CHUNK = 250  # rows of a piece of CSV
WIDEST = 60  # letters
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(value: Any) -> Any:
    """Return the cell so that no spreadsheet runs it; phone numbers and negative numbers stay as they are."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str):
        return value
    if value.startswith(_ACTIVE) and not _PHONE.fullmatch(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(map(str, value))
    return value if isinstance(value, (int, float, str)) or value is None else str(value)


def csv_chunks(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield the file piece by piece: the head at once, then some hundreds of rows at a time, as they are read."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(cell) for cell in headings])
    yield stream.getvalue().encode("utf-8-sig")
    stream.seek(0)
    stream.truncate()
    for number, row in enumerate(rows, start=1):
        faults.hit("export.row")
        writer.writerow([safe(_plain(cell)) for cell in row])
        if number % CHUNK == 0:
            yield stream.getvalue().encode()
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue().encode()


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the whole file at once."""
    return b"".join(csv_chunks(headings, rows))


def xlsx_bytes(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the workbook; its rows go to a temporary file one by one, so that a long list costs no memory."""
    import xlsxwriter  # slow import

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True},
    )
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "EventHub")
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.write_row(0, 0, list(headings), bold)
    widths = [len(heading) for heading in headings]
    write_string, write_number, write, hit = sheet.write_string, sheet.write_number, sheet.write, faults.hit
    for number, row in enumerate(rows, start=1):
        hit("export.row")
        for column, cell in enumerate(row):
            value = cell if type(cell) is str else _plain(cell)
            if type(value) is str:
                if value:
                    write_string(number, column, value)
                    if len(value) > widths[column]:
                        widths[column] = len(value)
            elif type(value) in (int, float):
                write_number(number, column, value)
            elif value is not None:
                write(number, column, value)
    sheet.freeze_panes(1, 0)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width, WIDEST) + 2)
    book.close()
    return stream.getvalue()


def download(kind: str, name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return the file as an attachment called after ``name``; ``kind`` is csv or xlsx.

    Rows that come from an iterator are sent as CSV while they are read; the request stays open until the last.
    """
    stem = re.sub(r"[^a-z0-9]+", "-", sort_key(name)).strip("-") or "export"
    if kind == "xlsx":
        response = Response(xlsx_bytes(name, headings, rows), content_type=XLSX)
    else:
        reading = isinstance(rows, Iterator)
        body = stream_with_context(csv_chunks(headings, rows)) if reading else csv_bytes(headings, rows)
        response = Response(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.{kind}"'
    return response
