"""Drift computed again: bins merged to tenths of the reference, or values of categories; PSI, Jensen-Shannon distance.

Sources: Siddiqi (2006), Credit Risk Scorecards; Endres & Schindelin (2003), IEEE Trans. Inf. Theory 49:1858.
"""

from __future__ import annotations

import math

from ..buckets import cluster_size
from ..groups import Claims
from ..rates import ALL, Rate, counted
from ..rows import Rows
from ..system import System

EDGES, HALF = 10, 0.5


def claims(measure: dict, system: System, rows: Rows) -> Claims | None:
    """What a measure of drift must say; None where it is none, or is of a group: these are found sealed."""
    if measure["metric"] not in ("psi", "jensen_shannon") or measure["given"]:
        return None
    feature = measure["group"]["feature"]
    if (feature, "current") in rows.values:
        named, before, now = by_value(*(rows.values[feature, window] for window in ("reference", "current")))
        return _claims(measure, system, rows, [before, now], {"params.categories": named})
    reference, current = (rows.bins[feature, window] for window in ("reference", "current"))
    edges = [float(edge) for _, edge, _ in sorted(current) if edge is not None]
    kept, before, now = merged(edges, [n for *_, n in sorted(reference)], [n for *_, n in sorted(current)])
    return _claims(measure, system, rows, [before, now], {"params.edges": kept})


def by_value(before: dict[str, int], now: dict[str, int]) -> tuple[list[str], list[int], list[int]]:
    """The values that any decision has, the most frequent first and those without a name last; their counts."""
    both = {value: before.get(value, 0) + now.get(value, 0) for value in {**before, **now}}
    named = sorted((value for value in both if both[value]), key=lambda value: (value == "*", -both[value], value))
    return named, [before.get(value, 0) for value in named], [now.get(value, 0) for value in named]


def _claims(measure: dict, system: System, rows: Rows, sides: list[list[int]], bins: Claims) -> Claims:
    before, now = sides
    found: Claims = {
        "n": sum(now),
        **bins,
        "params.reference_total": sum(before),
        "params.current_total": sum(now),
    }
    pairs = [(p, q) for p, q in zip(before, now) if p + q]
    if measure["metric"] == "jensen_shannon":
        return {**found, "value": distance(pairs)}
    value = psi(pairs)
    everybody = counted([rows.tables(())[()]], Rate(ALL, ALL))[1]
    effect = cluster_size(everybody) if system.clustered else 1.0
    parts = [effect / sum(before), effect / sum(now)]
    test = {
        "kind": "noncentral_chi2",
        "statistic": psi(pairs, HALF * effect),
        "df": max(len(pairs) - 1, 1),
        "scale": sum(parts),
        "scale_reference": parts[0],
        "design_effect": effect,
    }
    return {**found, "value": value, "params.test": test, "params.bad_side": "above", "params.scale": "distance"}


def merged(edges: list[float], before: list[int], now: list[int]) -> tuple[list[float], list[int], list[int]]:
    """Neighbouring bins, joined from the left until each holds a tenth of the reference; the missing stay apart."""
    least = sum(before[:-1]) / EDGES
    if not least:
        return edges, before, now
    kept: list[float] = []
    one, two = [before[0]], [now[0]]
    for edge, p, q in zip(edges, before[1:-1], now[1:-1]):
        if one[-1] >= least:
            kept.append(edge)
            one.append(0)
            two.append(0)
        one[-1], two[-1] = one[-1] + p, two[-1] + q
    if len(one) > 1 and one[-1] < least:
        kept.pop()
        p, q = one.pop(), two.pop()
        one[-1], two[-1] = one[-1] + p, two[-1] + q
    if len(one) == 1:
        kept, one, two = around(edges, before, now)
    return kept, [*one, before[-1]], [*two, now[-1]]


def around(edges: list[float], before: list[int], now: list[int]) -> tuple[list[float], list[int], list[int]]:
    """Where nearly all of the reference is in one bin: what lies under it, in it, and above it."""
    at = before.index(max(before[:-1]))
    cuts = [cut for cut in (at - 1, at) if 0 <= cut < len(edges)]
    ends = [0, *[cut + 1 for cut in cuts], len(edges) + 1]
    parts = list(zip(ends, ends[1:]))
    return [edges[cut] for cut in cuts], [sum(before[a:b]) for a, b in parts], [sum(now[a:b]) for a, b in parts]


def psi(pairs: list[tuple[int, int]], half: float = HALF) -> float:
    """Σ (q − p) ln(q ÷ p), half a case (or person) added to each bin."""
    size = half * len(pairs)
    below, above = sum(p for p, _ in pairs) + size, sum(q for _, q in pairs) + size
    shares = [((p + half) / below, (q + half) / above) for p, q in pairs]
    return math.fsum((q - p) * math.log(q / p) for p, q in shares)


def distance(pairs: list[tuple[int, int]]) -> float:
    """The square root of the Jensen-Shannon divergence, in base 2."""
    below, above = sum(p for p, _ in pairs), sum(q for _, q in pairs)
    found = 0.0
    for count, other in pairs:
        p, q = count / below, other / above
        for share in (p, q):
            if share:
                found += share * math.log2(2 * share / (p + q)) / 2
    return math.sqrt(max(found, 0.0))
