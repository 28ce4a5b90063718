"""A rate where few people make most of the decisions: how often its interval holds the truth; the table of the page."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.estimates import clusters_that_carry, large_size, rate_interval, worth_of_few
from tests.audits.there import there
from tests.audits.uncertainty.simulated import BUCKETS, Counts

PAGE = (Path(__file__).parents[2] / "data" / "uncertainty.md").read_text(encoding="utf-8")
LOGS = 1500
WHO = {
    "8 of 200 decisions, 200 of 2": [200] * 8 + [2] * 200,
    "8 of 100 decisions, 1,000 of 1": [100] * 8 + [1] * 1000,
    "20 of 2 to 40 decisions": list(range(2, 42, 2)),
    "100 of 10 decisions": [10] * 100,
    "12 of 10 decisions": [10] * 12,
    "20 of 10 decisions": [10] * 20,
    "60 of 10 decisions": [10] * 60,
    "15 of 50 decisions, 3,000 of 1": [50] * 15 + [1] * 3000,
    "15 of 100 decisions, 3,000 of 1": [100] * 15 + [1] * 3000,
    "25 of 60 decisions, 3,000 of 1": [60] * 25 + [1] * 3000,
    "60 of 25 decisions, 3,000 of 1": [25] * 60 + [1] * 3000,
}


def drawn(rng: np.random.Generator, sizes: list[int], rate: float, correlation: float) -> Counts:
    """Cases and rows by bucket of people with so many decisions each."""
    rows, bucket = np.array(sizes), rng.integers(0, BUCKETS, len(sizes))
    own = np.full(len(sizes), rate)
    if correlation:
        spread = (1 - correlation) / correlation
        own = rng.beta(rate * spread, (1 - rate) * spread, len(sizes))
    cases = rng.binomial(rows, own)
    k, n = (np.bincount(bucket, weights=part, minlength=BUCKETS).astype(np.int64) for part in (cases, rows))
    return k, n


HEAVY = [who for who in WHO if "," in who]
"""Few people with many decisions among others with few."""
CASES = [(who, 0.3, correlation) for who in WHO for correlation in (0, 0.2, 0.5)]
CASES += [(who, rate, correlation) for who in HEAVY for rate in (0.1, 0.05) for correlation in (0, 0.2, 0.5)]
CASES += [(who, 0.1, correlation) for who in WHO if who not in HEAVY for correlation in (0, 0.2, 0.5)]


@pytest.mark.costly
@pytest.mark.parametrize(("who", "rate", "correlation"), CASES)
def test_a_rate_is_held_where_few_make_most_decisions(who: str, rate: float, correlation: float) -> None:
    rng = np.random.default_rng(10)
    missed = [0, 0]
    for _ in range(LOGS):
        k, n = drawn(rng, WHO[who], rate, correlation)
        interval = rate_interval(k, n, clustered=True)
        missed[0] += interval.low > rate
        missed[1] += interval.high < rate
    held = 1 - sum(missed) / LOGS
    least, most = (0.93, 0.985) if who.endswith("3,000 of 1") else (0.935, 0.975)
    assert held > least if correlation else least < held < most
    shares = [held, missed[0] / LOGS, missed[1] / LOGS]
    told = f"| {who} | {rate:.0%} | {correlation:g} | " + " | ".join(f"{each:.1%}" for each in shares) + " |"
    assert re.sub(r"(\d)%", r"\1 %", told) in PAGE


def test_rows_of_few_are_taken_to_be_alike_as_far_as_few_have_a_case() -> None:
    rows, one = np.array([200] * 8 + [13] * 32), np.array([1] * 40)
    none_of_them = np.array([0] * 8 + [1] * 32)
    alike = float(rows.sum()) / jk.cluster_size(rows)
    assert alike < there(worth_of_few(none_of_them, rows, 7.0)) < 2 * alike
    assert worth_of_few(one * 100, np.full(40, 250), 39.0) is None
    assert worth_of_few(none_of_them, np.full(40, 1), 39.0) is None
    jackknifed = there(jk.rate(none_of_them, rows))
    now = rate_interval(none_of_them, rows, clustered=True)
    assert now.method == "wilson_clusters"
    assert now.high > 5 * jackknifed.interval(low=0.0, high=1.0).high


def test_one_figure_of_many_alike_keeps_its_degrees_of_freedom() -> None:
    rng = np.random.default_rng(11)
    k, n = drawn(rng, [1] * 20_000, 0.3, 0.2)
    assert there(jk.rate(k, n)).df > 20


def test_few_large_clusters_are_told_from_the_many_small_ones() -> None:
    """On average over how people fall into buckets, as exactly as 40 buckets tell."""
    rng = np.random.default_rng(12)
    found = []
    for _ in range(400):
        _, n = drawn(rng, WHO["15 of 100 decisions, 3,000 of 1"], 0.3, 0)
        found.append((large_size(n), clusters_that_carry(n)))
    large, many = np.median(found, axis=0)
    assert 75 < large < 105
    assert 14 < many < 25
    even = [drawn(rng, [10] * 400, 0.3, 0)[1] for _ in range(400)]
    assert 180 < np.median([clusters_that_carry(n) for n in even]) <= 420
