"""Answers: read for forms, lists and counts in a fixed number of statements, and written in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from eventhub.api import (
    Actor,
    Delegation,
    Event,
    Participant,
    Verb,
    _l,
    activity,
    clock,
    events,
    session,
    sort_key,
)

from . import files
from .conditions import Asked, Said, applies
from .files import Upload
from .models import CLOSED, Answer, Kind, Question, Scope, Stage

ANSWERED = Verb("questions:answered", _l("Questions of the organisers answered"))

Subject = Participant | Delegation
NONE, ANY = "-", "+"  # in filters: has not answered, has answered


@dataclass
class Sheet:
    """The questions in use, and what some people and their delegations answered: {(subject, question): answer}."""

    questions: Sequence[Question]
    people: dict[int, dict[int, Answer]] = field(default_factory=dict)
    delegations: dict[int, dict[int, Answer]] = field(default_factory=dict)
    fresh: list[Answer] = field(default_factory=list)  # new answers, and what the journal says: written together
    told: list[Subject] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_id = {one.id: one for one in self.questions}
        self.asked: Mapping[int, Asked] = {one.id: one.asked for one in self.questions}

    def of(self, subject: Subject) -> dict[int, Answer]:
        """Return {question: answer} of the person or delegation."""
        known = self.people if isinstance(subject, Participant) else self.delegations
        return known.setdefault(subject.id, {})

    def said(self, subject: Subject) -> dict[int, Said]:
        """Return {question: what was answered} for conditions."""
        return {key: answer.value for key, answer in self.of(subject).items() if not isinstance(answer.value, dict)}

    def applies(self, question: Question, said: Mapping[int, Said]) -> bool:
        return applies(question.id, self.asked, said)

    def of_scope(self, scope: Scope, stage: Stage | None = None) -> list[Question]:
        return [one for one in self.questions if one.scope == scope and stage in (None, one.stage)]

    def missing(self, subject: Subject, asked: Iterable[Question]) -> list[Question]:
        """Return the required questions among these that apply to the subject and are not answered."""
        known, said = self.of(subject), self.said(subject)
        return [one for one in asked if one.required and one.id not in known and self.applies(one, said)]

    def write(self, by: Actor) -> None:
        """Write the new answers of all subjects in one statement, and the journal in another."""
        if self.fresh:
            columns = [column.key for column in Answer.__table__.columns if column.key != "id"]
            rows = [{name: getattr(row, name) for name in columns} for row in self.fresh]
            session().execute(sa.insert(Answer.__table__), rows)  # type: ignore[arg-type]  # it is a Table
        activity.record_all(by, [(ANSWERED, subject, None) for subject in self.told])
        self.fresh, self.told = [], []

    def take(self, row: Answer) -> None:
        if row.participant_id is not None:
            self.people.setdefault(row.participant_id, {})[row.question_id] = row
        elif row.delegation_id is not None:
            self.delegations.setdefault(row.delegation_id, {})[row.question_id] = row


def _of(people: Sequence[int], delegations: Sequence[int]) -> sa.ColumnElement[bool]:
    return sa.or_(Answer.participant_id.in_(people), Answer.delegation_id.in_(delegations))


def sheet(questions: Sequence[Question], people: Sequence[int], delegations: Sequence[int]) -> Sheet:
    """Return what these people and delegations answered to the questions, in one statement; for lists."""
    found = Sheet(questions)
    if questions and (people or delegations):
        asked = Answer.question_id.in_([one.id for one in questions])
        for row in session().scalars(sa.select(Answer).where(asked, _of(people, delegations))):
            found.take(row)
    return found


def whole_sheet(event: Event, people: Sequence[int], delegations: Sequence[int]) -> Sheet:
    """Return the questions in use and these answers together in one statement; for forms, which count theirs."""
    joined = sa.and_(Answer.question_id == Question.id, _of(people, delegations))
    query = (
        sa.select(Question, Answer)
        .outerjoin(Answer, joined)
        .where(Question.event_id == event.id, Question.archived_at.is_(None))
    )
    rows = [(question, answer) for question, answer in session().execute(query)]
    found = Sheet(sorted({question for question, _answer in rows}, key=lambda one: one.place))
    for _question, answer in rows:
        if answer is not None:
            found.take(answer)
    return found


# --- writing --------------------------------------------------------------------------------------------------------


def save(event: Event, known: Sheet, subject: Subject, given: Mapping[int, Any], *, by: Actor) -> None:
    """Keep what the subject answered to these questions: {question: value, Upload, or None}; see ``note``."""
    note(event, known, subject, given)
    known.write(by)


def note(event: Event, known: Sheet, subject: Subject, given: Mapping[int, Any]) -> None:
    """Take what the subject answered into the sheet, whose ``write`` puts the new rows of several subjects together.

    An answer to what is asked no longer, because another answer changed, is removed, also in a later step.
    """
    events.check_not_frozen(event)
    mine = known.of(subject)
    changed = [_note(event, known, known.by_id[key], subject, value) for key, value in given.items()]
    said = known.said(subject)
    for key in [key for key in mine if key in known.by_id and not known.applies(known.by_id[key], said)]:
        changed.append(_note(event, known, known.by_id[key], subject, None))
    if any(changed) and subject not in known.told:
        known.told.append(subject)


def _note(event: Event, known: Sheet, question: Question, subject: Subject, value: Any) -> bool:
    """Take one answer in; False when it is what is stored already."""
    mine = known.of(subject)
    row = mine.get(question.id)
    if isinstance(value, Upload):
        value = files.keep(event.id, value)
    if value in (None, "", []):
        if row is None:
            return False
        files.forget([row.value])
        if row in known.fresh:
            known.fresh.remove(row)
        else:
            session().delete(row)
        del mine[question.id]
        return True
    if row is None:
        own = {"participant_id": subject.id} if isinstance(subject, Participant) else {"delegation_id": subject.id}
        row = mine[question.id] = Answer(event_id=event.id, question_id=question.id, **own)
        known.fresh.append(row)
    elif row.value == value:
        return False
    else:
        files.forget([row.value])
    row.value, row.key, row.answered_at = value, key_of(question, value), clock.now()
    return True


def key_of(question: Question, value: Any) -> str:
    """Return what filters and counts read of an answer."""
    if question.kind in CLOSED:
        return f"|{'|'.join([value] if isinstance(value, str) else value)}|"
    return "" if isinstance(value, dict) else sort_key(value)


def stored(kind: str, data: Any) -> Any:
    """Return the data of a form's field as an answer holds it."""
    if data in (None, "", []):
        return None
    if isinstance(data, Decimal):
        return format(data, "f")
    if isinstance(data, date):
        return data.isoformat()
    return list(data) if kind == Kind.SEVERAL else data


