"""From tables of counts to measures: every caller enters the package `metrics` here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from boussole.audits.measures import NO_OUTCOME, Cells, Lists, Measure, Scores, Stage, Strata
from boussole.audits.metrics.across import composite_measure, unknown_measures
from boussole.audits.metrics.adjusted import adjusted_measures
from boussole.audits.metrics.calibration import calibration_measures, mean_scores, with_curves
from boussole.audits.metrics.comparisons import comparison_measures
from boussole.audits.metrics.discrimination import area_measures
from boussole.audits.metrics.estimated import estimated_measures
from boussole.audits.metrics.families import Families, ended_measures, families
from boussole.audits.metrics.groups import impact_ratios, rate_measures
from boussole.audits.metrics.ranked import ranking_measures
from boussole.audits.metrics.scored import ScoredTable, reference_tables, scored_tables
from boussole.audits.metrics.scoring import scoring_measures
from boussole.audits.metrics.selection import SELECTION_RATIO
from boussole.audits.metrics.stages import stage_measures
from boussole.audits.metrics.view import View
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.rules import NOTHING, Suppression, suppress
from boussole.audits.systems.model import System

EVERYTHING_READABLE = WindowStanding()


@dataclass(frozen=True, kw_only=True)
class WindowMeasures:
    """The measures of a window, and the tables they were made of as they may be shown, by attribute: decisions
    (`views`), those that have a score, and these in the window of reference (`earlier`)."""

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
    """Group measures, measures across groups and judged comparisons, suppressed over the whole lattice.

    Inputs: one table with `by=()` (everybody), one per group attribute, one per declared intersection, all of
    the same decisions. Outcome measures are conditional on observed outcomes (rows without outcome never
    enter; `params["missing_outcomes"]` counts them) and are absent where the system declares no outcome.
    `standing`: outcomes that are not mature yet give no outcome measure, groups whose legal basis has ended none
    at all; no table of theirs may be given. `strata`: the same groups by stratum of the controls, where controls are
    declared. `lists`: the same groups in their ranked lists, where `request` and `rank` are declared. `stages`: the
    same decisions along a funnel, where one is declared. `scores`: the same tables by score, where a score is declared;
    `reference`: those of the reference window, without outcomes until these are mature. `withheld`: what must be
    hidden because of what was published of other windows.

    Undefined: `zero_denominator`, `selective_labels`, `absent_is_negative`, `not_mature` (with `readable_from`),
    `no_outcomes`, `reference_absent`, `no_other_group`, `expired` (with `expired_on`); of adjusted measures also
    `rows_purged`, `too_many_strata`, `no_common_stratum`; of ranking also `rows_purged`, `no_common_list`;
    of scores also `rows_purged`, `not_a_probability`, `degenerate`.
    Suppressed: `small_group`, `protects_small_group`, `small_numerator`, `reference_suppressed`, `few_lists`,
    `few_at_top`, `protects_other_window`.
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
