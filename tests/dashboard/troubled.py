"""A workspace whose data has every trouble at once: late, unread, set aside, changed, excluded, erased, declared."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

from boussole.audits.decisions import ingest
from boussole.audits.decisions.declared_values import DeclaredValue, store_declared
from boussole.audits.decisions.exclusion import exclude
from boussole.audits.retention.purge import purge
from boussole.audits.workspace import Workspace
from boussole.experiments.marks import SyncMark, update_mark

FIXTURE = Path(__file__).parent / "workspace"
SOURCES = """
sources:
  - mlflow: {experiment: matchft}
    every: week
  - duckdb: {path: hires.duckdb, table: hires, log: outcomes}
    every: day
"""
COLUMNS = (
    "decision_id,ts,contacted,hired,offer_id,person_id,gender,age,priority_area,nationality,experience_years,"
    "distance_km"
)
SILENT = """
id: calls
kind: selection
title: {fr: Appels, en: Calls}
purpose: {fr: "Choisir qui rappeler.", en: "Choose whom to call back."}
owner: Direction
status: pilot
risk: limited
columns: {id: id, decided_at: at, decision: {column: called, selected: [true]}}
sources:
  - duckdb: {path: calls.duckdb, table: calls}
"""


def troubled(home: Path) -> Workspace:
    """Made with the calls that imports and syncs make; the marks of syncs are those of 20 November 2026."""
    workspace = Workspace.create(home, organisation="Test")
    shutil.copytree(FIXTURE / "systems", workspace.home / "systems", dirs_exist_ok=True)
    path = workspace.home / "systems" / "matchft.yaml"
    path.write_text(path.read_text(encoding="utf-8") + SOURCES, encoding="utf-8")
    (workspace.home / "systems" / "calls.yaml").write_text(SILENT, encoding="utf-8")
    workspace = Workspace(home)
    _decisions(workspace)
    _marks(workspace)
    _declared(workspace)
    return workspace


def rows(prefix: str, months: tuple[int, ...], *, extra: str = "", gender: str = "F") -> list[str]:
    """Twenty good rows of each month of 2026."""
    tail = f",{extra}" if extra else ""
    return [
        f"{prefix}{month}-{n},2026-{month:02}-{n + 1:02}T09:00:00,{'true' if n % 3 else 'false'},,o{n},p{n},"
        f"{'M' if n % 2 else gender},{20 + n},true,french,{n},{n}{tail}"
        for month in months
        for n in range(20)
    ]


def _decisions(workspace: Workspace) -> None:
    system = workspace.system("matchft")
    bad = [
        "secret-1,2026-09-03T09:00:00,perhaps,,o1,p1,F,30,true,french,1,1",
        "secret-2,the third,true,,o1,p1,F,30,true,french,1,1",
        "secret-3,,true,,o1,p1,F,30,true,french,1,1",
        ",2026-09-03T09:00:00,true,,o1,p1,F,30,true,french,1,1",
        "secret-4,2026-09-03T09:00:00,true,,o1,p1,F,thirty,true,french,1,1",
    ]
    batches = {
        "mlflow:0a1b2c3d4e5f/boussole/decisions/a.csv": [COLUMNS, *rows("a", (1, 2, 7))],
        "mlflow:6b7c8d9e0f1a/boussole/decisions/b.csv": [COLUMNS, *rows("b", (8,)), *bad],
        "mlflow:2c3d4e5f6a7b/boussole/decisions/c.csv": [
            f"{COLUMNS},channel",
            *rows("c", (9,), extra="sms", gender="X"),
        ],
    }
    for origin, lines in batches.items():
        file = workspace.home / "batch.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        ingest(workspace, system, file, origin=origin)
        file.unlink()
    exclude(workspace, system, "mlflow:6b7c8d9e0f1a", reason="deleted")
    purge(workspace, before=dt.date(2026, 3, 1), system_id="matchft")


def _marks(workspace: Workspace) -> None:
    at = int(dt.datetime(2026, 11, 20, 8, 15, tzinfo=dt.UTC).timestamp() * 1000)
    unread = "it could not be read: IO Error: no such DuckDB file.\n  in: hires.duckdb\n  next: Check the path."

    def read(mark: SyncMark) -> SyncMark:
        return replace(mark, last_attempt=at, last_success=at, last_new=at)

    def failed(mark: SyncMark) -> SyncMark:
        return replace(mark, last_attempt=at, failure=unread)

    update_mark(workspace, "matchft", "mlflow:matchft", read)
    update_mark(workspace, "matchft", "duckdb:hires.duckdb?table=hires (outcomes)", failed)


def _declared(workspace: Workspace) -> None:
    values = {"F": (0.81, 640), "M": (0.86, 702), None: (0.84, 1342)}
    made = [
        DeclaredValue(
            run="mlflow:2c3d4e5f6a7b",
            file="algo_metrics_by_groups.json",
            logged_at=dt.datetime.fromisoformat("2026-09-30T10:00"),
            kind="algorithm",
            groups={"gender": gender} if gender else {},
            metric=metric,
            value=value - shift,
            count=count,
        )
        for gender, (value, count) in values.items()
        for metric, shift in (("accuracy", 0.0), ("selection_rate", 0.5))
    ]
    files = [("mlflow:2c3d4e5f6a7b", "algo_metrics_by_groups.json")]
    store_declared(workspace, workspace.system("matchft"), files, made)
