"""Shares of reviews: what is told beside them, when nothing is, and how many independent lists they are worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from ..buckets import fewest_clusters, filled
from ..chances import quantile
from ..groups import Claims, Groups
from ..rows import Rows
from ..scores import share_end
from ..system import By, System
from .shares import MOST_UNTIMED, Share, counted, worth

LOG = "human_actions"
BY_GROUP, PEOPLE = "override_rate_by_group", "people"
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


def wrongly_told(measures: Sequence[dict], groups: Groups) -> Iterator[str]:
    """Groups told of where somebody of the attribute must be hidden: by the people of a month, or in the decisions;
    and hidden where nobody must be."""
    for measure in (each for each in measures if each["metric"] == BY_GROUP):
        by, told = tuple(measure["by"]), measure["status"] != "suppressed"
        if told and (_few_people(by, groups) or _hidden(by, groups)):
            yield f"{measure['id']} is told, and must be hidden"
        others = (each for each in measures if each["metric"] != BY_GROUP and each["status"] == "suppressed")
        if not told and not _few_people(by, groups) and not any({*each["by"]} & {*by} for each in others):
            yield f"{measure['id']} is hidden, and must be told"


def _few_people(by: By, groups: Groups) -> bool:
    """Whether in a month few people of a group, and some, have a proposal that was changed, or one that was not."""
    rows, name = groups.rows, "*".join(by)
    sides = [months for (_, part, whose, _), months in rows.months.items() if part == PEOPLE and whose[0] == name]
    return not sides or any(0 < n < groups.system.limit for months in sides for n in months.values())


def _hidden(by: By, groups: Groups) -> bool:
    """Whether a group of the attribute, or of one that is part of it, is hidden in the decisions, or set apart."""
    parts = [part for size in range(1, len(by) + 1) for part in permutations(by, size)]
    return any(groups.shown.hidden("decisions", part) or groups.shown.apart(part) for part in parts)


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
