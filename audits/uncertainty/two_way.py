"""Figures of lists in which the same people come back: clustered by list and by person at once.

Source: Cameron, Gelbach & Miller (2011), Robust inference with multiway clustering, J. Business & Economic Statistics
29:238-249; what a person brings to a figure: `cubes.contenders`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from boussole.audits.uncertainty.jackknife import Jackknife

Floats = npt.NDArray[np.float64]
COMES_BACK = 1.5
"""Times the variance by single places: one log in forty in which nobody comes back shows more."""


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What people bring to a figure Σ x ÷ Σ y: sums by bucket of the person, and of x², xy and y² over all places."""

    x: Floats
    y: Floats
    squares: tuple[float, float, float]

    def variances(self, value: float) -> tuple[float, float, float]:
        """The variance of the figure by people, the degrees of freedom of that, and the variance by single places."""
        filled = (self.x != 0) | (self.y != 0)
        apart, m, whole = (self.x - value * self.y)[filled], int(filled.sum()), float(self.y.sum())
        if m < 2:
            return math.inf, 1.0, 0.0
        variance = m / (m - 1) * float(np.square(apart - apart.mean()).sum()) / whole**2
        fourth = float((apart**4).sum())
        free = 3 * float(np.square(apart).sum()) ** 2 / fourth - 2 if fourth > 0 else m - 1.0
        xx, xy, yy = self.squares
        places = max(xx - 2 * value * xy + value**2 * yy, 0.0) / whole**2
        return variance, min(m - 1.0, max(1.0, free)), places


def with_people(found: Jackknife, people: Brought | None) -> Jackknife | None:
    """The jackknife of a figure over lists, with what people who come back add to it; as it is where it is not known.

    Variance: by lists + by people − by single places, at least the larger of the first two; on the scale of `found`, by
    its first derivative. Where the variance by people is not visibly (`COMES_BACK`) that of single places, nobody comes
    back: if lists do not lean either, all three estimate the same, the larger is by chance too large, and the least is
    the mean (by the methods before the fourth the larger there too). Degrees of freedom: Satterthwaite's, of what is
    added. None where all people are in one bucket.

    >>> lists = Jackknife(estimate=0.5, se=0.03, df=39.0, transform="identity")
    >>> people = Brought(x=np.array([3.0, 1.0]), y=np.array([4.0, 4.0]), squares=(0.04, 0.0, 0.0))
    >>> round(with_people(lists, people).se, 4), with_people(lists, None).se
    (0.2505, 0.03)
    """
    if people is None:
        return found
    value = found.estimate
    by_people, free, by_places = people.variances(value)
    if not math.isfinite(by_people):
        return None
    if found.transform == "log":
        by_people, by_places = by_people / value**2, by_places / value**2
    by_lists = found.se**2
    variance, part = by_lists + by_people - by_places, 1.0
    if by_people > COMES_BACK * by_places:
        variance = max(variance, by_lists, by_people)
    elif variance < (by_lists + by_people) / 2:
        variance, part = (by_lists + by_people) / 2, 0.5
    df = max(1.0, variance**2 / part**2 / (by_lists**2 / found.df + by_people**2 / free))
    return replace(found, se=math.sqrt(variance), df=df)


def brought_of(people: Mapping[str, Floats] | None, figure: str | None) -> Brought | None:
    """What people bring to a figure, from the sums of one group (columns of the cube `ranks`); None if not known."""
    if people is None or figure is None:
        return None
    xx, xy, yy = (float(people[f"{figure}_{moment}"].sum()) for moment in ("xx", "xy", "yy"))
    return Brought(x=people[f"{figure}_x"], y=people[f"{figure}_y"], squares=(xx, xy, yy))
