"""Scores of windows that share days: the few who have one in a month, and the bins of curves, are not given away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boussole.audits.counts.withheld import withheld_of
from boussole.audits.decisions import ingest
from boussole.audits.evidence import load
from boussole.audits.runs import measure_evidence, measure_window
from boussole.audits.standing import standing
from boussole.audits.suppression.additive import finer
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document.measures import measures_of
from tests.written import sample

REASON = "protects_other_window"
MONTHS = [Window(dt.date(2026, i, 1), dt.date(2026, i, 28)) for i in (1, 2, 3)]
QUARTER = Window(MONTHS[0].start, MONTHS[2].end)


def rows(scored: Sequence[int], *, people: int = 40) -> pd.DataFrame:
    """People of each sex and month; so many of the women of each month have a score."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        [
            {"sex": sex, "ts": pd.Timestamp(2026, month, 10), "scored": sex == "M" or i < count}
            for month, count in enumerate(scored, 1)
            for sex in ("F", "M")
            for i in range(people)
        ]
    )
    score = random.integers(0, 1000, len(frame)) / 1000
    return frame.assign(
        id=[f"d{i}" for i in range(len(frame))],
        score=np.where(frame["scored"], score, np.nan),
        chosen=score > 0.5,
        good=random.random(len(frame)) < score,
    )


def filled(folder: Path, frame: pd.DataFrame) -> tuple[Workspace, System]:
    columns = {
        "id": "id",
        "decided_at": "ts",
        "decision": {"column": "chosen", "selected": [True]},
        "score": {"column": "score", "range": [0, 1]},
        "outcome": {"column": "good", "positive": [True], "observed_for": "all", "absent": "missing"},
    }
    of, workspace = sample(columns, {"sex": "M"}), Workspace.create(folder)
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, of, folder / "rows.parquet")
    return workspace, of


def audit(workspace: Workspace, of: System, window: Window) -> dict[str, Any]:
    return run_audit(workspace, of, start=window.start, end=window.end).written()


def told(measures: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return next(measure for measure in measures if measure["id"] == name)


def test_a_quarter_does_not_give_the_few_scores_of_one_month_away(tmp_path: Path) -> None:
    frame = rows([40, 3, 40])
    workspace, of = filled(tmp_path / "a", frame)
    one, two, three = (audit(workspace, of, window)["measures"] for window in MONTHS)
    assert told(two, "selection_rate/sex=F")["reason"] is None
    assert told(two, "mean_score/sex=F")["reason"] == "small_group"
    alone = [m.document() for m in measure_window(workspace, of, start=QUARTER.start, end=QUARTER.end).measures]
    sums = [part["value"] * part["n"] for part in (told(each, "mean_score/sex=F") for each in (alone, one, three))]
    few = frame[(frame["sex"] == "F") & (frame["ts"].dt.month == 2)]["score"].mean()
    assert (sums[0] - sums[1] - sums[2]) / 3 == pytest.approx(few, abs=1e-9)
    document = audit(workspace, of, QUARTER)
    for metric in ("mean_score", "auc", "calibration_in_the_large", "scoring_rate"):
        assert told(document["measures"], f"{metric}/sex=F")["reason"] == REASON
    assert told(document["measures"], "selection_rate/sex=F")["reason"] is None
    read = load(workspace.evidence, document["evidence"]["cubes"].removeprefix("sha256:"))
    assert (("sex",), ("F",)) in withheld_of(read.withheld).scores["decisions"]
    stands = standing(of, QUARTER, as_of=dt.date.fromisoformat(document["as_of"]))
    assert [m.written() for m in measures_of(measure_evidence(read, of, stands=stands)[0])] == document["measures"]


def curves(document: Mapping[str, Any]) -> list[str]:
    return [m["id"] for m in document["measures"] if "curve" in m["params"]]


@pytest.mark.slow
def test_of_windows_that_share_days_one_has_calibration_curves(tmp_path: Path) -> None:
    workspace, of = filled(tmp_path / "a", rows([400, 40, 400], people=400))
    assert curves(audit(workspace, of, MONTHS[0]))
    quarter = audit(workspace, of, QUARTER)
    assert curves(quarter) == []
    assert told(quarter["measures"], "calibration_error/sex=F")["status"] == "ok"
    assert curves(audit(workspace, of, MONTHS[2]))


def test_a_window_that_earlier_ones_make_up_says_nothing_more() -> None:
    january, february, march = MONTHS[0], Window(dt.date(2026, 1, 29), dt.date(2026, 2, 28)), MONTHS[2]
    assert not finer(Window(january.start, february.end), [january, february])
    assert finer(Window(january.start, february.end), [january])
    assert finer(january, [Window(january.start, february.end)])
    assert not finer(march, [january, february])
