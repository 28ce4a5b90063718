"""The Merkle tree over the entries there are: appending and proving no longer read all of them.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from boussole.audits.ledger.merkle import Tree
from boussole.audits.ledger.tree import completed

revision = "0003"
down_revision = "0002"

BATCH = 10_000


def upgrade() -> None:
    """Create the table, fill it from the entries, and refuse that its rows are changed or deleted."""
    nodes = op.create_table(
        "nodes",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    batch: list[dict[str, Any]] = []
    for rows in _subtrees(op.get_bind()):
        batch += rows
        if len(batch) >= BATCH:
            op.bulk_insert(nodes, batch)
            batch = []
    op.bulk_insert(nodes, batch)
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER nodes_no_{act.lower()} BEFORE {act} ON nodes "
            f"BEGIN SELECT RAISE(ABORT, 'what the ledger has sealed is never changed: add a new record'); END"
        )


def _subtrees(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """What each entry completes; up to the first damaged one, which `verify` names."""
    tree = Tree()
    rows = connection.exec_driver_sql("SELECT position, leaf_hash FROM entries ORDER BY position")
    for place, (position, text) in enumerate(rows.all()):
        try:
            leaf = bytes.fromhex(text)
        except (TypeError, ValueError):
            return
        if position != place or len(leaf) != 32:
            return
        yield completed(tree.add(leaf), index=place)
