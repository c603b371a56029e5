"""Form fields as our forms use them: whole labels, limits that the database shares, errors that say what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import wtforms
from email_validator import EmailNotValidError, validate_email
from wtforms import validators

from eventhub.i18n import country_choices, language_choices, own_name
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.localized import LocalizedText, State

# Control characters except tab and line feed; the bidirectional overrides can disguise a name or a file
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


def clean(text: str) -> str:
    """Return the text in NFC, with Unix line ends and without control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def _stripped(value: str | None) -> str:
    return (value or "").strip()


def needs(required: bool) -> wtforms.validators.DataRequired | wtforms.validators.Optional:
    return validators.InputRequired(_l("Fill in this field.")) if required else validators.Optional()


def at_most(maximum: int) -> validators.Length:
    return validators.Length(
        max=maximum,
        message=_l("This text is too long: at most %(max)d characters. Shorten it; nothing is lost meanwhile."),
    )


class TextField(wtforms.StringField):
    """One line, at most 200 characters unless said otherwise."""

    def __init__(self, label: Any = None, *, required: bool = True, maximum: int = 200, **options: Any) -> None:
        super().__init__(label, [needs(required), at_most(maximum)], filters=[_stripped], **options)


class LongTextField(wtforms.TextAreaField):
    """Several lines, at most 20,000 characters unless said otherwise."""

    def __init__(self, label: Any = None, *, required: bool = False, maximum: int = 20_000, **options: Any) -> None:
        super().__init__(label, [needs(required), at_most(maximum)], filters=[_stripped], **options)


class EmailField(wtforms.EmailField):
    """An e-mail address; checked for its shape, not by asking the network."""

    data: str | None

    def __init__(self, label: Any = None, *, required: bool = True, **options: Any) -> None:
        super().__init__(label, [needs(required), at_most(254)], filters=[_stripped], **options)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or not self.data:
            return
        if "@" not in self.data:
            raise wtforms.ValidationError(_("The address has no “@”. Example: first.last@city.eu"))
        try:
            self.data = validate_email(self.data, check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise wtforms.ValidationError(
                _("This does not look like an e-mail address. Example: first.last@city.eu")
            ) from error


class PhoneField(wtforms.TelField):
    """A phone number, kept in international form: +33 4 76 59 59 59; ``region`` reads a national one."""

    data: str | None

    def __init__(self, label: Any = None, *, required: bool = False, region: str = "FR", **options: Any) -> None:
        super().__init__(label, [needs(required), at_most(40)], filters=[_stripped], **options)
        self.region = region

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or not self.data:
            return
        try:
            number = phonenumbers.parse(self.data, self.region)
        except phonenumbers.NumberParseException as error:
            raise wtforms.ValidationError(
                _("Write the phone number with its country code. Example: +33 4 76 59 59 59")
            ) from error
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        if not phonenumbers.is_possible_number(number) or len(written) > 40:  # a long extension grows when written out
            raise wtforms.ValidationError(_("This phone number is too short or too long. Example: +33 4 76 59 59 59"))
        self.data = written


class WholeNumberField(wtforms.IntegerField):
    """A whole number between two bounds."""

    def __init__(
        self, label: Any = None, *, minimum: int = 0, maximum: int = 100_000, required: bool = True, **options: Any
    ) -> None:
        self.minimum, self.maximum = minimum, maximum
        super().__init__(label, [needs(required)], **options)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if not valuelist or not str(valuelist[0]).strip():
            self.data = None
            return
        try:
            self.data = int(str(valuelist[0]).replace("\u202f", "").replace("\u00a0", "").replace(" ", ""))
        except ValueError as error:
            self.data = None
            raise ValueError(_("Write a whole number, such as 12.")) from error

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or self.data is None:
            return
        if not self.minimum <= self.data <= self.maximum:
            raise wtforms.ValidationError(
                _("Write a number from %(low)s to %(high)s.", low=self.minimum, high=self.maximum)
            )


class MoneyField(wtforms.StringField):
    """An amount in euros, held in cents; "1 234,50", "1234.50" and "1.234,50" are all read."""

    def __init__(self, label: Any = None, *, required: bool = True, **options: Any) -> None:
        super().__init__(label, [needs(required)], **options)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        text = re.sub(r"[\s\u00a0\u202f€']", "", str(valuelist[0])) if valuelist else ""
        if not text:
            self.data = None
            return
        if "," in text and "." in text:  # the last one written is the decimal mark
            text = text.replace("." if text.rindex(",") > text.rindex(".") else ",", "")
        text = text.replace(",", ".")
        if not re.fullmatch(r"-?\d{1,9}(\.\d{1,2})?", text):
            self.data = None
            raise ValueError(_("Write an amount in euros, such as 1234.50."))
        self.data = round(float(text) * 100)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data / 100:.2f}" if self.data is not None else ""


