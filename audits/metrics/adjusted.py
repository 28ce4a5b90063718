"""Selection among comparable profiles: the same comparisons within strata of the controls, beside the raw ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from boussole.audits.measures import SELECTED, Interval, Measure, Strata, group_label
from boussole.audits.metrics.definition import Metric, RateComparison
from boussole.audits.metrics.selection import SELECTION_RATE, SELECTION_RATIO
from boussole.audits.metrics.view import View, counted_out, known_values
from boussole.audits.parts import Pairs
from boussole.audits.suppression.rules import SET_APART
from boussole.audits.uncertainty.estimates import compare_rates, standardised_ratio


class Against(NamedTuple):
    """What a group is compared with: its name, positions, and why the comparison cannot be made (if so)."""

    name: str
    positions: list[int]
    status: Literal["ok", "undefined", "suppressed"] = "ok"
    reason: str = ""
    left_out: int = 0
    """How many other groups are hidden, where a group is compared with all others."""

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that say whom a group is compared with, and how many groups are missing among them."""
        return {"against": self.name, **counted_out(self.left_out)}


def comparison_measures(view: View, comparison: RateComparison) -> list[Measure]:
    """One measure for each known group but the reference; hidden and undefined ones keep their reason."""
    return [compare(view, comparison, position) for position in compared(view)]


def compared(view: View) -> list[int]:
    """Positions of the groups that are compared with another."""
    reference = view.system.reference_of(view.table.by)
    return [i for i in view.known if view.table.groups[i] != reference]


def compare(view: View, comparison: RateComparison, position: int) -> Measure:
    """The comparison of one group."""
    other = against(view, comparison, position)
    return refused(view, comparison, position, other) or _estimate(view, comparison, position, other)


def judged(view: View, comparison: RateComparison, other: Against) -> dict[str, Any]:
    """The parameters of every comparison that is judged, with or without a value."""
    bad_side = comparison.bad_side(favourable=view.system.log.favourable)
    return {**other.params, "bad_side": bad_side, "scale": comparison.scale}


def refused(view: View, comparison: RateComparison, position: int, other: Against) -> Measure | None:
    """The comparison without its value, where it cannot be made or shown."""
    rate, group, hidden = comparison.rate, view.table.groups[position], view.hidden(comparison.rate)
    params = judged(view, comparison, other)
    if blocked := view.blocked(rate):
        params |= view.until(blocked)
        if blocked == "selective_labels" and position not in hidden and other.status == "ok":
            params |= view.bounds(rate, [position], other.positions)
        return view.without_value(comparison.metric, "undefined", blocked, group=group, params=params)
    if position in hidden:
        return view.without_value(comparison.metric, "suppressed", hidden[position], group=group, params=params)
    if view.undecided(rate):
        return view.without_value(comparison.metric, "undefined", "no_decision", group=group, params=params)
    if other.status != "ok":
        return view.without_value(comparison.metric, other.status, other.reason, group=group, params=params)
    return None


def against(view: View, comparison: RateComparison, position: int) -> Against:
    """Whom a group is compared with, as far as they may be shown."""
    hidden, groups = view.hidden(comparison.rate), view.table.groups
    reference = view.system.reference_of(view.table.by)
    if reference is not None:
        name = group_label(view.table.by, reference)
        if reference not in groups or not view.table.sizes()[groups.index(reference)]:
            return Against(name, [], "undefined", "reference_absent")
        at = groups.index(reference)
        return Against(name, [at], "suppressed", "reference_suppressed") if at in hidden else Against(name, [at])
    apart = {i for i in hidden if hidden[i] == SET_APART}
    others = [i for i in view.known if i != position and (view.table.sizes()[i] or i in apart)]
    shown = [i for i in others if i not in hidden]
    if shown:
        return Against("rest", shown, left_out=len(others) - len(shown))
    return Against("rest", [], *(("suppressed", "reference_suppressed") if others else ("undefined", "no_other_group")))


