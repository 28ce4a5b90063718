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
from charter.records.kinds import KINDS, Adoption, Attestation, Statement, Withdrawal
from charter.records.models import Record


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A statement, the entry that seals it, and the day (UTC) it was sealed."""

    entry: int
    sealed_on: dt.date
    statement: Statement


def seal(workspace: Workspace, statement: Statement) -> Sealed:
    """Store a statement and seal it, in one transaction; one that stands already, word for word, is returned as it is.

    Raises BoussoleError when the same words were sealed before and answered or withdrawn since, when it is about a
    record that does not exist, is of another kind or was made on a later day, or when its day has not come yet.
    """
    document = {"kind": statement.kind, **statement.model_dump(mode="json")}
    text = canonical_json(document)
    digest = sha256_hex(text)
    with open_records(workspace).begin() as connection:
        known = connection.execute(select(Record.__table__).where(Record.document_sha256 == digest)).first()
        if known is not None:
            _still_last(connection, read(known))
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


def _still_last(connection: Connection, known: Sealed) -> None:
    """That no later record withdraws a statement, or says something else of the same matter."""
    later = select(Record.__table__).where(Record.entry > known.entry)
    since = [each for each in map(read, connection.execute(later)) if _same_matter(known, each.statement)]
    if since:
        raise BoussoleError(
            f"the same words were sealed at entry {known.entry}, and entry {since[-1].entry} came after them.",
            next_step="Nothing was recorded. To state it anew, give another day, document or text.",
        )


def _same_matter(known: Sealed, later: Statement) -> bool:
    said = known.statement
    if isinstance(later, Withdrawal):
        return later.of == known.entry
    if later.kind != said.kind:
        return False
    if hasattr(said, "of"):
        return bool(getattr(later, "of", None) == said.of)
    return isinstance(said, Attestation | Adoption) and getattr(later, "indicator", None) == getattr(
        said, "indicator", None
    )


def _refer(connection: Connection, statement: Statement) -> None:
    """That the record a statement is about exists, is of a kind it can be about, and was made by then."""
    of = getattr(statement, "of", None)
    if of is None:
        return
    row = connection.execute(select(Record.__table__).where(Record.entry == of)).first()
    if row is None or row.kind not in statement.about:
        wanted = " or ".join(statement.about)
        found = "is no record" if row is None else f"is one of kind {row.kind}"
        raise BoussoleError(
            f"a {statement.kind} is about a {wanted}; entry {of} {found}.",
            next_step="See the entries with `boussole record list`.",
        )
    made = read(row).statement.on
    if statement.on < made:
        raise BoussoleError(
            f"the {row.kind} of entry {of} is of {made}: a {statement.kind} of {statement.on} would come before it.",
            next_step="Give the day on which it took place, that day or later.",
        )