class DayField(wtforms.DateField):
    """A day; what does not exist is refused and kept as typed."""

    data: Any

    def __init__(self, label: Any = None, *, required: bool = True, **options: Any) -> None:
        super().__init__(label, [needs(required)], format=["%Y-%m-%d", "%d/%m/%Y"], **options)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("This date does not exist. Write it like 2025-03-25 or 25/03/2025.")) from error
        if isinstance(self.data, date) and not 1900 <= self.data.year <= 2200:
            self.data = None
            raise ValueError(_("This date does not exist. Write it like 2025-03-25 or 25/03/2025."))


class MomentField(wtforms.DateTimeLocalField):
    """A date and time typed in a time zone, held as an aware datetime in UTC."""

    def __init__(
        self, label: Any = None, *, required: bool = True, zone: ZoneInfo | None = None, **options: Any
    ) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S"]
        self._zone = zone or ZoneInfo("UTC")
        super().__init__(label, [needs(required)], format=formats, **options)

    @property
    def zone(self) -> ZoneInfo:
        return self._zone

    @zone.setter
    def zone(self, zone: ZoneInfo) -> None:
        """Set the zone once the event is known; what was typed has been read by then, so it is read again."""
        self._zone = zone
        if self.raw_data:
            self.process_errors = []
            try:
                self.process_formdata(self.raw_data)
            except ValueError as error:
                self.process_errors.append(error.args[0])

    def process_data(self, value: datetime | None) -> None:
        self.data = value.astimezone(UTC) if value else None

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(str(part) for part in self.raw_data)
        return self.data.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("This date and time do not exist. Write them like 2025-03-25 14:30.")) from error
        if self.data is None:
            return
        if not 1900 <= self.data.year <= 2200:
            self.data = None
            raise ValueError(_("This date and time do not exist. Write them like 2025-03-25 14:30."))
        typed = self.data.replace(tzinfo=self.zone)
        moment = typed.astimezone(UTC)
        if moment.astimezone(self.zone).replace(tzinfo=None) != typed.replace(tzinfo=None):
            self.data = None
            raise ValueError(_("This time does not exist: the clocks go forward that night. Choose another."))
        self.data = moment


class ChoiceField(wtforms.SelectField):
    """One of several; choices may be given when the form is made."""

    def __init__(
        self,
        label: Any = None,
        *,
        choices: Iterable[Any] = (),
        required: bool = True,
        blank: Any = None,
        **options: Any,
    ) -> None:
        self.blank = blank
        super().__init__(label, [needs(required)], choices=list(choices), validate_choice=False, **options)

    def offer(self, choices: Iterable[tuple[Any, Any]]) -> None:
        """Set the choices; a blank one comes first where it may stay open."""
        self.choices = ([("", self.blank)] if self.blank is not None else []) + list(choices)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or self.data in (None, ""):
            return
        if str(self.data) not in {str(value) for value, _label in self.choices or ()}:
            raise wtforms.ValidationError(_("Choose one of the list."))


