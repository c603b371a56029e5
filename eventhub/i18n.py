"""The language of the interface, its catalogues, and dates, numbers and lists as each language writes them.

One gettext domain per component, the core's last (its plural rule wins). Interface strings are gettext; what
organisers write is LocalizedText.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

import flask_babel
from babel import Locale, dates, lists, numbers
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_app_context
from flask_babel.speaklater import LazyString

LANGUAGES = ("fr", "en")
TERRITORIES = {"en": "en_GB"}  # dates and 24-hour times as Europe writes them


def language() -> str:
    """Return the interface language of the present request or job."""
    return str(g.get("language") or current_app.config["LANGUAGE"]) if has_app_context() else LANGUAGES[0]


@contextmanager
def speaking(other: str) -> Iterator[None]:
    """Speak another language inside the block: a recipient's mail, an edition."""
    before = g.get("language")
    g.language = other if other in LANGUAGES else "en"
    try:
        with flask_babel.force_locale(g.language):
            yield
    finally:
        g.language = before


_UNTRANSLATED = NullTranslations()


def _catalogue() -> NullTranslations:
    """Return the merged catalogue of the present language.

    flask_babel finds it anew for every string (22 µs each); here once per language and app.
    """
    if not has_app_context():
        return _UNTRANSLATED
    spoken = language()
    kept: tuple[str, NullTranslations] | None = g.get("_catalogue")
    if kept is not None and kept[0] == spoken:
        return kept[1]
    loaded: dict[str, NullTranslations] = current_app.extensions["eventhub_catalogues"]
    if spoken not in loaded:
        merged = Translations()
        for folder, domain in current_app.extensions["eventhub_domains"]:
            catalogue = Translations.load(folder, [spoken], domain)
            if isinstance(catalogue, Translations):
                merged.merge(catalogue)
                merged.plural = catalogue.plural  # merge() forgets the plural rule
        loaded[spoken] = merged
    g._catalogue = (spoken, loaded[spoken])
    return loaded[spoken]


def gettext(message: str, **values: object) -> str:
    """Return the message in the present language, its %(named)s places filled."""
    text = _catalogue().ugettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """Return the form of the message for n, which is also its %(num)s."""
    return _catalogue().ungettext(singular, plural, n) % {"num": n, **values}


def pgettext(context: str, message: str, **values: object) -> str:
    """Return a short word that needs its context to be translated."""
    text = _catalogue().upgettext(context, message)
    return str(text % values if values else text)


def lazy_gettext(message: str, **values: object) -> Any:
    """Return the message, translated when it is shown: for labels made at import."""
    return LazyString(gettext, message, **values)


def lazy_pgettext(context: str, message: str) -> Any:
    return LazyString(pgettext, context, message)


_ = gettext
_l = lazy_gettext


def init_app(app: Flask, domains: Iterable[tuple[Path, str]]) -> None:
    """Take the catalogues (folder, domain) in order, the core's last, and give Jinja the fast gettext."""
    pairs = [(str(folder), domain) for folder, domain in domains]
    app.extensions["eventhub_domains"], app.extensions["eventhub_catalogues"] = pairs, {}
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folder for folder, _domain in pairs)
    app.config["BABEL_DOMAIN"] = ";".join(domain for _folder, domain in pairs)
    flask_babel.Babel(app, locale_selector=language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # added by jinja2.ext.i18n
        gettext=lambda s: _catalogue().ugettext(s),
        ngettext=lambda s, p, n: _catalogue().ungettext(s, p, n),
        newstyle=True,
        pgettext=lambda c, s: _catalogue().upgettext(c, s),
        npgettext=lambda c, s, p, n: _catalogue().unpgettext(c, s, p, n),
    )


@lru_cache(maxsize=64)
def locale_of(code: str) -> Locale:
    """Return Babel's locale; English is British, for its 24-hour times and day-month order."""
    return Locale.parse(TERRITORIES.get(code, code))


def locale() -> Locale:
    return locale_of(language())


# Product rule: French writes 14 h 30, English 14:30; both count 24 hours
TIME_PATTERNS = {"fr": "H'\u00a0h\u00a0'mm", "en": "HH:mm"}


@lru_cache(maxsize=2048)
def _time(moment: time, spoken: str) -> str:
    return dates.format_time(moment, TIME_PATTERNS.get(spoken, "HH:mm"), locale=locale_of(spoken))


@lru_cache(maxsize=2048)
def _day(day: date, pattern: str, spoken: str) -> str:
    return dates.format_date(day, pattern, locale=locale_of(spoken))


