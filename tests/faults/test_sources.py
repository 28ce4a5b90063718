"""Sources that fail: a server that dies while it sends, a file that was cut, a clock that goes backwards."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.lake import reading
from tests.experiments.stores import Server, mlflow_server
from tests.faults.harness import Child, Nursery, World, check

DAY = 24 * 3600
MEGABYTE = 2**20


@pytest.mark.slow
@pytest.mark.parametrize("cut", ["empty", "half", "head", "footer", "last byte"])
def test_a_truncated_parquet_is_told_and_taken_once_it_is_whole(world: World, nursery: Nursery, cut: str) -> None:
    world.log(1)
    path = world.run("decisions", world.decisions(500))
    world.log(1)
    whole = path.read_bytes()
    size = {"empty": 0, "head": 4, "half": len(whole) // 2, "footer": len(whole) - 8, "last byte": len(whole) - 1}
    path.write_bytes(whole[: size[cut]])
    (report,) = nursery.start("sync", home=world.home).finish()
    assert [file["accepted"] for file in report["ingested"]] == [20, 20]
    (told,) = report["failures"]
    assert path.parts[-5] in told  # the run
    assert "cannot be read as parquet" in told or "empty (0 bytes)" in told
    path.write_bytes(whole)
    (report,) = nursery.start("sync", home=world.home).finish()
    assert ([file["accepted"] for file in report["ingested"]], report["failures"]) == ([500], [])
    check(world)


@pytest.mark.slow
def test_a_server_that_is_killed_while_it_sends(tmp_path: Path, nursery: Nursery) -> None:
    with mlflow_server(tmp_path) as server:
        world = World.served(tmp_path / "workspace", server, tmp_path)
        world.log(1)
        noise = [os.urandom(MEGABYTE) for _ in range(200)]
        big = world.run("decisions", world.decisions(len(noise)).assign(noise=noise)).stat().st_size
        temporary = tmp_path / "downloads"
        temporary.mkdir()
        child = nursery.start("sync", home=world.home, temporary=str(temporary))
        assert MEGABYTE < _arriving(temporary, child, server) < big
        server.stop()
        (report,) = child.finish()
        (told,) = report["failures"]
        assert "the MLflow server does not answer" in told, told
        assert not list(temporary.iterdir())
    with mlflow_server(tmp_path, port=int(server.uri.rpartition(":")[2])):
        (report,) = nursery.start("sync", home=world.home).finish()
    assert report["failures"] == []
    check(world)


def _arriving(folder: Path, child: Child, server: Server) -> int:
    """Waits until a download has begun, stops the server in the middle of it, and returns how much has come."""
    while max((path.stat().st_size for path in folder.rglob("*") if path.is_file()), default=0) <= MEGABYTE:
        assert child.running
    os.killpg(server.process.pid, signal.SIGSTOP)
    return max(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
@pytest.mark.parametrize("days", [400, -40])
def test_a_wrong_clock_loses_no_run_and_no_correction(world: World, nursery: Nursery, days: int) -> None:
    """A first sync with a wrong clock, the next with the right one, then one that is wrong the other way."""
    world.log(2, late=True)
    nursery.start("sync", home=world.home, clock=days * DAY).finish()
    world.log(2)
    _correct(world, hired=1)
    nursery.start("sync", home=world.home).finish()
    check(world)
    world.log(1)
    _correct(world, hired=0)
    nursery.start("sync", home=world.home, clock=-40 * DAY).finish()
    check(world)
    with reading(world.workspace) as lake:
        batches = [row[0] for row in lake.execute("SELECT batch FROM lake.main.ingested ORDER BY rowid").fetchall()]
    assert batches == sorted(set(batches))


def _correct(world: World, *, hired: int) -> None:
    """Says of the first decision that it ended otherwise than was said before."""
    world.outcomes(pd.DataFrame({"decision_id": ["d000000"], "hired": [hired]}))
