"""Mailings, and what became of each mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.db

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("to", sa.String(length=8), nullable=False),
        sa.Column("subject", eventhub.db.LocalizedType(), nullable=False),
        sa.Column("body", eventhub.db.LocalizedType(), nullable=False),
        sa.Column("filters", eventhub.db.Json, nullable=False),
        sa.Column("quiet_hours", sa.Integer(), nullable=False),
        sa.Column("other_language", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", eventhub.db.UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", eventhub.db.UtcDateTime(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_ids", eventhub.db.Json, nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_mailing_event_id_event"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.create_index("ix_mailing_event_id_id", ["event_id", "id"], unique=False)

    # what is there gets the empty text, then the default goes: the application always writes one
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail_sender", sa.String(length=200), nullable=False, server_default=""))
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.alter_column("mail_sender", existing_type=sa.String(length=200), server_default=None)

    with op.batch_alter_table("mail_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mailing_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sender", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("more_links", eventhub.db.Json, nullable=True))
        batch_op.add_column(sa.Column("code", sa.String(length=12), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("answer", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("bounced_at", eventhub.db.UtcDateTime(), nullable=True))
    with op.batch_alter_table("mail_message", schema=None) as batch_op:
        for name, length in (("sender", 200), ("code", 12), ("answer", 300)):
            batch_op.alter_column(name, existing_type=sa.String(length=length), server_default=None)
        batch_op.create_index("ix_mail_message_event_id_state", ["event_id", "state"], unique=False)
        batch_op.create_index("ix_mail_message_mailing_id", ["mailing_id"], unique=False)
        batch_op.create_index("ix_mail_message_subject", ["subject_kind", "subject_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_mail_message_mailing_id_mailing"), "mailing", ["mailing_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("mail_message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_mail_message_mailing_id_mailing"), type_="foreignkey")
        batch_op.drop_index("ix_mail_message_subject")
        batch_op.drop_index("ix_mail_message_mailing_id")
        batch_op.drop_index("ix_mail_message_event_id_state")
        batch_op.drop_column("bounced_at")
        batch_op.drop_column("answer")
        batch_op.drop_column("code")
        batch_op.drop_column("more_links")
        batch_op.drop_column("sender")
        batch_op.drop_column("mailing_id")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("mail_sender")

    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.drop_index("ix_mailing_event_id_id")

    op.drop_table("mailing")
