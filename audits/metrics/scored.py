"""Scoring rates: who scores above the middle of everybody, for systems whose score is used and not cut.

The decisions that have a score, as they may be shown, and bounds of their measures whatever the missing outcomes.

Source of the bounds: Manski (2003), Partial Identification of Probability Distributions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from boussole.audits.measures import (
    NEGATIVE,
    NO_OUTCOME,
    NOT_SELECTED,
    POSITIVE,
    SELECTED,
    Cells,
    Counts,
    Interval,
    Measure,
    Scores,
)
from boussole.audits.metrics.adjusted import against, compared, comparison_measures, judged, refused
from boussole.audits.metrics.definition import Metric, Rate, RateComparison, between
from boussole.audits.metrics.selection import SELECTION_RATE, SELECTION_RATIO
from boussole.audits.metrics.view import View, known_values, rate_measures
from boussole.audits.parts import Floats
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import Suppression, suppress
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.auc import Sides
from boussole.audits.uncertainty.means import Moments

_BOTH = (NOT_SELECTED, SELECTED)
_ALL = tuple((decision, outcome) for decision in _BOTH for outcome in (NEGATIVE, POSITIVE, NO_OUTCOME))
EVERY = Rate(metric="scored", numerator=_ALL, denominator=_ALL)
"""Everybody who has a score."""
SEEN = Rate(
    metric="scored_with_outcome",
    numerator=tuple((decision, POSITIVE) for decision in _BOTH),
    denominator=tuple((decision, outcome) for decision in _BOTH for outcome in (NEGATIVE, POSITIVE)),
    outcome="observed",
    missing=_BOTH,
)
"""Those whose outcome is known: where it is seen only for the selected, the selected."""
EVERY_SEEN = replace(SEEN, needs_all=True)
"""The same for measures that would mislead if the outcomes of some could not be seen."""


@dataclass(frozen=True, kw_only=True)
class ScoredTable:
    """One table of decisions that have a score: its view, its counts by score, and the bins of its `curve`, if any."""

    view: View
    scores: Scores
    curve: tuple[int, ...] | None = None

    def sides(self, positives: Sequence[int], negatives: Sequence[int]) -> Sides:
        """Positives of some groups and negatives of some, by bin and bucket."""
        return Sides(self._outcome(positives, POSITIVE), self._outcome(negatives, NEGATIVE))

    def _outcome(self, positions: Sequence[int], outcome: int) -> Counts:
        return np.asarray(self._by_outcome[list(positions), ..., outcome].sum(axis=0), dtype=np.int64)

    @cached_property
    def _by_outcome(self) -> Counts:
        """Counts by group, bin, bucket and outcome, added up once."""
        return np.asarray(self.scores.counts.sum(axis=3), dtype=np.int64)

    @cached_property
    def _by_bin(self) -> Counts:
        return np.asarray(self._by_outcome.sum(axis=(2, 3)), dtype=np.int64)

    def histogram(self, positions: Sequence[int]) -> Floats:
        """Everybody with a score, by bin."""
        return np.asarray(self._by_bin[list(positions)].sum(axis=0), dtype=np.float64)

    def scores_of(self, positions: Sequence[int]) -> Moments:
        """The scores of everybody who has one."""
        n, total, squares = (part[list(positions)].sum(axis=(0, 1, 3, 4)) for part in self._parts)
        return Moments(n=n, total=total, squares=squares)

    def errors_of(self, positions: Sequence[int]) -> Moments:
        """Return moments of score − outcome of everybody with both, with at least the variance of chances, s(1 − s)."""
        n, total, squares = (part[list(positions), ..., :NO_OUTCOME].sum(axis=(0, 1, 3)) for part in self._parts)
        positives, both = n[:, POSITIVE], n.sum(axis=1)
        found = squares.sum(axis=1) - 2 * total[:, POSITIVE] + positives
        chance = float((total.sum() - squares.sum()) / both.sum()) if both.any() else 0.0
        return Moments(n=both, total=total.sum(axis=1) - positives, squares=found, least=max(chance, 0.0))

    @property
    def _parts(self) -> tuple[Counts, Floats, Floats]:
        return self.scores.counts, self.scores.totals, self.scores.squares

    def missing(self, positions: Sequence[int]) -> dict[str, int]:
        """Decisions that are left out because they have no score."""
        return {"missing_scores": int(self.scores.missing[list(positions)].sum())}


@dataclass(frozen=True, kw_only=True)
class ScoredFigure:
    """A value and what goes with it; `n`: decisions per bucket."""

    value: float
    n: Counts
    interval: Interval | None
    params: Mapping[str, Any] = field(default_factory=dict)

    def told(self, more: Mapping[str, Any]) -> ScoredFigure:
        """The same with more parameters."""
        return replace(self, params={**self.params, **more})


Refused = Literal["zero_denominator", "degenerate"]


def scored_tables(
    tables: Sequence[Scores],
    *,
    system: System,
    standing: WindowStanding,
    suppression: Suppression,
    withheld: Mapping[str, Mapping[Key, str]] | None = None,
) -> list[ScoredTable]:
    """Combine counts by score with what may be shown of them, by `suppression` and by other windows (`withheld`)."""
    decisions, outcomes = ((withheld or {}).get(layer, {}) for layer in ("decisions", "outcomes"))
    suppression = replace(
        suppression,
        decisions={**decisions, **suppression.decisions},
        outcomes={**decisions, **outcomes, **suppression.outcomes},
    )
    tables = [table for table in tables if standing.ended(table.by) is None]
    if decisions or outcomes or any(table.missing.any() for table in tables):
        suppression = suppress([table.cells() for table in tables], system=system, also=suppression)
    return [
        ScoredTable(
            view=View(table=table.cells(), system=system, suppression=suppression, standing=standing), scores=table
        )
        for table in tables
    ]


def reference_tables(tables: Sequence[Scores], *, system: System, standing: WindowStanding) -> list[ScoredTable]:
    """Counts by score of the reference window, with what may be shown of it; its outcomes are mature."""
    tables = [table for table in tables if standing.ended(table.by) is None]
    if not tables:
        return []
    suppression, mature = (
        suppress([table.cells() for table in tables], system=system),
        replace(standing, readable_from=None),
    )
    return [
        ScoredTable(
            view=View(table=table.cells(), system=system, suppression=suppression, standing=mature), scores=table
        )
        for table in tables
    ]


def group_figures(
    scored: ScoredTable,
    metric: str,
    rate: Rate,
    make: Callable[[list[int]], ScoredFigure | None],
    *,
    probability: bool = False,
) -> list[Measure]:
    """A measure of every known group (or of everybody); `make` gives None where its denominator is 0."""
    return [
        _group_figure(scored, metric, rate, make, position, probability=probability) for position in scored.view.known
    ]


def _group_figure(
    scored: ScoredTable,
    metric: str,
    rate: Rate,
    make: Callable[[list[int]], ScoredFigure | None],
    position: int,
    *,
    probability: bool,
) -> Measure:
    view = scored.view
    group, blocked, hidden = view.table.groups[position], _blocked(scored, rate, probability), view.hidden(rate)
    if blocked:
        return view.without_value(metric, "undefined", blocked, group=group, params=view.until(blocked))
    if position in hidden:
        return view.without_value(metric, "suppressed", hidden[position], group=group)
    params = view.missing(rate, [position]) | scored.missing([position])
    figure = make([position])
    if figure is None:
        size = int(view.sizes(rate)[position])
        return view.without_value(metric, "undefined", "zero_denominator", group=group, n=size, params=params)
    return _measure(scored, metric, position, figure, params)


def pair_figures(
    scored: ScoredTable,
    comparison: RateComparison,
    make: Callable[[list[int], list[int]], ScoredFigure | Refused],
    *,
    probability: bool = False,
) -> list[Measure]:
    """A measure of every known group against its reference, else all others."""
    return [_pair_figure(scored, comparison, make, position, probability) for position in compared(scored.view)]


def _pair_figure(
    scored: ScoredTable,
    comparison: RateComparison,
    make: Callable[[list[int], list[int]], ScoredFigure | Refused],
    position: int,
    probability: bool,
) -> Measure:
    view, metric = scored.view, comparison.metric
    group, other = view.table.groups[position], against(view, comparison, position)
    params = judged(view, comparison, other)
    blocked = _blocked(scored, comparison.rate, probability)
    if blocked:
        return view.without_value(metric, "undefined", blocked, group=group, params=params | view.until(blocked))
    refusal = refused(view, comparison, position, other)
    if refusal is not None:
        return refusal
    both = [position, *other.positions]
    params |= view.missing(comparison.rate, both) | scored.missing(both)
    figure = make([position], other.positions)
    if isinstance(figure, str):
        size = int(view.sizes(comparison.rate)[both].sum())
        return view.without_value(metric, "undefined", figure, group=group, n=size, params=params)
    return _measure(scored, metric, position, figure, params)


def _blocked(scored: ScoredTable, rate: Rate, probability: bool) -> str | None:
    """Why no group has this measure."""
    if probability and not scored.scores.probability:
        return "not_a_probability"
    if scored.scores.purged:
        return "rows_purged"
    return scored.view.blocked(rate)


def _measure(
    scored: ScoredTable, metric: str, position: int, figure: ScoredFigure, params: Mapping[str, Any]
) -> Measure:
    view = scored.view
    return Measure(
        metric=metric,
        by=view.table.by,
        group=known_values(view.table.groups[position]),
        value=figure.value,
        n=int(figure.n.sum()),
        clusters=view.clusters(figure.n),
        interval=figure.interval,
        params={**params, **figure.params},
    )


Ends = tuple[float, float]


def score_bounds(
    scored: ScoredTable, ends: Callable[[ScoredTable, list[int]], Ends | None], *parts: list[int]
) -> dict[str, list[float]]:
    """Return the parameter `bounds` of a group's measure, or of a gap of two; empty without missing outcomes."""
    if not any(_missing(scored, part)[0].any() for part in parts):
        return {}
    return between([ends(scored, part) for part in parts])


