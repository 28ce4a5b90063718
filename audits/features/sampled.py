"""The same gap where a group is known for a sample only: weighted to what is known of everybody, with its interval.

Known of everybody are the decision and the ordinary features. The weights bring the sample to their totals, so that who
answered more often, or was selected more often, does not tilt the gap. What they cannot mend is a sample whose people
differ within the same features and decision: the estimate says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from boussole.audits.features.binned import ROWS, BinnedFeature
from boussole.audits.features.calibrated import calibrate, of_rates, standard_error
from boussole.audits.lake.tables import quote
from boussole.audits.measures import Floats, Interval
from boussole.audits.searchable import Searchable
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import Ints
from boussole.audits.uncertainty.quantiles import student_quantile

KNOWN = 0.95
"""Of a group that is known of so many decisions, the audit's own figures say enough."""
FEWEST = 200
"""Fewer decisions of known group are no sample to weight."""
FEWEST_IN_BIN = 10
"""Bins of a feature with fewer (un)selected of known group are not weighted for by themselves."""
METHOD = "calibrated_simultaneous"
REST = "all others"
ALPHA = 0.05
Strings = npt.NDArray[np.str_]
Untold = Literal["few_known", "small_group", "cannot_weight"]


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """A group of an attribute that is known of `known` of `n` decisions: selection for 100 of `against`, `raw` in the
    sample as it is, `ratio` weighted, with an interval; or why there is none."""

    by: str
    group: str
    against: str
    known: int
    n: int
    raw: float | None
    ratio: float | None
    interval: Interval | None
    reason: Untold | None = None


def sampled(seen: Searchable, system: System, features: Sequence[BinnedFeature]) -> list[Sampled]:
    """Every group that is known of a part of the decisions only, compared with its reference, else with all others.

    `reason`: `few_known`, fewer than `FEWEST` decisions of known group; `small_group`, fewer (un)selected of a group
    than `suppress_below` (also of groups that an audit hides); `cannot_weight`, no weights meet the totals.
    """
    samples = [each for name in seen.names if (each := _sample(seen, system, features, name)) is not None]
    many = sum(len(each.pairs) for each in samples)
    return [_estimate(sample, pair, system, many) for sample in samples for pair in sample.pairs]


@dataclass(frozen=True)
class _Sample:
    """Decisions of known group, alike ones together, and everybody's totals of `x`: all, the selected, and of these and
    of the others each bin of each feature but the largest."""

    by: str
    pairs: Sequence[tuple[str, str]]
    hidden: frozenset[str]
    groups: Strings
    selected: Floats
    buckets: Ints
    n: Floats
    x: Floats
    totals: Floats
    size: int


def _sample(seen: Searchable, system: System, features: Sequence[BinnedFeature], name: str) -> _Sample | None:
    """The sample of an attribute; None where it is known of (nearly) everybody, or of nobody."""
    columns = [each.column for each in features]
    every = _grouped(seen, [*columns, "decision"])
    rows = _grouped(seen, [*columns, "decision", f"g_{name}", "bucket"], where=f'"g_{name}" IS NOT NULL')
    size, known = int(every[-1].sum()), int(rows[-1].sum()) if rows else 0
    if not 0 < known < KNOWN * size:
        return None
    *bins, decision, groups, buckets, n = rows
    *all_bins, all_decision, all_n = every
    x, totals = [np.ones(len(n)), decision.astype(float)], [float(size), float((all_n * all_decision).sum())]
    for feature, own, whole in zip(features, bins, all_bins, strict=True):
        for case in (0, 1):
            held = np.bincount(own, weights=n * (decision == case), minlength=len(feature.bins))
            for place in np.flatnonzero(held >= FEWEST_IN_BIN):
                if place != int(held.argmax()):
                    x.append(((own == place) & (decision == case)).astype(float))
                    totals.append(float(all_n[(whole == place) & (all_decision == case)].sum()))
    values = sorted({str(each) for each in groups})
    reference = system.groups[name].reference
    against = reference if reference in values else REST
    return _Sample(
        by=name,
        pairs=[(value, against) for value in values if value != against],
        hidden=frozenset(str(group[0]) for by, group in seen.hidden if by == (name,)),
        groups=groups.astype(str),
        selected=decision.astype(float),
        buckets=buckets.astype(np.int64),
        n=n.astype(float),
        x=np.column_stack(x),
        totals=np.array(totals),
        size=size,
    )


def _grouped(seen: Searchable, columns: Sequence[str], *, where: str = "true") -> list[Any]:
    """The columns of the rows, alike ones together, and how many decisions these are."""
    names = ", ".join(map(quote, columns))
    found = seen.connection.execute(
        f"SELECT {names}, CAST(sum(weight) AS BIGINT) AS n FROM {ROWS} WHERE {where} GROUP BY ALL ORDER BY ALL"
    ).fetchnumpy()
    return [np.asarray(found[name]) for name in (*columns, "n")]


def _estimate(sample: _Sample, pair: tuple[str, str], system: System, many: int) -> Sampled:
    value, against = pair
    sides = sample.groups == value, (sample.groups == against) if against != REST else (sample.groups != value)
    told = Sampled(
        by=sample.by, group=value, against=against, known=int(sample.n.sum()), n=sample.size, raw=None, ratio=None,
        interval=None,
    )  # fmt: skip
    parts = [(sample.n * side * case).sum() for side in sides for case in (sample.selected, 1 - sample.selected)]
    if told.known < FEWEST:
        return replace(told, reason="few_known")
    compared = {value, *(set(sample.groups) if against == REST else {against})}
    if sample.hidden & compared or min(parts) < system.privacy.suppress_below:
        return replace(told, reason="small_group")
    weights = calibrate(sample.x, sample.n, sample.totals)
    if weights is None:
        return replace(told, reason="cannot_weight")
    floats = sides[0].astype(float), sides[1].astype(float)
    found = of_rates(weights, sample.x, floats, sample.selected, log=True)
    error, df = standard_error(found.pulls, sample.buckets)
    half = student_quantile(1 - ALPHA / many / 2, df) * error
    raw = [parts[at] / (parts[at] + parts[at + 1]) for at in (0, 2)]
    return replace(
        told,
        raw=float(raw[0] / raw[1]),
        ratio=math.exp(found.value),
        interval=Interval(low=math.exp(found.value - half), high=math.exp(found.value + half), method=METHOD),
    )
