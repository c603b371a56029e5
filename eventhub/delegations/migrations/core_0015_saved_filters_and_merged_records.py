"""Saved filters, and records merged into another"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.db

revision = "core_0015"
down_revision = "core_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", eventhub.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_saved_filter_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name=op.f("fk_saved_filter_user_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    with op.batch_alter_table("saved_filter", schema=None) as batch_op:
        batch_op.create_index("ix_saved_filter_event_id_list", ["event_id", "list"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_filter_user_id"), ["user_id"], unique=False)
    for table in ("delegation", "participant"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_merged_into_id_{table}"), table, ["merged_into_id"], ["id"], ondelete="SET NULL"
            )


def downgrade() -> None:
    for table in ("participant", "delegation"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_merged_into_id_{table}"), type_="foreignkey")
            batch_op.drop_column("merged_into_id")
    op.drop_table("saved_filter")
