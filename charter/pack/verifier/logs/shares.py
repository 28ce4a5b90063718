"""Shares of what logs hold computed again: from the rows that count a log by itself, by bucket of its cluster.

Sources: Wilson (1927), JASA 22:209; Rao & Scott (1992), Biometrics 48:577; Kott (2001), J. Official Statistics 17:521.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from ..buckets import Counted, fewest_clusters, filled
from ..chances import quantile
from ..groups import Claims
from ..rows import BUCKETS, EVERYBODY, Group, Rows
from ..scores import share_end
from ..system import System

FEWEST = 40
"""Of fewer cases, or fewer others, rows of one cluster are taken to be alike."""
MOST_UNTIMED = 0.01
"""More rows without a time tell nothing that rests on times."""
PART_OF_MONTH = "part_of_month"
FEW_OF = 100
"""Few cases are told of so many times as many rows alone."""


class Share(NamedTuple):
    """A share of what a log holds: which part of it, on which side it is bad, what must be told beside it, and why
    nothing is told, where that is so: a status and a reason."""

    log: str
    part: str | Callable[[Rows], str]
    """Its name, or what names it from the rows, where it says what it is held to."""
    bad_side: str
    told: Callable[[Rows], Claims]
    untold: Callable[[System, Rows], tuple[str, str] | None]
    clusters: Callable[[Rows], float] | None = None
    """How many independent rows these are worth at least, where that is known better than by their buckets."""
    few_hidden: bool = True
    """Whether so few cases that they could be those of somebody are not told."""

    def named(self, rows: Rows) -> str:
        """The name of its part."""
        return self.part if isinstance(self.part, str) else self.part(rows)


def claims(name: str, share: Share, system: System, rows: Rows) -> Claims:
    """What a share that is told must say."""
    cases, every = counted(rows, share.log, share.named(rows))
    k, n = sum(cases), sum(every)
    most = most_of_few(share, system, rows)
    few = most is not None
    fewest = fewest_clusters(every) if share.clusters is None else share.clusters(rows)
    size, df = (
        (fewest, max(len(filled(every)) - 1.0, 1.0))
        if few
        else worth((cases, every), fewest, clusters=share.clusters is None)
    )
    value = (k if most is None else most) / n
    z = quantile(0.975, {"df": df})
    test = {"kind": "score_share", "estimate": value, "size": size, "df": df, "method": "wilson_clusters"}
    return {
        "metric": name,
        "value": value,
        "n": n,
        "clusters": len(filled(every)),
        "interval.low": 0.0 if few else share_end(value, size, z),
        "interval.high": share_end(value, size, -z),
        "params.test": {**test, "at_most": True} if few else test,
        "params.bad_side": share.bad_side,
        "params.scale": "share",
        "params.at_most": True if few else None,
        **share.told(rows),
    }


def status(share: Share, system: System, rows: Rows) -> tuple[str, str | None]:
    """Whether a share is told, or why it is not: hiding one would hide what it was meant to show."""
    if part_of_month(share.log, rows):
        return "undefined", PART_OF_MONTH
    if (why := share.untold(system, rows)) is not None:
        return why
    most, n = most_of_few(share, system, rows), sum(counted(rows, share.log, share.named(rows))[1])
    return ("suppressed", "small_numerator") if most is not None and n < FEW_OF * most else ("ok", None)


def most_of_few(share: Share, system: System, rows: Rows) -> int | None:
    """As how many cases so few are told: the limit for each month that has some; None where a month has enough."""
    cases = of_months(rows, share.log, share.named(rows), cases=True)
    few = share.few_hidden and 0 < max(cases, default=0) < system.limit
    return system.limit * len(cases) if few else None


def of_months(rows: Rows, log: str, part: str, *, cases: bool = False) -> list[int]:
    """How many rows of a part, or cases, each month has, of everybody; without months that have none."""
    found: dict[str, int] = {}
    for case in (True,) if cases else (True, False):
        for month, n in rows.months.get((log, part, EVERYBODY, case), {}).items():
            found[month] = found.get(month, 0) + n
    return [n for n in found.values() if n]


def part_of_month(log: str, rows: Rows) -> bool:
    """Whether nothing is told of a log, as the window is not of whole months."""
    return any(part == PART_OF_MONTH for part, _, _, _ in rows.logs.get(log, {}))


def counted(rows: Rows, log: str, part: str, of: Group = EVERYBODY) -> Counted:
    """Cases and all, of everybody or a group, by bucket."""
    cases, every = [0] * BUCKETS, [0] * BUCKETS
    for (name, whose, bucket, case), n in rows.logs.get(log, {}).items():
        if name == part and whose == of:
            every[bucket] += n
            cases[bucket] += n if case else 0
    return cases, every


def worth(found: Counted, fewest: float, *, clusters: bool) -> tuple[float, float]:
    """How many independent rows these are worth, and degrees of freedom; of few cases, the `fewest`,
    which `clusters` in buckets leave, or are known."""
    cases, every = found
    k, n, used = sum(cases), sum(every), filled(every)
    m = len(used)
    if min(k, n - k) < FEWEST or m < 2:
        return fewest, max((m if clusters else fewest) - 1.0, 1.0)
    p = k / n
    parts = [(k - cases[b]) / (n - every[b]) for b in used]
    variance = (m - 1) / m * math.fsum((part - p) ** 2 for part in parts)
    return (min(float(n), p * (1 - p) / variance) if variance > 0 else float(n)), m - 1.0
