"""One share of what a log holds, by itself: its figure, interval and test from counts by bucket of its clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from boussole.audits.measures import Interval, Measure
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.uncertainty.jackknife import Ints, fewest_clusters
from boussole.audits.uncertainty.quantiles import student_quantile
from boussole.audits.uncertainty.share import worth_of_share
from boussole.audits.uncertainty.wilson import wilson_bounds

FEW_OF = 100
"""Cases too few to be told are told as the fewest that may be, where there are so many times as many rows."""
MOST_UNTIMED = 0.01
"""Of more rows without a time than this, nothing is said that rests on times."""
METHOD = "wilson_clusters"
PART_OF_MONTH = "part_of_month"
"""Says that a window is not of whole months, and why nothing is told of it."""


def sides_of(rows: pa.Table, part: str) -> Ints:
    """Counts of a part (`SHARES`), of everybody, by case or not, and bucket."""
    found = np.zeros((2, BUCKETS), dtype=np.int64)
    own = rows.filter(pa.compute.and_(pa.compute.equal(rows["part"], part), pa.compute.is_null(rows["by"])))
    np.add.at(found, (own["decision"].to_numpy(), own["bucket"].to_numpy()), own["n"].to_numpy())
    return found


def of_months(rows: pa.Table, part: str, *, cases: bool = False) -> list[int]:
    """How many rows of a part, or cases, each month has, of everybody; without months that have none.

    Of people counted once a month, at least as many are there as in the month that has most; and where each month may
    be told of, what is told of several tells, subtracted, of no fewer.
    """
    by_month: dict[str | None, int] = {}
    for row in rows.to_pylist():
        if row["part"] == part and row["by"] is None and (row["decision"] or not cases):
            by_month[row["window"]] = by_month.get(row["window"], 0) + row["n"]
    return [n for n in by_month.values() if n]


def untold(name: str, *, bad_side: Literal["below", "above"]) -> Measure:
    """A share of which nothing is told, as the window is not of whole months."""
    params = {"bad_side": bad_side, "scale": "share"}
    return Measure(metric=name, status="undefined", reason=PART_OF_MONTH, params=params)


def few(n: Ints, limit: int) -> bool:
    """Whether rows by bucket and stratum are, perhaps, of fewer people than the limit: each filled bucket holds one."""
    return bool(n.sum() < limit or np.count_nonzero(n.sum(axis=1)) < min(limit, BUCKETS))


def too_many(untimed: Ints) -> bool:
    """Whether too many rows (`sides_of`) are without a time."""
    return bool(untimed[1].sum() > MOST_UNTIMED * untimed.sum())


def share_measure(
    name: str,
    sides: Ints,
    *,
    limit: int,
    bad_side: Literal["below", "above"],
    told: Mapping[str, Any],
    hidden: str | None = None,
    undefined: str | None = None,
    clusters: float | None = None,
    cases: Sequence[int] = (),
) -> Measure:
    """The share of cases among rows by bucket (`sides`: no case, case), and what a reader must know of it (`told`).

    Suppressed: `hidden`, the reason where there is one; `small_numerator`, where fewer cases than `limit` were found
    and they would be told by a figure of few rows: else they are told as that number, at most. Undefined: `undefined`.
    `clusters`: how many independent rows these are worth at least, where that is known better than by their buckets.
    `cases`: those of each month that has any; where each has fewer than `limit`, they are told as that many a month.
    """
    scale: dict[str, Any] = {"bad_side": bad_side, "scale": "share"}
    params = {**scale, **told}
    k, n = int(sides[1].sum()), int(sides.sum())
    if hidden:
        return Measure(metric=name, status="suppressed", reason=hidden, params=scale)
    if undefined:
        return Measure(metric=name, status="undefined", reason=undefined, n=n, params=params)
    few, every = 0 < max(cases or [k]) < limit, sides.sum(axis=0)
    if few:
        k = limit * max(len(cases), 1)
        if n < FEW_OF * k:
            return Measure(metric=name, status="suppressed", reason="small_numerator", params=scale)
        params["at_most"] = True
    buckets = int(np.count_nonzero(every))
    size, df = worth_of_share(sides[1], every, fewest=clusters)
    if few:
        size = fewest_clusters(every) if clusters is None else clusters
    value = k / n
    low, high = wilson_bounds(value * size, size, z=student_quantile(0.975, df))
    test = {"kind": "score_share", "estimate": value, "size": size, "df": df, "method": METHOD}
    return Measure(
        metric=name,
        value=value,
        n=n,
        clusters=buckets,
        interval=Interval(low=0.0 if few else low, high=high, method=METHOD),
        params={**params, "test": {**test, "at_most": True} if few else test},
    )
