"""How much of a system comes from one provider, as its file declares: the trend, and where it leads; never judged."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from boussole.audits.measures import Interval, Measure
from boussole.audits.metrics.calls import calls_by_month, calls_of
from boussole.audits.metrics.definition import Metric
from boussole.audits.systems.logs.calls import CALLS, ProviderShare
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.quantiles import student_quantile
from boussole.audits.windows import period_of

FORECAST = "provider_share_forecast"
FEWEST = 4
"""Days of which the share is declared, that a trend needs: a line through fewer tells nothing of how far it errs."""
YEAR = 365.25
LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class LinearTrend:
    """A straight line through shares: what it foretells of a day, between what and what, and its slope in a year."""

    value: float
    low: float
    high: float
    a_year: float


def trend(history: list[ProviderShare], on: dt.date) -> LinearTrend | None:
    """Fit a line through declared shares, with the prediction interval of a new one on a day; None with few days.

    Formula: ŷ ± t(n − 2) · s · √(1 + 1/n + (x − x̄)² ÷ Σ(xᵢ − x̄)²), kept within [0, 1]. Source: Montgomery, Peck &
    Vining (2012), Introduction to Linear Regression Analysis, 2.5.
    """
    if len({each.day for each in history}) < FEWEST:
        return None
    days = np.array([each.day.toordinal() for each in history], dtype=float)
    shares = np.array([each.share for each in history])
    mean, n = days.mean(), len(days)
    spread = float(np.square(days - mean).sum())
    slope = float(((days - mean) * (shares - shares.mean())).sum() / spread)
    rest = shares - shares.mean() - slope * (days - mean)
    ahead = on.toordinal() - float(mean)
    value = float(shares.mean()) + slope * ahead
    error = math.sqrt(float(np.square(rest).sum()) / (n - 2) * (1 + 1 / n + ahead**2 / spread))
    half = student_quantile(0.5 + LEVEL / 2, n - 2) * error
    low, high = (min(max(end, 0.0), 1.0) for end in (value - half, value + half))
    return LinearTrend(value=min(max(value, 0.0), 1.0), low=low, high=high, a_year=slope * YEAR)


def component_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the share of a provider that the declared trend foretells of the day of its target (`calls.components`).

    Undefined: `few_points`, fewer than four days have a declared share.
    """
    held = calls_of(system)
    months = calls_by_month(read, held.part(CALLS))
    if held.components is None or not months:
        return []
    aim, last = held.components, period_of(dt.date.fromisoformat(f"{max(months)}-01"), "month").end
    history = sorted((each for each in aim.history if each.day <= last), key=lambda each: each.day)
    told = {"provider": aim.provider, "target": aim.share, "by": aim.by.isoformat(), "points": len(history)}
    found = trend(history, aim.by)
    if found is None:
        return [Measure(metric=FORECAST, status="undefined", reason="few_points", n=len(history), params=told)]
    return [
        Measure(
            metric=FORECAST,
            value=found.value,
            n=len(history),
            interval=Interval(low=found.low, high=found.high, level=LEVEL, method="prediction"),
            params={**told, "now": history[-1].share, "now_on": history[-1].day.isoformat(), "a_year": found.a_year},
        )
    ]


METRICS: tuple[Metric, ...] = (
    Metric(
        name=FORECAST,
        kind="share",
        formula="the share of a provider among the components of a system on the day of its target, on a straight line"
        " through the declared shares; interval: of a new share",
        range="[0, 1]",
        ideal=1.0,
        undefined="fewer than four days have a declared share",
        source="Montgomery, Peck & Vining (2012), Introduction to Linear Regression Analysis, 2.5",
    ),
)
