"""What people state, sealed and read back; and reports as records."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError, LedgerError
from boussole.audits.hashing import canonical_json, sha256_hex, sha256_of
from boussole.audits.ledger.tree import entry_table
from boussole.audits.lost import Lost, lost_ledger
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.base import FoundFile, LedgerStart
from boussole.charter.record_types.kinds import KINDS, Adoption, Attestation, Statement, Withdrawal
from boussole.charter.records.database import open_records, prepared, reading
from boussole.charter.records.documents.files import settled_file
from boussole.charter.records.models import Record

KIND = "report"


@dataclass(frozen=True, kw_only=True)
class SealedReport:
    """A report as it was made: its entry and moment, the `systems` it is about (None: all), and its hashes."""

    entry: int
    time: str
    period: str
    lang: str
    document: str
    seals: str
    systems: str | None = None

    @property
    def chosen(self) -> list[str]:
        """The ids of the systems that it was made about; none: all that were audited."""
        return self.systems.split("+") if self.systems else []

    @property
    def about(self) -> tuple[str, str | None, str]:
        """What a later report of the same takes the place of."""
        return self.period, self.systems, self.lang


def seal_report(
    workspace: Workspace, content: bytes, *, period: str, lang: str, seals: bytes, systems: Sequence[str] = ()
) -> int:
    """Seals a report and the list attached to it (`seals`) and says at which entry; the same bytes are sealed once."""
    payload = {"document": sha256_hex(content), "lang": lang, "period": period, "seals": sha256_hex(seals)}
    payload |= {"systems": "+".join(systems)} if systems else {}
    with open_records(workspace).begin() as connection:
        for index, _, held in ledger.payloads(connection, kinds=[KIND]):
            if held["document"] == payload["document"]:
                return index
        return ledger.append(connection, kind=KIND, payload=payload).index


def sealed_reports(workspace: Workspace) -> list[SealedReport]:
    """All sealed reports, in the order of their entries."""
    with reading(workspace) as connection:
        if connection is None:
            return []
        columns = entry_table.c
        query = select(columns.position, columns.time, columns.payload).where(columns.kind == KIND)
        rows = connection.execute(query.order_by(columns.position)).all()
    return [SealedReport(entry=row.position, time=row.time, **json.loads(row.payload)) for row in rows]


@dataclass(frozen=True, kw_only=True)
class SealedStatement:
    """A statement, the entry that seals it, and the day (UTC) it was sealed."""

    entry: int
    sealed_on: dt.date
    statement: Statement


class OvertakenError(BoussoleError):
    """The same words were sealed before, at `entry`, and withdrawn or overtaken since, by that of `later`."""

    def __init__(self, entry: int, later: int) -> None:
        self.entry, self.later = entry, later
        super().__init__(
            f"the same words were sealed at entry {entry}, and entry {later} came after them.",
            next_step="Nothing was recorded. To state it anew, give another day, document or text.",
        )


def seal(workspace: Workspace, statement: Statement) -> SealedStatement:
    """Store a statement and seal it, in one transaction; one that stands already, word for word, is returned as it is.

    Raises BoussoleError when the same words were answered or withdrawn since, when it is about a record that does not
    exist, is of another kind or was made later, when its day has not come yet, and for what `charter.committee` or
    `charter.incidents` seals.
    """
    if statement.governed:
        raise BoussoleError(
            f"a record of kind {statement.kind} is held to rules before it is sealed.",
            next_step=f"Use `boussole {statement.governed}`.",
        )
    records = open_records(workspace)
    with settled_file(workspace, statement.document), records.begin() as connection:
        known = find(connection, statement)
        if known is not None:
            _still_last(connection, known)
            return known
        return write(connection, statement)


def find(connection: Connection, statement: Statement) -> SealedStatement | None:
    """The same statement, word for word, where it was sealed before."""
    digest = sha256_hex(_text(statement))
    row = connection.execute(select(Record.__table__).where(Record.document_sha256 == digest)).first()
    return None if row is None else read(row)


def write(connection: Connection, statement: Statement) -> SealedStatement:
    """Store a statement and seal it, in the caller's transaction.

    Raises BoussoleError when it is about a record that does not exist, is of another kind or was made on a later day,
    or when its day has not come yet.
    """
    text = _text(statement)
    digest = sha256_hex(text)
    check_reference(connection, statement)
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


def _text(statement: Statement) -> bytes:
    return canonical_json({"kind": statement.kind, **statement.model_dump(mode="json")})


def statements(
    workspace: Workspace, *, kinds: Sequence[str] | None = None, before: int | None = None
) -> list[SealedStatement]:
    """All statements in the order they were sealed; of some kinds, and before an entry of the ledger."""
    with reading(workspace) as connection:
        return [] if connection is None else statements_in(connection, kinds=kinds, before=before)


def statements_in(
    connection: Connection, *, kinds: Sequence[str] | None = None, before: int | None = None
) -> list[SealedStatement]:
    """All statements in the order they were sealed, as the caller's transaction sees them."""
    query = select(Record.__table__).order_by(Record.entry)
    if kinds is not None:
        query = query.where(Record.kind.in_(list(kinds)))
    if before is not None:
        query = query.where(Record.entry < before)
    return [read(row) for row in connection.execute(query)]


