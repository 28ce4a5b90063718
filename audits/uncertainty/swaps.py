"""Exchanging the versions of units: which exchanges there are, and the statistic after each of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, hypergeom

from boussole.audits.measures import Counts
from boussole.audits.parts import Floats

Scale = Literal["ratio", "difference"]
Bools = npt.NDArray[np.bool_]

MOST = 20_000
"""Up to so many different exchanges, all of them are counted."""
DRAWS = 9_999
SEED = 20260801
MOST_KINDS = 3_000
"""With more kinds of units than this there are enough of them for Student's t."""


@dataclass(frozen=True, kw_only=True)
class Swaps:
    """Exchanges: how many units of each kind change sides (one row an exchange), their chances, and that `observed`."""

    counts: Counts
    weights: Floats
    observed: float


@dataclass(frozen=True, kw_only=True)
class Features:
    """Sums and sums of products of the eight counts (version, part, numerator or denominator), one row per exchange."""

    sums: Floats
    products: Floats
    size: int
    moved_sums: Floats
    moved_products: Floats

    @classmethod
    def of(cls, counts: Counts, times: Counts) -> Features:
        """The features as observed; `moved_…` is what each unit of a kind adds to them when it changes sides."""
        flat, swapped = (rows.reshape(len(rows), 8).astype(np.float64) for rows in (counts, counts[:, ::-1]))
        squares, swapped_squares = (rows[:, :, None] * rows[:, None, :] for rows in (flat, swapped))
        return cls(
            sums=times @ flat[None],
            products=np.tensordot(times, squares, axes=1)[None],
            size=int(times.sum()),
            moved_sums=swapped - flat,
            moved_products=(swapped_squares - squares).reshape(len(flat), 64),
        )

    def after(self, swaps: Counts) -> Features:
        """The features after each exchange."""
        return Features(
            sums=self.sums + swaps @ self.moved_sums,
            products=self.products + (swaps @ self.moved_products).reshape(len(swaps), 8, 8),
            size=self.size,
            moved_sums=self.moved_sums,
            moved_products=self.moved_products,
        )

    def rates(self) -> Floats:
        """The four rates as observed, by version and part."""
        found: Floats = _rates(self.sums)[0]
        return found

    def slopes(self, scale: Scale, at: float) -> Floats:
        """How U moves with each of the four rates: (exchanges, version, part)."""
        return _slopes(_rates(self.sums), scale, at)

    def statistic(self, scale: Scale, at: float, *, part: int | None = None) -> tuple[Floats, Floats]:
        """Return U and its linearised variance between units; with a `part`, that of its rates alone."""
        p = _rates(self.sums)
        weights = self._influence(p, scale, at, part)
        if scale == "ratio":
            u = p[:, 1, 0] * p[:, 0, 1] - at * p[:, 0, 0] * p[:, 1, 1]
        else:
            u = p[:, 1, 0] - p[:, 1, 1] - p[:, 0, 0] + p[:, 0, 1] - at
        variance = np.einsum("di,dij,dj->d", weights, self.products, weights)
        factor = self.size / (self.size - 1) if self.size > 1 else 1.0
        return u, np.asarray(np.maximum(variance, 0.0) * factor, dtype=np.float64)

    def _influence(self, p: Floats, scale: Scale, at: float, part: int | None = None) -> Floats:
        """How U moves with each of the eight counts of a unit."""
        slopes = _slopes(p, scale, at)
        if part is not None:
            slopes = slopes * (np.arange(2) == part)
        n = self.sums.reshape(-1, 2, 2, 2)[..., 1]
        pull = np.divide(slopes, n, out=np.full_like(slopes, np.nan), where=n > 0)
        return np.stack([pull, -pull * p], axis=-1).reshape(-1, 8)

    def effective_moves(self, scale: Scale, at: float, times: Counts) -> float:
        """Return how many units of one weight the moved ones are worth: (Σ d²)² ÷ Σ d⁴, d what one moves U by."""
        moves = self.moved_sums @ self._influence(_rates(self.sums), scale, at)[0]
        fourth = float(times @ moves**4)
        return float(times @ moves**2) ** 2 / fourth if fourth > 0 else 0.0


def _rates(sums: Floats) -> Floats:
    cells = sums.reshape(-1, 2, 2, 2)
    k, n = cells[..., 0], cells[..., 1]
    return np.divide(k, n, out=np.full_like(k, np.nan), where=n > 0)


def _slopes(p: Floats, scale: str, at: float) -> Floats:
    if scale == "difference":
        return np.broadcast_to(np.array([[-1.0, 1.0], [1.0, -1.0]]), p.shape)
    production = np.stack([-at * p[:, 1, 1], p[:, 1, 0]], axis=-1)
    candidate = np.stack([p[:, 0, 1], -at * p[:, 0, 0]], axis=-1)
    return np.stack([production, candidate], axis=1)


