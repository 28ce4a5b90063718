"""What left the lake (purges, rotations of keys, ends of a legal basis), noted in the lake that it made."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.lake import reading
from boussole.audits.lake.connection import Name, snapshot
from boussole.audits.lake.tables import literal
from boussole.audits.workspace import Workspace

TABLE: Name = ("main", "removals")


@dataclass(frozen=True, kw_only=True)
class Removal:
    """One of them: its kind, and the dates and counts that the ledger holds."""

    id: str
    kind: str
    payload: Mapping[str, str | int | None]


def removal(kind: str, **payload: str | int | None) -> Removal:
    """A new one, with an id that no other has."""
    made = secrets.token_hex(8)
    return Removal(id=made, kind=kind, payload={"id": made, **payload})


def noted(connection: duckdb.DuckDBPyConnection, found: Sequence[Removal]) -> Mapping[Name, str]:
    """The SELECT that fills the table of removals of the new lake: the old ones and these."""
    before, now = snapshot(connection), dt.datetime.now(dt.UTC).replace(tzinfo=None)
    rows = [
        f"SELECT {literal(item.id)}, {literal(item.kind)}, {literal(json.dumps(dict(item.payload)))}, {before}, "
        f"TIMESTAMP '{now}'"
        for item in found
    ]
    return {TABLE: " UNION ALL ".join(["SELECT * FROM lake.main.removals", *rows])}


def removals(workspace: Workspace) -> list[Removal]:
    """All that was ever removed from this lake, oldest first."""
    with reading(workspace) as connection:
        rows = connection.execute('SELECT id, kind, payload FROM lake.main.removals ORDER BY "at", id').fetchall()
    return [Removal(id=id_, kind=kind, payload=json.loads(payload)) for id_, kind, payload in rows]
