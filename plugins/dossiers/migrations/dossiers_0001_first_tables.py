"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.api

revision = "dossiers_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossiers_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("published_at", eventhub.api.UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("gaps", eventhub.api.Json, nullable=False),
        sa.Column("waiver", sa.String(length=500), nullable=False),
        sa.Column("replaced", eventhub.api.Json, nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("html_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("content", eventhub.api.Json, nullable=False),
        sa.Column("html", sa.LargeBinary(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_dossiers_edition_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_dossiers_edition_published_by_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_edition")),
        sa.UniqueConstraint("event_id", "kind", "number", "language", name=op.f("uq_dossiers_edition_event_id")),
        sa.UniqueConstraint("job_id", "language", name=op.f("uq_dossiers_edition_job_id")),
    )
    with op.batch_alter_table("dossiers_edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossiers_edition_event_id"), ["event_id"], unique=False)

    op.create_table(
        "dossiers_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("first_days", sa.Integer(), nullable=False),
        sa.Column("final_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_dossiers_plan_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_plan")),
    )
    with op.batch_alter_table("dossiers_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossiers_plan_event_id"), ["event_id"], unique=True)

    op.create_table(
        "dossiers_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", eventhub.api.LocalizedType(), nullable=False),
        sa.Column("text", eventhub.api.LocalizedType(), nullable=False),
        sa.Column("kinds", eventhub.api.Json, nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_dossiers_section_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_section")),
    )
    with op.batch_alter_table("dossiers_section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossiers_section_event_id"), ["event_id"], unique=False)

    op.create_table(
        "dossiers_personal_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("made_at", eventhub.api.UtcDateTime(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_dossiers_personal_copy_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_dossiers_personal_copy_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers_personal_copy")),
        sa.UniqueConstraint("event_id", "participant_id", name=op.f("uq_dossiers_personal_copy_event_id")),
    )
    with op.batch_alter_table("dossiers_personal_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossiers_personal_copy_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_personal_copy_participant_id"), ["participant_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("dossiers_personal_copy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossiers_personal_copy_participant_id"))
        batch_op.drop_index(batch_op.f("ix_dossiers_personal_copy_event_id"))

    op.drop_table("dossiers_personal_copy")
    with op.batch_alter_table("dossiers_section", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossiers_section_event_id"))

    op.drop_table("dossiers_section")
    with op.batch_alter_table("dossiers_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossiers_plan_event_id"))

    op.drop_table("dossiers_plan")
    with op.batch_alter_table("dossiers_edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dossiers_edition_event_id"))

    op.drop_table("dossiers_edition")
