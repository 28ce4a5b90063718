"""The states last seen, and the outbox of alerts about their changes.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables. Nothing of them is sealed: they follow from what is, and must be erasable."""
    op.create_table(
        "alert_states",
        sa.Column("system", sa.String, primary_key=True),
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
    )
    op.create_table(
        "alert_outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("direction", sa.String, nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
        sa.Column("found_at", sa.String, nullable=False),
        sa.Column("due_at", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("problem", sa.String),
    )
    op.create_index("ix_alert_outbox_channel_state", "alert_outbox", ["channel", "state"])
