"""Charter versions: the first use of each is an entry of the ledger."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection, insert, select

from audits import ledger
from charter.records.models import CharterVersion


class Versioned(Protocol):
    """What a record of a charter needs: the hash of its canonical JSON, and its human version."""

    @property
    def sha256(self) -> str: ...

    @property
    def version(self) -> str: ...


def register_charter(connection: Connection, charter: Versioned) -> int:
    """The ledger entry that sealed this charter; one is written, with its record, when the hash is new.

    The connection comes from `open_records(…).begin()`.
    """
    return register(connection, sha256=charter.sha256, version=charter.version)


def register(connection: Connection, *, sha256: str, version: str) -> int:
    """Register a charter by its hash and version."""
    known = connection.execute(select(CharterVersion.entry).where(CharterVersion.sha256 == sha256)).scalar()
    if known is not None:
        return known
    entry = ledger.append(connection, kind="charter", payload=charter_payload(sha256, version))
    connection.execute(
        insert(CharterVersion).values(sha256=sha256, version=version, first_used_at=entry.time, entry=entry.index)
    )
    return entry.index


def charter_payload(sha256: str, version: str) -> ledger.Payload:
    """What the ledger holds of a charter."""
    return {"charter": sha256, "version": version}
