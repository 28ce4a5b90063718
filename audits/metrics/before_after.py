"""Whether people fare better than before: agencies that have the system against others (clusters: agencies)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import f as fisher

from boussole.audits.measures import Flags, Interval, Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.parts import Floats, Ints
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.quantiles import student_quantile

FEWEST = 10
"""Agencies that a month is told of, at least; and on either side, to compare at all."""
NEAREST = 6
"""Months before the start whose trends are tested together, at most: more would take the power of the test away."""


@dataclass(frozen=True, kw_only=True)
class EffectEstimate:
    """An effect with its standard error and degrees of freedom; `agencies`: how many that started it rests on."""

    value: float
    se: float
    df: float
    agencies: int


@dataclass(frozen=True, kw_only=True)
class Trends:
    """The joint test of "no difference between the trends of the months before"."""

    statistic: float
    df: tuple[float, float]
    p: float
    months: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Study:
    """The effect over all months since the start, and by month around it, with simultaneous intervals at 95 %."""

    overall: EffectEstimate
    months: dict[int, tuple[EffectEstimate, float]]
    trends: Trends | None


def study(rates: Floats, weights: Floats, starts: Ints) -> Study:
    """Estimate the effects of a panel without gaps.

    `rates`: (agencies, months); `weights`: (agencies,), above 0; `starts`: (agencies,), the month of the start, from 1
    on, or -1 for agencies that did not start.
    """
    started, last = starts >= 0, rates.shape[1]
    span = range(-int(starts.max()), last - int(starts[started].min()))
    cohorts = np.unique(starts[started])
    own = np.array([_since(rates[i], int(starts[i]), span) for i in np.flatnonzero(started)])
    others = np.array([[_since(row, int(start), span) for start in cohorts] for row in rates[~started]])
    sides = _sides(own, others, weights, starts)
    each = [sides.effect(j) for j in range(len(sides.estimates))]
    told = [e for e in span if e != -1 and each[e - span.start].agencies >= FEWEST]
    chance = (1 - 0.95 ** (1 / max(len(told), 1))) / 2
    months = {}
    for e in told:
        found = each[e - span.start]
        months[e] = (found, student_quantile(1 - chance, found.df) * found.se)
    before = {e: (e - span.start, each[e - span.start]) for e in sorted(told, reverse=True) if e < 0}
    return Study(overall=each[-1], months=months, trends=_trends(before, sides.variance))


def _since(rates: Floats, start: int, span: range) -> Floats:
    """Changes since the month before a start, by month from it (NaN: not observed); last, their mean from it on."""
    found = np.full(len(span) + 1, np.nan)
    at = np.arange(len(rates)) - start - span.start
    found[at] = rates - rates[start - 1]
    found[-1] = (rates[start:] - rates[start - 1]).mean()
    return found


@dataclass(frozen=True, kw_only=True)
class _Sides:
    """The estimates, their moves when an agency is left out of either side, and the weights of both sides."""

    estimates: Floats
    moves: tuple[Floats, Floats]
    seen: Flags
    weights: tuple[Floats, Floats]

    @property
    def variance(self) -> Floats:
        """The covariance of all estimates, from the moves of both sides."""
        first, second = ((len(each) - 1) / len(each) * each.T @ each for each in self.moves)
        return np.asarray(first + second)

    def effect(self, j: int) -> EffectEstimate:
        """One estimate with its error. Degrees of freedom: Satterthwaite's over the two sides."""
        here = self.weights[0][self.seen[:, j]], self.weights[1]
        parts = [(len(side) - 1) / len(side) * float(np.square(side[:, j]).sum()) for side in self.moves]
        free = [max(worth(each) - 1, 1.0) for each in here]
        whole = sum(parts)
        df = whole**2 / sum(part**2 / each for part, each in zip(parts, free, strict=True)) if whole > 0 else min(free)
        return EffectEstimate(
            value=float(self.estimates[j]), se=float(np.sqrt(whole)), df=float(df), agencies=len(here[0])
        )


def _sides(own: Floats, others: Floats, weights: Floats, starts: Ints) -> _Sides:
    """`own`: (agencies that started, months) and `others`: (other agencies, starts, months), changes since a start."""
    started = starts >= 0
    w1, w0, cohorts = weights[started], weights[~started], np.unique(starts[started])
    cohort = np.searchsorted(cohorts, starts[started])
    change = np.einsum("j,jce->ce", w0 / w0.sum(), others)
    gap = own - change[cohort]
    seen = ~np.isnan(gap)
    share = np.where(seen, w1[:, None], 0.0)
    total = share.sum(axis=0)
    estimates = (share * np.nan_to_num(gap)).sum(axis=0) / total
    left = total - share
    first = np.where(left > 0, share * (estimates - np.nan_to_num(gap)) / np.where(left > 0, left, 1.0), 0.0)
    parts = np.array([share[cohort == c].sum(axis=0) for c in range(len(cohorts))]) / total
    moved = np.nan_to_num(others - change) * (w0 / (w0.sum() - w0))[:, None, None]
    second = np.einsum("ce,jce->je", parts, moved)
    return _Sides(estimates=estimates, moves=(first, second), seen=seen, weights=(w1, w0))


