"""What errors can be expected where outcomes are not known yet: from scores, and what they meant in a reference window.

An estimate, never a measurement: it holds as long as a score means for a group what it meant in the reference window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from audits.measures import NEGATIVE, NO_OUTCOME, NOT_SELECTED, POSITIVE, SELECTED, Floats, Measure
from audits.metrics import errors
from audits.metrics.definition import Metric, Rate
from audits.metrics.scored import EVERY, SEEN, Scored
from audits.metrics.view import known_values

FEWEST = 30
"""Fewer positive or negative outcomes of a group than this in the reference window say too little of its scores."""
ESTIMATED = (errors.TRUE_POSITIVE_RATE, errors.FALSE_POSITIVE_RATE, errors.PRECISION, errors.ACCURACY)
NAMES = tuple(f"estimated_{rate.metric}" for rate in ESTIMATED)


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Expected counts (decision, outcome), decisions behind them per bucket, and outcomes of the reference window."""

    expected: Floats
    n: Any
    outcomes: int


def estimated_measures(scored: Scored, reference: Scored) -> list[Measure]:
    """Expected error rates of every known group (or of everybody), from chances of its own in the reference window."""
    return [
        _measure(scored, reference, rate, name, position)
        for rate, name in zip(ESTIMATED, NAMES, strict=True)
        for position in scored.view.known
    ]


def _measure(scored: Scored, reference: Scored, rate: Rate, name: str, position: int) -> Measure:
    view, group = scored.view, scored.view.table.groups[position]
    outcome, params = view.system.log.outcome, {"estimate": "cbpe", "calibrated": "per group"}
    at = reference.view.table.groups.index(group) if group in reference.view.table.groups else None
    hidden = view.hidden(EVERY).get(position) or (None if at is None else reference.view.hidden(SEEN).get(at))
    if outcome is not None and rate.needs_all and outcome.observed_for == "selected":
        return view.without_value(name, "undefined", "selective_labels", group=group, params=params)
    if scored.scores.purged:
        return view.without_value(name, "undefined", "rows_purged", group=group, params=params)
    if hidden:
        return view.without_value(name, "suppressed", hidden, group=group)
    chance = None if at is None else chances(reference, at)
    if chance is None:
        return view.without_value(name, "undefined", "few_reference_outcomes", group=group, params=params)
    expected = expected_counts(scored.scores.counts[position].sum(axis=(1, 3)), chance)
    above, below = (sum(expected[cell] for cell in cells) for cells in (rate.numerator, rate.denominator))
    n = scored.scores.counts[position].sum(axis=(0, 3))[:, sorted({d for d, _ in rate.denominator})].sum(axis=1)
    if not below > 0:
        return view.without_value(name, "undefined", "zero_denominator", group=group, n=int(n.sum()), params=params)
    seen = int(reference.scores.counts[at, ..., :NO_OUTCOME].sum())
    return Measure(
        metric=name,
        by=view.table.by,
        group=known_values(group),
        value=float(above / below),
        n=int(n.sum()),
        clusters=view.clusters(n),
        params=params | {"reference_outcomes": seen, "interval_reason": "estimate"},
    )


def chances(reference: Scored, position: int) -> Floats | None:
    """The chance of a positive outcome in each bin, in the reference window; None with under `FEWEST` of a side.

    Isotonic regression of the observed rates, weighted by outcomes: a higher score never means a lower chance. Bins
    without outcomes lie on the line between their neighbours.
    Source: Zadrozny & Elkan (2002), KDD: 694-699; Ayer et al. (1955), Ann. Math. Statistics 26:641-647.
    """
    from sklearn.isotonic import isotonic_regression  # slow to import, and seldom needed

    counts = reference.scores.counts[position].sum(axis=(1, 2))
    k, n = counts[:, POSITIVE], counts[:, NEGATIVE] + counts[:, POSITIVE]
    if min(k.sum(), (n - k).sum()) < FEWEST:
        return None
    held = np.flatnonzero(n)
    fitted = isotonic_regression(k[held] / n[held], sample_weight=n[held].astype(np.float64))
    return np.asarray(np.interp(np.arange(len(n)), held, fitted), dtype=np.float64)


def expected_counts(decided: Any, chance: Floats) -> Floats:
    """Expected counts (decision, outcome) from those by bin (bins, decision), positive with the chance of their bin.

    >>> expected_counts(np.array([[10, 0], [0, 10]]), np.array([0.25, 0.75])).tolist()
    [[7.5, 2.5], [2.5, 7.5]]
    """
    found = np.zeros((2, 2))
    for decision in (NOT_SELECTED, SELECTED):
        found[decision, POSITIVE] = (decided[:, decision] * chance).sum()
        found[decision, NEGATIVE] = (decided[:, decision] * (1 - chance)).sum()
    return found


_WORDS = {
    "true_positive_rate": "expected selected with positive outcome ÷ expected positive outcomes",
    "false_positive_rate": "expected selected with negative outcome ÷ expected negative outcomes",
    "precision": "expected selected with positive outcome ÷ selected",
    "accuracy": "expected right decisions ÷ decisions",
}

METRICS = tuple(
    Metric(
        name=name,
        kind="estimate",
        formula=f"{_WORDS[rate.metric]}, every decision with a score counted with the chance that its score meant for"
        " its group in the reference window (isotonic regression over bins)",
        range="[0, 1]",
        ideal=0.0 if rate.metric == "false_positive_rate" else 1.0,
        undefined=f"fewer than {FEWEST} positive or {FEWEST} negative outcomes of the group in the reference window;"
        " nothing to divide by" + ("; outcomes are seen only for the selected" if rate.needs_all else ""),
        source="confidence-based performance estimation: Kivimäki et al. (2024), arXiv:2407.08649; NannyML, CBPE",
    )
    for rate, name in zip(ESTIMATED, NAMES, strict=True)
)
