"""CSV and pasted text: which encoding, which separator, and rows numbered as a spreadsheet numbers them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from eventhub.tabular.errors import BadCharacter, BadQuote, CellTooLong, OpenQuote, OtherFile

DELIMITERS = (";", "\t", ",", "|")
LOOKED_AT, LOOKED_INTO = 40, 60_000  # rows and characters from which the separator is told
# Bytes that no text of a spreadsheet holds, in whatever encoding of one byte
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Excel and LibreOffice put it on the first line; it names the separator
_SEP_LINE = re.compile(r"\A\ufeff?sep=(.)(\r\n|\r|\n)", re.IGNORECASE)


def decode(data: bytes) -> str:
    """Return the text: UTF-8 with or without a mark, UTF-16 of either kind, else Windows-1252.

    Text that is UTF-8 but for a few bytes is refused where the first of them stands: read as Windows-1252 it would
    turn every accent into two signs, and nobody would see it before the badges are printed.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _utf16(data, "utf-16")
    if guess := _utf16_without_mark(data):
        return _utf16(data, guess)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(data, error.start)
    if _BINARY.search(data.replace(b"\x00", b"")) and _mostly_binary(data):
        raise OtherFile
    return text


def _mostly_binary(data: bytes) -> bool:
    """Tell whether control bytes are more than strays: a stray one is cleaned out of its cell later."""
    return len(_BINARY.findall(data[:100_000])) > len(data[:100_000]) // 50


def _utf16(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _bad_character(data[: error.start].decode(codec, "ignore")) from error


def _utf16_without_mark(data: bytes) -> str:
    """Return which UTF-16 it is, told from where the zero bytes stand; "" where it is something else."""
    head = data[:4000]
    if len(head) < 4 or b"\x00" not in head:
        return ""
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.6 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.1 else ""


def _not_utf8(data: bytes, position: int) -> str:
    if _mostly_binary(data):
        raise OtherFile
    # each wrong byte becomes one mark; what is neither ASCII nor a mark was well-formed UTF-8
    kept = data.decode("utf-8", "replace")
    wrong = kept.count("\ufffd")
    right = sum(1 for char in kept if char > "\x7f") - wrong
    if right > wrong:
        raise _bad_character(data[:position].decode("utf-8", "replace"))
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _bad_character(data[: error.start].decode("cp1252", "replace")) from error


def _bad_character(before: str) -> BadCharacter:
    """Return the refusal that points at the end of the text before the character."""
    lines = _unix(before).split("\n")
    line = lines[-1]
    delimiter = delimiter_of(_unix(before))
    return BadCharacter(line=len(lines), column=_letter(line.count(delimiter)))


def _letter(index: int) -> str:
    """Return the letters above the column with this index (0 is A)."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def delimiter_of(text: str) -> str:
    """Return the separator under which the first rows are widest and most alike.

    A comma in a name or an address must not win over the semicolon that stands in every row. Quotation marks tell most:
    a separator under which they make no sense is looked at only where none makes sense of them.
    """
    head = text[:LOOKED_INTO]
    whole = len(text) <= LOOKED_INTO
    for strict in (True, False):
        scores = {delimiter: _score(head, delimiter, strict=strict, whole=whole) for delimiter in DELIMITERS}
        best = max(scores, key=lambda delimiter: scores[delimiter])
        if scores[best]:
            return best
    return ";"


def _score(head: str, delimiter: str, *, strict: bool, whole: bool) -> float:
    widths = []
    try:
        for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=strict):
            if any(cell.strip() for cell in row):
                widths.append(len(row))
            if len(widths) >= LOOKED_AT:
                break
    except csv.Error as error:
        if strict and (whole or "end of data" not in str(error)):
            return 0.0
    if len(widths) > 1 and not whole:
        widths.pop()  # cut in the middle
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0
    common = max(set(wide), key=wide.count)
    return len(wide) / len(widths) * (wide.count(common) / len(wide)) * min(common, 12)


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number, cells) of every row; a cell may hold line breaks, so numbers count rows as a spreadsheet does.

    Raises BadQuote or OpenQuote where a quotation mark makes a row unreadable.
    """
    sep_line = _SEP_LINE.match(text)
    if sep_line:
        text = text[sep_line.end() :]
    text = _unix(text)
    delimiter = sep_line[1] if sep_line else delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0  # lines of the text that whole rows have used
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            before = reader.line_num
            yield number, row
    except csv.Error as error:
        raise _bad_quote(text, delimiter, before, number + 1) from error


def _bad_quote(text: str, delimiter: str, before: int, number: int) -> BadQuote | OpenQuote | CellTooLong:
    """Find the quotation mark, or the endless cell, that broke the row which begins after so many lines."""
    rest = text.split("\n", before)[-1] if before else text
    column, inside, fresh, opened = 0, False, True, 0
    index = began = 0
    while index < len(rest):
        char = rest[index]
        if inside:
            if char == '"' and rest[index + 1 : index + 2] == '"':
                index += 1
            elif char == '"':
                if rest[index + 1 : index + 2] not in {"", delimiter, "\n"}:
                    return BadQuote(line=number, column=_letter(column))
                inside = False
        elif index - began > csv.field_size_limit():
            return CellTooLong(line=number, column=_letter(column))
        elif char == delimiter:
            column, fresh, began = column + 1, True, index
        elif char == "\n":
            break
        elif char == '"' and fresh:
            inside, opened, fresh = True, column, False
        else:
            fresh = False
        index += 1
    return OpenQuote(line=number, column=_letter(opened))
