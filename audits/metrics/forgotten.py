"""Always the same ones forgotten? People on no list in six months, compared between groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boussole.audits.document_part import given
from boussole.audits.measure_params import Params
from boussole.audits.measures import Cells, Interval, Measure
from boussole.audits.metrics.adjusted import against, compared, judged, refused
from boussole.audits.metrics.definition import Metric, Rate, RateComparison
from boussole.audits.metrics.selection import SELECTION_RATE
from boussole.audits.metrics.view import View, known_values
from boussole.audits.parts import Floats
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import Suppression, suppress
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import effective_buckets
from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile
from boussole.audits.uncertainty.score import ratio_interval, wilson_bounds

FEWEST_LISTS = 10
"""Of fewer buckets of lists, counted as if all held as many people, nobody can tell how far lists make people alike."""


def design_effect(
    once: tuple[Floats, Floats], listed: tuple[Floats, Floats], forgotten: tuple[int, int], people: tuple[int, int]
) -> tuple[float, float] | None:
    """Estimate by how much people who stand on lists together vary more than people alone (at least 1), and its df.

    Formula: m/(m − 1) Σ (d − d̄)² ÷ Σ (1/forgotten − 1/people), d = once₁/forgotten₁ − once₀/forgotten₀ by bucket of
    lists; `once`: people all of whose lists lie in one bucket. None where lists are worth fewer than `FEWEST_LISTS`.
    Source: Rao & Scott (1992), Biometrics 48:577-585; Kott (2001), J. Official Statistics 17:521-526; Katz et al.
    (1978), Biometrics 34:469-474.
    """
    used = listed[0] + listed[1] > 0
    lists = worth_of_lists(*(side / n for side, n in zip(listed, people, strict=True)))
    if lists < FEWEST_LISTS:
        return None
    held = [max(count, 1) for count in forgotten]
    alone = sum(1 / count - 1 / n for count, n in zip(held, people, strict=True))
    one, other = (side[used] / count for side, count in zip(once, held, strict=True))
    more = one.size / (one.size - 1)
    if more * float(np.square(one + other).sum()) <= alone:
        return 1.0, lists - 1
    telling = worth_of_lists(one, other)
    if telling < FEWEST_LISTS:
        return None
    return max(1.0, float((one - other).var()) * one.size * more / alone), telling - 1


def worth_of_lists(one: Floats, other: Floats) -> float:
    """Estimate how many buckets of lists of even size their effects in two groups are worth; 0 without effects.

    (Σ c)² ÷ Σ c², c = one + other (Kish: K), at most (S₁ + S₀)² ÷ (S₁²/K₁ + S₀²/K₀), S the sum of squares.

    >>> even = np.full(40, 0.01)
    >>> round(worth_of_lists(even, even), 9), round(worth_of_lists(np.repeat([0.5, 0.0], [2, 38]), even), 1)
    (40.0, 2.0)
    """
    sides = [side for side in (one, other) if side.any()]
    if not sides:
        return 0.0
    varies = [float(np.square(side).sum()) for side in sides]
    parts = [square**2 / effective_buckets(side) for side, square in zip(sides, varies, strict=True)]
    return min(effective_buckets(one + other), sum(varies) ** 2 / sum(parts))


NEVER, NEVER_RATIO = "never_shortlisted_rate", "never_shortlisted_rate_ratio"
NEVER_RATE = Rate(metric=NEVER, numerator=SELECTION_RATE.numerator, denominator=SELECTION_RATE.denominator)
NEVER_SHORTLISTED = RateComparison(metric=NEVER_RATIO, rate=NEVER_RATE, scale="ratio", less_is_worse=False)
MONTHS = 6
"""How long somebody must be on no list to be one of the forgotten."""
FEWEST_MONTHS = 3
"""Of fewer nothing is said: nearly everybody is on no list for a while."""
MOST = 0.8
"""Of more of the group compared with, no group can be forgotten a quarter more often: the ratio could not show it."""
DAYS_A_MONTH = 365.25 / 12
METHOD = "miettinen_nurminen_lists"


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """People on no list by group and bucket, those `listed`, and those whose lists lie in one bucket (`once`)."""

    first: dt.date
    last: dt.date
    people: Sequence[Cells]
    listed: Sequence[Cells]
    once: Sequence[Cells]


def has_lists_of_people(system: System) -> bool:
    """Whether a log says who was on which list."""
    columns = system.columns
    return columns is not None and bool(columns.request and columns.rank and columns.person)


def forgotten_measures(
    read: Forgotten | None, system: System, *, standing: WindowStanding, hidden: Mapping[Key, str]
) -> list[Measure]:
    """Measure people on no list, from their counts (`counts.forgotten`); `hidden`: groups that the window hides.

    Undefined: `short_span`, under three months; `mostly_forgotten`, over 8 in 10 of the comparison group are on no
    list; `few_lists_tell`, too few lists to estimate how they differ.
    """
    if read is None:
        return []
    since, until = read.first, read.last
    tables = [replace_clusters(each) for each in read.people if standing.ended(each.by) is None]
    lists = {one.by: (one, every) for one, every in zip(read.once, read.listed, strict=True)}
    keys = {(each.by, group) for each in tables for group in each.groups}
    also = Suppression(decisions={key: why for key, why in hidden.items() if key in keys}, outcomes={})
    suppression, months = suppress(tables, system=system, also=also), months_between(since, until)
    found: list[Measure] = []
    for table in tables:
        view = View(table=table, system=system, suppression=suppression, standing=standing)
        told = {"first_day": since.isoformat(), "months": months}
        found += [_share(view, position, told) for position in view.known]
        if table.by:
            found += [_ratio(view, lists[table.by], position, told) for position in compared(view)]
    return found


def replace_clusters(cells: Cells) -> Cells:
    """Return the same people, each of them as one independent row."""
    return Cells(by=cells.by, groups=cells.groups, counts=cells.counts, clustered=False)


def months_between(first: dt.date, last: dt.date) -> int:
    """Return how many months two days and those between them make, to the nearest; at most six."""
    return min(MONTHS, round(((last - first).days + 1) / DAYS_A_MONTH))


def _share(view: View, position: int, told: Mapping[str, Any]) -> Measure:
    group, hidden = view.table.groups[position], view.hidden(NEVER_RATE)
    if position in hidden:
        return view.without_value(NEVER, "suppressed", hidden[position], group=group)
    k, n = (int(side.sum()) for side in view.buckets(NEVER_RATE, [position]))
    if not n:
        return view.without_value(NEVER, "undefined", "zero_denominator", group=group, n=0)
    low, high = wilson_bounds(float(k), float(n), z=normal_quantile(0.975))
    interval = Interval(low=low, high=high, method="wilson")
    about: dict[str, Any] = {"by": view.table.by, "group": known_values(group), "n": n, "params": dict(told)}
    return Measure(metric=NEVER, value=k / n, interval=interval, **about)


def _ratio(view: View, lists: tuple[Cells, Cells], position: int, told: Mapping[str, Any]) -> Measure:
    """Compare how often a group is forgotten, with the design effect of people who stand on lists together."""
    other, group = against(view, NEVER_SHORTLISTED, position), view.table.groups[position]
    refusal = refused(view, NEVER_SHORTLISTED, position, other)
    if refusal is not None:
        return refusal
    params = judged(view, NEVER_SHORTLISTED, other) | {**told}
    typed = Params.of(params)
    pairs = [[int(side.sum()) for side in view.buckets(NEVER_RATE, where)] for where in ([position], other.positions)]
    k, n = (pairs[0][0], pairs[1][0]), (pairs[0][1], pairs[1][1])
    reason = _untold(k, n, typed)
    if reason is not None:
        return view.without_value(NEVER_RATIO, "undefined", reason, group=group, n=sum(n), params=params)
    once, listed = ((_by_bucket(view, each, [position]), _by_bucket(view, each, other.positions)) for each in lists)
    worth = design_effect(once, listed, k, n)
    if worth is None:
        return view.without_value(NEVER_RATIO, "undefined", "few_lists_tell", group=group, n=sum(n), params=params)
    effect, df = worth
    sizes = (n[0] / effect, n[1] / effect)
    cases = (k[0] / effect, k[1] / effect)
    test: dict[str, Any] = {"kind": "score_ratio", "k": list(cases), "n": list(sizes), "df": df, "method": METHOD}
    if given(typed.months_followed) < MONTHS:
        test["only_beyond"] = typed.bad_side
    return Measure(
        metric=NEVER_RATIO,
        by=view.table.by,
        group=known_values(group),
        value=k[0] / n[0] / (k[1] / n[1]),
        n=sum(n),
        interval=ratio_interval(cases, sizes, quantile=student_quantile(0.975, df), method=METHOD),
        params={**params, "values": [k[0] / n[0], k[1] / n[1]], "design_effect": effect, "test": test},
    )


def _untold(k: tuple[int, int], n: tuple[int, int], params: Params) -> str | None:
    if given(params.months_followed) < FEWEST_MONTHS:
        return "short_span"
    if not n[0] or not n[1] or not k[1]:
        return "zero_denominator"
    return "mostly_forgotten" if k[1] > MOST * n[1] and params.bad_side == "above" else None


def _by_bucket(view: View, lists: Cells, positions: Sequence[int]) -> Floats:
    """People of some groups by the bucket of their lists."""
    groups = {view.table.groups[i] for i in positions}
    chosen = [i for i, group in enumerate(lists.groups) if group in groups]
    return np.asarray(lists.counts[chosen].sum(axis=(0, 2, 3)), dtype=np.float64)


METRICS = (
    Metric(
        name=NEVER_RATIO,
        kind="comparison",
        formula="share of people on no list in six months of the group ÷ that of the declared reference, else of all"
        " other known groups",
        range="[0, ∞)",
        ideal=1.0,
        undefined="under three months of decisions are there; more than 8 in 10 of the group compared with are on no"
        " list, or none of them; lists are too few to tell how they differ; of under six months nothing is called kept",
        source="Miettinen & Nurminen (1985) for the test, at effective sizes: Rao & Scott (1992), Biometrics 48:577",
    ),
    Metric(
        name=NEVER,
        kind="group",
        formula="people on no list ÷ people assessed at least once, in six months, person by person",
        range="[0, 1]",
        ideal=None,
        undefined="nobody assessed",
        source="as selection_rate, of people; interval: Wilson (1927), JASA 22:209-212",
    ),
)
