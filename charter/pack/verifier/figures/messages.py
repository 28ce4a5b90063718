"""Shares of messages and people computed again: from the rows that count messages, by bucket of the person.

Sources: Wilson (1927), JASA 22:209; Rao & Scott (1992), Biometrics 48:577; Kott (2001), J. Official Statistics 17:521.
"""

from __future__ import annotations

import math

from ..buckets import Counted, fewest_clusters, filled
from ..chances import quantile
from ..groups import Claims
from ..rows import BUCKETS, Rows
from ..scores import share_end
from ..system import System

ASKED = {"outside_hours_share": "hours", "written_too_often_share": "often"}
FEWEST = 40
"""Of fewer cases, or fewer others, rows of one person are taken to be alike."""


def claims(measure: dict, system: System, rows: Rows) -> Claims | None:
    """What a share must say; None where it is none of these."""
    part = ASKED.get(measure["metric"])
    if part is None:
        return None
    cases, every = counted(rows, part)
    k, n = sum(cases), sum(every)
    few = 0 < k < system.limit
    size, df = (fewest_clusters(every), max(len(filled(every)) - 1.0, 1.0)) if few else worth((cases, every))
    value = max(k, system.limit) / n if k else 0.0
    z = quantile(0.975, {"df": df})
    found: Claims = {
        "value": value,
        "n": n,
        "interval.low": share_end(value, size, z),
        "interval.high": share_end(value, size, -z),
        "params.test.estimate": value,
        "params.test.size": size,
        "params.test.df": df,
        "params.bad_side": "above",
        "params.scale": "share",
    }
    return {**found, "params.at_most": True} if few else found


def counted(rows: Rows, part: str) -> Counted:
    """Cases and all, by bucket."""
    cases, every = [0] * BUCKETS, [0] * BUCKETS
    for (name, bucket, case), n in rows.messages.items():
        if name == part:
            every[bucket] += n
            cases[bucket] += n if case else 0
    return cases, every


def worth(found: Counted) -> tuple[float, float]:
    """How many independent rows these are worth, and degrees of freedom."""
    cases, every = found
    k, n, used = sum(cases), sum(every), filled(every)
    m = len(used)
    if min(k, n - k) < FEWEST or m < 2:
        return fewest_clusters(every), max(m - 1.0, 1.0)
    p = k / n
    parts = [(k - cases[b]) / (n - every[b]) for b in used]
    variance = (m - 1) / m * math.fsum((part - p) ** 2 for part in parts)
    return (min(float(n), p * (1 - p) / variance) if variance > 0 else float(n)), m - 1.0
