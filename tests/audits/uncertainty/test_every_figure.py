"""How often the interval of every figure of decisions and outcomes holds the truth; the page's table of buckets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import buckets, coverage


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


PAGE = (Path(__file__).parents[2] / "data" / "uncertainty.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## How many buckets")[2].partition("\n## ")[0]
ROWS = [line for line in SECTION.splitlines() if line.startswith("| ") and " of " in line]


def test_each_person_alone_is_as_good_as_a_bucket_of_one() -> None:
    setting = buckets.Setting(people=60, each=5, lower=0.5)
    cases = buckets.drawn(np.random.default_rng(1), setting, 0.5)
    alone = buckets.p_value(np.random.default_rng(2), cases, setting.each, None)
    many = buckets.p_value(np.random.default_rng(2), cases, setting.each, 100_000)
    assert alone == pytest.approx(many, rel=0.2)


def test_the_page_has_every_setting() -> None:
    assert len(ROWS) == len(buckets.SETTINGS) * len(buckets.BUCKETS)
    errors = [float(row.split("|")[4]) for row in ROWS]
    assert max(errors) < 6
