"""The measures that a charter can judge: their scales, and for what they have a value at all."""

from __future__ import annotations

from boussole.audits.metrics.accounts import WITHOUT_FACTOR
from boussole.audits.metrics.before_after import EFFECT
from boussole.audits.metrics.calibration import CALIBRATION_DIFFERENCE
from boussole.audits.metrics.calls import OUTSIDE_SHARE
from boussole.audits.metrics.discrimination import AUC_DIFFERENCE
from boussole.audits.metrics.families import EVERY_COMPARISON
from boussole.audits.metrics.footprint import FOR_NOTHING, OF_YEAR, PER_TEXT, SPREAD
from boussole.audits.metrics.forgotten import NEVER_RATIO
from boussole.audits.metrics.freedom import AFTER_STOP, OUTSIDE_HOURS, TOO_OFTEN
from boussole.audits.metrics.human import HASTY_SHARE, OVERRIDE_RATE
from boussole.audits.metrics.notices import WITHOUT_NOTICE
from boussole.audits.metrics.ranking import DISCOUNTS, EXPOSURE_RATIO
from boussole.audits.metrics.replies import LATE_RATIO
from boussole.audits.metrics.sides_of_replies import REACHED_RATIO, SILENT_RATIO
from boussole.audits.metrics.texts import PERSONAL_OUTSIDE, UNLAWFUL_ADVERTS
from boussole.audits.metrics.through import GAP_SHARE
from boussole.audits.metrics.uses import UNDECLARED_SHARE
from boussole.charter.text.model import Need

DRIFT = "psi"
SHARES: dict[str, Need] = {
    OUTSIDE_HOURS: "contacts",
    TOO_OFTEN: "contacts",
    OVERRIDE_RATE: "reviews",
    HASTY_SHARE: "reading_time",
}
"""Shares of what a log holds, with what a system file must declare for it: of everybody, and compared with nobody."""
NO_CASE: dict[str, Need] = {
    AFTER_STOP: "contacts",
    UNDECLARED_SHARE: "purposes",
    WITHOUT_NOTICE: "notices",
    WITHOUT_FACTOR: "accounts",
    UNLAWFUL_ADVERTS: "adverts",
    PERSONAL_OUTSIDE: "personal_kinds",
    OUTSIDE_SHARE: "allowed_places",
}
"""Counts of what is not tolerated at all, from a log: one case is too many, and nothing is tested."""
RANGED: dict[str, Need] = {
    PER_TEXT: "text_outcomes",
    OF_YEAR: "called_models",
    FOR_NOTHING: "text_outcomes",
    SPREAD: "called_models",
}
"""Figures of a log that are known as a range, with what a system file must declare for it."""
OF_REPLIES: dict[str, Need] = {LATE_RATIO.metric: "closings", REACHED_RATIO: "smartphones", SILENT_RATIO: "replies"}
"""Comparisons of replies, and what the log of messages must say for them."""
SIDES: dict[str, Need] = {name: OF_REPLIES[name] for name in (REACHED_RATIO, SILENT_RATIO)}
"""Those of two sides of everybody, and not of groups."""
JUDGED = (
    {comparison.metric: comparison.scale for comparison in (*EVERY_COMPARISON, LATE_RATIO)}
    | {DRIFT: "distance"}
    | dict.fromkeys((*SHARES, GAP_SHARE), "share")
    | dict.fromkeys(NO_CASE, "cases")
    | dict.fromkeys(RANGED, "range")
    | dict.fromkeys(SIDES, "ratio")
    | {EFFECT: "effect"}
)
"""The measures that a charter can judge, and their scales; all but `cases` and `range` carry a test."""
NEEDS_ALL = {comparison.metric for comparison in EVERY_COMPARISON if comparison.rate.needs_all}
"""Measures that have no value where outcomes are observed only for the selected."""
DECIDED = {comparison.metric for comparison in EVERY_COMPARISON if comparison.rate.decided} | {GAP_SHARE}
"""Measures of who is selected: where nothing is decided there is none of them."""
OF_LOGS: dict[str, Need] = {**SHARES, **NO_CASE, **RANGED, **SIDES, EFFECT: "agencies"}
"""Measures of a log of its own, of everybody, and what a question needs for them."""
LISTS = {EXPOSURE_RATIO.metric, NEVER_RATIO}
"""Measures of lists: of systems that rank."""
BY_WINDOW = {
    EXPOSURE_RATIO.metric,
    NEVER_RATIO,
    AUC_DIFFERENCE.metric,
    CALIBRATION_DIFFERENCE.metric,
    DRIFT,
    GAP_SHARE,
    LATE_RATIO.metric,
    *OF_LOGS,
}
"""Measures that are judged window by window: places in lists, people on none, areas, calibration, distances and logs of
their own are not added up."""
LATER_METRICS = frozenset({GAP_SHARE, NEVER_RATIO, *OF_REPLIES})
"""Measures that audits of earlier versions do not have: that they hold none of them says nothing of groups."""
OVERLAPPING = {NEVER_RATIO}
"""Measures of which a window shares most months with the one before: two windows are not held to each other."""
LOGGED = ("selection", "ranking", "generation")
"""Kinds of system that have a log to measure."""
PARAMS: dict[str, dict[str, str]] = {
    metric: {"against": "`rest`, or a reference such as `gender=M`"}
    for metric in JUDGED
    if metric not in (DRIFT, *OF_LOGS)
} | {metric: {} for metric in (DRIFT, *OF_LOGS)}
"""What a question can choose among the figures of a measure by, and what it can be."""
PARAMS[EXPOSURE_RATIO.metric]["discount"] = DISCOUNTS["exposure"]


def kinds_of(metric: str) -> tuple[str, ...]:
    """The kinds of system that a judged measure exists for.

    >>> kinds_of("exposure_ratio"), kinds_of("selection_rate_ratio")
    (('ranking',), ('selection', 'ranking', 'generation'))
    """
    return ("ranking",) if metric in LISTS else LOGGED


def of_reviews(metric: str) -> bool:
    """Whether a judged measure is of reviews of agents.

    >>> of_reviews("override_rate"), of_reviews("outside_hours_share")
    (True, False)
    """
    return metric in (OVERRIDE_RATE, HASTY_SHARE)


def possible(metric: str, name: str, value: object) -> bool:
    """Whether a judged measure can have figures with a parameter of a value.

    >>> possible("selection_rate_ratio", "against", "gender=M"), possible("selection_rate_ratio", "against", 1)
    (True, False)
    """
    if name == "against":
        return isinstance(value, str) and (value == "rest" or "=" in value[1:])
    return PARAMS[metric].get(name) == value
