"""Drift of 20 columns over 12 months, from cubes: `python -m benchmarks.drift FOLDER`. Prints JSON.

A row stands for many decisions (the column `weight`), so that the cubes are as large as those of 100 million decisions:
every day and every bin is filled. Beside it Evidently compares one pair of samples of 100,000 rows each.
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

import numpy as np
import pandas as pd
import yaml

from audits.decisions import ingest
from audits.drift.series import drift_series
from audits.workspace import Workspace
from benchmarks.timing import best

COLUMNS, ROWS, WEIGHT, SAMPLE = 20, 300_000, 334, 100_000
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


def main() -> None:
    """Fills a lake, then times the drift of the year, and Evidently beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    home = parser.parse_args().folder / "drift"
    shutil.rmtree(home, ignore_errors=True)
    workspace = Workspace.create(home)
    file = home / "systems" / "drifting.yaml"
    file.write_text(yaml.safe_dump(SYSTEM), encoding="utf-8")
    path = home / "log.parquet"
    decided(ROWS).to_parquet(path)
    system = workspace.system("drifting")
    ingest(workspace, system, path)
    as_of = dt.date(2026, 1, 15)
    series, seconds, _ = best(lambda: drift_series(workspace, system, as_of=as_of))
    _, peer, _ = best(evidently(SAMPLE))
    decisions = sum(point.decisions for point in series.points)
    told = {"columns": len(series.columns), "months": len(series.points), "decisions": decisions}
    print(json.dumps(told | {"seconds": seconds, "evidently": peer, "rows": SAMPLE}))


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
