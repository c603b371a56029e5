"""The questions in the guests' forms: one section per person and step, and one per delegation and step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import wtforms
from flask import g, url_for

from eventhub.api import (
    Actor,
    ChoiceField,
    DayField,
    Delegation,
    Event,
    FormSection,
    LongTextField,
    Participant,
    Section,
    SeveralField,
    TextField,
    _,
    isolated,
    language,
    session,
)

from . import answers, domain, words
from .answers import Sheet, Subject
from .conditions import Said
from .fields import NumberField, UploadField
from .models import Kind, Question, Scope, Stage

TEMPLATE = "questions/section.html"
ORDER = 60  # after what the core and other plugins ask in a step


def field(question: Question) -> Any:
    """Return the unbound field that asks the question; whether an answer is required is said, not enforced.

    A step can be saved half filled in: what is missing counts in the completeness of the registration.
    """
    options: dict[str, Any] = {"label": words.name(question), "description": question.help.label(language())}
    match question.kind:
        case Kind.TEXT:
            return TextField(required=False, maximum=500, **options)
        case Kind.LONG_TEXT:
            return LongTextField(maximum=5000, **options)
        case Kind.CHOICE | Kind.YES_NO:
            return ChoiceField(required=False, blank=_("No answer"), **options)
        case Kind.SEVERAL:
            return SeveralField(**options)
        case Kind.NUMBER:
            return NumberField(render_kw={"inputmode": "decimal"}, **options)
        case Kind.DATE:
            return DayField(required=False, **options)
    return UploadField(**options)


def named(question: Question) -> str:
    return f"q{question.id}"


@dataclass(frozen=True)
class Row:
    """A question as the form shows it: its field, the box that takes its file away, and when it is asked, in words.

    ``source`` is the name of the input in the same form that decides whether it is asked, for the page's script.
    """

    field: Any
    removal: Any = None
    file: str = ""
    url: str = ""
    condition: str = ""
    source: str = ""
    wanted: tuple[str, ...] = ()


class QuestionSection(Section):
    """What one person, or one delegation, answers in one step."""

    def __init__(
        self,
        *args: Any,
        sheet: Sheet,
        asked: Sequence[Question],
        subject: Subject | None,
        urls: Mapping[int, str],
        **kwargs: Any,
    ) -> None:
        self.sheet, self.asked, self.subject, self.urls = sheet, asked, subject, urls
        self.stored = dict(sheet.of(subject)) if subject is not None else {}
        super().__init__(*args, **kwargs)

    def set_up(self, event: Any) -> None:
        for question in self.asked:
            one, answer = self[named(question)], self.stored.get(question.id)
            one.flags.required, one.flags.optional = question.required, not question.required
            if question.kind == Kind.YES_NO:
                one.offer(words.options(question))
            elif question.kind in {Kind.CHOICE, Kind.SEVERAL}:
                kept = set([answer.value] if isinstance(answer.value, str) else answer.value) if answer else set()
                gone = {choice.key for choice in question.offered if choice.gone} - kept
                pairs = [(key, said) for key, said in words.options(question) if key not in gone]
                if question.kind == Kind.CHOICE:
                    one.offer(pairs)
                else:
                    one.choices = pairs
            elif question.kind == Kind.NUMBER:
                one.minimum = Decimal(question.minimum) if question.minimum is not None else None
                one.maximum = Decimal(question.maximum) if question.maximum is not None else None

    @property
    def rows(self) -> list[Row]:
        here = {question.id for question in self.asked}
        found = []
        for question in self.asked:
            answer = self.stored.get(question.id)
            file = words.answer(question, answer.value) if answer and question.kind == Kind.FILE else ""
            source = f"{self._prefix}q{question.source_id}" if question.source_id in here else ""
            found.append(
                Row(
                    self[named(question)],
                    self[f"{named(question)}_remove"] if file else None,
                    file,
                    self.urls.get(answer.id, "") if answer else "",
                    words.condition(question, self.sheet.by_id) if source else "",
                    source,
                    tuple(question.wanted) if source else (),
                )
            )
        return found

    def given(self) -> dict[int, Any]:
        """Return {question: what is typed now, as answers hold it}; a stored file is kept unless taken away."""
        found = {}
        for question in self.asked:
            if question.kind == Kind.FILE:
                removed = bool(self[f"{named(question)}_remove"].data)
                kept = self.stored[question.id].value if question.id in self.stored and not removed else None
                found[question.id] = self[named(question)].data or kept
            else:
                found[question.id] = answers.stored(question.kind, self[named(question)].data)
        return found

    def applying(self, given: Mapping[int, Any]) -> list[Question]:
        """Return the questions that are asked of whoever answers so; what earlier steps hold counts too."""
        said: dict[int, Said] = self.sheet.said(self.subject) if self.subject is not None else {}
        said |= {key: value for key, value in given.items() if isinstance(value, (str, list)) or value is None}
        return [question for question in self.asked if self.sheet.applies(question, said)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what is asked; an answer newly typed to what is not asked is questioned, not silently dropped."""
        super().validate(extra_validators)
        given = self.given()
        asked = self.applying(given)
        for question in self.asked:
            if question in asked:
                continue
            one, known = self[named(question)], self.stored.get(question.id)
            one.errors = []
            if given[question.id] not in (None, known.value if known else None):
                message = _("%(condition)s Change that answer, or empty this one.")
                one.errors = [message % {"condition": words.condition(question, self.sheet.by_id)}]
        fine = not any(item.errors for item in self)
        if not fine:
            self._ask_again_for_files()
        return fine

    def _ask_again_for_files(self) -> None:
        """Say that a file has to be chosen again: no page can give back a file that was typed into it."""
        for question in self.asked:
            one = self[named(question)]
            if question.kind == Kind.FILE and one.data is not None and not one.errors:
                one.errors = [_("Correct the rest, and choose this file again: it was not kept.")]

    def answered(self) -> dict[int, Any]:
        """Return what to keep: what is typed for what is asked, nothing for what is not."""
        given = self.given()
        asked = {question.id for question in self.applying(given)}
        return {key: value if key in asked else None for key, value in given.items()}


