"""Why a file cannot be read as a table, and what to do about it."""

from __future__ import annotations

from eventhub.errors import Refused
from eventhub.i18n import lazy_gettext as _l


class Unreadable(Refused):
    """The file is no table that we read."""

    field = "file"


class Empty(Unreadable):
    message = _l("This file is empty. Choose the one that holds the table.")


class WebPage(Unreadable):
    message = _l(
        "This file is a web page, whatever its name says. Open it in a spreadsheet program and save it as XLSX."
    )


class Protected(Unreadable):
    message = _l("This file is protected by a password. Save it without one, then send it again.")


class OldExcel(Unreadable):
    message = _l("This is a file of an old Excel (.xls). Open it and save it as XLSX, ODS or CSV.")


class OtherFile(Unreadable):
    message = _l("This is no table that can be read here. Save it as XLSX, ODS or CSV, then send it again.")


class Broken(Unreadable):
    message = _l("This spreadsheet is damaged. Open it in a spreadsheet program, save it anew, then send it again.")


class TooLarge(Unreadable):
    message = _l(
        "This spreadsheet is too large to be read: at most %(rows)s rows and %(columns)s columns. "
        "Delete what lies around the table, or split it."
    )


class TooManyColumns(Unreadable):
    message = _l("The table has more than %(columns)s columns (line %(line)s). Delete those that are not needed.")


class BadCharacter(Unreadable):
    message = _l(
        "Line %(line)s, column %(column)s: a character there is written in another encoding than the rest. "
        "Save the file as XLSX, or as CSV in UTF-8, then send it again."
    )


class BadQuote(Unreadable):
    message = _l(
        "Line %(line)s, column %(column)s: a quotation mark inside the text is not doubled. "
        "Write it twice, or save the file as XLSX."
    )


class OpenQuote(Unreadable):
    message = _l(
        "Line %(line)s, column %(column)s: a quotation mark is opened there and never closed. "
        "Close it, or save the file as XLSX."
    )


class CellTooLong(Unreadable):
    message = _l(
        "Line %(line)s, column %(column)s: this cell is longer than any name can be. "
        "Shorten it, then send the file again."
    )
