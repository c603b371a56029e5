"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.api

revision = "questions_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questions_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("label", eventhub.api.LocalizedType(), nullable=False),
        sa.Column("help", eventhub.api.LocalizedType(), nullable=False),
        sa.Column("choices", eventhub.api.Json, nullable=False),
        sa.Column("minimum", sa.String(length=40), nullable=True),
        sa.Column("maximum", sa.String(length=40), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("wanted", eventhub.api.Json, nullable=False),
        sa.Column("archived_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_questions_question_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["questions_question.id"],
            name=op.f("fk_questions_question_source_id_questions_question"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions_question")),
    )
    with op.batch_alter_table("questions_question", schema=None) as batch_op:
        batch_op.create_index("ix_questions_question_event_id_position", ["event_id", "position"], unique=False)

    op.create_table(
        "questions_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("value", eventhub.api.Json, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("answered_at", eventhub.api.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(participant_id IS NULL) <> (delegation_id IS NULL)", name=op.f("ck_questions_answer_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegation.id"],
            name=op.f("fk_questions_answer_delegation_id_delegation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_questions_answer_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_questions_answer_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions_question.id"],
            name=op.f("fk_questions_answer_question_id_questions_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions_answer")),
        sa.UniqueConstraint("delegation_id", "question_id", name=op.f("uq_questions_answer_delegation_id")),
        sa.UniqueConstraint("participant_id", "question_id", name=op.f("uq_questions_answer_participant_id")),
    )
    with op.batch_alter_table("questions_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_answer_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_questions_answer_question_id"), ["question_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("questions_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_answer_question_id"))
        batch_op.drop_index(batch_op.f("ix_questions_answer_event_id"))

    op.drop_table("questions_answer")
    with op.batch_alter_table("questions_question", schema=None) as batch_op:
        batch_op.drop_index("ix_questions_question_event_id_position")

    op.drop_table("questions_question")
