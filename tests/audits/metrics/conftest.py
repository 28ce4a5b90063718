"""Systems and tables of counts, made from plain rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

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


@pytest.fixture(scope="session")
def make_system() -> Callable[..., System]:
    """A selection system with the given groups; keywords: favourable, observed_for, person, intersections…"""

    def make(
        groups: Mapping[str, str | None],
        *,
        favourable: bool = True,
        observed_for: str | None = "all",
        person: bool = False,
        score: tuple[float, float] | None = None,
        intersections: Iterable[tuple[str, ...]] = (),
        suppress_below: int = 11,
    ) -> System:
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

    return make


@pytest.fixture(scope="session")
def tables_of() -> Callable[[Iterable[Row], System], list[Cells]]:
    """Tables of everybody, each group, each intersection. A row: its groups, d, y (None), n, and bucket."""

    def make(rows: Iterable[Row], system: System) -> list[Cells]:
        rows = list(rows)
        return [table(rows, by, system) for by in [(), *system.attributes]]

    def table(rows: list[Row], by: tuple[str, ...], system: System) -> Cells:
        keys: list[Group] = [tuple(row[name] for name in by) for row in rows]
        groups = list(dict.fromkeys(keys)) or ([()] if not by else [])
        counts = np.zeros((len(groups), 40, 2, 3), dtype=np.int64)
        for row, key in zip(rows, keys, strict=True):
            outcome = NO_OUTCOME if row.get("y") is None else row["y"]
            counts[groups.index(key), row.get("bucket", 0), row["d"], outcome] += row.get("n", 1)
        return Cells(by=by, groups=tuple(groups), counts=counts, clustered=system.cluster is not None)

    return make


@pytest.fixture(scope="session")
def measured(tables_of: Callable[..., list[Cells]]) -> Callable[[Iterable[Row], System], dict[str, Measure]]:
    """Measures of rows, by id, with the comparisons that only notebooks compute."""

    def measure(rows: Iterable[Row], system: System) -> dict[str, Measure]:
        window = measured_cells(tables_of(rows, system), system=system)
        found = list(window.measures)
        for view in (view for by, view in window.views.items() if by):
            for comparison in families(system).for_notebooks:
                found += comparison_measures(view, comparison)
        assert len({m.id for m in found}) == len(found)
        return {m.id: m for m in found}

    return measure


@pytest.fixture(scope="session")
def by_score() -> Callable[..., Scores]:
    """Counts by score of the rows of a table of groups. A row also has its score `s`, or None."""

    def make(rows: Iterable[Row], cells: Cells, range_: tuple[float, float] = (0.0, 1.0)) -> Scores:
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
        return Scores(
            by=cells.by,
            groups=cells.groups,
            range=range_,
            counts=counts,
            totals=totals,
            squares=squares,
            missing=missing,
            clustered=cells.clustered,
        )

    return make


@pytest.fixture(scope="session")
def measured_scores(
    tables_of: Callable[..., list[Cells]], by_score: Callable[..., Scores]
) -> Callable[[Iterable[Row], System], dict[str, Measure]]:
    """Measures of rows that have scores, by id."""

    def scored(rows: list[Row], tables: list[Cells], system: System) -> list[Scores]:
        assert system.log.score
        return [by_score(rows, cells, system.log.score.range) for cells in tables]

    def measure(
        rows: Iterable[Row], system: System, *, earlier: Iterable[Row] = (), **options: Any
    ) -> dict[str, Measure]:
        """`earlier`: rows of the reference window."""
        rows, earlier = list(rows), list(earlier)
        tables = tables_of(rows, system)
        options["reference"] = scored(earlier, tables_of(earlier, system), system) if earlier else []
        found = measure_cells(tables, system=system, scores=scored(rows, tables, system), **options)
        assert len({m.id for m in found}) == len(found)
        return {m.id: m for m in found}

    return measure


@pytest.fixture(scope="session")
def adjusted(make_system: Callable[..., System], tables_of: Callable[..., Any]) -> Callable[..., dict[str, Measure]]:
    """Measures by id of rows (g: group, s: stratum, d, n, bucket) of a system with one control."""

    def measure(rows: Iterable[Row], *, standing: WindowStanding | None = None, **options: Any) -> dict[str, Measure]:
        rows = list(rows)
        system = make_system({"g": "M"}, observed_for=None, **options).model_copy(
            update={"controls": {"job": Control(column="job")}}
        )
        tables = tables_of(rows, system)
        by_group = tables[1]
        names = sorted({row["s"] for row in rows})
        counts = np.zeros((len(by_group.groups), len(names), 40 if by_group.clustered else 1, 2), dtype=np.int64)
        for row in rows:
            bucket = row.get("bucket", 0) if by_group.clustered else 0
            counts[by_group.groups.index((row["g"],)), names.index(row["s"]), bucket, row["d"]] += row.get("n", 1)
        strata = Strata(
            by=("g",),
            groups=by_group.groups,
            strata=tuple((name,) for name in names),
            counts=counts,
            clustered=by_group.clustered,
        )
        found = measure_cells(tables, system=system, strata=[strata], standing=standing or WindowStanding())
        assert len({m.id for m in found}) == len(found)
        return {m.id: m for m in found}

    return measure


@pytest.fixture(scope="session")
def in_lists(make_system: Callable[..., System]) -> Callable[..., System]:
    """A system of lists with one group attribute `g`, and maybe its reference."""

    def make(reference: str | None = None, **options: Any) -> System:
        system = make_system({"g": reference}, observed_for=None, **options)
        columns = system.log.model_copy(update={"request": "request", "rank": "rank"})
        return system.model_copy(update={"kind": "ranking", "columns": columns})

    return make


People = Sequence[tuple[int | None, str | None]]
"""Rank and group of the people of one list."""


@pytest.fixture(scope="session")
def counted_lists(tables_of: Callable[..., list[Cells]]) -> Callable[[Sequence[People], System], Lists]:
    """What the cube `ranks` says of lists."""

    def count(lists: Sequence[People], system: System) -> Lists:
        with duckdb.connect() as connection:
            connection.register("rows", _competing(lists))
            ranks.count_lists(connection, statements_of(system, Bins({}, {})), "FROM rows", into="ranks_now")
            source = ranks.added_up(["FROM ranks_now", ranks.everybody("FROM rows")])
            keys = ", ".join(quote(name) for name in (*KEYS, "bucket"))
            found = connection.execute(f"SELECT {keys}, {summed('ranks')} FROM ({source}) GROUP BY ALL ORDER BY ALL")
            (read,) = lists_of(found.to_arrow_table().cast(RANKS), tables_of(_decided(lists), system))
        return read

    return count


@pytest.fixture(scope="session")
def measured_lists(
    tables_of: Callable[..., list[Cells]], counted_lists: Callable[[Sequence[People], System], Lists]
) -> Callable[[Sequence[People], System], dict[str, Measure]]:
    """Measures of ranking of lists, by id."""

    def measure(lists: Sequence[People], system: System) -> dict[str, Measure]:
        found = measure_cells(tables_of(_decided(lists), system), system=system, lists=[counted_lists(lists, system)])
        assert len({m.id for m in found}) == len(found)
        names = {metric.name for metric in RANKING}
        return {m.id: m for m in found if m.metric in names}

    return measure


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
