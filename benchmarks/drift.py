"""Drift of 20 columns over 12 months, from cubes: `python -m benchmarks.drift FOLDER`. Prints JSON.

Cubes are as large as those of 100 million decisions; Evidently compares windows of 100,000 and of a million rows.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml

from benchmarks.timing import best
from boussole.audits.decisions import ingest
from boussole.audits.drift.evidently_report import SEED, draw
from boussole.audits.drift.series import drift_series
from boussole.audits.lake import reading
from boussole.audits.lake.tables import literal, table
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace

COLUMNS, ROWS, WEIGHT = 20, 300_000, 334
PEER_ROWS = (100_000, 1_000_000)
DRAWN_FROM = 10_000_000
YEAR = Window(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
SYSTEM: dict[str, Any] = {
    "id": "drifting",
    "kind": "selection",
    "title": {"fr": "Banc d’essai", "en": "Benchmark"},
    "purpose": {"fr": "Mesurer la vitesse.", "en": "Measures speed."},
    "owner": "Nobody",
    "status": "design",
    "risk": "minimal",
    "columns": {
        "id": "id",
        "decided_at": "day",
        "decision": {"column": "selected", "selected": [True], "not_selected": [False]},
        "score": {"column": "score", "range": [0, 1]},
        "outcome": {"column": "came", "positive": [True], "observed_for": "all", "absent": "missing"},
        "person": "person",
        "weight": "weight",
    },
    "features": [f"x{i}" for i in range(COLUMNS - 1)],
    "windows": {"audit": "month", "reference": "2025-01-01/2025-01-31"},
}


PLAIN: dict[str, Any] = {
    **SYSTEM,
    "id": "plain",
    "columns": {key: SYSTEM["columns"][key] for key in ("id", "decided_at", "decision", "score")},
    "features": ["x"],
}


def main() -> None:
    """Fills a lake, then times the drift of the year, Evidently beside it, and a sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=DRAWN_FROM, help="of the log that a sample is drawn from")
    options = parser.parse_args()
    home = options.folder / "drift"
    shutil.rmtree(home, ignore_errors=True)
    workspace = Workspace.create(home)
    for system in (SYSTEM, PLAIN):
        file = home / "systems" / f"{system['id']}.yaml"
        file.write_text(yaml.safe_dump(system), encoding="utf-8")
    path = home / "log.parquet"
    decided(ROWS).to_parquet(path)
    drifting = workspace.system("drifting")
    ingest(workspace, drifting, path)
    as_of = dt.date(2026, 1, 15)
    series, seconds, _ = best(lambda: drift_series(workspace, drifting, as_of=as_of))
    decisions = sum(point.decisions for point in series.points)
    told = {"columns": len(series.columns), "months": len(series.points), "decisions": decisions, "seconds": seconds}
    peers = {rows: best(evidently(rows))[1] for rows in PEER_ROWS}
    print(json.dumps(told | {"evidently": peers, "sample": sampled(workspace, options.rows)}))


def sampled(workspace: Workspace, rows: int) -> dict[str, float]:
    """Seconds to draw a sample from a year and from a month of it, and only to hash all ids of the year."""
    path, plain = workspace.home / "plain.parquet", workspace.system("plain")
    duckdb.execute(
        f"""COPY (SELECT 'd' || i AS id, DATE '2025-01-01' + (i % 365)::INT AS day, hash(i) % 10 < 3 AS selected,
        (hash(i + 5) % 1000) / 1000 AS score, sqrt(hash(i + 6) % 1000000) AS x FROM range({rows}) t(i))
        TO '{path}' (FORMAT parquet)"""
    )
    ingest(workspace, plain, path)
    month = Window(YEAR.start, dt.date(2025, 1, 31))
    with reading(workspace) as connection:
        found, year, _ = best(lambda: draw(connection, plain, YEAR))
        _, one, _ = best(lambda: draw(connection, plain, month))
        hashes = f"SELECT max(sha256({literal(SEED)} || id)) FROM {table(plain, 'decisions')}"
        _, hashed, _ = best(lambda: connection.execute(hashes).fetchall())
    return {"rows": rows, "drawn": len(found), "year": year, "month": one, "hashed": hashed}


def decided(rows: int) -> pd.DataFrame:
    """A year of decisions whose features drift slowly, ten about each person."""
    random = np.random.default_rng(11)
    day = random.integers(0, 365, rows)
    frame = {f"x{i}": random.normal(0.1 * i * day / 365, 1, rows) for i in range(COLUMNS - 1)}
    score = random.random(rows).round(3)
    return pd.DataFrame(
        {
            "id": np.arange(rows).astype(str),
            "day": pd.Timestamp("2025-01-01") + pd.to_timedelta(day, unit="D"),
            "selected": random.random(rows) < 0.3,
            "score": score,
            "came": random.random(rows) < score,
            "person": random.integers(0, rows // 10, rows).astype(str),
            "weight": WEIGHT,
            **frame,
        }
    )


def evidently(rows: int) -> Callable[[], object]:
    """One comparison by Evidently, PSI of every column; the frames are in memory before the time starts."""
    os.environ["DO_NOT_TRACK"] = os.environ["ITERATIVE_DO_NOT_TRACK"] = "1"
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    names = [*SYSTEM["features"], "score"]
    frame = decided(2 * rows)[names]
    definition = DataDefinition(numerical_columns=names)
    sides = [Dataset.from_pandas(part, data_definition=definition) for part in (frame[:rows], frame[rows:])]
    return lambda: Report([DataDriftPreset(columns=names, num_method="psi")]).run(*sides)


if __name__ == "__main__":
    main()
