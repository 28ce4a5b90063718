"""What scores meant: the chance of a positive outcome in each bin of the score, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from boussole.audits.parts import Floats, Ints
from boussole.audits.uncertainty.jackknife import cluster_size

SEED, DRAWS = 20260801, 100


@dataclass(frozen=True, kw_only=True)
class IsotonicCurve:
    """An isotonic fit of outcomes by bin of the score: `chance` and number of outcomes (`sizes`), (bins,).

    Bins with one chance are a block: `positives` and `outcomes` (blocks, buckets); `share` (bins, blocks) is how much
    of the chance of a bin is that of each block.
    """

    chance: Floats
    sizes: Ints
    positives: Ints
    outcomes: Ints
    share: Floats

    @property
    def held(self) -> npt.NDArray[np.intp]:
        """The bins that have outcomes."""
        return np.flatnonzero(self.sizes)

    @cached_property
    def optimism(self) -> Floats:
        """Estimate the mean of fits to outcomes drawn from this fit, less the fit; (bins,).

        Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 10.
        """
        from scipy.optimize import isotonic_regression  # slow to import, and seldom needed

        n, weights = self.sizes[self.held], self.sizes[self.held].astype(np.float64)
        drawn = np.random.default_rng(SEED).binomial(n, self.chance[self.held], size=(DRAWS, n.size)) / n
        mean = np.mean([isotonic_regression(each, weights=weights).x for each in drawn], axis=0)
        return np.asarray(np.interp(np.arange(self.sizes.size), self.held, mean) - self.chance, dtype=np.float64)

    def variance(self, gradient: Floats) -> float:
        """Return the variance of Σ gradient × chance, for independent outcomes."""
        return float((np.square(gradient @ self.share) * self._doubts / self.outcomes.sum(axis=1)).sum())

    @property
    def doubt(self) -> Floats:
        """The variance of one outcome in each bin, p (1 − p)."""
        return np.asarray(self.share @ self._doubts, dtype=np.float64)

    @property
    def _doubts(self) -> Floats:
        """Return the same in each block, with half an outcome of each kind added, so that none is certain."""
        p = (self.positives.sum(axis=1) + 0.5) / (self.outcomes.sum(axis=1) + 1)
        return np.asarray(p * (1 - p), dtype=np.float64)

    def by_bucket(self, gradient: Floats) -> Floats:
        """What the outcomes of each bucket add to Σ gradient × chance: (buckets,), in all 0."""
        n = self.outcomes.sum(axis=1)
        weights = (gradient @ self.share) / n
        left = self.positives - (self.positives.sum(axis=1) / n)[:, None] * self.outcomes
        return np.asarray(weights @ left, dtype=np.float64)

    def design_effect(self, sizes: Ints) -> float:
        """Estimate by how much repeated people multiply the variance of outcomes; `sizes`: decisions per bucket."""
        more = cluster_size(self.outcomes.sum(axis=0)) - 1
        k, n = self.positives.sum(axis=1), self.outcomes.sum(axis=1)
        plain = float((k * (n - k) / n).sum())
        if more <= 0 or plain <= 0:
            return 1.0
        left = (self.positives - (k / n)[:, None] * self.outcomes).sum(axis=0)
        alike = float(np.clip((_between(left, left.size) / plain - 1) / more, 0.0, 1.0))
        return 1 + (cluster_size(sizes) - 1) * alike


def curve(positives: Ints, outcomes: Ints) -> IsotonicCurve:
    """Fit rates by bin with isotonic regression: a higher score never means a lower chance.

    Inputs: counts (bins, buckets), the lowest score first; bins without outcomes are interpolated. Source: Zadrozny &
    Elkan (2002), KDD: 694-699; Ayer et al. (1955), Ann. Math. Statistics 26:641-647.
    """
    from scipy.optimize import isotonic_regression  # slow to import, and seldom needed

    k, n = positives.sum(axis=1), outcomes.sum(axis=1)
    held = np.flatnonzero(n)
    fit = isotonic_regression(k[held] / n[held], weights=n[held].astype(np.float64))
    starts = fit.blocks[:-1]
    block = np.repeat(np.arange(starts.size), np.diff(fit.blocks))
    place = np.interp(np.arange(n.size), held, np.arange(held.size))
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, held.size - 1)
    share = np.zeros((n.size, starts.size))
    np.add.at(share, (np.arange(n.size), block[below]), 1 - (place - below))
    np.add.at(share, (np.arange(n.size), block[above]), place - below)
    parts = [np.add.reduceat(side[held], starts, axis=0) for side in (positives, outcomes)]
    rates = parts[0].sum(axis=1) / parts[1].sum(axis=1)
    return IsotonicCurve(chance=share @ rates, sizes=n, positives=parts[0], outcomes=parts[1], share=share)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A standard error with its degrees of freedom."""

    se: float
    df: float = math.inf


def spread(plain: float, parts: tuple[Floats, ...], filled: tuple[int, ...]) -> Spread:
    """Estimate the error of a sum of sources by bucket of people, at least the variance of independent rows, `plain`.

    Formula: se² = m/(m − 1) Σ (u − ū)² over m buckets, u the sum of all sources in a bucket; df after Welch.
    Source: Jaeckel (1972); Wolter (2007), Introduction to Variance Estimation, chapter 6.
    """
    together = np.sum(parts, axis=0)
    own = [_between(part, m) for part, m in zip(parts, filled, strict=True)]
    if min(filled) < 2:
        return Spread(se=math.nan)
    below = sum(v**2 / (m - 1) for v, m in zip(own, filled, strict=True))
    df = sum(own) ** 2 / below if below > 0 else math.inf
    return Spread(se=math.sqrt(max(_between(together, together.size), plain)), df=df)


def _between(part: Floats, buckets: int) -> float:
    return float(np.square(part).sum()) * buckets / max(buckets - 1, 1)
