"""Systems and tables of counts, made from plain rows, and their measures by id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from boussole.audits.counts.scores import RANKS, lists_of
from boussole.audits.cubes import ranks
from boussole.audits.cubes.edges import Bins
from boussole.audits.cubes.update import statements_of
from boussole.audits.lake.tables import KEYS, quote, summed
from boussole.audits.measures import NO_OUTCOME, Cells, Group, Lists, Measure, Scores, Strata
from boussole.audits.metrics import measure_cells
from boussole.audits.metrics.adjusted import comparison_measures
from boussole.audits.metrics.measure import families, measured_cells
from boussole.audits.metrics.ranking import METRICS as RANKING
from boussole.audits.standing import WindowStanding
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Control
from tests.written import sample

Row = Mapping[str, Any]
People = Sequence[tuple[int | None, str | None]]
"""Rank and group of the people of one list."""


def make_system(
    groups: Mapping[str, str | None],
    *,
    favourable: bool = True,
    observed_for: str | None = "all",
    person: bool = False,
    score: tuple[float, float] | None = None,
    intersections: Iterable[tuple[str, ...]] = (),
    suppress_below: int = 11,
) -> System:
    """A selection system with the given groups."""
    columns: dict[str, Any] = {
        "id": "id",
        "period": "2025-01-01",
        "decision": {"column": "selected", "selected": [1]},
        "favourable": favourable,
    }
    if observed_for:
        columns["outcome"] = {"column": "y", "positive": [1], "observed_for": observed_for, "absent": "missing"}
    if person:
        columns["person"] = "person"
    if score:
        columns["score"] = {"column": "s", "range": list(score)}
    return sample(columns, groups, intersections=intersections, privacy={"suppress_below": suppress_below})


def tables_of(rows: Iterable[Row], system: System) -> list[Cells]:
    """Tables of everybody, each group, each intersection. A row: its groups, d, y (None), n, and bucket."""
    rows = list(rows)
    return [_table(rows, by, system) for by in [(), *system.attributes]]


def _table(rows: list[Row], by: tuple[str, ...], system: System) -> Cells:
    keys: list[Group] = [tuple(row[name] for name in by) for row in rows]
    groups = list(dict.fromkeys(keys)) or ([()] if not by else [])
    counts = np.zeros((len(groups), 40, 2, 3), dtype=np.int64)
    for row, key in zip(rows, keys, strict=True):
        outcome = NO_OUTCOME if row.get("y") is None else row["y"]
        counts[groups.index(key), row.get("bucket", 0), row["d"], outcome] += row.get("n", 1)
    return Cells(by=by, groups=tuple(groups), counts=counts, clustered=system.cluster is not None)


def by_id(found: Sequence[Measure]) -> dict[str, Measure]:
    assert len({m.id for m in found}) == len(found)
    return {m.id: m for m in found}


def width(measure: Measure) -> float:
    """Of the interval that it must have."""
    assert measure.interval is not None
    return measure.interval.high - measure.interval.low


def measured(rows: Iterable[Row], system: System) -> dict[str, Measure]:
    """Measures of rows, with the comparisons that only notebooks compute."""
    window = measured_cells(tables_of(rows, system), system=system)
    found = list(window.measures)
    for view in (view for by, view in window.views.items() if by):
        for comparison in families(system).for_notebooks:
            found += comparison_measures(view, comparison)
    return by_id(found)


def by_score(rows: Iterable[Row], cells: Cells, range_: tuple[float, float] = (0.0, 1.0)) -> Scores:
    """Counts by score of the rows of a table of groups. A row also has its score `s`, or None."""
    low, high = range_
    counts = np.zeros((len(cells.groups), 101, 40 if cells.clustered else 1, 2, 3), dtype=np.int64)
    totals, squares, missing = np.zeros(counts.shape), np.zeros(counts.shape), np.zeros(len(cells.groups), np.int64)
    for row in rows:
        group, n = cells.groups.index(tuple(row[name] for name in cells.by)), row.get("n", 1)
        if row["s"] is None:
            missing[group] += n
            continue
        bin_ = sum(row["s"] >= low + (high - low) * i / 100 for i in range(1, 101))
        outcome = NO_OUTCOME if row.get("y") is None else row["y"]
        at = (group, bin_, row.get("bucket", 0) if cells.clustered else 0, row["d"], outcome)
        counts[at] += n
        totals[at] += n * row["s"]
        squares[at] += n * row["s"] ** 2
    about: dict[str, Any] = {"by": cells.by, "groups": cells.groups, "range": range_, "clustered": cells.clustered}
    return Scores(**about, counts=counts, totals=totals, squares=squares, missing=missing)


def measured_scores(
    rows: Iterable[Row], system: System, *, earlier: Iterable[Row] = (), **options: Any
) -> dict[str, Measure]:
    """Measures of rows that have scores; `earlier`: rows of the reference window."""

    def scored(rows: list[Row], tables: list[Cells]) -> list[Scores]:
        assert system.log.score
        return [by_score(rows, cells, system.log.score.range) for cells in tables]

    rows, earlier = list(rows), list(earlier)
    tables = tables_of(rows, system)
    options["reference"] = scored(earlier, tables_of(earlier, system)) if earlier else []
    return by_id(measure_cells(tables, system=system, scores=scored(rows, tables), **options))


def adjusted(rows: Iterable[Row], *, standing: WindowStanding | None = None, **options: Any) -> dict[str, Measure]:
    """Measures of rows (g: group, s: stratum, d, n, bucket) of a system with one control."""
    rows = list(rows)
    system = make_system({"g": "M"}, observed_for=None, **options)
    system = system.model_copy(update={"controls": {"job": Control(column="job")}})
    tables = tables_of(rows, system)
    table = tables[1]
    names = sorted({row["s"] for row in rows})
    counts = np.zeros((len(table.groups), len(names), 40 if table.clustered else 1, 2), dtype=np.int64)
    for row in rows:
        bucket = row.get("bucket", 0) if table.clustered else 0
        counts[table.groups.index((row["g"],)), names.index(row["s"]), bucket, row["d"]] += row.get("n", 1)
    held = tuple((name,) for name in names)
    strata = Strata(by=("g",), groups=table.groups, strata=held, counts=counts, clustered=table.clustered)
    return by_id(measure_cells(tables, system=system, strata=[strata], standing=standing or WindowStanding()))


def in_lists(reference: str | None = None, **options: Any) -> System:
    """A system of lists with one group attribute `g`, and maybe its reference."""
    system = make_system({"g": reference}, observed_for=None, **options)
    columns = system.log.model_copy(update={"request": "request", "rank": "rank"})
    return system.model_copy(update={"kind": "ranking", "columns": columns})


def counted_lists(lists: Sequence[People], system: System) -> Lists:
    """What the cube `ranks` says of lists."""
    with duckdb.connect() as connection:
        connection.register("rows", _competing(lists))
        ranks.count_lists(connection, statements_of(system, Bins({}, {})), "FROM rows", into="ranks_now")
        source = ranks.added_up(["FROM ranks_now", ranks.everybody("FROM rows")])
        keys = ", ".join(quote(name) for name in (*KEYS, "bucket"))
        found = connection.execute(f"SELECT {keys}, {summed('ranks')} FROM ({source}) GROUP BY ALL ORDER BY ALL")
        (read,) = lists_of(found.to_arrow_table().cast(RANKS), tables_of(_decided(lists), system))
    return read


def measured_lists(lists: Sequence[People], system: System) -> dict[str, Measure]:
    """Measures of ranking of lists."""
    found = measure_cells(tables_of(_decided(lists), system), system=system, lists=[counted_lists(lists, system)])
    names = {metric.name for metric in RANKING}
    return {name: each for name, each in by_id(found).items() if each.metric in names}


def _competing(lists: Sequence[People]) -> pa.Table:
    """Rows of the lake, one for each person of each list, the last first."""
    rows = [(i, rank, group) for i, people in enumerate(lists) for rank, group in people][::-1]
    return pa.table(
        {
            "day": pa.array([dt.date(2025, 1, 1)] * len(rows), pa.date32()),
            "request": pa.array([f"r{i}" for i, _, _ in rows], pa.string()),
            "rank": pa.array([rank for _, rank, _ in rows], pa.int32()),
            "bucket": pa.array([i % 40 for i, _, _ in rows], pa.uint8()),
            "g_g": pa.array([group for _, _, group in rows], pa.string()),
        }
    )


def _decided(lists: Sequence[People]) -> list[Row]:
    """The same people as decisions: the first three are selected."""
    return [
        {"g": group, "d": int((rank or 99) < 4), "bucket": i % 40}
        for i, people in enumerate(lists)
        for rank, group in people
    ]
