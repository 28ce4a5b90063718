"""All tables of the records.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SEALED_TABLES = ("entries", "charter_versions", "audits", "records", "nodes", "summaries")


def upgrade() -> None:
    """Create the tables, and refuse that sealed rows are changed or deleted."""
    _create_ledger()
    _create_records()
    _create_nodes()
    _create_summaries()
    _create_committee()
    _create_alerts()
    for table in SEALED_TABLES:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'what the ledger has sealed is never changed: add a new record'); END"
            )


def _create_ledger() -> None:
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


def _create_records() -> None:
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


def _create_nodes() -> None:
    op.create_table(
        "nodes",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )


def _create_summaries() -> None:
    op.create_table(
        "summaries",
        sa.Column("entry", sa.Integer, sa.ForeignKey("audits.entry"), primary_key=True, autoincrement=False),
        sa.Column("verdicts", sa.Text, nullable=False),
        sa.Column("measures", sa.Text, nullable=False),
    )


def _create_committee() -> None:
    """Tables of names, drafts, and the ballots of votes that are not over; their rows may change."""
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


def _create_alerts() -> None:
    """The states last seen, and the outbox of alerts about their changes; their rows must be erasable."""
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