def all_swaps(counts: Counts, times: Counts, both: Bools) -> Swaps | None:
    """Return every exchange with its chance; None where there are too many of them to count.

    >>> kinds = np.array([[[[1, 1], [0, 0]], [[0, 1], [0, 0]]]])
    >>> swaps = all_swaps(kinds, np.array([3]), np.array([True]))
    >>> swaps.counts.ravel().tolist(), swaps.weights.round(3).tolist()
    ([0, 1, 2, 3], [0.125, 0.375, 0.375, 0.125])
    """
    strata = [_contents(counts, stratum) for stratum in _strata(counts, both)]
    moving = _moving(counts, both)
    if any(len(contents) > 2 for contents in strata) or math.prod(int(times[kind]) + 1 for kind in moving) > MOST:
        return None
    choices = [_coins(kind, times) for kind in moving]
    choices += [_labels(contents, counts, times) for contents in strata]
    if math.prod(len(chances) for _, chances in choices) > MOST:
        return None
    rows, weights = np.zeros((1, len(times)), dtype=np.int64), np.ones(1)
    for moves, chances in choices:
        rows = (rows[:, None] + moves[None]).reshape(-1, len(times))
        weights = np.multiply.outer(weights, chances).ravel()
    return Swaps(counts=rows, weights=weights, observed=0.0)


def drawn_swaps(counts: Counts, times: Counts, both: Bools) -> Swaps | None:
    """`DRAWS` exchanges with a fixed seed, or None where there are so many kinds of units that nothing needs it."""
    if len(times) > MOST_KINDS:
        return None
    generator = np.random.default_rng(SEED)
    rows = np.zeros((DRAWS, len(times)), dtype=np.int64)
    for kind in _moving(counts, both):
        rows[:, kind] = generator.binomial(int(times[kind]), 0.5, size=DRAWS)
    for stratum in _strata(counts, both):
        contents = _contents(counts, stratum)
        totals = [int(times[kinds].sum()) for kinds in contents]
        chosen = int(times[stratum][_candidate(counts)[stratum]].sum())
        labelled = generator.multivariate_hypergeometric(totals, chosen, size=DRAWS, method="marginals")
        rows += _moved(labelled, contents, counts, times)
    share = 1 / (DRAWS + 1)
    return Swaps(counts=rows, weights=np.full(DRAWS, share), observed=share)


def movable(counts: Counts, times: Counts, both: Bools) -> Counts:
    """How many units of each kind exchanges can move."""
    kinds = [*_moving(counts, both), *(int(kind) for stratum in _strata(counts, both) for kind in stratum)]
    return np.asarray(np.where(np.isin(np.arange(len(times)), kinds), times, 0), dtype=np.int64)


def _moving(counts: Counts, both: Bools) -> list[int]:
    """Paired kinds about which the versions differ: exchanging the others changes nothing."""
    differs = (counts[:, 0] != counts[:, 1]).any(axis=(1, 2))
    return [int(kind) for kind in np.flatnonzero(both & differs)]


def _strata(counts: Counts, both: Bools) -> list[Counts]:
    """Kinds that only one version judged, by the parts they belong to; both versions must be there."""
    parts = (counts[..., 1] > 0).any(axis=1) @ np.array([1, 2])
    found = [np.flatnonzero(~both & (parts == pattern)) for pattern in (1, 2, 3)]
    return [stratum for stratum in found if len(set(_candidate(counts)[stratum].tolist())) == 2]


def _candidate(counts: Counts) -> Bools:
    """Whether the candidate judged a kind that only one version judged."""
    return np.asarray((counts[:, 1, :, 1] > 0).any(axis=1), dtype=np.bool_)


def _contents(counts: Counts, stratum: Counts) -> list[list[int]]:
    """Kinds of one stratum that differ only in the version that judged them, together."""
    found: dict[bytes, list[int]] = {}
    for kind in stratum:
        found.setdefault(counts[kind].sum(axis=0).tobytes(), []).append(int(kind))
    return list(found.values())


def _coins(kind: int, times: Counts) -> tuple[Counts, Floats]:
    """A fair coin for each paired unit of a kind."""
    n = int(times[kind])
    moves = np.zeros((n + 1, len(times)), dtype=np.int64)
    moves[:, kind] = np.arange(n + 1)
    return moves, np.asarray(binom.pmf(np.arange(n + 1), n, 0.5), dtype=np.float64)


def _labels(contents: list[list[int]], counts: Counts, times: Counts) -> tuple[Counts, Floats]:
    """Every way to hand out the versions in a stratum of one or two contents: a hypergeometric count."""
    if len(contents) == 1:
        return np.zeros((1, len(times)), dtype=np.int64), np.ones(1)
    first, second = (int(times[kinds].sum()) for kinds in contents)
    chosen = sum(int(times[kind]) for kinds in contents for kind in kinds if _candidate(counts)[kind])
    ways = np.arange(max(0, chosen - second), min(first, chosen) + 1)
    labelled = np.stack([ways, chosen - ways], axis=1)
    chances = hypergeom.pmf(ways, first + second, first, chosen)
    return _moved(labelled, contents, counts, times), np.asarray(chances, dtype=np.float64)


def _moved(labelled: Counts, contents: list[list[int]], counts: Counts, times: Counts) -> Counts:
    """How many units of each kind change sides when so many of each content are the candidate's."""
    candidate = _candidate(counts)
    moves = np.zeros((len(labelled), len(times)), dtype=np.int64)
    for position, kinds in enumerate(contents):
        now = sum(int(times[kind]) for kind in kinds if candidate[kind])
        for kind in kinds:
            surplus = now - labelled[:, position] if candidate[kind] else labelled[:, position] - now
            moves[:, kind] = np.maximum(surplus, 0)
    return moves
