"""Which share of a gap opens at some of its steps, where the whole gap may be none.

A gap is the logarithm of a ratio of two groups over several steps, and the sum of those of the steps. A share of it is
a ratio of two estimates, which is wild where the whole may be 0. Whether a part is more than a share s of a whole below
0 is a question about the linear contrast part − s × whole, which is never wild: Fieller's way. *Beyond* a share means
both: that the whole gap is one to watch, and that this contrast lies below 0; the larger of the two p-values tells
(intersection-union), and the smaller of both, doubled, that it is not so.

Sources: Fieller (1954), J. Royal Statistical Society B 16:175-185; Berger (1982), Technometrics 24:295-300.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtr

from boussole.audits.uncertainty.jackknife import Ints, effective_sizes

Floats = npt.NDArray[np.float64]
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
    """The log ratio of each step with their covariances; None where one has under `FEWEST` cases, or rows without one.

    Independent rows: steps are independent given who reached them, each with Σ (1/k − 1/n). With clusters: the
    jackknife over buckets of all steps at once, which keeps what they share; the variance of a step is at least that of
    effective sizes (`jackknife.effective_sizes`), as in few clusters chance makes a rate and its variance small
    together. Degrees of freedom: the fewest of any step, and of the whole gap.
    Source: Katz et al. (1978), Biometrics 34:469-474; Kott (2001), J. Official Statistics 17:521-526.

    >>> one = (np.array([30]), np.array([100])), (np.array([40]), np.array([100]))
    >>> found = step_logs([one, one], clustered=False)
    >>> [round(x, 4) for x in found.total([0, 1])]
    [-0.5754, 0.2769]
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
    """How many standard errors speak for it that a gap is one to watch *and* that a part is more than `share` of it.

    >>> test = {"part": -0.3, "whole": -0.4, "watched": -0.05, "variances": [0.01, 0.01, 0.02]}
    >>> round(gap_share_z(test, 0.5), 3), round(gap_share_z(test | {"whole": 0.01, "part": -0.01}, 0.5), 3)
    (1.414, -0.424)
    """
    return min(_contrast_z(test, share), _watched_z(test))


def gap_share_tail(test: Mapping[str, Any], share: float, *, below: bool) -> float:
    """One-sided p of `gap_share_z`: that the share of a gap to watch is not above (`below` False), or not below it.

    That it is not beyond needs one of two things, so that the smaller of two p-values is doubled.
    """
    z = gap_share_z(test, share)
    return min(1.0, 2 * _tail(test, z)) if below else _tail(test, -z)


def gap_share_end(test: Mapping[str, Any], z: float, *, high: bool) -> float | None:
    """The lowest share that is not rejected from below at `z` standard errors (`high`: the highest, from above).

    None: nothing is rejected on that side. Where there is surely no gap to watch, any share is below: 0.
    """
    if high and _watched_z(test) <= -z:
        return 0.0
    if not high and _watched_z(test) < z:
        return None
    found = fieller(test, z)
    return None if found is None else found[high]


def fieller(test: Mapping[str, Any], z: float) -> tuple[float, float] | None:
    """The shares that lie within `z` standard errors; None where the whole gap may be 0, so that none is excluded.

    >>> test = {"part": -0.3, "whole": -0.4, "variances": [0.0001, 0.0001, 0.0002]}
    >>> [round(end, 3) for end in fieller(test, 2)], fieller(test, 40)
    ([0.712, 0.791], None)
    """
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