def number_or_none(value: Any) -> int | None:
    """Coerce a choice whose values are ids, and whose blank is None."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


class SeveralField(wtforms.SelectMultipleField):
    """Any of several, shown as checkboxes."""

    def __init__(
        self, label: Any = None, *, choices: Iterable[Any] = (), required: bool = False, **options: Any
    ) -> None:
        super().__init__(
            label,
            [needs(required)],
            choices=list(choices),
            validate_choice=False,
            option_widget=wtforms.widgets.CheckboxInput(),
            **options,
        )

    def process_data(self, value: Any) -> None:
        super().process_data(list(value) if value else [])

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        known = {str(choice.value) for choice in self.iter_choices()}
        if any(str(value) not in known for value in self.data or ()):
            raise wtforms.ValidationError(_("Choose from the list."))


class CountryField(ChoiceField):
    """A country by its ISO 3166 code."""

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, blank="", **options)
        self.offer(country_choices())


class LanguageField(ChoiceField):
    """One language by its code."""

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, **options)
        self.offer(language_choices())


class LanguagesField(SeveralField):
    """Several languages by their codes; those first that the event works in."""

    def __init__(self, label: Any = None, *, first: Iterable[str] = (), **options: Any) -> None:
        super().__init__(label, **options)
        self.choices = language_choices()

    def put_first(self, codes: Iterable[str]) -> None:
        first = list(codes)
        self.choices = sorted(self.choices or (), key=lambda pair: first.index(pair[0]) if pair[0] in first else 99)


@dataclass
class HalfInput:
    """One language's input of a LocalizedField, for the template."""

    language: str
    language_name: str
    id: str
    name: str
    value: str
    state: State
    multiline: bool
    errors: Sequence[str]


class LocalizedField(wtforms.Field):
    """A text in every language of the event; its data is {language: text}.

    The languages are set when the form is made (``speak``); ``required`` asks for the first of them.
    """

    def __init__(
        self, label: Any = None, *, required: bool = True, maximum: int = 200, multiline: bool = False, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.required, self.maximum, self.multiline = required, maximum, multiline
        self.languages: tuple[str, ...] = ("fr", "en")
        self.stored = LocalizedText()
        self.half_errors: dict[str, list[str]] = {}

    def speak(self, languages: Iterable[str]) -> None:
        self.languages = tuple(languages)

    def process(self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None) -> None:
        """Read one input per language; languages are set after construction, so the form data is kept for later."""
        self.process_errors: list[str] = []
        value = self.default if data is wtforms.utils.unset_value else data
        self.stored = value if isinstance(value, LocalizedText) else LocalizedText.of(**(value or {}))
        self._formdata = formdata
        self.object_data = self.stored
        self.raw_data = None
        self.read()

    def read(self) -> None:
        """Take what was typed, or what is stored."""
        names = {language: f"{self.name}-{language}" for language in self.languages}
        if self._formdata is not None and any(name in self._formdata for name in names.values()):
            typed = {language: self._formdata.get(name, "") for language, name in names.items()}
            self.data: Mapping[str, str] = {language: text.strip() for language, text in typed.items()}
        else:
            self.data = {language: self.stored.text(language) or "" for language in self.languages}

    def pre_validate(self, form: Any) -> None:
        self.half_errors = {}
        for language, text in self.data.items():
            if len(text) > self.maximum:
                self.half_errors[language] = [
                    _(
                        "This text is too long: at most %(max)s characters. Shorten it; nothing is lost meanwhile.",
                        max=self.maximum,
                    )
                ]
        if self.required and not self.data.get(self.languages[0]):
            self.half_errors[self.languages[0]] = [_("Fill in this field.")]
        if self.half_errors:
            raise wtforms.ValidationError(next(iter(self.half_errors.values()))[0])

    @property
    def halves(self) -> list[HalfInput]:
        return [
            HalfInput(
                language,
                own_name(language),
                f"{self.id}-{language}",
                f"{self.name}-{language}",
                self.data.get(language, ""),
                self.stored.state(language),
                self.multiline,
                self.half_errors.get(language, ()),
            )
            for language in self.languages
        ]


def half_hour(moment: datetime) -> datetime:
    """Return the moment rounded up to the next half hour: a friendly default."""
    return moment + (datetime.min.replace(tzinfo=moment.tzinfo) - moment) % timedelta(minutes=30)