def worth(weights: Floats) -> float:
    """Return how many agencies of equal weight these are worth (Kish)."""
    return float(weights.sum() ** 2 / np.square(weights).sum())


def _trends(before: Mapping[int, tuple[int, EffectEstimate]], variance: Floats) -> Trends | None:
    """Return Hotelling's test of the nearest months before the start; None where fewer than two are known."""
    months = list(before)[:NEAREST]
    if len(months) < 2:
        return None
    df = min(before[e][1].df for e in months)
    months = months[: max(2, int(df / 3))]
    at, values = [before[e][0] for e in months], np.array([before[e][1].value for e in months])
    size, between = len(at), variance[np.ix_(at, at)]
    if np.linalg.matrix_rank(between) < size or df <= size:
        return None
    squared = float(values @ np.linalg.solve(between, values))
    statistic, free = squared * (df - size + 1) / (df * size), (float(size), df - size + 1)
    return Trends(statistic=statistic, df=free, p=float(fisher.sf(statistic, *free)), months=tuple(months))


EFFECT = "effect_since_start"
MOST_LEFT_OUT = 0.05
"""Of more agencies whose counts have gaps than this, nothing is said."""
PARALLEL = 0.05
"""Where so great a difference of trends, or a greater one, were less likely than this, trends were not parallel."""
METHOD = "cluster_jackknife"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """People and counts of one outcome (agencies, months), and the month each agency started (-1: none)."""

    people: Ints
    counts: Ints
    starts: Ints
    already: int
    left_out: int

    @property
    def started(self) -> int:
        return int((self.starts >= 0).sum())


def before_after_measures(read: pa.Table, system: System) -> list[Measure]:
    """Estimate the effect on each outcome, from counts by agency and month (`counts.read.PANEL`).

    Undefined: `nobody_started`, `few_agencies` (fewer than `FEWEST` on a side), `agencies_with_gaps`, `short_before`
    (three months), `nothing_varies`, `not_parallel`. Suppressed: `small_group`, `small_numerator`.
    """
    parts = sorted(set(read["part"].to_pylist()))
    return [_measured(part, _panel(read.filter(pa.compute.equal(read["part"], part))), system) for part in parts]


def _panel(rows: pa.Table) -> Panel:
    months = sorted(set(rows["window"].to_pylist()))
    place = {month: i for i, month in enumerate(_every(months[0], months[-1]))}
    agencies, at = np.unique(rows["bin"].to_numpy(), return_inverse=True)
    month = np.array([place[each] for each in rows["window"].to_pylist()])
    shape = (len(agencies), len(place))
    people, counts = (np.zeros(shape, dtype=np.int64) for _ in range(2))
    np.add.at(people, (at, month), rows["n"].to_numpy())
    np.add.at(counts, (at, month), [int(each) for each in rows["total"].to_pylist()])
    starts = np.full(len(agencies), -1)
    for agency, start in zip(at, rows["reason"].to_pylist(), strict=True):
        starts[agency] = -1 if start is None or start > months[-1] else place.get(start, 0)
    whole, early = (people > 0).all(axis=1), starts == 0
    kept = whole & ~early
    return Panel(
        people=people[kept],
        counts=counts[kept],
        starts=starts[kept],
        already=int(early.sum()),
        left_out=int((~whole & ~early).sum()),
    )


def _every(first: str, last: str) -> list[str]:
    """List every month from one to another."""
    low, high = (12 * int(each[:4]) + int(each[5:]) - 1 for each in (first, last))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(low, high + 1)]


