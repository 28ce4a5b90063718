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
    """A share or a ratio of two counts, by which (decision, outcome) cells are in its numerator and its denominator."""

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
        """Return numerators and denominators of counts shaped (…, decision, outcome)."""
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
        """Return the lowest and highest value if the missing outcomes were known; counts (decision, outcome).

        The extremes take each decision's missing outcomes as all negative or all positive; None without a denominator.
        Source: Manski (2003), Partial Identification of Probability Distributions.
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
    """Return the parameter `bounds` of a value, or of its gap between two parts, from the ends of each."""
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
    """A comparison of one rate of a group with its reference; the bad side is where the group is at a disadvantage."""

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
    """Return the difference and the ratio of a rate between a group and its reference."""
    difference, ratio = (
        RateComparison(
            metric=f"{rate.metric}_{scale}", rate=rate, scale=scale, less_is_worse=less_is_worse, turns=turns
        )
        for scale in SCALES
    )
    return difference, ratio


def comparison_words(rate: Metric, *, source: str, judged: Collection[RateComparison]) -> tuple[Metric, Metric]:
    """Describe the difference and the ratio of a rate; `judged`: the comparisons that audit documents hold."""
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
