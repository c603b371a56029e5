"""What kind of file it is, told from its bytes and never from its name; then its rows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eventhub.tabular import delimited, workbook
from eventhub.tabular.errors import Broken, Empty, OldExcel, OtherFile, Protected, TooLarge, TooManyColumns, WebPage

MAX_ROWS = 200_000
MAX_COLUMNS = 200
UNPACKED = 600 * 1024 * 1024  # bytes of XML; 100,000 rows of 13 cells take 60 MB
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body|table|meta|div)\b",
    re.IGNORECASE | re.DOTALL,
)
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"<?xml")
_CELL = 32_767  # characters: as many as Excel lets a cell hold


class Row(NamedTuple):
    """A row with the number that stands beside it in the spreadsheet."""

    number: int
    cells: list[str]


def column_name(index: int) -> str:
    """Return the letters above the column with this index: 0 is A, 26 is AA."""
    return delimited._letter(index)


def read(data: bytes) -> Iterator[Row]:
    """Yield the rows of the file that are not blank; raises Unreadable with what to do about it."""
    if not data.strip(b"\x00\xff\xfe\xef\xbb\xbf \t\r\n"):
        raise Empty
    if data.startswith(b"PK\x03\x04"):
        return _kept(workbook.rows(data, _kind(data), MAX_ROWS))
    if data.startswith(_OLE):
        # the name of the stream that holds an encrypted workbook
        raise Protected if "EncryptedPackage".encode("utf-16-le") in data else OldExcel
    if _HTML.match(data.removeprefix(b"\xef\xbb\xbf")[:2000]):
        raise WebPage
    if data.startswith(_OTHERS):
        raise OtherFile
    return _kept(delimited.rows(delimited.decode(data)))


def read_text(text: str) -> Iterator[Row]:
    """Yield the rows of what was pasted from a spreadsheet."""
    if not text.strip():
        raise Empty
    return _kept(delimited.rows(text))


def _kept(rows: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    """Leave out blank rows and the blank end of the others; refuse what is larger than a table of people can be."""
    for number, cells in rows:
        width = len(cells)
        while width and not cells[width - 1].strip():
            width -= 1
        if not width:
            continue
        if number > MAX_ROWS:
            raise TooLarge(rows=MAX_ROWS, columns=MAX_COLUMNS)
        if width > MAX_COLUMNS:
            raise TooManyColumns(columns=MAX_COLUMNS, line=number)
        yield Row(number, [cell[: _CELL + 1] for cell in cells[:width]])


def _kind(data: bytes) -> str:
    """Return "xlsx" or "ods"; refuses other archives, encrypted ones, and those that unpack to more than we hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED or len(names) > 5_000:
                raise TooLarge(rows=MAX_ROWS, columns=MAX_COLUMNS)
            if "xl/workbook.xml" in names:
                return "xlsx"
            if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
                raise OtherFile
            if b"opendocument.spreadsheet" not in archive.read("mimetype"):
                raise OtherFile
            manifest = archive.getinfo("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else None
            if manifest and manifest.file_size < 1_000_000 and b"encryption-data" in archive.read(manifest):
                raise Protected
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Broken from error
    return "ods"
