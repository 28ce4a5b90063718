"""`python -m benchmarks.planted FOLDER`: simulates and judges what is missing, one run after the other.

`--page` packs what is in the folder too, and writes reports/planted.md from all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.planted.page import SEEDS, write_page
from benchmarks.planted.results import Key, keep, kept, pack, packed
from benchmarks.planted.runs import run
from benchmarks.planted.sizes import SIZES
from boussole.experiments.demo.planted import SEED

RUNS = (
    ("matchft", "planted"),
    ("matchft", "nothing"),
    ("matchft", "left_out"),
    ("chatft", "planted"),
    ("chatft", "nothing"),
    ("chatft", "reworked"),
    ("chatft", "untold"),
)
"""Systems, and what is planted in them."""


def main() -> None:
    """Runs what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--sizes", nargs="+", choices=[*SIZES], default=[*SIZES])
    parser.add_argument("--conditions", nargs="+", default=[":".join(each) for each in RUNS], help="system:condition")
    parser.add_argument("--page", action="store_true", help="only write reports/planted.md")
    options = parser.parse_args()
    done = {each.key: each for each in [*packed(), *kept(options.folder)]}
    wanted = [] if options.page else wanted_runs(options.seeds, options.sizes, options.conditions)
    for key in wanted:
        if key not in done:
            result = run(key)
            keep(options.folder, result)
            print(*key, f"{result.seconds:.0f} s", flush=True)
    if options.page:
        pack(done.values())
        write_page(packed())


def wanted_runs(seeds: int, sizes: list[str], conditions: list[str]) -> Iterator[Key]:
    """Seed by seed, so that whatever was done when it is stopped says as much of each size."""
    for number in range(seeds):
        for size in sizes:
            for system, condition in (each for each in RUNS if ":".join(each) in conditions):
                yield system, condition, SIZES[size][system], SEED + number


if __name__ == "__main__":
    main()
