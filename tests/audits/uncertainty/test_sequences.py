"""Intervals for repeated looks: they hold at all looks together, where Wilson's does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom

from boussole.audits.uncertainty.sequences import rate_sequence, ratio_sequence
from boussole.audits.uncertainty.wilson import wilson

LOOKS = [50 * look for look in range(1, 41)]


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.05, 0.3, 0.7])
def test_forty_looks_miss_together_as_rarely_as_one_should(rate: float) -> None:
    """Every fifty decisions up to 2,000, over 500 sequences; the standard error of 5 % is .01."""
    rng, runs, ours, naive = np.random.default_rng(6), 500, 0, 0
    for _ in range(runs):
        counts = rng.binomial(50, rate, len(LOOKS)).cumsum()
        looks = list(zip(counts.tolist(), LOOKS, strict=True))
        ours += any(not i.low <= rate <= i.high for i in (rate_sequence(k, n) for k, n in looks))
        naive += any(not i.low <= rate <= i.high for i in (wilson(k, n) for k, n in looks))
    assert ours / runs < 0.05
    assert naive / runs > 0.2


def test_looking_at_every_single_decision_exactly() -> None:
    """Ville's bound by the chance of every path of 60 decisions: at most 5 % ever leave."""
    rate, inside, missed = 0.4, np.array([1.0]), 0.0
    for n in range(1, 61):
        inside = np.append(inside * (1 - rate), 0.0) + np.append(0.0, inside * rate)
        for k in range(n + 1):
            interval = rate_sequence(k, n)
            if not interval.low <= rate <= interval.high:
                missed, inside[k] = missed + inside[k], 0.0
    assert 0 < missed < 0.05
    assert missed + inside.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("k", "n"), [(3, 10), (40, 90), (1, 200)])
def test_the_ends_are_where_the_mixture_is_twenty_times_likelier(k: int, n: int) -> None:
    """The mixture integrated over rates drawn from the arcsine law, p = sin² θ with θ uniform."""
    mixed = quad(lambda angle: binom.pmf(k, n, np.sin(angle) ** 2), 0, np.pi / 2, points=[np.arcsin((k / n) ** 0.5)])
    interval = rate_sequence(k, n)
    for end in (interval.low, interval.high):
        assert mixed[0] / (np.pi / 2) / binom.pmf(k, n, end) == pytest.approx(20, rel=1e-5)


@given(st.integers(1, 10**12), st.floats(0, 1))
def test_it_holds_the_estimate_and_wilsons_interval_at_any_size(n: int, share: float) -> None:
    k = round(n * share)
    interval, mirrored, plain = rate_sequence(k, n), rate_sequence(n - k, n), wilson(k, n)
    assert 0 <= interval.low <= k / n <= interval.high <= 1
    assert interval.low <= plain.low + 1e-9
    assert plain.high <= interval.high + 1e-9
    assert mirrored.low == pytest.approx(1 - interval.high, abs=1e-12)


def test_nothing_is_known_before_the_first_decision() -> None:
    interval = rate_sequence(0, 0)
    assert (interval.low, interval.high) == (0.0, 1.0)
    assert ratio_sequence((0, 0), (0, 0)) is None


@pytest.mark.costly
def test_ratios_hold_at_all_looks() -> None:
    rng, runs, missed = np.random.default_rng(7), 300, 0
    for _ in range(runs):
        first, second = (rng.binomial(50, rate, len(LOOKS)).cumsum().tolist() for rate in (0.24, 0.3))
        found = [ratio_sequence((a, b), (n, n)) for a, b, n in zip(first, second, LOOKS, strict=True)]
        missed += any(i is not None and not i.low <= 0.8 <= i.high for i in found)
    assert missed / runs < 0.05
