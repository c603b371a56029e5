"""Rosters from spreadsheets"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.db

revision = "core_0013"
down_revision = "core_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", eventhub.db.UtcDateTime(), nullable=False),
        sa.Column("expires_at", eventhub.db.UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("columns", eventhub.db.Json, nullable=False),
        sa.Column("samples", eventhub.db.Json, nullable=False),
        sa.Column("heading_line", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("raise_quota", sa.Boolean(), nullable=False),
        sa.Column("fill_down", sa.Boolean(), nullable=False),
        sa.Column("counts", eventhub.db.Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("planned_again", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_roster_import_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_import_event_id"), ["event_id"], unique=False)
        batch_op.create_index("ix_roster_import_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "roster_chunk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["roster_import.id"],
            name=op.f("fk_roster_chunk_import_id_roster_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_chunk")),
    )
    with op.batch_alter_table("roster_chunk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_chunk_import_id"), ["import_id"], unique=False)

    op.create_table(
        "roster_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(length=20), nullable=False),
        sa.Column("delegation", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("remarked", sa.Boolean(), nullable=False),
        sa.Column("told", eventhub.db.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roster_import.id"], name=op.f("fk_roster_row_import_id_roster_import"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_row")),
    )
    with op.batch_alter_table("roster_row", schema=None) as batch_op:
        batch_op.create_index("ix_roster_row_import_id_fate", ["import_id", "fate"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("roster_row", schema=None) as batch_op:
        batch_op.drop_index("ix_roster_row_import_id_fate")

    op.drop_table("roster_row")
    with op.batch_alter_table("roster_chunk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_chunk_import_id"))

    op.drop_table("roster_chunk")
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.drop_index("ix_roster_import_expires_at")
        batch_op.drop_index(batch_op.f("ix_roster_import_event_id"))

    op.drop_table("roster_import")
