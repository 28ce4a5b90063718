"""Missing outcomes: how many of those that are due are not known, and whether that differs by group."""

from __future__ import annotations

from typing import Literal

from boussole.audits.measures import NEGATIVE, NO_OUTCOME, NOT_SELECTED, POSITIVE, SELECTED
from boussole.audits.metrics.definition import Metric, Rate, comparison_words, comparisons_of

ObservedFor = Literal["all", "selected"]
_OUTCOMES = (NEGATIVE, POSITIVE, NO_OUTCOME)


def _share(seen: tuple[int, ...]) -> Rate:
    return Rate(
        metric="missing_outcome_share",
        numerator=tuple((decision, NO_OUTCOME) for decision in seen),
        denominator=tuple((decision, outcome) for decision in seen for outcome in _OUTCOMES),
        outcome="missing",
    )


RATES: dict[ObservedFor, Rate] = {"all": _share((NOT_SELECTED, SELECTED)), "selected": _share((SELECTED,))}
"""Over the decisions whose outcome can be seen at all."""
COMPARISONS = {
    observed_for: comparisons_of(rate, less_is_worse=False, turns=False) for observed_for, rate in RATES.items()
}
"""More missing outcomes are worse, whether being selected is an advantage or a harm."""
JUDGED = {observed_for: each[:1] for observed_for, each in COMPARISONS.items()}
"""The difference is what audit documents hold and a charter can judge."""

_NEVER = "an absent outcome is declared to be negative, so that none is missing; outcomes are not mature yet"
_SOURCE = (
    "Little & Rubin (2019), Statistical Analysis with Missing Data, chapter 1: data missing more often in one group "
    "bias a comparison"
)

_SHARE = Metric(
    name="missing_outcome_share",
    kind="group",
    formula="outcomes that are due and not known ÷ outcomes that are due"
    " (of the selected only, where only theirs are seen)",
    range="[0, 1]",
    ideal=0.0,
    undefined=f"no outcome is due; {_NEVER}",
    source=_SOURCE,
)
METRICS = (
    _SHARE,
    *comparison_words(_SHARE, source=_SOURCE, judged=JUDGED["all"]),
)
