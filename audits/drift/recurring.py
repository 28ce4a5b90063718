"""The correlation of months because the same people come back, which a search for lasting moves must allow for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from boussole.audits.drift.calibration import MONTHS
from boussole.audits.lake.tables import table
from boussole.audits.parts import Floats
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System

DECISIONS, OUTCOMES, SCORES = "decisions", "outcomes", "scores"
FEWEST = 3
"""Pairs of months that a lag needs to be known."""


@dataclass(frozen=True, kw_only=True)
class Recurring:
    """Correlations of a month with those before it, the nearest first, of decisions, outcomes and scores."""

    lags: Mapping[str, tuple[float, ...]]

    def of(self, metric: str) -> tuple[float, ...]:
        """Return the correlations of a metric: of decisions, of scores, or the largest of all for outcomes."""
        if "selection" in metric:
            return self.lags.get(DECISIONS, ())
        if metric.startswith("mean_score"):
            return self.lags.get(SCORES, ())
        known = [each for each in self.lags.values() if each]
        longest = max((len(each) for each in known), default=0)
        padded = [[*each, *[0.0] * (longest - len(each))] for each in known]
        return tuple(max(each) for each in zip(*padded, strict=True))


NOBODY = Recurring(lags={})


def read_recurring(connection: duckdb.DuckDBPyConnection, system: System) -> Recurring:
    """How far months are alike, of the last two years; nothing where people are not the clusters of the log."""
    if system.cluster != "person":
        return NOBODY
    recent = "month >= (SELECT max(month) FROM m) - INTERVAL 23 MONTH"
    decided = f"""WITH m AS (SELECT date_trunc('month', day) AS month, bucket, n, decision, outcome
        FROM {table(system, "daily")} WHERE "by" = '')
        SELECT month, bucket, sum(n) AS n, sum(n) FILTER (decision = 1) AS k,
        sum(n) FILTER (outcome IN (0, 1)) AS known, sum(n) FILTER (outcome = 1) AS positive
        FROM m WHERE {recent} GROUP BY ALL"""
    scored = f"""WITH m AS (SELECT month, bucket, n, total FROM {table(system, "scores")} WHERE "by" = '' AND bin >= 0)
        SELECT month, bucket, sum(n) AS n, sum(total) AS total FROM m WHERE {recent} GROUP BY ALL"""
    rows = connection.execute(decided).fetchall()
    lags = {DECISIONS: lags_of(_by_bucket([(month, bucket, n, k) for month, bucket, n, k, _, _ in rows]))}
    lags[OUTCOMES] = lags_of(_by_bucket([(month, bucket, n, k) for month, bucket, _, _, n, k in rows]))
    if system.log.score:
        lags[SCORES] = lags_of(_by_bucket(connection.execute(scored).fetchall()))
    return Recurring(lags=lags)


def _by_bucket(rows: Sequence[tuple[Any, ...]]) -> tuple[Floats, Floats]:
    """Sums and counts by month, from the first to the last without a gap, and bucket."""
    months = [12 * month.year + month.month for month, *_ in rows]
    first = min(months, default=0)
    sums, counts = (np.zeros((max(months, default=-1) - first + 1, BUCKETS)) for _ in range(2))
    for month, (_, bucket, n, total) in zip(months, rows, strict=True):
        counts[month - first, bucket] += float(n or 0)
        sums[month - first, bucket] += float(total or 0)
    return sums, counts


def lags_of(by_bucket: tuple[Floats, Floats]) -> tuple[float, ...]:
    """Correlate months that lie 1, 2, … apart, over the sums and counts of buckets (months, buckets).

    Formula: Σ x(t) x(t + lag) ÷ Σ √(Σ x(t)² Σ x(t + lag)²), x = what a bucket has above the mean of its month; between
    0 and 1, never more than that of a shorter lag.
    """
    sums, counts = by_bucket
    filled = counts.sum(axis=1) > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        above = sums - counts * (sums.sum(axis=1) / counts.sum(axis=1))[:, np.newaxis]
    sizes = np.sqrt((above**2).sum(axis=1))
    found = list[float]()
    for lag in range(1, min(MONTHS, len(sums))):
        pairs = [(t, t + lag) for t in range(len(sums) - lag) if filled[t] and filled[t + lag]]
        whole = sum(sizes[t] * sizes[later] for t, later in pairs)
        if len(pairs) < FEWEST or not whole > 0:
            break
        alike = float(sum(above[t] @ above[later] for t, later in pairs) / whole)
        found.append(round(min(max(alike, 0.0), found[-1] if found else 1.0), 6))
    return tuple(found)
