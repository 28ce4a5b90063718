"""A file that is larger than the memory it may take."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from boussole.audits.lake import reading
from tests.faults.harness import Nursery, World, check_cubes

GIGABYTE = 2**30


@pytest.mark.slow
def test_one_large_file_under_two_gigabytes(world: World, nursery: Nursery, tmp_path: Path) -> None:
    path, rows = tmp_path / "large.parquet", 8_000_000
    duckdb.execute(
        f"""COPY (
            SELECT 'd' || i AS decision_id, TIMESTAMP '2025-01-01' + to_seconds(i % 7430400) AS ts, i % 2 AS chosen,
                   i % 100 / 100 AS score, CASE WHEN i % 4 < 2 THEN 'F' ELSE 'M' END AS sex, 20 + i % 40 AS age,
                   (i % 17)::DOUBLE AS distance
            FROM range({rows}) t(i)
        ) TO '{path}' (FORMAT parquet)"""
    )
    report = nursery.start("ingest", home=world.home, file=str(path)).finish()
    assert (report["accepted"], report["quarantined"]) == (rows, 0)
    assert report["memory"] < 2 * GIGABYTE
    with reading(world.workspace) as lake:
        counts = lake.execute("SELECT count(*), count(DISTINCT id), sum(decision) FROM lake.trial.decisions").fetchone()
    assert counts == (rows, rows, rows // 2)
    check_cubes(world.workspace)
