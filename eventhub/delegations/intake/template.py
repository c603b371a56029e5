"""The file to fill in: headings in the reader's language, an example row that an import leaves out, lists to choose."""

from __future__ import annotations

import io
from collections.abc import Sequence

from eventhub import spreadsheets
from eventhub.delegations import words
from eventhub.delegations.intake.columns import FIELDS, Field
from eventhub.events.models import Event
from eventhub.i18n import country_choices, language_name
from eventhub.i18n import gettext as _

LEFT_OUT = frozenset({"reference", "person_id", "first_name", "last_name", "arrival_time", "departure_time"})
ROWS = 1_000  # rows of the sheet that offer lists


def fields() -> list[Field]:
    return [field for field in FIELDS if field.code not in LEFT_OUT]


def headings() -> list[str]:
    return [str(field.title) for field in fields()]


def example() -> list[str]:
    """Return the example row; its first cell says that it is one, and ``is_example`` knows it by that."""
    cells = [field.example for field in fields()]
    cells[0] = _("Example: delete this row")
    return cells


def choices(event: Event) -> dict[str, Sequence[str]]:
    """Return {field: what its cells may hold} of the columns with a list."""
    return {
        "country": [name for _code, name in country_choices()],
        "role": [str(title) for title in words.ROLES.values()],
        "head": [_("yes"), _("no")],
        "document_language": [language_name(code) for code in event.languages],
    }


def csv_bytes() -> bytes:
    return spreadsheets.csv_bytes(headings(), [example()])


def xlsx_bytes(event: Event) -> bytes:
    import xlsxwriter  # slow import

    stream = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(stream, options)
    sheet = book.add_worksheet(_("People"))
    bold = book.add_format({"bold": True, "bottom": 1})
    grey = book.add_format({"italic": True, "font_color": "#666666"})
    as_text = book.add_format({"num_format": "@"})  # phone numbers keep their zero and their plus
    sheet.write_row(0, 0, headings(), bold)
    sheet.write_row(1, 0, example(), grey)
    lists = book.add_worksheet(_("Choices"))
    for index, field in enumerate(fields()):
        sheet.set_column(index, index, max(14, len(str(field.title)) + 2), as_text)
        if field.code in (offered := choices(event)):
            names = offered[field.code]
            lists.write_column(0, index, names)
            letter = chr(65 + index)
            source = f"='{_('Choices')}'!${letter}$1:${letter}${len(names)}"
            rule = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.data_validation(1, index, ROWS, index, rule)
    lists.hide()
    sheet.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()