def section_class(asked: Sequence[Question]) -> type[QuestionSection]:
    """Return the form of these questions; one class serves everybody who is asked the same."""
    fields: dict[str, Any] = {}
    for question in asked:
        fields[named(question)] = field(question)
        if question.kind == Kind.FILE:
            fields[f"{named(question)}_remove"] = wtforms.BooleanField(_("Take this file away"))
    return type("QuestionsOfAStep", (QuestionSection,), fields)


# --- what the host asks for -----------------------------------------------------------------------------------------


def of_people(event: Event, stage: str, participants: Sequence[Participant], own: bool) -> Iterable[FormSection]:
    """Return the section of each person in this step, where there is something to ask of them."""
    if not participants:
        return []
    delegations = list({person.delegation_id for person in participants})
    known = sheet(event, [person.id for person in participants], delegations)
    asked = known.of_scope(Scope.PERSON, Stage(stage))
    if not asked:
        return []
    classes: dict[tuple[int, ...], type[QuestionSection]] = {}
    found: list[FormSection] = []
    for person in participants:
        title = _("Questions of the organisers")
        if not own:
            title = _("%(name)s: questions of the organisers", name=isolated(person.name))
        urls = own_files(event, known, person) if own else {}
        found += section(event, known, person, asked, Stage(stage), title, urls, classes, by=g.actor)
    return found


def of_delegation(event: Event, delegation: Delegation) -> Iterable[FormSection]:
    """Return the sections of the delegation as a whole, in every step that asks something of it."""
    seated = [seat.participant_id for seat in delegation.seats if seat.participant_id is not None]
    known = sheet(event, seated, [delegation.id])
    title = _("Questions to the delegation")
    urls = delegation_files(event, known, delegation)
    for stage in Stage:
        asked = known.of_scope(Scope.DELEGATION, stage)
        yield from section(event, known, delegation, asked, stage, title, urls, {}, by=g.actor)


