"""What was told to whom when a verdict or a drift status changed, and what still waits to be sent.

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
        "alert_systems",
        sa.Column("system", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("seen_until", sa.Integer, nullable=False),
        sa.Column("audit", sa.Integer),
        sa.Column("charter", sa.String, nullable=False),
    )
    op.create_table(
        "alert_states",
        sa.Column("system", sa.String, primary_key=True),
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("since", sa.String, nullable=False),
        sa.Column("window_end", sa.String, nullable=False),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("before", sa.String),
        sa.Column("after", sa.String, nullable=False),
        sa.Column("direction", sa.String, nullable=False),
        sa.Column("detected_at", sa.String, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.UniqueConstraint("key", name="uq_alerts_key"),
    )
    op.create_table(
        "alert_messages",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("due_at", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("try_at", sa.String, nullable=False),
        sa.Column("lease", sa.String),
        sa.Column("lease_until", sa.String),
        sa.Column("problem", sa.String),
        sa.Column("accepted", sa.Text, nullable=False),
        sa.Column("ended_at", sa.String),
    )
    op.create_index("ix_alert_messages_state_due_at", "alert_messages", ["state", "due_at"])
    op.create_table(
        "alert_items",
        sa.Column("message", sa.String(32), sa.ForeignKey("alert_messages.id"), primary_key=True),
        sa.Column("alert", sa.Integer, sa.ForeignKey("alerts.id"), primary_key=True),
    )
