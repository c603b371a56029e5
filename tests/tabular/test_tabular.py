"""Tables in every dialect that people send: right, or one message that names the line and the column."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from eventhub import tabular
from eventhub.tabular import Row, Unreadable
from eventhub.tabular.delimited import decode, delimiter_of

ROSTER = [["Délégation", "Nom", "Ville"], ["Gênes", "Élio Bianchi", "Gênes, Ligurie"], ["Łódź", "Zoë", ""]]
FRENCH = [["Délégation", "Nom", "Ville"], ["Gênes", "Élio Bianchi", "Gênes, Ligurie"], ["Liège", "Zoë", ""]]


def written(rows: list[list[str]], delimiter: str, end: str) -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if delimiter in text or '"' in text or "\n" in text else text

    return "".join(delimiter.join(map(cell, row)) + end for row in rows)


def trimmed(rows: list[list[str]]) -> list[Row]:
    """Return the rows as they should be read: without the blank cells at their end."""
    found = []
    for number, row in enumerate(rows, start=1):
        cells = list(row)
        while cells and not cells[-1]:
            cells.pop()
        found.append(Row(number, cells))
    return found


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["crlf", "lf", "cr"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-le bare", "utf-16-be bare", "utf-16-be"],
)
def test_every_dialect_gives_the_same_rows(encode: Callable[[str], bytes], delimiter: str, end: str) -> None:
    assert list(tabular.read(encode(written(ROSTER, delimiter, end)))) == trimmed(ROSTER)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["crlf", "lf", "cr"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
def test_windows_1252_is_read_as_what_french_excel_writes(delimiter: str, end: str) -> None:
    assert list(tabular.read(written(FRENCH, delimiter, end).encode("cp1252"))) == trimmed(FRENCH)


@pytest.mark.parametrize(
    "text, rows",
    [
        ("a;b\n1;2;3\n4\n", [Row(1, ["a", "b"]), Row(2, ["1", "2", "3"]), Row(3, ["4"])]),
        ("a;b\n\n;;\n1;2\n", [Row(1, ["a", "b"]), Row(4, ["1", "2"])]),
        ('a;b\n"two\nlines";2\n3;4\n', [Row(1, ["a", "b"]), Row(2, ["two\nlines", "2"]), Row(3, ["3", "4"])]),
        ('a;b\n"say ""hi""; now";2\n', [Row(1, ["a", "b"]), Row(2, ['say "hi"; now', "2"])]),
        ('a;b\nJean "Jo" D.;2\n', [Row(1, ["a", "b"]), Row(2, ['Jean "Jo" D.', "2"])]),
        ("sep=,\r\na,b\r\n1;0,2\r\n", [Row(1, ["a", "b"]), Row(2, ["1;0", "2"])]),
        ("Name;Place\nNovák, Jan;Praha, 1\nDvořák, Eva;Brno, 2\n", None),
        ("only one column\nrow\n", [Row(1, ["only one column"]), Row(2, ["row"])]),
    ],
    ids=["ragged", "blank rows", "line break in a cell", "quotes", "bare quotes", "sep line", "commas", "one column"],
)
def test_rows_are_numbered_as_a_spreadsheet_numbers_them(text: str, rows: list[Row] | None) -> None:
    found = list(tabular.read(text.encode()))
    assert found == rows if rows is not None else [len(row.cells) for row in found] == [2, 2, 2]


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "This file is empty"),
        (b"\xef\xbb\xbf \r\n", "This file is empty"),
        ("é;b\nc;è\nd;x".encode() + b"\xe9\n", "Line 3, column B: a character there is written in another encoding"),
        (b"a;b\nc\x81;d\xe9\n", "Line 2, column A: a character"),
        ("a;b\n".encode("utf-16") + b"\x00\xd8", "Line 2, column A: a character"),
        (b'a;b\nc;"d\ne;f\n', "Line 2, column B: a quotation mark is opened there and never closed"),
        (b'a;b\nc;d\n"e"f;g\n', "Line 3, column A: a quotation mark inside the text is not doubled"),
        (b'a;b\n"x\ny";z\nc;"e"f\n', "Line 3, column B: a quotation mark inside the text is not doubled"),
        (b"a;b\nc;" + b"x" * 300_000 + b"\n", "Line 2, column B: this cell is longer than any name can be"),
        (b"a;" * 16_000 + b"\n", "more than 200 columns (line 1)"),
        (b"<html><body><table><tr><td>Nom</td></tr></table></body></html>", "This file is a web page"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html></html>", "This file is a web page"),
        (b"%PDF-1.7 x", "This is no table"),
        (bytes(range(256)) * 40, "This is no table"),
        (b"PK\x03\x04" + b"x" * 100, "This spreadsheet is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "This is a file of an old Excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "This file is protected by a password",
        ),
    ],
)
def test_what_cannot_be_read_gives_one_message(data: bytes, message: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        list(tabular.read(data))
    assert message in str(refusal.value)


def book(fill: Callable[[Any], None]) -> bytes:
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    fill(workbook)
    workbook.close()
    return stream.getvalue()


def test_a_workbook_gives_what_a_person_would_type() -> None:
    def fill(workbook: Any) -> None:
        workbook.add_worksheet("Empty")
        sheet = workbook.add_worksheet("People")
        day = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row(2, 1, ["Nom", "Téléphone", "Arrivée", "Places", "Somme", "Oui"])
        sheet.write_string(3, 1, "Élio")
        sheet.write_number(3, 2, 612345678)
        sheet.write_datetime(3, 3, datetime(2025, 3, 25, 13, 30), day)  # noqa: DTZ001  (a spreadsheet knows no zone)
        sheet.write_number(3, 4, 4.5)
        sheet.write_formula(3, 5, "=1+1", value=2)
        sheet.write_boolean(3, 6, True)
        workbook.add_worksheet("Hidden").hide()

    assert list(tabular.read(book(fill))) == [
        Row(3, ["", "Nom", "Téléphone", "Arrivée", "Places", "Somme", "Oui"]),
        Row(4, ["", "Élio", "612345678", "2025-03-25 13:30", "4.5", "2", "1"]),
    ]


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"><office:body><office:spreadsheet>
<table:table table:name="Feuille1"><table:table-row>
<table:table-cell office:value-type="string"><text:p>Nom</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Arrivée</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2"/></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Élio</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2025-03-25T13:30:00"><text:p>x</text:p></table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{}</manifest:manifest>'
)


def ods(manifest: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.replace("\n<", "<").replace("\n", " "))
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(manifest))
    return stream.getvalue()


def test_an_open_document_is_read_too() -> None:
    assert list(tabular.read(ods())) == [Row(1, ["Nom", "Arrivée"]), Row(5, ["Élio", "2025-03-25 13:30"])]


def test_an_encrypted_open_document_says_so() -> None:
    with pytest.raises(Unreadable, match="protected by a password"):
        list(tabular.read(ods("<manifest:encryption-data/>")))


def spoiled(name: str, content: bytes) -> bytes:
    """Return a workbook with one part of it replaced."""
    source = zipfile.ZipFile(io.BytesIO(book(lambda workbook: workbook.add_worksheet().write(0, 0, "Nom"))))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            archive.writestr(entry.filename, content if entry.filename == name else source.read(entry.filename))
    return stream.getvalue()


SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def test_one_cell_in_the_far_corner_does_not_take_the_memory_of_the_site() -> None:
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    far += b"</sheetData></worksheet>"
    with pytest.raises(Unreadable, match="too large to be read"):
        list(tabular.read(spoiled("xl/worksheets/sheet1.xml", SHEET + far)))


def test_an_archive_that_unpacks_to_gigabytes_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>" + " " * 100_000)
    data = bytearray(stream.getvalue())
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (2**31).to_bytes(4, "little")  # what the archive says that it unpacks to
    with pytest.raises(Unreadable, match="too large to be read"):
        list(tabular.read(bytes(data)))


@pytest.mark.parametrize("content", [b"", b"<worksheet", b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet>&a;</worksheet>"])
def test_a_damaged_workbook_is_said_to_be_damaged(content: bytes) -> None:
    with pytest.raises(Unreadable):
        list(tabular.read(spoiled("xl/worksheets/sheet1.xml", content)))


# what spreadsheets quote, what separates, what decides an encoding, and letters of several scripts
CELLS = st.text(st.sampled_from("ab Z9;,\t|'\"=+-éßŁ€שع你😀"), min_size=1, max_size=12)


@given(st.lists(st.lists(CELLS.filter(str.strip), min_size=3, max_size=3), min_size=2, max_size=6))
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]]) -> None:
    quoted = "".join(";".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows)
    assert [row.cells for row in tabular.read(quoted.encode("utf-8-sig"))] == rows


def test_a_comma_in_every_address_does_not_win_over_the_semicolon() -> None:
    assert delimiter_of("Nom;Adresse\nA;1, rue X, Lyon\nB;2, rue Y, Lyon\n") == ";"


def test_a_stray_control_character_does_not_make_a_text_binary() -> None:
    assert decode(b"Nom;Ville\nA\x0b;" + b"x" * 200) == "Nom;Ville\nA\x0b;" + "x" * 200
