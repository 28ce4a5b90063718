"""Measures over all groups of an attribute: maxima, minima, and what unknown values could hide."""

from __future__ import annotations

import numpy as np

from audits.measures import NOT_SELECTED, SELECTED, Counts, Measure
from audits.metrics.definition import Composite, Rate
from audits.metrics.groups import rates_of, safe_ratio
from audits.metrics.selection import SELECTION_RATE
from audits.metrics.view import View
from audits.uncertainty.bootstrap import Floats
from audits.uncertainty.estimates import composite_interval

UNKNOWN = ("unknown_share", "unknown_selection_rate", "impact_ratio_worst_case")
"""The measures of people whose value is unknown."""


def composite_measure(view: View, composite: Composite) -> Measure:
    """A gap or ratio between the highest and the lowest group, over the groups shown."""
    blocked = next((reason for rate in composite.rates if (reason := view.blocked(rate))), None)
    value, reason = (None, blocked) if blocked else _composite_value(view, composite)
    if value is None:
        return view.without_value(
            composite.metric, "undefined", reason or "zero_denominator", params=view.until(blocked)
        )
    used = sorted({i for rate in composite.rates for i in view.shown(rate)})
    counts = view.table.counts[used]
    interval, why = composite_interval(
        counts,
        lambda drawn: _statistic(drawn, composite),
        np.concatenate([_entering(view, rate) for rate in composite.rates]),
        clustered=view.table.clustered,
        low=0.0,
        high=1.0,
    )
    params = {"groups_compared": len(used), "interval_reason": why}
    missing = {key: count for rate in composite.rates for key, count in view.missing(rate, used).items()}
    denominators = sum(view.buckets(rate, view.shown(rate))[1] for rate in composite.rates)
    return Measure(
        metric=composite.metric,
        by=view.table.by,
        value=value,
        n=int(np.sum(denominators)),
        clusters=view.clusters(np.asarray(denominators)),
        interval=interval,
        params={key: item for key, item in (params | missing).items() if item is not None},
    )


def _composite_value(view: View, composite: Composite) -> tuple[float | None, str | None]:
    if any(len(view.shown(rate)) < 2 for rate in composite.rates):
        empty = any(len(view.known) - len(view.hidden(rate)) >= 2 for rate in composite.rates)
        return None, "zero_denominator" if empty else "no_other_group"
    frames = [view.frame(rate) for rate in composite.rates]
    if composite.aggregate == "ratio":
        return frames[0].ratio, "zero_denominator"
    return max(f.difference for f in frames if f.difference is not None), None


def _statistic(counts: Counts, composite: Composite) -> Floats:
    """The same value from counts (…, groups, 2, 3), for redraws; a group without denominator is left out."""
    rates = [rates_of(counts, rate) for rate in composite.rates]
    if composite.aggregate == "ratio":
        return safe_ratio(np.nanmin(rates[0], axis=-1), np.nanmax(rates[0], axis=-1))
    gaps = [np.nanmax(r, axis=-1) - np.nanmin(r, axis=-1) for r in rates]
    return np.asarray(np.max(gaps, axis=0), dtype=np.float64)


def _entering(view: View, rate: Rate) -> Counts:
    k, n = rate.counted(view.table.counts[view.shown(rate)].sum(axis=1))
    return np.concatenate([k, n - k])


def unknown_measures(view: View) -> list[Measure]:
    """Share and selection rate of the people whose value is unknown, and the worst that could hide in them."""
    hidden = view.hidden(SELECTION_RATE)
    why = next((hidden[i] for i in view.unknown if i in hidden), None)
    if why is not None:
        return [view.without_value(name, "suppressed", why) for name in UNKNOWN]
    return [_unknown_share(view), _unknown_rate(view), _worst_case(view)]


def _unknown_share(view: View) -> Measure:
    counts = view.table.counts
    shares = {
        name: float(counts[view.unknown, :, decision].sum() / total)
        for name, decision in (("among_selected", SELECTED), ("among_not_selected", NOT_SELECTED))
        if (total := counts[:, :, decision].sum())
    }
    k, n = (part.sum(axis=(0, 2, 3)) for part in (counts[view.unknown], counts))
    return view.share("unknown_share", (k, n), params=shares)


def _unknown_rate(view: View) -> Measure:
    return view.share("unknown_selection_rate", view.buckets(SELECTION_RATE, view.unknown))


def _worst_case(view: View) -> Measure:
    """Bounds without assumptions on whom the unknown people belong to."""
    shown, favourable = view.shown(SELECTION_RATE), view.system.log.favourable
    if len(shown) < 2:
        return view.without_value("impact_ratio_worst_case", "undefined", "no_other_group")
    k, n = SELECTION_RATE.counted(view.table.counts[shown].sum(axis=1))
    unknown_k, unknown_n = (int(part.sum()) for part in view.buckets(SELECTION_RATE, view.unknown))
    lowest = k / (n + unknown_n - unknown_k)
    highest = (k + unknown_k) / (n + unknown_k)
    pairs = [(i, j) for i in range(len(shown)) for j in range(len(shown)) if i != j]
    ratios = [(lowest[i], highest[j]) if favourable else (highest[i], lowest[j]) for i, j in pairs]
    if any(below == 0 for _, below in ratios):
        return view.without_value("impact_ratio_worst_case", "undefined", "zero_denominator")
    values = [float(above / below) for above, below in ratios]
    value = min(values) if favourable else max(values)
    return Measure(
        metric="impact_ratio_worst_case",
        by=view.table.by,
        value=value,
        n=int(n.sum()) + unknown_n,
        params={"groups_compared": len(shown), "unknown": unknown_n},
    )
