"""The decisions that have a score, as they may be shown, and what every measure of scores is made of."""

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
    Counts,
    Floats,
    Interval,
    Measure,
    Scores,
)
from boussole.audits.metrics.comparisons import against, compared, judged, refused
from boussole.audits.metrics.definition import Rate, RateComparison
from boussole.audits.metrics.view import View, known_values
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
    """One table of decisions that have a score: its view, and its counts by score.

    `curve`: the bins of a calibration curve that can be shown (their ends, as positions), or None.
    """

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
        """By group, bin, bucket and outcome, added up once: each group is compared with all others."""
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
        """Score − outcome (1 where positive) of everybody with both.

        A decision has at least the variance that it would have if scores were chances, s(1 − s) on average.
        """
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
    """Counts by score with what may be shown of them.

    Where some decisions have no score, those that have one are fewer than `suppression` knows of: what these need
    hidden is hidden too. `withheld`: what must be hidden of them because of what was published of other windows.
    """
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
