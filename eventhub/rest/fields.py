"""Fields of the API's schemas: the limits and the words of our forms, in the language that the request asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import normalize

import marshmallow as ma
import phonenumbers
from email_validator import EmailNotValidError, validate_email

from eventhub.i18n import COMMON_LANGUAGES, country_choices
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.localized import LocalizedText
from eventhub.web.fields import clean


class AtMost(ma.validate.Length):
    """A longest length that is told as our forms tell it; the description of the API reads it too."""

    def _format_error(self, value: Any, message: str) -> str:
        if self.min and len(value) < self.min:
            return _("Fill in this field.")
        return _(
            "This text is too long: at most %(max)d characters. Shorten it; nothing is lost meanwhile.", max=self.max
        )


class Between(ma.validate.Range):
    def _format_error(self, value: Any, message: str) -> str:
        return _("Write a number from %(low)s to %(high)s.", low=self.min, high=self.max)


class OneOf(ma.validate.OneOf):
    def _format_error(self, value: Any) -> str:
        return _("Choose one of the list.")


class Spoken(ma.fields.Field[Any]):
    """A field whose errors are sentences in the reader's language."""

    wrong: Any = _l("This value is of the wrong kind.")

    def make_error(self, key: str, **values: Any) -> ma.ValidationError:
        return ma.ValidationError(_("Fill in this field.") if key in {"required", "null"} else str(self.wrong))


class Text(Spoken, ma.fields.String):
    """A text without control characters, stripped; with ``minimum=1`` it cannot be empty."""

    wrong = _l("Write a text.")

    def __init__(self, *, maximum: int = 200, minimum: int = 0, **options: Any) -> None:
        super().__init__(validate=AtMost(min=minimum or None, max=maximum), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        cleaned = clean(text)
        if cleaned != normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
            raise ma.ValidationError(_("This text holds invisible control characters. Take them out."))
        return cleaned.strip()


class Email(Text):
    """An e-mail address, or an empty text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(maximum=254, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text:
            return text
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError as error:
            message = _("This does not look like an e-mail address. Example: first.last@city.eu")
            raise ma.ValidationError(message) from error


class Phone(Text):
    """A phone number with its country code, kept in international form; or an empty text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(maximum=40, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text:
            return text
        try:
            number = phonenumbers.parse(text, "FR")
        except phonenumbers.NumberParseException as error:
            message = _("Write the phone number with its country code. Example: +33 4 76 59 59 59")
            raise ma.ValidationError(message) from error
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        if not phonenumbers.is_possible_number(number) or len(written) > 40:
            raise ma.ValidationError(_("This phone number is too short or too long. Example: +33 4 76 59 59 59"))
        return written


class Whole(Spoken, ma.fields.Integer):
    """A whole number between two bounds."""

    wrong = _l("Write a whole number, such as 12.")

    def __init__(self, *, minimum: int = 0, maximum: int = 2**31 - 1, **options: Any) -> None:
        super().__init__(strict=True, validate=Between(min=minimum, max=maximum), **options)


class Typed(Whole):
    """A whole number in a query, where everything is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        text = str(value)
        if not text.isascii() or not text.lstrip("-").isdigit() or len(text) > 12:
            raise self.make_error("invalid")
        return int(text)


class Flag(Spoken, ma.fields.Boolean):
    wrong = _l("Write true or false.")
    truthy = {True, "true", "1"}
    falsy = {False, "false", "0"}


class Choice(Spoken, ma.fields.String):
    """One of a few codes."""

    wrong = _l("Choose one of the list.")

    def __init__(self, choices: Iterable[str], **options: Any) -> None:
        super().__init__(validate=OneOf([str(choice) for choice in choices]), **options)


class Country(Spoken, ma.fields.String):
    """A country by its ISO 3166 code, such as DE."""

    wrong = _l("Choose one of the list.")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code: str = super()._deserialize(value, attr, data, **kwargs)
        if code not in dict(country_choices()):
            raise self.make_error("invalid")
        return code


class Language(Choice):
    """A language by its code, such as fr."""

    def __init__(self, **options: Any) -> None:
        super().__init__(COMMON_LANGUAGES, **options)


class Several(Spoken, ma.fields.List[Any]):
    """A list of at most fifty."""

    wrong = _l("Write a list.")

    def __init__(self, inner: Any, **options: Any) -> None:
        super().__init__(inner, validate=AtMost(max=50), **options)


class Moment(Spoken, ma.fields.AwareDateTime):
    """A date and time with its offset from UTC (ISO 8601), kept in UTC."""

    wrong = _l("Write a date and time with its zone, such as 2025-03-25T14:30:00+01:00.")

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= moment.year <= 2200:
            raise self.make_error("invalid")
        return moment.astimezone(UTC)


class Day(Spoken, ma.fields.Date):
    wrong = _l("Write a day, such as 2025-03-25.")

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= day.year <= 2200:
            raise self.make_error("invalid")
        return day


class Hour(Spoken, ma.fields.Time):
    wrong = _l("Write an hour, such as 12:00:00.")


class Localized(Spoken, ma.fields.Dict):
    """A text in each language: {"fr": "Visite", "en": "Visit"}; a language that is not there is missing."""

    wrong = _l('Write an object of texts by language, such as {"fr": "Visite", "en": "Visit"}.')

    def __init__(self, *, maximum: int = 200, **options: Any) -> None:
        super().__init__(keys=Language(), values=Text(maximum=maximum), **options)

    def _serialize(self, value: LocalizedText | None, attr: str | None, obj: Any, **kwargs: Any) -> Mapping[str, str]:
        return {language: half.text for language, half in value or ()}
