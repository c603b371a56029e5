"""An event with questions, and short ways to ask and to read answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

import plugins.questions
from eventhub.db import db, session
from eventhub.delegations.models import Delegation, Participant
from eventhub.testing import World, make_app
from plugins.questions import domain
from plugins.questions.models import Answer, Kind, Question


@pytest.fixture
def app(engine_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A site with questions alone."""
    made = make_app(engine_url, tmp_path, plugins=[plugins.questions], PROPAGATE_EXCEPTIONS=True)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@dataclass
class Asking:
    """Short ways to write questions, inside ``world.writing()``, and to read what is stored."""

    world: World

    def add(self, kind: str = "text", label: str = "A question", *, english: bool = True, **facts: Any) -> Question:
        given: dict[str, Any] = {"label": {"fr": f"{label} (fr)", "en": label if english else ""}, "stage": "choices"}
        choices = facts.pop("choices", ("Small", "Large") if kind in {"choice", "several"} else ())
        given |= {f"choice_new{n:02}": {"fr": f"{text} (fr)", "en": text} for n, text in enumerate(choices, start=1)}
        return domain.add(self.world.event, Kind(kind), given | facts, by=self.world.by)

    def answers(self, subject: Participant | Delegation) -> dict[str, Any]:
        """Return {question: what is stored} of a person or a delegation."""
        session().rollback()
        session().expire_all()
        column = Answer.participant_id if isinstance(subject, Participant) else Answer.delegation_id
        query = sa.select(Question.label, Answer.value).join(Question, Answer.question_id == Question.id)
        return {label.text("en"): value for label, value in session().execute(query.where(column == subject.id))}


@pytest.fixture
def asking(world: World) -> Asking:
    return Asking(world)
