"""Scoring rates: who scores above the median of everybody, exact where scores fall on bins, bounded elsewhere."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from boussole.audits.measures import Measure
from boussole.audits.systems.model import System

Make = Callable[..., System]
Measured = Callable[..., dict[str, Measure]]


def drawn(seed: int, *, digits: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    return [
        {"g": g, "s": float(s), "d": 0, "y": None, "n": 1, "bucket": i % 40}
        for g, mean in (("a", 0.5), ("b", 0.42))
        for i, s in enumerate(np.round(random.normal(mean, 0.1, 150).clip(0, 1), digits))
    ]


@pytest.mark.parametrize("seed", range(5))
def test_two_digit_scores_give_the_exact_rate(seed: int, make_system: Make, measured_scores: Measured) -> None:
    rows = drawn(seed, digits=2)
    found = measured_scores(rows, make_system({"g": "a"}, score=(0, 1)))
    median = statistics.median_low([row["s"] for row in rows])
    for group in "ab":
        own = [row["s"] > median for row in rows if row["g"] == group]
        rate = found[f"scoring_rate/g={group}"]
        assert (rate.value, rate.n) == (sum(own) / len(own), len(own))
        assert "bin_bound" not in rate.params
    ratio = found["scoring_rate_ratio/g=b"]
    assert ratio.value == found["scoring_rate/g=b"].value / found["scoring_rate/g=a"].value  # type: ignore[operator]
    assert ratio.params["scale"] == "ratio"


@pytest.mark.parametrize("seed", range(5))
def test_other_scores_stay_inside_the_bound(seed: int, make_system: Make, measured_scores: Measured) -> None:
    rows = drawn(seed, digits=6)
    found = measured_scores(rows, make_system({"g": "a"}, score=(0, 1)))
    median = statistics.median([row["s"] for row in rows])
    low, high = found["scoring_rate"].params["median_between"]
    assert low <= median <= high
    for group in "ab":
        own = [row["s"] > median for row in rows if row["g"] == group]
        rate = found[f"scoring_rate/g={group}"]
        assert rate.value is not None
        assert abs(rate.value - sum(own) / len(own)) <= rate.params["bin_bound"]


def test_small_groups_are_hidden_and_nobody_scored_is_no_measure(make_system: Make, measured_scores: Measured) -> None:
    rows = [*drawn(1, digits=2), {"g": "c", "s": 0.9, "d": 0, "y": None, "n": 4, "bucket": 0}]
    found = measured_scores(rows, make_system({"g": "a"}, score=(0, 1)))
    assert found["scoring_rate/g=c"].reason == "small_group"
    unscored = [row | {"s": None} for row in rows]
    assert "scoring_rate" not in measured_scores(unscored, make_system({"g": "a"}, score=(0, 1)))
