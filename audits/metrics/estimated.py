"""Errors expected where outcomes are not known yet, from scores and what they meant in a reference window."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from boussole.audits.measures import NEGATIVE, NO_OUTCOME, POSITIVE, Counts, Interval, Measure
from boussole.audits.metrics import errors
from boussole.audits.metrics.definition import Metric, Rate
from boussole.audits.metrics.scored import EVERY, EVERY_SEEN, SEEN, ScoredTable
from boussole.audits.metrics.view import known_values
from boussole.audits.parts import Floats
from boussole.audits.uncertainty.curve import IsotonicCurve, Spread, curve, spread
from boussole.audits.uncertainty.quantiles import student_quantile


@dataclass(frozen=True, kw_only=True)
class ExpectedValue:
    """A value of expected counts (bins, decision, outcome), and its slope in each of them (the same shape)."""

    value: float
    slope: Floats


def expected_rate(counts: Floats, rate: Rate) -> ExpectedValue | None:
    """A rate of expected counts; None where nobody is expected in its denominator."""
    above, below = (float(sum(counts[:, d, o].sum() for d, o in cells)) for cells in (rate.numerator, rate.denominator))
    if not below > 0:
        return None
    slope = np.zeros(counts.shape)
    for decision, outcome in rate.numerator:
        slope[:, decision, outcome] += 1 / below
    for decision, outcome in rate.denominator:
        slope[:, decision, outcome] -= above / below**2
    return ExpectedValue(value=above / below, slope=slope)


def expected_area(counts: Floats) -> ExpectedValue | None:
    """Return the area under the ROC curve of expected counts; None without an expected outcome of either kind."""
    positives, negatives = (counts[:, :, outcome].sum(axis=1) for outcome in (POSITIVE, NEGATIVE))
    p, n = float(positives.sum()), float(negatives.sum())
    if not min(p, n) > 0:
        return None
    below = (np.cumsum(negatives) - negatives / 2) / n
    above = (p - np.cumsum(positives) + positives / 2) / p
    area = float((positives * below).sum() / p)
    slope = np.zeros(counts.shape)
    slope[:, :, POSITIVE] = ((below - area) / p)[:, None]
    slope[:, :, NEGATIVE] = ((above - area) / n)[:, None]
    return ExpectedValue(value=area, slope=slope)


@dataclass(frozen=True, kw_only=True)
class ExpectedEstimate:
    """A value with two errors: `interval` for the population of such decisions, `came` for the outcomes of these."""

    value: float
    interval: Interval | None
    came: Interval | None


def estimate(
    decided: Counts, chances: IsotonicCurve, of: Callable[[Floats], ExpectedValue | None], *, clustered: bool
) -> ExpectedEstimate | None:
    """Estimate from counts (bins, buckets, decision) and the chances of their scores; None without a denominator.

    Source: linearisation, Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, 5.5.
    """
    n, chance = decided.sum(axis=1), chances.chance
    found = of(np.stack([n * (1 - chance)[:, None], n * chance[:, None]], axis=-1))
    if found is None:
        return None
    per_outcome = found.slope[..., POSITIVE] - found.slope[..., NEGATIVE]
    per_decision = found.slope[..., NEGATIVE] + chance[:, None] * per_outcome
    per_chance = (n * per_outcome).sum(axis=1)
    fixed = chances.variance(per_chance)
    sampled = float((n * np.square(per_decision)).sum())
    luck = float((n * np.square(per_outcome)).sum(axis=1) @ chances.doubt)
    if not clustered:
        spreads = [Spread(se=math.sqrt(sampled + fixed)), Spread(se=math.sqrt(luck + fixed))]
    else:
        learnt, own = chances.by_bucket(per_chance), np.einsum("bkd,bd->k", decided, per_decision)
        filled = [int(np.count_nonzero(each.sum(axis=0))) for each in (decided.sum(axis=2), chances.outcomes)]
        luck *= chances.design_effect(decided.sum(axis=(0, 2)))
        fixed *= chances.design_effect(chances.outcomes.sum(axis=0))
        of_curve = spread(fixed, (learnt,), (filled[1],))
        spreads = [
            spread(sampled + fixed, (own, learnt), (filled[0], filled[1])),
            Spread(se=math.hypot(math.sqrt(luck), of_curve.se), df=of_curve.df),
        ]
    both = [_ends(found.value, each, float(per_chance @ chances.optimism)) for each in spreads]
    return ExpectedEstimate(value=found.value, interval=both[0], came=both[1])


def _ends(value: float, error: Spread, drawn: float, level: float = 0.95) -> Interval | None:
    """Student's interval on the logit scale; None where the value is 0 or 1, or all is in a single bucket."""
    scale = value * (1 - value)
    if not (scale > 0 and error.se > 0):
        return None
    centre, se = math.log(value / (1 - value)), math.hypot(error.se, drawn)
    half = student_quantile(0.5 + level / 2, error.df) * se / scale
    low, high = (1 / (1 + math.exp(-min(max(centre + side * half, -700.0), 700.0))) for side in (-1, 1))
    return Interval(low=low, high=high, level=level, method="linearised")


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
        """Return the position of a group of the window in the reference window."""
        groups, group = self.reference.view.table.groups, self.scored.view.table.groups[position]
        return groups.index(group) if group in groups else None

    def curve(self, position: int) -> IsotonicCurve | None:
        """What scores of a group of the window meant."""
        if position not in self.curves:
            at = self.at(position)
            self.curves[position] = None if at is None else chances(self.reference.scores.counts[at])
        return self.curves[position]


def estimated_measures(scored: ScoredTable, reference: ScoredTable) -> list[Measure]:
    """Estimate error rates and area of every known group (or of everybody), from its chances in the reference."""
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
    """Estimate a rate of `ESTIMATED` (`EVERY_SEEN`: the area) from counts; None where it has no denominator."""
    of: Callable[[Floats], ExpectedValue | None] = (
        expected_area if rate is EVERY_SEEN else lambda expected: expected_rate(expected, rate)
    )
    return estimate(np.asarray(counts.sum(axis=3), dtype=np.int64), found, of, clustered=clustered)


def chances(counts: Counts, *, fewest: int = FEWEST) -> IsotonicCurve | None:
    """Fit what scores meant in a window, from counts (bins, buckets, decision, outcome); None with few outcomes."""
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
