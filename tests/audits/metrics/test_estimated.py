"""Errors expected without outcomes: by hand, against what came later, and where nothing can be expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.isotonic import IsotonicRegression

from boussole.audits import evidence
from boussole.audits.decisions import ingest
from boussole.audits.measures import Measure
from boussole.audits.runs import Run, measure_evidence, measure_window
from boussole.audits.standing import WindowStanding, standing
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

Make = Callable[..., System]
Measured = Callable[..., dict[str, Measure]]
Rows = list[dict[str, Any]]


def row(group: str, score: float, outcome: int | None, n: int) -> dict[str, Any]:
    return {"g": group, "s": score, "d": int(score >= 0.5), "y": outcome, "n": n}


# A score of .2 meant 10 % for a and 40 % for b; one of .8 meant 80 % for both.
EARLIER = [
    *(row("a", 0.2, y, n) for y, n in ((1, 40), (0, 360))),
    *(row("b", 0.2, y, n) for y, n in ((1, 160), (0, 240))),
    *(row(g, 0.8, y, n) for g in "ab" for y, n in ((1, 400), (0, 100))),
]
NOW = [row(g, s, None, 100) for g in "ab" for s in (0.2, 0.8)]


def test_expected_errors_by_hand(make_system: Make, measured_scores: Measured) -> None:
    """Group a: of 100 rejected 10 are expected to be positive, of 100 selected 80. Group b: 40 and 80."""
    immature = WindowStanding(readable_from=dt.date(2026, 5, 1))
    system = make_system({"g": "a"}, score=(0, 1))
    found = measured_scores(NOW, system, earlier=EARLIER, standing=immature)
    expected = {
        "a": {"true_positive_rate": 80 / 90, "false_positive_rate": 20 / 110, "precision": 0.8, "accuracy": 170 / 200},
        "b": {"true_positive_rate": 80 / 120, "false_positive_rate": 20 / 80, "precision": 0.8, "accuracy": 140 / 200},
    }
    for group, rates in expected.items():
        for name, value in rates.items():
            measure = found[f"estimated_{name}/g={group}"]
            assert measure.value == pytest.approx(value, abs=1e-12)
            assert measure.params["estimate"] == "cbpe"
            assert measure.interval is not None
            assert measure.interval.low < value < measure.interval.high
            assert measure.params["will_be"][0] < value < measure.params["will_be"][1]
    # Of a: 9 expected negatives at .2 for each positive, 1 at .8 for each 4: pairs won, and half of those at one score.
    assert found["estimated_auc/g=a"].value == pytest.approx(
        (80 * 90 + (10 * 90 + 80 * 20) / 2) / (90 * 110), abs=1e-12
    )
    assert found["true_positive_rate/g=a"].reason == "not_mature"
    assert found["estimated_precision/g=a"].n == 100
    assert found["estimated_accuracy/g=a"].params["reference_outcomes"] == 900


@pytest.mark.costly
def test_chances_are_those_of_scikit_learn_and_never_fall(make_system: Make, measured_scores: Measured) -> None:
    """One score asked at a time is its chance: accuracy where it is selected."""
    random = np.random.default_rng(4)
    sample = [(float(s), int(random.random() < s**2)) for s in np.round(random.random(800), 2)]
    earlier = [row("a", s, y, 1) for s, y in sample]
    peer = IsotonicRegression().fit([s for s, _ in sample], [y for _, y in sample])
    for score in sorted({s for s, _ in sample if s >= 0.5})[::7]:
        found = measured_scores([row("a", score, None, 50)], make_system({"g": None}, score=(0, 1)), earlier=earlier)
        assert found["estimated_precision/g=a"].value == pytest.approx(peer.predict([score])[0], abs=1e-9)


def test_where_nothing_can_be_expected(make_system: Make, measured_scores: Measured) -> None:
    few = [one | {"n": 20} if one["g"] == "b" else one for one in EARLIER]
    system = make_system({"g": "a"}, score=(0, 1))
    few_positive = [one for one in few if one["g"] != "b" or one["y"] == 0]
    found = measured_scores(NOW, system, earlier=few_positive)
    assert found["estimated_accuracy/g=b"].reason == "few_reference_outcomes"
    assert found["estimated_accuracy/g=a"].status == "ok"
    new = measured_scores([*NOW, row("c", 0.8, None, 50)], system, earlier=EARLIER)
    assert new["estimated_accuracy/g=c"].reason == "few_reference_outcomes"
    small = measured_scores(NOW, system, earlier=[*EARLIER, row("c", 0.2, 1, 4), row("c", 0.2, 0, 9)])
    assert "estimated_accuracy/g=c" not in small
    assert {small[f"estimated_accuracy/g={name}"].status for name in "ab"} == {"ok", "suppressed"}
    selected = make_system({"g": "a"}, score=(0, 1), observed_for="selected")
    seen = [one if one["d"] else one | {"y": None} for one in EARLIER]
    told = measured_scores(NOW, selected, earlier=seen)
    assert told["estimated_accuracy/g=a"].reason == "selective_labels"
    assert told["estimated_precision/g=a"].value == pytest.approx(0.8, abs=1e-12)
    assert not any(name.startswith("estimated") for name in measured_scores(NOW, system))


WINDOWS = {"before the break": ("2018-10-31", "2019-03-29"), "after it": ("2019-04-02", "2019-08-30")}


@pytest.fixture(scope="module")
def loans(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System, pd.DataFrame]:
    """NannyML's loans by salary: outcomes are known in the reference window only."""
    folder, home = real_data / "nannyml", tmp_path_factory.mktemp("loans")
    workspace = Workspace.create(home / "workspace")
    text = yaml.safe_load((Path(__file__).parents[2] / "systems" / "loans.yaml").read_text())
    text |= {"groups": {"salary": {"column": "salary_range"}}, "windows": {"reference": "2018-01-01/2018-10-29"}}
    (workspace.home / "systems" / "loans.yaml").write_text(yaml.safe_dump(text))
    system = workspace.system("loans")
    parts = ("reference", "analysis", "analysis_target")
    reference, analysis, target = (pd.read_csv(folder / f"synthetic_car_loan_{part}.csv.gz") for part in parts)
    both = home / "both.parquet"
    pd.concat([reference, analysis]).to_parquet(both)
    ingest(workspace, system, both)
    return workspace, system, analysis.merge(target, on="id")


