"""Counts of what is not tolerated at all, without a test: cases among rows; and promises about uses of a system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from boussole.audits.measures import Interval, Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import METHOD, PART_OF_MONTH, of_months, share_measure, sides_of, untold
from boussole.audits.parts import Ints
from boussole.audits.systems.logs.human_actions import TEAM
from boussole.audits.systems.logs.usage import ALIKE, MONTHS, SMALL, SQUARES, UNDECLARED, UNLABELLED, UNTRAINED, Usage
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.quantiles import student_quantile
from boussole.audits.uncertainty.score import wilson, wilson_bounds
from boussole.audits.uncertainty.share import worth_of_share


def cases_measure(
    name: str,
    sides: Ints,
    months: Sequence[int],
    *,
    limit: int,
    none: str,
    told: Mapping[str, Any],
    clusters: float | None = None,
    repeated: bool = False,
) -> Measure:
    """Measure cases among rows by bucket (`sides`: no case, case); `told` holds the further parameters.

    Suppressed: `small_group`, where one of the `months` has fewer rows than `limit`. Undefined: `none`, the reason
    where there is no row. `clusters`: independent rows at least; `repeated`: somebody counts each month.
    """
    k, n = int(sides[1].sum()), int(sides.sum())
    people = max(months, default=0) if repeated else n
    if not n:
        enough = told.get("all", 0) >= limit
        return Measure(metric=name, status="undefined", reason=none, n=0, params=dict(told) if enough else {})
    if min(months) < limit:
        return Measure(metric=name, status="suppressed", reason="small_group", params={"some": bool(k)})
    return Measure(
        metric=name,
        value=k / n,
        n=n,
        clusters=int(np.count_nonzero(sides.sum(axis=0))),
        interval=wilson(k / n * people, people) if clusters is None else interval_of(sides, clusters),
        params={"cases": k, **told} | ({"people": people} if people < n else {}),
    )


def interval_of(sides: Ints, clusters: float) -> Interval:
    """Wilson (1927), JASA 22:209, at as many independent rows as these are worth."""
    every = sides.sum(axis=0)
    size, df = worth_of_share(sides[1], every, fewest=clusters)
    low, high = wilson_bounds(sides[1].sum() / every.sum() * size, size, z=student_quantile(0.975, df))
    return Interval(low=low, high=high, method=METHOD)


UNDECLARED_SHARE, UNTRAINED_SHARE = "undeclared_use_share", "untrained_users_share"


def use_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure undeclared uses and untrained agents of a window, from the counts of its uses (`counts.read.SHARES`).

    Suppressed: `small_group`, fewer uses than `suppress_below` in a month; `small_teams`, no team of `TEAM` agents.
    Undefined: `no_label`, where no use says what it was for.
    """
    section, parts = system.usage, set(read["part"].to_pylist())
    assert section is not None  # noqa: S101 (its log is declared)
    asked = ((UNDECLARED_SHARE, section.bounded), (UNTRAINED_SHARE, section.trained))
    if PART_OF_MONTH in parts:
        return [untold(name, bad_side="above") for name, told in asked if told]
    found = [_undeclared(read, section, system.privacy.suppress_below)] if section.bounded else []
    if section.trained and SMALL in parts:
        found.append(_untrained(read))
    return found


def _untrained(read: pa.Table) -> Measure:
    """Measure untrained agents as if all agents of a team were alike, and the same in each month."""
    agents, small = sides_of(read, UNTRAINED), int(sides_of(read, SMALL)[1].sum())
    n, months, squares = int(agents.sum()), len(of_months(read, UNTRAINED)), int(sides_of(read, ALIKE).sum())
    return share_measure(
        UNTRAINED_SHARE,
        agents,
        limit=0,
        bad_side="above",
        told={"left_out": small},
        hidden=None if n else "small_teams",
        clusters=n * n / (months * squares) if n else None,
    )


def _undeclared(read: pa.Table, section: Usage, limit: int) -> Measure:
    labelled, every = (sides_of(read, section.part(part)) for part in (UNDECLARED, UNLABELLED))
    told = {"unlabelled": int(every[1].sum()), "all": int(every.sum())}
    squares, months = (int(sides_of(read, part).sum()) for part in (SQUARES, MONTHS))
    alike = told["all"] * int(labelled.sum()) / (months * squares)  # as if all uses of a team were alike
    return cases_measure(
        UNDECLARED_SHARE,
        labelled,
        of_months(read, section.part(UNDECLARED)),
        limit=limit,
        none="no_label",
        told=told,
        clusters=alike,
    )


METRICS = (
    Metric(
        name=UNDECLARED_SHARE,
        kind="share",
        formula="uses whose purpose or task is none of the declared ones, or that are about an excluded offer ÷ uses"
        " that say what they are for",
        range="[0, 1]",
        ideal=0.0,
        undefined="no use says what it is for; too few uses to be told",
        source="GDPR, Art. 5(1)(b); bound of what may still come: rule of three, Hanley & Lippman-Hand (1983), JAMA"
        " 249:1743-1745; interval: Wilson (1927), JASA 22:209-212, at effective sizes: Rao & Scott (1992), Biometrics"
        " 48:577-585",
    ),
    Metric(
        name=UNTRAINED_SHARE,
        kind="share",
        formula="agents who had not been trained by the day of their first use in a month ÷ agents who used it in that"
        f" month, in teams of {TEAM} such agents or more, month by month",
        range="[0, 1]",
        ideal=0.0,
        undefined=f"no team has {TEAM} agents who used it in a month",
        source="AI Act, Art. 4; interval: Wilson (1927), JASA 22:209-212, at effective sizes: Rao & Scott (1992),"
        " Biometrics 48:577-585",
    ),
)
