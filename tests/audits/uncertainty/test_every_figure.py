"""Every figure that counts of decisions and outcomes give: how often its interval holds the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import coverage


@pytest.mark.costly
@pytest.mark.parametrize("setting", [coverage.SETTINGS[1], replace(coverage.SETTINGS[6], people=(120, 80))])
def test_intervals_hold_the_truth(setting: coverage.Setting) -> None:
    """60 logs: of some fifty figures the mean, which wanders by what they share, and the least, 5 errors off."""
    found = coverage.held(setting, 60)
    shares = [each.held / each.told for each in found.values()]
    assert len(shares) > 45
    assert 0.91 < np.mean(shares) < 0.985
    assert min(shares) > 0.8


def test_the_truth_is_that_of_the_population() -> None:
    """Selected: as many as the chances of those with good and bad outcomes say; odds of one to the other, squared."""
    setting = coverage.SETTINGS[0]
    found = coverage.measured(coverage.expected(setting), weight="weight")
    bad, good = coverage.chances(setting)[1]
    assert found["true_positive_rate/group=b"].value == pytest.approx(good, abs=1e-5)
    assert found["false_positive_rate/group=b"].value == pytest.approx(bad, abs=1e-5)
    assert found["base_rate/group=a"].value == pytest.approx(coverage.GOOD, abs=1e-5)
    assert found["missing_outcome_share"].value == pytest.approx(1 - coverage.KNOWN, abs=1e-5)
    assert good / (1 - good) / (bad / (1 - bad)) == pytest.approx(coverage.SEES**2)


def test_people_are_alike_as_far_as_they_should() -> None:
    """By the variance of people's own shares, over what chance would make: 1 + (each − 1) × the correlation."""
    setting = replace(coverage.SETTINGS[6], people=(4_000, 1))
    rows = coverage.drawn(np.random.default_rng(2), setting)
    good = rows[rows.outcome.notna()].groupby("person").outcome.agg(["mean", "size"])
    whole = good[good["size"] == setting.each]["mean"]
    effect = whole.var() / (coverage.GOOD * (1 - coverage.GOOD) / setting.each)
    assert effect == pytest.approx(1 + (setting.each - 1) * setting.alike, rel=0.12)
