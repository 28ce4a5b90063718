"""Room on the disk, the clock, versions, and what killed processes left."""

from __future__ import annotations

import datetime as dt
import platform
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from boussole.audits.distribution import own_version
from boussole.audits.lake.engine import EXTENSIONS
from boussole.audits.retention.leftovers import left_behind
from boussole.audits.workspace import Workspace
from boussole.charter.records.store.lookup import last_moment
from boussole.dashboard.cli.doctor.files import MEND, parts
from boussole.dashboard.cli.doctor.row import Finding, well

MEGABYTE = 2**20
LEAST = 200 * MEGABYTE
SLACK = dt.timedelta(hours=1)


def left_over(workspace: Workspace) -> Iterator[Finding]:
    """Half-written files, and temporary folders with copies of sources."""
    if found := parts(workspace):
        yield f"{len(found)} half-written files of processes that were killed.", MEND
    if folders := left_behind():
        yield f"{len(folders)} temporary folders of processes that were killed; copies of sources may lie there.", MEND


def disk(workspace: Workspace) -> Iterator[Finding]:
    """Room: a purge and a rotation of keys build a second lake."""
    size = sum(path.stat().st_size for path in workspace.lake.rglob("*.parquet"))
    for name, path, needed in (
        ("the workspace", workspace.home, LEAST + size),
        ("temporary files", Path(tempfile.gettempdir()), LEAST),
    ):
        free = shutil.disk_usage(path).free
        if free < needed:
            what = f"{free // MEGABYTE} MB are free for {name} ({path}); {needed // MEGABYTE} MB are wise."
            yield what, "Make room."


def clock(workspace: Workspace) -> Iterator[Finding]:
    """A clock that is behind what was already written."""
    now = dt.datetime.now(dt.UTC)
    built = dt.datetime.fromtimestamp(Path(__file__).stat().st_mtime, dt.UTC)
    latest = max([built, *([last] if (last := last_moment(workspace)) else [])])
    if now < latest - SLACK:
        yield f"the clock says {now:%Y-%m-%d %H:%M} UTC; the ledger or the program is later.", "Set the clock."
    else:
        yield well(f"{now:%Y-%m-%d %H:%M} UTC.")


def versions(workspace: Workspace) -> Iterator[Finding]:  # noqa: ARG001 (the shape of a check)
    """DuckDB and its extensions have to be of one version."""
    of_duckdb = version("duckdb")
    for name in EXTENSIONS:
        if version(name) != of_duckdb:
            yield f"{name} is {version(name)}, duckdb is {of_duckdb}.", "Install from requirements.lock."
    own = f"boussole {own_version()}, duckdb {of_duckdb}, mlflow {version('mlflow')}"
    yield well(f"{own}, SQLite {sqlite3.sqlite_version}, Python {platform.python_version()}.")