def _measured(part: str, panel: Panel, system: System) -> Measure:
    declared = system.agencies and system.agencies.counted(part)
    of: dict[str, Any] = {"by": ("outcome",), "group": (part,)} if part else {}
    params: dict[str, Any] = {
        "bad_side": "above" if declared and declared.better == "fewer" else "below",
        "scale": "effect",
    }
    if reason := _few(panel):
        return Measure(metric=EFFECT, **of, status="undefined", reason=reason, params={**params, **_agencies(panel)})
    if reason := _hidden(panel, system.privacy.suppress_below):
        return Measure(metric=EFFECT, **of, status="suppressed", reason=reason, params=params)
    first = int(panel.starts[panel.starts >= 0].min())
    weights = panel.people[:, :first].sum(axis=1).astype(np.float64)
    found = study(panel.counts / panel.people, weights, panel.starts)
    params |= {**_agencies(panel), **_months(found)}
    if reason := _untold(found):
        return Measure(metric=EFFECT, **of, status="undefined", reason=reason, params=params)
    return _told(of, panel, found, {**params, "values": _values(panel, weights, found)})


def _told(of: Mapping[str, Any], panel: Panel, found: Study, params: Mapping[str, Any]) -> Measure:
    effect = found.overall
    half = student_quantile(0.975, effect.df) * effect.se
    test = {"kind": "wald", "estimate": effect.value, "se": effect.se, "df": effect.df, "method": METHOD}
    return Measure(
        metric=EFFECT,
        **of,
        value=effect.value,
        n=int(panel.people.sum()),
        clusters=len(panel.starts),
        interval=Interval(low=effect.value - half, high=effect.value + half, method=METHOD),
        params={**params, "test": test},
    )


def _few(panel: Panel) -> str | None:
    """Why so few agencies or months tell nothing, or None."""
    started, every = panel.started, len(panel.starts)
    if not started:
        return "nobody_started"
    if panel.left_out > MOST_LEFT_OUT * (every + panel.left_out):
        return "agencies_with_gaps"
    if min(started, every - started) < FEWEST:
        return "few_agencies"
    before = np.sort(panel.starts[panel.starts >= 0])[-FEWEST]
    return "short_before" if before < 3 else None


def _hidden(panel: Panel, limit: int) -> str | None:
    """Why a side is too small to be told, or None: each month of either side counts."""
    sides = [panel.starts >= 0, panel.starts < 0]
    if any(int(panel.people[side].sum(axis=0).min()) < limit for side in sides):
        return "small_group"
    cases = [panel.counts[side].sum(axis=0) for side in sides]
    return "small_numerator" if any(int(found.min()) < limit for found in cases) else None


def _untold(found: Study) -> str | None:
    if not found.overall.se or found.trends is None:
        return "nothing_varies"
    return "not_parallel" if found.trends.p < PARALLEL else None


def _values(panel: Panel, weights: Floats, found: Study) -> list[float]:
    """The outcome in agencies that started, since they did; and what it would have been without the effect."""
    own = np.flatnonzero(panel.starts >= 0)
    rates = [(panel.counts[i] / panel.people[i])[panel.starts[i] :].mean() for i in own]
    seen = float(np.average(rates, weights=weights[own]))
    return [seen, seen - found.overall.value]


def _agencies(panel: Panel) -> dict[str, Any]:
    """How many agencies are compared, of how many starts; and which are not."""
    starts = panel.starts[panel.starts >= 0]
    return {
        "agencies": len(starts),
        "others": len(panel.starts) - len(starts),
        "cohorts": len(set(starts.tolist())),
        "already_started": panel.already,
        "with_gaps": panel.left_out,
    }


def _months(found: Study) -> dict[str, Any]:
    """The effect of each month around the start, with intervals that hold together, and the test of trends."""
    months = [
        {
            "month": month,
            "value": effect.value,
            "low": effect.value - half,
            "high": effect.value + half,
            "agencies": effect.agencies,
        }
        for month, (effect, half) in sorted(found.months.items())
    ]
    trends = found.trends
    if trends is None:
        return {"months": months}
    told = {"statistic": trends.statistic, "df": list(trends.df), "p": trends.p, "months": list(trends.months)}
    return {"months": months, "trends": told}


METRICS = (
    Metric(
        name=EFFECT,
        kind="effect",
        formula="among agencies that started, by people before the first start: mean since the start of (outcome ÷"
        " people) − the same in the month before the start − the same change in agencies that did not start",
        range="any; for an outcome counted once per person [-1, 1]",
        ideal=None,
        undefined=f"no agency started; fewer than {FEWEST} that started, or that did not, or three months before the"
        f" start; more than {MOST_LEFT_OUT:.0%} of agencies with months missing; trends were not parallel before; too"
        " few people or cases in a month of either side to be told",
        source="Callaway & Sant'Anna (2021), J. Econometrics 225:200-230 (group-time effects, averaged by group);"
        " interval: MacKinnon, Nielsen & Webb (2023), J. Econometrics 232:272-299 (CV3, by agency), Student's t at"
        " Satterthwaite's degrees of freedom; months together: Sidak (1967), JASA 62:626-633",
    ),
)
