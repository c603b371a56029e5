"""Modes, states and findings as the interface says them, with the tone of their badge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from eventhub.api import (
    SEVERITIES,
    SEVERITY_TONES,
    ProviderKind,
    _,
    _l,
    _lp,
    format_list,
    language,
    language_name,
    ngettext,
)

from .domain import Pack
from .interpreters import AGENCY, FREELANCE
from .models import AssignmentState, Interpreter, NeedState
from .profiles import DEFAULT_PROFILE, HOUSE, NO_PAIR, PAIR_NOT_HELD, PROFILES, TWO_PLACES
from .rules import DayLength, Lunch, Mode, SessionCount, SessionLength, SessionPause, TeamSize
from .staffing import Violation

PROVIDER_KINDS = (
    ProviderKind(FREELANCE, _lp("provider kind", "Freelance interpreter"), 42),
    ProviderKind(AGENCY, _lp("provider kind", "Interpretation agency"), 43),
)
MODES: dict[str, Any] = {
    Mode.SIMULTANEOUS: _l("Simultaneous, in a booth"),
    Mode.CONSECUTIVE: _l("Consecutive"),
    Mode.WHISPERED: _l("Whispered"),
    Mode.TOUR_GUIDE: _l("Tour-guide set"),
    Mode.REMOTE: _l("Remote, simultaneous"),
}
NEED_STATES: dict[str, Any] = {
    NeedState.TO_COVER: _lp("interpretation need", "To cover"),
    NeedState.COVERED: _lp("interpretation need", "Covered"),
    NeedState.WAIVED: _lp("interpretation need", "Waived"),
}
NEED_TONES = {NeedState.TO_COVER: "warn", NeedState.COVERED: "good", NeedState.WAIVED: "plain"}
BOOKING_STATES: dict[str, Any] = {
    AssignmentState.OPTION: _lp("booking", "Option"),
    AssignmentState.FIRM: _lp("booking", "Firm"),
    AssignmentState.DECLINED: _lp("booking", "Declined"),
    AssignmentState.CANCELLED: _lp("booking", "Cancelled"),
}
BOOKING_TONES = {
    AssignmentState.OPTION: "warn",
    AssignmentState.FIRM: "good",
    AssignmentState.DECLINED: "stop",
    AssignmentState.CANCELLED: "plain",
}
# What the button says that leads to a state
BOOKING_ACTS: dict[str, Any] = {
    AssignmentState.FIRM: _l("Make firm"),
    AssignmentState.DECLINED: _l("Note as declined"),
}
PACKS: dict[str, Any] = {
    Pack.FIRST: _l("First pack for interpreters"),
    Pack.FINAL: _l("Final pack for interpreters"),
}
FIELDS: dict[str, Any] = {
    "from_language": _l("Interpreted from"),
    "to_language": _l("Interpreted into"),
    "mode": _l("Mode of interpretation"),
    "listeners": _l("Listeners"),
    "booth": _l("Booth or team"),
    "state": _l("State"),
    "reason": _l("Reason"),
    "name": _l("Name"),
    "provider_id": _l("Under contract with"),
    "a_languages": _l("A languages"),
    "b_languages": _l("B languages"),
    "c_languages": _l("C languages"),
    "domicile": _l("Professional domicile"),
    "day_rate": _l("Day rate, net"),
    "item_id": _l("In the programme"),
    "title": _l("Document"),
    "delegation_id": _l("Delegation that owes it"),
    "owner": _l("Or somebody else"),
    "due_on": _l("Due on"),
    "asked_on": _l("Asked for on"),
    "received_at": _l("Received on"),
}


def profile_title(name: str) -> str:
    """Return the profile's name in the language of the page."""
    found = PROFILES.get(name, PROFILES[DEFAULT_PROFILE])
    return found.title[language()]


def pair(source: str, target: str) -> str:
    """Return "French → English"."""
    return _("%(source)s → %(target)s", source=language_name(source), target=language_name(target))


