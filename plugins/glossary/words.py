"""States of terms and problems of acronyms as the interface says them, with the tone of their badge."""

from __future__ import annotations

from typing import Any

from eventhub.api import _l, _lp

from .acronyms import Problem
from .models import TermState

STATES: dict[str, Any] = {
    TermState.PROPOSED: _lp("term", "Proposed"),
    TermState.VALIDATED: _lp("term", "Validated"),
    TermState.FORBIDDEN: _lp("term", "Forbidden"),
    TermState.DO_NOT_TRANSLATE: _lp("term", "Do not translate"),
}
STATE_CHOICES = [(state, STATES[state]) for state in TermState]
TONES = {
    TermState.PROPOSED: "warn",
    TermState.VALIDATED: "good",
    TermState.FORBIDDEN: "stop",
    TermState.DO_NOT_TRANSLATE: "on",
}
PROBLEMS: dict[str, Any] = {
    Problem.UNDEFINED: _l("Never explained"),
    Problem.DEFINED_TWICE: _l("Explained in two ways"),
    Problem.DEFINED_AFTER_USE: _l("Explained after its first use"),
}
PROBLEM_TONES = {Problem.UNDEFINED: "stop", Problem.DEFINED_TWICE: "warn", Problem.DEFINED_AFTER_USE: "plain"}
FIELDS: dict[str, Any] = {
    "term": _l("Term"),
    "definition": _l("Plain definition"),
    "domain": _l("Domain"),
    "state": _l("State"),
    "is_acronym": _l("Acronym"),
}
