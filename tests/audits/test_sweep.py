"""What every threshold of the score would make of each group, held to the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole import audits
from boussole.audits.errors import BoussoleError
from boussole.audits.systems.model import System
from tests import oracle
from tests.written import system_text

COLUMNS: dict[str, Any] = {
    "id": "ref",
    "period": "2026-01-01",
    "decision": {"column": "d", "selected": [1]},
    "score": {"column": "s", "range": [0, 1]},
    "outcome": {"column": "y", "positive": [1], "observed_for": "all", "absent": "missing"},
}


def system(**columns: Any) -> System:
    rest = {"columns": COLUMNS | columns, "groups": {"g": {"column": "g"}}, "windows": {"audit": "all"}}
    return System.model_validate(yaml.safe_load(system_text("loans", "")) | rest)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(2)
    rows = 500
    return pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(rows)],
            "g": ["c" if i < 6 else "ab"[i % 2] for i in range(rows)],
            "s": [None if i % 50 == 0 else round(s, 2) for i, s in enumerate(random.beta(2, 2, rows))],
            "d": random.integers(0, 2, rows),
            "y": [None if i % 9 == 0 else int(y) for i, y in enumerate(random.integers(0, 2, rows))],
        }
    ).astype({"s": "float64", "y": "Int64"})


@pytest.fixture(scope="module")
def found(frame: pd.DataFrame) -> pd.DataFrame:
    return audits.sweep(system(), frame).fillna({"group": ""}).set_index(["metric", "group", "threshold"]).sort_index()


@pytest.mark.parametrize("threshold", [0.02, 0.29, 0.5, 0.97])
@pytest.mark.parametrize("metric", oracle.RATES)
def test_rates_are_those_of_the_rows(frame: pd.DataFrame, found: pd.DataFrame, metric: str, threshold: float) -> None:
    rows = [
        {"d": int(row.s >= threshold), "y": None if pd.isna(row.y) else int(row.y), "n": 1}
        for row in frame[frame["g"] != "c"].dropna(subset="s").itertuples()  # who is set apart is in no figure
    ]
    cell = found.loc[(metric, "")]
    expected = oracle.measure(metric, rows)
    value = cell.loc[threshold, "value"]
    assert pd.isna(value) if expected is None else value == pytest.approx(float(expected), abs=1e-12)


def test_thresholds_are_the_scores_that_occur(frame: pd.DataFrame, found: pd.DataFrame) -> None:
    told = frame[frame["g"] != "c"]["s"].dropna()
    assert list(found.loc[("selection_rate", "a")].index) == sorted(told.unique())


@pytest.mark.costly
def test_thresholds_can_be_given(frame: pd.DataFrame) -> None:
    frame = frame[frame["g"] != "c"]
    found = audits.sweep(system(), frame, thresholds=[0.305, 2.0]).set_index(["by", "group", "metric"]).sort_index()
    rates = found.loc[("g", "a", "selection_rate")].set_index("threshold")["value"]
    scored = frame[(frame["g"] == "a") & frame["s"].notna()]["s"]
    assert list(rates.index) == [frame["s"].min(), 0.305, 2.0]
    assert rates.tolist() == [1.0, pytest.approx((scored >= 0.305).mean()), 0.0]


@pytest.mark.costly
def test_many_scores_are_taken_at_equal_steps_of_their_order() -> None:
    rows = 3000
    scores = np.random.default_rng(7).permutation(rows) / rows
    many = pd.DataFrame({"ref": range(rows), "g": "a", "s": scores, "d": 1, "y": 1})
    found = audits.sweep(system(), many).set_index(["metric", "by"]).sort_index()
    rates = found.loc[("selection_rate", "g")].set_index("threshold")["value"]
    assert len(rates) == 1000
    assert all(value == pytest.approx((scores >= threshold).mean()) for threshold, value in rates.items())


def test_small_groups_are_hidden_at_every_threshold(found: pd.DataFrame) -> None:
    hidden = found.xs("rare-1", level="group")
    assert set(hidden["status"]) == {"suppressed"}
    assert hidden["value"].isna().all()
    assert hidden["n"].isna().all()
    assert len(found) == 4 * len(oracle.RATES) * len(found.loc[("selection_rate", "")])


@pytest.mark.costly
def test_outcomes_of_the_selected_say_nothing_of_other_thresholds(frame: pd.DataFrame) -> None:
    outcome = COLUMNS["outcome"] | {"observed_for": "selected"}
    found = audits.sweep(system(outcome=outcome), frame).set_index("metric")
    assert set(found.loc["precision", "reason"]) == {"selective_labels"}
    assert set(found.loc["selection_rate", "status"]) == {"ok", "suppressed"}


@pytest.mark.costly
def test_without_a_score_there_is_no_threshold(frame: pd.DataFrame) -> None:
    with pytest.raises(BoussoleError, match="declares no score"):
        audits.sweep(system(score=None), frame)
