"""Sums of values by bin: what a histogram knows beyond its counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boussole.audits.measures import Flags


@dataclass(frozen=True, kw_only=True)
class BinSums:
    """Sums of the values of each bin in two windows, in whole units: `scale` times what a value is above `origin`."""

    origin: float
    scale: float
    reference: tuple[float, ...]
    current: tuple[float, ...]

    def at_start(self, edges: Sequence[float], sides: Sequence[Sequence[int]]) -> tuple[Flags, Flags]:
        """Return, for each window, in which bins all values lie where the bin begins (to a unit)."""
        starts = np.round((np.asarray(edges[:-1], dtype=np.float64) - self.origin) * self.scale)
        flags = []
        for counts, totals in zip(sides, (self.reference, self.current), strict=True):
            n = np.asarray(counts, dtype=np.float64)
            lowest = np.where(n > 0, n, 0.0) * np.where(np.isfinite(starts), starts, 0.0)
            flags.append((n == 0) | (np.isfinite(starts) & (np.abs(np.asarray(totals) - lowest) < 0.5)))
        return flags[0], flags[1]
