"""Whether scores still mean what they meant: outcomes of a window against those at the same scores in another one."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np

from boussole.audits.document_part import Day, DocumentPart, given
from boussole.audits.measure_params import StoredTest
from boussole.audits.measures import NO_OUTCOME, POSITIVE, Counts, Interval, Measure, Status
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.estimated import chances
from boussole.audits.parts import Floats
from boussole.audits.uncertainty.auc import wald_interval
from boussole.audits.uncertainty.curve import IsotonicCurve, Spread, spread
from boussole.audits.uncertainty.tests import tails

SHIFT, TILT = "calibration_shift", "calibration_tilt"
REACH = 2
"""How many hundredths of the score's range an outcome may lie from the next one of the reference window."""
LEVEL = 0.1
"""From where on a change counts: the odds of the outcome at the same scores moved by a tenth. A habit of ours."""
FEWEST_BEFORE = 100
"""Positive, and negative, outcomes in the reference window: a curve of fewer is too coarse to hold others to it."""
FEWEST_EXPECTED = 20
"""Positive, and negative, outcomes to be expected: of fewer, chance is no bell curve."""
MOST_LEFT_OUT = 0.1
"""If more of the outcomes than this lie farther, the window is too unlike the reference for a comparison."""


class MeaningParams(DocumentPart):
    """The share of outcomes that was positive, and the share to be expected at the same scores."""

    observed: float | None = None
    expected: float | None = None
    reference_outcomes: int | None = None
    """How many outcomes the window of reference has."""
    test: StoredTest | None = None
    readable_from: Day | None = None


def meaning_of(measure: Measure) -> MeaningParams:
    """What a measure of the meaning of scores depends on."""
    return MeaningParams.of(measure.params)


@dataclass(frozen=True, kw_only=True)
class _Outcomes:
    """Positive and all outcomes of the window within reach, by (bins, buckets), and the curve they are held to."""

    positives: Counts
    every: Counts
    curve: IsotonicCurve
    clustered: bool

    @property
    def expected(self) -> float:
        """How many positive ones the curve says."""
        return float(self.chance @ self.every.sum(axis=1))

    @property
    def chance(self) -> Floats:
        """What each score meant: the curve, less what of it follows chance."""
        return np.asarray(np.clip(self.curve.chance - self.curve.optimism, 0.0, 1.0), dtype=np.float64)

    def change(self, along: Floats) -> tuple[float, Spread]:
        """The change of log-odds for each unit of `along` (bins,), in one step from the curve, with its error."""
        n, doubt, curve = self.every.sum(axis=1), self.curve.doubt, self.curve
        information = float(n @ (doubt * along**2))
        left = self.positives - self.chance[:, None] * self.every
        value = float(along @ left.sum(axis=1)) / information
        gradient = along * n / information
        own, fixed = 1 / information, curve.variance(gradient)
        if self.clustered:
            expected = value * along * doubt
            parts = along @ (left - expected[:, None] * self.every) / information, -curve.by_bucket(gradient)
            filled = [int(np.count_nonzero(each.sum(axis=0))) for each in (self.every, curve.outcomes)]
            fixed *= curve.design_effect(curve.outcomes.sum(axis=0))
            error = spread(own + fixed, parts, (filled[0], filled[1]))
        else:
            error = Spread(se=math.sqrt(own + fixed))
        return value, Spread(se=math.hypot(error.se, float(gradient @ curve.optimism)), df=error.df)


def meaning_measures(
    reference: Counts, current: Counts, *, clustered: bool, fewest: int, readable_from: dt.date | None = None
) -> list[Measure]:
    """Measure how the odds of the outcome moved at the same scores (`calibration_shift`, `calibration_tilt`).

    Inputs: counts (bins, buckets, decision, outcome). Undefined: `not_mature` (`readable_from`); `no_outcomes`;
    `few_reference_outcomes`; `few_outcomes`; `other_scores`, one in ten outcomes has a score that is new; of the tilt
    `one_score`. Suppressed: `small_group`, fewer than `fewest` positive or negative outcomes.
    """
    if readable_from is not None:
        return _without("undefined", "not_mature", {"readable_from": readable_from.isoformat()})
    seen = np.asarray(current[..., :NO_OUTCOME].sum(axis=2), dtype=np.int64)
    if any(0 < n < fewest for n in seen.sum(axis=(0, 1))):
        return _without("suppressed", "small_group")
    curve = chances(reference, fewest=max(FEWEST_BEFORE, fewest))
    if curve is None or not seen.any():
        return _without("undefined", "few_reference_outcomes" if seen.any() else "no_outcomes")
    near = seen * (np.abs(np.arange(len(seen))[:, None] - curve.held).min(axis=1) <= REACH)[:, None, None]
    if 0 < (seen - near).sum() < fewest:
        near = seen
    held = _Outcomes(positives=near[..., POSITIVE], every=near.sum(axis=-1), curve=curve, clustered=clustered)
    why = _why_not(held, (seen - near).sum(axis=(0, 1)), fewest)
    return _without(*why) if why else [_measure(SHIFT, held, np.ones(len(seen))), _tilt(held)]


