"""Figures that an audit says have no value: whether the rows give them one all the same.

A promise that is broken would be *we cannot tell* if a false reason took its figure away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ..groups import LAYERS, SELECTED, Claims, Groups
from ..rates import COMPARED, total
from ..rates import OF_OUTCOMES as RATES
from ..system import System

OF_OUTCOMES = ("selective_labels", "absent_is_negative", "not_mature", "no_outcomes")
"""Reasons that lie in outcomes: no figure of decisions alone has one of them."""
OF_STRATA = ("rows_purged", "too_many_strata", "no_model")
"""Reasons for which similar people are not compared, although there are some."""
DECIDED = re.compile(
    r"(?P<adjusted>adjusted_)?(stage_)?selection_rate(_ratio|_difference)?|impact_ratio|demographic_parity_\w+"
    r"|unknown_share|unknown_selection_rate"
)
COMPARISON = "selection_rate_ratio"


def wrongly_untold(document: dict, groups: Groups, again: Callable[[dict], Claims | None]) -> Iterator[str]:
    """The figures of groups of which the reason that they have no value does not hold."""
    for measure in document["measures"]:
        stands = excused(measure, groups.system, document.get("as_of", document["window"]["end"]))
        if measure["status"] == "undefined" and not stands and _valued(measure, again):
            yield f"{measure['id']} has a value, and is said to have none ({measure['reason']})"
    yield from _hidden_as_small(document["measures"], groups)


def excused(measure: dict, system: System, as_of: str) -> bool:
    """Whether a reason takes a figure away although its counts are there, or the figure is no such one."""
    reason, metric = measure["reason"], measure["metric"]
    decided, of_outcomes = DECIDED.fullmatch(metric), metric in RATES or metric in COMPARED
    if reason == "expired":
        return any(str(system.groups.get(name, {}).get("expires") or as_of) < as_of for name in measure["by"])
    if reason == "no_decision":
        return not system.decides
    if reason in OF_OUTCOMES:
        declared = {"selective_labels": system.observed_for == "selected", "absent_is_negative": system.absent_counts}
        return not decided and declared.get(reason, system.has_outcome)
    if decided is None:
        return not of_outcomes
    return reason in OF_STRATA and decided["adjusted"] is not None


def _valued(measure: dict, again: Callable[[dict], Claims | None]) -> bool:
    """Whether the rows give it a value; where there is nothing to divide by, or nobody, they do not."""
    try:
        found = again(measure)
    except (ArithmeticError, LookupError, ValueError):
        return False
    return found is not None and found.get("value") is not None


def _hidden_as_small(measures: Sequence[dict], groups: Groups) -> Iterator[str]:
    """Groups of which more buckets hold somebody than people would make them large; comparisons of groups that are all
    shown."""
    system, rows = groups.system, groups.rows
    for measure in measures:
        by = tuple(measure["by"])
        group = tuple(measure["group"][each] for each in by) if measure["group"] else ()
        if measure["metric"] == SELECTED and measure["reason"] == "small_group" and group and system.by_person:
            filled = sum(any(n for outcomes in bucket for n in outcomes) for bucket in rows.tables(by).get(group, []))
            if filled >= system.limit:
                yield f"{measure['id']} is hidden as small and has {filled} people or more"
        if measure["metric"] == COMPARISON and measure["status"] == "suppressed" and group:
            table, reference = rows.tables(by), system.reference(by)
            told = groups.shown.of(by, LAYERS[SELECTED], table).keys()
            others = told - {group} if reference is None else told & {reference}
            if group in told and any(total([table[each]]) for each in others):
                yield f"{measure['id']} is hidden although the groups that it compares are not"
