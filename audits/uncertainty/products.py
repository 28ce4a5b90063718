"""Products of ratios of rates, each among those who passed the step before."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from boussole.audits.measures import Interval
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.jackknife import Floats, Ints
from boussole.audits.uncertainty.quantiles import normal_quantile

Counted = tuple[Ints, Ints]
"""Cases and sizes per bucket."""
Step = tuple[Counted, Counted]
"""Of a group, and of whom it is compared with."""


def product(steps: Sequence[Step]) -> float:
    """The product over the steps of the ratio of both rates; nan or infinite where one divides by 0.

    >>> one = (np.array([30]), np.array([100])), (np.array([40]), np.array([100]))
    >>> round(product([one, one]), 4)
    0.5625
    """
    return float(_of(steps, np.sum))


def product_interval(steps: Sequence[Step], *, clustered: bool, level: float = 0.95) -> Interval | None:
    """Jackknife over buckets where clusters are declared; else normal on the log scale, variance Σ (1/k − 1/n).

    Steps are independent given who reached them. None where the jackknife finds no variance; the product must be
    finite and above 0. Source: Katz et al. (1978), Biometrics 34:469-474.

    >>> one = (np.array([30]), np.array([100])), (np.array([40]), np.array([100]))
    >>> found = product_interval([one], clustered=False)
    >>> round(found.low, 3), round(found.high, 3)
    (0.511, 1.101)
    """
    value = product(steps)
    if clustered:
        filled = np.sum([n for step in steps for _, n in step], axis=0) > 0
        left = _of(steps, lambda buckets: (buckets.sum() - buckets)[filled])
        found = jk.jackknife(value, left, transform="log")
        return None if found is None else found.interval(low=0.0, high=math.inf, level=level)
    variance = sum(1 / int(k.sum()) - 1 / int(n.sum()) for step in steps for k, n in step)
    factor = math.exp(normal_quantile(0.5 + level / 2) * math.sqrt(variance))
    return Interval(low=value / factor, high=value * factor, level=level, method="katz")


def _of(steps: Sequence[Step], total: Callable[[Ints], Ints]) -> Floats:
    """The product from each step's buckets made one number, or several."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = [total(k1) / total(n1) / (total(k0) / total(n0)) for (k1, n1), (k0, n0) in steps]
    return np.asarray(np.prod(ratios, axis=0), dtype=np.float64)
