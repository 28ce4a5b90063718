"""One share of what a log holds, by itself: its figure, interval and test from counts by bucket of its clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from scipy.stats import t as student

from boussole.audits.measures import Interval, Measure
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.uncertainty.jackknife import Ints, fewest_clusters
from boussole.audits.uncertainty.share import worth_of_share
from boussole.audits.uncertainty.wilson import wilson_bounds

FEW_OF = 100
"""Cases too few to be told are told as the fewest that may be, where there are so many times as many rows."""
MOST_UNTIMED = 0.01
"""Of more rows without a time than this, nothing is said that rests on times."""
METHOD = "wilson_clusters"


def sides_of(rows: pa.Table, part: str) -> Ints:
    """Counts of a part (`SHARES`), of everybody, by case or not, and bucket."""
    found = np.zeros((2, BUCKETS), dtype=np.int64)
    own = rows.filter(pa.compute.and_(pa.compute.equal(rows["part"], part), pa.compute.is_null(rows["by"])))
    np.add.at(found, (own["decision"].to_numpy(), own["bucket"].to_numpy()), own["n"].to_numpy())
    return found


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
) -> Measure:
    """The share of cases among rows by bucket (`sides`: no case, case), and what a reader must know of it (`told`).

    Suppressed: `hidden`, the reason where there is one; `small_numerator`, where fewer cases than `limit` were found
    and they would be told by a figure of few rows: else they are told as that number, at most. Undefined: `undefined`.
    `clusters`: how many independent rows these are worth at least, where that is known better than by their buckets.
    """
    scale: dict[str, Any] = {"bad_side": bad_side, "scale": "share"}
    params = {**scale, **told}
    k, n = int(sides[1].sum()), int(sides.sum())
    if hidden:
        return Measure(metric=name, status="suppressed", reason=hidden, params=scale)
    if undefined:
        return Measure(metric=name, status="undefined", reason=undefined, n=n, params=params)
    if 0 < k < limit:
        if n < FEW_OF * limit:
            return Measure(metric=name, status="suppressed", reason="small_numerator", params=scale)
        k, params["at_most"] = limit, True
    few, every = "at_most" in params, sides.sum(axis=0)
    buckets = int(np.count_nonzero(every))
    size, df = worth_of_share(sides[1], every, fewest=clusters)
    if few:
        size = fewest_clusters(every) if clusters is None else clusters
    value = k / n
    low, high = wilson_bounds(value * size, size, z=float(student.ppf(0.975, df)))
    test = {"kind": "score_share", "estimate": value, "size": size, "df": df, "method": METHOD}
    return Measure(
        metric=name,
        value=value,
        n=n,
        clusters=buckets,
        interval=Interval(low=0.0 if few else low, high=high, method=METHOD),
        params={**params, "test": {**test, "at_most": True} if few else test},
    )
