"""The Ibis expressions of the cubes on a local Spark session, beside the cubes that DuckDB keeps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from boussole.audits.cubes import build, ranks
from boussole.audits.cubes.edges import bins_of
from boussole.audits.cubes.ranks import KIND, chances_table
from boussole.audits.cubes.values import histograms
from boussole.audits.lake import reading
from boussole.audits.lake.tables import CUBES, RANKED, SUMS, keys_of, table
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.audits import test_cubes, test_ranks
from tests.audits.cubed import load

pytestmark = pytest.mark.slow

Make = Callable[[str, Any], Any]
"""Keeps a table under a name, so that it is computed once, and gives it back."""


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    quiet = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.sql.session.timeZone": "UTC"}
    builder = SparkSession.builder.master("local[2]").config("spark.driver.bindAddress", "127.0.0.1")
    session = builder.config("spark.driver.host", "127.0.0.1").config(map=quiet).getOrCreate()
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.fixture
def make(spark: Any, tmp_path: Path) -> Make:
    """Through a Parquet file: an expression left open would number its rows anew each time it is read."""

    def made(name: str, source: Any) -> Any:
        path = tmp_path / f"{name}.parquet"
        pq.write_table(source if isinstance(source, pa.Table) else source.to_pyarrow(), path)
        return spark.read_parquet(path, table_name=name)

    return made


def kept(workspace: Workspace, system: System, name: str) -> pa.Table:
    with reading(workspace) as connection:
        return connection.execute(f"FROM {table(system, name)}").to_arrow_table()


def by_key(rows: pa.Table, cube: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """The sums of a cube by its keys."""
    columns = {name: rows[name].to_pylist() for name in CUBES[cube]}
    keys, sums = (zip(*(columns[name] for name in names), strict=True) for names in (keys_of(cube), SUMS[cube]))
    return dict(zip(keys, sums, strict=True))


def test_counts_are_those_of_duckdb(make: Make, tmp_path: Path) -> None:
    workspace, system = load(tmp_path / "w", test_cubes.SYSTEM, test_cubes.log(4000, 1))
    with reading(workspace) as connection:
        bins = bins_of(connection, system)
    decisions = make("picked", kept(workspace, system, "decisions"))
    base = make("base", build.base(decisions, system))
    found: Mapping[str, Any] = {
        "daily": build.daily(base, system),
        "cells": build.cells(base, system),
        "strata": build.strata(decisions, system),
        "scores": build.scores(decisions, system),
        "histograms": histograms(decisions, system, bins.edges, bins.values),
    }
    for name, expression in found.items():
        expected = by_key(kept(workspace, system, name), name)
        assert expected
        assert by_key(expression.to_pyarrow(), name) == expected, name


def test_lists_are_those_of_duckdb(make: Make, tmp_path: Path) -> None:
    """Counts exactly; amounts of attention to 1e-12 of what they are."""
    workspace, system = load(tmp_path / "w", test_ranks.SYSTEM, test_ranks.log())
    made = {"competing": make("competing", kept(workspace, system, "decisions"))}
    made["listed"] = make("listed", ranks.listed(made["competing"], system))
    found = by_key(ranks.every_list(made["listed"]).to_pyarrow(), "ranks")
    for i, by in enumerate(system.attributes):
        counted = make(f"counted{i}", ranks.counted(made["listed"], by))
        shares = make(f"shares{i}", ranks.shares(counted, by, system.reference_of(by)))
        kinds = shares.select(KIND).cast(dict.fromkeys(KIND, "int64")).distinct().order_by(KIND).to_pyarrow()
        chances = make(f"chances{i}", chances_table(kinds))
        order = make(f"ordered{i}", ranks.ordered(made["listed"], shares, by))
        added = ranks.of_attribute((shares, order, None), chances, by, ranks.against(system, by))
        found |= by_key(added.to_pyarrow(), "ranks")
    expected = {key: sums for key, sums in by_key(kept(workspace, system, "ranks"), "ranks").items() if sums[0]}
    assert len(found) > 100
    assert set(found) == set(expected)
    for key, sums in found.items():
        for (name, kind), here, there in zip(RANKED.items(), sums, expected[key], strict=True):
            if name == "n" and key[1] == "":
                continue  # everybody, in lists or not, is counted in plain SQL
            near = here == there if kind == "BIGINT" else math.isclose(here, there, rel_tol=1e-12, abs_tol=1e-12)
            assert near, (key, name, here, there)
