"""One share of what a log holds, from counts by bucket of its clusters, and the ratio of two sides of the messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from boussole.audits.measures import SELECTED, Interval, Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.parts import Ints, Pairs
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs.contacts import REACHED, SILENT, SILENT_DAYS
from boussole.audits.systems.logs.search_controls import CONTROLLED
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.estimates import standardised_ratio
from boussole.audits.uncertainty.jackknife import fewest_clusters
from boussole.audits.uncertainty.quantiles import student_quantile
from boussole.audits.uncertainty.score import wilson_bounds
from boussole.audits.uncertainty.share import worth_of_share

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
    """Return how many rows of a part, or cases, each month has, of everybody; without months that have none."""
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
    """Measure the share of cases among rows by bucket (`sides`: no case, case), with the further parameters `told`.

    Suppressed: `hidden`; `small_numerator`, fewer cases than `limit` that a figure of few rows would reveal. Undefined:
    `undefined`. `clusters`: independent rows at least; `cases`: those of each month that has any.
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


REACHED_RATIO, SILENT_RATIO = "reached_in_time_ratio", "silent_shortlisting_ratio"
CONTROL_RATIO = "silent_control_ratio"
SIDES = {
    REACHED_RATIO: (REACHED, "without", "with"),
    SILENT_RATIO: (SILENT, "silent", "replied"),
    CONTROL_RATIO: (CONTROLLED, "silent", "replied"),
}
"""Of each: the part that is counted, whom it is about, and whom these are compared with."""
HARMS = {CONTROL_RATIO}
"""Those of which a case is a harm: it is bad to be one more often, and of few people it is not told."""
MOST_STRATA = 2000


def two_sides(read: pa.Table, metric: str, system: System) -> Measure | None:
    """Compare both sides within strata by their ratio, from `counts.replies.REPLIED`; None without counts.

    Suppressed: `small_group`, fewer people than `suppress_below` on a side; `small_numerator`, few cases of a harm.
    Undefined: `no_common_stratum`, `too_many_strata`, `zero_denominator`, `no_other_group`.
    """
    part, *sides = SIDES[metric]
    params = {"bad_side": "above" if metric in HARMS else "below", "scale": "ratio"}
    rows = read.filter(pa.compute.equal(read["part"], part))
    if not rows.num_rows:
        return None
    strata = sorted(set(rows["stratum"].to_pylist()))
    if len(strata) > MOST_STRATA:
        return Measure(metric=metric, status="undefined", reason="too_many_strata", params=params)
    counts = [_counts(rows.filter(pa.compute.equal(rows["by"], side)), strata) for side in sides]
    if not all(each.any() for each in counts):
        return Measure(metric=metric, status="undefined", reason="no_other_group", params=params)
    held = np.logical_and(*((each.sum(axis=(1, 2)) > 0) for each in counts))
    if not held.any():
        return Measure(metric=metric, status="undefined", reason="no_common_stratum", params=params)
    (k1, n1), (k0, n0) = ((each[held][..., SELECTED].T, each[held].sum(axis=2).T) for each in counts)
    pairs = Pairs(k1=k1, n1=n1, k0=k0, n0=n0, clustered=True)
    if (reason := _hidden(metric, pairs, system.privacy.suppress_below)) is not None:
        return Measure(metric=metric, status="suppressed", reason=reason, params=params)
    return _judged(metric, pairs, params, whole=int(sum(each.sum() for each in counts)), strata=int(held.sum()))


def _hidden(metric: str, pairs: Pairs, limit: int) -> str | None:
    """Why the ratio is hidden: few people on a side, or, of a harm, few to whom it came."""
    if any(few(n, limit) for n in (pairs.n1, pairs.n0)):
        return "small_group"
    harmed = metric in HARMS and any(k.any() and few(k, limit) for k in (pairs.k1, pairs.k0))
    return "small_numerator" if harmed else None


def _counts(rows: pa.Table, strata: list[str]) -> Ints:
    """Rows by stratum, bucket and whether they are a case."""
    place = {name: i for i, name in enumerate(strata)}
    found = np.zeros((len(strata), BUCKETS, 2), dtype=np.int64)
    at = np.array([place[name] for name in rows["stratum"].to_pylist()], dtype=np.intp)
    np.add.at(found, (at, rows["bucket"].to_numpy(), rows["decision"].to_numpy()), rows["n"].to_numpy())
    return found


def _judged(metric: str, pairs: Pairs, params: Mapping[str, Any], *, whole: int, strata: int) -> Measure:
    sizes = pairs.n1.sum(axis=1) + pairs.n0.sum(axis=1)
    found, n = standardised_ratio(pairs), int(sizes.sum())
    if found is None:
        return Measure(metric=metric, status="undefined", reason="zero_denominator", n=n, params=dict(params))
    return Measure(
        metric=metric,
        value=found.rates[0] / found.rates[1],
        n=n,
        clusters=int(np.count_nonzero(sizes)),
        interval=found.interval,
        params={
            **params,
            "values": list(found.rates),
            "strata": strata,
            "covered": n / whole,
            "test": found.test,
        },
    )


_FEW = "too few people are on a side to be told; nobody of the other side is a case"
_SOURCE = "Mantel-Haenszel risk ratio: Greenland & Robins (1985), Biometrics 41:55-68"

METRICS = (
    Metric(
        name=REACHED_RATIO,
        kind="comparison",
        formula="of people and lists that they were written to about, the share with a reply, by any channel, before"
        " the list closed: of people without a smartphone ÷ of people with one",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"the log knows no people on a side; {_FEW}",
        source=_SOURCE,
    ),
    Metric(
        name=SILENT_RATIO,
        kind="comparison",
        formula=f"of decisions about people written to in the {SILENT_DAYS} days before, the share that got through the"
        " first stage (or were selected): of those who had not answered ÷ of those who had, over strata of the controls"
        " with w = n₁ n₀ ÷ (n₁ + n₀)",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"no stratum holds people of both; more than {MOST_STRATA} strata; {_FEW}",
        source=_SOURCE,
    ),
    Metric(
        name=CONTROL_RATIO,
        kind="comparison",
        formula="controls a day, up to the first one: of people who had not answered within `answer_days` of the latest"
        " message ÷ of people who had, from the day after these on and for `span_days`, over strata of the controls of"
        " the system file and the week with w = n₁ n₀ ÷ (n₁ + n₀)",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"no stratum holds days of both; more than {MOST_STRATA} strata; {_FEW}; fewer than `suppress_below`"
        " people of a side were controlled, and some",
        source=f"{_SOURCE}; landmarks against immortal time: Anderson, Cain & Gelber (1983), J. Clin. Oncol. 1:710-719;"
        " Suissa (2008), Am. J. Epidemiol. 167:492-499",
    ),
)
