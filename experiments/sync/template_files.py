"""Measures that runs of a known template declare: recognised by their files, read once, kept beside the lake's own."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from boussole.audits.decisions.declared_values import DeclaredValue, store_declared
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.experiments import gabarit
from boussole.experiments.sync import lake
from boussole.experiments.sync.fetching import download
from boussole.experiments.sync.report import UnreachableSourceError, failure, troubles
from boussole.experiments.sync.runs import TrackedRun
from boussole.experiments.sync.store_listing import StoreListing


def sync_declared(workspace: Workspace, system: System, seen: StoreListing, *, known: set[str], full: bool) -> int:
    """Reads the files of the template that are new; returns how many, and adds what could not be read to `seen`."""
    wanted = [
        (run, name)
        for run in seen.runs
        for name in seen.beside.get(run.run_id, ())
        if name in gabarit.FILES and (full or f"{lake.RUN}{run.run_id}/{name}" not in known)
    ]
    rows: list[DeclaredValue] = []
    files: list[tuple[str, str]] = []
    for run, name in wanted:
        try:
            rows += _read(workspace, run, name)
        except troubles() as error:
            problem = failure(error, f"{lake.RUN}{run.run_id}/{name}")
            seen.failures.append((run.run_id, problem))
            if isinstance(problem, UnreachableSourceError):
                break
        else:
            files.append((lake.RUN + run.run_id, name))
    if files:
        store_declared(workspace, system, files, rows)
    return len(files)


def _read(workspace: Workspace, run: TrackedRun, name: str) -> list[DeclaredValue]:
    moment = dt.datetime.fromtimestamp((run.end or run.start) / 1000, dt.UTC).replace(tzinfo=None)
    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        lines = gabarit.read(download(workspace, run, name, Path(folder) / "file"))
    return [
        DeclaredValue(
            run=lake.RUN + run.run_id,
            file=name,
            logged_at=moment,
            kind=gabarit.FILES[name],
            groups=line.groups,
            metric=line.metric,
            value=line.value,
            count=line.count,
        )
        for line in lines
    ]
