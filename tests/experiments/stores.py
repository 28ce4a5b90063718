"""MLflow stores for tests (many runs written in bulk, a real tracking server), and what a sync of one brought in."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine, insert

from boussole.audits.lake import reading
from boussole.audits.workspace import Workspace
from boussole.experiments.sync import SyncReport

Make = Callable[..., pd.DataFrame]
OUTCOME = "  outcome: {column: hired, positive: [1], observed_for: all, absent: missing}\n"


def told(reports: list[SyncReport]) -> tuple[int, int, int]:
    """Rows accepted, files known before, failures, of the only source."""
    (report,) = reports
    return sum(item.accepted for item in report.ingested), report.known, len(report.failures)


def ids(workspace: Workspace) -> list[str]:
    """The ids in the lake, in order."""
    with reading(workspace) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM lake.trial.decisions ORDER BY id").fetchall()]


def rewritten(workspace: Workspace, old: str, new: str, *, to: str = "trial") -> Workspace:
    """The workspace, whose system `trial` (or another one, made of it) says something else."""
    text = (workspace.home / "systems" / "trial.yaml").read_text(encoding="utf-8").replace(old, new)
    (workspace.home / "systems" / f"{to}.yaml").write_text(text, encoding="utf-8")
    return Workspace(workspace.home)


def add_runs(database: Path, experiment: str, ids: Sequence[str], *, artifacts: str, system: str, start: int) -> None:
    """Finished runs with a system's tag, written straight into MLflow's tables, an hour apart back from `start`."""
    from mlflow.store.tracking.dbmodels.models import SqlRun, SqlTag

    same: dict[str, object] = {"experiment_id": int(experiment), "status": "FINISHED", "lifecycle_stage": "active"}
    same |= {"source_type": "LOCAL", "user_id": "tester"}
    runs = [
        {"run_uuid": run_id, "name": run_id[:8], "artifact_uri": f"{artifacts}/{run_id}/artifacts", **same}
        | {"start_time": start - number * 60_000, "end_time": start - number * 60_000 + 1000}
        for number, run_id in enumerate(ids)
    ]
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        connection.execute(insert(SqlRun), runs)
        connection.execute(insert(SqlTag), [{"key": "boussole.system", "value": system, "run_uuid": i} for i in ids])
    engine.dispose()


@dataclass
class Server:
    """A running `mlflow server`; `stop` kills it and all of its workers at once, as a power cut would."""

    uri: str
    process: subprocess.Popen[str]

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def mlflow_server(home: Path, *, store: Path | None = None, port: int | None = None) -> Iterator[Server]:
    """`mlflow server` on 127.0.0.1 that keeps its database (a copy of `store`) and proxied artifacts in `home`."""
    if store:
        shutil.copyfile(store, home / "server.db")
    chosen = port or _free_port()
    program, alone = str(Path(sys.executable).parent / "mlflow"), ("--workers", "1", "--serve-artifacts")
    places = ("--backend-store-uri", f"sqlite:///{home / 'server.db'}", "--artifacts-destination", str(home / "served"))
    process = subprocess.Popen(
        [program, "server", "--host", "127.0.0.1", "--port", str(chosen), *alone, *places],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        cwd=home,
        env=os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},  # eight processes that nobody needs here
    )
    server = Server(f"http://127.0.0.1:{chosen}", process)
    try:
        _wait_until_up(process)
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(process: subprocess.Popen[str]) -> None:
    """Reads what the server says until it serves; what it says later is thrown away."""
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if "Application startup complete" in line:
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return
    raise RuntimeError(f"the MLflow server did not start: {''.join(said)}")
