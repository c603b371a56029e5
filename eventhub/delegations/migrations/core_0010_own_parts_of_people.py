"""Own parts of people"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.db

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("own_saved_at", eventhub.db.UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_column("own_saved_at")
