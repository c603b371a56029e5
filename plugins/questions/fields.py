"""Two fields that questions need: a number with decimals, and a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import wtforms
from flask import request
from werkzeug.datastructures import FileStorage

from eventhub.api import Refused, _, format_number, language

from . import files
from .files import Upload


class NumberField(wtforms.StringField):
    """A number, held as a Decimal; "1 234,5", "1234.5" and "1.234,5" are all read."""

    data: Any

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, [wtforms.validators.Optional()], **options)
        self.minimum: Decimal | None = None
        self.maximum: Decimal | None = None

    def process_data(self, value: Decimal | None) -> None:
        self.data = value

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if not valuelist:
            return
        text = re.sub(r"[\s\u00a0\u202f']", "", str(valuelist[0]))
        self.data = None
        if not text:
            return
        if "," in text and "." in text:  # the last one written is the decimal mark
            text = text.replace("." if text.rindex(",") > text.rindex(".") else ",", "")
        text = text.replace(",", ".").replace("\u2212", "-")
        if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,6})?", text, re.ASCII):
            raise ValueError(_("Write a number, such as 12 or %(example)s.", example=format_number(12.5)))
        self.data = Decimal(format(Decimal(text).normalize(), "f"))

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data is None:
            return
        low, high = self.minimum, self.maximum
        if (low is None or low <= self.data) and (high is None or self.data <= high):
            return
        said = {"low": format_number(float(low or 0)), "high": format_number(float(high or 0))}
        if low is not None and high is not None:
            raise wtforms.ValidationError(_("Write a number from %(low)s to %(high)s.", **said))
        if low is not None:
            raise wtforms.ValidationError(_("Write a number of at least %(low)s.", low=said["low"]))
        raise wtforms.ValidationError(_("Write a number of at most %(high)s.", high=said["high"]))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        # without groups of thousands: an English "1,234" would come back as a French decimal
        text = "" if self.data is None else format(self.data, "f")
        return text.replace(".", ",") if language() == "fr" else text


class UploadField(wtforms.FileField):
    """A file that is checked as it comes in; its data is an Upload, or None where none was sent.

    It reads the files of the request itself: the text of the form never becomes a file, nor a file a text.
    """

    data: Upload | None

    def __init__(self, label: Any = None, **options: Any) -> None:
        # no validator: Optional would read the form's text, in which no file stands, and forget what was wrong
        super().__init__(label, **options)
        self.flags.accept = files.ACCEPTED

    def process_data(self, value: Any) -> None:
        self.data = None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = None
        sent: FileStorage | None = request.files.get(self.name)
        if sent is None or not sent.filename:
            return
        try:
            self.data = files.checked(sent.filename, sent.stream.read(files.MOST_BYTES + 1))
        except Refused as refusal:
            raise ValueError(str(refusal)) from refusal
