"""What a window must hide in view of what was published before, as it is kept in evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence

import duckdb
import pyarrow as pa

from audits.cubes.read import cells_from_counts, read_counts
from audits.lake.tables import KEYS
from audits.suppression import Published, Suppression
from audits.suppression.lattice import Key
from audits.suppression.over_time import also_hidden
from audits.systems.model import System
from audits.windows import Window, pieces

Earlier = Callable[[Window], Sequence[Published]]
"""Tells what was published of windows that hang together with one."""
WITHHELD = pa.schema([*((name, pa.string()) for name in KEYS), ("layer", pa.string()), ("reason", pa.string())])


def read_withheld(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    published: Sequence[Published],
    *,
    as_of: dt.date,
    without: Collection[str] = (),
) -> pa.Table:
    """The groups that earlier publications oblige to hide, one row each; none where no window shares days."""
    if not published:
        return WITHHELD.empty_table()
    counts = {
        piece: [
            table
            for table in cells_from_counts(read_counts(connection, system, piece, as_of=as_of, without=without), system)
            if not set(table.by) & set(without)
        ]
        for piece in pieces([window, *(each.window for each in published)])
    }
    found = also_hidden(window, published, counts, system=system)
    rows = []
    for layer, keys in (("decisions", found.decisions), ("outcomes", found.outcomes)):
        for by, group in sorted(keys, key=str):
            values = {f"value{i + 1}": value for i, value in enumerate(group)}
            rows.append({"by": "*".join(by), **values, "layer": layer, "reason": keys[by, group]})
    return pa.Table.from_pylist(rows, WITHHELD)


def withheld_of(rows: pa.Table) -> Suppression:
    """What must be hidden, from the rows kept as evidence."""
    found: dict[str, dict[Key, str]] = {"decisions": {}, "outcomes": {}}
    for row in rows.to_pylist():
        by = tuple(row["by"].split("*"))
        found[row["layer"]][by, tuple(row[f"value{i + 1}"] for i in range(len(by)))] = row["reason"]
    return Suppression(decisions=found["decisions"], outcomes=found["outcomes"])
