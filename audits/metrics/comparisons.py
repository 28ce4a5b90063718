"""Judged comparisons: a group against the declared reference, else against all other known groups."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from boussole.audits.measures import Measure, group_label
from boussole.audits.metrics.definition import RateComparison
from boussole.audits.metrics.view import View, counted_out, known_values
from boussole.audits.parts import Pairs
from boussole.audits.suppression.rules import SET_APART
from boussole.audits.uncertainty.estimates import compare_rates


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
