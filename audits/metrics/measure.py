"""From tables of counts to measures: every caller enters the package `metrics` here.

Figures of ranking are hidden where fewer than `privacy.suppress_below` lists, or people at the first places, are behind
them or would follow by subtraction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypedDict, Unpack

import numpy as np

from boussole.audits.measures import (
    NO_OUTCOME,
    TOP,
    Cells,
    Group,
    Interval,
    Lists,
    ListSums,
    Measure,
    Scores,
    Stage,
    Strata,
)
from boussole.audits.metrics import (
    calibration,
    errors,
    estimated,
    forgotten,
    inequality,
    missing,
    ranking,
    selection,
    stages,
    through,
)
from boussole.audits.metrics.across import UNKNOWN, Across, composite_measure, unknown_measures
from boussole.audits.metrics.adjusted import (
    ADJUSTED,
    Against,
    adjusted_measures,
    against,
    compared,
    comparison_measures,
    judged,
    refused,
)
from boussole.audits.metrics.calibration import calibration_measures, mean_scores, with_curves
from boussole.audits.metrics.definition import Rate, RateComparison
from boussole.audits.metrics.discrimination import area_measures
from boussole.audits.metrics.estimated import estimated_measures
from boussole.audits.metrics.ranking import DISCOUNT, EXPOSURE_RATIO, NDKL, OF_GROUPS, MeanOverLists
from boussole.audits.metrics.scored import (
    SCORING_RATE,
    SCORING_RATIO,
    ScoredTable,
    reference_tables,
    scored_tables,
    scoring_measures,
)
from boussole.audits.metrics.selection import SELECTION_RATE, SELECTION_RATIO
from boussole.audits.metrics.stages import stage_measures
from boussole.audits.metrics.view import View, impact_ratios, known_values, rate_measures
from boussole.audits.parts import Floats
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.rules import NOTHING, Suppression, suppress
from boussole.audits.systems.model import System
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.jackknife import Brought, brought_of, with_people
from boussole.audits.uncertainty.score import ratio_interval


@dataclass(frozen=True, kw_only=True)
class Families:
    """The definitions that apply to one system."""

    rates: tuple[Rate, ...]
    composites: tuple[Across, ...]
    comparisons: tuple[RateComparison, ...]
    for_notebooks: tuple[RateComparison, ...]
    """Comparisons that no charter judges, so that audit documents do not hold them."""


EVERY_COMPARISON = (
    *selection.JUDGED,
    ADJUSTED,
    *stages.COMPARISONS,
    *errors.JUDGED,
    *(comparison for each in missing.JUDGED.values() for comparison in each),
    ranking.EXPOSURE_RATIO,
    forgotten.NEVER_SHORTLISTED,
    SCORING_RATIO,
    calibration.CALIBRATION_DIFFERENCE,
)
"""Every comparison that a charter can judge, of any system."""


def families(system: System) -> Families:
    """Selection; where outcomes are declared also errors, and what is missing of the outcomes."""
    outcome, composites = system.log.outcome, (*selection.COMPOSITES, *inequality.OF_DECISIONS)
    if outcome is None:
        return Families(
            rates=selection.RATES,
            composites=composites,
            comparisons=selection.JUDGED,
            for_notebooks=_unjudged(selection.COMPARISONS),
        )
    of_missing = outcome.observed_for
    return Families(
        rates=(*selection.RATES, *errors.RATES, missing.RATES[of_missing]),
        composites=(*composites, *errors.COMPOSITES),
        comparisons=(*selection.JUDGED, *errors.JUDGED, *missing.JUDGED[of_missing]),
        for_notebooks=_unjudged((*selection.COMPARISONS, *errors.COMPARISONS, *missing.COMPARISONS[of_missing])),
    )


def _unjudged(comparisons: tuple[RateComparison, ...]) -> tuple[RateComparison, ...]:
    return tuple(each for each in comparisons if each not in EVERY_COMPARISON)


def of_scores(system: System) -> tuple[tuple[str, ...], tuple[RateComparison, ...]]:
    """The measures of scores that are shown, and those that are judged."""
    if system.log.score is None:
        return (), ()
    shown = ("mean_score", SCORING_RATE.metric)
    if system.log.outcome is None:
        return shown, (SCORING_RATIO,)
    calibrated = ("calibration_in_the_large", "calibration_error")
    expected = estimated.NAMES if system.windows.reference else ()
    return (*shown, "auc", *calibrated, *expected), (
        SCORING_RATIO,
        calibration.CALIBRATION_DIFFERENCE,
    )


def ended_measures(by: tuple[str, ...], expired_on: dt.date, *, system: System) -> list[Measure]:
    """Every measure of an attribute whose legal basis has ended: without value, without the names of its groups."""
    measured, date = families(system), {"expired_on": expired_on.isoformat()}
    scored, compared = of_scores(system)
    shown = [each.metric for each in (*measured.rates, *measured.composites)]
    adjusted: tuple[RateComparison, ...] = (ADJUSTED,) if system.controls else ()
    if system.ranked:
        shown += [mean.metric for mean in (*ranking.OF_GROUPS, ranking.NDKL)]
        adjusted = (*adjusted, ranking.EXPOSURE_RATIO)
    funnel = stages.comparisons(system)
    judged: dict[str, dict[str, str]] = {
        comparison.metric: {
            "bad_side": comparison.bad_side(favourable=system.log.favourable),
            "scale": comparison.scale,
        }
        for comparison in (*measured.comparisons, *adjusted, *funnel, *compared)
    }
    if forgotten.has_lists_of_people(system):
        shown.append(forgotten.NEVER)
        judged[forgotten.NEVER_RATIO] = {
            "bad_side": forgotten.NEVER_SHORTLISTED.bad_side(favourable=system.log.favourable),
            "scale": "ratio",
        }
    if through.shared_between([system.actors.get(stage) for stage in system.log.stages]):
        judged[through.GAP_SHARE] = {"bad_side": "above", "scale": "share"}
    return [
        Measure(metric=metric, by=by, status="undefined", reason="expired", params={**judged.get(metric, {}), **date})
        for metric in (*shown, "impact_ratio", *UNKNOWN, *scored, *judged)
    ]


Why = tuple[Literal["undefined", "suppressed"], str]


def ranking_measures(view: View, lists: Lists) -> list[Measure]:
    """Measures of each known group, of all groups together, then each judged comparison."""
    seen = _ShownLists(view, lists)
    found = [seen.of_group(mean, position) for mean in OF_GROUPS for position in view.known]
    return [*found, seen.across(NDKL), *(seen.compared(position) for position in compared(view))]


@dataclass(frozen=True)
class _ShownLists:
    view: View
    lists: Lists

    @cached_property
    def limit(self) -> int:
        return self.view.system.privacy.suppress_below

    @cached_property
    def some_hidden(self) -> bool:
        """Whether a known group is hidden: the shares of the others in their lists would tell of it."""
        hidden, sizes = self.view.hidden(SELECTION_RATE), self.view.table.sizes()
        return any(sizes[i] for i in self.view.known if i in hidden)

    @cached_property
    def few_at_top(self) -> bool:
        """Whether a few people of a group, or all but a few, stand at the first places."""
        top, pool = (self.lists.sums.totals[name][self.view.known] for name in ("top", "pool"))
        return any(0 < part < self.limit for part in (*top, *(pool - top)))

    def of_group(self, mean: MeanOverLists, position: int) -> Measure:
        """A measure of one group."""
        hidden = self.view.hidden(SELECTION_RATE)
        if position in hidden:
            return self._without(mean.metric, ("suppressed", hidden[position]), [position])
        return self._mean(mean, self.lists.sums.at(position), [position])

    def across(self, mean: MeanOverLists) -> Measure:
        """A measure over all groups of each list."""
        return self._mean(mean, self.lists.whole, None)

    def compared(self, position: int) -> Measure:
        """A group and another in the lists that hold both: the judged comparison."""
        other = against(self.view, EXPOSURE_RATIO, position)
        params = judged(self.view, EXPOSURE_RATIO, other)
        if (refusal := refused(self.view, EXPOSURE_RATIO, position, other)) is not None:
            why: Why | None = ("suppressed" if refusal.status == "suppressed" else "undefined", str(refusal.reason))
        else:
            why = self._unread(int(self.lists.sums.totals["shared_lists"][position]))
        if why is None and other.name == "rest" and self.some_hidden:
            why = "suppressed", "protects_small_group"
        if why is not None:
            return self._without(EXPOSURE_RATIO.metric, why, [position], params)
        return self._ratio(position, other, params)

    def _ratio(self, position: int, other: Against, params: Mapping[str, Any]) -> Measure:
        metric = EXPOSURE_RATIO.metric
        sums, both = self.lists.sums.at(position), [position, *other.positions]
        params = {**params, "discount": DISCOUNT, **self._entered(int(sums.totals["shared_lists"]))}
        names, weight = ("own_exposure", "other_exposure"), sums.parts["weight"]
        own, theirs = (float(sums.totals[name] / sums.totals["weight"]) for name in names)
        if not theirs > 0:
            return self._without(metric, ("undefined", "zero_denominator"), [position], params)
        rates = own, theirs
        interval, test = _compared(
            rates,
            (sums.parts[names[0]], sums.parts[names[1]]),
            weight,
            float(sums.totals["shared_lists"]),
            brought_of(sums.people, "exposure_ratio"),
        )
        params["values"] = list(rates)
        params |= {"pooled": self._pooled(position, other), "decisions": self._size(both), "test": test}
        return self._build_measure(
            metric, rates[0] / rates[1], interval, [position], weight, params=params, size=self._size(both)
        )

    def _pooled(self, position: int, other: Against) -> float | None:
        """The ratio of mean exposures over all lists, whichever hold both groups or not."""
        totals = self.lists.sums.totals
        own, theirs = (totals["exposure"][at].sum() / totals["n"][at].sum() for at in ([position], other.positions))
        return float(own / theirs) if theirs > 0 else None

    def _mean(self, mean: MeanOverLists, sums: ListSums, at: list[int] | None) -> Measure:
        why = self._unread(int(sums.totals[mean.lists]))
        if why is None and mean.all_groups and self.some_hidden:
            why = "suppressed", "protects_small_group"
        if why is None and mean.at_top and self.few_at_top:
            why = "suppressed", "few_at_top"
        if why is not None:
            return self._without(mean.metric, why, at)
        params = self._entered(int(sums.totals[mean.lists]))
        params |= {"k": TOP} if mean.discount is None else {"discount": mean.discount}
        if mean.at_random is not None:
            params["in_random_order"] = float(sums.totals[mean.at_random] / sums.totals[mean.below])
        interval, without = mean.interval(sums)
        params |= {"interval_reason": without} if without else {}
        return self._build_measure(mean.metric, mean.value(sums), interval, at, sums.parts[mean.lists], params=params)

    def _unread(self, lists: int) -> Why | None:
        """Why lists say nothing that could be shown, or None."""
        if self.lists.purged:
            return "undefined", "rows_purged"
        if not lists:
            return "undefined", "no_common_list"
        return ("suppressed", "few_lists") if lists < self.limit else None

    def _entered(self, lists: int) -> dict[str, Any]:
        """How many lists enter, and how many of the window do not."""
        return {"lists": lists, "lists_left_out": self.lists.every - lists}

    def _size(self, at: list[int] | None) -> int:
        """Decisions of some groups, in lists or not: how many are not would tell of few."""
        return int(self.view.table.sizes()[self.view.known if at is None else at].sum())

    def _group(self, at: list[int] | None) -> Group | None:
        return None if at is None else self.view.table.groups[at[0]]

    def _without(self, metric: str, why: Why, at: list[int] | None, params: Mapping[str, Any] | None = None) -> Measure:
        return self.view.without_value(metric, *why, group=self._group(at), params=params)

    def _build_measure(
        self,
        metric: str,
        value: float,
        interval: Interval | None,
        at: list[int] | None,
        filled: Floats,
        *,
        params: Mapping[str, Any],
        size: int | None = None,
    ) -> Measure:
        return Measure(
            metric=metric,
            by=self.view.table.by,
            group=known_values(self._group(at)),
            value=value,
            n=self._size(at) if size is None else size,
            clusters=int(np.count_nonzero(filled)),
            interval=interval,
            params={**({} if interval else {"interval_reason": "degenerate"}), **params},
        )


def _compared(
    rates: tuple[float, float], parts: tuple[Floats, Floats], weight: Floats, lists: float, people: Brought | None
) -> tuple[Interval | None, dict[str, Any]]:
    """Return interval and test of the ratio of two mean exposures, from sums and weights per bucket of lists."""
    filled, value = weight > 0, rates[0] / rates[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        own, theirs = ((part.sum() - part)[filled] for part in parts)
        found = jk.jackknife(value, own / theirs, transform="log")
    found = None if found is None else with_people(found, people)
    if found is not None:
        test = {"kind": "jackknife", "transform": "log", "estimate": value, "se": found.se, "df": found.df}
        return found.interval(low=0.0, high=float("inf")), test
    most = lists if people is None else min(lists, jk.fewest_clusters(np.abs(people.y), most=lists))
    size, name = jk.fewest_clusters(weight, most=most), "miettinen_nurminen_lists"
    k, n = (rates[0] * size, rates[1] * size), (size, size)
    return ratio_interval(k, n, method=name), {"kind": "score_ratio", "k": list(k), "n": list(n), "method": name}


EVERYTHING_READABLE = WindowStanding()


@dataclass(frozen=True, kw_only=True)
class WindowMeasures:
    """The measures of a window, and the tables they were made of as they may be shown, by attribute."""

    measures: list[Measure]
    views: Mapping[tuple[str, ...], View]
    scored: Mapping[tuple[str, ...], ScoredTable]
    earlier: Mapping[tuple[str, ...], ScoredTable]


class Inputs(TypedDict, total=False):
    """The arguments of `measured_cells` beside the tables."""

    standing: WindowStanding
    strata: Sequence[Strata]
    lists: Sequence[Lists]
    stages: Sequence[Stage]
    scores: Sequence[Scores]
    reference: Sequence[Scores]
    withheld: Suppression


def measure_cells(tables: Sequence[Cells], *, system: System, **more: Unpack[Inputs]) -> list[Measure]:
    """The measures of `measured_cells` alone."""
    return measured_cells(tables, system=system, **more).measures


def measured_cells(
    tables: Sequence[Cells],
    *,
    system: System,
    standing: WindowStanding = EVERYTHING_READABLE,
    strata: Sequence[Strata] = (),
    lists: Sequence[Lists] = (),
    stages: Sequence[Stage] = (),
    scores: Sequence[Scores] = (),
    reference: Sequence[Scores] = (),
    withheld: Suppression = NOTHING,
) -> WindowMeasures:
    """Measure groups, measures across groups and judged comparisons, suppressed over the whole lattice.

    Inputs: tables of the same decisions for everybody (`by=()`), each attribute and each declared intersection, and the
    same by stratum, list, stage and score. `reference`: those of the reference window; `withheld`: what other windows
    oblige to hide. Outcome measures rest on observed outcomes (`params["missing_outcomes"]` counts the others).
    """
    tables = [table for table in tables if standing.ended(table.by) is None]
    suppression = suppress(tables, system=system, also=withheld)
    views = {table.by: View(table=table, system=system, suppression=suppression, standing=standing) for table in tables}
    by_stratum = {each.by: each for each in strata} if system.controls else {}
    ranked = {each.by: each for each in lists} if system.ranked else {}
    funnel = stage_measures(stages, system=system, standing=standing, hidden=suppression.decisions, withheld=withheld)
    scored = scored_tables(scores, system=system, standing=standing, suppression=suppression, withheld=withheld.scores)
    curved = scored if "curve" in withheld.scores else with_curves(scored)
    by_score = {each.view.table.by: each for each in curved}
    earlier = {each.view.table.by: each for each in reference_tables(reference, system=system, standing=standing)}
    expected = {by: each for by, each in earlier.items() if each.scores.counts[..., :NO_OUTCOME].any()}
    rates = scoring_measures(scored, system=system)
    measured, found = families(system), list[Measure]()
    for by in dict.fromkeys([(), *system.attributes, *views]):
        if (date := standing.ended(by)) is not None:
            found += ended_measures(by, date, system=system)
        elif by in views:
            found += _measures(views[by], measured, by_stratum.get(by)) + funnel.get(by, [])
            found += ranking_measures(views[by], ranked[by]) if by in ranked else []
            found += rates.get(by, [])
            found += _score_measures(by_score[by], expected.get(by), system) if by in by_score else []
    return WindowMeasures(measures=found, views=views, scored=by_score, earlier=earlier)


def _score_measures(scored: ScoredTable, earlier: ScoredTable | None, system: System) -> list[Measure]:
    found = mean_scores(scored)
    if system.log.outcome is None:
        return found
    found += [*area_measures(scored), *calibration_measures(scored)]
    return found if earlier is None else [*found, *estimated_measures(scored, earlier)]


def _measures(view: View, measured: Families, strata: Strata | None) -> list[Measure]:
    found = [measure for rate in measured.rates for measure in rate_measures(view, rate)]
    if not view.table.by:
        return found
    found += impact_ratios(view)
    found += [composite_measure(view, composite) for composite in measured.composites]
    found += unknown_measures(view)
    for comparison in measured.comparisons:
        if comparison is SELECTION_RATIO and strata is not None:
            found += adjusted_measures(view, strata)
        else:
            found += comparison_measures(view, comparison)
    return found
