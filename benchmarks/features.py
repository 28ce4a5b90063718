"""How often an exploration of ordinary features errs, and how often it finds what is planted: simulated.

`python -m benchmarks.features` prints the table, with `--runs` draws of each line.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from benchmarks.drawn import FEATURES, asked, decided, everybody, opened, people, ratio, system
from boussole.audits.features.proxies import proxies
from boussole.audits.features.sampled import sampled
from boussole.audits.features.slices import slices

RUNS, SEED = 200, 20261130
Run = Callable[[np.random.Generator], bool]


def searched(rng: np.random.Generator, *, n: int, each: int, planted: float = 0.0) -> bool:
    """Whether a search names a slice: with nothing planted any, else the planted one first."""
    frame = people(rng, n // each, each=each)
    hit = (frame["b0"] == 0) & (frame["b1"] == 0)
    found = slices(opened(decided(frame, 0.4 - planted * hit, rng)), system(), FEATURES, minimum=50).found
    named = [{name: str(place) for name, place in one.where.items()} for one in found]
    return named[:1] == [{"x": "a", "y": "a"}] if planted else bool(named)


def told(rng: np.random.Generator, *, n: int, each: int, proxy: float, through: bool) -> bool:
    """Whether, with nothing planted, any feature tells a group or carries a gap; else whether the planted one does."""
    frame = people(rng, n // each, each=each, proxy=proxy)
    chance = 0.1 + 0.1 * frame["b0"] if through else np.full(len(frame), 0.35)
    found = proxies(opened(decided(frame, chance, rng)), system(), FEATURES)
    if not proxy:
        return any(one.tells or one.carries for one in found)
    return any(one.feature == "x" and one.tells and (one.carries or not through) for one in found)


def held(rng: np.random.Generator, *, n: int, each: int, share: float, weighted: bool = True) -> bool:
    """Whether the interval of a weighted sample holds the ratio of everybody; else whether one as wide around the
    figure of the sample as it is does."""
    frame = everybody(rng, n // each, each=each)
    found = sampled(opened(asked(frame, rng, share, each=each)), system(), FEATURES)
    one = next(found for found in found if found.group == "F")
    if one.interval is None or one.raw is None or one.ratio is None:
        return False
    off = one.ratio - one.raw if not weighted else 0.0
    return one.interval.low - off <= ratio(frame) <= one.interval.high - off


def lines() -> Iterator[tuple[str, str, Run]]:
    """What is drawn, what is counted, and one draw of it."""
    for each in (1, 5, 20):
        drawn = f"6,000 decisions, {each} a person, nothing planted"
        yield f"Search: {drawn}", "something is named", partial(searched, n=6000, each=each)
    for n, size in ((6000, 0.15), (6000, 0.25), (24000, 0.15)):
        drawn = f"{n:,} decisions, one pair of values {100 * size:.0f} points lower"
        yield (
            f"Search: {drawn}",
            "it is named first",
            partial(searched, n=n, each=1, planted=size),
        )
    for each in (1, 5):
        drawn = f"4,000 decisions, {each} a person, nothing planted"
        yield (
            f"Proxies: {drawn}",
            "a feature tells a group, or carries a gap",
            partial(told, n=4000, each=each, proxy=0.0, through=False),
        )
    for proxy in (0.1, 0.2, 0.4):
        drawn = f"4,000 decisions, {100 * proxy:.0f} women in 100 with low values of one feature"
        yield (
            f"Proxies: {drawn}, which decides",
            "it tells the group and carries the gap",
            partial(told, n=4000, each=1, proxy=proxy, through=True),
        )
    for n, each, share in ((4000, 1, 0.2), (4000, 4, 0.2), (12000, 1, 0.5)):
        drawn = f"{n:,} decisions, {each} a person, {100 * share:.0f} in 100 asked, the selected answer more often"
        for weighted, counts in (
            (True, "the interval holds the truth"),
            (False, "one as wide around the unweighted figure holds it"),
        ):
            yield (
                f"Sample: {drawn}",
                counts,
                partial(held, n=n, each=each, share=share, weighted=weighted),
            )


def table(runs: int) -> None:
    """Prints each line with how often, in 100, and by how much a count of so many runs is uncertain."""
    print("| drawn | counted | in 100 |\n|---|---|---|")
    for drawn, counts, run in lines():
        share = sum(run(np.random.default_rng([SEED, i])) for i in range(runs)) / runs
        error = 100 * np.sqrt(max(share * (1 - share), 1 / runs) / runs)
        print(f"| {drawn} | {counts} | {100 * share:.1f} (± {error:.1f}) |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="draws of each line")
    table(parser.parse_args().runs)


if __name__ == "__main__":
    main()
