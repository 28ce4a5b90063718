"""Errors: how often each group is judged wrongly, among people whose outcome has been observed."""

from __future__ import annotations

from collections.abc import Sequence

from audits.measures import NEGATIVE, NOT_SELECTED, POSITIVE, SELECTED
from audits.metrics.definition import Comparison, Composite, Metric, Rate

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

COMPOSITES = (
    Composite(metric="equal_opportunity_difference", rates=(TRUE_POSITIVE_RATE,), aggregate="difference"),
    Composite(
        metric="equalized_odds_difference", rates=(TRUE_POSITIVE_RATE, FALSE_POSITIVE_RATE), aggregate="difference"
    ),
    Composite(metric="predictive_parity_difference", rates=(PRECISION,), aggregate="difference"),
)

COMPARISONS = (
    Comparison(metric="true_positive_rate_difference", rate=TRUE_POSITIVE_RATE, scale="difference", less_is_worse=True),
    Comparison(
        metric="false_positive_rate_difference", rate=FALSE_POSITIVE_RATE, scale="difference", less_is_worse=True
    ),
    Comparison(metric="precision_difference", rate=PRECISION, scale="difference", less_is_worse=False),
)

_SEEN = "outcomes are seen only for the selected"
_FEW = "fewer than two groups have a defined rate"
_HARDT = "Hardt, Price & Srebro (2016), NeurIPS; Fairlearn"
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


def _gap(name: str, formula: str, undefined: str, source: str) -> Metric:
    return Metric(
        name=name, kind="across", formula=formula, range="[0, 1]", ideal=0.0, undefined=undefined, source=source
    )


def _comparison(name: str, rate: str, undefined: str, source: str) -> Metric:
    return Metric(
        name=name,
        kind="comparison",
        formula=f"{rate} of the group − that of the declared reference, else of all other known groups",
        range="[-1, 1]",
        ideal=0.0,
        undefined=undefined,
        source=source,
    )


METRICS = (
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
    _gap(
        "equal_opportunity_difference",
        "highest − lowest true positive rate",
        f"{_SEEN}; {_FEW}",
        f"{_HARDT}, equal_opportunity_difference",
    ),
    _gap(
        "equalized_odds_difference",
        "the larger of the gaps (highest − lowest) in true and in false positive rate",
        f"{_SEEN}; {_FEW}",
        f"{_HARDT}, equalized_odds_difference",
    ),
    _gap("predictive_parity_difference", "highest − lowest precision", _FEW, "Chouldechova (2017), Big Data 5:153-163"),
    _comparison(
        "true_positive_rate_difference", "true positive rate", f"{_SEEN}; a group has no positive outcome", _HARDT
    ),
    _comparison(
        "false_positive_rate_difference", "false positive rate", f"{_SEEN}; a group has no negative outcome", _HARDT
    ),
    _comparison("precision_difference", "precision", "a group has no outcome among its selected", _OUTCOME_TEST),
)
