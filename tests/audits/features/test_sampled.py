"""A gap where the group is known for a sample only: weights by hand, the truth of everybody, and honest intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from benchmarks.drawn import FEATURES, asked, everybody, opened, ratio, system
from boussole.audits.features.calibrated import calibrate, of_rates, standard_error
from boussole.audits.features.sampled import Sampled, sampled
from tests.sparing import slow_case


def women(frame: pd.DataFrame) -> Sampled:
    return next(each for each in sampled(opened(frame), system(), FEATURES) if each.group == "F")


def test_weights_are_those_of_fitting_one_margin_after_the_other() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"d": rng.integers(0, 2, 300), "b": rng.integers(0, 3, 300), "n": rng.integers(1, 4, 300)})
    goal = {"d": {0: 7000.0, 1: 3000.0}, "b": {0: 2000.0, 1: 5000.0, 2: 3000.0}}
    weights = rows["n"].astype(float)
    for _ in range(60):
        for name, totals in goal.items():
            weights *= rows[name].map(totals) / weights.groupby(rows[name]).transform("sum")
    x = np.column_stack([np.ones(300), rows["d"], rows["b"] == 1, rows["b"] == 2]).astype(float)
    found = calibrate(x, rows["n"].to_numpy(float), np.array([10000.0, 3000.0, 5000.0, 3000.0]))
    assert found is not None
    assert found == pytest.approx(weights.to_numpy(), rel=1e-4)


def test_totals_that_no_weights_meet_give_none() -> None:
    x = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert calibrate(x, np.ones(2), np.array([100.0, 50.0])) is None
    assert calibrate(np.array([[1.0, 1.0], [1.0, 0.0]]), np.array([1.0, 9999.0]), np.array([1e4, 9e3])) is None


def test_of_alike_weights_the_error_is_that_of_a_regression_with_clusters() -> None:
    """Without anything to weight for, the difference and its error are those of least squares (statsmodels, CR0)."""
    rng = np.random.default_rng(2)
    n, buckets = 900, np.arange(900) % 40
    side, selected = rng.random(n) < 0.4, (rng.random(n) < 0.3).astype(float)
    ones = np.ones((n, 1))
    found = of_rates(np.ones(n), ones, (side.astype(float), (~side).astype(float)), selected, log=False)
    fit = sm.OLS(selected, sm.add_constant(side * 1.0)).fit(
        cov_type="cluster", cov_kwds={"groups": buckets, "use_correction": False}
    )
    error, df = standard_error(found.pulls, buckets)
    assert found.value == pytest.approx(fit.params[1])
    assert error == pytest.approx(fit.bse[1] * np.sqrt(40 / 39), rel=1e-6)
    assert df == 39


def test_a_tilted_sample_is_brought_back_to_everybody() -> None:
    rng = np.random.default_rng(3)
    frame = everybody(rng, 20000)
    told, true = women(asked(frame, rng, 0.5)), ratio(frame)
    assert told.ratio is not None
    assert told.raw is not None
    assert told.interval is not None
    assert told.interval.low < true < told.interval.high
    assert abs(told.ratio - true) < abs(told.raw - true)
    assert abs(told.raw - true) > 0.03


def test_what_cannot_be_told_says_why() -> None:
    rng = np.random.default_rng(4)
    frame = everybody(rng, 3000)
    assert not sampled(opened(frame), system(), FEATURES)  # known of everybody
    assert women(frame.assign(g_sex=frame["g_sex"].mask(frame.index >= 150))).reason == "few_known"
    few = frame["g_sex"].mask((frame["g_sex"] == "F") & (frame.index >= 20) | (frame.index >= 1500))
    assert women(frame.assign(g_sex=few)).reason == "small_group"
    hidden = sampled(opened(asked(frame, rng, 0.5), [(("sex",), ("F",))]), system(), FEATURES)
    assert {each.reason for each in hidden} == {"small_group"}


@pytest.mark.parametrize(("each", "runs", "fewest"), [(1, 4, 3), slow_case(4, 200, 182)])
def test_intervals_hold_the_truth_of_everybody(each: int, runs: int, fewest: int) -> None:
    """Two groups at 95 % together; fewer than `fewest` would hold it by a chance of under 1 in 100."""
    held = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        frame = everybody(rng, 6000 // each, each=each)
        told, true = women(asked(frame, rng, 0.25, each=each)), ratio(frame)
        assert told.interval is not None
        held += told.interval.low <= true <= told.interval.high
    assert held >= fewest
