"""What is kept for good: audits and the charter versions they were judged by, each sealed in the ledger."""

from __future__ import annotations

from boussole.charter.records.database import open_records
from boussole.charter.records.documents.files import keep_file
from boussole.charter.records.statements import (
    OvertakenError,
    SealedReport,
    SealedStatement,
    seal,
    seal_report,
    sealed_reports,
    statements,
    withdrawal_of,
)
from boussole.charter.records.store.audits import (
    audit_at,
    audit_before,
    audits_near,
    audits_of,
    declarations_of,
    documents_of,
    latest_audits,
    other_systems,
    save_audit,
    save_audits,
    sealed_json,
    stored_audits,
)
from boussole.charter.records.store.charters import charter_text, kept_charters, register_charter
from boussole.charter.records.store.summaries import AuditSummary, each_summary, summaries
from boussole.charter.records.verification import (
    prove_entry,
    request_of,
    request_since,
    sign_checkpoint,
    verify_records,
)

__all__ = [
    "AuditSummary",
    "OvertakenError",
    "SealedReport",
    "SealedStatement",
    "audit_at",
    "audit_before",
    "audits_near",
    "audits_of",
    "charter_text",
    "declarations_of",
    "documents_of",
    "each_summary",
    "keep_file",
    "kept_charters",
    "latest_audits",
    "open_records",
    "other_systems",
    "prove_entry",
    "register_charter",
    "request_of",
    "request_since",
    "save_audit",
    "save_audits",
    "seal",
    "seal_report",
    "sealed_json",
    "sealed_reports",
    "sign_checkpoint",
    "statements",
    "stored_audits",
    "summaries",
    "verify_records",
    "withdrawal_of",
]
