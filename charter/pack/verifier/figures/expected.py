"""Errors expected from what scores meant in the window of reference, computed again: the values, without intervals.

Sources: Ayer et al. (1955), Ann. Math. Statistics 26:641 (neighbours that fall are pooled); Kivimäki et al. (2024).
"""

from __future__ import annotations

from ..groups import Claims
from ..rows import Group
from .score_bins import BINS, Part, ScoreBins, scored

WHOM = {
    "estimated_true_positive_rate": (((1, 1),), ((0, 1), (1, 1))),
    "estimated_false_positive_rate": (((1, 0),), ((0, 0), (1, 0))),
    "estimated_precision": (((1, 1),), ((1, 0), (1, 1))),
    "estimated_accuracy": (((0, 0), (1, 1)), ((0, 0), (0, 1), (1, 0), (1, 1))),
}
"""Of each rate: which (decision, outcome) are counted, of which."""
AREA = "estimated_auc"


def claims(measure: dict, bins: ScoreBins) -> Claims | None:
    """What an estimate must say; None where it is none."""
    metric, by = measure["metric"], "*".join(measure["by"])
    if metric not in WHOM and metric != AREA:
        return None
    own: Group = tuple(measure["group"][name] for name in measure["by"]) if measure["group"] else ()
    earlier = [row for row in scored(bins.then[by][own]) if row.outcome < 2]
    chance = chances(earlier)
    counts = _expected(scored(bins.now[by][own]), chance)
    seen = {"params.reference_outcomes": sum(row.n for row in earlier)}
    if metric == AREA:
        return {**seen, "value": _area(counts), "n": sum(row.n for row in scored(bins.now[by][own]))}
    over, under = ([sum(cells[d][o] for cells in counts) for d, o in part] for part in WHOM[metric])
    whom = {d for d, _ in WHOM[metric][1]}
    n = sum(row.n for row in scored(bins.now[by][own]) if row.decision in whom)
    return {**seen, "value": sum(over) / sum(under), "n": n}


def chances(seen: Part) -> list[float]:
    """The chance of a positive outcome in each bin: never lower for a higher score; between bins on a line."""
    k, n = [0] * (BINS + 1), [0] * (BINS + 1)
    for row in seen:
        k[row.bin] += row.n * row.outcome
        n[row.bin] += row.n
    blocks: list[tuple[int, int, list[int]]] = []
    for b in (b for b in range(BINS + 1) if n[b]):
        blocks.append((k[b], n[b], [b]))
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            (k1, n1, one), (k2, n2, two) = blocks[-2:]
            blocks[-2:] = [(k1 + k2, n1 + n2, one + two)]
    held = {b: cases / rows for cases, rows, some in blocks for b in some}
    return [_between(held, b) for b in range(BINS + 1)]


def _between(held: dict[int, float], b: int) -> float:
    below, above = max((i for i in held if i <= b), default=None), min((i for i in held if i >= b), default=None)
    if below is None or above is None or below == above:
        return held[above if below is None else below]  # type: ignore[index]
    return held[below] + (held[above] - held[below]) * (b - below) / (above - below)


def _expected(part: Part, chance: list[float]) -> list[list[list[float]]]:
    """Expected counts by bin, decision and outcome."""
    found = [[[0.0, 0.0], [0.0, 0.0]] for _ in range(BINS + 1)]
    for row in part:
        found[row.bin][row.decision][0] += row.n * (1 - chance[row.bin])
        found[row.bin][row.decision][1] += row.n * chance[row.bin]
    return found


def _area(counts: list[list[list[float]]]) -> float:
    """How often a positive has a higher score than a negative; within a bin, one half."""
    found, below = 0.0, 0.0
    for cells in counts:
        positives, negatives = (cells[0][o] + cells[1][o] for o in (1, 0))
        found += positives * (below + negatives / 2)
        below += negatives
    return found / (below * sum(cells[d][1] for cells in counts for d in (0, 1)))
