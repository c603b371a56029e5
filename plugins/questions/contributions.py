"""What questions tell the pages of an event: texts that lack a language, and a person's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import g, url_for

from eventhub.api import (
    Check,
    Delegation,
    Event,
    LocalizedEntry,
    Panel,
    Participant,
    PeopleColumn,
    Severity,
    _,
    format_list,
    language_name,
    may,
    ngettext,
)

from . import answers, domain, permissions, words
from .models import CLOSED, Kind, Question, Scope

ORDER = 60
SHOWN = 5


def texts_of(event: Event, question: Question) -> Iterable[LocalizedEntry]:
    """Return the question, its help and its choices."""
    url = url_for("questions.edit", event=event.slug, question_id=question.id)
    name, key = words.name(question), f"questions.question.{question.id}"
    yield LocalizedEntry(f"{key}.label", name, question.label, url, required=False, order=ORDER)
    if question.help:
        label = _("%(question)s: help", question=name)
        yield LocalizedEntry(f"{key}.help", label, question.help, url, required=False, order=ORDER)
    for choice in question.offered:
        if not choice.gone:
            label = _("%(question)s: choice", question=name)
            yield LocalizedEntry(f"{key}.choice.{choice.key}", label, choice.label, url, required=False, order=ORDER)


def texts(event: Event) -> Iterable[LocalizedEntry]:
    """Return every text of the questions in use; no edition prints them, so they hold none back."""
    for question in domain.questions(event):
        yield from texts_of(event, question)


def lacking(question: Question, code: str) -> bool:
    """Tell whether the question, or a part of it, has no text in the language or an outdated one."""
    parts = [question.label, *(choice.label for choice in question.offered if not choice.gone)]
    if question.help:
        parts.append(question.help)
    return any(text.gaps([code]) for text in parts)


def checks(event: Event) -> Iterable[Check]:
    found = domain.questions(event)
    for code in event.languages:
        gaps = [question for question in found if lacking(question, code)]
        if gaps:
            yield Check(
                "questions.untranslated",
                code,
                Severity.TO_COMPLETE,
                ngettext(
                    "%(num)d question to guests lacks words in %(language)s",
                    "%(num)d questions to guests lack words in %(language)s",
                    len(gaps),
                    language=language_name(code),
                ),
                format_list(words.name(question) for question in gaps[:SHOWN]),
                url_for("questions.edit", question_id=gaps[0].id),
                _("Translate them"),
                "questions",
                ORDER,
            )


def panels(event: Event, subject: Participant | Delegation) -> Iterable[Panel]:
    """Return what a person, or a delegation as a whole, answered, for organisers who may read it."""
    if not may(permissions.ANSWERS):
        return
    is_person = isinstance(subject, Participant)
    scope = Scope.PERSON if is_person else Scope.DELEGATION
    asked = [question for question in domain.questions(event) if question.scope == scope]
    if not asked:
        return
    known = answers.sheet(asked, [subject.id] if is_person else [], [] if is_person else [subject.id])
    mine, said = known.of(subject), known.said(subject)
    lines = []
    for question in asked:
        answer = mine.get(question.id)
        if answer is not None or known.applies(question, said):
            is_file = answer is not None and isinstance(answer.value, dict)
            url = url_for("questions_answers.file", answer_id=answer.id) if answer is not None and is_file else ""
            lines.append((words.name(question), words.answer(question, answer.value) if answer else "", url))
    write = (
        url_for("questions_answers.write", participant_id=subject.id)
        if is_person
        else url_for("questions_answers.write_of_delegation", delegation_id=subject.id)
    )
    yield Panel(_("Answers to your questions"), "questions/panel.html", {"lines": lines, "write": write}, ORDER)


def people_columns(event: Event) -> Iterable[PeopleColumn]:
    """Return a column per question to each person; files are read on the pages of answers only.

    Outside a request, as where a mail finds its recipients, nobody asks, and the columns are there.
    """
    if g.get("user") is not None and not may(permissions.ANSWERS):
        return
    told = Told([one for one in domain.questions(event) if one.scope == Scope.PERSON and one.kind != Kind.FILE])
    for question in told.questions:
        choices = words.options(question) if question.kind in CLOSED else []
        if choices:
            choices = [*choices, (answers.NONE, _("Not answered"))]
        yield PeopleColumn(
            f"questions.q{question.id}",
            words.name(question),
            partial(told.values, question),
            choices,
            partial(answers.who_said, event, question) if choices else None,
            ORDER,
        )


@dataclass
class Told:
    """The answers in a page of people, read once for all columns."""

    questions: Sequence[Question]
    people: tuple[int, ...] = ()
    known: answers.Sheet | None = None

    def values(self, question: Question, ids: Sequence[int]) -> Mapping[int, str]:
        """Return {person: answer in words} to the question."""
        if self.known is None or self.people != tuple(ids):
            self.people, self.known = tuple(ids), answers.sheet(self.questions, ids, [])
        found = ((key, mine.get(question.id)) for key, mine in self.known.people.items())
        return {key: words.answer(question, answer.value) for key, answer in found if answer is not None}
