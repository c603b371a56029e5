"""Reading one cell of a roster: the value, or what is wrong with it. Pure; shared with the forms where rules are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email

from eventhub.delegations.models import DelegationRole
from eventhub.i18n import COMMON_LANGUAGES, LANGUAGES, locale_of, sort_key
from eventhub.web.fields import clean


class Wrong(Exception):
    """The cell cannot be read; ``code`` is the key of its message in ``said``."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code, self.values = code, values
        super().__init__(code)


_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")


def tidy(text: str) -> str:
    """Return one line without control characters; the quote that our own exports put before a formula goes again."""
    if text.startswith("'") and text[1:2] in _ACTIVE:
        text = text[1:]
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return _SPACES.sub(" ", clean(text)).strip()


def had_invisible(raw: str, kept: str) -> bool:
    """Tell whether something that nobody sees was taken out of the text."""
    if raw.isprintable():
        return False
    return len(clean(raw)) < len(raw.replace("\r\n", "\n"))


def text(value: str, most: int = 200) -> str:
    if len(value) > most:
        raise Wrong("too_long", most=most)
    return value


_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def email(value: str) -> str:
    """Return the address as it is kept; a domain is checked once, for a roster has many addresses of few."""
    value = text(value.removeprefix("mailto:"), 254)
    local, _at, domain = value.rpartition("@")
    if len(local) <= 64 and _PLAIN_LOCAL.fullmatch(local) and len(value) < 200:
        return f"{local}@{_domain(domain)}"
    return _whole_address(value)


@lru_cache(maxsize=4096)
def _domain(domain: str) -> str:
    return _whole_address(f"a@{domain}").partition("@")[2]


def _whole_address(value: str) -> str:
    try:
        return str(validate_email(value, check_deliverability=False).normalized)
    except EmailNotValidError as error:
        raise Wrong("email") from error


_FRENCH = re.compile(r"0([1-9])(\d\d)(\d\d)(\d\d)(\d\d)")
_PHONE_NOISE = re.compile(r"[\s\u00a0\u202f.\-/()]")


