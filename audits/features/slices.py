"""Where selection is lowest: a search over ordinary features and pairs of them, confirmed on other people.

Half of the clusters say which slices are looked at again; the other half alone says whether they stand out, and by how
much. With nothing to find, something is told in 5 searches of 100 at most.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from boussole.audits.features.binned import Bin, BinnedFeature, counted
from boussole.audits.measures import Interval
from boussole.audits.metrics.selection import SELECTION_RATIO
from boussole.audits.searchable import Searchable
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.estimates import compare_rates
from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.jackknife import Ints
from boussole.audits.uncertainty.quantiles import student_quantile
from boussole.audits.uncertainty.score import ratio_interval, ratio_z
from boussole.audits.uncertainty.tests import p_beyond

ALPHA = 0.05
AGAIN = 10
"""How many slices are looked at again in the other half: of each feature, or pair, the one that stands out most."""
TOLD = 5
FEWEST = 100
METHOD = "miettinen_nurminen_simultaneous"
Where = tuple[tuple[str, Bin], ...]
"""Features, each with one of its bins."""


@dataclass(frozen=True, kw_only=True)
class Slice:
    """People alike in one or two features: their selection rate and that of all others, among those who confirm it;
    `ratio` of the two with an interval that holds for all slices looked at again, and Holm's p."""

    where: dict[str, Bin]
    n: int
    rates: tuple[float, float]
    ratio: float
    interval: Interval | None
    p: float


@dataclass(frozen=True, kw_only=True)
class Slices:
    """How many slices were looked at, how many again, and those that stand out, the surest first."""

    scanned: int
    again: int
    found: tuple[Slice, ...]


@dataclass(frozen=True)
class _Slice:
    """Selected and assessed by bucket, of a slice and of all others."""

    where: Where
    k: tuple[Ints, Ints]
    n: tuple[Ints, Ints]

    def half(self, first: int) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        return (self.k[0][first::2], self.k[1][first::2]), (self.n[0][first::2], self.n[1][first::2])


def slices(seen: Searchable, system: System, features: Sequence[BinnedFeature], *, minimum: int = FEWEST) -> Slices:
    """The slices of one or two features where people are selected least (most, where that is a harm).

    Slices of fewer than `minimum` decisions in either half are left out; so are those with few clusters, or with a
    handful of (un)selected people in them or beside them. Of two slices where one is part of the other, only the surer
    is told.
    Source: Cox (1975), Biometrika 62:441-444 (data splitting); Holm (1979), Scand. J. Statistics 6:65-70; Chung et al.
    (2019), Slice Finder, ICDE.
    """
    least = max(minimum, system.privacy.suppress_below)
    every = [each for each in _every(seen, features) if _large(each, least, system.privacy.suppress_below)]
    side = SELECTION_RATIO.bad_side(favourable=system.log.favourable)
    sign = 1.0 if side == "below" else -1.0
    ranked = [(sign * _distance(each), each) for each in every]
    again = _again(sorted(((z, each) for z, each in ranked if z < 0), key=lambda pair: (pair[0], str(pair[1].where))))
    tests = [compare_rates(*each.half(1), scale="ratio", clustered=system.cluster is not None) for each in again]
    p_values = holm([p_beyond(test, threshold=1.0, bad_side=side) for _, test in tests])
    told = [
        _told(each, test, p, len(again))
        for each, (_, test), p in zip(again, tests, p_values, strict=True)
        if p <= ALPHA
    ]
    return Slices(scanned=len(every), again=len(again), found=tuple(_apart(told, sign)))


def _every(seen: Searchable, features: Sequence[BinnedFeature]) -> Iterator[_Slice]:
    everybody = counted(seen.connection, [])
    for many in (1, 2):
        for crossed in itertools.combinations(features, many):
            counts = counted(seen.connection, [(each.column, len(each.bins)) for each in crossed])
            for at in np.ndindex(counts.shape[:-2]):
                inside = counts[at]
                if inside.any():
                    rest = everybody - inside
                    where = tuple((each.name, each.bins[i]) for each, i in zip(crossed, at, strict=True))
                    yield _Slice(where, (inside[1], rest[1]), (inside.sum(axis=0), rest.sum(axis=0)))


def _large(each: _Slice, least: int, limit: int) -> bool:
    """Whether both halves, within and beside, are large enough, of enough clusters, and without a handful."""
    for k, n in (each.half(0), each.half(1)):
        for cases, rows in zip(k, n, strict=True):
            parts = int(cases.sum()), int((rows - cases).sum())
            if rows.sum() < least or np.count_nonzero(rows) < min(limit, BUCKETS // 2):
                return False
            if any(0 < part < limit for part in parts):
                return False
    return bool(each.k[1][0::2].sum() and each.k[1][1::2].sum())


def _distance(each: _Slice) -> float:
    """How far the rate lies from that of all others in the first half, as if rows were independent."""
    (k1, k0), (n1, n0) = each.half(0)
    return ratio_z((int(k1.sum()), int(k0.sum())), (int(n1.sum()), int(n0.sum())), ratio=1.0)


def _again(ranked: Sequence[tuple[float, _Slice]]) -> list[_Slice]:
    """The slices to look at again: the first of each feature, or pair of features."""
    first: dict[tuple[str, ...], _Slice] = {}
    for _, each in ranked:
        first.setdefault(tuple(name for name, _ in each.where), each)
    return list(first.values())[:AGAIN]


def _told(each: _Slice, test: dict[str, object], p: float, again: int) -> Slice:
    k, n = each.half(1)
    rates = float(k[0].sum() / n[0].sum()), float(k[1].sum() / n[1].sum())
    return Slice(
        where=dict(each.where),
        n=int(n[0].sum()),
        rates=rates,
        ratio=rates[0] / rates[1],
        interval=_interval(test, ALPHA / again),
        p=p,
    )


def _interval(test: dict[str, object], chance: float) -> Interval | None:
    """The interval of the test at another level."""
    k, n, df = test["k"], test["n"], test.get("df")
    assert isinstance(k, list)  # noqa: S101 (a score test of a ratio)
    assert isinstance(n, list)  # noqa: S101
    quantile = student_quantile(1 - chance / 2, float(str(df)) if df is not None else np.inf)
    return ratio_interval((k[0], k[1]), (n[0], n[1]), quantile=quantile, level=1 - ALPHA, method=METHOD)


def _apart(found: Sequence[Slice], sign: float) -> Iterator[Slice]:
    """The surest first, without those that are part of one already told or hold it."""

    def nearest(each: Slice) -> float:
        ends = each.interval
        return each.ratio if ends is None else ends.high if sign > 0 else -ends.low

    told: list[frozenset[tuple[str, Bin]]] = []
    for each in sorted(found, key=lambda each: (nearest(each), str(each.where))):
        items = frozenset(each.where.items())
        if len(told) < TOLD and not any(items <= other or other <= items for other in told):
            told.append(items)
            yield each
