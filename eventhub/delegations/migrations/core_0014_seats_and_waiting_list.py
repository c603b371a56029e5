"""Seats by kind, open registration, and requests for seats"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.db

revision = "core_0014"
down_revision = "core_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("kinds", eventhub.db.Json, nullable=False),
        sa.Column("opens_at", eventhub.db.UtcDateTime(), nullable=True),
        sa.Column("closes_at", eventhub.db.UtcDateTime(), nullable=True),
        sa.Column("seats_each", sa.Integer(), nullable=False),
        sa.Column("offer_hours", sa.Integer(), nullable=False),
        sa.Column("patience_hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_open_registration_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_registration")),
        sa.UniqueConstraint("event_id", name=op.f("uq_open_registration_event_id")),
    )
    op.create_table(
        "seat_counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.CheckConstraint("offered >= 0", name=op.f("ck_seat_counter_offered_not_negative")),
        sa.CheckConstraint("used + offered <= capacity", name=op.f("ck_seat_counter_within_capacity")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_seat_counter_used_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_seat_counter_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_counter")),
        sa.UniqueConstraint("event_id", "kind", name=op.f("uq_seat_counter_event_id")),
    )
    op.create_table(
        "seat_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.String(length=200), nullable=False),
        sa.Column("city", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_language", sa.String(length=12), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("accepts_fewer", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("offered_seats", sa.Integer(), nullable=False),
        sa.Column("asked_at", eventhub.db.UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", eventhub.db.UtcDateTime(), nullable=True),
        sa.Column("passed_since", eventhub.db.UtcDateTime(), nullable=True),
        sa.Column("offer_expires_at", eventhub.db.UtcDateTime(), nullable=True),
        sa.Column("closed_at", eventhub.db.UtcDateTime(), nullable=True),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'offered') = (offered_seats > 0)", name=op.f("ck_seat_request_offer_has_seats")),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegation.id"],
            name=op.f("fk_seat_request_delegation_id_delegation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_seat_request_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_request")),
    )
    with op.batch_alter_table("seat_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_request_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_index("ix_seat_request_event_id_contact_email", ["event_id", "contact_email"], unique=False)
        batch_op.create_index("ix_seat_request_event_id_sort_key", ["event_id", "sort_key"], unique=False)
        batch_op.create_index("ix_seat_request_event_id_state_place", ["event_id", "state", "place"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("seat_request", schema=None) as batch_op:
        batch_op.drop_index("ix_seat_request_event_id_state_place")
        batch_op.drop_index("ix_seat_request_event_id_sort_key")
        batch_op.drop_index("ix_seat_request_event_id_contact_email")
        batch_op.drop_index(batch_op.f("ix_seat_request_delegation_id"))

    op.drop_table("seat_request")
    op.drop_table("seat_counter")
    op.drop_table("open_registration")
