"""Questions and answers as the interface says them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from eventhub.api import _, _l, _lp, format_day, format_list, format_number, language

from .models import Kind, Question, Scope, Stage

KINDS: dict[str, Any] = {
    Kind.TEXT: _lp("kind of question", "Text on one line"),
    Kind.LONG_TEXT: _lp("kind of question", "Long text"),
    Kind.CHOICE: _lp("kind of question", "One choice of several"),
    Kind.SEVERAL: _lp("kind of question", "Several choices"),
    Kind.NUMBER: _lp("kind of question", "Number"),
    Kind.DATE: _lp("kind of question", "Date"),
    Kind.YES_NO: _lp("kind of question", "Yes or no"),
    Kind.FILE: _lp("kind of question", "File"),
}
EXAMPLES: dict[str, Any] = {
    Kind.TEXT: _l("A name, a title, a reference."),
    Kind.LONG_TEXT: _l("A few sentences, such as what somebody hopes to learn."),
    Kind.CHOICE: _l("One answer of a list that you write, such as a size."),
    Kind.SEVERAL: _l("Any answers of a list that you write, such as subjects of interest."),
    Kind.NUMBER: _l("Whole or with decimals, between limits if you set them."),
    Kind.DATE: _l("A day, such as a night of arrival."),
    Kind.YES_NO: _l("An agreement, or whether somebody joins."),
    Kind.FILE: _l("A PDF, PNG or JPEG file of at most 8 MB, such as a portrait."),
}
SCOPES: dict[str, Any] = {
    Scope.PERSON: _lp("who answers", "Each person"),
    Scope.DELEGATION: _lp("who answers", "The delegation, once"),
}
STAGES: dict[str, Any] = {
    Stage.PEOPLE: _lp("step of the registration", "People"),
    Stage.TRAVEL: _lp("step of the registration", "Travel"),
    Stage.NEEDS: _lp("step of the registration", "Needs"),
    Stage.CHOICES: _lp("step of the registration", "Choices"),
}
FIELDS: dict[str, Any] = {
    "label": _l("Question"),
    "help": _l("Help"),
    "stage": _l("Step of the registration"),
    "scope": _l("Who answers"),
    "required": _l("An answer is required"),
    "choices": _l("Choices"),
    "condition": _l("When"),
    "minimum": _l("Smallest number"),
    "maximum": _l("Largest number"),
    "position": _l("Place in the list"),
}
YES, NO = "yes", "no"


def yes_no() -> list[tuple[str, str]]:
    return [(YES, _("Yes")), (NO, _("No"))]


def name(question: Question) -> str:
    """Return the question in the present language; one that is not translated stands in brackets in another."""
    return question.label.label(language())


def options(question: Question, *, kept: bool = True) -> list[tuple[str, str]]:
    """Return [(key, words)] of the answers of a closed question; without ``kept`` only those still offered."""
    if question.kind == Kind.YES_NO:
        return yes_no()
    return [(choice.key, choice.label.label(language())) for choice in question.offered if kept or not choice.gone]


def answer(question: Question, value: Any) -> str:
    """Return an answer in the present language; "" for none."""
    if value in (None, "", []):
        return ""
    if question.kind == Kind.FILE:
        return str(value["name"])
    if question.kind == Kind.NUMBER:
        return format_number(float(value))
    if question.kind == Kind.DATE:
        return format_day(date.fromisoformat(value), "long")
    if question.kind in {Kind.CHOICE, Kind.YES_NO}:
        return dict(options(question)).get(value, "")
    if question.kind == Kind.SEVERAL:
        said = dict(options(question))
        return format_list(said[key] for key in value if key in said)
    return str(value)


def cell(question: Question, value: Any) -> Any:
    """Return an answer as exports write it: numbers and days as such, everything else in words."""
    if value and question.kind == Kind.NUMBER:
        return float(value)
    if value and question.kind == Kind.DATE:
        return date.fromisoformat(value)
    return answer(question, value)


def condition(question: Question, questions: Mapping[int, Question]) -> str:
    """Return in words when the question is asked; "" when always."""
    source = questions.get(question.source_id or 0)
    if source is None:
        return ""
    said = dict(options(source))
    wanted = [_("“%(answer)s”", answer=said[key]) for key in said if key in question.wanted]
    return _(
        "Only if the answer to “%(question)s” is %(answers)s.",
        question=name(source),
        answers=format_list(wanted, "or"),
    )
