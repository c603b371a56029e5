"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.api

revision = "catering_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catering_meal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("cutoff_n", sa.Integer(), nullable=True),
        sa.Column("cutoff_unit", sa.String(length=20), nullable=False),
        sa.Column("cutoff_hour", sa.Time(), nullable=True),
        sa.Column("max_decrease", sa.Integer(), nullable=True),
        sa.Column("max_increase", sa.Integer(), nullable=True),
        sa.Column("in_percent", sa.Boolean(), nullable=False),
        sa.Column("minimum_invoiced", sa.Integer(), nullable=True),
        sa.Column("archived_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_catering_meal_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_catering_meal_provider_id_provider"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["catering_meal.id"],
            name=op.f("fk_catering_meal_replaces_id_catering_meal"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catering_meal")),
    )
    with op.batch_alter_table("catering_meal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catering_meal_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catering_meal_provider_id"), ["provider_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catering_meal_replaces_id"), ["replaces_id"], unique=False)

    op.create_table(
        "catering_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("declared_at", eventhub.api.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_catering_need_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_catering_need_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catering_need")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_catering_need_participant_id")),
    )
    with op.batch_alter_table("catering_need", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catering_need_event_id"), ["event_id"], unique=False)

    op.create_table(
        "catering_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("meal_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", eventhub.api.UtcDateTime(), nullable=False),
        sa.Column("taken_by_kind", sa.String(length=10), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("cutoff_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("counts", eventhub.api.Json, nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_catering_snapshot_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["catering_snapshot.id"],
            name=op.f("fk_catering_snapshot_first_id_catering_snapshot"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meal_id"],
            ["catering_meal.id"],
            name=op.f("fk_catering_snapshot_meal_id_catering_meal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catering_snapshot")),
    )
    with op.batch_alter_table("catering_snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catering_snapshot_event_id"), ["event_id"], unique=False)
        batch_op.create_index("ix_catering_snapshot_meal_id_id", ["meal_id", "id"], unique=False)
        batch_op.create_index(
            "uq_catering_snapshot_first",
            ["meal_id"],
            unique=True,
            sqlite_where=sa.text("first_id IS NULL"),
            postgresql_where=sa.text("first_id IS NULL"),
        )

    op.create_table(
        "catering_meal_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("meal_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_catering_meal_item_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["programme_item.id"],
            name=op.f("fk_catering_meal_item_item_id_programme_item"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meal_id"],
            ["catering_meal.id"],
            name=op.f("fk_catering_meal_item_meal_id_catering_meal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catering_meal_item")),
        sa.UniqueConstraint("meal_id", "item_id", name=op.f("uq_catering_meal_item_meal_id")),
    )
    with op.batch_alter_table("catering_meal_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catering_meal_item_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catering_meal_item_item_id"), ["item_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("catering_meal_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catering_meal_item_item_id"))
        batch_op.drop_index(batch_op.f("ix_catering_meal_item_event_id"))

    op.drop_table("catering_meal_item")
    with op.batch_alter_table("catering_snapshot", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_catering_snapshot_first",
            sqlite_where=sa.text("first_id IS NULL"),
            postgresql_where=sa.text("first_id IS NULL"),
        )
        batch_op.drop_index("ix_catering_snapshot_meal_id_id")
        batch_op.drop_index(batch_op.f("ix_catering_snapshot_event_id"))

    op.drop_table("catering_snapshot")
    with op.batch_alter_table("catering_need", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catering_need_event_id"))

    op.drop_table("catering_need")
    with op.batch_alter_table("catering_meal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catering_meal_replaces_id"))
        batch_op.drop_index(batch_op.f("ix_catering_meal_provider_id"))
        batch_op.drop_index(batch_op.f("ix_catering_meal_event_id"))

    op.drop_table("catering_meal")
