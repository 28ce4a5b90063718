"""Which share of a gap (a log ratio summed over steps) opens at some of its steps, where the whole gap may be none.

A share above s means that the contrast part − s × whole is below 0 (Fieller) and that the whole is a gap to watch; the
larger p-value of both counts (intersection-union).
Sources: Fieller (1954), J. Royal Statistical Society B 16:175-185; Berger (1982), Technometrics 24:295-300.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, stdtr

from boussole.audits.parts import Floats, Ints
from boussole.audits.uncertainty.jackknife import effective_sizes

Counted = tuple[Ints, Ints]
"""Cases and sizes per bucket."""
Step = tuple[Counted, Counted]
"""Of a group, and of whom it is compared with."""
KIND = "gap_share"
FEWEST = 10
"""Cases of each group at each step, and rows without one, from which a logarithm of a rate is about normal."""


@dataclass(frozen=True, kw_only=True)
class StepLogs:
    """The log ratio of each step, their covariances, and Student's degrees of freedom; None: normal."""

    logs: Floats
    covariance: Floats
    df: float | None

    def total(self, steps: Sequence[int]) -> tuple[float, float]:
        """The sum over some steps, and its standard error."""
        chosen = self._chosen(steps)
        return float(chosen @ self.logs), math.sqrt(float(chosen @ self.covariance @ chosen))

    def shared(self, one: Sequence[int], other: Sequence[int]) -> float:
        """The covariance of the sums over two sets of steps."""
        return float(self._chosen(one) @ self.covariance @ self._chosen(other))

    def _chosen(self, steps: Sequence[int]) -> Floats:
        found = np.zeros(self.logs.size)
        found[list(steps)] = 1.0
        return found


def step_logs(steps: Sequence[Step], *, clustered: bool) -> StepLogs | None:
    """Estimate the log ratio of each step with their covariances; None where one has under `FEWEST` cases or others.

    Independent rows: Σ (1/k − 1/n) for each step. Clusters: the jackknife of all steps at once, at least at effective
    sizes.
    Source: Katz et al. (1978), Biometrics 34:469-474; Kott (2001), J. Official Statistics 17:521-526.
    """
    sides = [side for step in steps for side in step]
    if any(min(k.sum(), n.sum() - k.sum()) < FEWEST for k, n in sides):
        return None
    logs = np.array([math.log(_rate(one) / _rate(other)) for one, other in steps])
    if not clustered:
        variances = [sum(1 / int(k.sum()) - 1 / int(n.sum()) for k, n in step) for step in steps]
        return StepLogs(logs=logs, covariance=np.diag(variances), df=None)
    worth = [effective_sizes((k1, k0), (n1, n0), transform="log") for (k1, n1), (k0, n0) in steps]
    if any(each is None for each in worth):
        return None
    known = [each for each in worth if each is not None]
    floors = np.array([_plain(step, sizes) for step, (sizes, _) in zip(steps, known, strict=True)])
    apart = _without_each(steps) - logs
    if not np.isfinite(apart).all():  # all cases of a group at a step are in one bucket
        return None
    m = apart.shape[0]
    covariance = (m - 1) / m * apart.T @ apart
    covariance += np.diag(np.maximum(floors - np.diag(covariance), 0.0))
    whole = apart.sum(axis=1)
    fourth = float((whole**4).sum())
    free = 3 * float(np.square(whole).sum()) ** 2 / fourth - 2 if fourth > 0 else m - 1.0
    df = max(1.0, min(m - 1.0, free, *(df for _, df in known)))
    return StepLogs(logs=logs, covariance=covariance, df=df)


def _rate(side: tuple[Any, Any]) -> float:
    k, n = side
    return float(k.sum() / n.sum())


def _plain(step: Step, sizes: tuple[float, float]) -> float:
    rates = [_rate(side) for side in step]
    return sum((1 - p) / (p * size) for p, size in zip(rates, sizes, strict=True))


def _without_each(steps: Sequence[Step]) -> Floats:
    """The log ratio of each step without each bucket that holds somebody: (buckets, steps)."""
    filled = np.sum([n for step in steps for _, n in step], axis=0) > 0
    columns = []
    for (k1, n1), (k0, n0) in steps:
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = ((k.sum() - k)[filled] / (n.sum() - n)[filled] for k, n in ((k1, n1), (k0, n0)))
            columns.append(np.log(one / other))
    return np.asarray(np.stack(columns, axis=1), dtype=np.float64)


def gap_share_z(test: Mapping[str, Any], share: float) -> float:
    """Return by how many standard errors a gap is one to watch *and* a part is more than `share` of it.

    >>> test = {"part": -0.3, "whole": -0.4, "watched": -0.05, "variances": [0.01, 0.01, 0.02]}
    >>> round(gap_share_z(test, 0.5), 3), round(gap_share_z(test | {"whole": 0.01, "part": -0.01}, 0.5), 3)
    (1.414, -0.424)
    """
    return min(_contrast_z(test, share), _watched_z(test))


def gap_share_tail(test: Mapping[str, Any], share: float, *, below: bool) -> float:
    """Return the one-sided p of `gap_share_z`: that the share is not above (`below` False), or not below it."""
    z = gap_share_z(test, share)
    return min(1.0, 2 * _tail(test, z)) if below else _tail(test, -z)


def gap_share_end(test: Mapping[str, Any], z: float, *, high: bool) -> float | None:
    """Return the lowest share that is not rejected from below at `z` standard errors (`high`: the highest, from above).

    None where nothing is rejected on that side; 0 where there is surely no gap to watch.
    """
    if high and _watched_z(test) <= -z:
        return 0.0
    if not high and _watched_z(test) < z:
        return None
    found = fieller(test, z)
    return None if found is None else found[high]


def fieller(test: Mapping[str, Any], z: float) -> tuple[float, float] | None:
    """Return the shares within `z` standard errors; None where the whole gap may be 0, so that none is excluded."""
    part, whole = float(test["part"]), float(test["whole"])
    own, both, every = test["variances"]
    a = whole * whole - z * z * every
    if a <= 0:
        return None
    b, c = part * whole - z * z * both, part * part - z * z * own
    root = math.sqrt(max(b * b - a * c, 0.0))
    return (b - root) / a, (b + root) / a


def surely_watched(test: Mapping[str, Any], chance: float) -> bool:
    """Whether a gap is surely one to watch, by a one-sided test at a level.

    >>> test = {"whole": -0.4, "watched": -0.05, "variances": [0.01, 0.01, 0.02]}
    >>> surely_watched(test, 0.01), surely_watched(test, 0.001), surely_watched(test | {"whole": -0.1}, 0.05)
    (True, False, False)
    """
    return _tail(test, -_watched_z(test)) <= chance


def _contrast_z(test: Mapping[str, Any], share: float) -> float:
    own, both, every = test["variances"]
    variance = own - 2 * share * both + share * share * every
    gap = share * float(test["whole"]) - float(test["part"])
    return gap / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, gap)


def _watched_z(test: Mapping[str, Any]) -> float:
    return (float(test["watched"]) - float(test["whole"])) / math.sqrt(float(test["variances"][2]))


def _tail(test: Mapping[str, Any], z: float) -> float:
    return float(stdtr(test["df"], z)) if "df" in test else float(ndtr(z))
