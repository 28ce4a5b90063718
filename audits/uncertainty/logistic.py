"""Two groups compared under a logistic model: everybody as if of one group, then as if of the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import pinvh
from scipy.special import expit

from boussole.audits.measures import Interval
from boussole.audits.parts import Pairs
from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile

Floats = npt.NDArray[np.float64]
Stratum = tuple[str | None, ...]
STEPS = 50
LARGEST = 30.0
"""A coefficient beyond this is on its way to infinity: e^30."""
MOST_COLUMNS = 300
"""More values of the controls than this are no model."""


@dataclass(frozen=True, kw_only=True)
class ModelledRates:
    """Standardised rates under the model, and the interval of their ratio."""

    rates: tuple[float, float]
    interval: Interval | None


def modelled_ratio(pairs: Pairs, strata: Sequence[Stratum]) -> ModelledRates | None:
    """Ratio of two rates, each averaged over the people of both groups under a logistic model of group and controls.

    Model: logit p = constant + group + each value of each control (no interactions), fitted to counts by maximum
    likelihood (Newton's method). Formula: Σ N p(group 1) ÷ Σ N p(group 0). Interval on the log scale by the delta
    method, from the information matrix (independent rows) or from scores summed by bucket (clusters; t with buckets − 1
    degrees of freedom). Where nobody (or everybody) with some value was selected, neither group can tell them apart:
    they keep a rate of 0 (of 1). None where the model has no maximum: a group decides everything.
    Source: Robins (1986), Mathematical Modelling 7:1393-1512; Localio, Margolis & Berlin (2007), J. Clin. Epidemiol.
    60:874-882; Liang & Zeger (1986), Biometrika 73:13-22, for clusters.
    """
    k1, n1, k0, n0 = pairs.sums
    cases, sizes = k1 + k0, n1 + n0
    telling = _telling(strata, cases, sizes)
    base = _design([stratum for stratum, tells in zip(strata, telling, strict=True) if tells])
    if not telling.any() or base.shape[1] > MOST_COLUMNS:
        return None
    groups = [np.column_stack([base, np.full(base.shape[0], group)]) for group in (1.0, 0.0)]
    x = np.concatenate(groups)
    fitted = _fit(x, np.concatenate([k1[telling], k0[telling]]), np.concatenate([n1[telling], n0[telling]]))
    if fitted is None:
        return None
    beta, information = fitted
    covariance, df = np.asarray(pinvh(information), dtype=np.float64), math.inf
    if pairs.clustered:
        covariance, df = _robust(pairs, telling, x, beta, covariance)
    weights, fixed = sizes[telling], float(cases[~telling].sum())
    p = [expit(rows @ beta) for rows in groups]
    sums = [fixed + float(weights @ each) for each in p]
    slopes = [(weights * each * (1 - each)) @ rows / total for each, rows, total in zip(p, groups, sums, strict=True)]
    gradient = slopes[0] - slopes[1]
    interval = _interval(sums[0] / sums[1], float(gradient @ covariance @ gradient), df, clustered=pairs.clustered)
    return ModelledRates(rates=(sums[0] / float(sizes.sum()), sums[1] / float(sizes.sum())), interval=interval)


def _telling(strata: Sequence[Stratum], cases: Floats, sizes: Floats) -> npt.NDArray[np.bool_]:
    """The strata of which every value of every control has both: people selected, and people not selected."""
    telling = np.ones(len(strata), dtype=np.bool_)
    while True:
        before = telling.copy()
        for values in zip(*strata, strict=True):
            for level in set(values):
                same = telling & np.array([value == level for value in values])
                if same.any() and cases[same].sum() in (0, sizes[same].sum()):
                    telling[same] = False
        if np.array_equal(before, telling):
            return telling


def _design(strata: Sequence[Stratum]) -> Floats:
    """Constant and one column for each value but the first of each control: shape (strata, columns)."""
    columns = [np.ones(len(strata))]
    for values in zip(*strata, strict=True):
        levels = sorted(set(values), key=lambda value: (value is None, value or ""))
        columns += [np.array([float(value == level) for value in values]) for level in levels[1:]]
    return np.stack(columns, axis=1)


def _fit(x: Floats, k: Floats, n: Floats) -> tuple[Floats, Floats] | None:
    """Coefficients and information matrix at the maximum of the likelihood; None where it lies at infinity."""
    beta = np.zeros(x.shape[1])
    beta[0] = math.log(k.sum() / (n - k).sum())
    for _ in range(STEPS):
        p = expit(x @ beta)
        information = (x * (n * p * (1 - p))[:, np.newaxis]).T @ x
        step = pinvh(information) @ (x.T @ (k - n * p))
        beta = beta + step
        if np.abs(beta).max() > LARGEST:
            return None
        if np.abs(step).max() < 1e-10:
            return beta, information
    return None


def _robust(
    pairs: Pairs, telling: npt.NDArray[np.bool_], x: Floats, beta: Floats, inverse: Floats
) -> tuple[Floats, float]:
    """Covariance from scores summed by bucket, and its degrees of freedom."""
    cases, sizes = (
        np.concatenate([one[:, telling], other[:, telling]], axis=1)
        for one, other in ((pairs.k1, pairs.k0), (pairs.n1, pairs.n0))
    )
    filled = sizes.sum(axis=1) > 0
    m = int(filled.sum())
    scores = (cases - sizes * expit(x @ beta))[filled] @ x
    return inverse @ (scores.T @ scores) @ inverse * m / max(m - 1, 1), float(m - 1)


def _interval(ratio: float, variance: float, df: float, *, clustered: bool) -> Interval | None:
    if df < 1 or not variance > 0:
        return None
    quantile = normal_quantile(0.975) if math.isinf(df) else student_quantile(0.975, df)
    ends = [math.exp(math.log(ratio) + side * quantile * math.sqrt(variance)) for side in (-1, 1)]
    return Interval(low=ends[0], high=ends[1], method="delta_clusters" if clustered else "delta")
