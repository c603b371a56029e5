"""The personal data in answers: what people answered, files included. A delegation's own answers are about nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from eventhub.api import KeyDestroyed, OwnFile, Participant, PersonalData, _l, session

from . import files, words
from .models import Answer, Question


def export(ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return what people answered, in words; a file by its name."""
    query = (
        sa.select(Answer, Question)
        .join(Question, Answer.question_id == Question.id)
        .where(Answer.participant_id.in_(list(ids)))
        .order_by(Question.position, Question.id)
    )
    found: dict[int, dict[str, Any]] = {}
    for answer, question in session().execute(query):
        mine = found.setdefault(answer.participant_id or 0, {})
        label = words.name(question)
        mine[f"{label} ({question.id})" if label in mine else label] = words.answer(question, answer.value)
    return found


def erase(ids: Iterable[int]) -> None:
    """Remove what these people answered; their files follow once the transaction is committed."""
    mine = Answer.participant_id.in_(list(ids))
    files.forget(session().scalars(sa.select(Answer.value).where(mine)))
    session().execute(sa.delete(Answer).where(mine))


def holders(event_id: int) -> sa.Select[Any]:
    """Return the query of the ids of those who answered something."""
    return sa.select(Answer.participant_id).where(Answer.event_id == event_id, Answer.participant_id.is_not(None))


def own_files(participant_id: int) -> Iterable[OwnFile]:
    """Return the files that the person sent, for their archive; one that can be read no more is left out."""
    for answer in session().scalars(sa.select(Answer).where(Answer.participant_id == participant_id)):
        if isinstance(answer.value, dict):
            try:
                content = files.content(answer.event_id, answer.value)
            except (FileNotFoundError, KeyDestroyed):
                continue
            yield OwnFile(f"questions/{answer.question_id}-{answer.value['name']}", content)


def merge(kept: Participant, dropped: Participant) -> None:
    """Give the kept person the other's answers to what they have not answered themselves; forget the rest."""
    answered = set(session().scalars(sa.select(Answer.question_id).where(Answer.participant_id == kept.id)))
    session().execute(
        sa.update(Answer)
        .where(Answer.participant_id == dropped.id, Answer.question_id.not_in(answered))
        .values(participant_id=kept.id)
    )
    erase([dropped.id])


PERSONAL_DATA = (
    PersonalData(
        "questions.answers",
        _l("Answers to the organisers’ questions, files included"),
        _l("To prepare what each question says"),
        _l("Public interest mission (GDPR art. 6.1.e)"),
        90,
        export,
        erase,
        sealed=True,  # the files that people send
        holders=holders,
        files=own_files,
    ),
)