def _estimate(view: View, comparison: RateComparison, position: int, other: Against) -> Measure:
    group = view.table.groups[position]
    parts = [view.buckets(comparison.rate, where) for where in ([position], other.positions)]
    k, n = (parts[0][0], parts[1][0]), (parts[0][1], parts[1][1])
    sums = [(int(a.sum()), int(b.sum())) for a, b in parts]
    both = [position, *other.positions]
    params = judged(view, comparison, other) | view.missing(comparison.rate, both)
    if comparison.scale == "difference":
        params |= view.bounds(comparison.rate, [position], other.positions)
    size = sums[0][1] + sums[1][1]
    if not sums[0][1] or not sums[1][1] or (comparison.scale == "ratio" and not sums[1][0]):
        return view.without_value(
            comparison.metric, "undefined", "zero_denominator", group=group, n=size, params=params
        )
    values = [a / b for a, b in sums]
    interval, test = compare_rates(k, n, scale=comparison.scale, clustered=view.table.clustered)
    return Measure(
        metric=comparison.metric,
        by=view.table.by,
        group=known_values(group),
        value=values[0] / values[1] if comparison.scale == "ratio" else values[0] - values[1],
        n=size,
        clusters=view.clusters(n[0] + n[1]),
        interval=interval,
        params=params
        | {
            "values": values,
            "counts": {"k": [a for a, _ in sums], "n": [b for _, b in sums]},
            "decisions": int(view.table.sizes()[both].sum()),
            "test": test,
        },
        parts=Pairs(
            k1=k[0][:, None], n1=n[0][:, None], k0=k[1][:, None], n0=n[1][:, None], clustered=view.table.clustered
        ),
    )


Bools = npt.NDArray[np.bool_]
Picture = Literal["reversed", "leans", "explained", "appears", "agrees"]
ADJUSTED = RateComparison(
    metric="adjusted_selection_rate_ratio", rate=SELECTION_RATE, scale="ratio", less_is_worse=True
)


def adjusted_measures(view: View, strata: Strata) -> list[Measure]:
    """The raw comparisons with what the adjusted ones make of them, then the adjusted ones, for each group."""
    found: list[Measure] = []
    for position in compared(view):
        raw = compare(view, SELECTION_RATIO, position)
        adjusted = _adjusted(view, strata, position)
        told = picture(raw, adjusted)
        if told is not None:
            raw, adjusted = (replace(each, params={**each.params, "picture": told}) for each in (raw, adjusted))
        found += [raw, adjusted]
    return found


def picture(raw: Measure, adjusted: Measure) -> Picture | None:
    """Tell how a comparison of like with like differs from the raw one; None where one of the two has no interval.

    `reversed`: both intervals exclude 1, on either side (Simpson's paradox); `leans`, `explained`: a gap is no longer
    seen, with a figure on the other side or not; `appears`: it was not seen before.
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


def _adjusted(view: View, strata: Strata, position: int) -> Measure:
    other = against(view, ADJUSTED, position)
    refusal = refused(view, ADJUSTED, position, other)
    if refusal is not None:
        return refusal
    pairs, held = _pairs(strata, position, other)
    reason = _reason(view, strata, pairs)
    few = reason in (None, "zero_denominator") and _few(view, pairs)
    if reason is None and not few:
        return _compared(view, strata, position, other=other, pairs=pairs, held=held)
    group, params = view.table.groups[position], judged(view, ADJUSTED, other)
    status: Literal["suppressed", "undefined"] = "suppressed" if few else "undefined"
    return view.without_value(
        ADJUSTED.metric, status, "small_group" if few else str(reason), group=group, params=params
    )


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


def _compared(view: View, strata: Strata, position: int, *, other: Against, pairs: Pairs, held: Bools) -> Measure:
    found, params = standardised_ratio(pairs), judged(view, ADJUSTED, other)
    if found is not None:
        both = [position, *other.positions]
        k1, n1, k0, n0 = pairs.sums
        params |= {
            "values": list(found.rates),
            "decisions": int(pairs.n1.sum() + pairs.n0.sum()),
            "strata": int(held.sum()),
            "covered": float(strata.counts[both][:, held].sum() / strata.counts[both].sum()),
            "strata_above": int((k1 * n0 > k0 * n1).sum()),
            "test": found.test,
        }
    sizes = pairs.n1.sum(axis=1) + pairs.n0.sum(axis=1)
    return Measure(
        metric=ADJUSTED.metric,
        by=view.table.by,
        group=known_values(view.table.groups[position]),
        value=None if found is None else found.rates[0] / found.rates[1],
        status="undefined" if found is None else "ok",
        reason="zero_denominator" if found is None else None,
        n=int(sizes.sum()),
        clusters=view.clusters(sizes),
        interval=None if found is None else found.interval,
        params=params,
        parts=pairs,
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
)
