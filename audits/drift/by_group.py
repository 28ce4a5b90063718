"""Drift by group: distances and changes of scores and decisions since the window of reference, shown, never judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from boussole.audits.counts.rare import ReferenceCells
from boussole.audits.drift.before import (
    Pairing,
    Positions,
    compared_groups,
    decided_before,
    distances_of,
    pairing,
    refusal,
    whom,
)
from boussole.audits.measure_params import Params
from boussole.audits.measures import Group, Interval, Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.scored import ScoredTable
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.metrics.view import View, known_values
from boussole.audits.standing import WindowStanding
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.estimates import compare_rates
from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.means import GroupChange, Moments, compare_changes, compare_means, rate_moments

By = tuple[str, ...]
Compared = tuple[Interval | None, dict[str, Any]]
Made = tuple[float, Interval | None, Mapping[str, Any]]
"""Value, interval and parameters."""


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """What changed: `name` of the measure, between what it lies, and how it is counted in both windows."""

    name: str
    low: float
    high: float
    change: Callable[[Positions], GroupChange]
    compare: Callable[[GroupChange], Compared]


def group_drift_measures(
    views: Mapping[By, View],
    scored: Mapping[By, ScoredTable],
    before: ReferenceCells,
    earlier: Mapping[By, ScoredTable],
    *,
    system: System,
    standing: WindowStanding,
) -> list[Measure]:
    """Measure changes of mean score and selection rate, distances, and how much more groups moved than references.

    Inputs: the audited window (`views` by attribute, `scored`) and that of reference (`before`, `earlier`: counts by
    score). P-values are Holm-corrected over all groups. Undefined: `reference_not_audited`, `overlaps`,
    `empty_reference`, `rows_purged`, `group_absent`, `reference_absent`, `no_other_group`, `degenerate`, `one_bin`.
    Suppressed: as in the audited window, or `hidden_in_reference`; `reference_suppressed`.
    """
    then = decided_before(before, earlier, system=system, standing=standing)
    found: list[Measure] = []
    for by, view in views.items():
        pairs = pairing(view, then.get(by), before, before.decisions)
        found += _of_quantity(_selected(pairs), pairs) if system.decides else []
        found += distances_of(pairs) if by and system.decides else []
        if by in scored:
            now, old = scored[by], earlier.get(by)
            pairs = pairing(now.view, None if old is None else old.view, before, before.scores)
            found += _of_quantity(_scores(now, old), pairs)
            found += distances_of(pairs, now, old, everybody=earlier.get(())) if by else []
    return adjusted(found)


def _selected(pairs: Pairing) -> Quantity:
    def change(at: Positions) -> GroupChange:
        now, then = (rate_moments(*view.buckets(SELECTION_RATE, where)) for view, where in pairs.sides(at))
        return GroupChange(now=now, then=then)

    def compare(found: GroupChange) -> Compared:
        k = tuple(side.total.astype("int64") for side in found.sides)
        return compare_rates(
            (k[0], k[1]), (found.now.n, found.then.n), scale="difference", clustered=pairs.now.table.clustered
        )

    return Quantity(name="selection_rate", low=-1.0, high=1.0, change=change, compare=compare)


def _scores(now: ScoredTable, old: ScoredTable | None) -> Quantity:
    low, high = now.scores.range

    def change(at: Positions) -> GroupChange:
        sides = zip((now, *filter(None, [old])), zip(*at, strict=True), strict=True)
        first, second = (each.scores_of(list(where)) for each, where in sides)
        return GroupChange(now=first, then=second)

    def compare(found: GroupChange) -> Compared:
        clustered = now.view.table.clustered
        made = compare_means(found.now, found.then, clustered=clustered, low=low - high, high=high - low)
        return made or (None, {})

    return Quantity(name="mean_score", low=low - high, high=high - low, change=change, compare=compare)


def _of_quantity(quantity: Quantity, pairs: Pairing) -> list[Measure]:
    view = pairs.now
    found = [_change(quantity, pairs, view.table.groups[i]) for i in view.known]
    if not view.table.by:
        return found
    return found + [_difference(quantity, pairs, view.table.groups[i]) for i in compared_groups(pairs)]


def _change(quantity: Quantity, pairs: Pairing, group: Group) -> Measure:
    metric = f"{quantity.name}_change"
    if group in pairs.refused:
        return refusal(pairs, metric, group)
    change = quantity.change([pairs.at[group]])
    interval, test = quantity.compare(change)
    params: dict[str, Any] = {"values": [change.now.mean, change.then.mean], "reference_n": change.then.size}
    params |= {"test": test} if interval else {"interval_reason": "degenerate"}
    return _measure(pairs, metric, group, change, (change.value, interval, params))


def _difference(quantity: Quantity, pairs: Pairing, group: Group) -> Measure:
    metric = f"{quantity.name}_change_difference"
    params, others, refused = whom(pairs, group)
    if refused is not None:
        return pairs.now.without_value(metric, *refused, group=group, params=params)
    own, other = quantity.change([pairs.at[group]]), quantity.change(others)
    made = compare_changes(
        own, other, clustered=pairs.now.table.clustered, low=2 * quantity.low, high=2 * quantity.high
    )
    params |= {"changes": [own.value, other.value]}
    if made is None:
        return pairs.now.without_value(metric, "undefined", "degenerate", group=group, params=params)
    both = GroupChange(now=_joined(own.now, other.now), then=_joined(own.then, other.then))
    interval, test = made
    params |= {"test": test, "p": test["p"]}
    return _measure(pairs, metric, group, both, (own.value - other.value, interval, params))


def _joined(one: Moments, two: Moments) -> Moments:
    return replace(one, n=one.n + two.n, total=one.total + two.total, squares=one.squares + two.squares)


def _measure(pairs: Pairing, metric: str, group: Group, change: GroupChange, made: Made) -> Measure:
    value, interval, params = made
    return Measure(
        metric=metric,
        by=pairs.now.table.by,
        group=known_values(group),
        value=value,
        n=change.now.size,
        clusters=pairs.now.clusters(change.now.n),
        interval=interval,
        params=params,
    )


def adjusted(found: Sequence[Measure]) -> list[Measure]:
    """The measures with `p_adjusted` beside `p`: Holm's correction over all groups of the same measure."""
    p: dict[str, list[float]] = {}
    for measure in found:
        if (chance := _chance(measure)) is not None:
            p.setdefault(measure.metric, []).append(chance)
    again = {metric: iter(holm(values)) for metric, values in p.items()}
    return [
        replace(each, params={**each.params, "p_adjusted": next(again[each.metric]), "family": len(p[each.metric])})
        if _chance(each) is not None
        else each
        for each in found
    ]


