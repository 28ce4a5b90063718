"""Between which windows the level of error is shared: what each split finds, how soon, and how often it errs.

`python -m benchmarks.split` prints its table of tests/data.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from boussole.audits.uncertainty.looks import correlations_of, nominal

ALPHA, MONTHS, AFTER, BREACH, RATIO, RATE = 0.05, 12, 24, 0.8, 0.72, 0.3
SHARE = 0.16
"""Which part of the level one comparison has among all questions, about."""
Split = Mapping[int, float]
"""The part of each window, by how many months it has; twelve: all that count together."""
SPLITS: tuple[Split, ...] = (
    {1: 0.25, 12: 0.75},
    {1: 0.05, 3: 0.05, 6: 0.05, 12: 0.85},
    {1: 0.1, 3: 0.1, 6: 0.1, 12: 0.7},
    {1: 0.1, 3: 0.15, 6: 0.15, 12: 0.6},
    {1: 0.1, 3: 0.2, 6: 0.2, 12: 0.5},
    {1: 0.1, 6: 0.25, 12: 0.65},
    {1: 0.1, 2: 0.1, 3: 0.1, 4: 0.1, 6: 0.1, 9: 0.1, 12: 0.4},
    {1: 0.25, 3: 0.25, 6: 0.25, 12: 0.25},
)


def error_of_month(decisions: int) -> float:
    """The standard error of the logarithm of a ratio of `RATIO` between two groups of the same size."""
    return math.sqrt(sum((1 - rate) / (rate * decisions / 2) for rate in (RATE, RATE * RATIO)))


def bounds(split: Split, share: float, month: int) -> dict[int, float]:
    """By how many standard errors each window must lie beyond the level, after so many months."""
    parts: dict[int, float] = {}
    for window, part in split.items():
        parts[min(window, month)] = parts.get(min(window, month), 0.0) + part
    looks = [1.0] * min(month, 2 * MONTHS - 1)
    return {
        window: -float(ndtri(nominal(ALPHA * share * part, correlations_of(looks, span=window), looks=MONTHS)))
        if window > 1
        else -float(ndtri(ALPHA * share * part / MONTHS))
        for window, part in parts.items()
    }


def told(
    split: Split, decisions: int, *, before: float, after: float, months: tuple[int, int], share: float, runs: int
) -> npt.NDArray[np.float64]:
    """After how many months *not kept* is told, where the ratio is `before` for some months and `after` for others."""
    size, rng = error_of_month(decisions), np.random.default_rng(1)
    mean = [math.log(ratio / BREACH) / size for ratio, n in zip((before, after), months, strict=True) for _ in range(n)]
    sums = np.concatenate([np.zeros((runs, 1)), (rng.standard_normal((runs, sum(months))) + mean).cumsum(axis=1)], 1)
    found = np.full(runs, np.inf)
    for month in range(months[0] + 1, sum(months) + 1):
        for window, bound in bounds(split, share, month).items():
            beyond = -(sums[:, month] - sums[:, month - window]) / math.sqrt(window) > bound
            found = np.minimum(found, np.where(beyond, month - months[0], np.inf))
    return found


def lines(runs: int = 4000) -> Iterator[str]:
    """The table, line by line."""
    sizes = (1000, 4000, 16_000)
    heads = [f"{n:,} a month" for n in sizes]
    heads += ["12,000 in the first year", "48,000", "errs in a first year", "in a later one"]
    yield f"| parts of the level | {' | '.join(heads)} |"
    yield f"|{'---|' * (1 + len(heads))}"
    for split in SPLITS:
        cells = []
        for n in sizes:
            found = told(split, n, before=1.0, after=RATIO, months=(MONTHS, AFTER), share=SHARE, runs=runs)
            cells.append(f"{np.minimum(found, AFTER + 1).mean():.1f}")
        for n in (1000, 4000):
            found = told(split, n, before=1.0, after=RATIO, months=(0, MONTHS), share=SHARE, runs=runs)
            cells.append(f"{100 * np.mean(found <= MONTHS):.0f} %")
        for first in (0, MONTHS):
            found = told(split, 1000, before=BREACH, after=BREACH, months=(first, MONTHS), share=1.0, runs=10 * runs)
            cells.append(f"{100 * np.mean(found <= MONTHS):.1f} %")
        named = ", ".join(
            f"{'all' if window == MONTHS else window}: {100 * part:.0f} %" for window, part in split.items()
        )
        yield f"| {named} | {' | '.join(cells)} |"


if __name__ == "__main__":
    for line in lines():
        print(line, flush=True)
