"""A world for the tests of faults: MLflow runs with known rows, processes to kill, and what must hold after each."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pandas as pd

from boussole.audits.cubes.update import rebuild
from boussole.audits.lake import reading, writing
from boussole.audits.lake.tables import CUBES, table
from boussole.audits.workspace import Workspace
from boussole.experiments.store import quiet_mlflow
from tests.experiments.stores import Server, add_runs
from tests.faults.children import ENTERED, LEFT
from tests.written import system_text, written_workspace

PATIENCE = 300
"""Seconds after which a process that should have ended counts as stuck."""
ROOT = Path(__file__).parents[2]
SYSTEM = system_text(
    "trial",
    """
columns:
  id: decision_id
  decided_at: ts
  decision: {column: chosen, selected: [1], not_selected: [0]}
  score: {column: score, range: [0, 1]}
  outcome: {column: hired, positive: [1], observed_for: all, absent: missing}
  human: {decision: kept}
groups:
  sex: {column: sex, reference: M}
  age: {column: age, bands: [25, 50]}
intersections: [[sex, age]]
features: [distance]
privacy: {pseudonymise: [decision_id]}
sources: [{mlflow: {experiment: trials}}]
""",
)


def mounted(folder: Path, size: int) -> bool:
    """Whether a file system of so many bytes could be mounted there."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    return not subprocess.run(mount, check=False, capture_output=True).returncode


