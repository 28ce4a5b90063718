"""Logs beside the decisions of a system `offers`: brought in as they are written, and what is counted of their rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from boussole.audits.counts.corrections import read_logs
from boussole.audits.decisions import ingest
from boussole.audits.decisions.report import IngestReport
from boussole.audits.lake import reading
from boussole.audits.log_names import LogName
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace

MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
APRIL = Window(dt.date(2026, 4, 1), dt.date(2026, 4, 30))


def filled(home: Path, system: System, *frames: pd.DataFrame) -> Workspace:
    """A workspace with the decisions of these frames, one file after the other."""
    workspace = Workspace.create(home)
    for i, frame in enumerate(frames):
        frame.to_parquet(home / f"rows{i}.parquet")
        ingest(workspace, system, home / f"rows{i}.parquet")
    return workspace


def bring(workspace: Workspace, log: LogName, head: str, *rows: str, name: str = "rows", **more: Any) -> IngestReport:
    """Bring in rows of a file that is called `name`; none may be set aside unless `more` says how many."""
    quarantined = more.pop("quarantined", 0)
    path = workspace.home.parent / f"{name}.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    report = ingest(workspace, workspace.system("offers"), path, log=log, **more)
    assert report.quarantined == quarantined
    return report


def read_log(workspace: Workspace, log: LogName, window: Window = MARCH, *, exact: bool = False) -> pa.Table | None:
    """What is counted of a log: from the cube, or from its rows."""
    with reading(workspace) as connection:
        return read_logs(connection, workspace.system("offers"), window, exact=exact).get(log)


def sides(read: pa.Table | None, part: str) -> tuple[int, int]:
    """Cases and all of a part."""
    own = [row for row in (read.to_pylist() if read else []) if row["part"] == part]
    return sum(row["n"] for row in own if row["decision"]), sum(row["n"] for row in own)
