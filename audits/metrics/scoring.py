"""Scoring rates: who scores above the middle of everybody, for systems whose score is used and not cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from boussole.audits.measures import NO_OUTCOME, Cells, Counts, Measure, Scores
from boussole.audits.metrics.comparisons import comparison_measures
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.groups import rate_measures
from boussole.audits.metrics.scored import ScoredTable
from boussole.audits.metrics.selection import SELECTION_RATE, SELECTION_RATIO
from boussole.audits.metrics.view import View
from boussole.audits.suppression.rules import Suppression, suppress
from boussole.audits.systems.model import System

SCORING_RATE = replace(SELECTION_RATE, metric="scoring_rate", decided=False)
ONE_SCORE = 1e-15
"""A smaller variance within a bin is rounding."""
SCORING_RATIO = replace(SELECTION_RATIO, metric="scoring_rate_ratio", rate=SCORING_RATE)


@dataclass(frozen=True)
class _Middle:
    """The bin of the median, the first bin counted as above it, and whether that bin holds one score only."""

    bin: int
    above: int
    exact: bool


def scoring_measures(tables: Sequence[ScoredTable], *, system: System) -> dict[tuple[str, ...], list[Measure]]:
    """Measure scoring rates and their comparisons, by attribute.

    Where scores in the bin of the median differ, the median is taken as the nearer end of the bin (`bin_bound`).
    """
    if not tables or tables[0].scores.purged or not tables[0].scores.counts.any():
        return {}
    middle = _middle(tables[0].scores)
    above = {each.view.table.by: _above(each.scores, middle) for each in tables}
    known = tables[0].view.suppression
    decisions = Suppression(decisions=known.decisions, outcomes={}, apart=known.apart)
    hidden = suppress(list(above.values()), system=system, also=decisions)
    return {each.view.table.by: _measures(each, above[each.view.table.by], hidden, middle) for each in tables}


def _middle(everybody: Scores) -> _Middle:
    n, total, squares = (
        part.sum(axis=(0, 2, 3, 4)) for part in (everybody.counts, everybody.totals, everybody.squares)
    )
    median = int(np.searchsorted(n.cumsum(), n.sum() / 2))
    spread = squares[median] / n[median] - (total[median] / n[median]) ** 2
    if spread < ONE_SCORE:
        return _Middle(median, median + 1, exact=True)
    over = int(n[median + 1 :].sum())
    nearer = abs(2 * (over + int(n[median])) - n.sum()) < abs(2 * over - n.sum())
    return _Middle(median, median if nearer else median + 1, exact=False)


def _above(scores: Scores, middle: _Middle) -> Cells:
    """Return who scores above the median, as a decision without outcome."""
    by_bin = scores.counts.sum(axis=(3, 4))
    counts: Counts = np.zeros((len(scores.groups), by_bin.shape[2], 2, 3), dtype=np.int64)
    counts[:, :, 0, NO_OUTCOME] = by_bin[:, : middle.above].sum(axis=1)
    counts[:, :, 1, NO_OUTCOME] = by_bin[:, middle.above :].sum(axis=1)
    return Cells(by=scores.by, groups=scores.groups, counts=counts, clustered=scores.clustered)


def _measures(scored: ScoredTable, above: Cells, hidden: Suppression, middle: _Middle) -> list[Measure]:
    view = View(table=above, system=scored.view.system, suppression=hidden, standing=scored.view.standing)
    edges = scored.scores.edges(scored.scores.bins)
    between = {"median_between": [edges[middle.bin], edges[min(middle.bin + 1, scored.scores.bins)]]}
    shares = scored.scores.counts.sum(axis=(2, 3, 4))
    rates = []
    for measure, position in zip(rate_measures(view, SCORING_RATE), view.known, strict=True):
        params = {**measure.params, **between}
        if measure.value is not None and not middle.exact:
            params["bin_bound"] = float(shares[position, middle.bin] / shares[position].sum())
        rates.append(replace(measure, params=params))
    return rates + (comparison_measures(view, SCORING_RATIO) if above.by else [])


METRICS = (
    Metric(
        name="scoring_rate",
        kind="group",
        formula="people with a score above the median of everybody ÷ people with a score (to the end of a bin:"
        " `median_between`, `bin_bound`)",
        range="[0, 1]",
        ideal=None,
        undefined="nobody has a score",
        source="NYC Local Law 144, 6 RCNY 5-300",
    ),
    Metric(
        name="scoring_rate_ratio",
        kind="comparison",
        formula="scoring rate of the group ÷ that of the declared reference, else of all other known groups",
        range="[0, ∞)",
        ideal=1.0,
        undefined="a group is empty or absent; nobody of the reference scores above the median",
        source="6 RCNY 5-300; test as selection_rate_ratio",
    ),
)
