"""Categories in two windows: how many decisions had each value, and which values may be named.

A value that some but few have in a month has no name in any window that ends in this month or later, since windows can
be subtracted from one another.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import ibis

from boussole.audits.cubes import build
from boussole.audits.cubes.edges import FARTHEST, feature_units
from boussole.audits.cubes.sums import BinSums
from boussole.audits.errors import BoussoleError
from boussole.audits.lake.tables import literal, table
from boussole.audits.measures import Measure
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

NAMED, POOLED = 0, 1
"""Bins of a column of categories: a value that has a name of its own (`value1`), and those that have none."""
DIGITS = 15
"""Digits up to which a database reads a number as Python does, however it is written."""


def histograms(
    decisions: Any, system: System, edges: Mapping[str, Sequence[float]], values: Mapping[str, Sequence[str]]
) -> Any | None:
    """Return day × bin of the score and of each feature, with sums of values; None when nothing is watched.

    The bin is the number of `edges` at or below the value, -1 where it is missing; the highest score has its own.
    `total` counts whole units above the lowest edge. Only categories in `values` are counted by name.
    """
    score = system.log.score
    parts = []
    if score and "score" in edges:
        bin_ = build.score_bin(decisions, score, most=len(edges["score"]))
        parts.append(_counted(decisions, "score", bin_, build.score_in_units(decisions, score), system))
    for name in system.watched:
        value = decisions[f"f_{name}"]
        if name in values:
            parts.append(_categories(decisions, name, value, values[name]))
        elif name in edges:
            units = _in_units(value, *feature_units(edges[name]))
            parts.append(_counted(decisions, name, _binned(value, edges[name]), units, system))
    if not parts:
        return None
    return build.ordered(ibis.union(*parts) if len(parts) > 1 else parts[0], "histograms")


def _counted(decisions: Any, feature: str, bin_: Any, units: Any, system: System) -> Any:
    rows = decisions.select("day", "weight", bin=bin_, units=units.fill_null(0), value1=ibis.null("string"))
    single = system.log.weight is None
    return _summed(rows, feature, build.exact(rows.units) if single else build.weighted(rows.units, rows.weight))


def _categories(decisions: Any, feature: str, value: Any, named: Sequence[str]) -> Any:
    known = value.isin(named) if named else ibis.literal(False)
    place = ibis.cases((value.isnull(), build.MISSING), (known, NAMED), else_=POOLED).cast("int16")
    rows = decisions.select("day", "weight", bin=place, value1=known.ifelse(value, ibis.null("string")))
    return _summed(rows, feature, ibis.literal(0).cast(build.EXACT))


def _summed(rows: Any, feature: str, total: Any) -> Any:
    named = rows.mutate(feature=ibis.literal(feature), by=ibis.literal(""))
    keys = ["day", "feature", "by", "value1", "bin"]
    return named.group_by(keys).aggregate(n=build.count(named.weight), total=total)


def _binned(value: Any, edges: Sequence[float]) -> Any:
    below = _below(value, [_exactly(edge) for edge in edges], 0, len(edges))
    return value.isnull().ifelse(ibis.literal(build.MISSING, "int16"), below).cast("int16")


def _below(value: Any, edges: Sequence[Any], low: int, high: int) -> Any:
    """Return the number of edges at or below a value, known to be from `low` to `high`, by bisection."""
    if low == high:
        return ibis.literal(low, "int16")
    middle = (low + high) // 2
    upper, lower = _below(value, edges, middle + 1, high), _below(value, edges, low, middle)
    return (value >= edges[middle]).ifelse(upper, lower)


def _exactly(edge: float) -> Any:
    """A number as SQL that is read as the same number: of many digits, a plain decimal may be read as its neighbour."""
    if float(f"{edge:.{DIGITS}g}") == edge:
        return ibis.literal(edge, "float64")
    return ibis.literal(repr(edge), "string").cast("float64")


def _in_units(value: Any, origin: float, scale: float) -> Any:
    """How far a value lies above `origin`, in whole units."""
    far = ibis.literal(float(FARTHEST))
    units = (value - _exactly(origin)) * _exactly(scale)
    return ibis.greatest(ibis.least(units, far), -far).round().cast("int64")


BINS = 10


class HistogramError(BoussoleError):
    """A histogram whose two windows do not fit its edges."""


@dataclass(frozen=True)
class Histogram:
    """Counts of one feature in two windows: under the first edge, between edges, from the last edge on, missing."""

    feature: str
    edges: tuple[float, ...]
    reference: tuple[int, ...]
    current: tuple[int, ...]
    sums: BinSums | None = field(default=None, kw_only=True)
    """Of the bins but the missing; None where they are not known."""

    def __post_init__(self) -> None:
        bins = len(self.edges) + 2
        for name, counts in (("reference", self.reference), ("current", self.current)):
            if len(counts) != bins or min(counts) < 0:
                raise HistogramError(
                    f"{len(counts)} {name} counts for {len(self.edges)} edges.",
                    where=f"feature '{self.feature}'",
                    next_step=f"Give {bins} counts of 0 or more: under, between edges, over, missing.",
                )

    @property
    def reason(self) -> str | None:
        """Why the windows cannot be compared: one holds no decision, or no value of the column; None where they can."""
        return reason_of(self.reference, self.current) or reason_of(self.reference[:-1], self.current[:-1], "no_values")

    def coarse(self) -> BinnedCounts:
        """Merge the counts into about ten bins."""
        edges, reference, current = merged(self.edges, self.reference, self.current)
        return BinnedCounts(
            by=("feature",),
            group=(self.feature,),
            reference=reference,
            current=current,
            about={"edges": list(edges)},
            reason=self.reason,
        )


@dataclass(frozen=True, kw_only=True)
class BinnedCounts:
    """Counts of two windows over the bins that distances are taken over; `about` names the edges or the categories."""

    by: tuple[str, ...]
    group: tuple[str, ...]
    reference: tuple[int, ...]
    current: tuple[int, ...]
    about: Mapping[str, Any]
    reason: str | None

    @property
    def params(self) -> dict[str, Any]:
        """The bins, and the decisions of both windows."""
        return {**self.about, "reference_total": sum(self.reference), "current_total": sum(self.current)}

    def measure(self, metric: str, value: float | None, params: Mapping[str, Any] | None = None) -> Measure:
        """A measure of these counts; without a value where the windows cannot be compared."""
        reason = self.reason or ("one_bin" if value is None else None)
        return Measure(
            metric=metric,
            by=self.by,
            group=self.group,
            value=None if reason else value,
            status="undefined" if reason else "ok",
            reason=reason,
            n=sum(self.current),
            params={**self.params, **(params or {})},
        )


def categories(kind: str, name: str, counts: Mapping[str, tuple[int, int]]) -> BinnedCounts:
    """Return counts by category, in the reference and in the current window."""
    reference, current = ([pair[side] for pair in counts.values()] for side in (0, 1))
    return BinnedCounts(
        by=(kind,),
        group=(name,),
        reference=tuple(reference),
        current=tuple(current),
        about={
            "categories": list(counts),
            "shares": [[count / max(sum(side), 1) for count in side] for side in (reference, current)],
        },
        reason=reason_of(reference, current),
    )


def reason_of(reference: Sequence[int], current: Sequence[int], reason: str = "empty_window") -> str | None:
    """The reason, where one of the windows holds nothing."""
    return None if sum(reference) and sum(current) else reason


def merged(
    edges: Sequence[float], reference: Sequence[int], current: Sequence[int], *, bins: int = BINS
) -> tuple[tuple[float, ...], tuple[int, ...], tuple[int, ...]]:
    """Merge neighbouring bins, from the left, until each holds at least 1/`bins` of the reference.

    Inputs: `len(edges) + 2` counts each: under the first edge, between edges, from the last edge on, missing. The
    missing stay apart. Where nearly all of the reference is in one bin, those under it and above it stay apart.
    """
    least = sum(reference[:-1]) / bins
    if not least:
        return tuple(edges), tuple(reference), tuple(current)
    kept: list[float] = []
    sums = [[reference[0], current[0]]]
    for edge, *pair in zip(edges, reference[1:-1], current[1:-1], strict=True):
        if sums[-1][0] >= least:
            kept.append(edge)
            sums.append([0, 0])
        sums[-1] = [total + count for total, count in zip(sums[-1], pair, strict=True)]
    if len(sums) > 1 and sums[-1][0] < least:
        last = sums.pop()
        kept.pop()
        sums[-1] = [total + count for total, count in zip(sums[-1], last, strict=True)]
    if len(sums) == 1:
        kept, sums = _around(edges, reference, current)
    return tuple(kept), (*(s[0] for s in sums), reference[-1]), (*(s[1] for s in sums), current[-1])


def _around(
    edges: Sequence[float], reference: Sequence[int], current: Sequence[int]
) -> tuple[list[float], list[list[int]]]:
    """What lies under the fullest bin of the reference, in it, and above it, with the edges between these."""
    at = max(range(len(edges) + 1), key=lambda i: reference[i])
    last = len(edges)
    parts = [part for part in (range(at), range(at, at + 1), range(at + 1, last + 1)) if part]
    return [*edges[max(at - 1, 0) : at], *edges[at : at + 1]], [
        [sum(counts[i] for i in part) for counts in (reference, current)] for part in parts
    ]


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
