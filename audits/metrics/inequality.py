"""Inequality between groups: how far apart they are in the chance of a decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boussole.audits.measures import Counts
from boussole.audits.metrics.definition import Metric, Rate
from boussole.audits.metrics.selection import SELECTION_RATE


@dataclass(frozen=True, kw_only=True)
class DifferentialFairness:
    """ε of the decisions over groups; `concentration`: how many people of each group the Dirichlet prior is worth."""

    metric: str
    concentration: float
    rates: tuple[Rate] = (SELECTION_RATE,)


OF_DECISIONS = (DifferentialFairness(metric="differential_fairness", concentration=1.0),)


def differential_fairness(k: Counts, n: Counts, *, concentration: float) -> float:
    """ε: the largest log ratio of two groups' chances of a decision, each (count + c/2) ÷ (n + c).

    Inputs: selected `k` of `n` > 0 in two groups or more, `concentration` c > 0. Range [0, ∞), 0 at parity. Source:
    Foulds et al. (2020), ICDE, pages 1918-1921; AIF360, smoothed_empirical_differential_fairness.
    """
    chances = [(count + concentration / 2) / (n + concentration) for count in (k, n - k)]
    return float(max(np.log(chance.max() / chance.min()) for chance in chances))


METRICS = (
    Metric(
        name="differential_fairness",
        kind="across",
        formula="largest |ln| of the ratio of two groups' chances to be selected, or not to be, each (count + ½) ÷"
        " (assessed + 1)",
        range="[0, ∞)",
        ideal=0.0,
        undefined="fewer than two groups are shown",
        source="Foulds et al. (2020), ICDE, pages 1918-1921; AIF360, smoothed_empirical_differential_fairness",
    ),
)
