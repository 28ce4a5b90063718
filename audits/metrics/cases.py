"""What a log counts of something that is not tolerated at all: how many cases among how many, and no test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from boussole.audits.measures import Interval, Measure
from boussole.audits.metrics.shares import METHOD
from boussole.audits.uncertainty.jackknife import Ints
from boussole.audits.uncertainty.quantiles import student_quantile
from boussole.audits.uncertainty.share import worth_of_share
from boussole.audits.uncertainty.wilson import wilson, wilson_bounds


def cases_measure(
    name: str,
    sides: Ints,
    months: Sequence[int],
    *,
    limit: int,
    none: str,
    told: Mapping[str, Any],
    clusters: float | None = None,
    repeated: bool = False,
) -> Measure:
    """Cases among rows by bucket (`sides`: no case, case), and what a reader must know of them (`told`).

    How many cases there are is told, however few: that is something that was done, and not what somebody is.
    Suppressed: `small_group`, where one of the `months` has fewer rows than `limit`; that there is a case is not hidden
    (`some`). Undefined: `none`, the reason where there is no row; what must be known is told where all rows
    (`told["all"]`) are as many as `limit`. `clusters`: how many independent rows these are worth at least, where those
    of a cluster may be alike (`worth_of_share`); else each row is independent of the others.
    `repeated`: somebody counts in each month; they are as many people as the month that has most, for sure.
    """
    k, n = int(sides[1].sum()), int(sides.sum())
    people = max(months, default=0) if repeated else n
    if not n:
        enough = told.get("all", 0) >= limit
        return Measure(metric=name, status="undefined", reason=none, n=0, params=dict(told) if enough else {})
    if min(months) < limit:
        return Measure(metric=name, status="suppressed", reason="small_group", params={"some": bool(k)})
    return Measure(
        metric=name,
        value=k / n,
        n=n,
        clusters=int(np.count_nonzero(sides.sum(axis=0))),
        interval=wilson(k / n * people, people) if clusters is None else interval_of(sides, clusters),
        params={"cases": k, **told} | ({"people": people} if people < n else {}),
    )


def interval_of(sides: Ints, clusters: float) -> Interval:
    """Wilson (1927), JASA 22:209, at as many independent rows as these are worth."""
    every = sides.sum(axis=0)
    size, df = worth_of_share(sides[1], every, fewest=clusters)
    low, high = wilson_bounds(sides[1].sum() / every.sum() * size, size, z=student_quantile(0.975, df))
    return Interval(low=low, high=high, method=METHOD)
