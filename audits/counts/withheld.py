"""What a window must hide in view of what was published before, as it is kept in evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence

import duckdb
import pyarrow as pa

from boussole.audits.counts.common import Common
from boussole.audits.counts.read import cells_from_counts, read_counts
from boussole.audits.cubes import build
from boussole.audits.lake.tables import KEYS
from boussole.audits.suppression.apart import Apart, within
from boussole.audits.suppression.lattice import EVERYBODY, Key
from boussole.audits.suppression.rules import Suppression
from boussole.audits.suppression.shared import REASON, ShownWindow, also_hidden
from boussole.audits.windows import Window

Earlier = Callable[[Window], Sequence[ShownWindow]]
"""Tells what was published of a window, and of the days of its window of reference."""
STAGE, SCORE = "stage:", "score:"
"""Before the name of a stage, or of what is about those who have a score."""
WITHHELD = pa.schema([*((name, pa.string()) for name in KEYS), ("layer", pa.string()), ("reason", pa.string())])


def read_withheld(
    connection: duckdb.DuckDBPyConnection,
    window: Window,
    shown: Sequence[ShownWindow],
    *,
    as_of: dt.date,
    without: Collection[str] = (),
    scores: pa.Table | None = None,
    apart: Sequence[Apart] = (),
    common: Common | None = None,
) -> pa.Table:
    """Return the groups that audits of other systems on the same decisions oblige to hide, one row each."""
    if common is None:
        return withheld_table({})
    rows = read_counts(
        connection, common.system, window, as_of=as_of, without=without, apart=within(apart, window), held=common.rows
    )
    unscored = scores is not None and build.MISSING in scores["bin"].unique()
    return withheld_rows(
        [each for each in shown if each.window == window], rows, common, without=without, unscored=unscored
    )


def withheld_rows(
    shown: Sequence[ShownWindow], rows: pa.Table, common: Common, *, without: Collection[str] = (), unscored: bool
) -> pa.Table:
    """Return the groups that must be hidden (the schema `WITHHELD`), from the counts of all groups together."""
    tables = [table for table in cells_from_counts(rows, common.system) if not set(table.by) & set(without)]
    found = also_hidden(tables, shown, system=common.system, silent=common.silent)
    layers: dict[str, Mapping[Key, str]] = {"decisions": found.decisions, "outcomes": found.outcomes}
    if not common.alike:
        own = [table for table in tables if table.by and table.by not in common.silent]
        every = {(table.by, group): REASON for table in own for group in table.groups}
        layers |= {f"{STAGE}{name}": every for name in common.system.log.stages}
        if unscored or any(each.without_score for each in shown):
            layers |= {f"{SCORE}decisions": every, f"{SCORE}outcomes": every}
        if any(each.curve for each in shown):
            layers[f"{SCORE}curve"] = {EVERYBODY: REASON}
    return withheld_table(layers)


def withheld_table(layers: Mapping[str, Mapping[Key, str]]) -> pa.Table:
    """Groups and reasons by layer, as rows that are kept as evidence (the schema `WITHHELD`)."""
    rows = []
    for layer, keys in layers.items():
        for by, group in sorted(keys, key=str):
            values = {f"value{i + 1}": value for i, value in enumerate(group)}
            rows.append({"by": "*".join(by), **values, "layer": layer, "reason": keys[by, group]})
    return pa.Table.from_pylist(rows, WITHHELD)


def withheld_of(rows: pa.Table) -> Suppression:
    """What must be hidden, from the rows kept as evidence."""
    found: dict[str, dict[Key, str]] = {}
    for row in rows.to_pylist():
        by = tuple(row["by"].split("*")) if row["by"] else ()
        values = tuple(row[f"value{i + 1}"] for i in range(len(by)))
        found.setdefault(row["layer"], {})[by, values] = row["reason"]

    def named(kind: str) -> dict[str, dict[Key, str]]:
        return {layer.removeprefix(kind): keys for layer, keys in found.items() if layer.startswith(kind)}

    return Suppression(
        decisions=found.get("decisions", {}),
        outcomes=found.get("outcomes", {}),
        stages=named(STAGE),
        scores=named(SCORE),
    )