def _chance(measure: Measure) -> float | None:
    """How likely chance alone makes a group differ so much; None of what is no comparison of groups."""
    return None if measure.value is None or not measure.by else Params.of(measure.params).p


_SINCE = "in the audited window − that in the window of reference"
_TOLD = "an audit of one of the windows hides the group or never told it; a window has nobody of the group"
_WHOM = "of the declared reference group, else of all other known groups"

METRICS = (
    Metric(
        name="selection_rate_change",
        kind="drift",
        formula=f"selection rate {_SINCE}; Mee's score interval, the jackknife's where people repeat",
        range="[-1, 1]",
        ideal=0.0,
        undefined=_TOLD,
        source="Mee (1984), Biometrics 40:1175-1176; Kott (2001), J. Official Statistics 17:521-526",
    ),
    Metric(
        name="selection_rate_change_difference",
        kind="drift",
        formula=f"change of the group's selection rate − change of that {_WHOM} (difference in differences);"
        " `p` two-sided, `p_adjusted` after Holm over all groups",
        range="[-2, 2]",
        ideal=0.0,
        undefined=f"{_TOLD}; nothing varies",
        source="Card & Krueger (1994), American Economic Review 84:772-793; Price & Bonett (2004), Computational"
        " Statistics & Data Analysis 45:449-456; Holm (1979)",
    ),
    Metric(
        name="mean_score_change",
        kind="drift",
        formula=f"mean score {_SINCE}",
        range="within the width of the declared range",
        ideal=0.0,
        undefined=f"{_TOLD}; nobody has a score",
        source="Welch (1947), Biometrika 34:28-35; Kott (2001), J. Official Statistics 17:521-526",
    ),
    Metric(
        name="mean_score_change_difference",
        kind="drift",
        formula=f"change of the group's mean score − change of that {_WHOM} (difference in differences);"
        " `p` two-sided, `p_adjusted` after Holm over all groups",
        range="within twice the width of the declared range",
        ideal=0.0,
        undefined=f"{_TOLD}; nobody has a score; nothing varies",
        source="Card & Krueger (1994), American Economic Review 84:772-793; Kott (2001); Holm (1979)",
    ),
)
