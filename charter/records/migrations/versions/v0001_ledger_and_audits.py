"""The ledger, the charter versions and the audits.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SEALED_TABLES = ("entries", "charter_versions", "audits")


def upgrade() -> None:
    """Create the tables, and refuse that their rows are changed or deleted."""
    op.create_table(
        "entries",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("time", sa.String, nullable=False),
        sa.Column("leaf_hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "charter_versions",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("document", sa.Text),
        sa.Column("first_used_at", sa.String, nullable=False),
        sa.Column("entry", sa.Integer, sa.ForeignKey("entries.position"), nullable=False),
        sa.UniqueConstraint("entry", name="uq_charter_versions_entry"),
    )
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("window_start", sa.String, nullable=False),
        sa.Column("window_end", sa.String, nullable=False),
        sa.Column("charter_sha256", sa.String, sa.ForeignKey("charter_versions.sha256"), nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("document_sha256", sa.String(64), nullable=False),
        sa.Column("entry", sa.Integer, sa.ForeignKey("entries.position"), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.UniqueConstraint("document_sha256", name="uq_audits_document_sha256"),
        sa.UniqueConstraint("entry", name="uq_audits_entry"),
    )
    op.create_index("ix_audits_system_window_end_entry", "audits", ["system", "window_end", "entry"])
    for table in SEALED_TABLES:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'what the ledger has sealed is never changed: add a new record'); END"
            )