def area_ends(scored: ScoredTable, group: list[int]) -> Ends | None:
    """Lowest and highest area under the ROC curve, whatever the order of scores within a bin is too."""
    sides = scored.sides(group, group).sums
    parts = [*sides, _missing(scored, group)[0]]
    highest, turned = highest_area(*parts), highest_area(*(part[::-1] for part in parts))
    return None if highest is None or turned is None else (1 - turned, highest)


def highest_area(positives: Floats, negatives: Floats, missing: Floats) -> float | None:
    """Return the highest area if missing outcomes may be anything, and scores within a bin in any order.

    Above some score all missing are positive; in its bin, x of c people give (a + d x + u (c − x) + x (c − x)) ÷ ((P +
    x) (N + c − x)), maximised over x and bins. Inputs: counts by bin, the lowest score first. None without a side.
    """
    bins = np.arange(len(missing))
    one = positives + missing * (
        bins > bins[:, np.newaxis]
    )  # row k: bin k holds the score above which all are positive
    other = negatives + missing * (bins < bins[:, np.newaxis])
    below, above = np.cumsum(other, axis=1), np.cumsum(one[:, ::-1], axis=1)[:, ::-1]
    d, u, c = np.diag(below), np.diag(above), missing
    p, n = one.sum(axis=1), other.sum(axis=1)
    b1, c1 = c + d - u, (one * below).sum(axis=1) + c * u  # both are −x² + b x + c
    b2, c2 = n + c - p, p * (n + c)
    ends = [np.zeros_like(c), np.minimum(c, 1.0), np.maximum(c - 1, 0.0), c]  # at 0 or c a side may be empty
    tried = np.stack([*ends, *_roots(b1 - b2, 2 * (c1 - c2), b1 * c2 - c1 * b2, c)])
    whole = (p + tried) * (n + c - tried)
    area = np.divide(-(tried**2) + b1 * tried + c1, whole, out=np.full(whole.shape, -np.inf), where=whole > 0)
    return min(float(area.max()), 1.0) if (whole > 0).any() else None