def unmounted(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


@dataclass
class Child:
    """A process that was started; `pipe` tells of its commits."""

    number: int
    handle: int | None
    out: Path
    err: Path
    pipe: int | None = None
    told: bytes = b""

    def watch(self, *, seconds: float) -> bytes:
        """What the process has told of its commits, after waiting for one more word for at most some seconds."""
        assert self.pipe is not None
        if select.select([self.pipe], [], [], seconds)[0]:
            self.told += os.read(self.pipe, 1)
        return self.told

    def kill(self) -> None:
        """SIGKILL: nothing is tidied."""
        os.kill(self.number, signal.SIGKILL)
        self.wait()

    def wait(self, *, seconds: float = PATIENCE) -> None:
        """Until the process has ended, and all that it told was read."""
        if self.handle is not None:
            assert select.select([self.handle], [], [], seconds)[0], f"stuck: {self.err.read_text()}"
            os.close(self.handle)
            self.handle = None
        while self.pipe is not None:
            word = os.read(self.pipe, 4096)
            self.told += word
            if not word:
                os.close(self.pipe)
                self.pipe = None

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return self.handle is not None and not select.select([self.handle], [], [], 0.001)[0]

    @property
    def in_commit(self) -> bool:
        """Whether the process ended inside a COMMIT."""
        return self.told.endswith(ENTERED)

    @property
    def commits(self) -> int:
        return self.told.count(LEFT)

    def finish(self) -> Any:
        """The result of the process, which must have ended well and complained of nothing."""
        self.wait()
        answer = json.loads(self.out.read_text() or "{}")
        assert "result" in answer, answer
        assert not self.err.read_text()
        return answer["result"]

    def failure(self) -> str:
        """What the process said when it failed, as it must."""
        self.wait()
        return str(json.loads(self.out.read_text())["error"])


class Nursery:
    """Starts processes by forking one that has loaded the libraries."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder = folder
        self.count = 0
        command = [sys.executable, "-m", "tests.faults.children", str(folder), str(store)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def start(self, task: str, *, announce: bool = False, **request: Any) -> Child:
        """Starts a task in a process of its own; with `announce`, it tells of its commits."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.count += 1
        out, err, pipe = (self.folder / f"{self.count}.{kind}" for kind in ("out", "err", "pipe"))
        told = None
        if announce:
            os.mkfifo(pipe)
            told = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            os.set_blocking(told, True)
            request["pipe"] = str(pipe)
        print(json.dumps({"task": task, "out": str(out), "err": str(err), **request}), file=self.process.stdin)
        self.process.stdin.flush()
        number = int(self.process.stdout.readline())
        try:
            handle = os.pidfd_open(number)
        except ProcessLookupError:  # it has ended already
            handle = None
        return Child(number, handle, out, err, told)

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


@dataclass
class World:
    """A workspace, its MLflow store, and every row that was logged there."""

    workspace: Workspace
    experiment: str
    database: Path
    artifacts: Path
    root: str
    sent: dict[str, dict[str, object]] = field(default_factory=dict)

    @classmethod
    def make(cls, home: Path, store: Path) -> World:
        """A workspace with its own store (a copy of an empty one)."""
        workspace = _workspace(home)
        shutil.copyfile(store, home / "mlflow.db")
        root = (home / "artifacts").as_uri()
        client = quiet_mlflow().MlflowClient(tracking_uri=workspace.tracking_uri)
        experiment = client.create_experiment("trials", artifact_location=root)
        return cls(workspace, experiment, home / "mlflow.db", home / "artifacts", root)

    @classmethod
    def served(cls, home: Path, server: Server, folder: Path) -> World:
        """A workspace that reads the experiment of a tracking server, which keeps its files in a folder."""
        workspace = _workspace(home, f'mlflow_tracking_uri = "{server.uri}"\n')
        experiment = quiet_mlflow().MlflowClient(tracking_uri=server.uri).create_experiment("trials")
        place = f"mlflow-artifacts:/{experiment}"
        return cls(workspace, experiment, folder / "server.db", folder / "served" / experiment, place)

    @property
    def home(self) -> str:
        return str(self.workspace.home)

    def log(self, files: int, rows: int = 20, *, late: bool = False) -> None:
        """Logs new files, each in a run of its own; with `late`, outcomes and human actions in runs after them."""
        for _ in range(files):
            frame = self.decisions(rows)
            self.run("decisions", frame)
            if late:
                after = frame[["decision_id"]].assign(hired=[n % 2 for n in range(rows)])
                self.outcomes(after)
                self.run("human_actions", after.rename(columns={"hired": "kept"}))
                for name, value in zip(after["decision_id"], after["hired"], strict=True):
                    self.sent[name]["human"] = value

    def outcomes(self, frame: pd.DataFrame) -> None:
        """Logs outcomes (`decision_id`, `hired`), which replace those that were logged before."""
        self.run("outcomes", frame)
        for name, value in zip(frame["decision_id"], frame["hired"], strict=True):
            self.sent[name]["outcome"] = value

    def decisions(self, rows: int) -> pd.DataFrame:
        """New decisions, which count as sent."""
        frame = decisions(len(self.sent), rows)
        for name, chosen in zip(frame["decision_id"], frame["chosen"], strict=True):
            self.sent[name] = {"decision": chosen, "outcome": None, "human": None}
        return frame

    def run(self, log: str, frame: pd.DataFrame) -> Path:
        """A finished run that ended now, with one file, as MLflow would have stored it."""
        number = uuid.uuid4().hex
        add_runs(
            self.database, self.experiment, [number], artifacts=self.root, system="trial", start=int(time.time() * 1000)
        )
        path = self.artifacts / number / "artifacts" / "boussole" / log / "part-1.parquet"
        path.parent.mkdir(parents=True)
        frame.to_parquet(path)
        return path


def decisions(first: int, rows: int) -> pd.DataFrame:
    """Decisions whose ids start at a number."""
    numbers = range(first, first + rows)
    return pd.DataFrame(
        {
            "decision_id": [f"d{n:06d}" for n in numbers],
            "ts": pd.to_datetime([f"2025-0{n % 3 + 1}-{n % 28 + 1:02d} 10:00" for n in numbers]),
            "chosen": [n % 2 for n in numbers],
            "score": [n % 100 / 100 for n in numbers],
            "sex": ["F" if n % 4 < 2 else "M" for n in numbers],
            "age": [20 + n % 40 for n in numbers],
            "distance": [float(n % 17) for n in numbers],
        }
    )


def _workspace(home: Path, settings: str = "") -> Workspace:
    written_workspace(home, SYSTEM)
    with (home / "boussole.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    return Workspace(home)


def check(world: World) -> None:
    """Every row that was sent is in the lake exactly once with what was said of it later, and the cubes fit."""
    rows = pd.Series([tuple(row.values()) for row in world.sent.values()]).value_counts().to_dict()
    with reading(world.workspace) as lake:
        counts = lake.execute("SELECT count(*), count(DISTINCT id) FROM lake.trial.decisions").fetchone()
        held = lake.execute(
            "SELECT decision, outcome, human, count(*) FROM lake.trial.decisions GROUP BY ALL"
        ).fetchall()
        counted = lake.execute("""SELECT sum(n) FROM lake.trial.daily WHERE "by" = ''""").fetchone()
    assert counts == (len(world.sent), len(world.sent))
    assert counted == (len(world.sent),)
    assert {tuple(row[:3]): row[3] for row in held} == rows
    check_cubes(world.workspace)


def check_cubes(workspace: Workspace) -> None:
    """The cubes are what a rebuild makes of the rows."""
    system = workspace.system("trial")
    with reading(workspace) as lake:
        before = cubes(lake, workspace)
    with writing(workspace) as lake:
        rebuild(lake, system)
        after = cubes(lake, workspace)
    assert before == after


def cubes(lake: duckdb.DuckDBPyConnection, workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """Every cube, its rows in order."""
    system = workspace.system("trial")
    return {name: lake.execute(f"FROM {table(system, name)} ORDER BY ALL").fetchall() for name in CUBES}
