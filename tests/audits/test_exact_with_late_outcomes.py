"""Outcomes that come late, in pieces, corrected: rows and cubes count alike, and as if they had always been there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.privacy import keys
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from tests.written import system_text

SYSTEM = system_text(
    "jobs",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  outcome:
    column: hired
    positive: [true]
    matures_after_days: 60
    observed_for: OBSERVED
    absent: missing
    recorded_at: noted
  person: who
groups:
  gender: {column: gender, reference: M}
  age: {column: age, bands: [25, 50]}
intersections: [[gender, age]]
""",
)
START, END = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
LATE_ENOUGH = END + dt.timedelta(days=60)
N = 2500


def decisions() -> pd.DataFrame:
    random = np.random.default_rng(11)
    return pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(N)],
            "day": pd.Timestamp("2026-01-01") + pd.to_timedelta(random.integers(0, 31, N), unit="D"),
            "taken": random.random(N) < 0.5,
            "who": [f"p{i}" for i in random.integers(0, 700, N)],
            "gender": random.choice(np.array(["F", "M", None], dtype=object), N, p=[0.48, 0.48, 0.04]),
            "age": random.integers(18, 66, N),
        }
    )


def known(frame: pd.DataFrame) -> pd.Series:
    """What is known in the end: half of the women's outcomes and a third of all others' never come."""
    random = np.random.default_rng(12)
    value = pd.Series(random.random(N) < 0.4, index=frame.index).astype("boolean")
    return value.mask(random.random(N) < np.where(frame["gender"] == "F", 0.5, 0.33))


def noted(refs: pd.Series, values: pd.Series, day: str) -> pd.DataFrame:
    return pd.DataFrame({"ref": refs, "hired": values, "noted": pd.Timestamp(day)})


def workspace_in(folder: Path, observed: str) -> Workspace:
    workspace = Workspace.create(folder)
    keys.write(workspace.keys / "bucket.key", b"k" * 32)
    (workspace.home / "systems" / "jobs.yaml").write_text(SYSTEM.replace("OBSERVED", observed), encoding="utf-8")
    return workspace


def bring(workspace: Workspace, frame: pd.DataFrame, log: Any = "decisions") -> None:
    path = workspace.home / f"{len(list(workspace.home.glob('*.parquet')))}.parquet"
    frame.to_parquet(path)
    ingest(workspace, workspace.system("jobs"), path, log=log)


def audit(workspace: Workspace, **options: Any) -> dict[str, Any]:
    system = workspace.system("jobs")
    return run_audit(workspace, system, start=START, end=END, as_of=LATE_ENOUGH, dry_run=True, **options).written()


@pytest.mark.slow
@pytest.mark.parametrize("observed", ["selected", pytest.param("all", marks=pytest.mark.slow)])
def test_late_outcomes_count_as_if_they_had_always_been_there(tmp_path: Path, observed: str) -> None:
    frame = decisions()
    final = known(frame)
    arrived = final.notna() & (frame["taken"] | (observed == "all"))
    first, rest = arrived & (frame.index % 3 == 0), arrived & (frame.index % 3 != 0)
    late = workspace_in(tmp_path / "late", observed)
    bring(late, frame[: N // 2])
    # Some before their decision, and these all wrong at first; then the rest, and the corrections.
    bring(late, noted(frame["ref"][first], ~final[first], "2026-02-10"), "outcomes")
    bring(late, frame[N // 2 :])
    bring(late, noted(frame["ref"][rest], final[rest], "2026-03-01"), "outcomes")
    bring(late, noted(frame["ref"][first], final[first], "2026-03-05"), "outcomes")
    at_once = workspace_in(tmp_path / "at_once", observed)
    bring(at_once, frame.assign(hired=final.where(arrived)))

    from_cube, from_rows = audit(late), audit(late, exact=True)
    assert from_cube["measures"] == from_rows["measures"]
    assert from_cube["evidence"]["cubes"] == from_rows["evidence"]["cubes"]
    assert from_cube["measures"] == audit(at_once)["measures"]

    due = frame if observed == "all" else frame[frame["taken"]]
    women = due[due["gender"] == "F"]
    found = {measure["id"]: measure for measure in from_rows["measures"]}
    share = found["missing_outcome_share/gender=F"]
    assert (share["n"], share["value"]) == (len(women), (~arrived[women.index]).mean())
    seen = women[women["taken"] & arrived[women.index]]
    precision = found["precision/gender=F"]
    assert (precision["n"], precision["value"]) == (len(seen), pytest.approx(final[seen.index].astype(bool).mean()))
    assert precision["params"]["missing_outcomes"] == (women["taken"] & ~arrived[women.index]).sum()