def _roots(a: Floats, b: Floats, c: Floats, highest: Floats) -> list[Floats]:
    """Real roots of a x² + b x + c between 0 and `highest`; 0 in place of others."""
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(b * b - 4 * a * c)
        found = [(-b + root) / (2 * a), (-b - root) / (2 * a), -c / b]
    return [np.where(np.isfinite(x) & (x > 0) & (x < highest), x, 0.0) for x in found]


def mean_error_ends(scored: ScoredTable, group: list[int]) -> Ends | None:
    """The lowest and highest mean of score − outcome."""
    n, total, _ = _missing(scored, group)
    known = scored.errors_of(group)
    return _over(float(known.total.sum()), np.stack([total, total - n]), known.size + n.sum())


def _over(known: float, ways: Floats, size: Any) -> Ends | None:
    """A sum over those known and, in each bin, what makes that over the others lowest and highest; by how many."""
    if not size:
        return None
    low, high = (float((known + end(axis=0).sum()) / size) for end in (ways.min, ways.max))
    return low, high


def _missing(scored: ScoredTable, group: list[int]) -> tuple[Floats, Floats, Floats]:
    """Return, by bin, the number of missing outcomes that are due, and sums of their scores and of the squares."""
    outcome = scored.view.system.log.outcome
    seen = [SELECTED] if outcome is not None and outcome.observed_for == "selected" else [NOT_SELECTED, SELECTED]
    parts = (scored.scores.counts, scored.scores.totals, scored.scores.squares)
    n, total, squares = (
        np.asarray(part[group][..., seen, NO_OUTCOME].sum(axis=(0, 2, 3)), dtype=np.float64) for part in parts
    )
    return n, total, squares


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
