"""Two sides of the log of messages compared: without a smartphone and with one, silent and replying.

Clusters are people: a person's messages are in one bucket.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from boussole.audits.measures import SELECTED, Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import few
from boussole.audits.parts import Pairs
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs.contacts import REACHED, SILENT, SILENT_DAYS
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import Ints
from boussole.audits.uncertainty.stratified import standardised_ratio

REACHED_RATIO, SILENT_RATIO = "reached_in_time_ratio", "silent_shortlisting_ratio"
SIDES = {REACHED_RATIO: (REACHED, "without", "with"), SILENT_RATIO: (SILENT, "silent", "replied")}
"""Of each: the part that is counted, whom it is about, and whom these are compared with."""
JUDGED = {"bad_side": "below", "scale": "ratio"}
MOST_STRATA = 2000


def two_sides(read: pa.Table, metric: str, system: System) -> Measure | None:
    """The ratio of both sides within strata, from its counts (`counts.replies.REPLIED`); None where it has none.

    Suppressed: `small_group`, where fewer people than `suppress_below` are on a side. Undefined: `no_common_stratum`,
    `too_many_strata`, `zero_denominator` (nobody of the other side is a case), `no_other_group`.
    """
    part, *sides = SIDES[metric]
    rows = read.filter(pa.compute.equal(read["part"], part))
    if not rows.num_rows:
        return None
    strata = sorted(set(rows["stratum"].to_pylist()))
    if len(strata) > MOST_STRATA:
        return Measure(metric=metric, status="undefined", reason="too_many_strata", params=JUDGED)
    counts = [_counts(rows.filter(pa.compute.equal(rows["by"], side)), strata) for side in sides]
    if not all(each.any() for each in counts):
        return Measure(metric=metric, status="undefined", reason="no_other_group", params=JUDGED)
    held = np.logical_and(*((each.sum(axis=(1, 2)) > 0) for each in counts))
    if not held.any():
        return Measure(metric=metric, status="undefined", reason="no_common_stratum", params=JUDGED)
    (k1, n1), (k0, n0) = ((each[held][..., SELECTED].T, each[held].sum(axis=2).T) for each in counts)
    pairs = Pairs(k1=k1, n1=n1, k0=k0, n0=n0, clustered=True)
    if any(few(n, system.privacy.suppress_below) for n in (n1, n0)):
        return Measure(metric=metric, status="suppressed", reason="small_group", params=JUDGED)
    return _judged(metric, pairs, whole=int(sum(each.sum() for each in counts)), strata=int(held.sum()))


def _counts(rows: pa.Table, strata: list[str]) -> Ints:
    """Rows by stratum, bucket and whether they are a case."""
    place = {name: i for i, name in enumerate(strata)}
    found = np.zeros((len(strata), BUCKETS, 2), dtype=np.int64)
    at = np.array([place[name] for name in rows["stratum"].to_pylist()], dtype=np.intp)
    np.add.at(found, (at, rows["bucket"].to_numpy(), rows["decision"].to_numpy()), rows["n"].to_numpy())
    return found


def _judged(metric: str, pairs: Pairs, *, whole: int, strata: int) -> Measure:
    sizes = pairs.n1.sum(axis=1) + pairs.n0.sum(axis=1)
    found, n = standardised_ratio(pairs), int(sizes.sum())
    if found is None:
        return Measure(metric=metric, status="undefined", reason="zero_denominator", n=n, params=JUDGED)
    return Measure(
        metric=metric,
        value=found.rates[0] / found.rates[1],
        n=n,
        clusters=int(np.count_nonzero(sizes)),
        interval=found.interval,
        params={
            **JUDGED,
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
)
