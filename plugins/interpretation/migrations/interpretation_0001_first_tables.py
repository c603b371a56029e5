"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.api

revision = "interpretation_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interpretation_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("reserve_percent", sa.Integer(), nullable=False),
        sa.Column("first_pack_days", sa.Integer(), nullable=False),
        sa.Column("final_pack_days", sa.Integer(), nullable=False),
        sa.Column("first_pack_sent_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.Column("final_pack_sent_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_interpretation_settings_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretation_settings")),
        sa.UniqueConstraint("event_id", name=op.f("uq_interpretation_settings_event_id")),
    )
    op.create_table(
        "interpretation_interpreter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("a_languages", eventhub.api.Json, nullable=False),
        sa.Column("b_languages", eventhub.api.Json, nullable=False),
        sa.Column("c_languages", eventhub.api.Json, nullable=False),
        sa.Column("domicile", sa.String(length=200), nullable=False),
        sa.Column("day_rate", sa.Integer(), nullable=True),
        sa.Column("archived_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_interpretation_interpreter_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["provider.id"],
            name=op.f("fk_interpretation_interpreter_provider_id_provider"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretation_interpreter")),
    )
    with op.batch_alter_table("interpretation_interpreter", schema=None) as batch_op:
        batch_op.create_index("ix_interpretation_interpreter_event_id_sort_key", ["event_id", "sort_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_interpretation_interpreter_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "interpretation_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("interpreter_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("booth", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_interpretation_assignment_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["interpreter_id"],
            ["interpretation_interpreter.id"],
            name=op.f("fk_interpretation_assignment_interpreter_id_interpretation_interpreter"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["programme_item.id"],
            name=op.f("fk_interpretation_assignment_item_id_programme_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretation_assignment")),
        sa.UniqueConstraint("interpreter_id", "item_id", name=op.f("uq_interpretation_assignment_interpreter_id")),
    )
    with op.batch_alter_table("interpretation_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interpretation_assignment_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interpretation_assignment_item_id"), ["item_id"], unique=False)

    op.create_table(
        "interpretation_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("asked_on", eventhub.api.Json, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("received_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.Column("archived_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegation.id"],
            name=op.f("fk_interpretation_document_delegation_id_delegation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_interpretation_document_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["programme_item.id"],
            name=op.f("fk_interpretation_document_item_id_programme_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretation_document")),
    )
    with op.batch_alter_table("interpretation_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interpretation_document_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interpretation_document_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interpretation_document_item_id"), ["item_id"], unique=False)

    op.create_table(
        "interpretation_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("from_language", sa.String(length=12), nullable=False),
        sa.Column("to_language", sa.String(length=12), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("listeners", sa.Integer(), nullable=True),
        sa.Column("booth", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("archived_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_interpretation_need_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["programme_item.id"],
            name=op.f("fk_interpretation_need_item_id_programme_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpretation_need")),
        sa.UniqueConstraint("item_id", "from_language", "to_language", name=op.f("uq_interpretation_need_item_id")),
    )
    with op.batch_alter_table("interpretation_need", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interpretation_need_event_id"), ["event_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("interpretation_need", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interpretation_need_event_id"))

    op.drop_table("interpretation_need")
    with op.batch_alter_table("interpretation_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interpretation_document_item_id"))
        batch_op.drop_index(batch_op.f("ix_interpretation_document_event_id"))
        batch_op.drop_index(batch_op.f("ix_interpretation_document_delegation_id"))

    op.drop_table("interpretation_document")
    with op.batch_alter_table("interpretation_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interpretation_assignment_item_id"))
        batch_op.drop_index(batch_op.f("ix_interpretation_assignment_event_id"))

    op.drop_table("interpretation_assignment")
    with op.batch_alter_table("interpretation_interpreter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interpretation_interpreter_provider_id"))
        batch_op.drop_index("ix_interpretation_interpreter_event_id_sort_key")

    op.drop_table("interpretation_interpreter")
    op.drop_table("interpretation_settings")
