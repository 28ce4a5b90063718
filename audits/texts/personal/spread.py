"""Work spread over processes, in order and never further ahead than they can follow."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Items in lists of at most `size`, read as they are asked for.

    >>> list(batches("abc", 2))
    [['a', 'b'], ['c']]
    """
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def spread(work: Callable[..., Result], calls: Iterable[tuple[Any, ...]], *, jobs: int) -> Iterator[Result]:
    """What `work` returns for each call, in their order; with one job, in this process.

    Processes start fresh, so that they inherit no open file; no more than two calls for each wait at a time.
    """
    if jobs <= 1:
        for call in calls:
            yield work(*call)
        return
    waiting: deque[Future[Result]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            for call in calls:
                waiting.append(pool.submit(work, *call))
                if len(waiting) >= 2 * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
