"""How far lists make the people on them alike, where who is on none is compared between two groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from boussole.audits.uncertainty.jackknife import effective_buckets

Floats = npt.NDArray[np.float64]
FEWEST_LISTS = 10
"""Of fewer buckets of lists, counted as if all held as many people, nobody can tell how far lists make people alike."""


def design_effect(
    once: tuple[Floats, Floats], listed: tuple[Floats, Floats], forgotten: tuple[int, int], people: tuple[int, int]
) -> tuple[float, float] | None:
    """By how much people who stand on lists together vary more than people alone, at least 1; and degrees of freedom.

    `listed`: of both groups, people on a list, in each bucket of lists that theirs lie in; `once`: those all of whose
    lists lie in one: without these lists they would be among the forgotten. Formula: m/(m − 1) Σ (d − d̄)² ÷
    Σ (1/forgotten − 1/people), d = once₁/forgotten₁ − once₀/forgotten₀ in each of the m buckets that hold somebody:
    the variance of the log ratio by the jackknife over lists, over that of the binomial test which it corrects.
    Degrees of freedom: `worth_of_lists` of once/forgotten, less 1. Where not even lists of one group each could vary
    more than people alone (m/(m − 1) Σ (once₁/forgotten₁ + once₀/forgotten₀)² no more than that), 1, and those of
    listed/people. None where either is worth fewer than `FEWEST_LISTS`.
    Source: Rao & Scott (1992), Biometrics 48:577-585; Kott (2001), J. Official Statistics 17:521-526; Katz et al.
    (1978), Biometrics 34:469-474.

    >>> even = np.full(20, 5.0)
    >>> [round(each, 9) for each in design_effect((even, even), (even, even), (100, 100), (200, 200))]
    [1.0, 19.0]
    >>> apart = np.repeat([10.0, 0.0], 10), np.repeat([0.0, 10.0], 10)
    >>> round(design_effect(apart, apart, (100, 100), (200, 200))[0], 2)
    21.05
    >>> design_effect((even[:9], even[:9]), (even[:9], even[:9]), (155, 155), (200, 200)) is None
    True
    """
    used = listed[0] + listed[1] > 0
    lists = worth_of_lists(*(side / n for side, n in zip(listed, people, strict=True)))
    if lists < FEWEST_LISTS:
        return None
    held = [max(count, 1) for count in forgotten]
    alone = sum(1 / count - 1 / n for count, n in zip(held, people, strict=True))
    one, other = (side[used] / count for side, count in zip(once, held, strict=True))
    more = one.size / (one.size - 1)
    if more * float(np.square(one + other).sum()) <= alone:
        return 1.0, lists - 1
    telling = worth_of_lists(one, other)
    if telling < FEWEST_LISTS:
        return None
    return max(1.0, float((one - other).var()) * one.size * more / alone), telling - 1


def worth_of_lists(one: Floats, other: Floats) -> float:
    """How many buckets of lists of even size what they change in two groups is worth; 0 where they change nothing.

    Kish's number of both together, (Σ c)² ÷ Σ c², c = one + other, and no more than those of each, weighted by how much
    each varies (Satterthwaite): (S₁ + S₀)² ÷ (S₁²/K₁ + S₀²/K₀), S = Σ of squares, K Kish's number of each.

    >>> even = np.full(40, 0.01)
    >>> round(worth_of_lists(even, even), 9), round(worth_of_lists(np.repeat([0.5, 0.0], [2, 38]), even), 1)
    (40.0, 2.0)
    """
    sides = [side for side in (one, other) if side.any()]
    if not sides:
        return 0.0
    varies = [float(np.square(side).sum()) for side in sides]
    parts = [square**2 / effective_buckets(side) for side, square in zip(sides, varies, strict=True)]
    return min(effective_buckets(one + other), sum(varies) ** 2 / sum(parts))
