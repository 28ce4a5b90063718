"""Intervals of what is expected without outcomes: how often they hold what decisions come to, and what came."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from boussole.audits.metrics.estimated import ESTIMATED, chances, estimated, expected_area, expected_rate
from boussole.audits.metrics.scored import EVERY_SEEN
from boussole.audits.parts import Floats
from tests.audits.drawn import MEANT, SCORE, Case, drawn, places
from tests.audits.there import there


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
