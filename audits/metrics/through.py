"""Through whom a gap opens: that over the whole funnel by stage and actor, which adds up exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from boussole.audits.measures import Interval, Measure
from boussole.audits.metrics.adjusted import Against, against, compared, refused
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.selection import SELECTION_RATE, SELECTION_RATIO
from boussole.audits.metrics.view import View, known_values
from boussole.audits.uncertainty.gap_share import KIND, Step, StepLogs, fieller, step_logs
from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile

GAP_SHARE = "tool_and_adviser_gap_share"
OWN = ("tool", "adviser")
"""Who acts for the establishment: the gap that opens through them is for it to close."""
WATCHED = 0.95
"""The ratio from which a gap over the whole funnel is one to watch: the watch level of the ratios themselves."""
UNWATCHED = "unwatched"


Silent = tuple[Literal["suppressed", "undefined"], str, Mapping[str, str]]
"""Why nothing is told of a stage: status, reason, and the parameters that go with it."""


@dataclass(frozen=True, kw_only=True)
class StageStep:
    """One stage of the funnel of one attribute: its name, who acts there, and those who reached the one before."""

    name: str
    actor: str | None
    view: View


def gap_shares(stages: Sequence[StageStep], silent: Silent | None) -> list[Measure]:
    """Measure, of each group that is compared, which share of its gap opens through the tool and the adviser."""
    if not shared_between([stage.actor for stage in stages]):
        return []
    return [_share(stages, silent, position) for position in compared(stages[0].view)]


def shared_between(actors: Sequence[str | None]) -> bool:
    """Whether a gap can be shared between those who act at the stages of a funnel."""
    return None not in actors and bool({*actors} & {*OWN})


def _share(stages: Sequence[StageStep], silent: Silent | None, position: int) -> Measure:
    """Measure the share; 0 where there is surely no gap to watch, undefined where it may be none or few moved on."""
    view = stages[0].view
    others = [against(stage.view, SELECTION_RATIO, position) for stage in stages]
    params: dict[str, Any] = {**_whom(others), "bad_side": "above", "scale": "share", "watched": WATCHED}
    why = silent
    if why is None and (refusal := _refusal(stages, others, position)) is not None:
        why = ("suppressed" if refusal.status == "suppressed" else "undefined", str(refusal.reason), {})
    if why is not None:
        by, group = view.table.by, known_values(view.table.groups[position])
        return Measure(metric=GAP_SHARE, by=by, group=group, status=why[0], reason=why[1], params={**params, **why[2]})
    parts = _counts(stages, others, position)
    about = _about(GAP_SHARE, view, position, parts)
    found = step_logs(parts, clustered=view.table.clustered)
    if found is None:
        return Measure(**about, status="undefined", reason="few_moved_on", params=params)
    sign = 1 if SELECTION_RATIO.bad_side(favourable=view.system.log.favourable) == "below" else -1
    test = _test(found, stages, sign=sign)
    return _told(about, params | _decomposed(found, stages), test, quantile(found.df, 0.975))


def _told(about: dict[str, Any], params: dict[str, Any], test: dict[str, Any], z: float) -> Measure:
    whole, error, params = test["whole"], math.sqrt(test["variances"][2]), {**params, "test": test}
    if whole - z * error >= test["watched"]:
        return Measure(**about, value=0.0, params={**params, "gap": UNWATCHED})
    ends = fieller(test, z) if whole < 0 else None
    if ends is None:
        return Measure(**about, status="undefined", reason="gap_may_be_zero", params=params)
    interval = Interval(low=ends[0], high=ends[1], method="fieller")
    return Measure(**about, value=test["part"] / whole, interval=interval, params=params)


def _whom(others: Sequence[Against]) -> dict[str, Any]:
    """The parameters that say whom a group is compared with: those of the stage where most groups are hidden."""
    return max(others, key=lambda other: other.left_out).params


def _refusal(stages: Sequence[StageStep], others: Sequence[Against], position: int) -> Measure | None:
    """Why one of the stages cannot be compared."""
    pairs = zip(stages, others, strict=True)
    found = (refused(stage.view, SELECTION_RATIO, position, other) for stage, other in pairs)
    return next((each for each in found if each is not None), None)


def _counts(stages: Sequence[StageStep], others: Sequence[Against], position: int) -> list[Step]:
    """Return, for each stage, cases and rows by bucket of the group and of those it is compared with."""
    return [
        (stage.view.buckets(SELECTION_RATE, [position]), stage.view.buckets(SELECTION_RATE, other.positions))
        for stage, other in zip(stages, others, strict=True)
    ]


def _about(metric: str, view: View, position: int, parts: Sequence[Step]) -> dict[str, Any]:
    n = parts[0][0][1] + parts[0][1][1]
    return {
        "metric": metric,
        "by": view.table.by,
        "group": known_values(view.table.groups[position]),
        "n": int(n.sum()),
        "clusters": view.clusters(n),
    }


def _test(found: StepLogs, stages: Sequence[StageStep], *, sign: int) -> dict[str, Any]:
    """The part of the tool and the adviser and the whole gap as logarithms, below 0 where the group is worse off."""
    own, every = [i for i, stage in enumerate(stages) if stage.actor in OWN], list(range(len(stages)))
    (part, part_se), (whole, whole_se) = found.total(own), found.total(every)
    test: dict[str, Any] = {
        "kind": KIND,
        "part": sign * part,
        "whole": sign * whole,
        "variances": [part_se**2, found.shared(own, every), whole_se**2],
        "watched": math.log(WATCHED),
        "method": "fieller",
    }
    return test if found.df is None else {**test, "df": found.df}


def _decomposed(found: StepLogs, stages: Sequence[StageStep]) -> dict[str, Any]:
    """The ratio of each stage, of each actor and over all: the latter two products of the first."""
    actors = dict.fromkeys(str(stage.actor) for stage in stages)
    by_stage = [_ratio(found, [i], among=len(stages)) for i in range(len(stages))]
    by_actor = {
        actor: _ratio(found, [i for i, stage in enumerate(stages) if stage.actor == actor], among=len(actors))
        for actor in actors
    }
    return {
        "parts": [{"stage": s.name, "actor": s.actor, **told} for s, told in zip(stages, by_stage, strict=True)],
        "actors": [{"actor": actor, **told} for actor, told in by_actor.items()],
        "whole": _ratio(found, list(range(len(stages))), among=1),
    }


def _ratio(found: StepLogs, steps: Sequence[int], *, among: int) -> dict[str, float]:
    """A ratio with an interval that holds together with all of the `among` told side by side (Bonferroni)."""
    log, error = found.total(steps)
    half = quantile(found.df, 1 - 0.025 / among) * error
    return {"ratio": math.exp(log), "low": math.exp(log - half), "high": math.exp(log + half)}


def quantile(df: float | None, chance: float) -> float:
    """The quantile of Student's t, of the normal distribution without degrees of freedom."""
    return normal_quantile(chance) if df is None else student_quantile(chance, df)


METRICS = (
    Metric(
        name=GAP_SHARE,
        kind="share",
        formula="sum of the log stage selection rate ratios of the stages where the tool or the adviser acts ÷ that of"
        f" all stages; 0 where the ratio over all stages is surely not under {WATCHED} (where being selected is a harm:"
        f" not over its inverse). Judged by the contrast part − level × whole, and only where the whole ratio lies"
        f" under {WATCHED}",
        range="(−∞, ∞)",
        ideal=0.0,
        undefined="the whole gap may be none; fewer than 10 people of a group moved on at a stage,"
        " or did not; no actor is named at"
        " some stage; as stage_selection_rate_ratio",
        source="decomposition of a log ratio into its steps; interval: Fieller (1954), J. Royal Statistical Society B"
        " 16:175-185; both claims at once: Berger (1982), Technometrics 24:295-300",
    ),
)
