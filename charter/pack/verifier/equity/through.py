"""Which share of a gap opens through the tool and the adviser, computed again from the rows.

Sources: Katz et al. (1978), Biometrics 34:469; Kott (2001), J. Official Statistics 17:521; Fieller (1954), JRSS B
16:175.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..buckets import Counted, filled, worth_of
from ..chances import quantile
from ..figures.stages import Stages
from ..groups import Claims
from ..rates import SELECTION, counted
from ..scores import of_gap
from ..system import System

METRIC = "tool_and_adviser_gap_share"
OWN = ("tool", "adviser")
WATCHED = 0.95
FEWEST = 10
"""Cases of each group at each stage, and rows without one, from which something is told."""
Pair = tuple[Counted, Counted]


class StepLogs(NamedTuple):
    """The log ratio of each stage, their covariances, and degrees of freedom, if any."""

    logs: list[float]
    covariance: list[list[float]]
    df: float | None

    def total(self, steps: Sequence[int]) -> float:
        return math.fsum(self.logs[i] for i in steps)

    def shared(self, one: Sequence[int], other: Sequence[int]) -> float:
        return math.fsum(self.covariance[i][j] for i in one for j in other)

    def ratio(self, steps: Sequence[int], among: int) -> dict:
        """A ratio with an interval that holds together with all that are told beside it."""
        log = self.total(steps)
        half = quantile(1 - 0.025 / among, self.test()) * math.sqrt(self.shared(steps, steps))
        return {"ratio": math.exp(log), "low": math.exp(log - half), "high": math.exp(log + half)}

    def test(self) -> dict:
        return {} if self.df is None else {"df": self.df}


def claims(measure: dict, stages: Stages) -> Claims | None:
    """What the share must say; None where the measure is none."""
    if measure["metric"] != METRIC:
        return None
    system, by = stages.system, tuple(measure["by"])
    own, sides = tuple(measure["group"][name] for name in by), []
    for i, name in enumerate(system.stages):
        table = stages.rows.tables(by, i, i)
        _, other = stages.groups.against(by, own, stages.groups.shown.of(by, f"stage:{name}", table))
        sides.append((counted([table[own]], SELECTION), counted(other, SELECTION)))
    found = step_logs(sides, system.clustered)
    if found is None:
        return {"value": None}
    return {"n": sum(map(sum, (sides[0][0][1], sides[0][1][1]))), **_told(found, system)}


def _told(found: StepLogs, system: System) -> Claims:
    actors, sign = [system.actors[name] for name in system.stages], 1 if system.favourable else -1
    own, every = [i for i, actor in enumerate(actors) if actor in OWN], list(range(len(actors)))
    test = {
        "kind": "gap_share",
        "part": sign * found.total(own),
        "whole": sign * found.total(every),
        "variances": [found.shared(own, own), found.shared(own, every), found.shared(every, every)],
        "watched": math.log(WATCHED),
        "method": "fieller",
        **found.test(),
    }
    parts = zip(system.stages, actors, (found.ratio([i], len(actors)) for i in every))
    names = list(dict.fromkeys(actors))
    by_actor = [found.ratio([i for i in every if actors[i] == name], len(names)) for name in names]
    return {
        **of_gap(test),
        "params.test": test,
        "params.parts": [{"stage": stage, "actor": actor, **ratio} for stage, actor, ratio in parts],
        "params.actors": [{"actor": name, **ratio} for name, ratio in zip(names, by_actor)],
        "params.whole": found.ratio(every, 1),
        "params.bad_side": "above",
        "params.scale": "share",
        "params.watched": WATCHED,
    }


def step_logs(steps: Sequence[Pair], clustered: bool) -> StepLogs | None:
    """The log ratios of the stages with their covariances; None where few moved on, or few did not."""
    if any(min(sum(k), sum(n) - sum(k)) < FEWEST for step in steps for k, n in step):
        return None
    size = range(len(steps))
    logs = [math.log(_rate(one) / _rate(other)) for one, other in steps]
    if not clustered:
        own = [math.fsum(1 / sum(k) - 1 / sum(n) for k, n in step) for step in steps]
        return StepLogs(logs, [[own[i] if i == j else 0.0 for j in size] for i in size], None)
    worth = [worth_of(one, other, (_rate(one), _rate(other)), "ratio") for one, other in steps]
    used = filled(*(n for step in steps for _, n in step))
    try:
        apart = [[_without(step, b) - log for step, log in zip(steps, logs)] for b in used]
    except (ValueError, ZeroDivisionError):
        return None
    if any(each is None for each in worth):
        return None
    m = len(used)
    covariance = [[(m - 1) / m * math.fsum(row[i] * row[j] for row in apart) for j in size] for i in size]
    for i, floor in enumerate(_plain(step, each[0]) for step, each in zip(steps, worth) if each):
        covariance[i][i] = max(covariance[i][i], floor)
    whole = [math.fsum(row) for row in apart]
    fourth = math.fsum(d**4 for d in whole)
    free = 3 * math.fsum(d * d for d in whole) ** 2 / fourth - 2 if fourth > 0 else m - 1.0
    return StepLogs(logs, covariance, max(1.0, min(m - 1.0, free, *(each[1] for each in worth if each))))


def _rate(side: Counted) -> float:
    return sum(side[0]) / sum(side[1])


def _plain(step: Pair, sizes: tuple[float, float]) -> float:
    return math.fsum((1 - p) / (p * size) for p, size in zip(map(_rate, step), sizes))


def _without(step: Pair, b: int) -> float:
    one, other = ((sum(k) - k[b]) / (sum(n) - n[b]) for k, n in step)
    return math.log(one / other)
