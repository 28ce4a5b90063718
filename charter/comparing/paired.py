"""What a shadow answers otherwise, figure by figure, and how far its answers lie from the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from boussole.audits.cubes.bins import Histogram, categories
from boussole.audits.drift.distances import ordered_measures
from boussole.audits.drift.measures import index_measures
from boussole.audits.measures import Cells, Floats, Group, Measure, Scores
from boussole.audits.metrics.definition import Rate
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.shadow import SIDES, PairedCounts
from boussole.audits.suppression.rules import Suppression
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.mover import Gap
from boussole.audits.uncertainty.paired import least_variance, paired_gap, without_each
from boussole.charter.comparing.engine import MeasureDifference, from_intervals
from boussole.charter.document import MeasureDocument
from boussole.charter.document.base import given

By = tuple[str, ...]
RATIO = "selection_rate_ratio"


@dataclass(frozen=True)
class PairedCases:
    """Finds the difference of a figure between both sides, which are the same cases."""

    paired: PairedCounts
    system: System
    hidden: Suppression

    def difference(self, before: MeasureDocument, after: MeasureDocument) -> MeasureDifference | None:
        """Of selection rates, their ratios and mean scores, from pairs; of others from the intervals of both."""
        found = self._gap(before, after)
        return from_intervals(before, after) if found is None else MeasureDifference(gap=found, method="paired")

    def _gap(self, before: MeasureDocument, after: MeasureDocument) -> Gap | None:
        by, group, values = after.by, after.values_of_group, (given(before.value), given(after.value))
        if after.metric == "selection_rate":
            parts = self._parts(by, [group])
            return paired_gap(*values, parts, least=self._least(by, group), ratio=False)
        if after.metric == RATIO:
            own, other = self._parts(by, [group]), self._parts(by, self._others(by, group, after.params.against))
            if own[0].size != other[0].size:
                return None
            ratios = tuple(one / np.where(two > 0, two, np.nan) for one, two in zip(own, other, strict=True))
            return paired_gap(*values, (ratios[0], ratios[1]), least=0.0, ratio=True)
        if after.metric == "mean_score":
            return paired_gap(*values, self._scores(by, group), least=0.0, ratio=False)
        return None

    def _table(self, side: str, by: By) -> Cells:
        return next(table for table in self.paired.tables[side] if table.by == by)

    def _parts(self, by: By, groups: Sequence[Group]) -> tuple[Floats, Floats]:
        """The selection rate of some groups together without each bucket, on both sides."""
        found = []
        for side in SIDES:
            cells = self._table(side, by)
            k, n = SELECTION_RATE.counted(cells.counts[[cells.groups.index(group) for group in groups]].sum(axis=0))
            found.append(without_each(k, n))
        return found[0], found[1]

    def _least(self, by: By, group: Group) -> float:
        changed, n = _summed(next(t for t in self.paired.changed if t.by == by), group, SELECTION_RATE)
        before, after = (_summed(self._table(side, by), group, SELECTION_RATE)[0] for side in SIDES)
        return least_variance(changed, after - before, n)

    def _others(self, by: By, group: Group, against: str | None) -> list[Group]:
        """Whom a group is compared with: its reference, else all others that may be shown."""
        reference = self.system.reference_of(by)
        if against != "rest" and reference is not None:
            return [reference]
        groups = self._table("production", by).groups
        hidden = self.hidden.decisions
        return [each for each in groups if None not in each and each != group and (by, each) not in hidden]

    def _scores(self, by: By, group: Group) -> tuple[Floats, Floats]:
        found = []
        for side in SIDES:
            scores = next(each for each in self.paired.scores[side] if each.by == by)
            at = scores.groups.index(group)
            totals, n = (part[at].sum(axis=(0, 2, 3)) for part in (scores.totals, scores.counts))
            found.append(without_each(totals, n))
        return found[0], found[1]


def _summed(cells: Cells, group: Group, rate: Rate) -> tuple[int, int]:
    k, n = rate.counted(cells.counts[cells.groups.index(group)])
    return int(k.sum()), int(n.sum())


def distances(paired: PairedCounts) -> list[Measure]:
    """How far the answers and the scores of the shadow lie from those of the one that decides, over everybody."""
    counts = paired.both.sum(axis=0)
    before, after = counts.sum(axis=1), counts.sum(axis=0)
    pairs = {name: (int(before[i]), int(after[i])) for name, i in (("not_selected", 0), ("selected", 1))}
    binned = categories("role", "decision", pairs)
    found = index_measures(binned)
    scores = [paired.scores[side][0] for side in SIDES if paired.scores[side]]
    if len(scores) == len(SIDES):
        histogram = Histogram("score", tuple(scores[0].edges(scores[0].bins)[1:-1]), *map(_bins, scores))
        found += [*index_measures(histogram.coarse()), *ordered_measures(histogram, range_=scores[0].range)]
    return [_without_test(each) for each in found]


def _bins(scores: Scores) -> tuple[int, ...]:
    counts = scores.counts.sum(axis=(0, 2, 3, 4))
    counts[-2] += counts[-1]
    return (*map(int, counts[:-1]), int(scores.missing.sum()))


def _without_test(measure: Measure) -> Measure:
    params = {key: value for key, value in measure.params.items() if key not in ("test", "bad_side", "scale")}
    return replace(measure, params=params)
