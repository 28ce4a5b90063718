"""Effects since agencies started, computed again from the counts by agency and month, by the definition.

Each estimate is made anew without each agency, one by one; nothing is shared with the way Boussole computes them.
Sources: Callaway & Sant'Anna (2021), J. Econometrics 225:200; MacKinnon, Nielsen & Webb (2023), J. Econometrics 232:
272; Satterthwaite (1946), Biometrics Bulletin 2:110; Šidák (1967), JASA 62:626; Hotelling (1931), Ann. Math. Stat. 2.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Optional

from ..chances import beta
from ..rows import AgencyMonth, Rows

METRIC = "effect_since_start"
FEWEST, NEAREST = 10, 6
MOST_LEFT_OUT, PARALLEL = 0.05, 0.05
AFTER = None
"""In place of a month: the mean of all since the start."""
When = Optional[int]


class Agency(NamedTuple):
    """People and counts by month, and the month of its start (-1: not by the last)."""

    people: list[int]
    counts: list[int]
    start: int

    def change(self, start: int, when: When) -> float | None:
        """How its rate moved from the month before a start; None where that month is not known."""
        rates = [k / n for k, n in zip(self.counts, self.people)]
        if when is AFTER:
            return math.fsum(rates[start:]) / len(rates[start:]) - rates[start - 1]
        at = start + when
        return rates[at] - rates[start - 1] if 0 <= at < len(rates) else None


class Panel(NamedTuple):
    """Agencies without gaps that started after the first month (`own`) or not at all (`others`), and how many not."""

    own: list[Agency]
    others: list[Agency]
    already: int
    gaps: int

    @property
    def first(self) -> int:
        return min(each.start for each in self.own)

    def weight(self, agency: Agency) -> int:
        return sum(agency.people[: self.first])


class Found(NamedTuple):
    """An estimate, what it moves by without each agency of either side, and its degrees of freedom."""

    value: float
    moves: list[list[float]]
    df: float
    agencies: int

    @property
    def se(self) -> float:
        return math.sqrt(covariance(self, self))


def panels(rows: Rows) -> dict[str, Panel]:
    """What the rows count, by outcome."""
    return {
        part: _panel([row for row in rows.agencies if row.part == part]) for part in {r.part for r in rows.agencies}
    }


def _panel(rows: list[AgencyMonth]) -> Panel:
    every = sorted({row.month for row in rows})
    at = {month: month - every[0] for month in every}
    size = every[-1] - every[0] + 1
    agencies: dict[int, Agency] = {}
    for row in rows:
        start = -1 if row.started is None or row.started > every[-1] else at.get(row.started, 0)
        made = agencies.setdefault(row.agency, Agency([0] * size, [0] * size, start))
        made.people[at[row.month]] += row.people
        made.counts[at[row.month]] += row.cases
    later = [each for each in agencies.values() if each.start != 0]
    whole = [each for each in later if all(each.people)]
    own, others = ([each for each in whole if (each.start > 0) is side] for side in (True, False))
    return Panel(own, others, len(agencies) - len(later), len(later) - len(whole))


def estimate(panel: Panel, when: When) -> Found:
    """One effect: of a month from the start, or of all since."""
    changes = [each.change(each.start, when) for each in panel.own]
    own = [(panel.weight(a), a.start, float(c)) for a, c in zip(panel.own, changes) if c is not None]
    starts = sorted({start for _, start, _ in own})
    w0 = [panel.weight(each) for each in panel.others]
    there = {start: [float(each.change(start, when) or 0.0) for each in panel.others] for start in starts}
    total = math.fsum(w0)
    sums = {start: math.fsum(w * c for w, c in zip(w0, there[start])) for start in starts}
    share = {s: math.fsum(w for w, start, _ in own if start == s) for s in starts}
    whole, gained = math.fsum(share.values()), math.fsum(w * c for w, _, c in own)

    def without(j: int) -> float:
        left = {s: (sums[s] - w0[j] * there[s][j]) / (total - w0[j]) for s in starts}
        return (gained - math.fsum(share[s] * left[s] for s in starts)) / whole

    gaps = [None if c is None else c - sums[a.start] / total for a, c in zip(panel.own, changes)]
    top = math.fsum(panel.weight(a) * gap for a, gap in zip(panel.own, gaps) if gap is not None)
    value = top / whole
    first = []
    for w, gap in zip(map(panel.weight, panel.own), gaps):  # of a month that an agency has not seen, nothing moves
        first.append(0.0 if gap is None or whole == w else (top - w * gap) / (whole - w) - value)
    moves = [first, [without(j) - value for j in range(len(w0))]]
    parts = [(len(m) - 1) / len(m) * math.fsum(x * x for x in m) for m in moves]
    free = [max(_worth(weights) - 1, 1.0) for weights in ([w for w, _, _ in own], w0)]
    sum_ = math.fsum(parts)
    df = sum_**2 / math.fsum(p * p / f for p, f in zip(parts, free)) if sum_ > 0 else min(free)
    return Found(value, moves, df, len(own))


def _worth(weights: list[int]) -> float:
    return math.fsum(weights) ** 2 / math.fsum(w * w for w in weights)


def covariance(a: Found, b: Found) -> float:
    """Of two estimates, from what both move by without the same agency."""
    return math.fsum((len(x) - 1) / len(x) * math.fsum(p * q for p, q in zip(x, y)) for x, y in zip(a.moves, b.moves))


def months(panel: Panel) -> dict[int, Found]:
    """The effects of the months that are told."""
    size = len(panel.others[0].people)
    span = range(-max(a.start for a in panel.own), size - panel.first)
    seen = {e: sum(0 <= a.start + e < size for a in panel.own) for e in span}
    return {e: estimate(panel, e) for e in span if e != -1 and seen[e] >= FEWEST}


def trends(found: dict[int, Found]) -> dict | None:
    """The joint test of the months before."""
    at = sorted((e for e in found if e < 0), reverse=True)[:NEAREST]
    if len(at) < 2:
        return None
    df = min(found[e].df for e in at)
    at = at[: max(2, int(df / 3))]
    solved = _solve([[covariance(found[a], found[b]) for b in at] for a in at], [found[e].value for e in at])
    p = len(at)
    if solved is None or df <= p:
        return None
    squared = math.fsum(x * found[e].value for x, e in zip(solved, at))
    f, other = squared * (df - p + 1) / (df * p), df - p + 1
    tail = beta(other / 2, p / 2, other / (other + p * f))
    return {"statistic": f, "df": [float(p), other], "p": tail, "months": at}


def _solve(matrix: list[list[float]], right: list[float]) -> list[float] | None:
    """The solution of linear equations; None where there is not one alone."""
    rows, size = [[*row, b] for row, b in zip(matrix, right)], len(right)
    most = max((abs(x) for row in matrix for x in row), default=0.0)
    for i in range(size):
        best = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[best] = rows[best], rows[i]
        if abs(rows[i][i]) <= 1e-13 * most:
            return None
        for r in range(size):
            if r != i:
                times = rows[r][i] / rows[i][i]
                rows[r] = [x - times * y for x, y in zip(rows[r], rows[i])]
    return [rows[i][size] / rows[i][i] for i in range(size)]
