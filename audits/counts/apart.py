"""Decisions of a window set apart because they are about groups too small to be shown, and what is withheld."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import duckdb
import pyarrow as pa

from boussole.audits.counts.common import Common
from boussole.audits.counts.read import cells_from_counts, read_counts
from boussole.audits.cubes import build
from boussole.audits.cubes.update import apart_sql, rows_of, sealed_months
from boussole.audits.errors import BoussoleError
from boussole.audits.lake.tables import KEYS, describe, quote, table
from boussole.audits.measures import Cells
from boussole.audits.suppression.lattice import EVERYBODY, Key
from boussole.audits.suppression.rules import (
    REASON,
    SET_APART,
    Apart,
    ShownWindow,
    Suppression,
    also_hidden,
    find_apart,
    within,
)
from boussole.audits.systems.model import System
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


LAYER = "apart:"
"""Before the days on which a group is set apart, among what is kept as evidence."""


def read_apart(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    published: Sequence[ShownWindow],
    *,
    as_of: dt.date,
    without: Collection[str] = (),
) -> list[Apart]:
    """Find the decisions to set apart: those that earlier audits have, and the groups that are too small here.

    Raises BoussoleError where rows that an earlier audit has set apart cannot be told from others any more.
    """
    found = told_apart([(each.window, each.apart) for each in published])
    if sealed_months(connection, system, within=window):
        _refuse(found, window, system)
        return found
    refuse_lost(connection, system, within(found, window))

    def count(apart: Sequence[Apart]) -> list[Cells]:
        out = within(apart, window)
        return cells_from_counts(
            read_counts(connection, system, window, as_of=as_of, without=without, apart=out), system
        )

    def is_held(each: Apart, apart: Sequence[Apart]) -> bool:
        return _held(connection, system, each, published, apart)

    return find_apart(count, window, system=system, known=found, is_held=is_held)


def told_apart(told: Iterable[tuple[Window, Collection[Key]]]) -> list[Apart]:
    """Return what earlier audits have set apart, from the groups of which each window publishes nothing else."""
    return [
        Apart(attribute=by[0], value=values[0], days=window)
        for window, keys in told
        for by, values in sorted(keys, key=str)
    ]


def lost(connection: duckdb.DuckDBPyConnection, system: System, apart: Sequence[Apart]) -> list[Apart]:
    """Return those whose rows can no longer be told from the others."""
    rows = table(system, "decisions")
    present = describe(connection, rows) if apart else {}

    def gone(each: Apart) -> bool:
        column = f"g_{each.attribute}"
        if column not in present:
            return True
        there = connection.execute(
            f"SELECT count(*), count({quote(column)}) FROM {rows} WHERE day BETWEEN ? AND ?",
            [each.days.start, each.days.end],
        ).fetchone()
        return there is not None and there[0] > 0 and there[1] == 0

    return [each for each in apart if gone(each)]


def still_known(connection: duckdb.DuckDBPyConnection, system: System, apart: Sequence[Apart]) -> list[Apart]:
    """Return the decisions set apart whose rows can still be told from the others."""
    out = lost(connection, system, apart)
    return [each for each in apart if each not in out]


def refuse_lost(connection: duckdb.DuckDBPyConnection, system: System, apart: Sequence[Apart]) -> None:
    """Raises BoussoleError where nothing tells rows that an audit has set apart from the others any more."""
    if found := lost(connection, system, apart):
        raise BoussoleError(
            "an audit of these days left out the rows of small groups, and nothing tells them from the others any "
            f"more: what the rows said of '{found[0].attribute}' was removed.",
            where=system.id,
            next_step="Read the audit that there is, or choose another period with --from and --to.",
        )


def apart_table(apart: Sequence[Apart]) -> pa.Table:
    """What is set apart as rows that are kept as evidence (the schema `WITHHELD`)."""
    rows = [
        {
            "by": each.attribute,
            "value1": each.value,
            "layer": f"{LAYER}{each.days.start}..{each.days.end}",
            "reason": SET_APART,
        }
        for each in apart
    ]
    return pa.Table.from_pylist(rows, WITHHELD)


def apart_of(rows: pa.Table) -> list[Apart]:
    """What was set apart, from the rows kept as evidence."""
    return [
        Apart(attribute=row["by"], value=row["value1"], days=_days(row["layer"].removeprefix(LAYER)))
        for row in rows.to_pylist()
        if row["layer"].startswith(LAYER)
    ]


def _days(text: str) -> Window:
    start, end = text.split("..")
    return Window(dt.date.fromisoformat(start), dt.date.fromisoformat(end))


def _held(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    each: Apart,
    published: Sequence[ShownWindow],
    found: Sequence[Apart],
) -> bool:
    """Whether figures of an earlier audit hold some of these decisions."""
    days = each.days
    shared = [
        Window(max(days.start, p.window.start), min(days.end, p.window.end))
        for p in published
        if p.window.start <= days.end and days.start <= p.window.end
    ]
    return any(
        connection.execute(f"SELECT 1 {rows_of(system, window, found)} AND {apart_sql(each)} LIMIT 1").fetchone()
        for window in shared
    )


def _refuse(found: Sequence[Apart], window: Window, system: System) -> None:
    if within(found, window):
        raise BoussoleError(
            "an audit of these days left out the rows of small groups, and their rows were purged: the counts that are "
            "left hold them.",
            where=system.id,
            next_step="Read the audit that there is, or choose another period with --from and --to.",
        )
