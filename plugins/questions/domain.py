"""What can be done with questions: write them, put them in order, archive or delete them, and copy them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from eventhub.api import (
    Actor,
    Event,
    LocalizedText,
    Refused,
    Verb,
    _l,
    activity,
    clock,
    events,
    get,
    language,
    locked,
    session,
)

from . import words
from .models import CLOSED, Answer, Choice, Kind, Question, Scope, Stage

ADDED = Verb("questions:added", _l("Question added"))
CHANGED = Verb("questions:changed", _l("Question changed"))
MOVED = Verb("questions:moved", _l("Question moved"))
ARCHIVED = Verb("questions:archived", _l("Question archived"))
RESTORED = Verb("questions:restored", _l("Question taken back out of the archive"))
DELETED = Verb("questions:deleted", _l("Question deleted"))

MOST = 40  # in use on an event: guests' forms are short, and one form for a large delegation has limits
MOST_CHOICES = 40


class TooMany(Refused):
    message = _l("An event has at most %(most)s questions. Archive one first.")


class NoChoices(Refused):
    message = _l("Write at least two answers to choose from.")


class TooManyChoices(Refused):
    message = _l("A question has at most %(most)s choices. Ask for a text instead.")


class Answered(Refused):
    message = _l("This question has answers already, so it cannot be asked of somebody else. Add another question.")
    field = "scope"


class AnsweredNotDeleted(Refused):
    message = _l("This question has answers already. Archive it: it is asked no more, and its answers stay.")


class LimitsCrossed(Refused):
    message = _l("The largest number is below the smallest one. Correct one of them.")
    field = "maximum"


class NoSuchCondition(Refused):
    message = _l("A question can depend on one that comes before it, has choices, and is answered by the same people.")
    field = "condition"


class OneSourceOnly(Refused):
    message = _l("Choose answers of one question only.")
    field = "condition"


class Needed(Refused):
    message = _l("“%(question)s” depends on this question. Change that one first.")


class NeededChoice(Refused):
    message = _l("“%(question)s” depends on the choice “%(choice)s”. Change that question first.")


class BeforeItsSource(Refused):
    message = _l("“%(question)s” depends on “%(source)s”, so it stays after it.")


# --- reading --------------------------------------------------------------------------------------------------------


def questions(event: Event, *, archived: bool | None = False) -> list[Question]:
    """Return the questions in their order, in one statement; ``archived`` None returns both kinds."""
    query = sa.select(Question).where(Question.event_id == event.id)
    if archived is not None:
        query = query.where(Question.archived_at.is_not(None) if archived else Question.archived_at.is_(None))
    return sorted(session().scalars(query), key=lambda one: one.place)


def question(event: Event, question_id: int) -> Question:
    return get(Question, question_id, event_id=event.id)


def for_change(event: Event, question_id: int) -> Question:
    """Return the question, the event's list of questions locked; call it first in the transaction."""
    locked(Event, event.id)
    return locked(Question, question_id, event_id=event.id)


def answered(event: Event) -> dict[int, int]:
    """Return {question: how many answered it}, in one statement."""
    query = sa.select(Answer.question_id, sa.func.count()).where(Answer.event_id == event.id)
    return {row[0]: row[1] for row in session().execute(query.group_by(Answer.question_id))}


def is_answered(changed: Question) -> bool:
    return session().scalar(sa.select(Answer.id).where(Answer.question_id == changed.id).limit(1)) is not None


def sources(before: Iterable[Question], scope: str, stage: str, own: Question | None = None) -> list[Question]:
    """Return the questions on which one in this step may depend: closed ones that come before it."""
    found = []
    for one in before:
        comes_before = one.place < own.place if own and own.stage == stage else _step(one.stage) <= _step(stage)
        if one.kind in CLOSED and one.scope == scope and one is not own and comes_before:
            found.append(one)
    return found


def _step(stage: str) -> int:
    return list(Stage).index(Stage(stage))


# --- writing --------------------------------------------------------------------------------------------------------


