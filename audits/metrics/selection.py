"""Selection: how often each group is selected."""

from __future__ import annotations

from boussole.audits.measures import NEGATIVE, NO_OUTCOME, NOT_SELECTED, POSITIVE, SELECTED
from boussole.audits.metrics.definition import Composite, Metric, Rate, comparison_words, comparisons_of

_OUTCOMES = (NEGATIVE, POSITIVE, NO_OUTCOME)

SELECTION_RATE = Rate(
    metric="selection_rate",
    numerator=tuple((SELECTED, outcome) for outcome in _OUTCOMES),
    denominator=tuple((decision, outcome) for decision in (NOT_SELECTED, SELECTED) for outcome in _OUTCOMES),
    decided=True,
)
RATES = (SELECTION_RATE,)

COMPOSITES = (
    Composite(metric="demographic_parity_difference", rates=(SELECTION_RATE,), aggregate="difference"),
    Composite(metric="demographic_parity_ratio", rates=(SELECTION_RATE,), aggregate="ratio"),
)

SELECTION_DIFFERENCE, SELECTION_RATIO = comparisons_of(SELECTION_RATE, less_is_worse=True)
COMPARISONS = (SELECTION_DIFFERENCE, SELECTION_RATIO)
JUDGED = (SELECTION_RATIO,)
"""The ratio is what audit documents hold and a charter can judge."""

_FEW = "fewer than two groups are shown"

_RATE = Metric(
    name="selection_rate",
    kind="group",
    formula="selected ÷ assessed",
    range="[0, 1]",
    ideal=None,
    undefined="nobody assessed",
    source="Fairlearn, selection_rate; Uniform Guidelines, 29 CFR 1607.16(R)",
)
METRICS = (
    _RATE,
    Metric(
        name="impact_ratio",
        kind="group",
        formula="selection rate of the group ÷ highest selection rate (÷ lowest where being selected is a harm)",
        range="[0, 1]; [1, ∞) where being selected is a harm",
        ideal=1.0,
        undefined=f"the rate divided by is 0; {_FEW}",
        source="Uniform Guidelines, 29 CFR 1607.4(D); NYC Local Law 144, 6 RCNY 5-300",
    ),
    Metric(
        name="demographic_parity_difference",
        kind="across",
        formula="highest − lowest selection rate",
        range="[0, 1]",
        ideal=0.0,
        undefined=_FEW,
        source="Fairlearn, demographic_parity_difference; Agarwal et al. (2018), ICML",
    ),
    Metric(
        name="demographic_parity_ratio",
        kind="across",
        formula="lowest ÷ highest selection rate",
        range="[0, 1]",
        ideal=1.0,
        undefined=f"nobody selected in any group; {_FEW}",
        source="Fairlearn, demographic_parity_ratio; Feldman et al. (2015), KDD",
    ),
    Metric(
        name="unknown_share",
        kind="across",
        formula="people whose value is unknown ÷ all, over the attribute (also among selected and not selected)",
        range="[0, 1]",
        ideal=0.0,
        undefined="nobody assessed",
        source="29 CFR 1607.4; missing data hide gaps: Fernando et al. (2021), Int. J. Intelligent Systems 36:3217",
    ),
    Metric(
        name="unknown_selection_rate",
        kind="across",
        formula="selected ÷ assessed, among people whose value is unknown",
        range="[0, 1]",
        ideal=None,
        undefined="no value is unknown",
        source="as selection_rate",
    ),
    *comparison_words(
        _RATE,
        source="Miettinen & Nurminen (1985) for the test; Uniform Guidelines, 29 CFR 1607.4(D)",
        judged=JUDGED,
    ),
)
