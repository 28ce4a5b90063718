"""A rate where few people make most of the decisions: how often its interval holds the truth; the table of the page."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as student

from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.methods import by_method
from tests.audits.uncertainty.simulated import BUCKETS, Counts

PAGE = (Path(__file__).parents[3] / "docs" / "uncertainty.md").read_text(encoding="utf-8")
LOGS = 1500
WHO = {
    "8 of 200 decisions, 200 of 2": [200] * 8 + [2] * 200,
    "8 of 100 decisions, 1,000 of 1": [100] * 8 + [1] * 1000,
    "20 of 2 to 40 decisions": list(range(2, 42, 2)),
    "100 of 10 decisions": [10] * 100,
    "12 of 10 decisions": [10] * 12,
}


def drawn(rng: np.random.Generator, sizes: list[int], rate: float, correlation: float) -> Counts:
    """Cases and rows by bucket of people with so many decisions each."""
    spread = (1 - correlation) / correlation
    rows, bucket = np.array(sizes), rng.integers(0, BUCKETS, len(sizes))
    cases = rng.binomial(rows, rng.beta(rate * spread, (1 - rate) * spread, len(sizes)))
    k, n = (np.bincount(bucket, weights=part, minlength=BUCKETS).astype(np.int64) for part in (cases, rows))
    return k, n


FIRST = next(iter(WHO))
CASES = [(who, 0.3, correlation) for who in WHO for correlation in (0.2, 0.5)] + [(FIRST, r, 0.2) for r in (0.1, 0.05)]


@pytest.mark.costly
@pytest.mark.parametrize(("who", "rate", "correlation"), CASES)
def test_a_rate_is_held_where_few_make_most_decisions(who: str, rate: float, correlation: float) -> None:
    rng, made = np.random.default_rng(10), 0
    missed, before = [0, 0], 0
    for _ in range(LOGS):
        k, n = drawn(rng, WHO[who], rate, correlation)
        found = jk.rate(k, n)
        if found is None:
            continue
        made += 1
        interval = found.interval(low=0.0, high=1.0)
        missed[0] += interval.low > rate
        missed[1] += interval.high < rate
        with by_method(1):
            old = jk.rate(k, n)
        assert old is not None
        assert (old.estimate, old.se) == (found.estimate, found.se)
        assert found.df <= old.df == np.count_nonzero(n) - 1
        half = student.ppf(0.975, old.df) * old.se
        before += abs(np.log(rate / (1 - rate)) - np.log(old.estimate / (1 - old.estimate))) <= half
    held = 1 - sum(missed) / made
    assert held > (0.92 if rate > 0.2 else 0.85)
    assert held > before / made
    low, high, was = missed[0] / made, missed[1] / made, before / made
    told = f"| {who} | {rate:.0%} | {correlation:g} | {held:.1%} | {low:.1%} | {high:.1%} | {was:.1%} |"
    assert re.sub(r"(\d)%", r"\1 %", told) in PAGE


def test_one_figure_of_many_alike_keeps_its_degrees_of_freedom() -> None:
    rng = np.random.default_rng(11)
    k, n = drawn(rng, [1] * 20_000, 0.3, 0.2)
    found = jk.rate(k, n)
    assert found is not None
    assert found.df > 20
