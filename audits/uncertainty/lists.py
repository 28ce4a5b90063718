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
    """Estimate by how much people who stand on lists together vary more than people alone (at least 1), and its df.

    Formula: m/(m − 1) Σ (d − d̄)² ÷ Σ (1/forgotten − 1/people), d = once₁/forgotten₁ − once₀/forgotten₀ by bucket of
    lists; `once`: people all of whose lists lie in one bucket. None where lists are worth fewer than `FEWEST_LISTS`.
    Source: Rao & Scott (1992), Biometrics 48:577-585; Kott (2001), J. Official Statistics 17:521-526; Katz et al.
    (1978), Biometrics 34:469-474.
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
    """Estimate how many buckets of lists of even size their effects in two groups are worth; 0 without effects.

    (Σ c)² ÷ Σ c², c = one + other (Kish: K), at most (S₁ + S₀)² ÷ (S₁²/K₁ + S₀²/K₀), S the sum of squares.

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
