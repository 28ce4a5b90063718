"""One share by itself, held to a level: how many independent rows it is worth where rows repeat people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from boussole.audits.parts import Ints
from boussole.audits.uncertainty.jackknife import fewest_clusters

FEWEST = 40
"""Of fewer cases, or fewer rows that are none, the variance between buckets says little: rows of a person are taken to
be alike."""


def worth_of_share(k: Ints, n: Ints, *, fewest: float | None = None) -> tuple[float, float]:
    """Estimate how many independent rows `n` rows with `k` cases are worth, both by bucket, and degrees of freedom.

    Formula: n ÷ design effect (at least 1), the jackknife variance of the share over p (1 − p) ÷ n; of under `FEWEST`
    cases (or others) `fewest`, else `jackknife.fewest_clusters`. Source: Rao & Scott (1992), Biometrics 48:577-585;
    Kott (2001), J. Official Statistics 17:521-526.
    """
    cases, rows = int(k.sum()), int(n.sum())
    filled = n > 0
    m = int(np.count_nonzero(filled))
    if min(cases, rows - cases) < FEWEST or m < 2:
        return (fewest_clusters(n), float(max(m - 1, 1))) if fewest is None else (fewest, max(fewest - 1.0, 1.0))
    p = cases / rows
    without = (cases - k[filled]) / (rows - n[filled])
    variance = float((m - 1) / m * np.square(without - p).sum())
    return min(float(rows), p * (1 - p) / variance) if variance > 0 else float(rows), float(m - 1)


def share_z(test: Mapping[str, Any], threshold: float) -> float:
    """Return by how many standard errors, at the threshold, a share lies above it; none where it is an upper bound.

    >>> round(share_z({"estimate": 0.02, "size": 1000}, 0.01), 2)
    3.18
    >>> share_z({"estimate": 0.02, "size": 1000, "at_most": True}, 0.01)
    0.0
    """
    gap = float(test["estimate"]) - threshold
    if gap > 0 and test.get("at_most"):
        return 0.0
    if not 0 < threshold < 1:
        return math.copysign(math.inf, gap) if gap else 0.0
    return gap / math.sqrt(threshold * (1 - threshold) / float(test["size"]))
