"""Measures of each group: its rates and its impact ratio."""

from __future__ import annotations

from typing import Any

import numpy as np

from boussole.audits.measures import Counts, Measure, group_label
from boussole.audits.metrics.definition import Rate
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.metrics.view import View, known_values
from boussole.audits.uncertainty.estimates import Floats, composite_interval


def rate_measures(view: View, rate: Rate) -> list[Measure]:
    """The rate of every known group (or of everybody), with its interval."""
    return [_rate_measure(view, rate, position) for position in view.known]


def _rate_measure(view: View, rate: Rate, position: int) -> Measure:
    group, blocked, hidden = view.table.groups[position], view.blocked(rate), view.hidden(rate)
    if blocked:
        told = view.bounds(rate, [position]) if blocked == "selective_labels" and position not in hidden else {}
        return view.without_value(rate.metric, "undefined", blocked, group=group, params=view.until(blocked) | told)
    if position in hidden:
        return view.without_value(rate.metric, "suppressed", hidden[position], group=group)
    if view.undecided(rate):
        size = int(view.sizes(rate)[position])
        return view.without_value(rate.metric, "undefined", "no_decision", group=group, n=size)
    return view.share(
        rate.metric,
        view.buckets(rate, [position]),
        value=view.frame(rate).values.get(position),
        group=group,
        params=view.missing(rate, [position]) | view.bounds(rate, [position]),
    )


def impact_ratios(view: View) -> list[Measure]:
    """Each group's selection rate over the highest (the lowest where being selected is a harm)."""
    return [_impact_ratio(view, position) for position in view.known]


def _impact_ratio(view: View, position: int) -> Measure:
    group, hidden = view.table.groups[position], view.hidden(SELECTION_RATE)
    values, favourable = view.frame(SELECTION_RATE).values, view.system.log.favourable
    if position in hidden:
        return view.without_value("impact_ratio", "suppressed", hidden[position], group=group)
    size = int(view.sizes(SELECTION_RATE)[position])
    if view.undecided(SELECTION_RATE):
        return view.without_value("impact_ratio", "undefined", "no_decision", group=group, n=size)
    best = (max if favourable else min)(values, key=lambda i: values[i], default=None)
    if best is None or position not in values or len(values) < 2 or not values[best]:
        reason = "no_other_group" if position in values and len(values) < 2 else "zero_denominator"
        return view.without_value("impact_ratio", "undefined", reason, group=group, n=size)
    shown = view.shown(SELECTION_RATE)
    counts = view.table.counts[shown]
    k, n = SELECTION_RATE.counted(counts.sum(axis=1))
    own = shown.index(position)

    def statistic(drawn: Counts) -> Floats:
        rates = rates_of(drawn, SELECTION_RATE)
        best_rate = rates.max(axis=-1) if favourable else rates.min(axis=-1)
        return np.asarray(safe_ratio(rates[..., own], best_rate), dtype=np.float64)

    low, high = (0.0, 1.0) if favourable else (1.0, float("inf"))
    interval, why = composite_interval(
        counts, statistic, np.concatenate([k, n - k]), clustered=view.table.clustered, low=low, high=high
    )
    params: dict[str, Any] = {"to": group_label(view.table.by, view.table.groups[best]), "groups_compared": len(shown)}
    params |= view.left_out(SELECTION_RATE)
    return Measure(
        metric="impact_ratio",
        by=view.table.by,
        group=known_values(group),
        value=values[position] / values[best],
        n=size,
        clusters=view.clusters(view.buckets(SELECTION_RATE, [position])[1]),
        interval=interval,
        params=params | ({"interval_reason": why} if why else {}),
    )


def rates_of(counts: Counts, rate: Rate) -> Floats:
    """The rate along the groups of counts shaped (…, groups, 2, 3); NaN where nobody counts."""
    k, n = rate.counted(counts)
    return safe_ratio(k.astype(np.float64), n.astype(np.float64))


def safe_ratio(above: Floats, below: Floats) -> Floats:
    """Divide element-wise, with NaN where the denominator is zero."""
    found: Floats = np.full(np.shape(below), np.nan)
    np.divide(above, below, out=found, where=np.asarray(below) != 0)
    return found
