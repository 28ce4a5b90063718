"""Simulated systems without bias, or with it in one group: people by group, their decisions, and what is concluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from boussole.audits.uncertainty.estimates import compare_rates
from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.tests import p_beyond
from tests.audits.uncertainty.simulated import Counts, people

ALPHA = 0.05
Scale = Literal["ratio", "difference"]


@dataclass(frozen=True, kw_only=True)
class Population:
    """People of each group, how many decisions are about each (1: rows are independent) and how alike these are."""

    sizes: Sequence[int]
    rows: int
    correlation: float
    with_the_rest: bool

    def draw(self, rng: np.random.Generator, rates: Sequence[float]) -> list[Counts]:
        """Counts per bucket of each group."""
        if self.rows == 1:
            pairs = zip(self.sizes, rates, strict=True)
            return [(np.array([rng.binomial(size, rate)]), np.array([size])) for size, rate in pairs]
        return [
            people(rng, count=size, rate=rate, rows=self.rows, correlation=self.correlation)
            for size, rate in zip(self.sizes, rates, strict=True)
        ]

    def tests(self, counts: list[Counts], scale: Scale) -> list[dict[str, Any]]:
        """One family, as measures store it: each group with the first or with all others, unless it has no ratio."""
        found = []
        for position in range(0 if self.with_the_rest else 1, len(counts)):
            others = [counts[i] for i in range(len(counts)) if (i != position if self.with_the_rest else i == 0)]
            k0, n0 = (np.sum([other[part] for other in others], axis=0) for part in (0, 1))
            k1, n1 = counts[position]
            if scale == "difference" or k0.sum():
                found.append(compare_rates((k1, k0), (n1, n0), scale=scale, clustered=self.rows > 1)[1])
        return found


def any_population(rng: np.random.Generator) -> Population:
    """2 to 13 groups of 12 to 10,000 people; in half of the systems, 2 to 30 decisions about each."""
    sizes = np.exp(rng.uniform(np.log(12), np.log(10_000), rng.integers(2, 14)))
    return Population(
        sizes=[int(size) for size in sizes],
        rows=int(rng.integers(2, 31)) if rng.random() < 0.5 else 1,
        correlation=float(rng.uniform(0.1, 0.5)),
        with_the_rest=bool(rng.random() < 0.5),
    )


def beyond(tests: list[dict[str, Any]], threshold: float, bad_side: str) -> list[float]:
    """The p-values of a family after Holm's correction."""
    return holm([p_beyond(test, threshold=threshold, bad_side=bad_side) for test in tests])


def concluded(tests: list[dict[str, Any]], threshold: float, bad_side: str) -> bool:
    """Whether any comparison of a family is found beyond the threshold, as a verdict would say."""
    return any(p <= ALPHA for p in beyond(tests, threshold, bad_side))
