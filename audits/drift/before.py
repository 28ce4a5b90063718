"""Drift by group: the counts of the window of reference, and distances of a group's scores and decisions from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from boussole.audits.counts.rare import HIDDEN, NOT_AUDITED, ReferenceCells
from boussole.audits.cubes.build import SCORE_BINS, score_edges
from boussole.audits.cubes.values import BinnedCounts, Histogram, categories, merged, reason_of
from boussole.audits.drift.distances import largest_gap, wasserstein
from boussole.audits.drift.measures import index_measures
from boussole.audits.measures import Group, Measure, group_label
from boussole.audits.metrics.scored import EVERY, ScoredTable
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.metrics.view import View, counted_out, known_values
from boussole.audits.parts import Floats
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import suppress
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import cluster_size

OF_GROUPS = (NOT_AUDITED,)
"""Reasons that say nothing of everybody: what is told of everybody needs no audit."""
Refusal = tuple[Literal["undefined", "suppressed"], str]
"""Why there is no value: status and reason."""
Positions = Sequence[tuple[int, int]]
"""Of some groups, where they stand now and then."""


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """One attribute (or everybody) in both windows: where each group stands in them, or why it is not compared."""

    now: View
    then: View | None
    refused: Mapping[Group, Refusal]
    """By group: the status, `undefined` or `suppressed`, and the reason."""
    at: Mapping[Group, tuple[int, int]] = field(default_factory=dict)
    """By group that both windows tell: its position now and then."""

    def sides(self, at: Positions) -> list[tuple[View, list[int]]]:
        """Both windows with the positions of some groups there; the window of reference only where it has any."""
        views = (self.now, *filter(None, [self.then]))
        return [(view, [pair[side] for pair in at]) for side, view in enumerate(views)]


def pairing(now: View, then: View | None, before: ReferenceCells, untold: Collection[Key]) -> Pairing:
    """Which groups both windows tell. Hidden in one of them is hidden in both."""
    hidden = [{} if view is None else view.hidden(EVERY) for view in (now, then)]
    sizes = [np.zeros(0) if view is None else view.table.sizes() for view in (now, then)]
    refused: dict[Group, Refusal] = {}
    at: dict[Group, tuple[int, int]] = {}
    for i in now.known:
        group = now.table.groups[i]
        j = then.table.groups.index(group) if then is not None and group in then.table.groups else None
        if before.reason and not (before.reason in OF_GROUPS and not now.table.by):
            refused[group] = ("undefined", before.reason)
        elif i in hidden[0]:
            refused[group] = ("suppressed", hidden[0][i])
        elif j in hidden[1] or (now.table.by, group) in untold:
            refused[group] = ("suppressed", HIDDEN)
        elif j is None or not sizes[0][i] or not sizes[1][j]:
            refused[group] = ("undefined", "group_absent")
        else:
            at[group] = (i, j)
    return Pairing(now=now, then=then, refused=refused, at=at)


def decided_before(
    before: ReferenceCells, earlier: Mapping[tuple[str, ...], ScoredTable], *, system: System, standing: WindowStanding
) -> dict[tuple[str, ...], View]:
    """Return the decisions of the window of reference as they may be shown, by attribute."""
    if earlier and not any(each.scores.missing.any() for each in earlier.values()):
        return {by: each.view for by, each in earlier.items()}
    tables = [table for table in before.cells if standing.ended(table.by) is None]
    if not tables or not tables[0].counts.any():
        return {}
    hidden = suppress(tables, system=system)
    return {table.by: View(table=table, system=system, suppression=hidden, standing=standing) for table in tables}


def compared_groups(pairs: Pairing) -> list[int]:
    """Positions of the groups that are compared with another."""
    reference = pairs.now.system.reference_of(pairs.now.table.by)
    return [i for i in pairs.now.known if pairs.now.table.groups[i] != reference]


def whom(pairs: Pairing, group: Group) -> tuple[dict[str, Any], list[tuple[int, int]], Refusal | None]:
    """Return with whom a group is compared in both windows: parameters, positions, and why it cannot be."""
    by = pairs.now.table.by
    reference = pairs.now.system.reference_of(by)
    told: dict[str, Any] = {"against": "rest" if reference is None else group_label(by, reference)}
    if group in pairs.refused:
        return told, [], pairs.refused[group]
    if reference is not None:
        if reference in pairs.at:
            return told, [pairs.at[reference]], None
        hidden = pairs.refused.get(reference, ("undefined", ""))[0] == "suppressed"
        return told, [], ("suppressed", "reference_suppressed") if hidden else ("undefined", "reference_absent")
    others = [at for each, at in pairs.at.items() if each != group]
    left_out = sum(status == "suppressed" for status, _ in pairs.refused.values())
    if others:
        return told | counted_out(left_out), others, None
    return told, [], ("suppressed", "reference_suppressed") if left_out else ("undefined", "no_other_group")


def refusal(pairs: Pairing, metric: str, group: Group) -> Measure:
    """A measure without its value, with the reason."""
    status, reason = pairs.refused[group]
    return pairs.now.without_value(metric, status, reason, group=group)


SCORE, DECISION = {"feature": "score"}, {"role": "decision"}
OF_SCORES = ("psi", "jensen_shannon", "kolmogorov_smirnov", "wasserstein")
OF_DECISIONS = ("psi", "jensen_shannon")
BINS = ("edges", "categories", "shares", "clipped")
"""What is said of bins of everybody, and never of a group's."""


