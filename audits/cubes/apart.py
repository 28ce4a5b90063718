"""Which decisions of a window are set apart, because they are about groups too small to be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

import duckdb
import pyarrow as pa

from audits.cubes.read import cells_from_counts, read_counts
from audits.cubes.update import apart_sql, rows_of, sealed_months
from audits.cubes.withheld import WITHHELD
from audits.errors import BoussoleError
from audits.suppression import Published
from audits.suppression.apart import ONE_IN, Apart, smallest, within
from audits.suppression.lattice import Key
from audits.suppression.rules import SET_APART
from audits.systems.model import System
from audits.windows import Window

LAYER = "apart:"
"""Before the days on which a group is set apart, among what is kept as evidence."""


def read_apart(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    published: Sequence[Published],
    *,
    as_of: dt.date,
    without: Collection[str] = (),
) -> list[Apart]:
    """The decisions to set apart: what earlier audits have, and the groups of this window that are too small.

    None of a group that figures of earlier audits hold already; at most one decision in `ONE_IN`. Groups named in
    `without` are not looked at. Raises BoussoleError where rows that an earlier audit has set apart were purged: the
    counts that are left hold them.
    """
    found = told_apart([(each.window, each.apart) for each in published], system)
    if sealed_months(connection, system, within=window):
        _refuse(found, window, system)
        return found
    room: float | None = None
    while True:
        counts = read_counts(connection, system, window, as_of=as_of, without=without, apart=within(found, window))
        tables = cells_from_counts(counts, system)
        decisions = int(tables[0].sizes().sum())
        room = decisions / ONE_IN if room is None else room
        more = []
        for (by, values), size in smallest(tables, system=system):
            each = Apart(attribute=by[0], value=values[0], days=window)
            if size <= room and not _held(connection, system, each, published, found):
                room -= size
                more.append(each)
        if not more:
            return found
        found = [*found, *more]


def told_apart(told: Iterable[tuple[Window, Collection[Key]]], system: System) -> list[Apart]:
    """What earlier audits have set apart, from the groups that each window tells nothing else of."""
    return [
        Apart(attribute=by[0], value=values[0], days=window)
        for window, keys in told
        for by, values in sorted(keys, key=str)
        if by[0] in system.groups
    ]


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
    published: Sequence[Published],
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
