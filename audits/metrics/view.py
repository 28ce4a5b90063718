"""One table of counts as it may be shown: its groups, which are known, hidden, or without a denominator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np

from boussole.audits.measures import NO_OUTCOME, POSITIVE, Cells, Counts, Group, Measure, group_label
from boussole.audits.metrics.definition import Rate, between
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.parts import Floats, Share
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.rules import Suppression
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.estimates import composite_interval, rate_interval


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Values of one rate: per group (by index), largest gap, smallest ratio (None: not defined)."""

    values: dict[int, float] = field(default_factory=dict)
    difference: float | None = None
    ratio: float | None = None


@cache
def _functions() -> dict[str, Callable[..., float]]:
    import fairlearn.metrics as fm
    from sklearn.metrics import precision_score

    rates = (fm.selection_rate, fm.true_positive_rate, fm.false_positive_rate, fm.false_negative_rate, precision_score)
    return {rate.__name__.removesuffix("_score"): rate for rate in rates}


def frame(counts: Counts, rate: Rate, *, groups: Sequence[int], by_fairlearn: bool = True) -> Frame:
    """Return values of `rate` for the listed groups, each with a denominator above zero, with difference and ratio.

    Inputs: counts (groups, decision, outcome). Undefined: difference and ratio of one group, the ratio to a rate of 0.
    """
    value = _value if by_fairlearn else _counted
    values = {i: value(counts[i], rate) for i in groups}
    if len(groups) < 2:
        return Frame(values=values)
    low, high = min(values.values()), max(values.values())
    return Frame(values=values, difference=high - low, ratio=low / high if high > 0 else None)


def _counted(counts: Counts, rate: Rate) -> float:
    k, n = rate.counted(counts)
    return float(k / n)


def _value(counts: Counts, rate: Rate) -> float:
    """A rate of one group by Fairlearn, or from counts where it has none."""
    function = _functions().get(rate.metric)
    if function is None:
        return _counted(counts, rate)
    used = counts.copy()
    if rate.outcome == "observed":
        used[..., NO_OUTCOME] = 0
    decision, outcome = np.nonzero(used)
    return float(
        function((outcome == POSITIVE).astype(int), decision, pos_label=1, sample_weight=used[decision, outcome])
    )


BucketCounts = tuple[Counts, Counts]