def withdrawal_of(workspace: Workspace, entry: int) -> SealedStatement | None:
    """The record that withdraws that of an entry; None while nobody did."""
    found = statements(workspace, kinds=[Withdrawal.kind])
    return next((each for each in found if isinstance(said := each.statement, Withdrawal) and said.of == entry), None)


def all_statements(connection: Connection) -> list[Row[Any]]:
    """The rows of all statements, in the order of their entries."""
    return list(connection.execute(select(Record.__table__).order_by(Record.entry)))


def statement_payload(digest: str, system: str | None) -> ledger.Payload:
    """What the ledger holds of a statement: its hash, and the system it is about."""
    return {"record": digest, "system": system}


def read(row: Row[Any]) -> SealedStatement:
    """The statement of a stored row."""
    return SealedStatement(
        entry=row.entry,
        sealed_on=dt.date.fromisoformat(row.created_at[:10]),
        statement=_parsed(row.kind, row.document),
    )


@lru_cache(maxsize=20_000)
def _parsed(kind: str, text: str) -> Statement:
    """A stored statement: a committee's acts are read again with each of them."""
    fields = json.loads(text)
    del fields["kind"]
    return KINDS[kind].model_validate(fields)


def _still_last(connection: Connection, known: SealedStatement) -> None:
    """That no later record withdraws a statement, or says something else of the same matter."""
    later = select(Record.__table__).where(Record.entry > known.entry)
    since = [each for each in map(read, connection.execute(later)) if _same_matter(known, each.statement)]
    if since:
        raise OvertakenError(known.entry, since[-1].entry)


def _same_matter(known: SealedStatement, later: Statement) -> bool:
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


def check_reference(connection: Connection, statement: Statement) -> None:
    """Raises BoussoleError unless the record a statement is about exists, is of a fitting kind and was made by then."""
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


def start_anew(workspace: Workspace, *, reason: str, role: str) -> SealedStatement:
    """Start a new ledger whose first entry seals why, and the hash of every file that the lost one knew.

    The lost one and its key are kept under another name. The new file appears with its first entry in it, or not at
    all. Raises LedgerError where the ledger is not lost, or no reason is given.
    """
    lost = lost_ledger(workspace)
    if lost is None:
        raise LedgerError(
            "the ledger of this workspace is not lost: there is none to start anew.",
            where=str(workspace.governance),
            next_step="Go on with it; `boussole verify --ledger` tells whether it holds.",
        )
    if not reason.strip():
        raise LedgerError("a new ledger needs a reason.", next_step='Give --reason "…" in your own words.')
    now = dt.datetime.now(dt.UTC)
    draft = workspace.governance.with_name("governance.new")
    _clear(draft)
    with prepared(draft).begin() as connection:
        sealed = write(connection, _statement(workspace, lost, reason=reason.strip(), role=role, on=now.date()))
    _set_aside(workspace, f"{now:%Y%m%dT%H%M%SZ}")
    draft.replace(workspace.governance)
    return sealed


@dataclass(frozen=True, kw_only=True)
class Restart:
    """When and why a ledger took the place of a lost one, and how many files it found of that one."""

    on: dt.date
    reason: str
    files: int


def started_anew(workspace: Workspace) -> Restart | None:
    """When and why the ledger took the place of another; None where it is the first."""
    with reading(workspace) as connection:
        found = [] if connection is None else statements_in(connection, kinds=[LedgerStart.kind])
    for sealed in found:
        if isinstance(sealed.statement, LedgerStart):
            said = sealed.statement
            return Restart(on=sealed.sealed_on, reason=said.text, files=len(said.files))
    return None


def _statement(workspace: Workspace, lost: Lost, *, reason: str, role: str, on: dt.date) -> LedgerStart:
    home = workspace.home
    places = ((workspace.evidence, "*"), (workspace.documents, "*"), (workspace.reports, "*.pdf"))
    paths = sorted(path for folder, form in places for path in folder.glob(form) if path.is_file())
    files = [FoundFile(path=str(path.relative_to(home))[-300:], sha256=sha256_of(path)) for path in paths]
    return LedgerStart(role=role, on=on, text=reason, lost=lost.state.value, files=files)


def _set_aside(workspace: Workspace, moment: str) -> None:
    """What is left of the lost ledger gets another name, its backups keep theirs."""
    path = workspace.governance
    rests = [path, *(path.with_name(f"{path.name}-{end}") for end in ("wal", "shm", "journal"))]
    keys = sorted(workspace.keys.glob("ledger*.key"))
    for rest in (each for each in (*rests, *keys) if each.exists()):
        rest.replace(rest.with_name(f"{rest.name}.lost-{moment}"))


def _clear(draft: Path) -> None:
    for path in draft.parent.glob(f"{draft.name}*"):
        path.unlink()
