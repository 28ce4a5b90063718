"""What a metric is: its words for the reader, and the cells its rates are counted from."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import NEGATIVE, NO_OUTCOME, POSITIVE, Counts

Kind = Literal["group", "across", "comparison", "notebook", "estimate", "drift", "share", "effect"]
BadSide = Literal["below", "above"]
SCALES: tuple[Literal["difference"], Literal["ratio"]] = ("difference", "ratio")
"""How a rate of a group is compared with that of another."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of the registry: its name, kind, formula and source, as `boussole metrics` prints them."""

    name: str
    kind: Kind
    """`group`: per group; `across`: over groups, shown and never judged; `comparison`: judged;
    `estimate`: expected, not measured; `drift`; `share`: of messages or people, judged by itself; `effect`: of agencies
    with the system against others, since they started."""
    formula: str
    range: str
    ideal: float | None
    """The value of perfect parity; None where no single value is ideal."""
    undefined: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Counted from cells: which (decision, outcome) cells are in the numerator and the denominator.

    A share, where the numerator is part of the denominator; else a ratio of two counts, which can exceed 1.
    """

    metric: str
    numerator: tuple[tuple[int, int], ...]
    denominator: tuple[tuple[int, int], ...]
    outcome: Literal["observed", "missing"] | None = None
    """What it has to do with outcomes: only observed ones count, or it counts the missing ones. None: nothing."""
    needs_all: bool = False
    """Whether it is undefined where outcomes are observed only for the selected."""
    decided: bool = False
    """Whether it tells who was selected, so that it is undefined in a log without decisions."""
    missing: tuple[int, ...] = ()
    """Decisions (rows of the cells) whose missing outcomes leave people out of the denominator."""

    def counted(self, counts: Counts) -> tuple[Counts, Counts]:
        """Numerators and denominators of counts shaped (…, decision, outcome).

        >>> from boussole.audits.metrics.selection import SELECTION_RATE
        >>> k, n = SELECTION_RATE.counted(np.array([[1, 2, 3], [4, 5, 6]]))
        >>> int(k), int(n)
        (15, 21)
        """
        return _total(counts, self.numerator), _total(counts, self.denominator)

    @property
    def share(self) -> bool:
        """Whether the numerator is part of the denominator."""
        return set(self.numerator) <= set(self.denominator)

    def parts(self, counts: Counts) -> tuple[Counts, Counts]:
        """The numerator, and the people of the denominator who are not in it: everybody the rate is about, once."""
        rest = tuple(cell for cell in self.denominator if cell not in self.numerator)
        return _total(counts, self.numerator), _total(counts, rest)

    def bounds(self, counts: Counts) -> tuple[float, float] | None:
        """The lowest and highest value there could be if the missing outcomes were known; counts (decision, outcome).

        Each decision's missing outcomes are taken as all negative or all positive: the rate is linear-fractional in
        how many are positive, so that its extremes lie there. None where it has a denominator in no case.

        Source: bounds without assumptions, Manski (2003), Partial Identification of Probability Distributions.

        >>> from boussole.audits.metrics.errors import PRECISION
        >>> PRECISION.bounds(np.array([[0, 0, 0], [20, 60, 20]]))
        (0.6, 0.8)
        """
        found = []
        for outcomes in itertools.product((NEGATIVE, POSITIVE), repeat=len(self.missing)):
            filled = counts.copy()
            for decision, outcome in zip(self.missing, outcomes, strict=True):
                filled[decision, outcome] += filled[decision, NO_OUTCOME]
                filled[decision, NO_OUTCOME] = 0
            k, n = self.counted(filled)
            found += [float(k / n)] if n else []
        return (min(found), max(found)) if found else None

    def missing_outcomes(self, counts: Counts) -> int:
        """Decisions left out of the denominator because their outcome is not known (yet)."""
        return int(sum(counts[..., decision, NO_OUTCOME].sum() for decision in self.missing))


def between(parts: Sequence[tuple[float, float] | None]) -> dict[str, list[float]]:
    """The parameter `bounds` of a value, or of its gap between two parts, from the ends of each; nothing without one.

    >>> between([(0.5, 0.75), (0.25, 0.25)]), between([(0.0, 1.0), None])
    ({'bounds': [0.25, 0.5]}, {})
    """
    found = [ends for ends in parts if ends is not None]
    if len(found) < len(parts):
        return {}
    (low, high), *others = found
    for other_low, other_high in others:
        low, high = low - other_high, high - other_low
    return {"bounds": [low, high]}


def _total(counts: Counts, cells: tuple[tuple[int, int], ...]) -> Counts:
    mask: npt.NDArray[np.bool_] = np.zeros((2, 3), dtype=np.bool_)
    for cell in cells:
        mask[cell] = True
    return np.asarray((counts * mask).sum(axis=(-2, -1)), dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class RateComparison:
    """A comparison of one rate of a group with that of its reference.

    The bad side is where the compared group is at a disadvantage: selected less often (or more often, where
    selection is a harm) at the same outcome; for precision, where its selected people had to do better.
    """

    metric: str
    rate: Rate
    scale: Literal["ratio", "difference"]
    less_is_worse: bool
    """For a favourable decision."""
    turns: bool = True
    """Whether that is turned round where being selected is a harm."""

    def bad_side(self, *, favourable: bool) -> BadSide:
        """On which side of a threshold the compared group is at a disadvantage."""
        return "below" if self.less_is_worse == (favourable or not self.turns) else "above"


def comparisons_of(rate: Rate, *, less_is_worse: bool, turns: bool = True) -> tuple[RateComparison, RateComparison]:
    """The difference and the ratio of a rate between a group and its reference.

    >>> from boussole.audits.metrics.errors import PRECISION
    >>> [each.metric for each in comparisons_of(PRECISION, less_is_worse=False)]
    ['precision_difference', 'precision_ratio']
    """
    difference, ratio = (
        RateComparison(
            metric=f"{rate.metric}_{scale}", rate=rate, scale=scale, less_is_worse=less_is_worse, turns=turns
        )
        for scale in SCALES
    )
    return difference, ratio


def comparison_words(rate: Metric, *, source: str, judged: Collection[RateComparison]) -> tuple[Metric, Metric]:
    """The descriptions of the difference and of the ratio of a rate, derived from that of the rate.

    `judged`: the comparisons that audit documents hold; the others are computed for notebooks only.
    """
    in_documents = {comparison.metric for comparison in judged}
    difference, ratio = (
        Metric(
            name=f"{rate.name}_{scale}",
            kind="comparison" if f"{rate.name}_{scale}" in in_documents else "notebook",
            formula=f"{rate.name.replace('_', ' ')} of the group {sign} that of the declared reference, else of all"
            " other known groups",
            range=range_,
            ideal=ideal,
            undefined=f"for the group or its reference: {rate.undefined}{more}",
            source=source,
        )
        for scale, sign, range_, ideal, more in (
            ("difference", "−", "[-1, 1]", 0.0, ""),
            ("ratio", "÷", "[0, ∞)", 1.0, "; the rate of the reference is 0"),
        )
    )
    return difference, replace(
        ratio, source=f"{source}; disparities: Saleiro et al. (2018), Aequitas, arXiv:1811.05577"
    )


@dataclass(frozen=True, kw_only=True)
class Composite:
    """A maximum or minimum over groups: shown, never judged. Of several rates the largest gap or the smallest ratio."""

    metric: str
    rates: tuple[Rate, ...]
    aggregate: Literal["difference", "ratio"]
