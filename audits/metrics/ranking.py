"""Ranking: the place that groups have in the lists they stand in.

Attention falls with the place: 1 ÷ log2(1 + rank), or 1 ÷ rank. Lists are the clusters: rows of one list compete, so
intervals come from the jackknife over buckets of lists, also where the log's clusters are people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import FAIR_ALPHA, TOP, Interval, ListSums
from boussole.audits.metrics.definition import Metric, RateComparison
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.uncertainty import jackknife as jk
from boussole.audits.uncertainty.estimates import rate_interval
from boussole.audits.uncertainty.methods import method
from boussole.audits.uncertainty.two_way import brought_of, with_people

Floats = npt.NDArray[np.float64]
EXPOSURE_RATIO = RateComparison(
    metric="exposure_ratio",
    rate=replace(SELECTION_RATE, metric="exposure", decided=False),
    scale="ratio",
    less_is_worse=True,
)
"""Its rate says what it is hidden with; a place in a list needs no decision."""
BESIDE = "reciprocal_exposure_ratio"
DISCOUNTS = {"exposure": "1/log2(1+rank)", "reciprocal": "1/rank"}


@dataclass(frozen=True, kw_only=True)
class MeanOverLists:
    """A sum over lists (`above`, times `scale`) divided by another (`below`), and within which bounds it lies."""

    metric: str
    above: str
    below: str = "lists"
    lists: str = "lists"
    """How many lists enter."""
    transform: jk.Transform = "identity"
    scale: float = 1.0
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
        return float(self.scale * sums.totals[self.above] / sums.totals[self.below])

    def interval(self, sums: ListSums) -> tuple[Interval | None, str | None]:
        """By the jackknife over buckets of lists, and of people who come back; or why there is none.

        `degenerate`: buckets show no variance; `people_in_lists`: the same people may stand in many lists, and what one
        of them brings is not known (to a logarithm of one place neither, whose slope is that of no whole place).
        """
        if sums.people is not None and self.figure is None and method() > 1:
            return None, "people_in_lists"
        if sums.people is not None and method() > 3 and self._few_at_top(sums):
            return None, "people_in_lists"
        above, below = sums.parts[self.above], sums.parts[self.below]
        if self.transform == "logit":
            return rate_interval(above.astype(np.int64), below.astype(np.int64), clustered=True), None
        with np.errstate(divide="ignore", invalid="ignore"):
            left = (self.scale * (above.sum() - above) / (below.sum() - below))[sums.parts[self.lists] > 0]
            found = jk.jackknife(self.value(sums), left, transform=self.transform)
        if found is not None and method() > 1:
            found = with_people(found, brought_of(sums.people, self.figure))
        return (None, "degenerate") if found is None else (found.interval(low=self.low, high=self.high), None)

    def _few_at_top(self, sums: ListSums) -> bool:
        return bool(sums.totals["top"] < self.at_top_least * sums.totals["long_lists"])


def _exposure(metric: str, discount: str) -> MeanOverLists:
    return MeanOverLists(
        metric=metric,
        above=discount,
        below="n",
        transform="log",
        all_groups=False,
        discount=discount,
        figure=discount,
    )


FAIL_SHARE = MeanOverLists(metric="fa_ir_fail_share", above="failed", transform="logit", at_random="failed_at_random")
OF_GROUPS = (
    _exposure("exposure", "exposure"),
    _exposure("reciprocal_exposure", "reciprocal"),
    MeanOverLists(
        metric="attention_share_difference", above="attention", low=-1.0, discount="exposure", figure="attention"
    ),
    MeanOverLists(
        metric="top_k_representation",
        above="top",
        below="expected",
        lists="long_lists",
        transform="log",
        high=float("inf"),
        figure="top",
    ),
    MeanOverLists(
        metric="skew_at_k",
        above="skew",
        below="long_lists",
        lists="long_lists",
        low=-float("inf"),
        high=float("inf"),
        figure="skew",
        at_top_least=2.0,
        at_random="skew_at_random",
    ),
    FAIL_SHARE,
)
ACROSS = (
    MeanOverLists(metric="attention_weighted_rank_fairness", above="attention", scale=0.5, discount="exposure"),
    MeanOverLists(metric="ndkl", above="divergence", high=float("inf"), discount="exposure"),
)


_LISTS = "over lists that hold at least two known groups (the number left out is told)"
_NONE = "no list holds two known groups, and one of them in a place; rows that only the log holds were purged"
_SHOWN = f"{_NONE}; a group of the attribute is hidden"
_TOP = f"{_SHOWN}; a few people of a group, or all but a few, stand at the first places"
_GAP = "share of attention − share of the list's own pool"

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
        name="reciprocal_exposure",
        kind="group",
        formula="the same with 1 ÷ rank, which falls faster",
        range="[0, 1]",
        ideal=None,
        undefined=_NONE,
        source="as exposure",
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
        name="reciprocal_exposure_ratio",
        kind="beside",
        formula="the exposure ratio with 1 ÷ rank",
        range="[0, ∞)",
        ideal=1.0,
        undefined="as exposure_ratio",
        source="as exposure_ratio",
    ),
    Metric(
        name="attention_share_difference",
        kind="group",
        formula=f"mean over lists of {_GAP}; attention is 1 ÷ log2(1 + rank), {_LISTS}",
        range="[-1, 1]",
        ideal=0.0,
        undefined=_SHOWN,
        source="Sapiezynski et al. (2019), WWW Companion, pages 553-562; Raj & Ekstrand (2022), SIGIR, pages 726-736",
    ),
    Metric(
        name="attention_weighted_rank_fairness",
        kind="across",
        formula=f"mean over lists of half the sum over groups of |{_GAP}|; chance alone makes it positive, {_LISTS}",
        range="[0, 1]",
        ideal=0.0,
        undefined=_SHOWN,
        source="Sapiezynski et al. (2019); Raj & Ekstrand (2022), with the total variation distance",
    ),
    Metric(
        name="top_k_representation",
        kind="group",
        formula=f"people of the group at ranks 1 to {TOP} ÷ how many there would be if each list's places followed its"
        " own pool, both summed over lists in which somebody stands lower",
        range="[0, ∞)",
        ideal=1.0,
        undefined=_TOP,
        source="Geyik, Ambler & Kenthapadi (2019), KDD, pages 2221-2231; summed as a standardised ratio over lists",
    ),
    Metric(
        name="skew_at_k",
        kind="group",
        formula=f"mean over the same lists of ln(share of ranks 1 to {TOP} ÷ share of the pool), one person who is"
        " spread as the pool added to the first places (else nobody there is −∞); below 0 also in random order, of"
        " which `in_random_order` is the exact mean",
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
    Metric(
        name="fa_ir_fail_share",
        kind="group",
        formula=f"lists that fail FA*IR for the group ÷ lists: at one of the first {TOP} places fewer of them than a"
        " draw with the pool's share (in whole per cent, rounded down) would give, at the adjusted level at which a"
        f" fair list fails with chance {FAIR_ALPHA} at most; `in_random_order` is the exact share if each list's own"
        " pool stood in random order",
        range="[0, 1]",
        ideal=None,
        undefined=_TOP,
        source="Zehlike et al. (2017), CIKM, pages 1569-1578",
    ),
)
