"""How many buckets: 40, 100 or 400 of them, compared with every person as a cluster of their own.

`python -m benchmarks.buckets --logs 2000` prints its table of tests/data: how often a group is found below 80 for 100.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from boussole.audits.parts import Ints
from boussole.audits.uncertainty.estimates import compare_rates
from boussole.audits.uncertainty.tests import p_beyond

ALIKE, RATE, LEVEL, SHARED = 0.2, 0.3, 0.8, 72
"""`SHARED`: between as many comparisons and looks the level of error is shared, at its strictest."""
BUCKETS = (40, 100, 400, None)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """So many people in each group, decided about so many times, and the lower ratio that is to be found."""

    people: int
    each: int
    lower: float


SETTINGS = (
    Setting(people=100, each=10, lower=0.45),
    Setting(people=400, each=10, lower=0.6),
    Setting(people=2000, each=10, lower=0.7),
    Setting(people=2000, each=2, lower=0.66),
)


def drawn(rng: np.random.Generator, setting: Setting, ratio: float) -> tuple[Ints, Ints]:
    """Cases of each person of both groups."""
    found = []
    for rate in (ratio * RATE, RATE):
        spread = (1 - ALIKE) / ALIKE
        found.append(rng.binomial(setting.each, rng.beta(rate * spread, (1 - rate) * spread, setting.people)))
    return found[0], found[1]


def p_value(rng: np.random.Generator, cases: tuple[Ints, Ints], each: int, buckets: int | None) -> float:
    """The p of being below the level, with people in so many buckets; None: each in their own."""
    people = cases[0].size
    size = 2 * people if buckets is None else buckets
    where = [np.arange(people) + i * people if buckets is None else rng.integers(0, buckets, people) for i in (0, 1)]
    k = tuple(
        np.bincount(at, weights=part, minlength=size).astype(np.int64) for at, part in zip(where, cases, strict=True)
    )
    n = tuple(np.bincount(at, minlength=size).astype(np.int64) * each for at in where)
    found = compare_rates((k[0], k[1]), (n[0], n[1]), scale="ratio", clustered=True)
    return p_beyond(found[1], threshold=LEVEL, bad_side="below")


def lines(logs: int, settings: Sequence[Setting] = SETTINGS) -> Iterator[str]:
    """The lines of the table."""
    for setting in settings:
        for buckets in BUCKETS:
            cells = []
            for alpha in (0.05, 0.05 / SHARED):
                for ratio in (LEVEL, setting.lower):
                    rng = np.random.default_rng(1)
                    found = [
                        p_value(rng, drawn(rng, setting, ratio), setting.each, buckets) <= alpha for _ in range(logs)
                    ]
                    cells.append(100 * np.mean(found))
            name = f"{setting.people:,} of {setting.each} | {100 * setting.lower:.0f} | {buckets or 'each person'}"
            yield f"| {name} | {cells[0]:.1f} | {cells[1]:.0f} | {cells[2]:.2f} | {cells[3]:.0f} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=2000)
    for line in lines(parser.parse_args(arguments).logs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
