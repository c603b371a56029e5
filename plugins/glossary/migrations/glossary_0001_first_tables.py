"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import eventhub.api

revision = "glossary_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "glossary_ignored",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("acronym", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_glossary_ignored_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glossary_ignored")),
        sa.UniqueConstraint("event_id", "acronym", name=op.f("uq_glossary_ignored_event_id")),
    )
    op.create_table(
        "glossary_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("term", eventhub.api.LocalizedType(), nullable=False),
        sa.Column("definition", eventhub.api.LocalizedType(), nullable=False),
        sa.Column("domain", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("is_acronym", sa.Boolean(), nullable=False),
        sa.Column("sort_key", sa.String(length=250), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("written_in", sa.String(length=200), nullable=False),
        sa.Column("archived_at", eventhub.api.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_glossary_term_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glossary_term")),
    )
    with op.batch_alter_table("glossary_term", schema=None) as batch_op:
        batch_op.create_index("ix_glossary_term_event_id_sort_key", ["event_id", "sort_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("glossary_term", schema=None) as batch_op:
        batch_op.drop_index("ix_glossary_term_event_id_sort_key")

    op.drop_table("glossary_term")
    op.drop_table("glossary_ignored")
