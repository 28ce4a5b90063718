"""How often nominal 95 % intervals hold the truth: of rates, exactly and with clusters, every figure, estimates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from benchmarks import buckets, coverage
from boussole.audits.measures import Interval
from boussole.audits.metrics.estimated import ESTIMATED, chances, estimated, expected_area, expected_rate
from boussole.audits.metrics.scored import EVERY_SEEN
from boussole.audits.parts import Floats
from boussole.audits.uncertainty.estimates import rate_interval
from boussole.audits.uncertainty.score import newcombe, ratio_interval, wilson
from tests.audits.drawn import MEANT, SCORE, Case, drawn, places
from tests.audits.there import there
from tests.audits.uncertainty.simulated import people

FINE = np.linspace(0.01, 0.99, 981)
COARSE = np.linspace(0.05, 0.95, 19)
ROUNDING = 1e-12


def covered(interval: Callable[[float, float], Interval], n: int, rates: Floats) -> Floats:
    """The chance that the interval of k of n holds the rate, for each rate."""
    found = [interval(k, n) for k in range(n + 1)]
    low, high = np.array([i.low for i in found]), np.array([i.high for i in found])
    held = (low - ROUNDING <= rates[:, None]) & (rates[:, None] <= high + ROUNDING)
    return np.asarray((binom.pmf(np.arange(n + 1), n, rates[:, None]) * held).sum(axis=1))


@pytest.mark.parametrize(("n", "least"), [(20, 0.89), (50, 0.89), (100, 0.92), (200, 0.93), (1000, 0.93)])
def test_wilson_covers_on_average_and_rarely_falls_short(n: int, least: float) -> None:
    chances = covered(wilson, n, FINE)
    assert 0.94 < chances.mean() < 0.965
    assert chances.min() >= least


def covered_pairs(
    interval: Callable[[tuple[float, float], tuple[float, float]], Interval | None],
    n: tuple[int, int],
    truth: Callable[[float, float], float],
) -> Floats:
    """The chance that the interval of a pair of counts holds the truth, where it has one, for each pair of rates."""
    found = [[interval((k1, k0), n) for k0 in range(n[1] + 1)] for k1 in range(n[0] + 1)]
    low, high = (
        np.array([[getattr(i, end) if i else np.nan for i in row] for row in found]) for end in ("low", "high")
    )
    chances = []
    for p1 in COARSE:
        for p0 in COARSE:
            weights = np.outer(*(binom.pmf(np.arange(m + 1), m, p) for m, p in zip(n, (p1, p0), strict=True)))
            at = truth(float(p1), float(p0))
            held = (low - ROUNDING <= at) & (at <= high + ROUNDING)
            chances.append(weights[held].sum() / weights[~np.isnan(low)].sum())
    return np.array(chances)


@pytest.mark.parametrize("scale", ["difference", "ratio"])
@pytest.mark.parametrize(
    ("n", "least"),
    [
        ((20, 20), 0.89),
        ((20, 50), 0.89),
        ((50, 50), 0.92),
        pytest.param((200, 20), 0.88, marks=pytest.mark.slow),
        pytest.param((200, 200), 0.93, marks=pytest.mark.slow),
    ],
)
def test_comparisons_cover(scale: str, n: tuple[int, int], least: float) -> None:
    """A ratio to nobody has no interval; given that there is one, the worst is .882, with a reference of 20 at .05."""
    if scale == "ratio":
        chances = covered_pairs(ratio_interval, n, lambda p1, p0: p1 / p0)
    else:
        chances = covered_pairs(newcombe, n, lambda p1, p0: p1 - p0)
    assert 0.94 < chances.mean() < 0.965
    assert chances.min() >= least


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "correlation", "naive_covers"), [(20, 0.2, (0.61, 0.65)), (20, 0.5, (0.43, 0.48)), (30, 0.3, (0.45, 0.5))]
)
def test_rates_of_clustered_people_are_covered(
    rows: int, correlation: float, naive_covers: tuple[float, float]
) -> None:
    """40, 100 and 400 people, rates from .05 to .8. The standard error of a share is .006, of a mean .0015."""
    rng, runs = np.random.default_rng(41), 1500
    ours, naive = [], []
    for count in (40, 100, 400):
        for rate in (0.05, 0.1, 0.2, 0.5, 0.8):
            drawn = [people(rng, count=count, rate=rate, rows=rows, correlation=correlation) for _ in range(runs)]
            for shares, clustered in ((ours, True), (naive, False)):
                intervals = [rate_interval(k, n, clustered=clustered) for k, n in drawn]
                shares.append(np.mean([i.low <= rate <= i.high for i in intervals]))
    assert 0.94 < np.mean(ours) < 0.965
    assert min(ours) > 0.94 - 3 * 0.006
    assert naive_covers[0] < np.mean(naive) < naive_covers[1]


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


def values(counts: Floats) -> dict[str, float]:
    """Every figure of counts (bins, decision, outcome), where it has a denominator."""
    found = {
        name: expected_area(counts) if rate is EVERY_SEEN else expected_rate(counts, rate)
        for name, rate in ESTIMATED.items()
    }
    return {name: each.value for name, each in found.items() if each is not None}


def held(case: Case, times: int) -> dict[str, tuple[float, float]]:
    """How often the interval holds what decisions come to, and `came` what these came to, of those that have one."""
    random = np.random.default_rng(sum(map(ord, case.meant)) + case.earlier)
    before, after = places(2, 2), places(2, 3)
    chance, decision = MEANT[case.meant](SCORE), (np.arange(101) >= 50).astype(int)
    whole = np.zeros((101, 2, 2))
    whole[np.arange(101), decision, 1], whole[np.arange(101), decision, 0] = after * chance, after * (1 - chance)
    truth, hits = values(whole), {name: [[0, 0], [0, 0]] for name in ESTIMATED}
    for _ in range(times):
        curve = chances(drawn(case, case.earlier, before, random))
        counts = drawn(case, case.now, after, random)
        came = values(counts.sum(axis=1)[..., :2].astype(np.float64))
        for name, rate in ESTIMATED.items():
            found = None if curve is None else estimated(counts, curve, rate, clustered=case.clustered)
            if found is None or found.interval is None or found.came is None or name not in came:
                continue
            for at, (ends, value) in enumerate(((found.interval, truth[name]), (found.came, came[name]))):
                hits[name][at][0] += ends.low <= value <= ends.high
                hits[name][at][1] += 1
    return {name: (own[0] / own[1], other[0] / other[1]) for name, (own, other) in hits.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("meant", "earlier", "now", "more"),
    [
        *((meant, 500, 200, {}) for meant in MEANT),
        *((meant, 2000, 1000, {"each": 10, "alike": 0.5, "clustered": True}) for meant in MEANT),
        ("too bold", 150, 150, {}),
        ("chances", 20_000, 5000, {}),
        ("hardly", 500, 500, {"clustered": True}),
    ],
)
def test_coverage_over_sizes(meant: str, earlier: int, now: int, more: dict[str, Any]) -> None:
    """Nominal 95 %; 1,500 draws have a standard error of .6. With some ten outcomes of a kind, what came moves in
    steps.
    """
    size = max(earlier, 1000) if meant == "rare" else earlier
    found = held(Case(meant, size, now, **more), 1500)
    assert min(own for own, _ in found.values()) > 0.92, found
    assert min(came for _, came in found.values()) > (0.88 if meant == "rare" and now <= 200 else 0.92), found


@pytest.mark.slow
def test_as_wide_as_a_bootstrap_that_fits_again() -> None:
    """Rows of both windows drawn anew 400 times, curves by scikit-learn: the standard deviations agree."""
    random = np.random.default_rng(5)
    case = Case("too bold", 3000, 1500)
    parts = [drawn(case, n, places(2, b), random)[:, 0] for n, b in ((case.earlier, 2), (case.now, 3))]
    again: dict[str, list[float]] = {"auc": [], "accuracy": []}
    for _ in range(400):
        earlier, now = (random.multinomial(part.sum(), part.ravel() / part.sum()).reshape(part.shape) for part in parts)
        y, n = earlier[..., 1].sum(axis=1), earlier.sum(axis=(1, 2))
        peer = IsotonicRegression().fit(SCORE[n > 0], (y / np.maximum(n, 1))[n > 0], sample_weight=n[n > 0])
        chance, decided = peer.predict(np.clip(SCORE, SCORE[n > 0][0], SCORE[n > 0][-1])), now.sum(axis=2)
        weights = np.concatenate([decided.sum(axis=1) * chance, decided.sum(axis=1) * (1 - chance)])
        outcome = np.repeat([1, 0], 101)
        again["auc"].append(float(roc_auc_score(outcome, np.tile(SCORE, 2), sample_weight=weights)))
        right = decided[:, 1] * chance + decided[:, 0] * (1 - chance)
        again["accuracy"].append(float(right.sum() / decided.sum()))
    curve = there(chances(parts[0][:, None]))
    for name, drawn_again in again.items():
        found = there(estimated(parts[1][:, None], curve, ESTIMATED[name], clustered=False))
        half = (there(found.interval).high - there(found.interval).low) / 2
        assert half == pytest.approx(1.96 * float(np.std(drawn_again)), rel=0.15), name
