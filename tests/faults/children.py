"""Real processes for the tests of faults: each is forked from one that has loaded the libraries, and can be killed.

Run as a program (with a folder and an empty MLflow store), it reads one request a line (JSON), forks, and answers with
the child's number. What a child prints goes to the files that the request names; its output is its result as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

Request = Mapping[str, Any]
ENTERED, LEFT = b"(", b")"
"""What a process writes to its pipe just before and just after the COMMIT of a transaction."""


def sync(request: Request) -> Any:
    """A sync, as the command does it."""
    from boussole.audits.workspace import Workspace
    from boussole.experiments.sync import sync as pull

    _announce_commits(request.get("pipe"))
    reports = pull(Workspace(Path(request["home"])), full=request.get("full", False))
    return [report.document() for report in reports]


def ingest(request: Request) -> Any:
    """One file, as the command `import` does it; with the memory that the process took, in bytes."""
    from boussole.audits.decisions import ingest as bring_in
    from boussole.audits.workspace import Workspace

    _announce_commits(request.get("pipe"))
    workspace = Workspace(Path(request["home"]))
    report = bring_in(workspace, workspace.system("trial"), request["file"])
    return {**report.document(), "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def read(request: Request) -> Any:
    """How many decisions a reader sees."""
    from boussole.audits.lake import reading
    from boussole.audits.workspace import Workspace

    with reading(Workspace(Path(request["home"]))) as lake:
        return lake.execute("SELECT count(*) FROM lake.trial.decisions").fetchone()


def hold(request: Request) -> Any:
    """Locks the catalogue for some seconds with Python's SQLite, as another tool would, and tells the pipe of it."""
    import sqlite3

    told = os.open(request["pipe"], os.O_WRONLY)
    held = sqlite3.connect(request["catalogue"], isolation_level=None, timeout=60)
    held.execute(f"BEGIN {request['kind']}")
    os.write(told, ENTERED)
    select.select([], [], [], request["seconds"])
    os.write(told, LEFT)
    held.execute("ROLLBACK")


TASKS: dict[str, Callable[[Request], Any]] = {"sync": sync, "ingest": ingest, "read": read, "hold": hold}


def _announce_commits(pipe: str | None) -> None:
    """Tells the pipe when a commit begins and ends; the commit itself is the real one."""
    if pipe is None:
        return
    from boussole.audits.lake import connection

    really, told = connection.commit, os.open(pipe, os.O_WRONLY)

    def commit(lake: duckdb.DuckDBPyConnection) -> None:
        os.write(told, ENTERED)
        really(lake)
        os.write(told, LEFT)

    connection.commit = commit


def _shift_clock(seconds: float) -> None:
    """A process whose clock is wrong: the time that Python's modules read is shifted."""
    really, right = time.time, dt.datetime

    class Shifted(right):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return right.now(tz) + dt.timedelta(seconds=seconds)

    time.time = lambda: really() + seconds
    dt.datetime = Shifted


def _become(request: Request) -> None:
    """The child's life: its limits and clock, its task, its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    if "largest_file" in request:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that a write fails with EFBIG
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest_file"], resource.RLIM_INFINITY))
    tempfile.tempdir = request.get("temporary")  # a place of its own, which a test can look into
    if "clock" in request:
        _shift_clock(request["clock"])
    raised = ""
    try:
        result = {"result": TASKS[request["task"]](request)}
    except Exception as error:  # noqa: BLE001 (whatever it is, the test is told)
        raised = traceback.format_exc()
        result = {"error": str(error), "kind": type(error).__name__}
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    sys.stderr.write(raised)
    os.write(1, json.dumps(result, default=str).encode())


def _warm_up(folder: Path, store: Path) -> None:
    """One small sync, so that what libraries do only once is done before processes are forked."""
    from boussole.audits.lake import engine
    from boussole.experiments.sync import sync as pull
    from tests.faults.harness import World

    engine.CONFIG["allow_unsigned_extensions"] = True  # as in the process that runs the tests: .4 s for each child
    world = World.make(folder / "warm", store)
    world.log(1, late=True)
    pull(world.workspace)


def main() -> None:
    """Warms up, then forks a child for each request."""
    _warm_up(Path(sys.argv[1]), Path(sys.argv[2]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for children here: the tests watch them
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                _become(request)
            finally:
                os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
