"""Measures over all groups of an attribute: maxima, minima, and the people of unknown group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.stats

from boussole.audits.measures import NOT_SELECTED, SELECTED, Counts, Measure
from boussole.audits.metrics.definition import Composite, Rate
from boussole.audits.metrics.inequality import DifferentialFairness, differential_fairness
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.metrics.view import View


@dataclass(frozen=True, kw_only=True)
class ChiSquare:
    """The statistic, its degrees of freedom and p, and the smallest expected count (Cochran's rule: 5 or more)."""

    statistic: float
    df: int
    p: float
    least_expected: float


def chi_square(k: Sequence[int], n: Sequence[int]) -> ChiSquare | None:
    """Pearson's test that all groups have one rate, without continuity correction; independent rows only.

    Inputs: cases and sizes of each group; empty groups are left out. None with fewer than two groups, or with nobody or
    everybody a case. Source: Pearson (1900), Philosophical Magazine 50:157-175; Cochran (1954), Biometrics 10:417-451.
    """
    table = np.array([(cases, size - cases) for cases, size in zip(k, n, strict=True) if size], dtype=np.int64)
    if len(table) < 2 or not table.sum(axis=0).all():
        return None
    found = scipy.stats.chi2_contingency(table, correction=False)
    return ChiSquare(
        statistic=float(found.statistic),
        df=int(found.dof),
        p=float(found.pvalue),
        least_expected=float(found.expected_freq.min()),
    )


def fisher_exact(k: tuple[int, int], n: tuple[int, int]) -> float:
    """Return the two-sided p that two groups have one rate, exact given the margins; independent rows only.

    1 where a group is empty, or nobody or everybody a case. Source: Fisher (1922), J. Royal Stat. Society 85:87-94.
    """
    table = np.array([(cases, size - cases) for cases, size in zip(k, n, strict=True)], dtype=np.int64)
    return float(scipy.stats.fisher_exact(table).pvalue)


LEAST_EXPECTED = 5
"""Fewer expected cases (Cochran's rule), and chi-square is not to be relied on."""
MOST_EXACT = 1_000_000
"""Fisher's test of more decisions would take minutes."""
Across = Composite | DifferentialFairness
UNKNOWN = ("unknown_share", "unknown_selection_rate")
"""The measures of people whose value is unknown."""


def composite_measure(view: View, composite: Across) -> Measure:
    """A gap, ratio or inequality over the groups shown."""
    reason = blocked = next((reason for rate in composite.rates if (reason := view.blocked(rate))), None)
    if reason is None and any(view.undecided(rate) for rate in composite.rates):
        reason = "no_decision"
    reason = reason or _too_few(view, composite)
    if reason is None:
        found = _extreme(view, composite) if isinstance(composite, Composite) else _smoothed(view, composite)
        if found is not None:
            return found
    return view.without_value(composite.metric, "undefined", reason or "zero_denominator", params=view.until(blocked))


def _too_few(view: View, composite: Across) -> str | None:
    """Why there are no two groups to compare, or None."""
    if all(len(view.shown(rate)) >= 2 for rate in composite.rates):
        return None
    empty = any(len(view.known) - len(view.hidden(rate)) >= 2 for rate in composite.rates)
    return "zero_denominator" if empty else "no_other_group"


def _extreme(view: View, composite: Composite) -> Measure | None:
    """Compare the highest group with the lowest, without an interval, as chance alone sets the widest gap apart."""
    value = _extreme_value(view, composite)
    if value is None:
        return None
    used = sorted({i for rate in composite.rates for i in view.shown(rate)})
    entering = [_parts(view, rate) for rate in composite.rates]
    people = np.sum([part.sum(axis=0) for parts in entering for part in parts], axis=0)
    params = {"groups_compared": len(used), "interval_reason": "widest_gap", **_same_rate(view, composite)}
    params |= view.left_out(*composite.rates)
    missing = {key: count for rate in composite.rates for key, count in view.missing(rate, used).items()}
    return Measure(
        metric=composite.metric,
        by=view.table.by,
        value=value,
        n=int(people.sum()),
        clusters=view.clusters(people),
        params={key: item for key, item in (params | missing).items() if item is not None},
    )


def _same_rate(view: View, composite: Composite) -> dict[str, Any]:
    """Test whether all groups have one rate (independent rows): chi-square, or Fisher's exact test of two groups."""
    if view.table.clustered or composite.aggregate == "ratio" or len(composite.rates) > 1:
        return {}
    (rate,) = composite.rates
    k, n = (part.tolist() for part in rate.counted(view.table.counts[view.shown(rate)].sum(axis=1)))
    found = chi_square(k, n) if rate.share else None
    if found is None or (found.least_expected < LEAST_EXPECTED and (len(n) > 2 or sum(n) > MOST_EXACT)):
        return {}
    if found.least_expected < LEAST_EXPECTED:
        return {"same_rate_p": fisher_exact((k[0], k[1]), (n[0], n[1])), "same_rate_test": "fisher_exact"}
    return {"same_rate_p": found.p, "same_rate_test": "chi_square"}


def _extreme_value(view: View, composite: Composite) -> float | None:
    frames = [view.frame(rate) for rate in composite.rates]
    if composite.aggregate == "ratio":
        ratios = [frame.ratio for frame in frames if frame.ratio is not None]
        return min(ratios) if len(ratios) == len(frames) else None
    return max(frame.difference for frame in frames if frame.difference is not None)


def _smoothed(view: View, composite: DifferentialFairness) -> Measure:
    """Differential fairness. It has no interval: it cannot be below 0, where parity is."""
    (rate,) = composite.rates
    shown = view.shown(rate)
    counts = view.table.counts[shown].sum(axis=1)
    n = rate.counted(view.table.counts[shown])[1].sum(axis=0)
    value = differential_fairness(*rate.counted(counts), concentration=composite.concentration)
    params = {"concentration": composite.concentration}
    return Measure(
        metric=composite.metric,
        by=view.table.by,
        value=value,
        n=int(n.sum()),
        clusters=view.clusters(n),
        params=params | {"groups_compared": len(shown)} | view.left_out(rate) | view.missing(rate, shown),
    )


def _parts(view: View, rate: Rate) -> tuple[Counts, Counts]:
    """People in the numerator, and in the rest of the denominator, of each group shown and bucket."""
    return rate.parts(view.table.counts[view.shown(rate)])


def unknown_measures(view: View) -> list[Measure]:
    """Share and selection rate of the people whose value is unknown."""
    hidden = view.hidden(SELECTION_RATE)
    why = next((hidden[i] for i in view.unknown if i in hidden), None)
    if why is not None:
        return [view.without_value(name, "suppressed", why) for name in UNKNOWN]
    if view.undecided(SELECTION_RATE):
        return [
            _unknown_share(view),
            view.without_value("unknown_selection_rate", "undefined", "no_decision"),
        ]
    return [_unknown_share(view), _unknown_rate(view)]


def _unknown_share(view: View) -> Measure:
    counts = view.table.counts
    shares = {
        name: float(counts[view.unknown, :, decision].sum() / total)
        for name, decision in (("among_selected", SELECTED), ("among_not_selected", NOT_SELECTED))
        if view.system.decides and (total := counts[:, :, decision].sum())
    }
    k, n = (part.sum(axis=(0, 2, 3)) for part in (counts[view.unknown], counts))
    return view.share("unknown_share", (k, n), params=shares)


def _unknown_rate(view: View) -> Measure:
    return view.share("unknown_selection_rate", view.buckets(SELECTION_RATE, view.unknown))
