"""What a committee keeps beside its sealed acts: names, drafts, and the ballots of votes that are not over.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables. Nothing of them is sealed, so their rows may change."""
    op.create_table(
        "people",
        sa.Column("member", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("contact", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("committee", sa.String, nullable=False),
        sa.Column("about", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sealed_as", sa.Integer),
        sa.Column("writer", sa.String),
        sa.Column("writing_since", sa.String),
    )
    op.create_table(
        "draft_texts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("draft", sa.Integer, sa.ForeignKey("drafts.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("saved_at", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("draft", "version", name="uq_draft_texts_draft_version"),
    )
    op.create_table(
        "draft_comments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("draft", sa.Integer, sa.ForeignKey("drafts.id"), nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("written_at", sa.String, nullable=False),
    )
    op.create_index("ix_draft_comments_draft", "draft_comments", ["draft"])
    op.create_table(
        "ballot_boxes",
        sa.Column("vote", sa.Integer, sa.ForeignKey("entries.position"), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("ballots", sa.LargeBinary, nullable=False),
    )
