"""Inequality: how unevenly decisions fall on people, and how far apart groups are in the chance of a decision.

The benefit of a person is decision − outcome + 1: 0 for somebody wrongly passed over, 2 for somebody wrongly selected,
1 for everybody else. Where being selected is a harm, both are turned round: outcome − decision + 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from boussole.audits.measures import NEGATIVE, NOT_SELECTED, POSITIVE, SELECTED, Counts
from boussole.audits.metrics.definition import Metric, Rate
from boussole.audits.metrics.errors import ACCURACY
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.uncertainty.bootstrap import Floats

_BENEFITS = np.array([0.0, 1.0, 2.0])


@dataclass(frozen=True, kw_only=True)
class Entropy:
    """A generalized entropy index of the benefits of people, or of the mean benefits of groups."""

    metric: str
    alpha: float
    rates: tuple[Rate] = (ACCURACY,)
    """Over the same people, so that it is hidden and undefined where the index is."""


@dataclass(frozen=True, kw_only=True)
class DifferentialFairness:
    """ε of the decisions over groups; `concentration`: how many people of each group the Dirichlet prior is worth."""

    metric: str
    concentration: float
    rates: tuple[Rate] = (SELECTION_RATE,)


DERIVED = (Entropy(metric="generalized_entropy_index", alpha=2.0), Entropy(metric="theil_index", alpha=1.0))
OF_OUTCOMES = (
    Entropy(metric="between_group_generalized_entropy_index", alpha=2.0),
    Entropy(metric="between_group_theil_index", alpha=1.0),
)
OF_DECISIONS = (DifferentialFairness(metric="differential_fairness", concentration=1.0),)


def benefits(counts: Counts, *, favourable: bool) -> Counts:
    """People with benefit 0, 1 and 2 (last axis) of counts (…, decision, outcome); missing outcomes do not enter.

    >>> benefits(np.array([[50, 10, 7], [20, 30, 7]]), favourable=True).tolist()
    [10, 80, 20]
    """
    passed_over, undue = counts[..., NOT_SELECTED, POSITIVE], counts[..., SELECTED, NEGATIVE]
    right = counts[..., NOT_SELECTED, NEGATIVE] + counts[..., SELECTED, POSITIVE]
    return np.stack([passed_over, right, undue] if favourable else [undue, right, passed_over], axis=-1)


def generalized_entropy(people: Counts, *, alpha: float) -> Floats:
    """Generalized entropy index of benefits: 1/(n α(α−1)) Σ ((b/μ)^α − 1).

    α = 1 is the Theil index Σ (b/μ) ln(b/μ) / n, α = 0 the mean log deviation −Σ ln(b/μ) / n. Inputs: people with
    benefit 0, 1 and 2 (…, 3). Range [0, ∞), 0 where all benefits are equal. Undefined (NaN): nobody, all benefits 0,
    for α ≤ 0 also any benefit of 0 (it would be infinite).
    Source: Speicher et al. (2018), KDD, pages 2239-2248; AIF360, generalized_entropy_index.

    >>> float(generalized_entropy(np.array([2, 6, 2]), alpha=2.0).round(12))
    0.2
    """
    return _entropy(people.astype(np.float64), np.broadcast_to(_BENEFITS, people.shape), alpha=alpha)


def between_groups(people: Counts, *, alpha: float) -> Floats:
    """The index of inequality if everybody had the mean benefit of their group: people (…, groups, 3), all groups not
    empty.

    Undefined as above, of the means. Source: Speicher et al. (2018), section 3.3; AIF360,
    between_all_groups_generalized_entropy_index.

    >>> float(between_groups(np.array([[1, 1, 0], [0, 1, 1]]), alpha=2.0))
    0.125
    """
    sizes = people.sum(axis=-1).astype(np.float64)
    return _entropy(sizes, (people * _BENEFITS).sum(axis=-1) / sizes, alpha=alpha)


def _entropy(weights: Floats, values: Floats, *, alpha: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        total = weights.sum(axis=-1)
        shares = values * (total / (weights * values).sum(axis=-1))[..., np.newaxis]
        if alpha == 1:
            terms = shares * np.log(np.where(shares > 0, shares, 1.0))
        elif alpha == 0:
            terms = -np.log(shares)
        else:
            terms = (shares**alpha - 1) / (alpha * (alpha - 1))
        found = np.where(weights > 0, weights * terms, 0.0).sum(axis=-1) / total
    return np.where(np.isfinite(found), np.maximum(found, 0.0), np.nan)


def differential_fairness(k: Counts, n: Counts, *, concentration: float) -> float:
    """ε: the largest log ratio of two groups' chances of a decision, each (count + c/2) ÷ (n + c).

    Inputs: selected `k` of `n` > 0 in each of two groups and more; `concentration` c > 0 draws small groups towards
    even chances, so that a group in which nobody is selected gives no infinity. Range [0, ∞), 0 at parity.
    Source: Foulds et al. (2020), ICDE, pages 1918-1921; AIF360, smoothed_empirical_differential_fairness.

    >>> round(differential_fairness(np.array([5, 10]), np.array([10, 10]), concentration=1.0), 12)
    2.397895272798
    """
    chances = [(count + concentration / 2) / (n + concentration) for count in (k, n - k)]
    return float(max(np.log(chance.max() / chance.min()) for chance in chances))


_BENEFIT = "b = decision − outcome + 1 (outcome − decision + 1 where being selected is a harm)"
_SEEN = "outcomes are seen only for the selected; no outcome observed; every benefit is 0"
_SPEICHER = "Speicher et al. (2018), KDD, pages 2239-2248; AIF360"


def _index(name: str, formula: str) -> tuple[Metric, Metric]:
    """Words for the index over people, and for that between groups."""
    return (
        Metric(
            name=name,
            kind="group",
            formula=f"{formula}; {_BENEFIT}",
            range="[0, ∞)",
            ideal=0.0,
            undefined=_SEEN,
            source=f"{_SPEICHER}, {name}",
        ),
        Metric(
            name=f"between_group_{name}",
            kind="across",
            formula=f"{formula}, everybody at the mean of their group; {_BENEFIT}",
            range="[0, ∞)",
            ideal=0.0,
            undefined=f"{_SEEN}; fewer than two groups have outcomes",
            source=f"{_SPEICHER}, between_group_{name}",
        ),
    )


METRICS = (
    *_index("generalized_entropy_index", "Σ ((b ÷ mean b)² − 1) ÷ 2n"),
    *_index("theil_index", "Σ (b ÷ mean b) ln(b ÷ mean b) ÷ n"),
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
