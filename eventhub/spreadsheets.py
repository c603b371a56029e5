"""Exports that French Excel opens as they are: CSV with a BOM and semicolons, and XLSX; cells never become formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask import Response

from eventhub import faults
from eventhub.i18n import sort_key

_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
_PHONE = re.compile(r"\+[\d\s().\u00a0-]{5,24}")
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
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


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(cell) for cell in headings])
    for row in rows:
        faults.hit("export.row")
        writer.writerow([safe(_plain(cell)) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def xlsx_bytes(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    import xlsxwriter  # slow import

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    )
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "EventHub")
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.write_row(0, 0, list(headings), bold)
    for number, row in enumerate(rows, start=1):
        faults.hit("export.row")
        for column, cell in enumerate(row):
            value = _plain(cell)
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write(number, column, value)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return stream.getvalue()


def download(kind: str, name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Return the file as an attachment called after ``name``; ``kind`` is csv or xlsx."""
    stem = re.sub(r"[^a-z0-9]+", "-", sort_key(name)).strip("-") or "export"
    if kind == "xlsx":
        body, media = xlsx_bytes(name, headings, rows), XLSX
    else:
        body, media = csv_bytes(headings, rows), "text/csv; charset=utf-8"
    response = Response(body, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.{kind}"'
    return response