def distances_of(
    pairs: Pairing,
    now: ScoredTable | None = None,
    old: ScoredTable | None = None,
    *,
    everybody: ScoredTable | None = None,
) -> list[Measure]:
    """Measure, of each known group, the distances of its decisions, or of its scores where these are given."""
    given, metrics = (DECISION, OF_DECISIONS) if now is None else (SCORE, OF_SCORES)
    edges = [] if everybody is None else coarse_edges(everybody)
    found: list[Measure] = []
    for i in pairs.now.known:
        group = pairs.now.table.groups[i]
        bins = None
        if group in pairs.refused:
            own = [refusal(pairs, metric, group) for metric in metrics]
        elif now is None or old is None:
            own = index_measures(_decided(pairs, group), design_effect=_effect(pairs, [pairs.at[group]]))
        else:
            own, bins = _scores(pairs, now, old, group, edges), len(edges) + 1
        found += [_of_group(each, pairs, group, given, bins=bins) for each in own]
    return found


def _of_group(measure: Measure, pairs: Pairing, group: Group, given: dict[str, str], *, bins: int | None) -> Measure:
    """A distance as one of a group: how many bins it is taken over, without any of them, and never judged."""
    params = {k: v for k, v in measure.params.items() if k not in (*BINS, "bad_side", "scale")}
    if bins is not None and measure.metric in OF_DECISIONS:
        params["bins"] = bins
    return replace(measure, by=pairs.now.table.by, group=known_values(group), given=given, params=params)


def _decided(pairs: Pairing, group: Group) -> BinnedCounts:
    counted = [view.buckets(SELECTION_RATE, where) for view, where in pairs.sides([pairs.at[group]])]
    (now, now_of), (then, then_of) = ((int(k.sum()), int(n.sum())) for k, n in counted)
    not_now, not_then = now_of - now, then_of - then
    return categories("role", "decision", {"not_selected": (not_then, not_now), "selected": (then, now)})


def _scores(pairs: Pairing, now: ScoredTable, old: ScoredTable, group: Group, edges: Sequence[int]) -> list[Measure]:
    at = [pairs.at[group]]
    sides = [histogram(old, [j for _, j in at]), histogram(now, [i for i, _ in at])]
    missing = [int(old.scores.missing[at[0][1]]), int(now.scores.missing[at[0][0]])]
    fine = Histogram(
        "score",
        tuple(score_edges(*now.scores.range)),
        (*map(int, sides[0]), missing[0]),
        (*map(int, sides[1]), missing[1]),
    )
    parts = [tuple(int(n) for n in coarse(side, edges)) for side in sides]
    binned = BinnedCounts(
        by=("feature",),
        group=("score",),
        reference=(*parts[0], missing[0]),
        current=(*parts[1], missing[1]),
        about={"edges": list(edges)},
        reason=reason_of(parts[0], parts[1], "no_values"),
    )
    found = index_measures(binned, design_effect=_effect(pairs, at))
    return [*found, *_ordered(fine, now.scores.range)]


def _ordered(fine: Histogram, range_: tuple[float, float]) -> list[Measure]:
    """Kolmogorov-Smirnov and Wasserstein of those who have a score, on the hundredths of its range."""
    binned = BinnedCounts(
        by=("feature",),
        group=(fine.feature,),
        reference=fine.reference[:-1],
        current=fine.current[:-1],
        about={},
        reason=fine.reason,
    )
    if binned.reason:
        return [binned.measure(name, None) for name in ("kolmogorov_smirnov", "wasserstein")]
    gap, inside = largest_gap(*(np.asarray(side, dtype=np.float64) for side in (binned.reference, binned.current)))
    moved = wasserstein([range_[0], *fine.edges, range_[1]], binned.reference, binned.current)
    return [
        binned.measure("kolmogorov_smirnov", gap, {"bin_bound": inside}),
        binned.measure("wasserstein", moved.value if moved else None, {"bin_bound": moved.half} if moved else {}),
    ]


def histogram(scored: ScoredTable, positions: Sequence[int]) -> Floats:
    """Everybody with a score of some groups, by hundredth of the range: the highest score is in the last."""
    found = scored.histogram(positions)
    found[SCORE_BINS - 1] += found[SCORE_BINS]
    return found[:SCORE_BINS]


def coarse_edges(everybody: ScoredTable) -> list[int]:
    """Where the bins of everybody's distance begin, as places among the hundredths; the first is left out."""
    counts = [*map(int, histogram(everybody, [0])), 0]
    kept, *_ = merged(range(1, SCORE_BINS), counts, counts)
    return [int(edge) for edge in kept]


def coarse(counts: Floats, edges: Sequence[int]) -> Floats:
    """Counts by hundredth, summed between edges."""
    return np.asarray(np.add.reduceat(counts, [0, *edges]), dtype=np.float64)


def _effect(pairs: Pairing, at: Positions) -> float:
    """Return the mean number of decisions per person in the fuller window, the largest design effect."""
    if not pairs.now.table.clustered:
        return 1.0
    return max(cluster_size(view.table.counts[where].sum(axis=(0, 2, 3))) for view, where in pairs.sides(at))
