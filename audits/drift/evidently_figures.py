"""What Evidently's figures are beside ours: the same thing, the same in another unit, or not to be read.

All of this was run against Evidently 0.7.23 (tests/audits/drift/test_evidently_figures.py); a later version that
behaves otherwise fails these tests.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boussole.audits.drift.evidently_methods import METHODS, Method
from boussole.audits.measures import Measure

if TYPE_CHECKING:
    import pandas as pd

    from boussole.audits.drift.evidently_report import EvidentlyPage


NATURAL = math.sqrt(math.log(2))
"""The largest Jensen-Shannon distance in natural logarithms, as Evidently takes them; in base 2 it is 1."""
LEAST_SPREAD = 0.001
"""By which Evidently divides a Wasserstein distance where the reference spreads less."""


@dataclass(frozen=True, kw_only=True)
class FigurePair:
    """One figure of Evidently, the same in our unit where there is one, and ours over all decisions."""

    column: str
    method: Method
    evidently: float | None
    converted: float | None
    exact: Measure | None


def converted(key: str, value: float | None, reference: pd.Series) -> float | None:
    """A figure of Evidently in the unit of ours; None for a p-value. `reference`: the column as it was shown.

    >>> round(converted("jensenshannon", 0.8325546, None), 6)
    1.0
    """
    if value is None:
        return None
    if key == "jensenshannon":
        return value / NATURAL
    if key == "wasserstein":
        return value * max(float(reference.std(ddof=0)), LEAST_SPREAD)
    return value if key in ("hellinger", "psi") else None


def apart_by_chance(first: int, second: int) -> float:
    """About how far apart two samples of one distribution are by Evidently's Jensen-Shannon, of its numbers of classes.

    Eight times the squared distance is about chi-square over the harmonic size, with one degree of freedom less than
    classes (Sturges: log₂ of all rows, rounded up, and one). Source: Lin (1991), IEEE Trans. Information Theory
    37:145-151, with the expansion of the Kullback-Leibler divergence.

    >>> round(apart_by_chance(10_000, 10_000), 4)
    0.0194
    """
    classes = math.ceil(math.log2(first + second)) + 1
    return math.sqrt((classes - 1) * (1 / first + 1 / second) / 8)


def beside(page: EvidentlyPage, measures: Sequence[Measure]) -> list[FigurePair]:
    """Every figure of Evidently beside ours, column by column."""
    ours = {((measure.group or ("",))[0], measure.metric): measure for measure in measures}
    found = []
    for shown, column in page.columns.names.items():
        number = shown in page.columns.numbers
        for method in METHODS:
            if method.numbers if number else method.words:
                value = page.figures[column, method.key]
                found.append(
                    FigurePair(
                        column=column,
                        method=method,
                        evidently=value,
                        converted=converted(method.key, value, page.columns.reference[shown]),
                        exact=ours.get((column, method.metric)),
                    )
                )
    return found
