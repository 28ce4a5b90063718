"""Sums over the ranked lists of a window, for measures of the place that groups have in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from boussole.audits.counts.read import months_sql, positions
from boussole.audits.cubes import ranks
from boussole.audits.cubes.contenders import FIRST
from boussole.audits.cubes.update import count_ranks, sealed_months
from boussole.audits.lake.tables import (
    KEYS,
    OF_PEOPLE,
    RANKED,
    days_sql,
    literal,
    quote,
    summed,
    table,
)
from boussole.audits.measures import Cells, Lists, ListSums
from boussole.audits.suppression.apart import Apart
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

RANKS = pa.schema(
    [
        *((name, pa.string()) for name in KEYS),
        ("bucket", pa.uint8()),
        *((name, pa.int64() if kind == "BIGINT" else pa.decimal128(38, 15)) for name, kind in RANKED.items()),
    ]
)
PURGED = pa.table({name: [0 if name in ("bucket", *RANKED) else None] for name in RANKS.names}, RANKS)
"""One row about nobody: rows would be needed to count lists, and are gone."""


def read_ranks(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    exact: bool = False,
    without: Collection[str] = (),
    apart: Sequence[Apart] = (),
) -> pa.Table:
    """Read sums over the lists of a window by group × bucket, in a fixed order (the schema `RANKS`).

    They come from the cube `ranks` where it covers the window, else, and with `exact` or `apart`, from the rows:
    `PURGED` where these are gone. Empty where no `request` or no `rank` is declared.
    """
    if not system.ranked:
        return RANKS.empty_table()
    if exact or apart or not _covers(connection, system, window):
        if sealed_months(connection, system, within=window):
            return PURGED
        source = count_ranks(connection, system, window, apart)
    else:
        source = f"FROM {table(system, 'ranks')} WHERE {months_sql(window)}"
    read = [(), *(by for by in system.attributes if not set(by) & set(without))]
    names = ", ".join(literal("*".join(by)) for by in read)
    keys = ", ".join(quote(name) for name in (*KEYS, "bucket"))
    query = f"""SELECT {keys}, {summed("ranks")} FROM ({source}) WHERE "by" IN ({names}) GROUP BY ALL ORDER BY ALL"""
    return connection.execute(query).to_arrow_table().cast(RANKS)


def _covers(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> bool:
    """Whether the cube counts the decisions that `daily` counts, under the references and clusters of today."""
    alone = f"""SELECT 1 FROM {table(system, "ranks")} WHERE {months_sql(window)} AND "by" <> '' GROUP BY month, "by"
        HAVING sum(lists) > 0 AND coalesce(sum(seen), 0) = 0"""
    if system.cluster == "person" and connection.execute(f"{alone} LIMIT 1").fetchone():
        return False
    whom = " OR ".join(
        f"""("by" = {literal("*".join(by))} AND against <> {literal(ranks.against(system, by))})"""
        for by in system.attributes
    )
    row = connection.execute(
        f"""SELECT (SELECT coalesce(sum(n), 0) FROM {table(system, "ranks")} WHERE {months_sql(window)} AND "by" = '')
        = (SELECT coalesce(sum(n), 0) FROM {table(system, "daily")} WHERE "by" = ''
        AND {days_sql(window)})
        AND NOT EXISTS (FROM {table(system, "ranks")} WHERE {months_sql(window)} AND ({whom}))"""
    ).fetchone()
    return bool(row and row[0])


def lists_of(rows: pa.Table, tables: Sequence[Cells]) -> list[Lists]:
    """The sums for each table of groups, with the groups in the same order; none where no list was read."""
    if not rows.num_rows:
        return []
    everybody = rows.filter(pa.compute.equal(rows["by"], ""))
    every = int(pa.compute.sum(everybody["lists"]).as_py() or 0)
    return [_lists(rows, cells, every) for cells in tables if cells.by]


def _lists(rows: pa.Table, cells: Cells, every: int) -> Lists:
    own = rows.filter(pa.compute.equal(rows["by"], "*".join(cells.by)))
    all_groups = own["value1"].is_null().to_numpy()  # of people whose group is not known the cube holds none
    places = np.where(all_groups, -1, positions(own, cells))
    sums, whole = _sums(own, places, len(cells.groups)), _sums(own, np.where(places < 0, 0, -1), 1).at(0)
    return Lists(
        by=cells.by,
        groups=cells.groups,
        sums=sums,
        whole=replace(whole, people=None if sums.people is None else {}),  # what one brings to an order is not known
        every=every,
        purged=rows.equals(PURGED),
    )


def _sums(rows: pa.Table, places: npt.NDArray[np.int64], groups: int) -> ListSums:
    """Sums of the rows that have a place, in that place."""
    buckets = rows["bucket"].to_numpy()
    of_lists, of_people = (places >= 0) & (buckets < FIRST), (places >= 0) & (buckets >= FIRST)

    def exact(name: str, used: npt.NDArray[np.bool_], first: int) -> npt.NDArray[np.object_]:
        found = np.zeros((groups, BUCKETS), dtype=object)
        found[places[used], buckets[used] - first] = np.array(rows[name].to_pylist(), dtype=object)[used]
        return found

    sums = {name: exact(name, of_lists, 0) for name in RANKED if name not in OF_PEOPLE}
    people = {name: exact(name, of_people, FIRST).astype(np.float64) for name in OF_PEOPLE} if of_people.any() else None
    return ListSums(
        totals={name: found.sum(axis=1).astype(np.float64) for name, found in sums.items()},
        parts={name: found.astype(np.float64) for name, found in sums.items()},
        people=people,
    )
