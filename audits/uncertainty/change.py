"""The change of a comparison between two versions of a model, with units that both versions judged as pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import gamma
from scipy.stats import t as student

from boussole.audits.measures import Counts
from boussole.audits.parts import Floats
from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile
from boussole.audits.uncertainty.swaps import Features, Swaps, all_swaps, drawn_swaps, movable

Scale = Literal["ratio", "difference"]

NO_CHANGE = {"ratio": 1.0, "difference": 0.0}
RULE_OF_THREE = (math.log(20) / normal_quantile(0.95) ** 2) ** 2
"""From the score test of none in n at the level 0.05, which excludes 2.7 cases, to the exact one: 3.0."""
ENOUGH_MOVES = 100
"""From so many units of one weight on, exchanges are so nearly normal that Student's t goes on where draws end."""
TINY = 1e-20
"""Variances at or below it are rounding."""
PRODUCTION, CANDIDATE = 0, 1
GROUP, AGAINST = 0, 1


@dataclass(frozen=True, kw_only=True)
class Units:
    """What two versions decided about units, alike units together.

    `counts`: (kinds, version, part, 2): production, candidate; compared group, reference; numerator, denominator.
    `times`: how many units are of each kind; `both`: whether both versions judged them.
    """

    counts: Counts
    times: Counts
    both: npt.NDArray[np.bool_]

    @classmethod
    def alike(cls, counts: Counts, times: Counts, both: npt.NDArray[np.bool_]) -> Units:
        """Units with those of one kind counted together, which the counting of exchanges rests on."""
        flat = np.concatenate([counts.reshape(-1, 8), both[:, None]], axis=1).astype(np.int64)
        kinds, position = np.unique(flat, axis=0, return_inverse=True)
        totals = np.zeros(len(kinds), dtype=np.int64)
        np.add.at(totals, position.ravel(), times)
        return cls(counts=kinds[:, :8].reshape(-1, 2, 2, 2), times=totals, both=kinds[:, 8].astype(np.bool_))

    @cached_property
    def features(self) -> Features:
        """Sums and products from which the statistic of any exchange of versions is computed."""
        return Features.of(self.counts, self.times)

    @property
    def changed(self) -> int:
        """Paired units about which the versions differ."""
        differs = (self.counts[:, PRODUCTION] != self.counts[:, CANDIDATE]).any(axis=(1, 2))
        return int(self.times[self.both & differs].sum())

    def denominators(self) -> Counts:
        """Decisions behind each rate, by version and part."""
        return np.asarray((self.counts[..., 1] * self.times[:, None, None]).sum(axis=0), dtype=np.int64)

    def sizes(self) -> Counts:
        """Units behind each rate, by version and part."""
        return np.asarray(((self.counts[..., 1] > 0) * self.times[:, None, None]).sum(axis=0), dtype=np.int64)

    def effective(self) -> Floats:
        """Kish's effective number of units behind each rate, by version and part: (Σn)² ÷ Σn²."""
        n = self.counts[..., 1].astype(np.float64)
        times = self.times[:, None, None]
        return np.asarray((n * times).sum(axis=0) ** 2 / (n * n * times).sum(axis=0), dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class ComparisonChange:
    """The change of one comparison from production to candidate; the bad side is `below` or `above`.

    Formula: on `ratio` ρ = (p_cg ÷ p_ca) ÷ (p_pg ÷ p_pa), on `difference` δ = (p_cg − p_ca) − (p_pg − p_pa), c
    candidate, p production, g group, a reference. Statistic: U = p_cg p_pa − ρ₀ p_pg p_ca (or δ̂ − δ₀) over its
    linearised standard error between units. All four denominators must be above 0.
    """

    units: Units
    scale: Scale
    bad_side: str

    @property
    def rates(self) -> Floats:
        """The four rates, by version and part."""
        return self.units.features.rates()

    def value(self) -> float | None:
        """ρ or δ; None where a ratio is 0 ÷ 0 or has no finite value."""
        p = self.rates
        if self.scale == "difference":
            return float(p[CANDIDATE, GROUP] - p[CANDIDATE, AGAINST] - p[PRODUCTION, GROUP] + p[PRODUCTION, AGAINST])
        below = p[PRODUCTION, GROUP] * p[CANDIDATE, AGAINST]
        return float(p[CANDIDATE, GROUP] * p[PRODUCTION, AGAINST] / below) if below > 0 else None

    def p_worse(self) -> float:
        """Return the one-sided p of "the candidate is not worse": small where it very likely is. Range [0, 1].

        The larger of two: a permutation test that exchanges versions (all exchanges, or `DRAWS` with a fixed seed), and
        Student's t with equal rates of change in both parts. Source: Janssen (1997), Statistics & Probability Letters
        36:9-21; Chung & Romano (2013), Annals of Statistics 41:484-507; McNemar (1947), Psychometrika 12:153-157.
        """
        distance, variance = self._distance(NO_CHANGE[self.scale])
        share, at_most = self._exchanged
        if variance <= TINY:
            return share if distance < 0 else 1.0
        chance = float(student.cdf(distance / math.sqrt(variance), self._df()))
        return chance if at_most and self._moves() >= ENOUGH_MOVES else max(share, chance)

    @property
    def p_worse_at_most(self) -> bool:
        """Whether `p_worse` is the least that drawn exchanges can tell: the true one may be smaller."""
        share, at_most = self._exchanged
        return at_most and self.p_worse() == share

    @cached_property
    def _exchanged(self) -> tuple[float, bool]:
        """The share of exchanges that are as bad as observed, and whether it is the least that drawn ones can tell."""
        units = self.units
        seen = float(self._studentised(units.features)[0])
        if swaps := all_swaps(units.counts, units.times, units.both):
            return self._share(swaps, seen), False
        drawn = drawn_swaps(units.counts, units.times, units.both)
        if drawn is None:
            return 0.0, False
        found = self._share(drawn, seen)
        return found, found <= drawn.observed

    def _moves(self) -> float:
        """Return how many units of one weight the moved ones are worth."""
        moved = movable(self.units.counts, self.units.times, self.units.both)
        return self.units.features.effective_moves(self.scale, NO_CHANGE[self.scale], moved)

    def p_within(self, margin: float) -> float:
        """Return the one-sided p of "the candidate is worse by the margin (a value of ρ or δ) or more".

        Formula: z² solves κz⁴ + Vz² = U², V the linearised variance at the margin, κ the square of 1.11 times the
        weight of one unit; Student's t with the units of the smallest part less one. Source: after Wilson (1927) and
        Tango (1998), Statistics in Medicine 17:891-908; Hanley & Lippman-Hand (1983), JAMA 249:1743-1745.
        """
        distance, variance = self._distance(margin)
        heavy = self._weight(margin)
        squared = (math.sqrt(variance * variance + 4 * heavy * distance * distance) - variance) / (2 * heavy)
        return float(student.sf(math.copysign(math.sqrt(max(squared, 0.0)), distance), self._df()))

    def bound(self, alpha: float) -> float | None:
        """How bad the change could be: the value of ρ or δ that `p_within` rejects just at alpha; None: no bound."""
        ratio, below = self.scale == "ratio", self.bad_side == "below"
        if ratio and self.value() is None:
            return None
        ends = ((1e-6, 1e6) if ratio else (-2.0, 2.0))[:: 1 if below else -1]
        centre = min(max(self.value() or 0.0, 1e-6), 1e6) if ratio else float(self.value() or 0.0)
        if self.p_within(ends[0]) > alpha:
            return None
        forward, back = (math.log, math.exp) if ratio else (float, float)
        found = brentq(lambda x: self.p_within(back(x)) - alpha, forward(ends[0]), forward(centre), xtol=1e-9)
        return float(back(found))

    def smallest(self, *, alpha: float, power: float = 0.8) -> float | None:
        """Return the smallest regression (as ρ or δ) that would have been shown with that power; None: none would.

        Formula: U solves U² = Z² (V + U√κ), Z the sum of the quantiles of alpha and power; for paired cases at least
        the −log₂ alpha lost cases that an exact test needs.
        """
        z = student_quantile(1 - alpha, self._df()) + student_quantile(power, self._df())
        _, variance = self._distance(NO_CHANGE[self.scale])
        one = math.sqrt(self._part_weight(NO_CHANGE[self.scale], GROUP))
        lost = (z * z * one + math.sqrt(z**4 * one * one + 4 * z * z * variance)) / 2
        if self._paired(GROUP):
            lost = max(lost, float(gamma.ppf(power, math.ceil(-math.log2(alpha)))) * one)
        return self._as_change(-lost if self.bad_side == "below" else lost)

    def _as_change(self, u: float) -> float | None:
        p = self.rates
        if self.scale == "difference":
            return u if 0 <= p[PRODUCTION, GROUP] + u <= 1 else None
        below = p[PRODUCTION, GROUP] * p[CANDIDATE, AGAINST]
        if below <= 0:
            return None
        ratio = 1 + u / below
        group = ratio * below / p[PRODUCTION, AGAINST] if p[PRODUCTION, AGAINST] > 0 else math.inf
        return float(ratio) if ratio > 0 and group <= 1 else None

    def _share(self, swaps: Swaps, seen: float) -> float:
        found = self._studentised(self.units.features.after(swaps.counts))
        as_bad = found <= seen + 1e-9 * max(1.0, abs(seen)) if math.isfinite(seen) else found <= seen
        return min(1.0, float(swaps.weights[as_bad].sum()) + swaps.observed)

    def _studentised(self, features: Features) -> Floats:
        """U over its standard error at no change, bad when negative; where a rate has vanished, as bad as can be."""
        u, variance = features.statistic(self.scale, NO_CHANGE[self.scale])
        u = u if self.bad_side == "below" else -u
        flat = np.where(np.abs(u) < 1e-12, 0.0, np.copysign(np.inf, u))
        found = np.divide(u, np.sqrt(variance), out=flat, where=variance > TINY)
        return np.nan_to_num(found, nan=-np.inf, posinf=np.inf, neginf=-np.inf)

    def _distance(self, at: float) -> tuple[float, float]:
        """Return how far U lies on the good side of a hypothesis, and its variance there."""
        u, variance = self.units.features.statistic(self.scale, at)
        weights = [self._part_weight(at, part) for part in (GROUP, AGAINST)]
        sizes = [float(self.units.sizes()[:, part].max()) for part in (GROUP, AGAINST)]
        apart = [float(self.units.features.statistic(self.scale, at, part=part)[1][0]) for part in (GROUP, AGAINST)]
        each = sum(v / w for v, w in zip(apart, weights, strict=True) if w > 0) / sum(sizes)
        alike = each * sum(w * size for w, size in zip(weights, sizes, strict=True))
        return float(u[0] if self.bad_side == "below" else -u[0]), max(float(variance[0]), alike)

    def _weight(self, at: float) -> float:
        return max(RULE_OF_THREE * sum(self._part_weight(at, part) for part in (GROUP, AGAINST)), 1e-300)

    def _part_weight(self, at: float, part: int) -> float:
        """The square of what one unit of a part weighs in U; a paired unit weighs once, not once for each version."""
        slopes = self.units.features.slopes(self.scale, at)[0, :, part]
        squares = np.square(slopes / self.units.effective()[:, part])
        return float(squares.max() if self._paired(part) else squares.sum())

    def _paired(self, part: int) -> bool:
        """Whether both versions judged every unit of a part."""
        counted = (self.units.counts[:, :, part, 1] > 0).any(axis=1)
        return bool(self.units.both[counted].all())

    def _df(self) -> float:
        return float(max(self.units.sizes().min() - 1, 1))


def _example() -> ComparisonChange:
    """Fifty pairs of the group, of which three lose their selection; fifty of the reference, where nothing changes."""
    yes, no, elsewhere = [1, 1], [0, 1], [0, 0]
    group = [([yes, yes], 7), ([yes, no], 3), ([no, no], 40)]
    reference = [([yes, yes], 10), ([no, no], 40)]
    kinds = [[[cell, elsewhere] for cell in pair] for pair, _ in group]
    kinds += [[[elsewhere, cell] for cell in pair] for pair, _ in reference]
    times = np.array([n for _, n in [*group, *reference]])
    units = Units(counts=np.array(kinds), times=times, both=np.ones(5, dtype=np.bool_))
    return ComparisonChange(units=units, scale="difference", bad_side="below")
