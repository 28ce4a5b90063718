"""The ledger: a Merkle log after RFC 9162, written in the transaction of the record that it seals."""

from __future__ import annotations

from boussole.audits.ledger.checkpoint import Verification, verify
from boussole.audits.ledger.database import reader, writer
from boussole.audits.ledger.log import append, entries, entry_at, payloads, root
from boussole.audits.ledger.tree import Entry, Payload

__all__ = [
    "Entry",
    "Payload",
    "Verification",
    "append",
    "entries",
    "entry_at",
    "payloads",
    "reader",
    "root",
    "verify",
    "writer",
]
