"""The measures that a charter can judge: one row each, with its scale and what else decides how it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from boussole.audits.metrics.accounts import WITHOUT_FACTOR
from boussole.audits.metrics.before_after import EFFECT
from boussole.audits.metrics.calibration import CALIBRATION_DIFFERENCE
from boussole.audits.metrics.calls import OUTSIDE_SHARE
from boussole.audits.metrics.cases import UNDECLARED_SHARE, UNTRAINED_SHARE
from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS, PUT_IN_RESULTS
from boussole.audits.metrics.definition import RateComparison
from boussole.audits.metrics.footprint import FOR_NOTHING, OF_YEAR, PER_TEXT, SPREAD
from boussole.audits.metrics.forgotten import NEVER_RATIO
from boussole.audits.metrics.freedom import AFTER_STOP, OUTSIDE_HOURS, TOO_OFTEN
from boussole.audits.metrics.human import HASTY_SHARE, OVERRIDE_RATE
from boussole.audits.metrics.marking import UNMARKED_SHARE
from boussole.audits.metrics.measure import EVERY_COMPARISON
from boussole.audits.metrics.notices import WITHOUT_NOTICE
from boussole.audits.metrics.ranking import DISCOUNT, EXPOSURE_RATIO
from boussole.audits.metrics.replies import LATE_RATIO
from boussole.audits.metrics.reworked import HASTY_TEXTS, REWORKED_SHARE
from boussole.audits.metrics.search_controls import FROM_REPLIES_SHARE
from boussole.audits.metrics.shares import CONTROL_RATIO, REACHED_RATIO, SILENT_RATIO
from boussole.audits.metrics.texts import PERSONAL_OUTSIDE, UNLAWFUL_ADVERTS
from boussole.audits.metrics.through import GAP_SHARE
from boussole.charter.text.model import Need

DRIFT = "psi"
LOGGED = ("selection", "ranking", "generation")
"""Kinds of system that have a log to measure."""
AGAINST = {"against": "`rest`, or a reference such as `gender=M`"}


@dataclass(frozen=True, kw_only=True)
class JudgingMethod:
    """How a charter can judge a measure."""

    scale: str
    """`ratio`, `difference`, `share`, `distance`, `effect`, `cases` or `range`: what its levels are. All but `cases`,
    of which one is too many, and `range`, which is held to a level by its ends, carry a test. Empty: it is shown, never
    judged."""
    need: Need | None = None
    """What a system file must declare for it, and its question must say that it needs."""
    of_everybody: bool = False
    """Whether it is of a log of its own and of everybody, so that it is asked of no group."""
    replies: bool = False
    """Whether it compares replies to messages."""
    sides: bool = False
    """Whether it compares two sides of everybody, and not groups."""
    reviews: bool = False
    """Whether it is of reviews of agents."""
    needs_all: bool = False
    """Whether it has no value where outcomes are observed only for the selected."""
    decided: bool = False
    """Whether it tells who is selected, so that there is none of it where nothing is decided."""
    kinds: tuple[str, ...] = LOGGED
    """The kinds of system that it exists for."""
    by_window: bool = False
    """Whether it is judged window by window: places in lists, people on none, areas, calibration, distances and logs of
    their own are not added up."""
    needs_log: bool = False
    """Whether an audit holds none of it where the log that it rests on is missing, which says nothing of groups."""
    overlapping: bool = False
    """Whether a window shares most of its months with the one before: two windows are not held to each other."""
    breaks: bool = True
    """Whether it can break a promise by itself: who is put in may be harder to place, and need it more."""
    params: Mapping[str, str] = field(default_factory=dict)
    """What a question can choose among its figures by, and what that can be."""

    @property
    def one_case(self) -> bool:
        """Whether it counts what is not tolerated at all: one case is too many, and nothing is tested."""
        return self.scale == "cases"

    @property
    def of_messages(self) -> bool:
        """Whether it is of the log of messages."""
        return self.replies or (self.of_everybody and self.need == "contacts")


SHOWN = JudgingMethod(scale="")
"""A measure that no charter judges."""


def _compared(comparison: RateComparison, **more: Any) -> JudgingMethod:
    rate = comparison.rate
    row = {"params": AGAINST, "needs_all": rate.needs_all, "decided": rate.decided, **more}
    return JudgingMethod(scale=comparison.scale, **row)


def _of_log(scale: str, need: Need, **more: Any) -> JudgingMethod:
    """The row of a measure of a log of its own, of everybody."""
    return JudgingMethod(scale=scale, need=need, of_everybody=True, by_window=True, **more)


COMPARISONS = {comparison.metric: comparison for comparison in EVERY_COMPARISON}
LISTS = {"kinds": ("ranking",), "by_window": True}
JUDGED: dict[str, JudgingMethod] = {
    **{metric: _compared(comparison) for metric, comparison in COMPARISONS.items()},
    EXPOSURE_RATIO.metric: _compared(EXPOSURE_RATIO, **LISTS, params={**AGAINST, "discount": DISCOUNT}),
    NEVER_RATIO: _compared(COMPARISONS[NEVER_RATIO], **LISTS, needs_log=True, overlapping=True),
    CALIBRATION_DIFFERENCE.metric: _compared(CALIBRATION_DIFFERENCE, by_window=True),
    LATE_RATIO.metric: _compared(LATE_RATIO, need="closings", replies=True, by_window=True, needs_log=True),
    DRIFT: JudgingMethod(scale="distance", by_window=True),
    GAP_SHARE: JudgingMethod(scale="share", decided=True, by_window=True, needs_log=True, params=AGAINST),
    OUTSIDE_HOURS: _of_log("share", "contacts"),
    TOO_OFTEN: _of_log("share", "contacts"),
    OVERRIDE_RATE: _of_log("share", "reviews", reviews=True),
    HASTY_SHARE: _of_log("share", "reading_time", reviews=True),
    REWORKED_SHARE: _of_log("share", "reworked_texts", reviews=True, needs_log=True),
    HASTY_TEXTS: _of_log("share", "texts_in_time", reviews=True, needs_log=True),
    UNTRAINED_SHARE: _of_log("share", "trained_users", needs_log=True),
    AFTER_STOP: _of_log("cases", "contacts"),
    UNDECLARED_SHARE: _of_log("cases", "purposes"),
    WITHOUT_NOTICE: _of_log("cases", "notices"),
    WITHOUT_FACTOR: _of_log("cases", "accounts"),
    UNLAWFUL_ADVERTS: _of_log("cases", "adverts"),
    PERSONAL_OUTSIDE: _of_log("cases", "personal_kinds"),
    OUTSIDE_SHARE: _of_log("cases", "allowed_places"),
    UNMARKED_SHARE: _of_log("cases", "marks"),
    PER_TEXT: _of_log("range", "text_outcomes"),
    OF_YEAR: _of_log("range", "called_models"),
    FOR_NOTHING: _of_log("range", "text_outcomes"),
    SPREAD: _of_log("range", "called_models"),
    FROM_REPLIES_SHARE: _of_log("cases", "triggers"),
    REACHED_RATIO: _of_log("ratio", "smartphones", replies=True, sides=True, needs_log=True),
    SILENT_RATIO: _of_log("ratio", "replies", replies=True, sides=True, needs_log=True),
    CONTROL_RATIO: _of_log("ratio", "search_controls", replies=True, sides=True, needs_log=True),
    EFFECT: _of_log("effect", "agencies"),
    PUT_IN_RESULTS: _of_log("effect", "reviews", needs_log=True, breaks=False),
    GAP_BY_CORRECTIONS: JudgingMethod(scale="effect", need="reviews", by_window=True, needs_log=True, params=AGAINST),
}
"""The measures that a charter can judge, and how."""


def judged(metric: str | None) -> JudgingMethod:
    """How a measure is judged; `SHOWN` of one that is not.

    >>> judged("exposure_ratio").kinds, judged("override_rate").reviews, judged("accuracy").scale
    (('ranking',), True, '')
    """
    return JUDGED.get(metric or "", SHOWN)


def possible(metric: str, name: str, value: object) -> bool:
    """Whether a judged measure can have figures with a parameter of a value.

    >>> possible("selection_rate_ratio", "against", "gender=M"), possible("selection_rate_ratio", "against", 1)
    (True, False)
    """
    if name == "against":
        return isinstance(value, str) and (value == "rest" or "=" in value[1:])
    return judged(metric).params.get(name) == value
