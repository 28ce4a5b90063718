"""Simulated people: several decisions about each, which are alike as far as the intraclass correlation says."""

from __future__ import annotations

from typing import Literal

import numpy as np

from boussole.audits.parts import Ints
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.estimates import compare_rates
from boussole.audits.uncertainty.tests import p_beyond

Counts = tuple[Ints, Ints]
BUCKETS = 40


def people(rng: np.random.Generator, *, count: int, rate: float, rows: int = 20, correlation: float = 0.3) -> Counts:
    """Cases and rows per bucket of people whose own rates follow a beta distribution."""
    spread = (1 - correlation) / correlation
    own = rng.beta(rate * spread, (1 - rate) * spread, count)
    bucket = rng.integers(0, BUCKETS, count)
    k = np.bincount(bucket, weights=rng.binomial(rows, own), minlength=BUCKETS).astype(np.int64)
    return k, np.bincount(bucket, minlength=BUCKETS).astype(np.int64) * rows


def jackknifed(k: Counts, n: Counts, transform: Literal["log", "identity"]) -> jk.Jackknife | None:
    """The jackknife of two rates by itself, without effective sizes; None where a rate is 0 or 1 without a bucket."""
    filled = (n[0] > 0) | (n[1] > 0)
    left = [((k[i].sum() - k[i])[filled], (n[i].sum() - n[i])[filled]) for i in (0, 1)]
    if any((cases <= 0).any() or (cases >= rows).any() for cases, rows in left):
        return None
    rates, parts = [k[i].sum() / n[i].sum() for i in (0, 1)], [cases / rows for cases, rows in left]
    buckets = int((n[0] > 0).sum()), int((n[1] > 0).sum())
    return jk.compare_parts((rates[0], rates[1]), (parts[0], parts[1]), buckets, transform=transform)


def judged(
    groups: tuple[Counts, Counts],
    *,
    scale: Literal["ratio", "difference"],
    threshold: float,
    clustered: bool = True,
) -> tuple[bool, bool, bool]:
    """Whether each one-sided test at 5 % is sure, and whether the interval holds the truth, which is the threshold."""
    (k1, n1), (k0, n0) = groups
    interval, test = compare_rates((k1, k0), (n1, n0), scale=scale, clustered=clustered)
    below, above = (p_beyond(test, threshold=threshold, bad_side=side) < 0.05 for side in ("below", "above"))
    return below, above, interval is None or interval.low <= threshold <= interval.high
