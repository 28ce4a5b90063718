"""From tables of counts to measures: the one entrance of this package."""

from __future__ import annotations

from collections.abc import Sequence

from audits.measures import Cells, Measure
from audits.metrics import errors, selection
from audits.metrics.across import composite_measure, unknown_measures
from audits.metrics.comparisons import comparison_measures
from audits.metrics.groups import impact_ratios, rate_measures
from audits.metrics.view import View
from audits.suppression import suppress
from audits.systems.model import System


def measure_cells(tables: Sequence[Cells], *, system: System) -> list[Measure]:
    """Group measures, measures across groups and judged comparisons, suppressed over the whole lattice.

    Inputs: one table with `by=()` (everybody), one per group attribute, one per declared intersection, all of
    the same decisions. Outcome measures are conditional on observed outcomes (rows without outcome never
    enter; `params["missing_outcomes"]` counts them) and are absent where the system declares no outcome.

    Undefined: `zero_denominator`, `selective_labels`, `no_outcomes`, `reference_absent`, `no_other_group`.
    Suppressed: `small_group`, `protects_small_group`, `small_numerator`, `reference_suppressed`.
    """
    suppression = suppress(tables, system=system)
    views = [View(table=table, system=system, suppression=suppression) for table in tables]
    return [measure for view in views for measure in _measures(view)]


def _measures(view: View) -> list[Measure]:
    outcomes = view.system.log.outcome is not None
    rates = (*selection.RATES, *(errors.RATES if outcomes else ()))
    found = [measure for rate in rates for measure in rate_measures(view, rate)]
    if not view.table.by:
        return found
    found += impact_ratios(view)
    composites = (*selection.COMPOSITES, *(errors.COMPOSITES if outcomes else ()))
    found += [composite_measure(view, composite) for composite in composites]
    found += unknown_measures(view)
    comparisons = (*selection.COMPARISONS, *(errors.COMPARISONS if outcomes else ()))
    return found + [measure for comparison in comparisons for measure in comparison_measures(view, comparison)]
