"""How long some work takes, told as JSON by a process of its own. Needs the standard library only: peers use it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import TypeVar

T = TypeVar("T")

LONG = 20.0
"""Work that takes more seconds than this is not repeated: its first run is what is told."""


def best(work: Callable[[], T]) -> tuple[T, float, int]:
    """What the work gives, its seconds, and of how many runs they are the best: a warm-up, then three."""
    given, seconds = _timed(work)
    if seconds > LONG:
        return given, seconds, 1
    return given, min(_timed(work)[1] for _ in range(3)), 3


def tell(library: str, work: Callable[[], dict[str, dict[str, float]]]) -> None:
    """Prints the version of a library, and seconds, runs and values (rates by group) of the work it does."""
    values, seconds, runs = best(work)
    print(json.dumps({"version": version(library), "seconds": seconds, "runs": runs, "values": values}))


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    given = work()
    return given, time.perf_counter() - started
