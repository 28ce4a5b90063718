"""Comments in the margin of drafts and of answers, which members write to one another.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table. Nothing of it is sealed: comments are changed, withdrawn, and erased with their draft."""
    op.create_table(
        "margin_notes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("committee", sa.String, nullable=False),
        sa.Column("draft", sa.Integer, sa.ForeignKey("drafts.id")),
        sa.Column("version", sa.Integer),
        sa.Column("part", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("system", sa.String),
        sa.Column("question", sa.String),
        sa.Column("audit", sa.Integer),
        sa.Column("lang", sa.String, nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("reply_to", sa.Integer, sa.ForeignKey("margin_notes.id")),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("written_at", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
        sa.Column("settled_by", sa.String),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
    )
    op.create_index("ix_margin_notes_draft", "margin_notes", ["draft"])
    op.create_index("ix_margin_notes_committee_system_question", "margin_notes", ["committee", "system", "question"])
