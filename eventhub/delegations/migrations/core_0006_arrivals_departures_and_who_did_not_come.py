"""Arrivals, departures and who did not come"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.db

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("delegation", "participant"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("state_before", sa.String(length=20), nullable=False, server_default=""))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("state_before", server_default=None)
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("arrived_at", eventhub.db.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("departed_at", eventhub.db.UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_column("departed_at")
        batch_op.drop_column("arrived_at")
    for table in ("participant", "delegation"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("state_before")
