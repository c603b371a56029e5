"""Sending a roster, and saying what its columns hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import wtforms
from flask_wtf.file import FileField

from eventhub.delegations.intake import columns
from eventhub.delegations.intake.columns import BY_CODE, FIELDS, Column
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.tabular import column_name
from eventhub.web.fields import LongTextField
from eventhub.web.forms import Form

PASTED = 1_000_000  # characters


class SendForm(Form):
    """A file, or rows pasted from a spreadsheet."""

    file = FileField(
        _l("Spreadsheet"),
        description=_l("XLSX, ODS or CSV, at most 16 MB. The first sheet that holds something is read."),
    )
    pasted = LongTextField(
        _l("Or rows pasted from a spreadsheet"),
        maximum=PASTED,
        description=_l("Copy them with their headings, and paste them here."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        if not self.file.data and not self.pasted.data:
            self.file.errors = [*self.file.errors, _("Choose a file, or paste rows below.")]
            return False
        return fine


class ColumnsForm(Form):
    """What each column holds, and what to do with gaps."""

    raise_quota = wtforms.BooleanField(
        _l("Give a delegation more seats where its people need them"),
        description=_l("Otherwise a row without a free seat is refused. Each raised number of seats is listed."),
    )
    fill_down = wtforms.BooleanField(
        _l("An empty delegation cell means the delegation of the row above"),
    )

    def chosen(self, layout: Sequence[Column], sent: Mapping[str, str]) -> list[Column]:
        """Return the columns as chosen on the page; a column about health is never taken over."""
        found = []
        for index, column in enumerate(layout):
            code = sent.get(f"column-{index}", "")
            code = code if code in BY_CODE and not column.health else ""
            found.append(Column(column.heading, code, column.health))
        return found

    def check(self, chosen: Sequence[Column]) -> bool:
        """Refuse one field for two columns, and a file without what it needs."""
        for code, count in Counter(column.field for column in chosen if column.field).items():
            if count > 1:
                letters = [column_name(index) for index, column in enumerate(chosen) if column.field == code]
                self.refuse(
                    _(
                        "Columns %(letters)s are both “%(field)s”. Leave one of them.",
                        letters=" + ".join(letters),
                        field=str(BY_CODE[code].title),
                    )
                )
        if code := columns.missing(column.field for column in chosen):
            self.refuse(_("No column is “%(field)s”. Choose the one that holds it.", field=str(BY_CODE[code].title)))
        return not self.refused


def field_choices() -> list[tuple[str, str]]:
    return [("", _("Leave out")), *((field.code, str(field.title)) for field in FIELDS)]
