"""The ledger: a Merkle log after RFC 9162, written in the transaction of the record that it seals."""

from __future__ import annotations

from audits.ledger.database import reader, writer
from audits.ledger.log import Entry, Payload, Verification, append, entries, root, verify

__all__ = ["Entry", "Payload", "Verification", "append", "entries", "reader", "root", "verify", "writer"]