def section(
    event: Event,
    known: Sheet,
    subject: Subject,
    asked: Sequence[Question],
    stage: Stage,
    title: str,
    urls: Mapping[int, str],
    classes: dict[tuple[int, ...], type[QuestionSection]],
    *,
    by: Actor,
) -> Iterable[FormSection]:
    """Return the subject's section of a step, or nothing where its answers in earlier steps leave nothing to ask."""
    open_ones = _open(known, subject, asked)
    if not open_ones:
        return
    key = tuple(question.id for question in open_ones)
    if key not in classes:
        classes[key] = section_class(open_ones)

    def save(form: QuestionSection) -> None:
        answers.note(event, known, subject, form.answered())

    def finish() -> None:
        known.write(by)
        g.pop("questions_sheet", None)

    missing, mine, said = known.missing(subject, open_ones), known.of(subject), known.said(subject)
    yield FormSection(
        f"questions_{stage.value}",
        title,
        partial(classes[key], sheet=known, asked=open_ones, subject=subject, urls=urls),
        save,
        stage.value,
        subject.id if isinstance(subject, Participant) else None,
        values(known, subject, open_ones),
        template=TEMPLATE,
        complete=not missing,
        missing=tuple(missing_in_words(subject, question) for question in missing),
        order=ORDER,
        finish=finish,
        unfolded=any(one.id not in mine and known.applies(one, said) for one in open_ones),
    )


def _open(known: Sheet, subject: Subject, asked: Sequence[Question]) -> list[Question]:
    """Return the questions to show: those whose condition is decided on this page, or holds by earlier answers."""
    said, here = known.said(subject), {question.id for question in asked}
    shown: dict[int, Question] = {}
    for question in asked:  # a question comes after the one it depends on
        if question.source_id in shown if question.source_id in here else known.applies(question, said):
            shown[question.id] = question
    return list(shown.values())


def missing_in_words(subject: Subject, question: Question) -> str:
    if isinstance(subject, Participant):
        return _("%(name)s: %(question)s", name=isolated(subject.name), question=words.name(question))
    return words.name(question)


def values(known: Sheet, subject: Subject, asked: Iterable[Question]) -> dict[str, Any]:
    """Return what the form starts from; a file has no value to start from."""
    mine = known.of(subject)
    return {
        named(question): answers.typed(question.kind, mine[question.id].value if question.id in mine else None)
        for question in asked
        if question.kind != Kind.FILE
    }


def sheet(event: Event, people: Sequence[int], delegations: Sequence[int]) -> Sheet:
    """Return the questions and these answers, read in one statement, once per request and transaction.

    What was read before a transaction is never used inside it: the rows may have changed before the lock.
    """
    kept: tuple[Any, set[int], set[int], Sheet] | None = g.get("questions_sheet")
    if kept is not None and kept[0] is not None and kept[0] is session().get_transaction():
        if kept[1].issuperset(people) and kept[2].issuperset(delegations):
            return kept[3]
    found = answers.whole_sheet(event, people, delegations)
    g.questions_sheet = (session().get_transaction(), set(people), set(delegations), found)
    return found


def own_files(event: Event, known: Sheet, person: Participant) -> dict[int, str]:
    """Return {answer: address} of the files that the person may read back; their head reads only the names."""
    return {
        answer.id: url_for("questions_files.own", event=event.slug, participant_id=person.id, answer_id=answer.id)
        for answer in known.of(person).values()
        if isinstance(answer.value, dict)
    }


def delegation_files(event: Event, known: Sheet, delegation: Delegation) -> dict[int, str]:
    return {
        answer.id: url_for(
            "questions_files.of_delegation", event=event.slug, delegation_id=delegation.id, answer_id=answer.id
        )
        for answer in known.of(delegation).values()
        if isinstance(answer.value, dict)
    }


def preview(event: Event) -> Iterable[FormSection]:
    """Return a section per step and per kind of who answers, with nothing in it: how guests see the questions."""
    known = Sheet(domain.questions(event))
    for stage in Stage:
        for scope in (Scope.DELEGATION, Scope.PERSON):
            asked = known.of_scope(scope, stage)
            if asked:
                made = section_class(asked)
                yield FormSection(
                    f"questions_{stage.value}_{scope.value}",
                    f"{words.STAGES[stage]} – {words.SCOPES[scope]}",
                    partial(made, sheet=known, asked=asked, subject=None, urls={}),
                    lambda form: None,
                    stage.value,
                    template=TEMPLATE,
                )


def all_of(event: Event, subject: Subject) -> Iterable[FormSection]:
    """Return what a person, or a delegation, is asked in every step, for an organiser who writes it down for them."""
    is_person = isinstance(subject, Participant)
    known = sheet(event, [subject.id] if is_person else [], [] if is_person else [subject.id])
    for stage in Stage:
        asked = known.of_scope(Scope.PERSON if is_person else Scope.DELEGATION, stage)
        if asked:
            yield from section(event, known, subject, asked, stage, str(words.STAGES[stage]), {}, {}, by=g.actor)
