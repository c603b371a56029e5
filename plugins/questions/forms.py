"""The organisers' forms of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import wtforms
from flask import g

from eventhub.api import ChoiceField, LocalizedField, SeveralField, VersionedForm, _, _l

from . import domain, words
from .fields import NumberField
from .models import Kind, Question, Scope, Stage

BLANK_CHOICES = 4  # offered under the choices that are there; saving gives as many again


class QuestionForm(VersionedForm):
    """What every question says of itself."""

    label = LocalizedField(_l("Question"), maximum=300)
    help = LocalizedField(
        _l("Help"),
        required=False,
        maximum=1000,
        multiline=True,
        description=_l("Stands under the question: why you ask, and what happens with the answer."),
    )
    scope = ChoiceField(_l("Who answers"))
    stage = ChoiceField(_l("Step of the registration"))
    required = wtforms.BooleanField(
        _l("An answer is required"),
        description=_l("A registration can be saved without it; it counts as incomplete until the answer is there."),
    )
    condition = SeveralField(
        _l("Ask only if one of these was answered"),
        description=_l("Leave all of them open to ask always. Choose answers of one question only."),
    )

    def __init__(self, *args: Any, known: Sequence[Question], own: Question | None, **kwargs: Any) -> None:
        self.known, self.own = known, own
        super().__init__(*args, **kwargs)

    def set_up(self) -> None:
        self.scope.offer([(code.value, words.SCOPES[code]) for code in Scope])
        self.stage.offer([(code.value, words.STAGES[code]) for code in Stage])
        last = list(Stage)[-1]
        candidates = [
            one
            for scope in Scope
            for one in domain.sources(self.known, scope, self.own.stage if self.own else last, self.own)
        ]
        self.condition.choices = [
            (f"{one.id}:{key}", _("“%(question)s” – %(answer)s", question=words.name(one), answer=said))
            for one in candidates
            for key, said in words.options(one, kept=False)
        ]
        if not self.condition.choices:
            del self.condition


class NumberQuestionForm(QuestionForm):
    """A question whose answer is a number."""

    minimum = NumberField(_l("Smallest number"), description=_l("Leave empty for no limit."))
    maximum = NumberField(_l("Largest number"), description=_l("Leave empty for no limit."))


def form_class(kind: Kind, question: Question | None = None) -> type[QuestionForm]:
    """Return the form of a question of this kind, with a field per choice that is offered and some more."""
    if kind == Kind.NUMBER:
        return NumberQuestionForm
    if kind not in {Kind.CHOICE, Kind.SEVERAL}:
        return QuestionForm
    return _choices_form(tuple(choice.key for choice in question.offered if not choice.gone) if question else ())


@lru_cache(maxsize=64)
def _choices_form(keys: tuple[str, ...]) -> type[QuestionForm]:
    fields: dict[str, Any] = {}
    blank = max(BLANK_CHOICES, 6 - len(keys))
    for number, key in enumerate([*keys, *(f"new{n:02}" for n in range(1, blank + 1))], start=1):
        fields[f"choice_{key}"] = LocalizedField(_l("Choice %(number)s", number=number), required=False)
    return type("ChoicesForm", (QuestionForm,), fields)


def choice_fields(form: QuestionForm) -> list[Any]:
    return [item for item in form if item.short_name.startswith("choice_")]


def facts(question: Question | None, form: type[QuestionForm]) -> Mapping[str, Any]:
    """Return the facts of a question as its form holds them; of none, what a new one starts from."""
    if question is None:
        start: dict[str, Any] = {"label": {}, "help": {}, "scope": Scope.PERSON.value, "stage": Stage.CHOICES.value}
        return start | {"required": False, "condition": [], "minimum": None, "maximum": None}
    return {
        **{name: getattr(question, name) for name in ("label", "help", "scope", "stage", "required")},
        "condition": domain.written_condition(question),
        "minimum": _number(question.minimum),
        "maximum": _number(question.maximum),
        **{f"choice_{choice.key}": choice.label for choice in question.offered if not choice.gone},
        **{name: {} for name in vars(form) if name.startswith("choice_new")},
    }


def typed(form: QuestionForm) -> dict[str, Any]:
    """Return all that a new question's form holds."""
    names = ("label", "help", "scope", "stage", "required", "condition", "minimum", "maximum")
    found = {name: form[name].data for name in names if name in form}
    return found | {item.short_name: item.data for item in choice_fields(form)}


def make(kind: Kind, question: Question | None, known: Sequence[Question], current: Mapping[str, Any]) -> QuestionForm:
    """Return the form; ``known`` are the event's questions, on some of which this one may depend."""
    return form_class(kind, question)(known=known, own=question, current=current, languages=g.event.languages)


def current(kind: Kind, question: Question | None) -> Mapping[str, Any]:
    """Return the facts that the form starts from."""
    return facts(question, form_class(kind, question))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