def typed(kind: str, value: Any) -> Any:
    """Return an answer as the field of a form holds it."""
    if value is None:
        return [] if kind == Kind.SEVERAL else None if kind in {Kind.NUMBER, Kind.DATE} else ""
    if kind == Kind.NUMBER:
        return Decimal(value)
    return date.fromisoformat(value) if kind == Kind.DATE else value


# --- lists and counts -----------------------------------------------------------------------------------------------


def having(query: sa.Select[Any], question: Question, wanted: str) -> sa.Select[Any]:
    """Narrow a query of people, or of delegations, to those who answered so; NONE and ANY stand for whether at all."""
    subject = (
        Answer.participant_id == Participant.id
        if question.scope == Scope.PERSON
        else Answer.delegation_id == Delegation.id
    )
    mine = sa.select(Answer.id).where(Answer.question_id == question.id, subject)
    if wanted not in {NONE, ANY}:
        mine = mine.where(Answer.key.contains(f"|{wanted}|", autoescape=True))
    exists = mine.correlate(Participant, Delegation).exists()
    return query.where(~exists if wanted == NONE else exists)


def who_said(event: Event, question: Question, wanted: str) -> sa.Select[int]:
    """Return the query of the ids of the participants who answered so; NONE and ANY stand for whether at all."""
    people = sa.select(Participant.id).where(Participant.event_id == event.id)
    return having(people, question, wanted)


def saying(query: sa.Select[Any], search: str) -> sa.Select[Any]:
    """Narrow a query of people to those whose name, or one of whose typed answers, holds the text."""
    text = sort_key(search)
    mine = sa.select(Answer.id).where(
        Answer.participant_id == Participant.id, Answer.key.contains(text, autoescape=True), ~Answer.key.like("|%")
    )
    named = Participant.sort_key.contains(text, autoescape=True)
    return query.where(named | mine.correlate(Participant).exists())


def counts(questions: Iterable[Question], subjects: sa.Select[int]) -> dict[int, Counter[str]]:
    """Return {question: {key of a choice: how often it was given, ANY: how many answered}}, in one statement.

    ``subjects`` are the ids of the people or of the delegations who count; the questions are all answered by such.
    """
    asked = list(questions)
    if not asked:
        return {}
    column = Answer.participant_id if asked[0].scope == Scope.PERSON else Answer.delegation_id
    query = (
        sa.select(Answer.question_id, Answer.key, sa.func.count())
        .where(Answer.question_id.in_([one.id for one in asked]), column.in_(subjects))
        .group_by(Answer.question_id, Answer.key)
    )
    found: dict[int, Counter[str]] = {one.id: Counter() for one in asked}
    for question_id, joined, number in session().execute(query):
        found[question_id][ANY] += number
        for key in filter(None, joined.split("|")):
            found[question_id][key] += number
    return found


def file_answer(event: Event, answer_id: int) -> Answer | None:
    """Return the answer with this id when it is of the event and holds a file."""
    found = session().get(Answer, answer_id)
    if found is None or found.event_id != event.id or not isinstance(found.value, dict):
        return None
    return found


def delegation_names(event: Event) -> list[tuple[int, str]]:
    """Return [(id, name)] of the delegations in use, by name."""
    query = sa.select(Delegation.id, Delegation.name).where(
        Delegation.event_id == event.id, Delegation.archived_at.is_(None)
    )
    return [(key, name) for key, name in session().execute(query.order_by(Delegation.sort_key))]
