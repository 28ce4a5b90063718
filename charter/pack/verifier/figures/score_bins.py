"""Counts by score of both windows, by group: moments by bucket, histograms, and who is compared with whom."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ..rows import BUCKETS, Group, Rows, ScoreBin
from ..system import By, System, label
from .moments import Moments

BINS = 100
"""Into how many equal bins the range of a score is divided; the highest score has one of its own."""
Part = list[ScoreBin]
"""Rows of one group, or of several together."""


class ScoreBins:
    """The rows by score of an audit: of its window (`now`), and of the window of reference (`then`)."""

    def __init__(self, system: System, rows: Rows) -> None:
        self.low, self.high = system.range
        self.unit = 10.0 ** (9 - math.ceil(math.log10(self.high - self.low)))
        self.system = system
        self.now, self.then = _by(rows.scores), _by(rows.earlier)

    def edge(self, i: int, parts: int = BINS) -> float:
        """The score at which one of the equal parts of the range begins."""
        return self.low + (self.high - self.low) * i / parts

    def sum(self, row: ScoreBin) -> float:
        """The sum of the scores of a cell."""
        return self.low * row.n + row.total / self.unit

    def squares(self, row: ScoreBin) -> float:
        """The sum of the squares of the scores of a cell."""
        return self.low**2 * row.n + 2 * self.low * row.total / self.unit + row.squares / self.unit**2

    def scores(self, part: Iterable[ScoreBin]) -> Moments:
        """The scores of everybody who has one."""
        n, total, squares = [0] * BUCKETS, [0.0] * BUCKETS, [0.0] * BUCKETS
        for row in scored(part):
            n[row.bucket] += row.n
            total[row.bucket] += self.sum(row)
            squares[row.bucket] += self.squares(row)
        return Moments(n, total, squares)

    def errors(self, part: Iterable[ScoreBin]) -> Moments:
        """Score − outcome; a decision has at least the variance that it would have if scores were chances."""
        seen = [row for row in scored(part) if row.outcome < 2]
        all_ = self.scores(seen)
        total, squares = list(all_.total), list(all_.squares)
        for row in seen:
            if row.outcome == 1:
                total[row.bucket] -= row.n
                squares[row.bucket] += row.n - 2 * self.sum(row)
        chance = (math.fsum(all_.total) - math.fsum(all_.squares)) / all_.size if all_.size else 0.0
        return Moments(all_.n, total, squares, max(chance, 0.0))

    def against(self, by: By, own: Group, shown: Sequence[Group]) -> tuple[str, list[Group]]:
        """Whom a group is compared with: the declared reference, else all others that are shown."""
        reference = self.system.reference(by)
        if reference is not None:
            return label(by, reference), [reference]
        return "rest", [group for group in shown if group != own and None not in group]


def scored(part: Iterable[ScoreBin]) -> Part:
    """The rows of those who have a score."""
    return [row for row in part if row.bin >= 0]


def together(table: dict[Group, Part], groups: Iterable[Group]) -> Part:
    """The rows of some groups."""
    return [row for group in groups for row in table.get(group, [])]


def histogram(part: Iterable[ScoreBin], bins: int = BINS + 1) -> list[int]:
    """How many have a score in each bin; with `BINS`, the highest score is in the last."""
    found = [0] * bins
    for row in scored(part):
        found[min(row.bin, bins - 1)] += row.n
    return found


def by_bucket(part: Iterable[ScoreBin]) -> list[int]:
    """How many rows there are in each bucket."""
    found = [0] * BUCKETS
    for row in part:
        found[row.bucket] += row.n
    return found


def largest_gap(one: Sequence[int], two: Sequence[int]) -> tuple[float, float]:
    """The largest gap of the shares under a bin's edge, and how much larger that of the rows can be (Smirnov 1948)."""
    first, second = _under(one), _under(two)
    value = max(abs(a - b) for a, b in zip(first, second))
    inside = [abs(a - b) for a, b in zip(first[1:], second)] + [abs(a - b) for a, b in zip(first, second[1:])]
    return value, max(0.0, max(inside) - value)


def _under(counts: Sequence[int]) -> list[float]:
    found, whole, below = [0.0], sum(counts), 0
    for n in counts:
        below += n
        found.append(below / whole)
    return found


def _by(rows: Iterable[ScoreBin]) -> dict[str, dict[Group, Part]]:
    found: dict[str, dict[Group, Part]] = {}
    for row in rows:
        found.setdefault(row.by, {}).setdefault(row.group, []).append(row)
    return found