def phone(value: str, country: str) -> str:
    """Return the number in international form, a national one read as the delegation's country writes it.

    Excel takes numbers for sums and drops their first zero or their plus. Nine digits are a French number that lost
    its zero only in a French delegation; eleven that begin with 33 are one that lost its plus. Others are refused.
    """
    value = text(value, 60)
    bare = _PHONE_NOISE.sub("", value)
    if bare.isdigit():
        if country == "FR" and len(bare) == 9 and bare[0] != "0":
            bare = value = f"0{bare}"
        elif len(bare) == 11 and bare.startswith("33") and bare[2] != "0":
            value = f"+{bare}"
        elif not bare.startswith("0"):
            raise Wrong("phone_lost")
    if country == "FR" and (french := _FRENCH.fullmatch(bare)):
        return f"+33 {' '.join(french.groups())}"
    try:
        number = phonenumbers.parse(value, country or "FR")
    except phonenumbers.NumberParseException as error:
        raise Wrong("phone") from error
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    if not phonenumbers.is_possible_number(number) or len(written) > 40:
        raise Wrong("phone")
    return str(written)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return {name or code: ISO 3166 code}, in French and English and with what people write besides."""
    found: dict[str, str] = {}
    for code in LANGUAGES:
        for country, name in locale_of(code).territories.items():
            if len(country) == 2 and country.isalpha() and country not in {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}:
                found[sort_key(country)] = country
                found[_word(name)] = country
    others = "uk:GB|great britain:GB|grande bretagne:GB|england:GB|angleterre:GB|scotland:GB|ecosse:GB|usa:US|"
    others += "etats unis:US|united states of america:US|holland:NL|hollande:NL|the netherlands:NL|czech republic:CZ|"
    others += "republique tcheque:CZ|el:GR|deutschland:DE|espana:ES|italia:IT|osterreich:AT|schweiz:CH|polska:PL"
    return found | {name: code for name, _colon, code in (pair.partition(":") for pair in others.split("|"))}


def _word(value: str) -> str:
    return re.sub(r"[^\w]+", " ", sort_key(value)).strip()


def country(value: str) -> str:
    code = _countries().get(_word(value))
    if code is None:
        raise Wrong("country", value=value[:60])
    return code


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in COMMON_LANGUAGES:
        found[code] = code
        for speaker in (*LANGUAGES, code):
            name = Locale.parse(speaker).languages.get(code)
            if name:
                found[_word(name)] = code
    # codes of countries, written for those of their languages
    countries = {"gb": "en", "cz": "cs", "gr": "el", "dk": "da", "se": "sv", "ua": "uk", "ee": "et", "si": "sl"}
    return countries | found | {"flemish": "nl", "flamand": "nl"}


@lru_cache(maxsize=4096)
def languages(value: str) -> tuple[str, ...]:
    """Return the codes, each once, in the order written; names and codes may be mixed."""
    found = []
    for part in re.split(r"[,;/|+&\n]|\bet\b|\band\b", value):
        word = _word(re.sub(r"\(.*?\)", "", part))
        if not word:
            continue
        code = _languages().get(word) or _languages().get(word.split()[0])
        if code is None:
            raise Wrong("language", value=part.strip()[:60])
        found.append(code)
    return tuple(dict.fromkeys(found))


def language(value: str) -> str:
    found = languages(value)
    if len(found) != 1:
        raise Wrong("one_language")
    return found[0]


ROLES = {
    "challenge owner": DelegationRole.CHALLENGE_OWNER,
    "porteuse d un defi": DelegationRole.CHALLENGE_OWNER,
    "porteur d un defi": DelegationRole.CHALLENGE_OWNER,
    "porteuse de defi": DelegationRole.CHALLENGE_OWNER,
    "porteur de defi": DelegationRole.CHALLENGE_OWNER,
    "participant": DelegationRole.PARTICIPANT,
    "participante": DelegationRole.PARTICIPANT,
    "observer": DelegationRole.OBSERVER,
    "observateur": DelegationRole.OBSERVER,
    "observatrice": DelegationRole.OBSERVER,
    "host": DelegationRole.HOST,
    "host team": DelegationRole.HOST,
    "hote": DelegationRole.HOST,
    "equipe hote": DelegationRole.HOST,
    "equipe d accueil": DelegationRole.HOST,
}


def role(value: str) -> str:
    word = _word(value.replace("_", " "))
    if word not in ROLES:
        raise Wrong("role", value=value[:60])
    return ROLES[word].value


def seats(value: str) -> int:
    digits = _PHONE_NOISE.sub("", re.sub(r"[.,]0+$", "", value))
    if not digits.isdecimal() or not 1 <= int(digits[:6]) <= 500 or len(digits) > 6:
        raise Wrong("seats")
    return int(digits)


YES = frozenset({"1", "x", "oui", "yes", "true", "vrai", "y", "o", "✓", "✔", "☑"})
NO = frozenset({"0", "non", "no", "false", "faux", "n", "-", "–"})


def yes_or_no(value: str) -> bool | None:
    """Return what a tick says, or None where the cell holds something else: the name of the head, perhaps."""
    word = sort_key(value)
    return True if word in YES else False if word in NO else None


_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(.+))?")
_EUROPEAN = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:[\sT,]+(?:[àa]\s+|at\s+)?(.+))?")
_WRITTEN = re.compile(
    r"(?:[a-z]+\.?,?\s+)?(?:le\s+)?(\d{1,2})(?:er|st|nd|rd|th)?\s+([a-z]+)\.?\s+(\d{4})"
    r"(?:[\s,]+(?:a\s+|at\s+)?(.+))?"
)
_TIME = re.compile(r"(\d{1,2})\s*(?:[:h.]\s*(\d{2})?(?::\d{2}(?:\.\d+)?)?)\s*(?:min)?\s*(am|pm)?")
_TWELVE = re.compile(r"(\d{1,2})\s*(am|pm)")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_FRACTION = re.compile(r"0?[.,]\d+|0")


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for code in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in locale_of(code).months["format"][width].items():
                found[_word(name)] = number
    return found


def _day_and_rest(value: str) -> tuple[date, str]:
    """Return the day, dd/mm/yyyy as Europe writes it, and what follows it; Wrong for one that does not exist."""
    if _SERIAL.fullmatch(value):
        serial = float(value.replace(",", "."))
        # Excel's day 0, as it counts since its invented 29 February 1900
        moment = datetime(1899, 12, 30) + timedelta(minutes=round(serial * 1440))  # noqa: DTZ001  (a serial has no zone)
        return moment.date(), moment.strftime("%H:%M") if moment.time() != time(0) else ""
    if found := _ISO.fullmatch(value):
        year, month, day, rest = found.groups()
    elif found := _EUROPEAN.fullmatch(value):
        day, month, year, rest = found.groups()
    elif found := _WRITTEN.fullmatch(sort_key(value)):
        day, word, year, rest = found.groups()
        month = str(_months().get(word, 0))
    else:
        raise Wrong("date")
    try:
        on = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError as error:
        raise Wrong("date") from error
    if not 1900 <= on.year <= 2200:
        raise Wrong("date")
    return on, rest or ""


def hour(value: str) -> time:
    """Return the time of day: 14:30, 14h30, 14 h 30, 14h, 2:30 pm, or Excel's part of a day."""
    word = sort_key(value)
    if _FRACTION.fullmatch(word):
        minutes = round(float(word.replace(",", ".")) * 1440)
        return time(minutes // 60 % 24, minutes % 60)
    found = _TIME.fullmatch(word)
    hours, minutes_text, half = found.groups() if found else (None, None, None)
    if found is None and (found := _TWELVE.fullmatch(word)):
        hours, half = found.groups()
    if hours is None:
        raise Wrong("time")
    number = int(hours)
    if half:
        if not 1 <= number <= 12:
            raise Wrong("time")
        number = number % 12 + (12 if half == "pm" else 0)
    try:
        return time(number, int(minutes_text or 0))
    except ValueError as error:
        raise Wrong("time") from error


@lru_cache(maxsize=4096)
def moment(day_text: str, time_text: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment in UTC, or None for a day without its hour; Wrong for one that does not exist in the zone."""
    on, rest = _day_and_rest(day_text)
    if time_text:
        at = hour(time_text)
    elif rest and not (rest.startswith("00:00") and _ISO.fullmatch(day_text)):
        at = hour(rest)
    else:
        return None  # a cell of days holds midnight
    typed = datetime.combine(on, at, zone)
    found = typed.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != typed.replace(tzinfo=None):
        raise Wrong("gap")
    return found
