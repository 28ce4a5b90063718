"""What people state: attestations, cases, findings of authorities, recommendations, adoptions.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table, and refuse that its rows are changed or deleted."""
    op.create_table(
        "records",
        sa.Column("entry", sa.Integer, sa.ForeignKey("entries.position"), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("system", sa.String),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("document_sha256", sa.String(64), nullable=False),
        sa.UniqueConstraint("document_sha256", name="uq_records_document_sha256"),
    )
    op.create_index("ix_records_kind_system", "records", ["kind", "system"])
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER records_no_{act.lower()} BEFORE {act} ON records "
            f"BEGIN SELECT RAISE(ABORT, 'what the ledger has sealed is never changed: add a new record'); END"
        )
