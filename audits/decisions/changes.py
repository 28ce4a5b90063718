"""Drift of the schema itself: columns that come, go or change type, and categories never seen."""

from __future__ import annotations

import datetime as dt
import re

import duckdb

from audits.decisions.contracts import Contract, columns_of
from audits.decisions.contracts.columns import WHOLE
from audits.decisions.report import SchemaChange
from audits.decisions.sources import Opened
from audits.lake.tables import one, quote, table

MOST_VALUES = 5
LONGEST_VALUE = 40
_FAMILIES = {
    "number": (*WHOLE, "FLOAT", "DOUBLE", "DECIMAL"),
    "text": ("VARCHAR", "ENUM"),
    "true or false": ("BOOLEAN",),
    "date": ("DATE", "TIMESTAMP", "TIME"),
}


def note_changes(
    connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract, *, origin: str, batch: int, part: bool
) -> tuple[SchemaChange, ...]:
    """Holds a source to the columns its log had so far, remembers both, and returns what changed.

    A source that holds only a part of the columns (corrected rows) says nothing of the others.
    """
    changes = [*([] if part else _columns(connection, opened, contract)), *_values(connection, contract, batch)]
    changes += _infinite(connection, opened, contract)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    rows = [[contract.system.id, contract.log, origin, batch, c.kind, c.column, c.detail, now] for c in changes]
    if rows:
        connection.executemany("INSERT INTO lake.main.schema_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return tuple(changes)


def _columns(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract) -> list[SchemaChange]:
    """A source without types (CSV) says nothing of the types of its columns."""
    key = [contract.system.id, contract.log]
    seen: dict[str, str | None] = dict(
        connection.execute(
            'SELECT "column", type FROM lake.main.seen_columns WHERE system = ? AND log = ?', key
        ).fetchall()
    )
    now = {name: family(kind) if opened.typed else None for name, kind in opened.types.items()}
    changes = [
        SchemaChange(kind="absent_column", column=name, detail="")
        for name in columns_of(contract.system, contract.log).optional
        if contract.log == "decisions" and name not in now and not seen
    ]
    if seen:
        changes += [SchemaChange(kind="new_column", column=name, detail="") for name in now if name not in seen]
        changes += [SchemaChange(kind="lost_column", column=name, detail="") for name in seen if name not in now]
    for name, kind in now.items():
        before = seen.get(name)
        if kind and before and kind != before:
            changes.append(SchemaChange(kind="changed_type", column=name, detail=f"{before} -> {kind}"))
    merged = {name: kind or seen.get(name) for name, kind in now.items()}
    if merged != seen:
        connection.execute("DELETE FROM lake.main.seen_columns WHERE system = ? AND log = ?", key)
        connection.executemany(
            "INSERT INTO lake.main.seen_columns VALUES (?, ?, ?, ?)", [[*key, *item] for item in merged.items()]
        )
    return changes


def family(kind: str) -> str:
    """The kind of values of a DuckDB type: an integer column that becomes floating is no change.

    >>> family("DECIMAL(10,2)"), family("TIMESTAMP WITH TIME ZONE")
    ('number', 'date')
    """
    word = re.split(r"[( _]", kind, maxsplit=1)[0]
    return next((name for name, kinds in _FAMILIES.items() if word in kinds), kind.lower())


def _values(connection: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> list[SchemaChange]:
    """Categories of groups and controls that this batch brings for the first time; a first batch brings none."""
    system = contract.system
    if contract.log != "decisions":
        return []
    decisions = table(system, "decisions")
    if not one(connection, f"SELECT count(*) FROM (FROM {decisions} WHERE batch <> {batch} LIMIT 1)"):
        return []
    watched = {
        f"g_{name}": group.column for name, group in system.groups.items() if not group.bands and group.source == "log"
    }
    watched |= {f"c_{name}": control.column for name, control in system.controls.items()}
    watched |= {f"f_{name}": name for name in system.categories}
    if not watched:
        return []
    sides = [f"list(DISTINCT {quote(role)}) FILTER (batch {side} {batch})" for role in watched for side in ("=", "<>")]
    found = connection.execute(f"SELECT {', '.join(sides)} FROM {decisions}").fetchone() or ()
    pairs = zip(watched.values(), found[::2], found[1::2], strict=True)
    fresh = ((column, sorted(set(now or ()) - {None, *(before or ())})) for column, now, before in pairs)
    return [SchemaChange(kind="new_value", column=column, detail=_listed(values)) for column, values in fresh if values]


def _infinite(connection: duckdb.DuckDBPyConnection, opened: Opened, contract: Contract) -> list[SchemaChange]:
    """Features that hold infinite numbers: they count as missing, which nobody would guess from the figures."""
    if contract.log != "decisions":
        return []
    watched = [name for name in contract.system.numbers if family(opened.types.get(name, "")) == "number"]
    if not watched:
        return []
    sides = ", ".join(f"coalesce(bool_or(isinf({contract.read.double(name)})), false)" for name in watched)
    found = connection.execute(f"SELECT {sides} FROM {opened.relation}").fetchone() or ()
    return [
        SchemaChange(kind="infinite_value", column=name, detail="")
        for name, infinite in zip(watched, found, strict=True)
        if infinite
    ]


def _listed(values: list[str]) -> str:
    """The first few values.

    >>> _listed(["a", "b"])
    'a, b'
    """
    shown = ", ".join(value[:LONGEST_VALUE] for value in values[:MOST_VALUES])
    return f"{shown}, …" if len(values) > MOST_VALUES else shown
