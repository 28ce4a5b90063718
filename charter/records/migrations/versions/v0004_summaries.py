"""What each audit document says, in short: pages and replays need not read whole documents.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from boussole.charter.records.summary_row import summary_row

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table, fill it from the documents there are, and refuse that its rows are changed or deleted."""
    summaries = op.create_table(
        "summaries",
        sa.Column("entry", sa.Integer, sa.ForeignKey("audits.entry"), primary_key=True, autoincrement=False),
        sa.Column("verdicts", sa.Text, nullable=False),
        sa.Column("measures", sa.Text, nullable=False),
    )
    for entry, document in op.get_bind().exec_driver_sql("SELECT entry, document FROM audits ORDER BY entry").all():
        op.bulk_insert(summaries, [summary_row(entry, json.loads(document))])
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER summaries_no_{act.lower()} BEFORE {act} ON summaries "
            f"BEGIN SELECT RAISE(ABORT, 'what the ledger has sealed is never changed: add a new record'); END"
        )