def format_time(moment: datetime, zone: tzinfo) -> str:
    """Return "14 h 30" or "14:30" in the zone."""
    return _time(moment.astimezone(zone).time().replace(second=0, microsecond=0), language())


def format_times(starts: datetime, ends: datetime, zone: tzinfo) -> str:
    """Return "14 h 00 – 15 h 30" in the zone."""
    return f"{format_time(starts, zone)}\u202f–\u202f{format_time(ends, zone)}"


def format_day(day: date, pattern: str = "full") -> str:
    """Return "mardi 25 mars 2025"; ``pattern`` is one of CLDR's lengths or a pattern such as "EEE d MMM"."""
    return _day(day, pattern, language())


def format_moment(moment: datetime, zone: tzinfo) -> str:
    """Return "jeudi 13 mars 2025, 9 h 00" in the zone."""
    local = moment.astimezone(zone)
    return f"{format_day(local.date())}, {format_time(moment, zone)}"


def format_days(first: date, last: date) -> str:
    """Return "25–27 mars 2025"."""
    if first == last:
        return format_day(first, "long")
    return str(dates.format_interval(first, last, "yMMMd", locale=locale()))


def format_list(names: Iterable[str], style: str = "standard") -> str:
    """Return "Paris, Lyon et Rouen"; ``style`` "or" for a choice."""
    return lists.format_list([str(name) for name in names], style=style, locale=locale())  # type: ignore[arg-type]


def isolated(name: str) -> str:
    """Return a name as part of a sentence: one written from right to left must not turn the sentence around it."""
    from unicodedata import bidirectional

    if any(bidirectional(char) in {"R", "AL"} for char in name):
        return f"\u2068{name}\u2069"
    return name


def format_number(number: float) -> str:
    return str(numbers.format_decimal(number, locale=locale()))


def format_percent(share: float) -> str:
    """Return 0.8 as "80 %"."""
    return str(numbers.format_percent(share, locale=locale()))


def format_money(cents: int, currency: str = "EUR") -> str:
    """Return an amount held in cents as "1 234,50 €"."""
    return str(numbers.format_currency(cents / 100, currency, locale=locale()))


def language_name(code: str) -> str:
    """Return the name of a language in the present language: "anglais"; an unknown code stays itself."""
    name = locale().languages.get(code.replace("-", "_"), code)
    return str(name)


def country_name(code: str) -> str:
    return str(locale().territories.get(code.upper(), code))


def own_name(code: str) -> str:
    """Return the name of a language in that language: "Français"."""
    own = Locale.parse(code).languages.get(code, code) if code in LANGUAGES else language_name(code)
    return capital(own)


def capital(text: str) -> str:
    """Return the text with a capital first, for what stands alone: French writes days and languages without."""
    return text[:1].upper() + text[1:]


def country_choices() -> list[tuple[str, str]]:
    """Return [(ISO 3166 code, name)] sorted as the present language sorts them."""
    pairs = [(code, name) for code, name in locale().territories.items() if len(code) == 2 and code.isalpha()]
    return sorted(
        ((code, name) for code, name in pairs if code not in {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}),
        key=lambda pair: sort_key(pair[1]),
    )


# The languages of Europe's institutions and neighbours come first in forms; others can be typed as codes elsewhere
COMMON_LANGUAGES = tuple(
    (
        "ar bg bs ca cs cy da de el en es et eu fi fr ga gl hr hu hy is it ka "
        "lb lt lv mk mt nl no pl pt ro ru sk sl sq sr sv tr uk"
    ).split()
)


def language_choices() -> list[tuple[str, str]]:
    """Return [(code, name)] of the languages that people may speak, sorted by name."""
    names = ((code, capital(language_name(code))) for code in COMMON_LANGUAGES)
    return sorted(names, key=lambda pair: sort_key(pair[1]))


# Letters of Europe that Unicode does not take apart into a letter and its mark
WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
)


def sort_key(text: str) -> str:
    """Return the key under which the text sorts and is searched: without accents, without case.

    Neither SQLite nor every PostgreSQL sorts "Écluse" before "Zone"; the key is stored where lists are long, and is no
    longer than its column: 200 times "ß" would be 400 letters.
    """
    if text.isascii():  # most of a large roster, at a tenth of the time
        return text.casefold().strip()[:200]
    from unicodedata import combining, normalize

    plain = "".join(char for char in normalize("NFKD", text) if not combining(char)).casefold()
    return plain.translate(WHOLE_LETTERS).strip()[:200]
