"""Shares of messages and people computed again: from the rows that count messages, by bucket of the person.

Sources: Wilson (1927), JASA 22:209; Rao & Scott (1992), Biometrics 48:577; Kott (2001), J. Official Statistics 17:521.
"""

from __future__ import annotations

import math

from ..buckets import Counted, fewest_clusters, filled
from ..chances import quantile
from ..groups import Claims
from ..rows import BUCKETS, Rows
from ..scores import share_end, wilson
from ..system import System

ASKED = {"outside_hours_share": "hours", "written_too_often_share": "often"}
FEWEST = 40
"""Of fewer cases, or fewer others, rows of one person are taken to be alike."""
MOST, DAYS = 4, 30
AFTER_STOP, STOPPED, GRACE_HOURS = "written_after_stop_share", "stopped", 24
MOST_UNTIMED, FEW_OF = 0.01, 100
"""More messages without a time of day tell nothing; few cases are told of so many times as many messages alone."""


def claims(measure: dict, system: System, rows: Rows) -> Claims | None:
    """What a share must say; None where it is none of these."""
    if measure["metric"] == AFTER_STOP:
        return _after_stop(rows)
    part = ASKED.get(measure["metric"])
    if part is None:
        return None
    cases, every = counted(rows, part)
    k, n = sum(cases), sum(every)
    few = 0 < k < system.limit
    size, df = (fewest_clusters(every), max(len(filled(every)) - 1.0, 1.0)) if few else worth((cases, every))
    value = max(k, system.limit) / n if k else 0.0
    z = quantile(0.975, {"df": df})
    told: Claims = {"params.at_most": True if few else None}
    told |= {"params.most": MOST, "params.days": DAYS} if part == "often" else _apart(rows)
    test = {"kind": "score_share", "estimate": value, "size": size, "df": df, "method": "wilson_clusters"}
    return {
        "value": value,
        "n": n,
        "clusters": len(filled(every)),
        "interval.low": 0.0 if few else share_end(value, size, z),
        "interval.high": share_end(value, size, -z),
        "params.test": {**test, "at_most": True} if few else test,
        "params.bad_side": "above",
        "params.scale": "share",
        **told,
    }


def _after_stop(rows: Rows) -> Claims:
    """People who had said STOP, and those of them who were written to all the same: each counts once a month."""
    cases, every = counted(rows, STOPPED)
    k, n = sum(cases), sum(every)
    found = wilson(k, n)
    return {
        "value": k / n,
        "n": n,
        "clusters": len(filled(every)),
        "interval.low": found.low,
        "interval.high": found.high,
        "params.cases": k,
        "params.hours": GRACE_HOURS,
    }


def asked(rows: Rows) -> list[str]:
    """The measures that an audit of such rows tells, or hides; one of an earlier version did not ask for a STOP."""
    return [*ASKED, AFTER_STOP] if any(part == STOPPED for part, _, _ in rows.messages) else [*ASKED]


def some(system: System, rows: Rows) -> bool | None:
    """What is said of cases after a STOP where nothing else is: whether there is one."""
    cases, every = counted(rows, STOPPED)
    return bool(sum(cases)) if 0 < sum(every) < system.limit else None


def status(name: str, system: System, rows: Rows) -> tuple[str, str | None]:
    """Whether a share is told, or why it is not: hiding one would hide what it was meant to show."""
    if name == AFTER_STOP:
        n = sum(counted(rows, STOPPED)[1])
        return (
            ("undefined", "no_stop") if not n else ("suppressed", "small_group") if n < system.limit else ("ok", None)
        )
    (cases, every), people = counted(rows, ASKED[name]), sum(counted(rows, "often")[1])
    k, n, untimed = sum(cases), sum(every), [sum(side) for side in counted(rows, "timed")]
    if people < system.limit:
        return "suppressed", "small_group"
    if ASKED[name] == "hours" and (not n or untimed[0] > MOST_UNTIMED * untimed[1]):
        return "undefined", "no_times"
    return ("suppressed", "small_numerator") if 0 < k < system.limit and n < FEW_OF * system.limit else ("ok", None)


def _apart(rows: Rows) -> Claims:
    """Messages that could not be placed, or had no time of day."""
    return {
        "params.in_zone_of_system": sum(counted(rows, "placed")[0]),
        "params.without_time": sum(counted(rows, "timed")[0]),
    }


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
