"""A sync that is killed at any point, one that waits for a lock, and a file larger than the memory it may take."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from boussole.audits.lake import reading
from tests.attacks import Tries
from tests.faults.children import ENTERED, LEFT
from tests.faults.harness import Child, Nursery, World, check, check_cubes

MOST_COMMITS = 3


@pytest.mark.attack("the lake", "a sync is killed, most often inside a commit")
@pytest.mark.slow
def test_killed_at_any_point_and_started_again(world: World, nursery: Nursery, tries: Tries) -> None:
    rounds = 20
    chance = np.random.default_rng(rounds)
    killed = in_commit = 0
    for number in range(rounds):
        tries.add()
        world.log(1, rows=10, late=True)
        child = nursery.start("sync", home=world.home, announce=True)
        at_random = number % 5 == 4
        if at_random:
            child.watch(seconds=chance.uniform(0, 1))
        else:
            _until_commit(child, 1 + int(chance.integers(MOST_COMMITS)))
            child.watch(seconds=chance.uniform(0, 0.03))  # ends early when the commit does
        child.kill()
        killed += not child.out.read_text()
        in_commit += child.in_commit
        nursery.start("sync", home=world.home).finish()
        check(world)
    assert killed >= 0.9 * rounds
    assert in_commit > 0.5 * rounds


def _until_commit(child: Child, nth: int) -> None:
    """Waits until the process has entered its nth commit, or has ended."""
    before = -1
    while child.told.count(ENTERED) < nth and len(child.told) > before:
        before = len(child.told)
        child.watch(seconds=60)


LONGER_THAN_SQLITE_WAITS = 6


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["EXCLUSIVE", "IMMEDIATE"])
def test_held_for_some_seconds(world: World, nursery: Nursery, kind: str) -> None:
    world.log(1)
    nursery.start("sync", home=world.home).finish()
    world.log(2, late=True)
    catalogue = str(world.workspace.catalogue)
    seconds = LONGER_THAN_SQLITE_WAITS
    holder = nursery.start("hold", announce=True, catalogue=catalogue, kind=kind, seconds=seconds)
    assert holder.watch(seconds=60) == ENTERED
    waiting = nursery.start("sync", home=world.home, announce=True)
    reader = nursery.start("read", home=world.home)
    assert holder.watch(seconds=60) == ENTERED + LEFT
    assert waiting.running
    assert waiting.commits == 0
    assert reader.running == (kind == "EXCLUSIVE")  # another writer does not keep readers out
    (report,) = waiting.finish()
    assert report["failures"] == []
    (rows,) = reader.finish()
    assert rows >= 20
    holder.finish()
    check(world)


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
