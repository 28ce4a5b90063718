"""Workspaces filled with frames, what their cubes hold, and what a rebuild makes of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from boussole.audits.cubes.update import rebuild
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading, writing
from boussole.audits.lake.tables import CUBES, table
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.written import written_workspace


def load(folder: Path, text: str, *frames: pd.DataFrame) -> tuple[Workspace, System]:
    """A workspace with the system of such a file, and these rows, each frame a file of its own."""
    workspace = written_workspace(folder, text, fixed_keys=True)
    for i, frame in enumerate(frames):
        frame.to_parquet(folder / f"part{i}.parquet")
        ingest(workspace, only(workspace), folder / f"part{i}.parquet")
    return workspace, only(workspace)


def only(workspace: Workspace) -> System:
    (name,) = workspace.systems
    return workspace.system(name)


def contents(workspace: Workspace, *more: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the cubes, and of other tables."""
    system = only(workspace)
    with reading(workspace) as lake:
        return {n: lake.execute(f"FROM {table(system, n)} ORDER BY ALL").fetchall() for n in (*CUBES, *more)}


def rebuilt(workspace: Workspace, *more: str) -> dict[str, list[tuple[object, ...]]]:
    with writing(workspace) as connection:
        rebuild(connection, only(workspace))
    return contents(workspace, *more)
