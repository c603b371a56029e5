"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.api

revision = "field_visits_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "field_visits_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("plan", eventhub.api.Json, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("computed_at", eventhub.api.UtcDateTime(), nullable=False),
        sa.Column("published_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_field_visits_run_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_visits_run")),
    )
    with op.batch_alter_table("field_visits_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_visits_run_event_id"), ["event_id"], unique=False)

    op.create_table(
        "field_visits_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("per_delegation", sa.Integer(), nullable=True),
        sa.Column("wishes_asked", sa.Integer(), nullable=False),
        sa.Column("wishes_close_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.CheckConstraint("per_delegation >= 1", name=op.f("ck_field_visits_settings_per_delegation_from_one")),
        sa.CheckConstraint("wishes_asked BETWEEN 1 AND 10", name=op.f("ck_field_visits_settings_wishes_asked")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_field_visits_settings_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_visits_settings")),
        sa.UniqueConstraint("event_id", name=op.f("uq_field_visits_settings_event_id")),
    )
    op.create_table(
        "field_visits_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", eventhub.api.LocalizedType(), nullable=False),
        sa.Column("description", eventhub.api.LocalizedType(), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("guide_id", sa.Integer(), nullable=True),
        sa.Column("meeting_point", eventhub.api.LocalizedType(), nullable=False),
        sa.Column("way_there", sa.String(length=12), nullable=False),
        sa.Column("languages", eventhub.api.Json, nullable=False),
        sa.Column("walking_level", sa.Integer(), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("packed_lunch", sa.Boolean(), nullable=False),
        sa.Column("archived_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.CheckConstraint("walking_level BETWEEN 1 AND 3", name=op.f("ck_field_visits_visit_walking_level")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_field_visits_visit_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["guide_id"], ["provider.id"], name=op.f("fk_field_visits_visit_guide_id_provider"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_visits_visit")),
    )
    with op.batch_alter_table("field_visits_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_visits_visit_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_field_visits_visit_guide_id"), ["guide_id"], unique=False)

    op.create_table(
        "field_visits_abstention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_field_visits_abstention_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_field_visits_abstention_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_visits_abstention")),
        sa.UniqueConstraint("participant_id", "wave", name=op.f("uq_field_visits_abstention_participant_id")),
    )
    with op.batch_alter_table("field_visits_abstention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_visits_abstention_event_id"), ["event_id"], unique=False)

    op.create_table(
        "field_visits_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("places_used", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "minimum >= 0 AND minimum <= maximum", name=op.f("ck_field_visits_slot_minimum_within_maximum")
        ),
        sa.CheckConstraint("places_used <= maximum", name=op.f("ck_field_visits_slot_places_within_maximum")),
        sa.CheckConstraint("places_used >= 0", name=op.f("ck_field_visits_slot_places_not_negative")),
        sa.CheckConstraint("wave >= 1", name=op.f("ck_field_visits_slot_wave_from_one")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_field_visits_slot_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["programme_item.id"],
            name=op.f("fk_field_visits_slot_item_id_programme_item"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["field_visits_visit.id"],
            name=op.f("fk_field_visits_slot_visit_id_field_visits_visit"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_visits_slot")),
        sa.UniqueConstraint("item_id", name=op.f("uq_field_visits_slot_item_id")),
    )
    with op.batch_alter_table("field_visits_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_visits_slot_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_field_visits_slot_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "field_visits_allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("placed_at", eventhub.api.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_field_visits_allocation_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_field_visits_allocation_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["field_visits_run.id"],
            name=op.f("fk_field_visits_allocation_run_id_field_visits_run"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["field_visits_slot.id"],
            name=op.f("fk_field_visits_allocation_slot_id_field_visits_slot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_visits_allocation")),
        sa.UniqueConstraint("participant_id", "wave", name=op.f("uq_field_visits_allocation_participant_id")),
    )
    with op.batch_alter_table("field_visits_allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_visits_allocation_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_field_visits_allocation_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "field_visits_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_field_visits_wish_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_field_visits_wish_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["field_visits_slot.id"],
            name=op.f("fk_field_visits_wish_slot_id_field_visits_slot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_visits_wish")),
        sa.UniqueConstraint("participant_id", "wave", "rank", name=op.f("uq_field_visits_wish_participant_id")),
        sa.UniqueConstraint("slot_id", "participant_id", name=op.f("uq_field_visits_wish_slot_id")),
    )
    with op.batch_alter_table("field_visits_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_visits_wish_event_id"), ["event_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("field_visits_wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_visits_wish_event_id"))

    op.drop_table("field_visits_wish")
    with op.batch_alter_table("field_visits_allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_visits_allocation_slot_id"))
        batch_op.drop_index(batch_op.f("ix_field_visits_allocation_event_id"))

    op.drop_table("field_visits_allocation")
    with op.batch_alter_table("field_visits_slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_visits_slot_visit_id"))
        batch_op.drop_index(batch_op.f("ix_field_visits_slot_event_id"))

    op.drop_table("field_visits_slot")
    with op.batch_alter_table("field_visits_abstention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_visits_abstention_event_id"))

    op.drop_table("field_visits_abstention")
    with op.batch_alter_table("field_visits_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_visits_visit_guide_id"))
        batch_op.drop_index(batch_op.f("ix_field_visits_visit_event_id"))

    op.drop_table("field_visits_visit")
    op.drop_table("field_visits_settings")
    with op.batch_alter_table("field_visits_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_visits_run_event_id"))

    op.drop_table("field_visits_run")
