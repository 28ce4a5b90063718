"""What a figure was made of, bucket by bucket: kept beside it, to put those of several windows together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Share:
    """Cases `k` of `n` rows, by bucket."""

    k: Ints
    n: Ints
    clustered: bool


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Cases `k` and sizes `n` of the compared group (1) and of the other (0) by (buckets, strata), in common strata."""

    k1: Ints
    n1: Ints
    k0: Ints
    n0: Ints
    clustered: bool

    @cached_property
    def sums(self) -> tuple[Floats, Floats, Floats, Floats]:
        """k1, n1, k0, n0 of each stratum."""
        k1, n1, k0, n0 = (part.sum(axis=0).astype(np.float64) for part in (self.k1, self.n1, self.k0, self.n0))
        return k1, n1, k0, n0

    @cached_property
    def without_each(self) -> tuple[Floats, Floats, Floats, Floats]:
        """The same without each bucket that holds any: shape (filled buckets, strata)."""
        filled = (self.n1 + self.n0).sum(axis=1) > 0
        k1, n1, k0, n0 = (
            (part.sum(axis=0) - part)[filled].astype(np.float64) for part in (self.k1, self.n1, self.k0, self.n0)
        )
        return k1, n1, k0, n0


Parts = Share | Pairs
