"""Selection among comparable profiles: the same comparisons within strata of the controls, beside the raw ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import SELECTED, Interval, Measure, Strata
from boussole.audits.metrics.comparisons import Against, against, compare, compared, judged, refused
from boussole.audits.metrics.definition import Metric, RateComparison
from boussole.audits.metrics.selection import SELECTION_RATE, SELECTION_RATIO
from boussole.audits.metrics.view import View, known_values
from boussole.audits.parts import Pairs
from boussole.audits.uncertainty.logistic import modelled_ratio
from boussole.audits.uncertainty.stratified import association_p, homogeneity_p, odds_ratio, standardised_ratio

Bools = npt.NDArray[np.bool_]
Picture = Literal["reversed", "leans", "explained", "appears", "agrees"]
ADJUSTED = RateComparison(
    metric="adjusted_selection_rate_ratio", rate=SELECTION_RATE, scale="ratio", less_is_worse=True
)
BESIDE = ("standardised_selection_rate_ratio", "modelled_selection_rate_ratio", "selection_odds_ratio")
"""Other answers to the same question, shown beside the judged one."""


def adjusted_measures(view: View, strata: Strata, *, others: bool = True) -> list[Measure]:
    """The raw comparisons with what the adjusted ones make of them, then the adjusted ones, for each group.

    `others`: whether other answers to the same question (`BESIDE`) are given too.
    """
    found: list[Measure] = []
    for position in compared(view):
        raw = compare(view, SELECTION_RATIO, position)
        adjusted, *beside = _adjusted(view, strata, position, others=others)
        told = picture(raw, adjusted)
        if told is not None:
            raw, adjusted = (replace(each, params={**each.params, "picture": told}) for each in (raw, adjusted))
        found += [raw, adjusted, *beside]
    return found


def picture(raw: Measure, adjusted: Measure) -> Picture | None:
    """Whether comparing like with like tells another story; None where one of the two has no interval.

    Simpson's paradox is `reversed`: both intervals exclude 1, on either side; and `leans`: a gap that is no longer
    seen, with a figure on the other side. `explained`: a gap that is no longer seen. `appears`: one that was not seen
    before. They are told only where chance is unlikely to make the difference: the interval of the figure without a gap
    also excludes the other figure.
    """
    if raw.value is None or adjusted.value is None or raw.interval is None or adjusted.interval is None:
        return None
    gap, gap_left = (not _holds(interval, 1.0) for interval in (raw.interval, adjusted.interval))
    turned = (raw.value - 1) * (adjusted.value - 1) < 0
    if gap and gap_left:
        return "reversed" if turned else "agrees"
    if gap and not _holds(adjusted.interval, raw.value):
        return "leans" if turned else "explained"
    if gap_left and not _holds(raw.interval, adjusted.value):
        return "appears"
    return "agrees"


def _holds(interval: Interval, value: float) -> bool:
    return interval.low <= value <= interval.high


def _adjusted(view: View, strata: Strata, position: int, *, others: bool) -> list[Measure]:
    """The judged comparison, then those beside it where asked for."""
    other = against(view, ADJUSTED, position)
    refusal = refused(view, ADJUSTED, position, other)
    if refusal is None:
        pairs, held = _pairs(strata, position, other)
        reason = _reason(view, strata, pairs)
        few = reason in (None, "zero_denominator") and _few(view, pairs)
        if reason is None and not few:
            made = _StratifiedComparisons(view, strata, position, other, pairs, held)
            return made.measures() if others else [made.judged()]
        group, params = view.table.groups[position], judged(view, ADJUSTED, other)
        status: Literal["suppressed", "undefined"] = "suppressed" if few else "undefined"
        told = "small_group" if few else str(reason)
        refusal = view.without_value(ADJUSTED.metric, status, told, group=group, params=params)
    names = BESIDE if others else ()
    return [refusal, *(replace(refusal, metric=name, params=other.params) for name in names)]


def _pairs(strata: Strata, position: int, other: Against) -> tuple[Pairs, Bools]:
    """Both groups in the strata that hold people of both, and which strata these are."""
    one, two = strata.counts[position], strata.counts[other.positions].sum(axis=0)
    held = (one.sum(axis=(1, 2)) > 0) & (two.sum(axis=(1, 2)) > 0)
    parts = [part[held].transpose(1, 0, 2) for part in (one, two)]
    (k1, n1), (k0, n0) = ((part[..., SELECTED], part.sum(axis=-1)) for part in parts)
    return Pairs(k1=k1, n1=n1, k0=k0, n0=n0, clustered=strata.clustered), held


def _reason(view: View, strata: Strata, pairs: Pairs) -> str | None:
    """Why two groups cannot be compared within strata, or None."""
    if strata.too_many:
        return "too_many_strata"
    if not strata.strata and view.table.sizes().sum():
        return "rows_purged"
    if not pairs.n1.size:
        return "no_common_stratum"
    return None if pairs.k0.any() else "zero_denominator"


def _few(view: View, pairs: Pairs) -> bool:
    """Whether so few (decisions, or people) of a group have a counterpart that the figure would tell of them."""
    limit = view.system.privacy.suppress_below
    people = pairs.clustered and view.system.cluster == "person"
    for n in (pairs.n1, pairs.n0):
        filled = int((n.sum(axis=1) > 0).sum())
        if n.sum() < limit or (people and filled < min(limit, n.shape[0])):
            return True
    return False


@dataclass(frozen=True)
class _StratifiedComparisons:
    """The comparisons of one group with another within strata."""

    view: View
    strata: Strata
    position: int
    other: Against
    pairs: Pairs
    held: Bools

    def measures(self) -> list[Measure]:
        return [self.judged(), self._standardised(), self._modelled(), self._odds()]

    def judged(self) -> Measure:
        """The comparison that a charter judges."""
        found = standardised_ratio(self.pairs)
        params = judged(self.view, ADJUSTED, self.other)
        if found is None:
            return self._measure(ADJUSTED.metric, None, None, "zero_denominator", params)
        both = [self.position, *self.other.positions]
        params |= {
            "values": list(found.rates),
            "decisions": int(self.pairs.n1.sum() + self.pairs.n0.sum()),
            "strata": int(self.held.sum()),
            "covered": float(self.strata.counts[both][:, self.held].sum() / self.strata.counts[both].sum()),
            "strata_above": int(self._above().sum()),
            "test": found.test,
        }
        return self._measure(ADJUSTED.metric, found.rates[0] / found.rates[1], found.interval, None, params)

    def _above(self) -> Bools:
        """The strata in which the group is selected more often than the other."""
        k1, n1, k0, n0 = self.pairs.sums
        return np.asarray(k1 * n0 > k0 * n1)

    def _standardised(self) -> Measure:
        everybody = self.strata.counts.sum(axis=(0, 2, 3))[self.held].astype(np.float64)
        found = standardised_ratio(self.pairs, everybody)
        if found is None:
            return self._measure(BESIDE[0], None, None, "zero_denominator", {})
        return self._measure(
            BESIDE[0], found.rates[0] / found.rates[1], found.interval, None, {"values": list(found.rates)}
        )

    def _modelled(self) -> Measure:
        found = modelled_ratio(self.pairs, [self.strata.strata[i] for i in np.flatnonzero(self.held)])
        if found is None:
            return self._measure(BESIDE[1], None, None, "no_model", {})
        return self._measure(
            BESIDE[1], found.rates[0] / found.rates[1], found.interval, None, {"values": list(found.rates)}
        )

    def _odds(self) -> Measure:
        found = odds_ratio(self.pairs)
        if found is None:
            return self._measure(BESIDE[2], None, None, "zero_denominator", {})
        told = {"homogeneity_p": homogeneity_p(self.pairs)}
        if not self.pairs.clustered or self.view.system.matched:
            told["association_p"] = association_p(self.pairs)
        params = {name: p for name, p in told.items() if p is not None}
        return self._measure(BESIDE[2], *found, None, params | self._raw_odds())

    def _raw_odds(self) -> dict[str, float]:
        """The odds ratio over everybody, whatever their stratum; nothing where it divides by 0."""
        counts = self.strata.counts.sum(axis=(1, 2))
        (rejected, chosen), (others, chosen_others) = counts[self.position], counts[self.other.positions].sum(axis=0)
        below = int(rejected) * int(chosen_others)
        return {"raw": int(chosen) * int(others) / below} if below else {}

    def _measure(
        self, metric: str, value: float | None, interval: Interval | None, reason: str | None, params: dict[str, Any]
    ) -> Measure:
        sizes = self.pairs.n1.sum(axis=1) + self.pairs.n0.sum(axis=1)
        return Measure(
            metric=metric,
            by=self.view.table.by,
            group=known_values(self.view.table.groups[self.position]),
            value=value,
            status="ok" if reason is None else "undefined",
            reason=reason,
            n=int(sizes.sum()),
            clusters=self.view.clusters(sizes),
            interval=interval,
            params={**self.other.params, **params},
            parts=self.pairs if metric == ADJUSTED.metric else None,
        )


_COMMON = "no stratum holds people of both groups; rows that only the log holds were purged; more than 2,000 strata"
_STRATA = "strata: combinations of the values of the declared controls"

METRICS = (
    Metric(
        name="adjusted_selection_rate_ratio",
        kind="comparison",
        formula="Σ w · rate of the group ÷ Σ w · rate of the declared reference, else of all other known groups, over"
        f" strata with w = n₁ n₀ ÷ (n₁ + n₀) ({_STRATA})",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"{_COMMON}; the reference selects nobody there",
        source="Mantel-Haenszel risk ratio: Greenland & Robins (1985), Biometrics 41:55-68",
    ),
    Metric(
        name="standardised_selection_rate_ratio",
        kind="beside",
        formula="the same with w = all people assessed in the stratum (direct standardisation)",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"{_COMMON}; the reference selects nobody there",
        source="Kitagawa (1955), JASA 50:1168-1194; Fleiss, Levin & Paik (2003), chapter 19",
    ),
    Metric(
        name="modelled_selection_rate_ratio",
        kind="beside",
        formula="mean predicted rate of both groups' people, all as if of the group ÷ all as if of the other, by"
        " logistic regression on the group and each control, without interactions",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"{_COMMON}; the model has no maximum (nobody or everybody selected at some value)",
        source="Robins (1986), Mathematical Modelling 7:1393-1512; Localio et al. (2007), J. Clin. Epidemiol. 60:874",
    ),
    Metric(
        name="selection_odds_ratio",
        kind="beside",
        formula="Σ k₁(n₀ − k₀)/N ÷ Σ k₀(n₁ − k₁)/N over strata; with p of one odds ratio in all strata (Breslow-Day,"
        " Tarone) for independent rows, and of no association (Cochran-Mantel-Haenszel; McNemar in matched pairs) for"
        " independent rows and matched sets",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"{_COMMON}; nobody of the reference selected, or everybody of the group",
        source="Mantel & Haenszel (1959), JNCI 22:719-748; Tarone (1985), Biometrika 72:91-95",
    ),
)
