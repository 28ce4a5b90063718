"""The funnel: at each stage who moves on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.measures import Cells, Measure, Stage
from boussole.audits.metrics.adjusted import ADJUSTED, adjusted_measures, comparison_measures
from boussole.audits.metrics.definition import Metric, RateComparison
from boussole.audits.metrics.selection import SELECTION_RATE, SELECTION_RATIO
from boussole.audits.metrics.through import Silent, StageStep, gap_shares
from boussole.audits.metrics.view import View, rate_measures
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.lattice import EVERYBODY, Key
from boussole.audits.suppression.rules import NOTHING, Suppression, suppress_stages
from boussole.audits.systems.model import System

By = tuple[str, ...]
STEP_RATE = replace(SELECTION_RATE, metric="stage_selection_rate")
STEP = {
    SELECTION_RATIO.metric: "stage_selection_rate_ratio",
    ADJUSTED.metric: "adjusted_stage_selection_rate_ratio",
}
COMPARISONS = tuple(replace(comparison, metric=STEP[comparison.metric]) for comparison in (SELECTION_RATIO, ADJUSTED))
"""What a charter can judge."""
JUDGED = ("against", "bad_side", "scale")
"""What a comparison says of itself also without a value."""


def comparisons(system: System) -> list[RateComparison]:
    """Return the comparisons that can be made of a system."""
    if not system.log.stages:
        return []
    return [each for each in COMPARISONS if system.controls or each.metric != STEP[ADJUSTED.metric]]


@dataclass(frozen=True, kw_only=True)
class _StageCounts:
    """One stage of one attribute, among those who reached the stage before."""

    stage: Stage
    step: View


def stage_measures(
    stages: Sequence[Stage],
    *,
    system: System,
    standing: WindowStanding,
    hidden: Mapping[Key, str],
    withheld: Suppression = NOTHING,
) -> dict[By, list[Measure]]:
    """Measure every stage among those who reached the one before, by attribute.

    `hidden`: what is hidden of the decisions; `withheld`: what other windows oblige to hide. A stage that is the
    outcome waits until outcomes are mature; nothing is shown of a stage that too few people reached.
    """
    found: dict[By, list[Measure]] = {}
    for by, seen in _seen(stages, system, standing, hidden, withheld).items():
        found[by] = [measure for each in seen for measure in _measures(each, system, standing)]
        if by:
            silent = next((why for each in seen if (why := _silent(each, system, standing)) is not None), None)
            found[by] += gap_shares(_steps(seen), silent)
    return found


def _seen(
    stages: Sequence[Stage], system: System, standing: WindowStanding, hidden: Mapping[Key, str], withheld: Suppression
) -> dict[By, list[_StageCounts]]:
    steps = [_readable(stage.step, standing) for stage in stages]
    found: dict[By, list[_StageCounts]] = {}
    layers = suppress_stages(steps, system=system, decisions=hidden, also=withheld)
    for stage, step, layer in zip(stages, steps, layers, strict=True):
        suppression = Suppression(decisions=layer, outcomes={})
        for table in step:
            view = View(table=table, system=system, suppression=suppression)
            found.setdefault(table.by, []).append(_StageCounts(stage=stage, step=view))
    return found


def _readable(tables: Iterable[Cells], standing: WindowStanding) -> list[Cells]:
    return [table for table in tables if standing.ended(table.by) is None]


def _measures(seen: _StageCounts, system: System, standing: WindowStanding) -> list[Measure]:
    strata = {each.by: each for each in seen.stage.strata}.get(seen.step.table.by)
    step = rate_measures(seen.step, STEP_RATE)
    step += adjusted_measures(seen.step, strata) if strata is not None else _compared(seen.step)
    named = [
        replace(measure, metric=STEP.get(measure.metric, measure.metric), given={"stage": seen.stage.name})
        for measure in step
    ]
    if (silent := _silent(seen, system, standing)) is None:
        return named
    status, reason, params = silent
    return [
        replace(
            measure,
            status=status,
            reason=reason,
            value=None,
            interval=None,
            n=None,
            clusters=None,
            params={key: measure.params[key] for key in JUDGED if key in measure.params} | {**params},
        )
        for measure in named
    ]


def _silent(seen: _StageCounts, system: System, standing: WindowStanding) -> Silent | None:
    """Why nothing of a stage is told, of any group: few came there, or it is an outcome that cannot be read yet."""
    if (why := seen.step.suppression.decisions.get(EVERYBODY)) is not None:
        return "suppressed", why, {}
    outcome, date = system.log.outcome, standing.readable_from
    if date is not None and outcome is not None and outcome.column == seen.stage.name:
        return "undefined", "not_mature", {"readable_from": date.isoformat()}
    return None


def _compared(view: View) -> list[Measure]:
    return comparison_measures(view, SELECTION_RATIO) if view.table.by else []


def _steps(stages: Sequence[_StageCounts]) -> list[StageStep]:
    return [StageStep(name=seen.stage.name, actor=seen.stage.actor, view=seen.step) for seen in stages]


_REACHED = "who reached a stage counts as having reached those before it"
_EMPTY = "nobody reached the stage before; a stage that is the outcome is not mature yet"

METRICS = (
    Metric(
        name="stage_selection_rate",
        kind="group",
        formula=f"reached the stage ÷ reached the stage before ({_REACHED})",
        range="[0, 1]",
        ideal=None,
        undefined=_EMPTY,
        source="as selection_rate, at each step of the selection process: 29 CFR 1607.4(C)",
    ),
    Metric(
        name="stage_selection_rate_ratio",
        kind="comparison",
        formula="stage selection rate of the group ÷ that of the declared reference, else of all other known groups",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"{_EMPTY}; nobody of the reference moved on",
        source="as selection_rate_ratio",
    ),
    Metric(
        name="adjusted_stage_selection_rate_ratio",
        kind="comparison",
        formula="as adjusted_selection_rate_ratio, among those who reached the stage before",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"{_EMPTY}; as adjusted_selection_rate_ratio",
        source="as adjusted_selection_rate_ratio",
    ),
)
