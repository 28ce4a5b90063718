"""The level of a year goes out once: over the looks of twelve months, over questions and over their comparisons."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from scipy.stats import multivariate_normal, norm

from boussole.charter.judging.statistics import correction
from boussole.charter.judging.statistics.correction import ComparisonPlace, corrected

MONTHS, ALPHA = 12, 0.05
WOMEN, OLD = ("gender", "women"), ("age", "55+")


def comparison(
    of: str, *groups: tuple[str, str], effect: float | None, importance: float = 1.0
) -> correction.TestedComparison:
    place = ComparisonPlace(asked=of, group=frozenset(groups))
    return correction.TestedComparison(
        of=of, watch=(0.9, 0.9), breach=(0.95, 0.9), effect=effect, importance=importance, place=place
    )


FAMILY = [
    comparison("selected", WOMEN, effect=3.0, importance=2.0),
    comparison("selected", OLD, effect=1.0, importance=2.0),
    comparison("selected", WOMEN, OLD, effect=0.7, importance=2.0),
    comparison("missed", WOMEN, effect=6.0),
    comparison("missed", OLD, effect=None),
]
"""Two questions, of which one weighs twice as much; a crossing follows from its two groups."""


def test_the_shares_of_twelve_months_that_see_other_decisions_add_up_to_the_level() -> None:
    found = corrected(FAMILY, looks=MONTHS, alpha=ALPHA)
    assert math.fsum(MONTHS * each.share for each in found) == pytest.approx(1, rel=1e-9)
    assert min(each.share for each in found) > 0


def test_what_twelve_looks_at_growing_evidence_add_comes_to_the_level() -> None:
    """Each adds the chance that it errs where the look before did not, by an oracle of the two of them."""
    growing = [math.sqrt(look / (look + 1)) for look in range(1, MONTHS)]
    spent, before = 0.0, [0.0] * len(FAMILY)
    for month in range(MONTHS):
        looks = [replace(each, correlations=tuple(growing[:month])) for each in FAMILY]
        shares = [each.share for each in corrected(looks, looks=MONTHS, alpha=ALPHA)]
        for share, last in zip(shares, before, strict=True):
            spent += ALPHA * share
            if month:
                r = growing[month - 1]
                both = multivariate_normal.cdf(
                    [norm.ppf(ALPHA * share), norm.ppf(ALPHA * last)], mean=[0, 0], cov=[[1, r], [r, 1]]
                )
                spent -= float(both)
        before = shares
    assert spent == pytest.approx(ALPHA, rel=1e-3)


def test_where_nothing_is_found_each_is_held_to_its_share() -> None:
    for each in corrected([replace(one, correlations=()) for one in FAMILY], looks=MONTHS, alpha=ALPHA):
        assert each.at_watch == pytest.approx(ALPHA * each.share)
        assert (each.p_watch, each.at_kept) == (1.0, ALPHA)
