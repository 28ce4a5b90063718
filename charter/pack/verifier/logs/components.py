"""Where the declared share of a provider leads, computed again: least squares, and the interval of a new share."""

from __future__ import annotations

import math
from datetime import date

from ..chances import quantile
from ..groups import Claims
from ..system import System
from .calls import held

METRIC = "provider_share_forecast"


def claims(system: System, last: str) -> Claims:
    """What the forecast must say. `last`: the last month of the window."""
    aim = held(system)["components"]
    history = sorted((date.fromisoformat(each["day"]), each["share"]) for each in aim["history"])
    history = [each for each in history if each[0].isoformat()[:7] <= last]
    days, shares = [float(day.toordinal()) for day, _ in history], [share for _, share in history]
    n = len(days)
    mean, level = math.fsum(days) / n, math.fsum(shares) / n
    spread = math.fsum((day - mean) ** 2 for day in days)
    slope = math.fsum((day - mean) * (share - level) for day, share in zip(days, shares)) / spread
    rest = math.fsum((share - level - slope * (day - mean)) ** 2 for day, share in zip(days, shares))
    ahead = date.fromisoformat(aim["by"]).toordinal() - mean
    value = level + slope * ahead
    half = quantile(0.975, {"df": n - 2.0}) * math.sqrt(rest / (n - 2) * (1 + 1 / n + ahead**2 / spread))
    ends = [min(max(end, 0.0), 1.0) for end in (value - half, value + half)]
    return {
        "value": min(max(value, 0.0), 1.0),
        "n": n,
        "interval.low": ends[0],
        "interval.high": ends[1],
        "params.now": shares[-1],
        "params.a_year": slope * 365.25,
        "params.target": aim["share"],
        "params.by": aim["by"],
    }
