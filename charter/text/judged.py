"""The measures that a charter can judge: their scales, and for what they have a value at all."""

from __future__ import annotations

from boussole.audits.metrics.calibration import CALIBRATION_DIFFERENCE
from boussole.audits.metrics.discrimination import AUC_DIFFERENCE
from boussole.audits.metrics.families import EVERY_COMPARISON
from boussole.audits.metrics.freedom import AFTER_STOP, OUTSIDE_HOURS, TOO_OFTEN
from boussole.audits.metrics.ranking import DISCOUNTS, EXPOSURE_RATIO
from boussole.audits.metrics.replies import LATE_RATIO
from boussole.audits.metrics.sides_of_replies import REACHED_RATIO, SILENT_RATIO

DRIFT = "psi"
MESSAGES = (OUTSIDE_HOURS, TOO_OFTEN)
"""Shares of messages or people, of systems that keep a log of messages: of everybody, and compared with nobody."""
NO_CASE = (AFTER_STOP,)
"""Counts of what is not tolerated at all, from a log of messages: one case is too many, and nothing is tested."""
OF_REPLIES = {LATE_RATIO.metric: "closings", REACHED_RATIO: "smartphones", SILENT_RATIO: "replies"}
"""Comparisons of replies, and what the log of messages must say for them."""
SIDES = (REACHED_RATIO, SILENT_RATIO)
"""Those of two sides of everybody, and not of groups."""
JUDGED = (
    {comparison.metric: comparison.scale for comparison in (*EVERY_COMPARISON, LATE_RATIO)}
    | {DRIFT: "distance"}
    | dict.fromkeys(MESSAGES, "share")
    | dict.fromkeys(NO_CASE, "cases")
    | dict.fromkeys(SIDES, "ratio")
)
"""The measures that a charter can judge, and their scales; all but `cases` carry a test."""
NEEDS_ALL = {comparison.metric for comparison in EVERY_COMPARISON if comparison.rate.needs_all}
"""Measures that have no value where outcomes are observed only for the selected."""
DECIDED = {comparison.metric for comparison in EVERY_COMPARISON if comparison.rate.decided}
"""Measures of who is selected: where nothing is decided there is none of them."""
LISTS = {EXPOSURE_RATIO.metric}
"""Measures of lists: of systems that rank."""
BY_WINDOW = {EXPOSURE_RATIO.metric, AUC_DIFFERENCE.metric, CALIBRATION_DIFFERENCE.metric, DRIFT}
BY_WINDOW |= {*MESSAGES, *NO_CASE, *OF_REPLIES}
"""Measures that are judged window by window: places in lists, areas, calibration, distances and messages are not put
together."""
LOGGED = ("selection", "ranking", "generation")
"""Kinds of system that have a log to measure."""
PARAMS: dict[str, dict[str, str]] = {
    metric: {"against": "`rest`, or a reference such as `gender=M`"}
    for metric in JUDGED
    if metric not in (DRIFT, *MESSAGES, *NO_CASE, *SIDES)
} | {metric: {} for metric in (DRIFT, *MESSAGES, *NO_CASE, *SIDES)}
"""What a question can choose among the figures of a measure by, and what it can be."""
PARAMS[EXPOSURE_RATIO.metric]["discount"] = DISCOUNTS["exposure"]


def kinds_of(metric: str) -> tuple[str, ...]:
    """The kinds of system that a judged measure exists for.

    >>> kinds_of("exposure_ratio"), kinds_of("selection_rate_ratio")
    (('ranking',), ('selection', 'ranking', 'generation'))
    """
    return ("ranking",) if metric in LISTS else LOGGED


def possible(metric: str, name: str, value: object) -> bool:
    """Whether a judged measure can have figures with a parameter of a value.

    >>> possible("selection_rate_ratio", "against", "gender=M"), possible("selection_rate_ratio", "against", 1)
    (True, False)
    """
    if name == "against":
        return isinstance(value, str) and (value == "rest" or "=" in value[1:])
    return PARAMS[metric].get(name) == value
