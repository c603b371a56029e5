"""The questions of an event and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import Json, LocalizedText, Model

from .conditions import Asked


class Kind(StrEnum):
    """What an answer is."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    SEVERAL = "several"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    FILE = "file"


# Kinds whose answers are counted, filtered one by one, and may decide whether another question is asked
CLOSED = frozenset({Kind.CHOICE, Kind.SEVERAL, Kind.YES_NO})


class Scope(StrEnum):
    """Who answers: each participant, or the head once for the delegation."""

    PERSON = "person"
    DELEGATION = "delegation"


class Stage(StrEnum):
    """The step of the registration in which a question stands, in the order of the steps."""

    PEOPLE = "people"
    TRAVEL = "travel"
    NEEDS = "needs"
    CHOICES = "choices"


STAGES = tuple(Stage)


@dataclass(frozen=True)
class Choice:
    """One answer to choose from; one that is ``gone`` is offered no more, and kept by those who chose it."""

    key: str
    label: LocalizedText
    gone: bool = False

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Choice:
        return cls(value["key"], LocalizedText.from_json(value["label"]), value["gone"])

    def to_json(self) -> dict[str, Any]:
        return {"key": self.key, "label": self.label.to_json(), "gone": self.gone}


class Question(Model):
    """A question; asked where the answer to question ``source_id`` is one of ``wanted``, or always without a source.

    ``minimum`` and ``maximum`` bound a number, as decimal text. ``choices`` are Choice as JSON, in their order.
    """

    __tablename__ = "questions_question"
    __table_args__ = (sa.Index("ix_questions_question_event_id_position", "event_id", "position"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    scope: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=Scope.PERSON)
    stage: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=Stage.CHOICES)
    position: orm.Mapped[int]
    required: orm.Mapped[bool] = orm.mapped_column(default=False)
    label: orm.Mapped[LocalizedText]
    help: orm.Mapped[LocalizedText]
    choices: orm.Mapped[list[dict[str, Any]]] = orm.mapped_column(Json, default=list)
    minimum: orm.Mapped[str | None] = orm.mapped_column(sa.String(40))
    maximum: orm.Mapped[str | None] = orm.mapped_column(sa.String(40))
    source_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("questions_question.id", ondelete="SET NULL"))
    wanted: orm.Mapped[list[str]] = orm.mapped_column(Json, default=list)
    archived_at: orm.Mapped[datetime | None]

    @property
    def offered(self) -> list[Choice]:
        """Return every choice that the question ever kept, in order."""
        return [Choice.from_json(value) for value in self.choices]

    @property
    def asked(self) -> Asked:
        """Return what its condition needs."""
        return Asked(self.id, self.source_id, frozenset(self.wanted))

    @property
    def place(self) -> tuple[int, int, int]:
        """Return what questions are sorted by: the steps in their order, then the organisers' order."""
        return STAGES.index(Stage(self.stage)), self.position, self.id


class Answer(Model):
    """What somebody, or a delegation, answered.

    ``value`` is text, a list of the keys chosen, or what is known of a file; ``key`` is what filters and counts read:
    "|c1|c2|" for choices, and without accents or case for what was typed.
    """

    __tablename__ = "questions_answer"
    __table_args__ = (
        sa.UniqueConstraint("participant_id", "question_id"),
        sa.UniqueConstraint("delegation_id", "question_id"),
        sa.CheckConstraint("(participant_id IS NULL) <> (delegation_id IS NULL)", name="of_one"),
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    question_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("questions_question.id", ondelete="CASCADE"), index=True
    )
    participant_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("participant.id", ondelete="CASCADE"))
    delegation_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("delegation.id", ondelete="CASCADE"))
    value: orm.Mapped[Any] = orm.mapped_column(Json, nullable=False)
    key: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    answered_at: orm.Mapped[datetime]