def _why_not(held: _Outcomes, left: Counts, fewest: int) -> tuple[Status, str] | None:
    """Why nothing is said of outcomes beside the curve, those `left` out (negative, positive) being too far from it."""
    within = float(held.every.sum())
    if any(0 < n < fewest for n in left):
        return "suppressed", "small_group"
    if left.sum() > MOST_LEFT_OUT * (within + left.sum()):
        return "undefined", "other_scores"
    return ("undefined", "few_outcomes") if min(held.expected, within - held.expected) < FEWEST_EXPECTED else None


def beyond(measure: Measure) -> tuple[float, float]:
    """Return the two-sided p of a change of `LEVEL`, and the p of one of at least that (equivalence).

    Source of the second: Schuirmann (1987), J. Pharmacokinetics and Biopharmaceutics 15:657-680.
    """
    test = given(meaning_of(measure).test)
    size = test.changed(estimate=abs(given(test.estimate))).stated
    (near, within), (far, _) = (tails(size, threshold=level, bad_side="above") for level in (LEVEL, -LEVEL))
    return min(1.0, near + far), within


def _tilt(held: _Outcomes) -> Measure:
    """Measure the change along the score, in standard deviations of the bins."""
    weights, bins = held.every.sum(axis=1) * held.curve.doubt, np.arange(len(held.every), dtype=np.float64)
    centre = float(weights @ bins / weights.sum())
    width = math.sqrt(float(weights @ (bins - centre) ** 2 / weights.sum()))
    if not width > 0:
        return _none(TILT, "undefined", "one_score")
    return _measure(TILT, held, (bins - centre) / width)


def _measure(name: str, held: _Outcomes, along: Floats) -> Measure:
    value, error = held.change(along)
    n = held.every.sum(axis=0)
    size = int(n.sum())
    if not error.se > 0:
        return _none(name, "undefined", "degenerate")
    test = {"kind": "wald", "estimate": value, "se": error.se, "method": "linearised"}
    test |= {} if math.isinf(error.df) else {"df": error.df}
    ends = wald_interval(test, low=-math.inf, high=math.inf)
    return Measure(
        metric=name,
        by=("role",),
        group=("outcome",),
        value=value,
        n=size,
        clusters=int(np.count_nonzero(n)) if held.clustered else None,
        interval=Interval(low=ends.low, high=ends.high, method="linearised"),
        params={
            "observed": float(held.positives.sum() / size),
            "expected": held.expected / size,
            "reference_outcomes": int(held.curve.outcomes.sum()),
            "test": test,
        },
    )


def _without(status: Status, reason: str, params: dict[str, str] | None = None) -> list[Measure]:
    return [_none(name, status, reason, params) for name in (SHIFT, TILT)]


def _none(name: str, status: Status, reason: str, params: dict[str, str] | None = None) -> Measure:
    return Measure(metric=name, by=("role",), group=("outcome",), status=status, reason=reason, params=params or {})


_HELD = "every outcome held to the chance that its score meant in the reference window (isotonic regression over bins)"
_SOURCE = (
    "recalibration at a fixed curve: Cox (1958), Biometrika 45:562-565; Steyerberg (2019), Clinical Prediction Models,"
    " chapter 15; its error: Särndal, Swensson & Wretman (1992), 5.5"
)
_UNDEFINED = (
    f"no outcomes, or fewer than {FEWEST_BEFORE} positive or negative ones in the reference window, or fewer than"
    f" {FEWEST_EXPECTED} to be expected; more than"
    f" {MOST_LEFT_OUT:.0%} of outcomes at scores that nobody had there"
)

METRICS = (
    Metric(
        name=SHIFT,
        kind="drift",
        formula="change in the log-odds of the outcome at the same scores: Σ (outcome − chance) ÷ Σ chance × (1 −"
        f" chance), {_HELD}: above 0 where outcomes came more often than their scores meant",
        range="(-∞, ∞)",
        ideal=0.0,
        undefined=_UNDEFINED,
        source=_SOURCE,
    ),
    Metric(
        name=TILT,
        kind="drift",
        formula="the same for each standard deviation of the score: Σ u (outcome − chance) ÷ Σ u² chance × (1 −"
        f" chance), u the score less its mean, in standard deviations, {_HELD}: below 0 where scores tell outcomes"
        " apart less well",
        range="(-∞, ∞)",
        ideal=0.0,
        undefined=f"{_UNDEFINED}; one score only",
        source=_SOURCE,
    ),
)
