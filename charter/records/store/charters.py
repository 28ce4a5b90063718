"""Charter versions: the first use of each is an entry of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, insert, select

from boussole.audits import ledger
from boussole.audits.errors import CharterError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import reading
from boussole.charter.records.models import CharterVersion


class StorableCharter(Protocol):
    """What a record of a charter needs; `sha256` is the hash of the canonical JSON of `document()`."""

    @property
    def sha256(self) -> str: ...

    @property
    def version(self) -> str: ...

    def document(self) -> dict[str, Any]: ...


def register_charter(connection: Connection, charter: StorableCharter) -> int:
    """The ledger entry that sealed this charter; one is written, with its whole text, when the hash is new.

    Raises CharterError when the text does not have the hash it comes with.
    """
    known = _known(connection, charter.sha256)
    if known is not None:
        return known
    text = canonical_json(charter.document())
    if sha256_hex(text) != charter.sha256:
        raise CharterError(
            "the charter's text does not have the hash it comes with.", next_step="Load the charter from its files."
        )
    return register(connection, sha256=charter.sha256, version=charter.version, text=text.decode())


def register(connection: Connection, *, sha256: str, version: str, text: str | None = None) -> int:
    """Register a charter by its hash and version, and with its canonical JSON where it is at hand."""
    known = _known(connection, sha256)
    if known is not None:
        return known
    entry = ledger.append(connection, kind="charter", payload=charter_payload(sha256, version))
    values = {
        "sha256": sha256,
        "version": version,
        "document": text,
        "first_used_at": entry.time,
        "entry": entry.index,
    }
    connection.execute(insert(CharterVersion).values(values))
    return entry.index


def _known(connection: Connection, sha256: str) -> int | None:
    return connection.execute(select(CharterVersion.entry).where(CharterVersion.sha256 == sha256)).scalar()


def charter_text(workspace: Workspace, sha256: str) -> str | None:
    """The canonical JSON of a charter version that judged an audit; None where only its hash was registered."""
    kept = select(CharterVersion.document).where(CharterVersion.sha256 == sha256)
    with reading(workspace) as connection:
        return None if connection is None else connection.execute(kept).scalar()


def entry_of(workspace: Workspace, sha256: str) -> int:
    """The ledger entry that sealed a charter version. Raises CharterError where none did."""
    with reading(workspace) as connection:
        query = select(CharterVersion.entry).where(CharterVersion.sha256 == sha256)
        found = None if connection is None else connection.execute(query).scalar()
    if found is None:
        raise CharterError("this charter was never used here.", next_step="Run `boussole verify --ledger`.")
    return found


@dataclass(frozen=True)
class StoredCharter:
    """A charter version that the records keep."""

    sha256: str
    version: str
    first_used_at: str
    entry: int


def kept_charters(workspace: Workspace) -> list[StoredCharter]:
    """Every charter version that has been used here, the first one first."""
    columns = (CharterVersion.sha256, CharterVersion.version, CharterVersion.first_used_at, CharterVersion.entry)
    with reading(workspace) as connection:
        if connection is None:
            return []
        return [StoredCharter(*row) for row in connection.execute(select(*columns).order_by(CharterVersion.entry))]


def charter_payload(sha256: str, version: str) -> ledger.Payload:
    """What the ledger holds of a charter."""
    return {"charter": sha256, "version": version}
