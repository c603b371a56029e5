"""Deadlines of stages, and who pays a journey"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.db

revision = "core_0009"
down_revision = "core_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage_deadlines", eventhub.db.Json, nullable=False, server_default="{}"))
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.alter_column("stage_deadlines", server_default=None)
    with op.batch_alter_table("participant", schema=None) as batch_op:
        for name in ("fare_paid_by", "fare_state"):
            batch_op.add_column(sa.Column(name, sa.String(length=12), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("fare_claimed", sa.Integer(), nullable=True))
    with op.batch_alter_table("participant", schema=None) as batch_op:
        for name in ("fare_paid_by", "fare_state"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("participant", schema=None) as batch_op:
        for name in ("fare_claimed", "fare_state", "fare_paid_by"):
            batch_op.drop_column(name)
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("stage_deadlines")
