"""Measures of each group: its rates, what is made of several counts of it, and its impact ratio."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from boussole.audits.measures import Counts, Interval, Measure, group_label
from boussole.audits.metrics.definition import MeanOfRates, Odds, Rate
from boussole.audits.metrics.inequality import Entropy, benefits, generalized_entropy
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.metrics.view import View, known_values
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.bootstrap import Floats
from boussole.audits.uncertainty.estimates import Reason, composite_interval, rate_interval

Derived = MeanOfRates | Odds | Entropy
Made = tuple[float, Interval | None, Reason | None]
"""Value, interval, and why there is no interval."""


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


def derived_measures(view: View, derived: Derived) -> list[Measure]:
    """A measure of every known group (or of everybody) that is no share: balanced accuracy, odds, inequality."""
    return [_derived_measure(view, derived, position) for position in view.known]


def _derived_measure(view: View, derived: Derived, position: int) -> Measure:
    group, first = view.table.groups[position], derived.rates[0]
    if blocked := view.blocked(first):
        return view.without_value(derived.metric, "undefined", blocked, group=group, params=view.until(blocked))
    if (why := view.hidden(first).get(position)) is not None:
        return view.without_value(derived.metric, "suppressed", why, group=group)
    if any(view.undecided(rate) for rate in derived.rates):
        return view.without_value(derived.metric, "undefined", "no_decision", group=group)
    counts = view.table.counts[position]
    people = np.sum([part for rate in derived.rates for part in rate.parts(counts)], axis=0)
    params = view.missing(first, [position]) | ({"alpha": derived.alpha} if isinstance(derived, Entropy) else {})
    made = None
    if all(rate.counted(counts)[1].sum() for rate in derived.rates):
        made = _made(view, derived, counts)
    if made is None:
        return view.without_value(
            derived.metric, "undefined", "zero_denominator", group=group, n=int(people.sum()), params=params
        )
    value, interval, reason = made
    return Measure(
        metric=derived.metric,
        by=view.table.by,
        group=known_values(group),
        value=value,
        n=int(people.sum()),
        clusters=view.clusters(people),
        interval=interval,
        params=params | ({"interval_reason": reason} if reason else {}),
    )


def _made(view: View, derived: Derived, counts: Counts) -> Made | None:
    if isinstance(derived, Entropy):
        return _entropy(view, derived, counts)
    clustered = view.table.clustered
    return (_mean if isinstance(derived, MeanOfRates) else _odds)(derived.rates, counts, clustered=clustered)


def _mean(rates: tuple[Rate, ...], counts: Counts, *, clustered: bool) -> Made:
    """Half the sum of two rates. Interval: both score intervals combined (MOVER), with clusters the jackknife.

    Source: Zou & Donner (2008), Statistics in Medicine 27:1693-1702.
    """
    counted = [rate.counted(counts) for rate in rates]
    values = [float(k.sum() / n.sum()) for k, n in counted]
    value = sum(values) / 2
    if not clustered:
        ends = [rate_interval(k, n, clustered=False) for k, n in counted]
        low, high = (
            math.hypot(*(getattr(end, side) - v for end, v in zip(ends, values, strict=True))) / 2
            for side in ("low", "high")
        )
        return value, Interval(low=value - low, high=value + high, method="mover_wilson"), None
    if any(jk.rate(k, n) is None for k, n in counted):
        return value, None, "degenerate"
    filled = np.sum([n for _, n in counted], axis=0) > 0
    left = np.mean([((k.sum() - k) / (n.sum() - n))[filled] for k, n in counted], axis=0)
    found = jk.jackknife(value, left, transform="logit")
    return (value, None, "degenerate") if found is None else (value, found.interval(low=0.0, high=1.0), None)


def _odds(rates: tuple[Rate, ...], counts: Counts, *, clustered: bool) -> Made:
    """Odds p ÷ (1 − p), with the interval of the share p brought to the same scale."""
    k, rest = rates[0].parts(counts)
    interval = rate_interval(k, k + rest, clustered=clustered)
    value = float(k.sum() / rest.sum())
    if interval.high >= 1:
        return value, None, "degenerate"
    low, high = (end / (1 - end) for end in (interval.low, interval.high))
    return value, Interval(low=low, high=high, level=interval.level, method=f"{interval.method}_odds"), None


def _entropy(view: View, index: Entropy, counts: Counts) -> Made | None:
    """An inequality index of benefits; None where every benefit is 0."""
    favourable = view.system.log.favourable

    def statistic(drawn: Counts) -> Floats:
        return generalized_entropy(benefits(drawn, favourable=favourable).sum(axis=-2), alpha=index.alpha)

    own = counts[np.newaxis]
    people = benefits(own.sum(axis=1), favourable=favourable)
    value = float(generalized_entropy(people[0], alpha=index.alpha))
    if not math.isfinite(value):
        return None
    made = composite_interval(
        own, statistic, people.ravel(), clustered=view.table.clustered, low=0.0, high=float("inf")
    )
    return value, *made


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
    """Element-wise division, NaN where the denominator is zero.

    >>> safe_ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    found: Floats = np.full(np.shape(below), np.nan)
    np.divide(above, below, out=found, where=np.asarray(below) != 0)
    return found
