"""Ranking: the place of groups in their lists, with attention 1 ÷ log2(1 + rank) and lists as clusters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from boussole.audits.measures import TOP, Interval, ListSums
from boussole.audits.metrics.definition import Metric, RateComparison
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.jackknife import brought_of, with_people

EXPOSURE_RATIO = RateComparison(
    metric="exposure_ratio",
    rate=replace(SELECTION_RATE, metric="exposure", decided=False),
    scale="ratio",
    less_is_worse=True,
)
"""Its rate says what it is hidden with; a place in a list needs no decision."""
DISCOUNT = "1/log2(1+rank)"


@dataclass(frozen=True, kw_only=True)
class MeanOverLists:
    """A sum over lists (`above`) divided by another (`below`), and within which bounds it lies."""

    metric: str
    above: str
    below: str = "lists"
    lists: str = "lists"
    """How many lists enter."""
    transform: jk.Transform = "identity"
    low: float = 0.0
    high: float = 1.0
    all_groups: bool = True
    """Whether it rests on all groups of each list."""
    discount: str | None = None
    figure: str | None = None
    """The figure of `cubes.contenders` by which people who come back are seen; None: what one brings is not known."""
    at_top_least: float = 0.0
    """How many of a group stand at the first places of a list on average where it is known what one of them brings."""
    at_random: str | None = None
    """The sum that would be expected above if the order of each list's own pool were random."""

    @property
    def at_top(self) -> bool:
        """Whether it rests on who stands at the first places."""
        return self.discount is None

    def value(self, sums: ListSums) -> float:
        """The mean over all lists."""
        return float(sums.totals[self.above] / sums.totals[self.below])

    def interval(self, sums: ListSums) -> tuple[Interval | None, str | None]:
        """Return the interval by the jackknife over buckets of lists, and of recurring people; or why there is none.

        `degenerate`: buckets show no variance; `people_in_lists`: what recurring people bring is not known.
        """
        if sums.people is not None and (self.figure is None or self._few_at_top(sums)):
            return None, "people_in_lists"
        above, below = sums.parts[self.above], sums.parts[self.below]
        with np.errstate(divide="ignore", invalid="ignore"):
            left = ((above.sum() - above) / (below.sum() - below))[sums.parts[self.lists] > 0]
            found = jk.jackknife(self.value(sums), left, transform=self.transform)
        if found is not None:
            found = with_people(found, brought_of(sums.people, self.figure))
        return (None, "degenerate") if found is None else (found.interval(low=self.low, high=self.high), None)

    def _few_at_top(self, sums: ListSums) -> bool:
        return bool(sums.totals["top"] < self.at_top_least * sums.totals["long_lists"])


EXPOSURE = MeanOverLists(
    metric="exposure",
    above="exposure",
    below="n",
    transform="log",
    all_groups=False,
    discount=DISCOUNT,
    figure="exposure",
)
SKEW = MeanOverLists(
    metric="skew_at_k",
    above="skew",
    below="long_lists",
    lists="long_lists",
    low=-float("inf"),
    high=float("inf"),
    figure="skew",
    at_top_least=2.0,
    at_random="skew_at_random",
)
OF_GROUPS = (EXPOSURE, SKEW)
NDKL = MeanOverLists(metric="ndkl", above="divergence", high=float("inf"), discount=DISCOUNT)


_LISTS = "over lists that hold at least two known groups (the number left out is told)"
_NONE = "no list holds two known groups, and one of them in a place; rows that only the log holds were purged"
_SHOWN = f"{_NONE}; a group of the attribute is hidden"
_TOP = f"{_SHOWN}; a few people of a group, or all but a few, stand at the first places"

METRICS = (
    Metric(
        name="exposure",
        kind="group",
        formula=f"mean of 1 ÷ log2(1 + rank) of the group's people, 0 without a rank, {_LISTS}",
        range="[0, 1]",
        ideal=None,
        undefined=_NONE,
        source="Singh & Joachims (2018), KDD, pages 2219-2228; discount of Järvelin & Kekäläinen (2002)",
    ),
    Metric(
        name="exposure_ratio",
        kind="comparison",
        formula="Σ w · mean exposure of the group ÷ Σ w · that of the declared reference, else of all other known"
        " groups, over lists that hold both, with w = n₁ n₀ ÷ (n₁ + n₀); `pooled` is the ratio of means over all lists",
        range="[0, ∞)",
        ideal=1.0,
        undefined="no list holds both; nobody of the others is listed; rows that only the log holds were purged",
        source="Singh & Joachims (2018), KDD, pages 2219-2228; over lists as Greenland & Robins (1985) over strata",
    ),
    Metric(
        name="skew_at_k",
        kind="group",
        formula=f"mean over lists in which somebody stands lower of ln(share of ranks 1 to {TOP} ÷ share of the pool),"
        " one person who is spread as the pool added to the first places (else nobody there is −∞); below 0 also in"
        " random order, of which `in_random_order` is the exact mean",
        range="(-∞, ∞)",
        ideal=0.0,
        undefined=_TOP,
        source="Geyik, Ambler & Kenthapadi (2019), KDD, pages 2221-2231; the smoothing is ours",
    ),
    Metric(
        name="ndkl",
        kind="across",
        formula="mean over lists of Σ (1 ÷ log2(1 + rank)) · KL(groups down to that rank ‖ groups of the pool) ÷ Σ (1 ÷"
        f" log2(1 + rank)), without smoothing; chance alone makes it positive, {_LISTS}",
        range="[0, ∞)",
        ideal=0.0,
        undefined=_SHOWN,
        source="Geyik, Ambler & Kenthapadi (2019), KDD, pages 2221-2231",
    ),
)
