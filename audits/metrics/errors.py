"""Errors: how often each group is judged wrongly, among people whose outcome has been observed."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.measures import NEGATIVE, NOT_SELECTED, POSITIVE, SELECTED
from boussole.audits.metrics.definition import (
    SCALES,
    Composite,
    Metric,
    Rate,
    comparison_words,
    comparisons_of,
)

_BOTH = (NOT_SELECTED, SELECTED)
_POSITIVES = tuple((decision, POSITIVE) for decision in _BOTH)
_NEGATIVES = tuple((decision, NEGATIVE) for decision in _BOTH)


_REJECTED = ((NOT_SELECTED, NEGATIVE), (NOT_SELECTED, POSITIVE))
_CHOSEN = ((SELECTED, NEGATIVE), (SELECTED, POSITIVE))


def _rate(metric: str, numerator: Sequence[tuple[int, int]], denominator: Sequence[tuple[int, int]]) -> Rate:
    """A rate over observed outcomes; it takes those of everybody unless it is about the selected alone."""
    decisions = sorted({decision for decision, _ in denominator})
    return Rate(
        metric=metric,
        numerator=tuple(numerator),
        denominator=tuple(denominator),
        outcome="observed",
        needs_all=NOT_SELECTED in decisions,
        decided=metric != "base_rate",
        missing=tuple(decisions),
    )


TRUE_POSITIVE_RATE = _rate("true_positive_rate", [(SELECTED, POSITIVE)], _POSITIVES)
FALSE_POSITIVE_RATE = _rate("false_positive_rate", [(SELECTED, NEGATIVE)], _NEGATIVES)
TRUE_NEGATIVE_RATE = _rate("true_negative_rate", [(NOT_SELECTED, NEGATIVE)], _NEGATIVES)
FALSE_NEGATIVE_RATE = _rate("false_negative_rate", [(NOT_SELECTED, POSITIVE)], _POSITIVES)
PRECISION = _rate("precision", [(SELECTED, POSITIVE)], _CHOSEN)
FALSE_DISCOVERY_RATE = _rate("false_discovery_rate", [(SELECTED, NEGATIVE)], _CHOSEN)
NEGATIVE_PREDICTIVE_VALUE = _rate("negative_predictive_value", [(NOT_SELECTED, NEGATIVE)], _REJECTED)
FALSE_OMISSION_RATE = _rate("false_omission_rate", [(NOT_SELECTED, POSITIVE)], _REJECTED)
ACCURACY = _rate("accuracy", [(NOT_SELECTED, NEGATIVE), (SELECTED, POSITIVE)], (*_REJECTED, *_CHOSEN))
BASE_RATE = _rate("base_rate", _POSITIVES, (*_REJECTED, *_CHOSEN))
RATES = (
    TRUE_POSITIVE_RATE,
    FALSE_POSITIVE_RATE,
    TRUE_NEGATIVE_RATE,
    FALSE_NEGATIVE_RATE,
    PRECISION,
    FALSE_DISCOVERY_RATE,
    NEGATIVE_PREDICTIVE_VALUE,
    FALSE_OMISSION_RATE,
    ACCURACY,
    BASE_RATE,
)

_PARITIES = (
    ("equal_opportunity", (TRUE_POSITIVE_RATE,)),
    ("equalized_odds", (TRUE_POSITIVE_RATE, FALSE_POSITIVE_RATE)),
    ("predictive_parity", (PRECISION,)),
)
COMPOSITES = tuple(
    Composite(metric=f"{name}_{aggregate}", rates=rates, aggregate=aggregate)
    for name, rates in _PARITIES
    for aggregate in SCALES
)

_LESS_IS_WORSE = {
    TRUE_POSITIVE_RATE: True,
    FALSE_POSITIVE_RATE: True,
    TRUE_NEGATIVE_RATE: False,
    FALSE_NEGATIVE_RATE: False,
    PRECISION: False,
    FALSE_DISCOVERY_RATE: True,
    NEGATIVE_PREDICTIVE_VALUE: True,
    FALSE_OMISSION_RATE: False,
    ACCURACY: True,
    BASE_RATE: True,
}
"""Whether less of a rate is worse for a group, where the decision is favourable. Where being selected is a harm this is
reversed, except for accuracy."""
COMPARISONS = tuple(
    comparison
    for rate, less_is_worse in _LESS_IS_WORSE.items()
    for comparison in comparisons_of(rate, less_is_worse=less_is_worse, turns=rate is not ACCURACY)
)
_JUDGED = (TRUE_POSITIVE_RATE, FALSE_POSITIVE_RATE, PRECISION, FALSE_OMISSION_RATE, ACCURACY)
JUDGED = tuple(each for each in COMPARISONS if each.scale == "difference" and each.rate in _JUDGED)
"""The comparisons that audit documents hold and a charter can judge."""

_SEEN = "outcomes are seen only for the selected"
_FEW = "fewer than two groups have a defined rate"
_HARDT = "Hardt, Price & Srebro (2016), NeurIPS; Fairlearn"
_BERK = "Berk et al. (2021), Sociological Methods & Research 50:3-44"
_OUTCOME_TEST = "outcome test: Becker (1957); Knowles, Persico & Todd (2001), J. Political Economy 109:203-229"


def _words(name: str, formula: str, empty: str, ideal: float | None) -> Metric:
    return Metric(
        name=name,
        kind="group",
        formula=formula,
        range="[0, 1]",
        ideal=ideal,
        undefined=empty,
        source="Fawcett (2006), Pattern Recognition Letters 27:861-874; Fairlearn",
    )


def _parity(name: str, of: str, undefined: str, source: str) -> tuple[Metric, Metric]:
    seen = f"{undefined}{_FEW}"
    return (
        Metric(
            name=f"{name}_difference",
            kind="across",
            formula=of.format("highest − lowest", "larger", "gaps (highest − lowest)"),
            range="[0, 1]",
            ideal=0.0,
            undefined=seen,
            source=source,
        ),
        Metric(
            name=f"{name}_ratio",
            kind="across",
            formula=of.format("lowest ÷ highest", "smaller", "ratios (lowest ÷ highest)"),
            range="[0, 1]",
            ideal=1.0,
            undefined=f"the highest is 0; {seen}",
            source=source,
        ),
    )


_OF_GROUPS = (
    _words(
        "true_positive_rate",
        "selected with positive outcome ÷ positive outcomes",
        f"no positive outcome observed; {_SEEN}",
        1.0,
    ),
    _words(
        "false_positive_rate",
        "selected with negative outcome ÷ negative outcomes",
        f"no negative outcome observed; {_SEEN}",
        0.0,
    ),
    _words(
        "true_negative_rate",
        "not selected with negative outcome ÷ negative outcomes",
        f"no negative outcome observed; {_SEEN}",
        1.0,
    ),
    _words(
        "false_negative_rate",
        "not selected with positive outcome ÷ positive outcomes",
        f"no positive outcome observed; {_SEEN}",
        0.0,
    ),
    _words(
        "precision",
        "selected with positive outcome ÷ selected with an observed outcome",
        "no outcome observed among the selected",
        1.0,
    ),
    _words(
        "false_discovery_rate",
        "selected with negative outcome ÷ selected with an observed outcome (1 − precision)",
        "no outcome observed among the selected",
        0.0,
    ),
    _words(
        "negative_predictive_value",
        "not selected with negative outcome ÷ not selected with an observed outcome",
        f"no outcome observed among those not selected; {_SEEN}",
        1.0,
    ),
    _words(
        "false_omission_rate",
        "not selected with positive outcome ÷ not selected with an observed outcome",
        f"no outcome observed among those not selected; {_SEEN}",
        0.0,
    ),
    _words(
        "accuracy",
        "selected with positive outcome and not selected with negative outcome ÷ observed outcomes",
        f"no outcome observed; {_SEEN}",
        1.0,
    ),
    _words("base_rate", "positive outcomes ÷ observed outcomes", f"no outcome observed; {_SEEN}", None),
)
_SOURCES = {
    PRECISION.metric: _OUTCOME_TEST,
    FALSE_DISCOVERY_RATE.metric: _OUTCOME_TEST,
    NEGATIVE_PREDICTIVE_VALUE.metric: _OUTCOME_TEST,
    FALSE_OMISSION_RATE.metric: _OUTCOME_TEST,
    ACCURACY.metric: _BERK,
    BASE_RATE.metric: _BERK,
}
"""The sources of the comparisons of a rate; of those that are not listed it is Hardt et al. (2016)."""

METRICS = (
    *_OF_GROUPS,
    *_parity(
        "equal_opportunity",
        "{0} true positive rate",
        f"{_SEEN}; ",
        f"{_HARDT}, equal_opportunity_difference and _ratio",
    ),
    *_parity(
        "equalized_odds",
        "the {1} of the {2} in true and in false positive rate",
        f"{_SEEN}; ",
        f"{_HARDT}, equalized_odds_difference and _ratio",
    ),
    *_parity("predictive_parity", "{0} precision", "", "Chouldechova (2017), Big Data 5:153-163"),
    *(
        each
        for rate in _OF_GROUPS
        for each in comparison_words(rate, source=_SOURCES.get(rate.name, _HARDT), judged=JUDGED)
    ),
)
