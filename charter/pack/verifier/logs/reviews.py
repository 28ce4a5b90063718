"""Shares of reviews: what is told beside them, when nothing is, and how many independent lists they are worth."""

from __future__ import annotations

from ..buckets import fewest_clusters, filled
from ..chances import quantile
from ..groups import Claims
from ..rows import Rows
from ..scores import share_end
from ..system import System
from .shares import MOST_UNTIMED, Share, counted, worth

LOG = "human_actions"
BY_GROUP = "override_rate_by_group"
WORDS_A_MINUTE = 300


def _apart(rows: Rows) -> Claims:
    """Lists of teams that are too small, and reviews older than what they review."""
    small, early = (sum(counted(rows, LOG, part)[0]) for part in ("small", "early"))
    return {"params.left_out": small, "params.older": early}


def _reading(rows: Rows) -> Claims:
    untimed = sum(counted(rows, LOG, "untimed")[0])
    return {**_apart(rows), "params.words_a_minute": WORDS_A_MINUTE, "params.untimed": untimed}


def _small(_: System, rows: Rows) -> tuple[str, str] | None:
    return None if sum(counted(rows, LOG, "changed")[1]) else ("suppressed", "small_teams")


def _unread(system: System, rows: Rows) -> tuple[str, str] | None:
    if (small := _small(system, rows)) is not None:
        return small
    untimed, every = (sum(side) for side in counted(rows, LOG, "untimed"))
    told = sum(counted(rows, LOG, "hasty")[1])
    return ("undefined", "no_reading_time") if not told or untimed > MOST_UNTIMED * every else None


def _alike(rows: Rows) -> float:
    """As if all lists of an agent were alike, in all months together."""
    lists, squares, months = (sum(counted(rows, LOG, part)[1]) for part in ("changed", "squares", "months"))
    return lists**2 / (months * squares)


def _alike_of_timed(rows: Rows) -> float:
    lists, timed = (sum(counted(rows, LOG, part)[1]) for part in ("changed", "hasty"))
    return _alike(rows) * timed / lists


def of_group(measure: dict, rows: Rows) -> Claims:
    """How often proposals about the people of a group are changed."""
    values = [measure["group"][name] for name in measure["by"]]
    whose = ("*".join(measure["by"]), *values, *[None] * (3 - len(values)))
    found = counted(rows, LOG, "changed", whose)
    (cases, every), few = found, fewest_clusters(found[1])
    k, n = sum(cases), sum(every)
    size, df = worth(found, few, clusters=True)
    z = quantile(0.975, {"df": df})
    ends = {"interval.low": share_end(k / n, size, z), "interval.high": share_end(k / n, size, -z)}
    return {"metric": BY_GROUP, "value": k / n, "n": n, "clusters": len(filled(every)), **ends}


SHARES = {
    "override_rate": Share(LOG, "changed", "below", _apart, _small, _alike, few_hidden=False),
    "hasty_review_share": Share(LOG, "hasty", "above", _reading, _unread, _alike_of_timed, few_hidden=False),
}