def window(loans: tuple[Workspace, System, pd.DataFrame], name: str) -> tuple[Run, pd.DataFrame]:
    workspace, system, analysis = loans
    start, end = (dt.date.fromisoformat(day) for day in WINDOWS[name])
    days = pd.to_datetime(analysis["timestamp"]).dt.date
    run = measure_window(workspace, system, start=start, end=end, as_of=end)
    return run, analysis[days.between(start, end)]


def gaps(run: Run, came: pd.DataFrame) -> dict[str, float]:
    """What was expected − what came, by measure: of everybody and of each salary."""
    found = {measure.id: measure for measure in run.measures}
    assert found["accuracy"].status == "undefined"
    differences = {}
    for name, own in [("", came), *((f"/salary={salary}", part) for salary, part in came.groupby("salary_range"))]:
        y, d = own["repaid"] == 1, own["y_pred"] == 1
        rates = {
            "accuracy": (y == d).mean(),
            "precision": y[d].mean(),
            "true_positive_rate": d[y].mean(),
            "false_positive_rate": d[~y].mean(),
        }
        for metric, value in rates.items():
            estimate = found[f"estimated_{metric}{name}"].value
            assert estimate is not None
            differences[metric + name] = float(estimate - value)
    return differences


@pytest.mark.slow
def test_what_was_expected_of_loans_came_about(loans: tuple[Workspace, System, pd.DataFrame]) -> None:
    """Four rates of everybody and of each of four salaries, all within one point."""
    differences = gaps(*window(loans, "before the break"))
    assert len(differences) == 20
    assert max(map(abs, differences.values())) < 0.01


@pytest.mark.slow
def test_once_scores_mean_something_else_an_estimate_is_wrong(
    loans: tuple[Workspace, System, pd.DataFrame],
) -> None:
    """The break is felt without any outcome, by 3 points; but low salaries repay less often than their scores say."""
    (before, _), (after, came) = (window(loans, name) for name in WINDOWS)
    fell = [
        {measure.id: measure for measure in run.measures}["estimated_accuracy"].value or 0 for run in (before, after)
    ]
    assert fell[0] - fell[1] == pytest.approx(0.03, abs=0.005)
    differences = gaps(after, came)
    assert abs(differences["accuracy"]) < 0.01
    assert differences["precision/salary=0 - 20K €"] > 0.05


@pytest.mark.slow
def test_an_estimate_is_made_again_from_its_evidence(loans: tuple[Workspace, System, pd.DataFrame]) -> None:
    workspace, system, _ = loans
    run, _ = window(loans, "after it")
    stands = standing(system, run.window, as_of=run.as_of)
    again, _ = measure_evidence(evidence.load(workspace.unsealed, run.evidence), system, stands=stands)
    assert again == run.measures
    assert any(measure.metric == "estimated_accuracy" for measure in again)
