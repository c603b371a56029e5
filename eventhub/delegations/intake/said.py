"""What is told of rows: why one is refused and what to do, and what deserves a look. In the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventhub.delegations import words
from eventhub.delegations.intake.columns import BY_CODE, Column
from eventhub.delegations.intake.plan import Fate
from eventhub.delegations.intake.reading import said_of_column
from eventhub.i18n import country_name, format_list, format_moment, isolated, language_name, ngettext
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.tabular import column_name

FATES: dict[str, Any] = {
    Fate.NEW: _lp("fate of a row", "New person"),
    Fate.BACK: _lp("fate of a row", "Named again"),
    Fate.CHANGED: _lp("fate of a row", "Changed"),
    Fate.SAME: _lp("fate of a row", "Unchanged"),
    Fate.REPEATED: _lp("fate of a row", "Repeated, left out"),
    Fate.REFUSED: _lp("fate of a row", "Refused"),
    Fate.NEW_DELEGATION: _lp("fate of a row", "New delegation"),
    Fate.CHANGED_DELEGATION: _lp("fate of a row", "Delegation changed"),
}
TONES = {
    Fate.NEW: "good",
    Fate.BACK: "good",
    Fate.NEW_DELEGATION: "good",
    Fate.CHANGED: "on",
    Fate.CHANGED_DELEGATION: "on",
    Fate.REPEATED: "warn",
    Fate.REFUSED: "stop",
}

MESSAGES: dict[str, Any] = {
    "ragged": _l("This row has more cells than there are headings. Move the cell under its heading."),
    "too_long": _l("This text is too long: at most %(most)s characters. Shorten it."),
    "email": _l("This does not look like an e-mail address. Example: first.last@city.eu"),
    "phone": _l("This is no phone number that we can read. Example: +33 4 76 59 59 59"),
    "phone_lost": _l(
        "This phone number has no country code and may have lost its first zero. "
        "Write it with the code, as text: +49 30 1234567"
    ),
    "country": _l("“%(value)s” is no country that we know. Write its name in French or English, or its two letters."),
    "language": _l("“%(value)s” is no language that we know. Write names or codes, with commas between them: fr, en"),
    "one_language": _l("Write one language only."),
    "role": _l("“%(value)s” is no role of a delegation. Write Challenge owner, Participant, Observer or Host team."),
    "seats": _l("Write a whole number of seats from 1 to 500."),
    "date": _l("This date does not exist or cannot be read. Write it like 2025-03-25 14:30 or 25/03/2025 14:30."),
    "time": _l("This time cannot be read. Write it like 14:30."),
    "gap": _l("This time does not exist: the clocks go forward that night. Choose another."),
    "order": _l("The departure comes before the arrival. Correct one of them."),
    "person_id": _l("This is no number of a person. Leave the cell empty for somebody new."),
    "no_delegation": _l("This row names no delegation. Write its name."),
    "unknown_delegation": _l(
        "This delegation is not there yet, and the row names no country. Add the country to create it."
    ),
    "unknown_reference": _l("No delegation of this event has this reference. Correct it, or write the name instead."),
    "archived": _l("This delegation is in the archive. Take it back out first."),
    "not_coming": _l("This delegation has declined or withdrawn. Take its registration up again first."),
    "contradiction": _l("Another value stands in line %(line)s for the same delegation. Make both lines agree."),
    "below_named": _l("%(named)s people are already named: the number of seats cannot be lower."),
    "no_seats": _l("Write the number of seats of this new delegation."),
    "no_name": _l("This row names nobody. Write a name, or delete the row."),
    "no_seat": _l(
        "All %(quota)s seats of this delegation are taken. Raise the number of seats, free one, "
        "or choose to raise seats where needed."
    ),
    "two_heads": _l("%(name)s is already head of this delegation. Leave one head."),
    "unknown_person": _l("Nobody of this event has this number. Leave the cell empty for somebody new."),
    "elsewhere": _l(
        "This person is already in the delegation %(delegation)s. A person belongs to one delegation: correct the row, "
        "or take them off there first."
    ),
    "address_twice": _l(
        "This e-mail address stands in line %(line)s for %(name)s. Each person needs an address of their own, or none."
    ),
    "substitution": _l(
        "This belongs to %(name)s, whose name is another. To give the seat to somebody else, "
        "name them on the delegation’s page, which keeps a trace."
    ),
    "two_of_that_name": _l("Two people of this delegation have this name. Add the e-mail address to tell them apart."),
    "person_twice": _l("Line %(line)s is about the same person, %(name)s, and says something else. Keep one of them."),
    # remarks
    "invisible": _l("Invisible control characters are taken out."),
    "no_hour": _l("The hour is missing, so this day is not taken over."),
    "no_day": _l("The day is missing, so this hour is not taken over."),
    "not_spoken": _l("Documents of this event are not written in this language; it is not taken over."),
    "raised": _l("The delegation is given one more seat: %(quota)s."),
    "repeated": _l("The same stands in line %(line)s."),
    "namesake": _l("Somebody of this name is also in the delegation %(delegation)s. Is it the same person?"),
    "counted_seats": _l("The file gives no number of seats: there will be %(quota)s, one for each person."),
}


def message(problem: Sequence[Any]) -> str:
    """Return the sentence of a stored problem or remark, without its place."""
    code, _column, values = problem
    text = str(MESSAGES[code])
    # a name written from right to left must not turn the sentence around it
    return text % {key: isolated(value) if isinstance(value, str) else value for key, value in values.items()}


def located(problem: Sequence[Any], columns: Sequence[Column]) -> str:
    """Return "Column D (Country): …"; the line stands beside it."""
    place = problem[1]
    if place is None:
        return message(problem)
    letter, heading, said = column_name(place), said_of_column(place, columns), message(problem)
    if not heading:
        return _("Column %(letter)s: %(said)s", letter=letter, said=said)
    return _("Column %(letter)s (%(heading)s): %(said)s", letter=letter, heading=heading, said=said)


LABELS: dict[str, Any] = {
    "is_head": _l("Head of delegation"),
    "quota": _l("Seats"),
    "contact_name": _l("Head of delegation"),
    "contact_email": _l("E-mail of the head"),
    "contact_phone": _l("Phone"),
}


def label(name: str) -> str:
    return str(LABELS.get(name) or BY_CODE[name].title)


def value_in_words(name: str, value: Any, zone: ZoneInfo) -> str:
    """Return a stored value as people read it."""
    if value in (None, "", [], ()):
        return ""
    if name in {"arrival", "departure"}:
        return format_moment(datetime.fromisoformat(value), zone)
    if name == "languages":
        return format_list(language_name(code) for code in value)
    if name == "document_language":
        return language_name(value)
    if name == "country":
        return country_name(value)
    if name == "role":
        return str(words.ROLES[value])
    if name == "is_head":
        return _("yes") if value else _("no")
    if name == "quota":
        return ngettext("%(num)s seat", "%(num)s seats", value)
    return str(value)


def facts(write: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Return what a new person or delegation is stored with, in one line; the names stand beside it."""
    told = [value_in_words(name, value, zone) for name, value in write.items() if name not in {"name", "is_head"}]
    return " · ".join(filter(None, told))


def differences(changes: dict[str, Sequence[Any]], zone: ZoneInfo) -> Iterable[tuple[str, str, str]]:
    """Return (label, before, after) of what a row changes."""
    return [
        (label(name), value_in_words(name, before, zone), value_in_words(name, after, zone))
        for name, (before, after) in changes.items()
    ]
