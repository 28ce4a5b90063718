"""What is kept for good: audits and the charter versions they were judged by, each sealed in the ledger."""

from __future__ import annotations

from charter.records.audits import audits_near, audits_of, latest_audits, save_audit, sealed_json
from charter.records.charters import charter_text, register_charter
from charter.records.database import open_records
from charter.records.verification import verify_records

__all__ = [
    "audits_near",
    "audits_of",
    "charter_text",
    "latest_audits",
    "open_records",
    "register_charter",
    "save_audit",
    "sealed_json",
    "verify_records",
]
