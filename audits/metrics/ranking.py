"""Ranking: the place that groups have in the lists they stand in.

Attention falls with the place: 1 ÷ log2(1 + rank), or 1 ÷ rank. Lists are the clusters: rows of one list compete, so
intervals come from the jackknife over buckets of lists, also where the log's clusters are people.

Hidden, beside the groups that are hidden anyway: what fewer than `privacy.suppress_below` lists say (an exact mean over
few places tells which places they were); what rests on all groups of each list, where one of them is hidden; and what
rests on the first places, where so few (but some) of a group stand there, or all but so few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from audits.measures import FAIR_ALPHA, TOP, Group, Interval, Lists, Measure, Sums
from audits.metrics.comparisons import Against, against, compared, judged, refused
from audits.metrics.definition import Comparison, Metric
from audits.metrics.selection import SELECTION_RATE
from audits.metrics.view import View, known_values
from audits.uncertainty import jackknife as jk
from audits.uncertainty.estimates import rate_interval
from audits.uncertainty.score import ratio_interval

Floats = npt.NDArray[np.float64]
Why = tuple[Literal["undefined", "suppressed"], str]
EXPOSURE_RATIO = Comparison(metric="exposure_ratio", rate=SELECTION_RATE, scale="ratio", less_is_worse=True)
BESIDE = "reciprocal_exposure_ratio"
DISCOUNTS = {"exposure": "1/log2(1+rank)", "reciprocal": "1/rank"}


@dataclass(frozen=True, kw_only=True)
class Mean:
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
    at_random: str | None = None
    """The sum that would be expected above if the order of each list's own pool were random."""

    @property
    def at_top(self) -> bool:
        """Whether it rests on who stands at the first places."""
        return self.discount is None

    def value(self, sums: Sums) -> float:
        """The mean over all lists."""
        return float(self.scale * sums.totals[self.above] / sums.totals[self.below])

    def interval(self, sums: Sums) -> Interval | None:
        """By the jackknife over buckets of lists; None where they show no variance."""
        above, below = sums.parts[self.above], sums.parts[self.below]
        if self.transform == "logit":
            return rate_interval(above.astype(np.int64), below.astype(np.int64), clustered=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = (self.scale * (above.sum() - above) / (below.sum() - below))[sums.parts[self.lists] > 0]
            found = jk.jackknife(self.value(sums), left, transform=self.transform)
        return None if found is None else found.interval(low=self.low, high=self.high)


def _exposure(metric: str, discount: str) -> Mean:
    return Mean(metric=metric, above=discount, below="n", transform="log", all_groups=False, discount=discount)


FAIL_SHARE = Mean(metric="fa_ir_fail_share", above="failed", transform="logit", at_random="failed_at_random")
OF_GROUPS = (
    _exposure("exposure", "exposure"),
    _exposure("reciprocal_exposure", "reciprocal"),
    Mean(metric="attention_share_difference", above="attention", low=-1.0, discount="exposure"),
    Mean(
        metric="top_k_representation",
        above="top",
        below="expected",
        lists="long_lists",
        transform="log",
        high=float("inf"),
    ),
    Mean(
        metric="skew_at_k",
        above="skew",
        below="long_lists",
        lists="long_lists",
        low=-float("inf"),
        high=float("inf"),
        at_random="skew_at_random",
    ),
    FAIL_SHARE,
)
ACROSS = (
    Mean(metric="attention_weighted_rank_fairness", above="attention", scale=0.5, discount="exposure"),
    Mean(metric="ndkl", above="divergence", high=float("inf"), discount="exposure"),
)


def ranking_measures(view: View, lists: Lists) -> list[Measure]:
    """Measures of each known group, of all groups together, then each judged comparison with the one beside it."""
    seen = _Seen(view, lists)
    found = [seen.of_group(mean, position) for mean in OF_GROUPS for position in view.known]
    found += [seen.across(mean) for mean in ACROSS]
    return found + [measure for position in compared(view) for measure in seen.compared(position)]


@dataclass(frozen=True)
class _Seen:
    """Lists as they may be shown."""

    view: View
    lists: Lists

    @cached_property
    def limit(self) -> int:
        return self.view.system.privacy.suppress_below

    @cached_property
    def some_hidden(self) -> bool:
        """Whether a known group is hidden: the shares of the others in their lists would tell of it."""
        hidden, sizes = self.view.hidden(SELECTION_RATE), self.view.table.sizes()
        return any(sizes[i] for i in self.view.known if i in hidden)

    @cached_property
    def few_at_top(self) -> bool:
        """Whether a few people of a group, or all but a few, stand at the first places."""
        top, pool = (self.lists.sums.totals[name][self.view.known] for name in ("top", "pool"))
        return any(0 < part < self.limit for part in (*top, *(pool - top)))

    def of_group(self, mean: Mean, position: int) -> Measure:
        """A measure of one group."""
        hidden = self.view.hidden(SELECTION_RATE)
        if position in hidden:
            return self._without(mean.metric, ("suppressed", hidden[position]), [position])
        return self._mean(mean, self.lists.sums.at(position), [position])

    def across(self, mean: Mean) -> Measure:
        """A measure over all groups of each list."""
        return self._mean(mean, self.lists.whole, None)

    def compared(self, position: int) -> list[Measure]:
        """A group and another in the lists that hold both: the judged comparison, and the one beside it."""
        other = against(self.view, EXPOSURE_RATIO, position)
        params = judged(self.view, EXPOSURE_RATIO, other)
        told = {EXPOSURE_RATIO.metric: params, BESIDE: {"against": other.name}}
        if (refusal := refused(self.view, EXPOSURE_RATIO, position, other)) is not None:
            why: Why | None = ("suppressed" if refusal.status == "suppressed" else "undefined", str(refusal.reason))
        else:
            why = self._unread(int(self.lists.sums.totals["shared_lists"][position]))
        if why is None and other.name == "rest" and self.some_hidden:
            why = "suppressed", "protects_small_group"
        if why is not None:
            return [self._without(metric, why, [position], params) for metric, params in told.items()]
        return [
            self._ratio(metric, kind, position, other, params)
            for (metric, params), kind in zip(told.items(), DISCOUNTS, strict=True)
        ]

    def _ratio(self, metric: str, kind: str, position: int, other: Against, params: Mapping[str, Any]) -> Measure:
        sums, both = self.lists.sums.at(position), [position, *other.positions]
        params = {**params, "discount": DISCOUNTS[kind], **self._entered(int(sums.totals["shared_lists"]))}
        names, weight = (f"own_{kind}", f"other_{kind}"), sums.parts["weight"]
        own, theirs = (float(sums.totals[name] / sums.totals["weight"]) for name in names)
        if not theirs > 0:
            return self._without(metric, ("undefined", "zero_denominator"), [position], params)
        rates = own, theirs
        interval, test = _compared(rates, (sums.parts[names[0]], sums.parts[names[1]]), weight)
        params["values"] = list(rates)
        if metric == EXPOSURE_RATIO.metric:
            params |= {"pooled": self._pooled(position, other), "decisions": self._size(both), "test": test}
        return self._made(
            metric, rates[0] / rates[1], interval, [position], weight, params=params, size=self._size(both)
        )

    def _pooled(self, position: int, other: Against) -> float | None:
        """The ratio of mean exposures over all lists, whichever hold both groups or not."""
        totals = self.lists.sums.totals
        own, theirs = (totals["exposure"][at].sum() / totals["n"][at].sum() for at in ([position], other.positions))
        return float(own / theirs) if theirs > 0 else None

    def _mean(self, mean: Mean, sums: Sums, at: list[int] | None) -> Measure:
        why = self._unread(int(sums.totals[mean.lists]))
        if why is None and mean.all_groups and self.some_hidden:
            why = "suppressed", "protects_small_group"
        if why is None and mean.at_top and self.few_at_top:
            why = "suppressed", "small_numerator"
        if why is not None:
            return self._without(mean.metric, why, at)
        params = self._entered(int(sums.totals[mean.lists]))
        params |= {"k": TOP} if mean.discount is None else {"discount": DISCOUNTS[mean.discount]}
        if mean.at_random is not None:
            params["in_random_order"] = float(sums.totals[mean.at_random] / sums.totals[mean.below])
        if mean is FAIL_SHARE:
            params["alpha"] = FAIR_ALPHA
        value, interval = mean.value(sums), mean.interval(sums)
        return self._made(mean.metric, value, interval, at, sums.parts[mean.lists], params=params)

    def _unread(self, lists: int) -> Why | None:
        """Why lists say nothing that could be shown, or None."""
        if self.lists.purged:
            return "undefined", "rows_purged"
        if not lists:
            return "undefined", "no_common_list"
        return ("suppressed", "few_lists") if lists < self.limit else None

    def _entered(self, lists: int) -> dict[str, Any]:
        """How many lists enter, and how many of the window do not."""
        return {"lists": lists, "lists_left_out": self.lists.every - lists}

    def _size(self, at: list[int] | None) -> int:
        """Decisions of some groups, in lists or not: how many are not would tell of few."""
        return int(self.view.table.sizes()[self.view.known if at is None else at].sum())

    def _group(self, at: list[int] | None) -> Group | None:
        return None if at is None else self.view.table.groups[at[0]]

    def _without(self, metric: str, why: Why, at: list[int] | None, params: Mapping[str, Any] | None = None) -> Measure:
        return self.view.without_value(metric, *why, group=self._group(at), params=params)

    def _made(
        self,
        metric: str,
        value: float,
        interval: Interval | None,
        at: list[int] | None,
        filled: Floats,
        *,
        params: Mapping[str, Any],
        size: int | None = None,
    ) -> Measure:
        return Measure(
            metric=metric,
            by=self.view.table.by,
            group=known_values(self._group(at)),
            value=value,
            n=self._size(at) if size is None else size,
            clusters=int(np.count_nonzero(filled)),
            interval=interval,
            params={**params, **({} if interval else {"interval_reason": "degenerate"})},
        )


def _compared(
    rates: tuple[float, float], parts: tuple[Floats, Floats], weight: Floats
) -> tuple[Interval | None, dict[str, Any]]:
    """Interval and test of the ratio of two mean exposures, from their sums and weights per bucket.

    Jackknife of the log ratio. Where it finds no variance (nobody of a group is ever listed, all lists in one bucket)
    each bucket counts as one list, in which exposure varies as much as it can: the score test of two shares.
    """
    filled, value = weight > 0, rates[0] / rates[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        own, theirs = ((part.sum() - part)[filled] for part in parts)
        found = jk.jackknife(value, own / theirs, transform="log")
    if found is not None:
        test = {"kind": "jackknife", "transform": "log", "estimate": value, "se": found.se, "df": found.df}
        return found.interval(low=0.0, high=float("inf")), test
    size, method = jk.effective_buckets(weight), "miettinen_nurminen_buckets"
    k, n = (rates[0] * size, rates[1] * size), (size, size)
    return ratio_interval(k, n, method=method), {"kind": "score_ratio", "k": list(k), "n": list(n), "method": method}


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
