"""What people state, sealed and read back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from audits import ledger
from audits.errors import BoussoleError
from audits.hashing import canonical_json, sha256_hex
from audits.workspace import Workspace
from charter.records.database import open_records, reading
from charter.records.kinds import KINDS, Statement
from charter.records.models import Record


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A statement, the entry that seals it, and the day (UTC) it was sealed."""

    entry: int
    sealed_on: dt.date
    statement: Statement


def seal(workspace: Workspace, statement: Statement) -> Sealed:
    """Store a statement and seal it, in one transaction; one that stands already, word for word, is returned as it is.

    Raises BoussoleError when it is about a record that does not exist or is of another kind, or is of a later day.
    """
    document = {"kind": statement.kind, **statement.model_dump(mode="json")}
    text = canonical_json(document)
    digest = sha256_hex(text)
    with open_records(workspace).begin() as connection:
        known = connection.execute(select(Record.__table__).where(Record.document_sha256 == digest)).first()
        if known is not None:
            return read(known)
        _refer(connection, statement)
        entry = ledger.append(connection, kind=statement.kind, payload=statement_payload(digest, statement.system))
        if statement.on > dt.date.fromisoformat(entry.time[:10]) + dt.timedelta(days=1):
            raise BoussoleError(f"{statement.on} has not come yet.", next_step="Give the day on which it took place.")
        values = {
            "entry": entry.index,
            "kind": statement.kind,
            "system": statement.system,
            "created_at": entry.time,
            "document": text.decode(),
            "document_sha256": digest,
        }
        return read(connection.execute(insert(Record).values(values).returning(*Record.__table__.columns)).one())


def statements(workspace: Workspace, *, kinds: Sequence[str] | None = None, before: int | None = None) -> list[Sealed]:
    """All statements in the order they were sealed; of some kinds, and before an entry of the ledger."""
    query = select(Record.__table__).order_by(Record.entry)
    if kinds is not None:
        query = query.where(Record.kind.in_(list(kinds)))
    if before is not None:
        query = query.where(Record.entry < before)
    with reading(workspace) as connection:
        return [] if connection is None else [read(row) for row in connection.execute(query)]


def all_statements(connection: Connection) -> list[Row[Any]]:
    """The rows of all statements, in the order of their entries."""
    return list(connection.execute(select(Record.__table__).order_by(Record.entry)))


def statement_payload(digest: str, system: str | None) -> ledger.Payload:
    """What the ledger holds of a statement: its hash, and the system it is about."""
    return {"record": digest, "system": system}


def read(row: Row[Any]) -> Sealed:
    """The statement of a stored row."""
    fields = json.loads(row.document)
    del fields["kind"]
    return Sealed(
        entry=row.entry,
        sealed_on=dt.date.fromisoformat(row.created_at[:10]),
        statement=KINDS[row.kind].model_validate(fields),
    )


def _refer(connection: Connection, statement: Statement) -> None:
    """That the record a statement is about exists, and is of a kind it can be about."""
    of = getattr(statement, "of", None)
    if of is None:
        return
    kind = connection.execute(select(Record.kind).where(Record.entry == of)).scalar()
    if kind not in statement.about:
        wanted = " or ".join(statement.about)
        found = "is no record" if kind is None else f"is one of kind {kind}"
        raise BoussoleError(
            f"a {statement.kind} is about a {wanted}; entry {of} {found}.",
            next_step="See the entries with `boussole record list`.",
        )
