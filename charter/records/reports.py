"""Reports in the ledger: the SHA-256 of each file as it was made, so that a changed one is told from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from boussole.audits import ledger
from boussole.audits.hashing import sha256_hex
from boussole.audits.ledger.tree import entry_table
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import open_records, reading

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
