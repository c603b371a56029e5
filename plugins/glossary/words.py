"""States of terms and problems of acronyms as the interface says them, with the tone of their badge."""

from __future__ import annotations

from typing import Any

from eventhub.api import _l, _lp

from .acronyms import Problem
from .models import TermStatus

STATUSES: dict[str, Any] = {
    TermStatus.PROPOSED: _lp("term", "Proposed"),
    TermStatus.VALIDATED: _lp("term", "Validated"),
    TermStatus.FORBIDDEN: _lp("term", "Forbidden"),
    TermStatus.DO_NOT_TRANSLATE: _lp("term", "Do not translate"),
}
STATUS_CHOICES = [(status, STATUSES[status]) for status in TermStatus]
TONES = {
    TermStatus.PROPOSED: "warn",
    TermStatus.VALIDATED: "good",
    TermStatus.FORBIDDEN: "stop",
    TermStatus.DO_NOT_TRANSLATE: "on",
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
    "status": _l("Status"),
    "is_acronym": _l("Acronym"),
}
