"""Missing outcomes: how many of those that are due are not known, and whether that differs by group."""

from __future__ import annotations

from typing import Literal

from boussole.audits.measures import NEGATIVE, NO_OUTCOME, NOT_SELECTED, POSITIVE, SELECTED
from boussole.audits.metrics.definition import Metric, Rate, RateComparison

ObservedFor = Literal["all", "selected"]
_OUTCOMES = (NEGATIVE, POSITIVE, NO_OUTCOME)


def _share(seen: tuple[int, ...]) -> Rate:
    return Rate(
        metric="missing_outcome_share",
        numerator=tuple((decision, NO_OUTCOME) for decision in seen),
        denominator=tuple((decision, outcome) for decision in seen for outcome in _OUTCOMES),
        outcome="missing",
    )


def _comparison(rate: Rate) -> RateComparison:
    """More of them missing is worse, whether being selected is a favour or a harm."""
    return RateComparison(
        metric="missing_outcome_share_difference", rate=rate, scale="difference", less_is_worse=False, turns=False
    )


RATES: dict[ObservedFor, Rate] = {"all": _share((NOT_SELECTED, SELECTED)), "selected": _share((SELECTED,))}
"""Over the decisions whose outcome can be seen at all."""
COMPARISONS = {observed_for: _comparison(rate) for observed_for, rate in RATES.items()}

_NEVER = "an absent outcome is declared to be negative, so that none is missing; outcomes are not mature yet"
_SOURCE = (
    "Little & Rubin (2019), Statistical Analysis with Missing Data, chapter 1: data missing more often in one group "
    "bias a comparison"
)

METRICS = (
    Metric(
        name="missing_outcome_share",
        kind="group",
        formula="outcomes that are due and not known ÷ outcomes that are due"
        " (of the selected only, where only theirs are seen)",
        range="[0, 1]",
        ideal=0.0,
        undefined=f"no outcome is due; {_NEVER}",
        source=_SOURCE,
    ),
    Metric(
        name="missing_outcome_share_difference",
        kind="comparison",
        formula="missing outcome share of the group − that of the declared reference, else of all other known groups",
        range="[-1, 1]",
        ideal=0.0,
        undefined=f"a group has no outcome due; {_NEVER}",
        source=_SOURCE,
    ),
)