def languages(codes: Iterable[str]) -> str:
    return ", ".join(language_name(code) for code in codes)


def some(titles: Sequence[str], shown: int = 3) -> str:
    """Return the titles in quotation marks, the rest of a long list counted."""
    quoted = [_("“%(title)s”", title=title) for title in titles]
    if len(quoted) <= shown:
        return format_list(quoted)
    rest = len(quoted) - shown + 1
    return format_list([*quoted[: shown - 1], ngettext("%(num)d other item", "%(num)d other items", rest)])


def severity(found: Violation) -> tuple[str, str]:
    """Return how much it hurts in a word, and the tone of its badge."""
    return str(SEVERITIES[found.severity]), SEVERITY_TONES[found.severity]


def rule(found: Violation) -> str:
    """Return the rule, what was found, and where the rule comes from."""
    wording = found.wording(language())
    if found.source == HOUSE:
        return wording
    return _("%(wording)s Source: %(source)s.", wording=wording, source=found.source)


def finding(found: Violation, titles: Sequence[str], names: Sequence[str]) -> str:
    """Return what does not fit in one line; ``titles`` of the items, ``names`` of the interpreters."""
    items, who = some(titles), format_list(names)
    if isinstance(found.rule, TeamSize):
        return _team(found, items)
    if found.rule is TWO_PLACES:
        return _("%(who)s is booked for %(items)s at the same time", who=who, items=items)
    if found.rule is NO_PAIR:
        return _("%(who)s works in no pair of languages of %(items)s", who=who, items=items)
    if found.rule is PAIR_NOT_HELD:
        asked = pair(str(found.parameters["source"]), str(found.parameters["target"]))
        return _("Nobody on the team of %(items)s interprets %(pair)s", items=items, pair=asked)
    if isinstance(found.rule, Lunch):
        return _("%(who)s has no hour for lunch", who=who)
    if isinstance(found.rule, (DayLength, SessionCount, SessionLength, SessionPause)):
        return _("The hours of %(who)s are too long or too close", who=who)
    if names and not titles:
        return _("The day of %(who)s does not fit", who=who)
    return _("The team of %(items)s does not fit", items=items)


def brief(found: Violation) -> str:
    """Return what does not fit in a few words, beside the item that it is about."""
    if isinstance(found.rule, TeamSize):
        needed = int(found.parameters["needed"])
        if not needed:
            return _("Too long for any team")
        return ngettext(
            "%(assigned)s booked, %(num)d needed",
            "%(assigned)s booked, %(num)d needed",
            needed,
            assigned=found.parameters["assigned"],
        )
    if found.rule is TWO_PLACES:
        return _("In two places at once")
    if found.rule in (NO_PAIR, PAIR_NOT_HELD):
        return _("A pair of languages is missing")
    if isinstance(found.rule, Lunch):
        return _("No hour for lunch")
    return _("A rule of the profile does not hold")


def _team(found: Violation, items: str) -> str:
    needed, assigned = int(found.parameters["needed"]), int(found.parameters["assigned"])
    if not needed:
        return _("%(items)s: too long for any team", items=items)
    if not assigned:
        return ngettext(
            "Nobody interprets %(items)s yet: %(num)d interpreter is needed",
            "Nobody interprets %(items)s yet: %(num)d interpreters are needed",
            needed,
            items=items,
        )
    return ngettext(
        "%(items)s: %(assigned)s booked, %(num)d interpreter needed",
        "%(items)s: %(assigned)s booked, %(num)d interpreters needed",
        needed,
        items=items,
        assigned=assigned,
    )


def held(person: Interpreter) -> str:
    """Return "A: French · B: English · C: Spanish"."""
    groups = (
        (_("A: %(languages)s"), person.a_languages),
        (_("B: %(languages)s"), person.b_languages),
        (_("C: %(languages)s"), person.c_languages),
    )
    return " · ".join(text % {"languages": languages(codes)} for text, codes in groups if codes)