def add(event: Event, kind: Kind, facts: Mapping[str, Any], *, by: Actor) -> Question:
    """Write a new question, the last of its step; ``facts`` are those of ``change``."""
    events.check_not_frozen(event)
    locked(Event, event.id)
    known = questions(event)
    if len(known) >= MOST:
        raise TooMany(most=MOST)
    new = Question(
        event_id=event.id,
        kind=kind,
        scope=Scope.PERSON,
        stage=Stage.CHOICES,
        position=1 + max((one.position for one in known), default=0),
        required=False,
        label=LocalizedText(),
        help=LocalizedText(),
        choices=[],
        wanted=[],
    )
    _apply(new, known, facts)
    check_order([*known, new])
    session().add(new)
    activity.record(by, ADDED, new)
    return new


def change(event: Event, changed: Question, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Change a question that ``for_change`` returned.

    ``changes`` may hold label, help ({language: text}), stage, scope, required, minimum, maximum (Decimal or None),
    condition (["<question>:<answer>", …]), and choice_<key> ({language: text}; empty: not offered any more; a key that
    is not known: a new choice).
    """
    events.check_not_frozen(event)
    with session().no_autoflush:
        known = questions(event)
        by_id = {one.id: one for one in known}
        before = (words.condition(changed, by_id), _named_choices(changed))
        if changes.get("scope", changed.scope) != changed.scope and is_answered(changed):
            raise Answered
        _apply(changed, known, changes)
        check_order(known)
        after = (words.condition(changed, by_id), _named_choices(changed))
    columns = activity.differences(changed)
    told = {name: pair for name, pair in columns.items() if name not in {"choices", "source_id", "wanted"}}
    for name, was, is_now in zip(("condition", "choices"), before, after, strict=True):
        if was != is_now:
            told[name] = [was, is_now]
    if told or columns:
        activity.record(by, CHANGED, changed, told)


def _named_choices(question: Question) -> list[str]:
    return [said for _key, said in words.options(question, kept=False)] if question.choices else []


def _apply(changed: Question, known: Sequence[Question], facts: Mapping[str, Any]) -> None:
    plain = {name: facts[name] for name in ("label", "help", "stage", "scope", "required") if name in facts}
    for name in ("minimum", "maximum"):
        if name in facts:
            plain[name] = None if facts[name] is None else format(facts[name], "f")
    events.apply(changed, plain)
    texts = {key.removeprefix("choice_"): text for key, text in facts.items() if key.startswith("choice_")}
    if texts:
        changed.choices = [choice.to_json() for choice in _rewritten(changed, known, texts)]
    if "condition" in facts:
        changed.source_id, changed.wanted = read_condition(facts["condition"])
    check_choices(changed)
    check_limits(changed)
    check_condition(changed, known)


def _rewritten(
    changed: Question, known: Sequence[Question], texts: Mapping[str, Mapping[str, str]]
) -> Iterable[Choice]:
    """Return the choices after a form; one that is emptied is kept as gone where somebody chose it, else forgotten."""
    old = {choice.key: choice for choice in changed.offered}
    used = _chosen(changed)
    for key, choice in old.items():
        text = texts.get(key)
        if text is None:
            yield choice
        elif any(text.values()):
            yield Choice(key, choice.label.rewritten(text))
        else:
            _check_not_wanted(changed, choice, known)
            if key in used:
                yield Choice(key, choice.label, gone=True)
    number = max((int(key[1:]) for key in old), default=0)
    for key in sorted(texts.keys() - old.keys()):
        if any(texts[key].values()):
            number += 1
            yield Choice(f"c{number}", LocalizedText().rewritten(texts[key]))


def _chosen(changed: Question) -> set[str]:
    if changed.id is None:
        return set()
    query = sa.select(Answer.key).where(Answer.question_id == changed.id).distinct()
    return {key for joined in session().scalars(query) for key in joined.split("|") if key}


def _check_not_wanted(changed: Question, choice: Choice, known: Sequence[Question]) -> None:
    for one in known:
        if one.source_id == changed.id and choice.key in one.wanted:
            raise NeededChoice(question=one.label.label(language()), choice=choice.label.label(language()))


def read_condition(pairs: Iterable[str]) -> tuple[int | None, list[str]]:
    """Return (question, answers wanted) from ["12:yes", …]; OneSourceOnly when they are answers of several."""
    split = [pair.partition(":")[::2] for pair in pairs]
    if len({source for source, _answer in split}) > 1:
        raise OneSourceOnly
    return (int(split[0][0]), [answer for _source, answer in split]) if split else (None, [])


def written_condition(question: Question) -> list[str]:
    """Return the condition as forms hold it: ["12:yes", …]."""
    return [f"{question.source_id}:{answer}" for answer in question.wanted] if question.source_id else []


def check_choices(changed: Question) -> None:
    if changed.kind not in {Kind.CHOICE, Kind.SEVERAL}:
        return
    offered = [choice for choice in changed.offered if not choice.gone]
    if len(offered) < 2:
        raise NoChoices
    if len(offered) > MOST_CHOICES:
        raise TooManyChoices(most=MOST_CHOICES)


def check_limits(changed: Question) -> None:
    if changed.minimum is not None and changed.maximum is not None:
        if Decimal(changed.maximum) < Decimal(changed.minimum):
            raise LimitsCrossed


def check_condition(changed: Question, known: Sequence[Question]) -> None:
    if changed.source_id is None:
        return
    source = next((one for one in known if one.id == changed.source_id), None)
    if source is None or source is changed or source.kind not in CLOSED or source.scope != changed.scope:
        raise NoSuchCondition


def check_order(known: Sequence[Question]) -> None:
    """Refuse that a question comes before the one it depends on, or is answered by others."""
    by_id = {one.id: one for one in known}
    for one in known:
        source = by_id.get(one.source_id or 0)
        if source is None:
            continue
        if source.place > one.place:
            raise BeforeItsSource(question=one.label.label(language()), source=source.label.label(language()))
        if source.scope != one.scope:
            raise NoSuchCondition


def move(event: Event, moved: Question, up: bool, *, by: Actor) -> bool:
    """Swap the question with its neighbour of the same step; False when it is the first or the last already."""
    events.check_not_frozen(event)
    known = questions(event)
    beside = [one for one in known if one.stage == moved.stage]
    at = beside.index(moved) + (-1 if up else 1)
    if not 0 <= at < len(beside):
        return False
    other = beside[at]
    with session().no_autoflush:
        moved.position, other.position = other.position, moved.position
        check_order(known)
    activity.record(by, MOVED, moved)
    return True


def set_archived(event: Event, changed: Question, archived: bool, *, by: Actor) -> None:
    """Ask the question no more, or again; its answers stay."""
    events.check_not_frozen(event)
    known = questions(event)
    if archived:
        check_not_needed(changed, known)
    else:
        if len(known) >= MOST:
            raise TooMany(most=MOST)
        if changed.source_id and changed.source_id not in {one.id for one in known}:
            raise NoSuchCondition
    changed.archived_at = clock.now() if archived else None
    activity.record(by, ARCHIVED if archived else RESTORED, changed)


def check_not_needed(changed: Question, known: Sequence[Question]) -> None:
    for one in known:
        if one.source_id == changed.id:
            raise Needed(question=one.label.label(language()))


def delete(event: Event, doomed: Question, *, by: Actor) -> None:
    """Delete a question that nobody answered."""
    events.check_not_frozen(event)
    if is_answered(doomed):
        raise AnsweredNotDeleted
    check_not_needed(doomed, questions(event, archived=None))
    activity.record(by, DELETED, doomed)
    session().delete(doomed)


def copy_to(source: Event, target: Event) -> None:
    """Copy the questions in use to another event, without answers."""
    copies: dict[int, Question] = {}
    for one in questions(source):
        copies[one.id] = Question(
            event_id=target.id,
            kind=one.kind,
            scope=one.scope,
            stage=one.stage,
            position=one.position,
            required=one.required,
            label=one.label,
            help=one.help,
            choices=[choice.to_json() for choice in one.offered if not choice.gone],
            minimum=one.minimum,
            maximum=one.maximum,
            wanted=list(one.wanted),
        )
        session().add(copies[one.id])
    session().flush()
    for one in questions(source):
        if one.source_id in copies:
            copies[one.id].source_id = copies[one.source_id].id