@dataclass(frozen=True, kw_only=True)
class View:
    """A table, its system, and what suppression hides of it. Frames are computed once per rate."""

    table: Cells
    system: System
    suppression: Suppression
    standing: WindowStanding = field(default_factory=WindowStanding)
    frames: dict[str, Frame] = field(default_factory=dict)
    by_fairlearn: bool = True
    """Else rates come from the counts as they are: the same values, without three seconds for loading Fairlearn."""

    @property
    def known(self) -> list[int]:
        """Positions of the groups whose values are all known."""
        return [i for i, group in enumerate(self.table.groups) if None not in group]

    @property
    def unknown(self) -> list[int]:
        """Positions of the groups with an unknown value."""
        return [i for i, group in enumerate(self.table.groups) if None in group]

    def hidden(self, rate: Rate) -> Mapping[int, str]:
        """Position and reason of the groups that are hidden in measures of this rate."""
        layer = self.suppression.outcomes if rate.outcome else self.suppression.decisions
        keys = {i: (self.table.by, group) for i, group in enumerate(self.table.groups)}
        return {i: layer[key] for i, key in keys.items() if key in layer}

    def sizes(self, rate: Rate) -> Counts:
        """Denominator of each group."""
        return np.asarray(rate.counted(self.table.counts)[1].sum(axis=1), dtype=np.int64)

    def shown(self, rate: Rate) -> list[int]:
        """Positions of the groups that may be shown and have a denominator above zero."""
        hidden, sizes = self.hidden(rate), self.sizes(rate)
        return [i for i in self.known if i not in hidden and sizes[i] > 0]

    def left_out(self, *rates: Rate) -> dict[str, int]:
        """Return `groups_left_out`: how many known groups are hidden or have nobody to count; empty if none."""
        entering = [set(self.shown(rate)) for rate in rates]
        return counted_out(sum(not all(i in each for each in entering) for i in self.known))

    def frame(self, rate: Rate) -> Frame:
        """The values of the groups shown."""
        if rate.metric not in self.frames:
            self.frames[rate.metric] = frame(
                self.table.counts.sum(axis=1), rate, groups=self.shown(rate), by_fairlearn=self.by_fairlearn
            )
        return self.frames[rate.metric]

    def blocked(self, rate: Rate) -> str | None:
        """Why no group has this rate at all (what waiting cannot change comes first), or None."""
        outcome = self.system.log.outcome
        if not rate.outcome or outcome is None:
            return None
        if rate.needs_all and outcome.observed_for == "selected":
            return "selective_labels"
        if rate.outcome == "missing" and outcome.absent == "negative":
            return "absent_is_negative"
        if self.standing.readable_from is not None:
            return "not_mature"
        none = rate.outcome == "observed" and not self.table.counts[..., :NO_OUTCOME].any()
        return "no_outcomes" if none else None

    def undecided(self, rate: Rate) -> bool:
        """Whether nobody can have this rate because the log holds no decision; hidden groups come first."""
        return rate.decided and not self.system.decides

    def until(self, blocked: str | None) -> dict[str, str]:
        """The date from which immature outcomes can be read, for measures that wait for it."""
        date = self.standing.readable_from
        return {"readable_from": date.isoformat()} if date is not None and blocked == "not_mature" else {}

    def buckets(self, rate: Rate, positions: list[int]) -> BucketCounts:
        """Numerators and denominators per bucket, of these groups together."""
        k, n = rate.counted(self.table.counts[positions].sum(axis=0))
        return k, n

    def clusters(self, n: Counts) -> int | None:
        """Buckets that hold some of the denominator; None where rows are independent."""
        return int(np.count_nonzero(n)) if self.table.clustered else None

    def missing(self, rate: Rate, positions: list[int]) -> dict[str, int]:
        """The count of missing outcomes, for measures that are conditional on outcomes."""
        if rate.outcome != "observed":
            return {}
        return {"missing_outcomes": rate.missing_outcomes(self.table.counts[positions])}

    def bounds(self, rate: Rate, *parts: list[int]) -> dict[str, list[float]]:
        """Bound a rate (or its gap between two parts) by its missing outcomes; empty where none is missing."""
        if rate.outcome != "observed" or not rate.share:
            return {}
        if not any(self.missing(rate, part)["missing_outcomes"] for part in parts):
            return {}
        return between([rate.bounds(self.table.counts[part].sum(axis=(0, 1))) for part in parts])

    def share(
        self,
        metric: str,
        counted: BucketCounts,
        *,
        value: float | None = None,
        group: Group | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Measure:
        """A share with its interval, from numerators and denominators per bucket; undefined where nobody counts."""
        k, n = counted
        if not n.sum():
            return self.without_value(metric, "undefined", "zero_denominator", group=group, n=0, params=params)
        return Measure(
            metric=metric,
            by=self.table.by,
            group=known_values(group),
            value=float(k.sum() / n.sum()) if value is None else value,
            n=int(n.sum()),
            clusters=self.clusters(n),
            interval=rate_interval(k, n, clustered=self.table.clustered),
            params=params or {},
            parts=Share(k=k, n=n, clustered=self.table.clustered),
        )

    def without_value(
        self,
        metric: str,
        status: Literal["undefined", "suppressed"],
        reason: str,
        *,
        group: Group | None = None,
        n: int | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Measure:
        """A measure without a value, with its reason."""
        return Measure(
            metric=metric,
            by=self.table.by,
            group=known_values(group),
            status=status,
            reason=reason,
            n=n,
            params=params or {},
        )


def counted_out(groups: int) -> dict[str, int]:
    """The parameter that says how many groups a measure over several leaves out."""
    return {"groups_left_out": groups} if groups else {}


def known_values(group: Group | None) -> tuple[str, ...] | None:
    """Return the group as a measure names it if all values are known; None for everybody, which is no group."""
    return tuple(str(value) for value in group) if group else None


def rate_measures(view: View, rate: Rate) -> list[Measure]:
    """The rate of every known group (or of everybody), with its interval."""
    return [_rate_measure(view, rate, position) for position in view.known]


def _rate_measure(view: View, rate: Rate, position: int) -> Measure:
    group, blocked, hidden = view.table.groups[position], view.blocked(rate), view.hidden(rate)
    if blocked:
        told = view.bounds(rate, [position]) if blocked == "selective_labels" and position not in hidden else {}
        return view.without_value(rate.metric, "undefined", blocked, group=group, params=view.until(blocked) | told)
    if position in hidden:
        return view.without_value(rate.metric, "suppressed", hidden[position], group=group)
    if view.undecided(rate):
        size = int(view.sizes(rate)[position])
        return view.without_value(rate.metric, "undefined", "no_decision", group=group, n=size)
    return view.share(
        rate.metric,
        view.buckets(rate, [position]),
        value=view.frame(rate).values.get(position),
        group=group,
        params=view.missing(rate, [position]) | view.bounds(rate, [position]),
    )


def impact_ratios(view: View) -> list[Measure]:
    """Each group's selection rate over the highest (the lowest where being selected is a harm)."""
    return [_impact_ratio(view, position) for position in view.known]


def _impact_ratio(view: View, position: int) -> Measure:
    group, hidden = view.table.groups[position], view.hidden(SELECTION_RATE)
    values, favourable = view.frame(SELECTION_RATE).values, view.system.log.favourable
    if position in hidden:
        return view.without_value("impact_ratio", "suppressed", hidden[position], group=group)
    size = int(view.sizes(SELECTION_RATE)[position])
    if view.undecided(SELECTION_RATE):
        return view.without_value("impact_ratio", "undefined", "no_decision", group=group, n=size)
    best = (max if favourable else min)(values, key=lambda i: values[i], default=None)
    if best is None or position not in values or len(values) < 2 or not values[best]:
        reason = "no_other_group" if position in values and len(values) < 2 else "zero_denominator"
        return view.without_value("impact_ratio", "undefined", reason, group=group, n=size)
    shown = view.shown(SELECTION_RATE)
    counts = view.table.counts[shown]
    k, n = SELECTION_RATE.counted(counts.sum(axis=1))
    own = shown.index(position)

    def statistic(drawn: Counts) -> Floats:
        rates = rates_of(drawn, SELECTION_RATE)
        best_rate = rates.max(axis=-1) if favourable else rates.min(axis=-1)
        return np.asarray(safe_ratio(rates[..., own], best_rate), dtype=np.float64)

    low, high = (0.0, 1.0) if favourable else (1.0, float("inf"))
    interval, why = composite_interval(
        counts, statistic, np.concatenate([k, n - k]), clustered=view.table.clustered, low=low, high=high
    )
    params: dict[str, Any] = {"to": group_label(view.table.by, view.table.groups[best]), "groups_compared": len(shown)}
    params |= view.left_out(SELECTION_RATE)
    return Measure(
        metric="impact_ratio",
        by=view.table.by,
        group=known_values(group),
        value=values[position] / values[best],
        n=size,
        clusters=view.clusters(view.buckets(SELECTION_RATE, [position])[1]),
        interval=interval,
        params=params | ({"interval_reason": why} if why else {}),
    )


def rates_of(counts: Counts, rate: Rate) -> Floats:
    """The rate along the groups of counts shaped (…, groups, 2, 3); NaN where nobody counts."""
    k, n = rate.counted(counts)
    return safe_ratio(k.astype(np.float64), n.astype(np.float64))


def safe_ratio(above: Floats, below: Floats) -> Floats:
    """Divide element-wise, with NaN where the denominator is zero."""
    found: Floats = np.full(np.shape(below), np.nan)
    np.divide(above, below, out=found, where=np.asarray(below) != 0)
    return found
