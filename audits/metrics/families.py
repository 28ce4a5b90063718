"""What is measured of a system: its rates, their extremes over groups, and the judged comparisons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from boussole.audits.measures import Measure
from boussole.audits.metrics import (
    calibration,
    errors,
    estimated,
    forgotten,
    inequality,
    missing,
    ranking,
    scoring,
    selection,
    stages,
    through,
)
from boussole.audits.metrics.across import UNKNOWN, Across
from boussole.audits.metrics.adjusted import ADJUSTED
from boussole.audits.metrics.definition import Rate, RateComparison
from boussole.audits.systems.model import System


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
    scoring.SCORING_RATIO,
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
    shown = ("mean_score", scoring.SCORING_RATE.metric)
    if system.log.outcome is None:
        return shown, (scoring.SCORING_RATIO,)
    calibrated = ("calibration_in_the_large", "calibration_error")
    expected = estimated.NAMES if system.windows.reference else ()
    return (*shown, "auc", *calibrated, *expected), (
        scoring.SCORING_RATIO,
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
