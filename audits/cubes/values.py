"""Categories in two windows: how many decisions had each value, and which values may be named.

A value that some but few have in a month has no name in any window that ends in this month or later, since windows can
be subtracted from one another.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from boussole.audits.cubes import build
from boussole.audits.cubes.bins import BinnedCounts, Histogram, categories
from boussole.audits.cubes.histograms import POOLED
from boussole.audits.lake.tables import literal, table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

UNKNOWN, OTHERS = "?", "*"
"""Decisions without a value, and those whose value too few have, or that is counted without its name."""
PLACES = {UNKNOWN: build.MISSING, OTHERS: POOLED}
"""The bins that these have in the cube `histograms` and in evidence."""
Values = Counter[str]


def value_at(bin_: int, name: str) -> str:
    """The value of a row of the cube `histograms` or of evidence: its name, or what stands for those without one."""
    return {place: value for value, place in PLACES.items()}.get(bin_, name)


@dataclass(frozen=True)
class Categories:
    """Decisions by value of one feature in two windows, as an audit reads and keeps them: no value that few have."""

    feature: str
    reference: Values
    current: Values

    @classmethod
    def of(cls, feature: str, sides: tuple[Values, Values], *, fewest: int, pool: Collection[str] = ()) -> Categories:
        """Return counts by value, where the rare values of a window and those of the `pool` are counted together."""
        if any(set(side) == {UNKNOWN} for side in sides):
            return cls(feature, _unnamed(sides[0]), _unnamed(sides[1]))
        pairs = told(sides, fewest=fewest, pool=pool)
        one, two = (+Values({value: pair[at] for value, pair in pairs.items()}) for at in (0, 1))
        return cls(feature, one, two)

    @property
    def pairs(self) -> dict[str, tuple[int, int]]:
        """Values with their counts in both windows, the most frequent first, those together last."""
        return told((self.reference, self.current), fewest=0)

    def coarse(self) -> BinnedCounts:
        """The counts that distances are taken over; the measures tell names, and no share of any."""
        return without_shares(by_value("feature", self.feature, (self.reference, self.current), 0))


def without_shares(binned: BinnedCounts) -> BinnedCounts:
    """The counts of two windows with the names of their values and no share of any."""
    return replace(binned, about={name: binned.about[name] for name in ("categories", "new", "gone")})


Watched = Histogram | Categories


def _unnamed(side: Values) -> Values:
    return +Values({UNKNOWN: side[UNKNOWN], OTHERS: side.total() - side[UNKNOWN]})


def by_value(by: str, name: str, sides: tuple[Values, Values], fewest: int, pool: Collection[str] = ()) -> BinnedCounts:
    """Counts by value over which distances are taken; `about` tells which are new, gone, and how many."""
    pairs = told(sides, fewest=fewest, pool=pool)
    binned = categories(by, name, pairs)
    real = {value: pair for value, pair in pairs.items() if value not in (UNKNOWN, OTHERS)}
    more = {
        "new": [value for value, (before, _) in real.items() if not before],
        "gone": [value for value, (_, now) in real.items() if not now],
        "values": len(set(sides[0]) | set(sides[1])),
    }
    empty = "no_values" if any(side.total() and set(side) == {UNKNOWN} for side in sides) else None
    reason = binned.reason or empty or ("one_bin" if len(pairs) < 2 else None)
    return replace(binned, about={**binned.about, **more}, reason=reason)


def told(sides: tuple[Values, Values], *, fewest: int, pool: Collection[str] = ()) -> dict[str, tuple[int, int]]:
    """Return values with their counts in both windows, the most frequent first, the rare and the `pool` together.

    Where these are few together as well, the rarest of the others joins them.
    """
    pairs = {value: (sides[0][value], sides[1][value]) for value in {**sides[0], **sides[1]}}
    ordered = sorted(pairs, key=lambda value: (-sum(pairs[value]), value))
    few = {v for v in ordered if v == OTHERS or v in pool or any(0 < n < fewest for n in pairs[v])}
    while few and (short := _short(pairs, few, fewest)):
        rarest = (value for value in reversed(ordered) if value not in few and any(pairs[value][at] for at in short))
        if (more := next(rarest, None)) is None:
            break
        few.add(more)
    kept = {value: pairs[value] for value in ordered if value not in few}
    if few:
        kept[OTHERS] = (sum(pairs[value][0] for value in few), sum(pairs[value][1] for value in few))
    return kept


def _short(pairs: Mapping[str, tuple[int, int]], few: set[str], fewest: int) -> list[int]:
    """The windows in which those together are some, but few."""
    return [at for at in (0, 1) if 0 < sum(pairs[value][at] for value in few) < fewest]


Pools = Sequence[tuple[dt.date, frozenset[str]]]
"""The values of one column without a name, from the first day of each month on."""


def pool_of(pools: Pools, *windows: Window) -> frozenset[str]:
    """The values of a column that have no name where these windows are told together."""
    end = max(window.end for window in windows)
    return next((pool for day, pool in reversed(pools) if day <= end), frozenset())


def read_pools(connection: duckdb.DuckDBPyConnection, system: System) -> dict[str, Pools]:
    """The values of each column of categories that have no name, from the cube `histograms`."""
    if not system.categories:
        return {}
    listed = ", ".join(literal(name) for name in system.categories)
    rows = connection.execute(
        "SELECT feature, date_trunc('month', day)::DATE AS month, bin, value1, CAST(sum(n) AS BIGINT) "
        f"""FROM {table(system, "histograms")} WHERE "by" = '' AND feature IN ({listed}) GROUP BY ALL"""
    ).fetchall()
    found: dict[str, dict[dt.date, Values]] = {}
    for feature, month, bin_, value, n in rows:
        found.setdefault(feature, {}).setdefault(month, Values())[value_at(bin_, value)] += n
    return {name: pools_of(months, fewest=system.privacy.suppress_below) for name, months in found.items()}


def pools_of(months: Mapping[dt.date, Values], *, fewest: int) -> Pools:
    """Return the values of one column that are not named because few have them, from its counts by month."""
    pool, found, sums = {OTHERS}, list[tuple[dt.date, frozenset[str]]](), Values()
    for month in sorted(months):
        values = months[month]
        sums.update(values)
        named = values.keys() - {UNKNOWN}
        pool |= {value for value in named if 0 < values[value] < fewest}
        for value in sorted(named - pool, key=lambda value: (sums[value], value)):
            if not 0 < sum(values[each] for each in pool) < fewest:
                break
            pool.add(value)
        found.append((month, frozenset(pool)))
    return found
