"""What errors can be expected where outcomes are not known yet: from scores, and what they meant in a reference window.

An estimate, never a measurement: it holds as long as a score means for a group what it meant in the reference window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from boussole.audits.measures import NEGATIVE, NO_OUTCOME, POSITIVE, Counts, Floats, Measure
from boussole.audits.metrics import errors
from boussole.audits.metrics.definition import Metric, Rate
from boussole.audits.metrics.expected import ExpectedEstimate, ExpectedValue, estimate, expected_area, expected_rate
from boussole.audits.metrics.scored import EVERY, EVERY_SEEN, SEEN, ScoredTable
from boussole.audits.metrics.view import known_values
from boussole.audits.uncertainty.curve import IsotonicCurve, curve

FEWEST = 30
"""Fewer positive or negative outcomes of a group than this in the reference window say too little of its scores."""
AREA = "auc"
ESTIMATED = {
    **{rate.metric: rate for rate in (errors.TRUE_POSITIVE_RATE, errors.FALSE_POSITIVE_RATE)},
    **{rate.metric: rate for rate in (errors.PRECISION, errors.ACCURACY)},
    AREA: EVERY_SEEN,
}
"""What is estimated, and the rate that says whom it is about."""
NAMES = tuple(f"estimated_{name}" for name in ESTIMATED)


@dataclass(frozen=True, kw_only=True)
class _Tables:
    """The window and the reference window, and the curve of each group, fitted once."""

    scored: ScoredTable
    reference: ScoredTable
    curves: dict[int, IsotonicCurve | None] = field(default_factory=dict)

    def at(self, position: int) -> int | None:
        """Where a group of the window is in the reference window."""
        groups, group = self.reference.view.table.groups, self.scored.view.table.groups[position]
        return groups.index(group) if group in groups else None

    def curve(self, position: int) -> IsotonicCurve | None:
        """What scores of a group of the window meant."""
        if position not in self.curves:
            at = self.at(position)
            self.curves[position] = None if at is None else chances(self.reference.scores.counts[at])
        return self.curves[position]


def estimated_measures(scored: ScoredTable, reference: ScoredTable) -> list[Measure]:
    """Expected error rates and area of every known group (or of everybody), from chances of its own in the reference
    window."""
    tables = _Tables(scored=scored, reference=reference)
    return [
        _measure(tables, rate, f"estimated_{name}", position)
        for name, rate in ESTIMATED.items()
        for position in scored.view.known
    ]


def _measure(tables: _Tables, rate: Rate, name: str, position: int) -> Measure:
    view, group, at = tables.scored.view, tables.scored.view.table.groups[position], tables.at(position)
    outcome, params = view.system.log.outcome, {"estimate": "cbpe", "calibrated": "per group"}
    hidden = view.hidden(EVERY).get(position) or (None if at is None else tables.reference.view.hidden(SEEN).get(at))
    if outcome is not None and rate.needs_all and outcome.observed_for == "selected":
        return view.without_value(name, "undefined", "selective_labels", group=group, params=params)
    if tables.scored.scores.purged:
        return view.without_value(name, "undefined", "rows_purged", group=group, params=params)
    if hidden:
        return view.without_value(name, "suppressed", hidden, group=group)
    found = tables.curve(position)
    if view.undecided(rate) or found is None or at is None:
        reason = "no_decision" if view.undecided(rate) else "few_reference_outcomes"
        return view.without_value(name, "undefined", reason, group=group, params=params)
    counts = tables.scored.scores.counts[position]
    n = counts.sum(axis=(0, 3))[:, sorted({d for d, _ in rate.denominator})].sum(axis=1)
    seen = int(tables.reference.scores.counts[at, ..., :NO_OUTCOME].sum())
    expected = estimated(counts, found, rate, clustered=view.table.clustered)
    if expected is None:
        return view.without_value(name, "undefined", "zero_denominator", group=group, n=int(n.sum()), params=params)
    return Measure(
        metric=name,
        by=view.table.by,
        group=known_values(group),
        value=expected.value,
        n=int(n.sum()),
        clusters=view.clusters(n),
        interval=expected.interval,
        params=params | {"reference_outcomes": seen} | _ranges(expected),
    )


def _ranges(expected: ExpectedEstimate) -> dict[str, Any]:
    """Between what the figure of these decisions will turn out to be, if scores mean what they meant."""
    if expected.interval is None or expected.came is None:
        return {"interval_reason": "degenerate"}
    return {"will_be": [expected.came.low, expected.came.high]}


def estimated(counts: Counts, found: IsotonicCurve, rate: Rate, *, clustered: bool) -> ExpectedEstimate | None:
    """A rate of `ESTIMATED` (`EVERY_SEEN`: the area) from counts (bins, buckets, decision, outcome); None where it has
    no denominator."""
    of: Callable[[Floats], ExpectedValue | None] = (
        expected_area if rate is EVERY_SEEN else lambda expected: expected_rate(expected, rate)
    )
    return estimate(np.asarray(counts.sum(axis=3), dtype=np.int64), found, of, clustered=clustered)


def chances(counts: Counts, *, fewest: int = FEWEST) -> IsotonicCurve | None:
    """What scores meant in a window, from counts (bins, buckets, decision, outcome); None with fewer outcomes of a
    kind."""
    k, n = (counts[..., side].sum(axis=(2, 3)) for side in ([POSITIVE], [NEGATIVE, POSITIVE]))
    if min(k.sum(), (n - k).sum()) < fewest:
        return None
    return curve(k, n)


_WORDS = {
    "true_positive_rate": "expected selected with positive outcome ÷ expected positive outcomes",
    "false_positive_rate": "expected selected with negative outcome ÷ expected negative outcomes",
    "precision": "expected selected with positive outcome ÷ selected",
    "accuracy": "expected right decisions ÷ decisions",
    AREA: "share of expected pairs of a positive and a negative outcome in which the positive has the higher score,"
    " equal scores counted one half",
}

METRICS = tuple(
    Metric(
        name=f"estimated_{name}",
        kind="estimate",
        formula=f"{_WORDS[name]}, every decision with a score counted with the chance that its score meant for"
        " its group in the reference window (isotonic regression over bins); the interval holds as long as scores keep"
        " that meaning, and so does `will_be`, between what the figure of these decisions will turn out to be",
        range="[0, 1]",
        ideal=0.0 if name == "false_positive_rate" else 1.0,
        undefined=f"fewer than {FEWEST} positive or {FEWEST} negative outcomes of the group in the reference window;"
        " nothing to divide by; its interval, where it is 0 or 1"
        + ("; outcomes are seen only for the selected" if rate.needs_all else ""),
        source="confidence-based performance estimation: Kivimäki et al. (2024), arXiv:2407.08649; NannyML, CBPE;"
        " interval: linearised, Särndal, Swensson & Wretman (1992), 5.5",
    )
    for name, rate in ESTIMATED.items()
)
