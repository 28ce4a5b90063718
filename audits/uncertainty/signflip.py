"""Permutation tests on pairs: had each cluster of pairs been the other way round, would the difference be as large?

If what changed between the two sides of a pair makes no difference, each cluster could as well have been the other way
round. All 2^k ways are counted where that is quick, else some are drawn; the one that was seen is always among them, so
that no p-value is 0. Differences are whole numbers of their unit, which makes counting all ways quick: the sums that
the ways give are few.
"""

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
    """The two-sided p-value of the sum of the differences of clusters, under changes of their signs.

    `changes`: for each cluster, the sum of the differences of its pairs, in whole units.
    Formula: of all 2^k ways to give them signs, the share whose sum is at least as far from 0 as the one seen; where k
    times the sum of |differences| exceeds `WORK`, (b + 1) ÷ (m + 1) of m drawn ways, b of them as far. Range (0, 1].
    Undefined: without a cluster nothing differs, and p is 1.
    Source: Fisher (1935), The Design of Experiments, 21; counting by shifts: Pagano & Tritchler (1983), J. American
    Statistical Association 78:435-440; drawn ways: Phipson & Smyth (2010), Statistical Applications in Genetics and
    Molecular Biology 9:39.

    >>> sign_flip_p([1, 2, 3])  # only all of one sign is as far: 2 of 8 ways
    0.25
    >>> sign_flip_p([0, 0])
    1.0
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
    """The same bytes for everybody who draws again: SHA-256 of the number of the draw, and of the piece."""
    pieces = range(-(-bits // 256))
    return b"".join(hashlib.sha256(f"{SEED} {draw} {piece}".encode()).digest() for piece in pieces)


def detectable(changes: Sequence[int], pairs: int, *, level: float, power: float) -> float | None:
    """The smallest mean difference of a pair, in units, that the test would find with this power; None: none is.

    `pairs`: how many there are in all clusters together; `level`: two-sided, that of the strictest step of Holm's.
    Formula: the greater of two. (z(1 − level/2) + z(power)) s √k ÷ pairs, with s the standard deviation of the sums of
    clusters; and the difference so rare that it shows in the fewest clusters that can be found, d with 2 · 2^−d ≤
    level, of the k there are: the share q of clusters with P(Binomial(k, q) ≥ d) = power, as a share 1 − (1 − q)^(k ÷
    pairs) of pairs with a difference of one unit. The second holds where hardly any pair differed, as for refusals: a
    deviation of 0 proves nothing.
    Source: Lachin (1981), Controlled Clinical Trials 2:93-113; sign test: Dixon & Mood (1946), J. American Statistical
    Association 41:557-566.
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
