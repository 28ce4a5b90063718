"""Whether people fare better than before: agencies that have the system against others (clusters: agencies)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from boussole.audits.measures import Floats, Interval, Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.before_after import FEWEST, Ints, Study, study
from boussole.audits.uncertainty.quantiles import student_quantile

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
