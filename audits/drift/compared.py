"""All that is compared between two windows: the score, the features, what was decided and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from boussole.audits.cubes.values import UNKNOWN, BinnedCounts, Histogram, Values, by_value, categories, without_shares
from boussole.audits.drift.counts import WindowCounts
from boussole.audits.drift.distances import missing_measure, ordered_measures
from boussole.audits.drift.measures import index_measures
from boussole.audits.measures import NEGATIVE, NOT_SELECTED, POSITIVE, SELECTED, Counts, Measure
from boussole.audits.standing import standing
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, whole_months

Pair = tuple[Window, Window]
TOTALS = ("reference_total", "current_total")
ROLE, DECISION, OUTCOME = "role", "decision", "outcome"


def compared(counts: WindowCounts, pair: Pair, system: System, *, as_of: dt.date) -> list[Measure]:
    """Measure every distance of columns, decisions and outcomes of the second window from the first.

    Undefined: `empty_window`, `no_values`, `one_bin`; `no_decision`; `not_mature`, `no_outcomes`; `is_group`.
    Suppressed: `small_group`, some but fewer than `suppress_below` missing values or outcomes.
    """
    effect = counts.design_effect(pair[1], system)
    found: list[Measure] = []
    for name in ("score", *system.watched):
        if name in counts.values and name in group_columns(system):
            found.append(group_measure("feature", name))
        elif name in counts.values:
            sides = (counts.value_counts(name, pair[0]), counts.value_counts(name, pair[1]))
            found += _values(name, sides, system, effect, counts.pool(name, pair), shares=all(map(whole_months, pair)))
        elif name in counts.bins:
            found += _column(counts.histogram(name, *pair), system, effect)
    decided = [counts.everybody[counts.windows[window]].sum(axis=0) for window in pair]
    found += (
        index_measures(_decisions(decided), design_effect=effect)
        if system.decides
        else _without(DECISION, "no_decision")
    )
    if system.log.outcome is not None:
        found += _outcomes(decided, pair, system, effect=effect, as_of=as_of)
    return found


def value_measures(
    by: str,
    name: str,
    sides: tuple[Values, Values],
    *,
    fewest: int,
    design_effect: float,
    pool: Collection[str] = (),
    shares: bool = True,
) -> list[Measure]:
    """Measure PSI and Jensen-Shannon distance of one column between two windows, from the counts of its values.

    `pool`: values without a name. Undefined: `empty_window`; `no_values`, where one holds no value; `one_bin`.
    """
    whole = by_value(by, name, sides, fewest, pool)
    return index_measures(whole if shares else without_shares(whole), design_effect=design_effect)


def group_columns(system: System) -> set[str]:
    """The columns of the log that groups are made of."""
    return {group.column for group in system.groups.values() if group.source == "log"}


def group_measure(by: str, name: str) -> Measure:
    """In place of the distances of a column of groups: its shares would be a second way around suppression."""
    return Measure(
        metric="psi", by=(by,), group=(name,), status="undefined", reason="is_group", params={"categories": []}
    )


def _column(histogram: Histogram, system: System, effect: float) -> list[Measure]:
    score, fewest = system.log.score, system.privacy.suppress_below
    range_ = score.range if histogram.feature == "score" and score else None
    ordered = ordered_measures(histogram, range_=range_)
    grouped = histogram.feature in group_columns(system)
    few = any(0 < side[-1] < fewest for side in (histogram.reference, histogram.current))
    return [
        *index_measures(histogram.coarse(), design_effect=effect),
        *(_without_totals(each) if few or grouped else each for each in ordered),
        *(
            []
            if grouped  # they are the group of people of whom it is not known
            else [
                missing_measure(
                    histogram.feature, n=sum(histogram.current), missing=histogram.current[-1], fewest=fewest
                )
            ]
        ),
    ]


def _without_totals(measure: Measure) -> Measure:
    """Remove how many have a value, which would give away how many have none."""
    kept = {name: value for name, value in measure.params.items() if name not in TOTALS}
    return replace(measure, n=None, params=kept)


def _values(
    name: str, sides: tuple[Values, Values], system: System, effect: float, pool: frozenset[str], *, shares: bool
) -> list[Measure]:
    fewest, now = system.privacy.suppress_below, sides[1]
    return [
        *value_measures("feature", name, sides, fewest=fewest, design_effect=effect, pool=pool, shares=shares),
        missing_measure(name, n=now.total(), missing=now[UNKNOWN], fewest=fewest),
    ]


def _decisions(decided: Sequence[Counts]) -> BinnedCounts:
    pairs = {
        name: (int(decided[0][at].sum()), int(decided[1][at].sum()))
        for name, at in (("not_selected", NOT_SELECTED), ("selected", SELECTED))
    }
    return categories(ROLE, DECISION, pairs)


def _outcomes(decided: Sequence[Counts], pair: Pair, system: System, *, effect: float, as_of: dt.date) -> list[Measure]:
    """Measure the distances of known outcomes: of the selected, where only theirs are seen."""
    outcome = system.log.outcome
    seen = [SELECTED] if outcome and outcome.observed_for == "selected" else [NOT_SELECTED, SELECTED]
    counts = {
        name: (int(decided[0][seen, at].sum()), int(decided[1][seen, at].sum()))
        for name, at in (("negative", NEGATIVE), ("positive", POSITIVE))
    }
    readable = [standing(system, window, as_of=as_of).readable_from for window in pair]
    totals = [sum(side) for side in zip(*counts.values(), strict=True)]
    if any(readable):
        return _without(OUTCOME, "not_mature", {"readable_from": max(filter(None, readable)).isoformat()})
    if not all(totals):
        return _without(OUTCOME, "no_outcomes")
    if min(totals) < system.privacy.suppress_below:
        return _without(OUTCOME, "small_group", status="suppressed")
    return index_measures(categories(ROLE, OUTCOME, counts), design_effect=effect)


def _without(
    column: str,
    reason: str,
    params: Mapping[str, str] | None = None,
    *,
    status: Literal["undefined", "suppressed"] = "undefined",
) -> list[Measure]:
    """Return measures without a value: why there is no distance of decisions, or of outcomes."""
    return [
        Measure(metric=name, by=(ROLE,), group=(column,), status=status, reason=reason, params=params or {})
        for name in ("psi", "jensen_shannon")
    ]
