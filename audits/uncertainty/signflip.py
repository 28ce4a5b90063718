"""Permutation tests on pairs: had each cluster of pairs been the other way round, would the difference be as large?"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import binom

from boussole.audits.measures import Floats
from boussole.audits.uncertainty.quantiles import normal_quantile

WORK = 10_000_000
"""Clusters times the sum of their differences up to which all ways are counted."""
DRAWS = 9_999
"""Ways that are drawn otherwise, beside the one that was seen."""
SEED = "boussole pairs"


def sign_flip_p(changes: Sequence[int]) -> float:
    """Return the two-sided p of the sum of the differences of clusters (whole units), under changes of their signs.

    Formula: the share of all 2^k signs whose sum is at least as far from 0; beyond `WORK`, (b + 1) ÷ (m + 1) of m
    draws.
    Source: Fisher (1935), The Design of Experiments, 21; Pagano & Tritchler (1983), J. American Statistical Association
    78:435-440; Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39.
    """
    sizes = [abs(int(each)) for each in changes if each]
    seen = abs(sum(int(each) for each in changes))
    if len(sizes) * sum(sizes) > WORK:
        return _drawn(sizes, seen)
    chances = _chances(sizes)
    far = np.abs(2 * np.arange(chances.size) - sum(sizes)) >= seen
    return float(min(1.0, chances[far].sum()))


def _chances(sizes: Sequence[int]) -> Floats:
    """How likely each sum of a part of the sizes is, where each belongs to it or not by the toss of a coin."""
    chances = np.ones(1)
    for size in sizes:
        wider = np.zeros(chances.size + size)
        wider[: chances.size] += chances / 2
        wider[size:] += chances / 2
        chances = wider
    return chances


def _drawn(sizes: Sequence[int], seen: int) -> float:
    values, far = np.array(sizes, dtype=np.int64), 0
    for draw in range(DRAWS):
        bits = np.unpackbits(np.frombuffer(_bytes(draw, len(sizes)), dtype=np.uint8))[: len(sizes)]
        far += abs(int(values[bits == 1].sum()) * 2 - int(values.sum())) >= seen
    return (far + 1) / (DRAWS + 1)


def _bytes(draw: int, bits: int) -> bytes:
    """Return reproducible bytes: SHA-256 of the number of the draw, and of the piece."""
    pieces = range(-(-bits // 256))
    return b"".join(hashlib.sha256(f"{SEED} {draw} {piece}".encode()).digest() for piece in pieces)


def detectable(changes: Sequence[int], pairs: int, *, level: float, power: float) -> float | None:
    """Return the smallest mean difference of a pair, in units, that the test finds with this power; None: none is.

    Formula: the greater of (z(1 − level/2) + z(power)) s √k ÷ pairs, s the standard deviation of the sums of clusters,
    and the rarest difference that shows in d of k clusters, 2 · 2^−d ≤ level, with that power. Source: Lachin (1981),
    Controlled Clinical Trials 2:93-113; Dixon & Mood (1946), J. American Statistical Association 41:557-566.
    """
    k, needed = len(changes), math.ceil(1 - math.log2(level))
    if k < needed or not pairs:
        return None
    sums = np.asarray(changes, dtype=np.float64)
    spread = float(sums.std(ddof=1)) * math.sqrt(k) / pairs
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if binom.sf(needed - 1, k, middle) < power else (low, middle)
    rare = 1 - float((1 - high) ** (k / pairs))
    return max((normal_quantile(1 - level / 2) + normal_quantile(power)) * spread, rare)
